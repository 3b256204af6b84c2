// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns what is done to the chassis from outside: buttons, modules in and out,
 * power, hangs, cuts, faults. A `fault` line is in the trace before each.
 */
#include "vc.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SERIAL_CHARS  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"
#define POWER_BACK_US 500000 /* after `kill` */

struct request {
	int argc;
	char **argv;
	int slot; /* where the first argument is one, else 0 */
	FILE *out;
	char *why;
	size_t why_size;
};

static __printf(2, 3) int refuse(struct request *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(r->why, r->why_size, fmt, ap);
	va_end(ap);
	return 1;
}

static struct chassis_slot *model_slot(const struct request *r)
{
	return &vc.c.slot[r->slot - 1];
}

static bool has_json(const struct request *r)
{
	return r->argc > 1 && !strcmp(r->argv[r->argc - 1], "-j");
}

/* Most of what is done to a module needs one that runs. */
static int need_running(struct request *r)
{
	if (!model_slot(r)->present)
		return refuse(r, "slot %d holds no module", r->slot);
	if (!model_slot(r)->powered)
		return refuse(r, "slot %d has no power", r->slot);
	if (!module_runs(r->slot))
		return refuse(r, "the module in slot %d does not run", r->slot);
	return 0;
}

static int cmd_status(struct request *r)
{
	chassisd_now();
	if (has_json(r))
		status_json(r->out);
	else
		status_text(r->out);
	return 0;
}

static int cmd_leds(struct request *r)
{
	chassisd_now();
	if (has_json(r))
		leds_json(r->out);
	else
		leds_text(r->out);
	return 0;
}

static int cmd_press(struct request *r)
{
	const char *what = r->argv[r->argc - 1];

	if (!strcmp(what, "clear") && r->argc == 2) {
		trace_fault(0, "press-clear");
		chassis_button(MODEL, 0, CHASSIS_BUTTON_CLEAR, chassisd_now());
		return 0;
	}
	if (r->argc != 3 || (strcmp(what, "reset") && strcmp(what, "shutdown")))
		return 2;
	if (!model_slot(r)->present)
		return refuse(r, "slot %d holds no module", r->slot);
	if (!strcmp(what, "reset")) {
		trace_fault(r->slot, "press-reset");
		chassis_button(MODEL, r->slot, CHASSIS_BUTTON_RESET, chassisd_now());
	} else {
		trace_fault(r->slot, "press-shutdown");
		chassis_button(MODEL, r->slot, CHASSIS_BUTTON_SHUTDOWN, chassisd_now());
	}
	return 0;
}

static int cmd_remove(struct request *r)
{
	if (!model_slot(r)->present)
		return refuse(r, "slot %d holds no module", r->slot);
	trace_fault(r->slot, "remove");
	loop_timer(&vc_slot(r->slot)->power_back, CLOCK_NEVER);
	chassis_presence(MODEL, r->slot, false, chassisd_now());
	chassisd_run_state(r->slot);
	module_power_lost(r->slot);
	return 0;
}

/* What `insert` was told: which module, and what is in its flash. */
struct insertion {
	const char *serial;
	const char *image[FLASH_IMAGES]; /* files, absolute: NULL leaves it */
	bool blank, blank_flash;
};

static int parse_insertion(struct request *r, struct insertion *in)
{
	for (int i = 2; i < r->argc; i++) {
		const char *word = r->argv[i];
		enum flash_which which;

		if (!strcmp(word, "--blank"))
			in->blank = true;
		else if (!strcmp(word, "--blank-flash"))
			in->blank_flash = true;
		else if (i + 1 == r->argc)
			return 2;
		else if (!strcmp(word, "--serial"))
			in->serial = r->argv[++i];
		else if (!strncmp(word, "--image-", 8) && flash_value(word + 8, &which))
			in->image[which] = r->argv[++i];
		else
			return 2;
	}
	if (in->serial && (!in->serial[0] || strlen(in->serial) > 31 ||
			   in->serial[strspn(in->serial, SERIAL_CHARS)]))
		return refuse(r, "a serial number is 1 to 31 letters, digits and '-'");
	for (int which = 0; which < FLASH_IMAGES; which++)
		if (in->image[which] && access(in->image[which], R_OK))
			return refuse(r, "%s: %s", in->image[which], strerror(errno));
	return 0;
}

/* The module's own flash, erased and written as it was told. */
static int prepare_flash(struct request *r, const struct insertion *in)
{
	/* written by who asks: see insert.c */
	if (vc.opt.flash.mib)
		return 0;
	if (in->blank_flash && store_erase(r->slot))
		return refuse(r, "the flash cannot be erased: %s", strerror(errno));
	for (int which = 0; which < FLASH_IMAGES; which++)
		if (in->image[which] && store_put(r->slot, which, in->image[which]))
			return refuse(r, "%s: %s", in->image[which], strerror(errno));
	if (!in->blank_flash && !vc.opt.blank_flash && !vc.opt.direct && store_fill(r->slot, false))
		return refuse(r, "the flash cannot be written: %s", strerror(errno));
	return 0;
}

static int cmd_insert(struct request *r)
{
	struct insertion in = { 0 };
	char old[sizeof(vc.m.inventory[0].serial)];
	int place = REDUND_INV_MM + r->slot - 1, status;

	if (model_slot(r)->present)
		return refuse(r, "slot %d holds a module already", r->slot);
	status = parse_insertion(r, &in);
	if (status)
		return status;
	memcpy(old, vc.m.inventory[place].serial, sizeof(old));
	if (in.blank || in.serial)
		inventory_new(place, NULL, in.serial);
	if (store_change(r->slot, old, vc.m.inventory[place].serial))
		return refuse(r, "the flash cannot be changed: %s", strerror(errno));
	status = prepare_flash(r, &in);
	if (status)
		return status;
	trace_fault(r->slot, "insert");
	chassis_presence(MODEL, r->slot, true, chassisd_now());
	chassis_power(MODEL, r->slot, true, chassisd_now());
	chassisd_run_state(r->slot);
	return 0;
}

static void power_back(struct timer *t)
{
	struct slot *s = t->data;

	chassis_power(MODEL, s->slot, true, chassisd_now());
	chassisd_run_state(s->slot);
}

static int cmd_kill(struct request *r)
{
	struct slot *s = vc_slot(r->slot);

	if (!model_slot(r)->present)
		return refuse(r, "slot %d holds no module", r->slot);
	if (!model_slot(r)->powered)
		return refuse(r, "slot %d has no power", r->slot);
	trace_fault(r->slot, "kill");
	/* from here on nothing the module does counts: the peer is told first */
	chassis_power(MODEL, r->slot, false, chassisd_now());
	module_stop(r->slot);
	module_power_lost(r->slot);
	s->power_back.fire = power_back;
	s->power_back.data = s;
	loop_timer(&s->power_back, clock_us() + POWER_BACK_US);
	return 0;
}

static int cmd_hang(struct request *r)
{
	struct slot *s = vc_slot(r->slot);
	bool soft = r->argc == 3 && !strcmp(r->argv[2], "--soft");
	int status = need_running(r);

	if (r->argc > 2 && !soft)
		return 2;
	if (status)
		return status;
	if (s->hung || s->soft_hung)
		return refuse(r, "the module in slot %d hangs already", r->slot);
	if (soft && !s->agent.ready)
		return refuse(r, "the module in slot %d takes no commands yet", r->slot);
	s->reset_while_hung = false;
	trace_fault(r->slot, soft ? "hang-soft" : "hang");
	if (soft) {
		s->soft_hung = true;
		agent_send(&s->agent, AGENT_SOFT_HANG, 0, NULL, 0);
	} else {
		s->hung = true;
		module_freeze(r->slot, true);
	}
	return 0;
}

static int cmd_resume(struct request *r)
{
	struct slot *s = vc_slot(r->slot);

	if (!s->hung && !s->soft_hung) {
		if (!s->reset_while_hung)
			return refuse(r, "the module in slot %d does not hang", r->slot);
		s->reset_while_hung = false;
		fprintf(r->out, "slot %d was reset meanwhile\n", r->slot);
		return 0;
	}
	trace_fault(r->slot, "resume");
	if (s->hung)
		module_freeze(r->slot, false);
	else if (module_mconsole(r->slot, "cad"))
		return refuse(r, "the module in slot %d has no management console", r->slot);
	s->hung = false;
	s->soft_hung = false;
	return 0;
}

static int cmd_panic(struct request *r)
{
	int status = need_running(r);

	if (status)
		return status;
	trace_fault(r->slot, "panic");
	if (module_mconsole(r->slot, "sysrq c"))
		return refuse(r, "the module in slot %d has no management console yet", r->slot);
	return 0;
}

static int cmd_wdt_starve(struct request *r)
{
	int status = need_running(r);

	if (status)
		return status;
	if (!vc_slot(r->slot)->agent.ready)
		return refuse(r, "the module in slot %d takes no commands yet", r->slot);
	trace_fault(r->slot, "wdt-starve");
	agent_send(&vc_slot(r->slot)->agent, AGENT_STARVE, 0, NULL, 0);
	return 0;
}

static int cmd_cut(struct request *r)
{
	static const struct {
		const char *word;
		enum chassis_fault fault;
	} kinds[] = {
		{ "heartbeat", CHASSIS_FAULT_CUT_HEARTBEAT },
		{ "link", CHASSIS_FAULT_CUT_LINK },
		{ "doorbell", CHASSIS_FAULT_CUT_DOORBELL },
	};
	bool cut = !strcmp(r->argv[0], "cut");
	const char *where = r->argc == 3 ? r->argv[2] : "";
	bool both = !strcmp(where, "both");
	char kind[64];

	if (!both && strcmp(where, "1") && strcmp(where, "2"))
		return 2;
	for (int i = 0; i < 3; i++) {
		if (strcmp(r->argv[1], kinds[i].word))
			continue;
		snprintf(kind, sizeof(kind), "%s-%s", r->argv[0], kinds[i].word);
		for (int slot = 1; slot <= CHASSIS_SLOTS; slot++) {
			if (!both && slot != atoi(where))
				continue;
			trace_fault(slot, kind);
			chassis_fault(MODEL, slot, kinds[i].fault, cut, chassisd_now());
		}
		return 0;
	}
	return 2;
}

/* Return: false when the word at @i is neither ON nor OFF. */
static bool parse_on(struct request *r, int i, bool *on)
{
	*on = true;
	if (r->argc <= i)
		return true;
	*on = !strcasecmp(r->argv[i], "on");
	return r->argc == i + 1 && (*on || !strcasecmp(r->argv[i], "off"));
}

static int fault_flash(struct request *r)
{
	enum flash_which which;
	const char *why;
	char kind[64];
	bool on;

	if (r->argc < 4 || !flash_value(r->argv[3], &which) || !parse_on(r, 4, &on))
		return 2;
	if (vc.opt.direct)
		return refuse(r,
			      "no module boots from its flash: up was given a kernel or modules");
	if (vc.opt.flash.mib)
		return refuse(r, "the flash is a block device: flash-corrupt needs a directory");
	why = store_corrupt(r->slot, which, on);
	if (why)
		return refuse(r, "%s", why);
	snprintf(kind, sizeof(kind), "flash-corrupt-%s%s", r->argv[3], on ? "" : "-off");
	trace_fault(r->slot, kind);
	return 0;
}

/* Of the link between the modules, which is no part of the controller. */
static int fault_link(struct request *r, enum netdev_fault fault)
{
	char kind[64];
	bool on;

	if (!parse_on(r, 3, &on))
		return 2;
	snprintf(kind, sizeof(kind), "%s%s", r->argv[2], on ? "" : "-off");
	trace_fault(r->slot, kind);
	netdev_fault(&vc_slot(r->slot)->net, fault, on);
	return 0;
}

static int fault_misread(struct request *r)
{
	bool on;

	if (!parse_on(r, 3, &on))
		return 2;
	trace_fault(r->slot, on ? "register-misread" : "register-misread-off");
	vc_slot(r->slot)->misread = on;
	return 0;
}

static int cmd_fault(struct request *r)
{
	char kind[96];
	int fault;
	bool on;

	if (r->argc < 3)
		return 2;
	if (!strcmp(r->argv[2], "flash-corrupt"))
		return fault_flash(r);
	if (!strcmp(r->argv[2], "register-misread"))
		return fault_misread(r);
	for (int f = 0; f < NETDEV_FAULTS; f++)
		if (!strcmp(r->argv[2], netdev_fault_name(f)))
			return fault_link(r, f);
	fault = fault_by_name(r->argv[2]);
	if (fault < 0 || !strncmp(r->argv[2], "cut-", 4) || !parse_on(r, 3, &on))
		return 2;
	snprintf(kind, sizeof(kind), "%s%s", r->argv[2], on ? "" : "-off");
	trace_fault(r->slot, kind);
	chassis_fault(MODEL, r->slot, fault, on, chassisd_now());
	return 0;
}

/* clock SLOT rate PPM, clock SLOT step MICROSECONDS: the module's own clock. */
static int cmd_clock(struct request *r)
{
	struct timetravel *t = &vc_slot(r->slot)->time;
	bool rate = r->argc == 4 && !strcmp(r->argv[2], "rate");
	char kind[64], *end;
	long long n;

	if (r->argc != 4 || (!rate && strcmp(r->argv[2], "step")))
		return 2;
	n = strtoll(r->argv[3], &end, 10);
	if (*end || end == r->argv[3] || n < (rate ? -500000 : 0) || n > 1000000000)
		return 2;
	if (!vc.opt.virtual || !vc.opt.messages)
		return refuse(r, "%s needs up --time virtual --messages", r->argv[0]);
	snprintf(kind, sizeof(kind), "clock-%s-%lld", r->argv[2], n);
	trace_fault(r->slot, kind);
	timetravel_clock(t, rate ? n : t->ppm, rate ? 0 : n);
	return 0;
}

static int module_index(const char *letter)
{
	if (letter[0] && !letter[1] && letter[0] >= 'A' && letter[0] < 'A' + REDUND_IM_SLOTS)
		return letter[0] - 'A';
	return -1;
}

static int cmd_insert_module(struct request *r)
{
	int i = r->argc == 3 ? module_index(r->argv[1]) : -1;

	if (i < 0)
		return 2;
	if (vc.c.im_present & 1u << i)
		return refuse(r, "slot %s holds a module already", r->argv[1]);
	if (!inventory_known(REDUND_INV_IM + i, r->argv[2]))
		return refuse(r, "unknown type %s: J8702A, J8705A, J8706A, J8707A or J8708A",
			      r->argv[2]);
	trace_fault(0, "insert-module");
	inventory_new(REDUND_INV_IM + i, r->argv[2], NULL);
	chassis_im_presence(MODEL, i, true, chassisd_now());
	return 0;
}

static int cmd_remove_module(struct request *r)
{
	int i = r->argc == 2 ? module_index(r->argv[1]) : -1;

	if (i < 0)
		return 2;
	if (!(vc.c.im_present & 1u << i))
		return refuse(r, "slot %s holds no module", r->argv[1]);
	trace_fault(0, "remove-module");
	chassis_im_presence(MODEL, i, false, chassisd_now());
	return 0;
}

static int cmd_fabric(struct request *r)
{
	bool insert = r->argc == 3 && !strcmp(r->argv[2], "insert");
	bool present;

	if (r->argc != 3 || (!insert && strcmp(r->argv[2], "remove")))
		return 2;
	present = vc.c.fabric_present & 1 << (r->slot - 1);
	if (present == insert)
		return refuse(r, "fabric module %d is %s already", r->slot,
			      present ? "present" : "absent");
	trace_fault(0, insert ? "fabric-insert" : "fabric-remove");
	chassis_fabric_presence(MODEL, r->slot, insert, chassisd_now());
	return 0;
}

static int cmd_reset_system(struct request *r)
{
	trace_fault(0, "reset-system");
	module_stop(1);
	module_stop(2);
	for (int slot = 1; slot <= CHASSIS_SLOTS; slot++) {
		module_power_lost(slot);
		loop_timer(&vc_slot(slot)->power_back, CLOCK_NEVER);
	}
	chassis_reset_system(MODEL, chassisd_now());
	return 0;
}

static int cmd_down(struct request *r)
{
	chassisd_power_off();
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct request *r);
	bool slot; /* the first argument is 1 or 2 */
} commands[] = {
	{ "status", cmd_status, false },
	{ "leds", cmd_leds, false },
	{ "press", cmd_press, false },
	{ "remove", cmd_remove, true },
	{ "insert", cmd_insert, true },
	{ "kill", cmd_kill, true },
	{ "hang", cmd_hang, true },
	{ "resume", cmd_resume, true },
	{ "panic", cmd_panic, true },
	{ "wdt-starve", cmd_wdt_starve, true },
	{ "cut", cmd_cut, false },
	{ "restore", cmd_cut, false },
	{ "fault", cmd_fault, true },
	{ "clock", cmd_clock, true },
	{ "insert-module", cmd_insert_module, false },
	{ "remove-module", cmd_remove_module, false },
	{ "fabric", cmd_fabric, true },
	{ "reset-system", cmd_reset_system, false },
	{ "down", cmd_down, false },
};

int command_run(int argc, char **argv, FILE *out, char *why, size_t why_size)
{
	struct request r = {
		.argc = argc,
		.argv = argv,
		.out = out,
		.why = why,
		.why_size = why_size,
	};
	const char *first = argc > 1 ? argv[1] : "";

	if (!strcmp(first, "1") || !strcmp(first, "2"))
		r.slot = first[0] - '0';
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(commands[i].name, argv[0]))
			continue;
		if (commands[i].slot && !r.slot)
			return 2;
		/* a button belongs to a slot, but Clear */
		if (!strcmp(argv[0], "press") && !r.slot && strcmp(first, "clear"))
			return 2;
		return commands[i].run(&r);
	}
	return 2;
}
