// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns the chassis process: the embedding of the chassis model. The model
 * decides; here its callbacks reach processes, interrupts and files, and the
 * modules' register accesses reach it.
 */
#include "vc.h"
#include "../../kernel/plant.h"
#include "blockstore.h"
#include "calendar.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHORT_LIFE_US 2000000 /* a module that ends sooner waits a little */
#define SHORT_WAIT_US 1000000
#define LINK_US	      50   /* a frame's way over the internal link, in simulated time */
#define TAKEOVER_US   3000 /* from a grant to the last access of a takeover, about */

struct vc vc;

static struct watch signals;
static bool off_asked;

static void model_irq(void *ctx, int slot)
{
	if (module_runs(slot))
		pcidev_interrupt(&vc_slot(slot)->pci);
}

static void model_reset(void *ctx, int slot, bool asserted, enum redund_reset_cause cause)
{
	if (asserted)
		module_stop(slot);
	else
		chassisd_run_state(slot);
}

static void model_shutdown_done(void *ctx, int slot)
{
	vc_slot(slot)->shut_down = true;
}

static void model_nv_written(void *ctx, const void *at, size_t len)
{
	nvram_store(&vc.m.nv, at, len);
}

static void takeover_end(struct timer *t)
{
	module_apart(1, -1);
	module_apart(2, -1);
}

/*
 * The grant moved: the next owner's accesses come now, one after the other. For
 * that moment this process, which real hardware does not share a processor
 * with, looks for them on a core of its own, where the host has two.
 */
static void grant_moved(const struct chassis_event *ev)
{
	static struct timer end = { .at = CLOCK_NEVER, .fire = takeover_end };
	u64 until = clock_us() + TAKEOVER_US;
	int next = ev->to ? ev->to : 3 - ev->from;

	if (ev->cause == CHASSIS_GRANT_GOING_DOWN)
		module_yield(ev->from);
	if (!module_apart(next, sched_getcpu()))
		return;
	loop_poll(until);
	loop_timer(&end, until);
}

static void model_trace(void *ctx, const struct chassis_event *ev)
{
	trace_event(ev);
	if (ev->type == CHASSIS_EV_GRANT && !vc.opt.virtual)
		grant_moved(ev);
}

const struct chassis_ops vc_ops = {
	.irq = model_irq,
	.reset = model_reset,
	.shutdown_done = model_shutdown_done,
	.nv_written = model_nv_written,
	.trace = model_trace,
};

u64 chassisd_now(void)
{
	u64 now = clock_us();

	if (chassis_next(&vc.c) <= now)
		chassis_advance(MODEL, now);
	return now;
}

/*
 * The time of a register access. One that waits in a socket while this
 * process was not scheduled happened before a deadline that passed meanwhile:
 * the delay is the emulator's, not the module's.
 */
static u64 access_time(void)
{
	u64 now = clock_us(), next = chassis_next(&vc.c);

	return next <= now ? next - 1 : now;
}

#define MISREAD_ONE_IN 64

/* A bit of a read comes over wrong, as the seed will have it. */
static void misread(struct slot *s, u8 *buf, size_t len)
{
	u64 bit;

	if (!s->misread || calendar_mix(&s->chance) % MISREAD_ONE_IN)
		return;
	bit = calendar_mix(&s->chance) % (len * 8);
	buf[bit / 8] ^= 1 << bit % 8;
}

static void window_read(struct pcidev *p, u32 off, void *buf, size_t len)
{
	struct slot *s = p->data;
	u64 value;

	if (len <= sizeof(value)) {
		value = chassis_read(MODEL, s->slot, off, len, access_time());
		memcpy(buf, &value, len);
	} else {
		chassis_read_area(MODEL, s->slot, off, buf, len, access_time());
	}
	misread(s, buf, len);
}

static void window_write(struct pcidev *p, u32 off, const void *buf, size_t len)
{
	struct slot *s = p->data;
	u64 value = 0;

	if (len <= sizeof(value)) {
		memcpy(&value, buf, len);
		chassis_write(MODEL, s->slot, off, len, value, access_time());
	} else {
		chassis_write_area(MODEL, s->slot, off, buf, len, access_time());
	}
}

static bool should_run(int slot)
{
	const struct chassis_slot *s = &vc.c.slot[slot - 1];

	return s->present && s->powered && !(s->in_reset && !s->pulse_stuck);
}

void chassisd_run_state(int slot)
{
	struct slot *s = vc_slot(slot);

	if (!should_run(slot))
		module_stop(slot);
	else if (!s->pid && s->come_back.at == CLOCK_NEVER && !vc.c.slot[slot - 1].shut_down)
		module_start(slot);
}

static void come_back(struct timer *t)
{
	chassisd_run_state(((struct slot *)t->data)->slot);
}

void chassisd_exited(int slot, bool by_itself)
{
	struct slot *s = vc_slot(slot);

	if (vc.going_off)
		return;
	if (by_itself && should_run(slot)) {
		if (vc.c.slot[slot - 1].shut_down)
			return;
		chassis_self_reset(MODEL, slot, chassisd_now());
		if (clock_us() - s->started_at < SHORT_LIFE_US)
			loop_timer(&s->come_back, clock_us() + SHORT_WAIT_US);
	}
	chassisd_run_state(slot);
}

/* After every round: what is due, and the trace. */
static u64 due(void)
{
	chassisd_now();
	if (off_asked && !vc.going_off) {
		vc.going_off = true;
		module_stop_all();
		for (int slot = 1; slot <= CHASSIS_SLOTS; slot++)
			chassis_power(MODEL, slot, false, chassisd_now());
		loop_stop();
	}
	if (!vc.opt.virtual)
		trace_flush();
	return chassis_next(&vc.c);
}

static void calendar_due(void)
{
	due();
}

void chassisd_power_off(void)
{
	off_asked = true;
}

static void signalled(struct watch *w, u32 events)
{
	struct signalfd_siginfo si;

	if (read(w->fd, &si, sizeof(si)) == sizeof(si))
		chassisd_power_off();
}

static int catch_signals(void)
{
	sigset_t set;
	int fd;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	signals.ready = signalled;
	signals.outside = true;
	return fd < 0 ? -1 : loop_add(&signals, fd, EPOLLIN);
}

/* Longer where a boot takes longer; see registers.rst for what each bounds. */
static struct chassis_config times(const struct options *o)
{
	u32 slow = o->debug ? 4 : 1;

	return (struct chassis_config){
		.timer_max_ms = (o->hardware ? 1000 : 5000) * slow,
		.timer_boot_ms = 15000 * slow,
		.timer_down_ms = 5000 * slow,
		.reset_pulse_us = 50000,
		.im_download_us = 200000,
		.caps = CAPS_ALL,
		.plant = PLANT_CHASSIS,
	};
}

static bool link_cut(struct netdev *n)
{
	return chassis_link_cut(&vc.c, ((struct slot *)n->data)->slot);
}

static int init_slot(int slot)
{
	struct slot *s = vc_slot(slot);
	char sock[32];

	s->slot = slot;
	s->agent.line.fd = -1;
	s->bus.fd = -1;
	s->power_back.at = CLOCK_NEVER;
	s->come_back = (struct timer){ .at = CLOCK_NEVER, .fire = come_back, .data = s };
	s->pci.data = s;
	s->pci.read = window_read;
	s->pci.write = window_write;
	s->net.data = s;
	s->net.peer = &vc_slot(3 - slot)->net;
	s->net.cut = link_cut;
	s->net.chance = vc.opt.seed * 2 + slot;
	s->chance = vc.opt.seed * 2 + slot;
	memcpy(s->net.mac, (u8[]){ 0x02, 0x00, 0xa9, 0xfe, 0x0f, slot }, sizeof(s->net.mac));
	if (vc.opt.virtual) {
		s->net.delay_us = LINK_US;
		if (virtual_init(slot))
			return -1;
	}
	snprintf(sock, sizeof(sock), "mm%d.sock", slot);
	if (module_init(slot) || pcidev_init(&s->pci, sock))
		return -1;
	snprintf(sock, sizeof(sock), "link%d.sock", slot);
	if (netdev_init(&s->net, sock))
		return -1;
	snprintf(sock, sizeof(sock), "disk%d.sock", slot);
	s->disk.chance = vc.opt.seed * 2 + slot;
	return vc.opt.flash.mib ? blockdev_init(&s->disk, sock) : 0;
}

static void power_on(void)
{
	const struct options *o = &vc.opt;

	for (int f = 1; f <= 2; f++)
		chassis_fabric_presence(MODEL, f, true, 0);
	for (int i = 0; i < 4; i++)
		chassis_im_presence(MODEL, i, true, 0);
	for (int slot = 1; slot <= CHASSIS_SLOTS; slot++)
		if (o->slot[slot - 1])
			chassis_presence(MODEL, slot, true, 0);
	for (int slot = 1; slot <= CHASSIS_SLOTS; slot++)
		if (o->slot[slot - 1])
			chassis_power(MODEL, slot, true, chassisd_now());
}

/*
 * The controller is hardware and does not wait for a busy host's other work.
 * Where that is not allowed the chassis works the same, with more jitter.
 */
static void raise_priority(void)
{
	struct sched_param p = { .sched_priority = 1 };

	sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &p);
}

static const char *prepare(const struct options *opt)
{
	struct chassis_config cfg = times(opt);
	static char wrong[PATH_MAX + 128];
	const char *why;

	vc.opt = *opt;
	if (opt->virtual)
		clock_simulate();
	if (opt->schedule[0] && schedule_load(opt->schedule, wrong, sizeof(wrong)))
		return wrong;
	if (chdir(opt->dir))
		return "cannot enter the directory";
	if (loop_init() || catch_signals())
		return "cannot start the event loop";
	if (nvram_load(opt->dir, &vc.m.nv))
		return "cannot use the chassis memory (nvram)";
	if (inventory_load(opt->dir, vc.m.inventory))
		return "cannot read the inventory";
	if (trace_open(opt->dir))
		return "cannot write the trace";
	chassis_init(&vc.c, &vc.m, &cfg);
	for (int slot = 1; slot <= CHASSIS_SLOTS; slot++)
		if (init_slot(slot))
			return "cannot make the slot's window";
	for (int slot = 1; slot <= CHASSIS_SLOTS; slot++)
		if (store_prepare(slot, &why))
			return why;
	if (control_init("control.sock"))
		return "cannot make control.sock";
	if (!opt->virtual)
		raise_priority();
	return NULL;
}

int chassisd(const struct options *opt, int ready)
{
	const char *why;

	clock_start();
	why = prepare(opt);
	if (why) {
		dprintf(ready, "%s: %s", why, strerror(errno));
		return 1;
	}
	power_on();
	schedule_begin();
	trace_flush();
	dprintf(ready, "ok");
	close(ready);
	if (opt->virtual)
		virtual_run(calendar_due);
	else
		loop_run(due);
	module_stop_all();
	trace_flush();
	unlink("control.sock");
	unlink("mm1.sock");
	unlink("mm2.sock");
	unlink("link1.sock");
	unlink("link2.sock");
	unlink("disk1.sock");
	unlink("disk2.sock");
	unlink("time1.sock");
	unlink("time2.sock");
	return 0;
}
