// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns DIR/control.sock: one connection a command. Commands that end at once
 * are carried out by command.c; exec becomes a session of the module's agent
 * and stays until it ends, console stays attached to the slot's serial line.
 */
#include "vc.h"
#include "control-proto.h"
#include "rom-proto.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define ARGS_MAX 1024
#define INPUT_US 1000000  /* of the host, for more of a command's input */
#define OUT_MAX	 0x100000 /* of one slow client before its module waits */

struct client {
	struct watch watch;
	struct buffer in, out;
	struct session session; /* of exec */
	struct agent *paused;	/* agent that waits for this client */
	bool in_session;
	struct serial *serial; /* attached to */
	struct serial_client console;
	bool input_over; /* of exec */
	u64 input_until; /* host time: simulated time waits for more until then */
	u64 pass_ns;	 /* simulated time it lets pass until; 0: none */
	bool pass_up;	 /* it waits for what up was asked for */
	bool ending;	 /* close when all is sent */
	struct client *next;
};

static struct watch listener;
static struct client *clients;

static void client_free(struct client *c)
{
	struct client **p;
	int fd = c->watch.fd;

	for (p = &clients; *p != c; p = &(*p)->next)
		;
	*p = c->next;
	if (c->in_session)
		session_abort(&c->session);
	if (c->serial)
		serial_detach(c->serial, &c->console);
	if (c->paused)
		agent_pause(c->paused, false);
	loop_del(&c->watch);
	close(fd);
	buffer_free(&c->in);
	buffer_free(&c->out);
	free(c);
}

static bool wants_input(const struct client *c)
{
	if (c->serial)
		return serial_takes_input(c->serial);
	return !c->ending && !(c->in_session && c->session.unacked >= AGENT_INPUT_WINDOW);
}

static void client_events(struct client *c)
{
	loop_mod(&c->watch, (wants_input(c) ? EPOLLIN : 0) | (c->out.len ? EPOLLOUT : 0));
}

static void client_send(struct client *c, u32 type, const void *data, size_t len)
{
	struct control_head head = { .len = len, .type = type };

	buffer_add(&c->out, &head, sizeof(head));
	buffer_add(&c->out, data, len);
	client_events(c);
}

static void client_end(struct client *c, u32 status, const char *why)
{
	char buf[512];
	size_t len = why ? strlen(why) : 0;

	if (len > sizeof(buf) - sizeof(status))
		len = sizeof(buf) - sizeof(status);
	memcpy(buf, &status, sizeof(status));
	if (len)
		memcpy(buf + sizeof(status), why, len);
	c->ending = true;
	client_send(c, CONTROL_EXIT, buf, sizeof(status) + len);
}

static struct client *client_of(struct session *s)
{
	return (struct client *)((char *)s - offsetof(struct client, session));
}

static void session_output(struct session *s, u8 type, const void *data, size_t len)
{
	struct client *c = client_of(s);

	client_send(c, type == AGENT_STDOUT ? CONTROL_STDOUT : CONTROL_STDERR, data, len);
	if (c->out.len > OUT_MAX && !c->paused) {
		c->paused = s->agent;
		agent_pause(c->paused, true);
	}
}

static void session_ended(struct session *s, int status, const char *why)
{
	struct client *c = client_of(s);

	c->in_session = false;
	client_end(c, status, why);
}

static void session_taken(struct session *s)
{
	struct client *c = client_of(s);

	c->input_until = clock_host_us() + INPUT_US;
	client_send(c, CONTROL_READY, NULL, 0);
}

static const struct session_ops session_ops = {
	.output = session_output,
	.ended = session_ended,
	.input_taken = session_taken,
};

static struct client *client_of_console(struct serial_client *console)
{
	return (struct client *)((char *)console - offsetof(struct client, console));
}

/* A serial line does not wait for who does not listen. */
static void console_output(struct serial_client *console, const void *data, size_t len)
{
	struct client *c = client_of_console(console);

	if (c->out.len <= OUT_MAX)
		client_send(c, CONTROL_STDOUT, data, len);
}

static void console_taken(struct serial_client *console)
{
	client_events(client_of_console(console));
}

/* exec SLOT SECONDS ARG... and console SLOT ROWS COLS, as the client wrote them. */
static void begin_exec(struct client *c, int slot, const char *seconds, const char *args,
		       size_t len)
{
	c->in_session = true;
	c->session = (struct session){ .ops = &session_ops };
	session_start(&c->session, &vc_slot(slot)->agent, AGENT_RUN, args, len,
		      atof(seconds) * 1000000);
}

static void begin_console(struct client *c, int slot, const char *rows, const char *cols)
{
	struct agent_winsize size = { .rows = atoi(rows), .cols = atoi(cols) };

	c->serial = &vc_slot(slot)->serial;
	c->console =
		(struct serial_client){ .output = console_output, .input_taken = console_taken };
	serial_attach(c->serial, &c->console, &size);
	client_send(c, CONTROL_READY, NULL, 0);
}

static void begin_session(struct client *c, int argc, char **argv, const char *args, size_t len)
{
	bool exec = !strcmp(argv[0], "exec");
	int slot = argc > 1 ? atoi(argv[1]) : 0;
	char why[96];

	if (argc < 4 || slot < 1 || slot > CHASSIS_SLOTS) {
		client_end(c, 2, "usage");
	} else if (!vc.c.slot[slot - 1].present || (exec && !vc.c.slot[slot - 1].powered)) {
		snprintf(why, sizeof(why), "slot %d %s", slot,
			 vc.c.slot[slot - 1].present ? "has no power" : "holds no module");
		client_end(c, VC_EXIT_CHASSIS, why);
	} else if (exec && vc_slot(slot)->rom == ROM_IS_MONITOR) {
		client_end(c, VC_EXIT_CHASSIS, ROM_MONITOR_WHY);
	} else if (exec) {
		begin_exec(c, slot, argv[2], argv[3], args + len - argv[3]);
	} else {
		begin_console(c, slot, argv[2], argv[3]);
	}
}

static void run_command(struct client *c, int argc, char **argv)
{
	char why[400] = "", *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int status;

	if (!out) {
		client_end(c, VC_EXIT_CHASSIS, strerror(errno));
		return;
	}
	status = command_run(argc, argv, out, why, sizeof(why));
	fclose(out);
	if (size)
		client_send(c, CONTROL_STDOUT, text, size);
	free(text);
	client_end(c, status, why[0] ? why : NULL);
}

/* ---- simulated time ------------------------------------------------------------ */

/* What a command is given comes at the instant at which it was asked for. */
static bool awaits_input(const struct client *c)
{
	return c->session.started && !c->input_over && wants_input(c) &&
	       clock_host_us() < c->input_until;
}

bool control_awaits_input(void)
{
	for (struct client *c = clients; c; c = c->next)
		if (c->in_session && awaits_input(c))
			return true;
	return false;
}

u64 control_wants(void)
{
	u64 until = 0;

	for (struct client *c = clients; c; c = c->next) {
		if (c->in_session && awaits_input(c))
			return 0;
		if (c->in_session)
			until = TIME_NEVER;
		else if (c->pass_ns > until)
			until = c->pass_ns;
	}
	return until;
}

void control_held(void)
{
	const char *why = virtual_failed();

	for (struct client *c = clients; c; c = c->next) {
		if (!c->pass_up && !(c->pass_ns && (why || c->pass_ns <= clock_ns())))
			continue;
		c->pass_up = false;
		c->pass_ns = 0;
		client_end(c, why ? 1 : 0, why);
	}
}

/* pass SECONDS; pass up: what up was asked for */
static void begin_pass(struct client *c, int argc, char **argv)
{
	double seconds;
	char *end;

	if (!vc.opt.virtual) {
		client_end(c, 1, "time is real: it passes by itself");
		return;
	}
	c->pass_up = argc == 2 && !strcmp(argv[1], "up");
	if (c->pass_up)
		return;
	seconds = argc == 2 ? strtod(argv[1], &end) : -1;
	if (seconds < 0 || seconds > 1e9 || *end || end == argv[1])
		client_end(c, 2, NULL);
	else if (virtual_failed())
		client_end(c, 1, virtual_failed());
	else
		c->pass_ns = clock_ns() + (u64)(seconds * 1e9) + !seconds;
}

/* While simulated time passes nothing may be changed: it would be another run. */
static bool may_begin(const char *command)
{
	static const char *const always[] = { "down", "status", "leds", "pass" };

	if (!vc.opt.virtual || virtual_held())
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(always); i++)
		if (!strcmp(command, always[i]))
			return true;
	return false;
}

static void begin(struct client *c, char *args, size_t len)
{
	char *argv[ARGS_MAX + 1];
	int argc = 0;

	if (!len || args[len - 1]) {
		client_end(c, 2, "usage");
		return;
	}
	for (char *p = args; p < args + len && argc < ARGS_MAX; p += strlen(p) + 1)
		argv[argc++] = p;
	argv[argc] = NULL;
	if (!may_begin(argv[0]))
		client_end(c, 1, "simulated time passes: wait until it stands");
	else if (!strcmp(argv[0], "pass"))
		begin_pass(c, argc, argv);
	else if (!strcmp(argv[0], "exec") || !strcmp(argv[0], "console"))
		begin_session(c, argc, argv, args, len);
	else
		run_command(c, argc, argv);
}

static void received(struct client *c, u32 type, char *data, size_t len)
{
	if (type == CONTROL_COMMAND && !c->in_session && !c->serial && !c->ending) {
		begin(c, data, len);
		return;
	}
	if (c->serial && type == CONTROL_STDIN)
		serial_input(c->serial, data, len);
	else if (c->serial && type == CONTROL_WINSIZE)
		serial_size(c->serial, data, len);
	if (!c->in_session)
		return;
	c->input_over |= type == CONTROL_STDIN_END;
	c->input_until = clock_host_us() + INPUT_US;
	if (type == CONTROL_STDIN)
		session_input(&c->session, data, len);
	else if (type == CONTROL_STDIN_END)
		session_input_end(&c->session);
	else if (type == CONTROL_WINSIZE)
		session_winsize(&c->session, data, len);
}

/* Return: false when the client is gone. */
static bool client_write(struct client *c)
{
	while (c->out.len) {
		ssize_t n = send(c->watch.fd, buffer_at(&c->out), c->out.len,
				 MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		if (n <= 0)
			return false;
		buffer_take(&c->out, n);
	}
	if (c->paused && c->out.len < OUT_MAX / 2) {
		agent_pause(c->paused, false);
		c->paused = NULL;
	}
	return !c->ending || c->out.len;
}

/* Return: false when the client is gone. */
static bool client_read(struct client *c)
{
	struct control_head h;
	char buf[8192];
	ssize_t n = recv(c->watch.fd, buf, sizeof(buf), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n <= 0)
		return false;
	buffer_add(&c->in, buf, n);
	while (c->in.len >= sizeof(h)) {
		memcpy(&h, buffer_at(&c->in), sizeof(h));
		if (h.len > CONTROL_MAX)
			return false;
		if (c->in.len < sizeof(h) + h.len)
			break;
		received(c, h.type, buffer_at(&c->in) + sizeof(h), h.len);
		buffer_take(&c->in, sizeof(h) + h.len);
	}
	return true;
}

static void client_ready(struct watch *w, u32 events)
{
	struct client *c = w->data;
	bool alive = true;

	if (events & EPOLLIN)
		alive = client_read(c);
	else if (events & (EPOLLHUP | EPOLLERR))
		alive = false;
	if (alive && (events & (EPOLLOUT | EPOLLIN)))
		alive = client_write(c);
	if (alive)
		client_events(c);
	else
		client_free(c);
}

static void listener_ready(struct watch *w, u32 events)
{
	int fd = accept4(w->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct client *c;

	if (fd < 0)
		return;
	c = calloc(1, sizeof(*c));
	if (c)
		c->watch = (struct watch){ .ready = client_ready, .outside = true, .data = c };
	if (!c || loop_add(&c->watch, fd, EPOLLIN)) {
		free(c);
		close(fd);
		return;
	}
	c->next = clients;
	clients = c;
}

int control_init(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	unlink(path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&sun, sizeof(sun)) || listen(fd, 32))
		return -1;
	listener.ready = listener_ready;
	listener.outside = true;
	return loop_add(&listener, fd, EPOLLIN);
}
