// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * redlogd's parts on files and sockets, without a driver: the log in the flash,
 * RFC 5424 messages, the connections to syslog servers, crash files. Prints TAP.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "../redlogd.h"
#include "../../lib/logline.h"

static unsigned int tests, failed, said;
static char top[] = "/tmp/redlogd-XXXXXX", dir[64];

void say(const char *fmt, ...)
{
	said++;
}

static void check(bool ok, const char *name)
{
	tests++;
	failed += !ok;
	printf("%sok %u - %s\n", ok ? "" : "not ", tests, name);
}

/* ---- the log in the flash ------------------------------------------------------- */

static struct log_line event(uint64_t id, const char *text)
{
	struct log_line line = { .kind = LOG_EVENT, .mm = 1, .boot = 1 };

	line.event = (struct rd_event){ .id = id,
					.clock_us = id * 1000,
					.time_s = 1174308151 + id,
					.number = 260,
					.severity = REDUND_SEVERITY_WARNING,
					.slot = 2 };
	snprintf(line.event.subsystem, sizeof(line.event.subsystem), "system");
	snprintf(line.event.text, sizeof(line.event.text), "%s", text);
	return line;
}

static long lines_of(struct log_line **lines)
{
	return log_read(dir, lines);
}

static unsigned int files(void)
{
	const struct dirent *e;
	unsigned int n = 0;
	DIR *d = opendir(dir);

	while (d && (e = readdir(d)))
		n += !strncmp(e->d_name, "events-", 7);
	if (d)
		closedir(d);
	return n;
}

static void fresh(const char *name)
{
	snprintf(dir, sizeof(dir), "%s/%s", top, name);
}

static void test_round_trip(void)
{
	struct log_line in[3] = { { .kind = LOG_BOOT, .mm = 2, .boot = 7, .incarnation = 9 },
				  event(1, "quote \" back \\ bell \a end"),
				  { .kind = LOG_LOST, .mm = 1, .boot = 7, .lost = 12 } };
	struct log_line *out;
	struct log_store *s;
	long n;

	fresh("round");
	snprintf(in[0].linux_boot, sizeof(in[0].linux_boot), "boot-id");
	in[0].time_s = 5;
	check(!log_open(&s, dir, 65536) && !log_append(s, in, 3), "lines are appended");
	n = lines_of(&out);
	check(n == 3 && out[0].kind == LOG_BOOT && out[0].incarnation == 9 && out[0].time_s == 5 &&
		      !strcmp(out[0].linux_boot, "boot-id") && out[2].lost == 12,
	      "the line of a boot and that of a loss read as they were written");
	check(n == 3 && log_same(&in[1], &out[1]) && out[1].event.slot == 2 &&
		      out[1].event.number == 260 &&
		      out[1].event.severity == REDUND_SEVERITY_WARNING &&
		      !strcmp(out[1].event.text, "quote \" back \\ bell ? end"),
	      "an event reads as it was written; what is not printable is a question mark");
	free(out);
	log_close(s);
}

static void test_one_writer(void)
{
	struct log_store *a, *b;

	fresh("one");
	check(!log_open(&a, dir, 65536) && log_open(&b, dir, 65536) == -EBUSY && !b,
	      "one process at a time writes the log");
	log_close(a);
	check(!log_open(&b, dir, 65536), "the next one may when it has ended");
	log_close(b);
}

static void write_raw(const char *name, const char *text, size_t len)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0644);
	if (write(fd, text, len) != (ssize_t)len)
		abort();
	close(fd);
}

/* Every place where a power loss can tear the last line. */
static void test_torn(void)
{
	struct log_line in = event(1, "whole"), next = event(2, "next"), *out;
	bool ok = true, seen = true;
	struct log_store *s;
	char *text = NULL;
	size_t len, cut;
	FILE *f = open_memstream(&text, &len);
	long n;

	log_print(f, &next);
	fclose(f);
	for (cut = 1; cut < len; cut++) {
		char name[32];

		snprintf(name, sizeof(name), "torn%zu", cut);
		fresh(name);
		ok &= !log_open(&s, dir, 65536) && !log_append(s, &in, 1);
		log_close(s);
		write_raw("events-00000001.jsonl", text, cut);
		n = lines_of(&out);
		seen &= n == 1;
		free(out);
		ok &= !log_open(&s, dir, 65536) && !log_append(s, &next, 1);
		log_close(s);
		n = lines_of(&out);
		ok &= n == 2 && log_same(&out[1], &next);
		free(out);
	}
	check(seen, "a torn line is not read, wherever it ends");
	check(ok, "a torn line is cut off before the next one is written");
	free(text);
}

static void test_bounded(void)
{
	const char *long_text = "a line of the log that is not short, so that there are many files";
	struct log_line *lines = calloc(100, sizeof(*lines)), *out;
	const size_t max = 64 * 1024;
	struct log_store *s;
	unsigned int i, round;
	bool ok, order = true;
	size_t size = 0;
	uint64_t last;
	long n, k;

	fresh("bounded");
	ok = !log_open(&s, dir, max);
	for (round = 0; round < 40; round++) {
		for (i = 0; i < 10; i++)
			lines[i] = event(round * 10 + i + 1, long_text);
		ok &= !log_append(s, lines, 10);
	}
	n = lines_of(&out);
	last = n > 0 ? out[n - 1].event.id : 0;
	for (k = 1; k < n; k++)
		order &= out[k].event.id == out[k - 1].event.id + 1;
	for (i = 1; i < 200; i++) {
		char path[128];
		struct stat st;

		snprintf(path, sizeof(path), "%s/events-%08u.jsonl", dir, i);
		size += stat(path, &st) ? 0 : st.st_size;
	}
	check(ok && files() <= LOG_FILES && size <= max && size > max / 2,
	      "the log is as large as was allowed, and not much smaller");
	check(n > 100 && last == 400 && order,
	      "the newest lines are kept, in order, without a gap");
	free(out);
	free(lines);
	log_close(s);
}

/* A writer that is killed at any moment leaves whole lines, and none twice. */
static void test_killed(void)
{
	struct log_line line, *out;
	struct log_store *s;
	bool ok = true;
	uint64_t next = 1;
	int round;
	long n, k;
	pid_t pid;

	fresh("killed");
	for (round = 0; round < 15 && ok; round++) {
		pid = fork();
		if (!pid) {
			if (log_open(&s, dir, 65536))
				_exit(1);
			for (;; next++) {
				line = event(next, "killed");
				if (log_append(s, &line, 1))
					_exit(2);
			}
		}
		usleep(5000 + round * 1700);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		n = lines_of(&out);
		for (k = 1; k < n; k++)
			ok &= out[k].event.id == out[k - 1].event.id + 1;
		ok &= n >= 0;
		next = n > 0 ? out[n - 1].event.id + 1 : next;
		free(out);
	}
	check(ok && next > 15, "a writer that is killed leaves whole lines, none twice");
}

/* Lines with bytes changed: a fixed sequence, read by the sanitizers. */
static void test_hostile(void)
{
	struct log_line in = event(7, "a text with \\ and \" in it"), out;
	unsigned int seed = 1, round, i, taken = 0;
	char *text = NULL, *copy;
	bool ok = true;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	log_print(f, &in);
	fclose(f);
	copy = malloc(len);
	for (round = 0; round < 20000; round++) {
		memcpy(copy, text, len);
		for (i = 0; i <= round % 4; i++)
			copy[rand_r(&seed) % len] = rand_r(&seed);
		if (!log_parse(copy, round % 7 ? len : rand_r(&seed) % len, &out))
			continue;
		taken++;
		ok &= (out.mm == 1 || out.mm == 2) && out.event.severity <= REDUND_SEVERITY_MAJOR &&
		      out.event.number <= 99999 && out.event.slot <= RD_SLOTS &&
		      memchr(out.event.text, '\0', sizeof(out.event.text)) &&
		      memchr(out.event.subsystem, '\0', sizeof(out.event.subsystem));
	}
	check(ok && taken > 100 && taken < 15000, "I6: a line with any bytes is refused or sound");
	free(copy);
	free(text);
}

/* A limit on the size of files stands for a full medium. */
static void test_full(void)
{
	const struct rlimit limit = { .rlim_cur = 700, .rlim_max = RLIM_INFINITY };
	struct rlimit before;
	struct log_line line = event(1, "x"), *out;
	struct log_store *s;
	bool ok, refused = false;
	unsigned int i;
	long n;

	fresh("full");
	ok = !log_open(&s, dir, 65536);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	setrlimit(RLIMIT_FSIZE, &limit);
	for (i = 0; i < 20 && !refused; i++)
		refused = log_append(s, &line, 1);
	n = lines_of(&out);
	check(ok && refused && n == (long)i - 1,
	      "a full medium is told, no part of a line is left");
	free(out);
	setrlimit(RLIMIT_FSIZE, &before);
	check(!log_append(s, &line, 1), "the log goes on when there is room again");
	log_close(s);
}

/* ---- messages --------------------------------------------------------------------- */

static struct syslog syslog;

static void test_message(void)
{
	struct rd_event e = event(1, "Module 2 Active").event;
	const char *want =
		"<28>1 2007-03-19T12:42:31Z Switch-8212 redund mm2 00260 - system: Module 2 Active";
	char buf[SYSLOG_MESSAGE];

	snprintf(syslog.hostname, sizeof(syslog.hostname), "Switch 8212");
	syslog.slot = 2;
	e.time_s = 1174308151;
	syslog_format(buf, sizeof(buf), &syslog, &e);
	check(!strcmp(buf, want), "S-119: an event is an RFC 5424 message");
	e.severity = REDUND_SEVERITY_MAJOR;
	e.number = 0;
	e.time_s = 0;
	syslog_format(buf, sizeof(buf), &syslog, &e);
	check(!strncmp(buf, "<26>1 - Switch-8212 redund mm2 - - system:", 42),
	      "without a number and a time there are dashes");
	snprintf(e.text, sizeof(e.text), "bell \a line\n");
	syslog_format(buf, sizeof(buf), &syslog, &e);
	check(!strcmp(buf + strlen(buf) - 12, "bell ? line?"),
	      "nothing but printable text is sent");
	check(syslog_format(buf, 40, &syslog, &e) == 39 && strlen(buf) == 39,
	      "a message ends at the size of its buffer");
}

/* ---- servers ------------------------------------------------------------------------- */

static int listener(int type, uint16_t *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons(*port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, type, 0), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) || (type == SOCK_STREAM && listen(fd, 4)))
		abort();
	getsockname(fd, (struct sockaddr *)&a, &len);
	*port = ntohs(a.sin_port);
	return fd;
}

static void add(unsigned int id, const char *text)
{
	struct rd_event e = event(id, text).event;

	syslog_add(&syslog, 1, &e);
}

static void one_server(uint16_t port, bool tcp, const char *sent)
{
	static struct config c;

	syslog_close(&syslog);
	syslog_init(&syslog, sent);
	c = (struct config){ .log_servers = 1 };
	snprintf(c.log[0].address, sizeof(c.log[0].address), "127.0.0.1");
	c.log[0].port = port;
	c.log[0].tcp = tcp;
	syslog_configure(&syslog, &c, "host", true);
	syslog.slot = 1;
}

/* Lets the servers' time pass: a back-off does not hold a test up. */
static void work(void)
{
	int i;

	for (i = 0; i < 20; i++) {
		if (syslog.server[0].state == SYSLOG_DOWN)
			syslog.server[0].retry_ms = 0;
		syslog_work(&syslog);
		usleep(2000);
	}
}

/* Everything that has arrived. */
static const char *arrived(int fd)
{
	static char buf[65536];
	size_t len = 0;
	ssize_t n;

	while (len < sizeof(buf) - 2 &&
	       (n = recv(fd, buf + len, sizeof(buf) - 2 - len, MSG_DONTWAIT)) > 0) {
		len += n;
		buf[len++] = '|';
	}
	buf[len] = '\0';
	return buf;
}

static void test_udp(void)
{
	uint16_t port = 0;
	int fd = listener(SOCK_DGRAM, &port);
	const char *got;

	one_server(port, false, "");
	add(1, "first");
	add(2, "second");
	work();
	got = arrived(fd);
	check(strstr(got, "system: first|<28>1 ") && strstr(got, "system: second|"),
	      "S-119: a UDP server gets a datagram for each event");
	close(fd);
	add(3, "unheard");
	work();
	check(said, "that nobody listens is said");
	fd = listener(SOCK_DGRAM, &port);
	work();
	got = arrived(fd);
	check(strstr(got, "system: unheard|") && !strstr(got, "second"),
	      "a UDP server that is back gets what it refused, and that alone");
	close(fd);
}

static void test_tcp(void)
{
	uint16_t port = 0;
	int fd = listener(SOCK_STREAM, &port), con;
	char want[128];
	const char *got;

	one_server(port, true, "");
	add(1, "1st");
	work();
	con = accept(fd, NULL, NULL);
	got = arrived(con);
	snprintf(want, sizeof(want),
		 "<28>1 2007-03-19T12:42:32Z host redund mm1 00260 - system: 1st");
	check(atoi(got) == (int)strlen(want) && !strncmp(strchr(got, ' ') + 1, want, strlen(want)),
	      "S-119: a TCP server gets frames with their length (RFC 6587)");
	close(con);
	work();
	add(2, "after");
	work();
	con = accept(fd, NULL, NULL);
	got = arrived(con);
	check(strstr(got, "system: after") && !strstr(got, "1st"),
	      "a TCP server that closed the connection gets the next event on a new one");
	close(con);
	close(fd);
}

static void test_dropped(void)
{
	uint16_t port = 0;
	int fd = listener(SOCK_STREAM, &port), con;
	unsigned int i;
	const char *got;

	close(fd); /* nobody listens */
	one_server(port, true, "");
	said = 0;
	for (i = 1; i <= SYSLOG_QUEUE + 100; i++) {
		char text[24];

		snprintf(text, sizeof(text), "number %u.", i);
		add(i, text);
	}
	work();
	check(said > 0, "that messages are dropped is said");
	fd = listener(SOCK_STREAM, &port);
	work();
	con = accept(fd, NULL, NULL);
	got = arrived(con);
	check(strstr(got, "redlogd: 100 messages to this server were dropped"),
	      "a server is told how many messages it did not get");
	check(!strstr(got, "number 100.") && strstr(got, "number 101."),
	      "it gets the oldest one that was kept, and none before");
	for (i = 0; i < 50 && !syslog_idle(&syslog); i++) {
		arrived(con);
		work();
	}
	check(syslog_idle(&syslog), "and then all that are left");
	close(con);
	close(fd);
}

/* What the next redlogd sends after this one was killed. */
static void test_resume(void)
{
	char sent[128];
	uint16_t port = 0;
	int fd = listener(SOCK_DGRAM, &port);
	const char *got;

	snprintf(sent, sizeof(sent), "%s/sent", top);
	one_server(port, false, sent);
	add(1, "first");
	add(2, "second");
	work();
	arrived(fd);
	one_server(port, false, sent); /* as it starts: the queue from the log */
	add(1, "first");
	add(2, "second");
	add(3, "third");
	syslog_resume(&syslog);
	work();
	got = arrived(fd);
	check(!strstr(got, "first") && !strstr(got, "second") && strstr(got, "third"),
	      "after a kill a server is sent nothing twice and misses nothing");
	unlink(sent);
	snprintf(dir, sizeof(dir), "%s", top);
	write_raw("sent", "udp x y\n%s%n tcp\n", 17);
	one_server(port, false, sent);
	add(1, "again");
	syslog_resume(&syslog);
	work();
	check(strstr(arrived(fd), "again"), "a damaged record of what was sent counts as none");
	close(fd);
}

/* In place of the C library's: a name server that never answers, and one that does. */
int getaddrinfo(const char *name, const char *port, const struct addrinfo *hints,
		struct addrinfo **list)
{
	int (*libc)(const char *node, const char *service, const struct addrinfo *wanted,
		    struct addrinfo **found) = dlsym(RTLD_NEXT, "getaddrinfo");

	if (hints->ai_flags & AI_NUMERICHOST)
		return libc(name, port, hints, list);
	while (!strcmp(name, "silent.example"))
		pause();
	if (!strcmp(name, "unknown.example"))
		return EAI_NONAME;
	return libc("127.0.0.1", port, hints, list);
}

static void test_names(void)
{
	static struct config c;
	uint16_t port = 0;
	int fd = listener(SOCK_DGRAM, &port);
	int64_t begun = clock_ms();
	const char *got = "";
	pid_t silent;

	one_server(port, false, "");
	c = (struct config){ .log_servers = 3 };
	snprintf(c.log[0].address, sizeof(c.log[0].address), "silent.example");
	snprintf(c.log[1].address, sizeof(c.log[1].address), "server.example");
	snprintf(c.log[2].address, sizeof(c.log[2].address), "unknown.example");
	c.log[0].port = 9;
	c.log[1].port = port;
	c.log[2].port = 9;
	syslog_configure(&syslog, &c, "host", true);
	add(1, "by name");
	while (!*got && clock_ms() < begun + 60000) {
		syslog_work(&syslog);
		usleep(2000);
		got = arrived(fd);
	}
	silent = syslog.server[0].resolver;
	check(strstr(got, "system: by name|") && syslog.server[0].state == SYSLOG_RESOLVING,
	      "a name that is not resolved holds up neither the log nor another server");
	while (syslog.server[2].state != SYSLOG_DOWN && clock_ms() < begun + 60000) {
		syslog_work(&syslog);
		usleep(2000);
	}
	check(syslog.server[2].state == SYSLOG_DOWN && syslog.server[2].backoff_s,
	      "a server of an unknown name is tried again later");
	syslog.server[0].retry_ms = 0;
	syslog_work(&syslog);
	check(syslog.server[0].state == SYSLOG_DOWN && syslog.server[0].backoff_s && silent > 0 &&
		      kill(silent, 0) && errno == ESRCH,
	      "a name server that does not answer is given up in time, with the child that asked");
	syslog.server[0].retry_ms = 0;
	syslog_work(&syslog);
	silent = syslog.server[0].resolver;
	syslog_close(&syslog);
	check(silent > 0 && kill(silent, 0) && errno == ESRCH, "no child is left at the end");
	close(fd);
}

static void test_configure(void)
{
	struct rd_event e = event(2, "just now").event;
	static struct config c;
	uint16_t port = 0;
	int fd = listener(SOCK_DGRAM, &port);

	one_server(port, false, "");
	add(1, "before");
	work();
	c = (struct config){ .log_servers = 2 };
	c.log[1] = syslog.server[0].config;
	snprintf(c.log[0].address, sizeof(c.log[0].address), "127.0.0.2");
	c.log[0].port = 9;
	fd = syslog.server[0].fd;
	syslog_configure(&syslog, &c, "host", false);
	check(syslog.servers == 2 && syslog.server[1].fd == fd && syslog.server[1].next == 2,
	      "a server that stays configured keeps its connection and its place");
	check(syslog.server[0].next == syslog.end, "a new one gets nothing of long ago");
	e.time_s = time(NULL) - 5;
	syslog_add(&syslog, 1, &e);
	c.log[0].port = 10;
	syslog_configure(&syslog, &c, "host", false);
	check(syslog.server[0].next == syslog.end - 1,
	      "S-119: it gets what was logged just before, as a switchover's reason is");
	c.log_servers = 0;
	syslog_configure(&syslog, &c, "host", false);
	check(!syslog.servers && fcntl(fd, F_GETFD) < 0,
	      "one that is not configured any more is let go");
}

/* ---- crash files ----------------------------------------------------------------------- */

static int content(const char *name, char *buf, size_t size)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/crash/%s", top, name);
	return flash_read(path, buf, size);
}

static void test_crash(void)
{
	char buf[256];
	unsigned int i;

	setenv("REDUND_FLASH", top, 1);
	check(crash_store(2, "head\n", "Oops 1\n", 7, "raw", 3) == 1 &&
		      content("mm2-log", buf, sizeof(buf)) == 18 &&
		      !strcmp(buf, "head\n-----\nOops 1\n") &&
		      content("mm2-data", buf, sizeof(buf)) == 3,
	      "S-260: a crash log and its data are kept");
	check(crash_store(2, "other head\n", "Oops 1\n", 7, "raw2", 4) == 0 &&
		      content("mm2-data", buf, sizeof(buf)) == 3,
	      "the same crash is kept once");
	for (i = 2; i <= CRASH_FILES + 2; i++) {
		snprintf(buf, sizeof(buf), "Oops %u\n", i);
		crash_store(2, "head\n", buf, strlen(buf), "raw", i == 3 ? 0 : 3);
	}
	check(content("mm2-log", buf, sizeof(buf)) > 0 && strstr(buf, "Oops 6") &&
		      content("mm2-log.3", buf, sizeof(buf)) > 0 && strstr(buf, "Oops 3") &&
		      content("mm2-log.4", buf, sizeof(buf)) == -ENOENT,
	      "the most recent crashes are kept");
	check(content("mm2-data.3", buf, sizeof(buf)) == -ENOENT &&
		      content("mm2-data.2", buf, sizeof(buf)) == 3,
	      "a crash without data has none of another one's");
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	if (!mkdtemp(top))
		return 1;
	printf("TAP version 13\n");
	test_round_trip();
	test_one_writer();
	test_torn();
	test_bounded();
	test_killed();
	test_full();
	test_hostile();
	test_message();
	test_udp();
	test_tcp();
	test_dropped();
	test_resume();
	test_names();
	test_configure();
	test_crash();
	syslog_close(&syslog);
	printf("1..%u\n", tests);
	fflush(stdout);
	if (!fork())
		execl("/bin/rm", "rm", "-rf", top, NULL);
	wait(NULL);
	return failed ? 1 : 0;
}
