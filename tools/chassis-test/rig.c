// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The bench of the chassis model's unit tests: the recording embedder, and
 * what the software of a slot does in most of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rig.h"

struct chassis rig;
struct chassis_mem rig_mem;
struct seen seen;
u64 now;

static void on_irq(void *ctx, int slot)
{
	seen.irqs[slot]++;
}

static void on_reset(void *ctx, int slot, bool asserted, enum redund_reset_cause cause)
{
	if (asserted)
		seen.asserted[slot]++;
	else
		seen.starts[slot]++;
	seen.cause = cause;
}

static void on_shutdown(void *ctx, int slot)
{
	seen.shutdowns[slot]++;
}

static void on_nv(void *ctx, const void *at, size_t len)
{
	seen.nv_writes++;
	seen.nv_at = at;
	seen.nv_len = len;
}

static void on_trace(void *ctx, const struct chassis_event *ev)
{
	if (seen.events == EVENTS_MAX) {
		fprintf(stderr, "more than %d events in one test\n", EVENTS_MAX);
		exit(2);
	}
	seen.ev[seen.events++] = *ev;
}

static const struct chassis_ops ops = {
	.irq = on_irq,
	.reset = on_reset,
	.shutdown_done = on_shutdown,
	.nv_written = on_nv,
	.trace = on_trace,
};

struct chassis_config rig_config(void)
{
	return (struct chassis_config){
		.timer_max_ms = TIMER_MAX,
		.timer_boot_ms = TIMER_BOOT,
		.timer_down_ms = TIMER_DOWN,
		.reset_pulse_us = PULSE_US,
		.im_download_us = DOWNLOAD_US,
		.caps = CAPS_ALL,
	};
}

void rig_forget(void)
{
	memset(&seen, 0, sizeof(seen));
}

void rig_new(u32 plant)
{
	struct chassis_config cfg = rig_config();

	cfg.plant = plant;
	memset(&rig_mem, 0, sizeof(rig_mem));
	rig_serial(1, "111111111111");
	rig_serial(2, "222222222222");
	now = 1 * MS;
	chassis_init(&rig, &rig_mem, &cfg);
	rig_forget();
}

void rig_serial(int slot, const char *serial)
{
	struct redund_inventory *inv = &rig_mem.inventory[REDUND_INV_MM + slot - 1];

	memset(inv->serial, 0, sizeof(inv->serial));
	memcpy(inv->serial, serial, strlen(serial));
}

void rig_insert(int slot)
{
	chassis_presence(&rig, &rig_mem, &ops, NULL, slot, true, now);
	chassis_power(&rig, &rig_mem, &ops, NULL, slot, true, now);
}

void rig_pull(int slot)
{
	chassis_presence(&rig, &rig_mem, &ops, NULL, slot, false, now);
}

bool rig_join(int slot)
{
	wr(slot, REG_JOIN, rd(slot, REG_INCARNATION));
	return !is_out(slot);
}

void rig_both(void)
{
	int i;

	rig_new(0);
	for (i = 1; i <= CHASSIS_SLOTS; i++) {
		rig_insert(i);
		rig_join(i);
		wr(i, REG_BEAT, TIMER_MAX);
	}
	rig_forget();
}

void rig_owner(void)
{
	rig_both();
	claim(1);
	wr(1, REG_PEER_TAKE, 1);
	rig_forget();
}

void rig_to(u64 at)
{
	now = at;
	chassis_advance(&rig, &rig_mem, &ops, NULL, now);
}

void rig_pass(u64 us)
{
	rig_to(now + us);
}

void rig_fault(int slot, enum chassis_fault f, bool on)
{
	chassis_fault(&rig, &rig_mem, &ops, NULL, slot, f, on, now);
}

void rig_press(int slot, enum chassis_button b)
{
	chassis_button(&rig, &rig_mem, &ops, NULL, slot, b, now);
}

void rig_power(int slot, bool on)
{
	chassis_power(&rig, &rig_mem, &ops, NULL, slot, on, now);
}

void rig_boot_again(int slot)
{
	chassis_boot_again(&rig, &rig_mem, &ops, NULL, slot, now);
}

void rig_bounce(int slot)
{
	chassis_bounce(&rig, &rig_mem, &ops, NULL, slot, now);
}

void rig_reboot(int slot)
{
	chassis_self_reset(&rig, &rig_mem, &ops, NULL, slot, now);
}

void rig_cycle(void)
{
	chassis_reset_system(&rig, &rig_mem, &ops, NULL, now);
}

void rig_fabric(int fabric, bool present)
{
	chassis_fabric_presence(&rig, &rig_mem, &ops, NULL, fabric, present, now);
}

void rig_im(int index, bool present)
{
	chassis_im_presence(&rig, &rig_mem, &ops, NULL, index, present, now);
}

void rig_hang(u64 us)
{
	u64 end = now + us;

	while (now < end) {
		wr(2, REG_BEAT, TIMER_MAX);
		rig_pass(end - now < 100 * MS ? end - now : 100 * MS);
	}
}

u32 rd(int slot, u32 off)
{
	return chassis_read(&rig, &rig_mem, &ops, NULL, slot, off, 4, now);
}

u64 rd64(int slot, u32 off)
{
	return chassis_read(&rig, &rig_mem, &ops, NULL, slot, off, 8, now);
}

u64 rd_size(int slot, u32 off, unsigned int size)
{
	return chassis_read(&rig, &rig_mem, &ops, NULL, slot, off, size, now);
}

void wr_size(int slot, u32 off, unsigned int size, u64 value)
{
	chassis_write(&rig, &rig_mem, &ops, NULL, slot, off, size, value, now);
}

void rd_area(int slot, u32 off, void *buf, size_t len)
{
	chassis_read_area(&rig, &rig_mem, &ops, NULL, slot, off, buf, len, now);
}

void wr_area(int slot, u32 off, const void *buf, size_t len)
{
	chassis_write_area(&rig, &rig_mem, &ops, NULL, slot, off, buf, len, now);
}

void wr(int slot, u32 off, u32 value)
{
	chassis_write(&rig, &rig_mem, &ops, NULL, slot, off, 4, value, now);
}

u32 epoch(void)
{
	return rig.epoch;
}

u32 status(int slot)
{
	return rd64(slot, REG_STATUS);
}

u32 refused(int slot)
{
	return rig.slot[slot - 1].refused;
}

bool is_out(int slot)
{
	return rig.slot[slot - 1].out;
}

enum redund_result cmd(int slot, enum redund_cmd c, u32 on_epoch, u32 arg)
{
	wr(slot, REG_CMD_EPOCH, on_epoch);
	wr(slot, REG_CMD_ARG, arg);
	wr(slot, REG_CMD, c);
	return rd(slot, REG_CMD_RESULT) & 0xff;
}

enum redund_result claim(int slot)
{
	return cmd(slot, REDUND_CMD_CLAIM, epoch(), 0);
}

enum redund_result fence(int slot)
{
	return cmd(slot, REDUND_CMD_FENCE, epoch(), rd(slot, REG_PEER_REARMS));
}

void publish(int slot, u8 role)
{
	struct redund_frame f = { .slot = slot, .role = role };

	wr_area(slot, WIN_FRAME_OUT, &f, sizeof(f));
	wr(slot, REG_PUBLISH, 1);
}

bool is_refused(int slot, u32 off, u32 value)
{
	struct chassis before;
	u32 count = refused(slot);

	rig_pass(0);
	before = rig;
	wr(slot, off, value);
	if (refused(slot) != count + 1)
		return false;
	before.slot[slot - 1].refused++;
	/* the answer registers may say why */
	before.slot[slot - 1].cmd_result = rig.slot[slot - 1].cmd_result;
	before.slot[slot - 1].nv_result = rig.slot[slot - 1].nv_result;
	return !memcmp(&before, &rig, sizeof(rig));
}

int event_at(enum chassis_event_type type, int slot)
{
	unsigned int i;

	for (i = 0; i < seen.events; i++)
		if (seen.ev[i].type == type && seen.ev[i].slot == slot)
			return i;
	return -1;
}

const struct chassis_event *event(enum chassis_event_type type, int slot)
{
	static const struct chassis_event none = { .type = CHASSIS_EV_FAULT, .value = ~0u };
	int at = event_at(type, slot);

	return at < 0 ? &none : &seen.ev[at];
}

unsigned int event_count(enum chassis_event_type type, int slot)
{
	unsigned int i, n = 0;

	for (i = 0; i < seen.events; i++)
		n += seen.ev[i].type == type && seen.ev[i].slot == slot;
	return n;
}
