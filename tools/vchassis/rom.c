// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns the chassis' side of a module's boot ROM: what it is started with, its
 * accesses to the controller, and how far it is. The ROM itself is a program
 * of its own (tools/bootrom) that becomes the kernel.
 */
#include "vc.h"
#include "rom-proto.h"

#include <linux/redund.h>
#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define WAITS_US 1000000 /* between two words of a ROM at its prompt */

/* ---- records in chassis memory --------------------------------------------- */

/* Is a record of this major version there, whole? */
static bool record_valid(const void *at, size_t room, u32 magic, u16 version)
{
	struct redund_rec_head head;
	u8 copy[WIN_NV_CHASSIS_SIZE];

	memcpy(&head, at, sizeof(head));
	if (head.magic != magic ||
	    REDUND_FORMAT_MAJOR(head.version) != REDUND_FORMAT_MAJOR(version) ||
	    head.length < sizeof(head) || head.length > room)
		return false;
	memcpy(copy, at, head.length);
	memset(copy + offsetof(struct redund_rec_head, crc), 0, sizeof(head.crc));
	return crc32_ieee(copy, head.length) == head.crc;
}

/* Byte @offset of a valid record; 0 in one of an older version without it. */
static u8 record_byte(const void *at, size_t offset)
{
	struct redund_rec_head head;

	memcpy(&head, at, sizeof(head));
	return offset < head.length ? ((const u8 *)at)[offset] : 0;
}

/* `boot system flash ...` (S-199): the image both modules boot, 0: their default. */
static u8 image_asked(void)
{
	const void *record = vc.m.nv.chassis;

	/* of a later minor version it is longer */
	if (!record_valid(record, REDUND_CHREC_HISTORY_OFF, REDUND_CHREC_MAGIC,
			  REDUND_CHREC_VERSION))
		return 0;
	return record_byte(record, offsetof(struct redund_chassis_record, boot_image));
}

/* What the module's last software left for the start after its own end. */
static u8 left_for_start(int slot, size_t offset)
{
	const char *serial = vc.m.inventory[REDUND_INV_MM + slot - 1].serial;

	if (vc.c.slot[slot - 1].boot_cause != REDUND_RESET_COMMAND)
		return 0;
	for (int i = 0; i < CHASSIS_NV_MODULES; i++) {
		const void *record = vc.m.nv.module[i].data;

		if (!vc.m.nv.module[i].used ||
		    strncmp(vc.m.nv.module[i].serial, serial, sizeof(vc.m.nv.module[i].serial)))
			continue;
		return record_valid(record, sizeof(vc.m.nv.module[i].data), REDUND_MODREC_MAGIC,
				    REDUND_MODREC_VERSION) ?
			       record_byte(record, offset) :
			       0;
	}
	return 0;
}

/* Is this start a reload (S-210)? */
static bool warm_start(int slot)
{
	return left_for_start(slot, offsetof(struct redund_module_record, warm)) == 1;
}

/* The image that this module alone boots now (S-156), 0: its default. */
static u8 image_left(int slot)
{
	return left_for_start(slot, offsetof(struct redund_module_record, next_image));
}

/* ---- the bus ------------------------------------------------------------------ */

static void answer(struct slot *s, u32 value)
{
	struct rom_answer a = { .value = value };

	send(s->bus.fd, &a, sizeof(a), MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* It stands at a prompt in simulated time, and says so as it does in real time. */
static void waits(struct timer *t)
{
	struct slot *s = t->data;

	chassis_boot_again(MODEL, s->slot, chassisd_now());
	loop_timer(t, clock_us() + WAITS_US);
}

static void in_monitor(struct slot *s)
{
	agent_refuse(&s->agent, ROM_MONITOR_WHY);
	if (vc.opt.virtual)
		waits(&s->rom_waits);
}

static void serve(struct slot *s, const struct rom_request *r)
{
	switch (r->what) {
	case ROM_READ:
		answer(s, chassis_read(MODEL, s->slot, r->offset, 4, chassisd_now()));
		break;
	case ROM_CONSOLE:
		answer(s, serial_clients(&s->serial));
		break;
	case ROM_WAITS:
		if (!vc.opt.virtual)
			chassis_boot_again(MODEL, s->slot, chassisd_now());
		break;
	case ROM_STATE:
		s->rom = r->value & 0xff;
		if (s->rom == ROM_IS_MONITOR)
			in_monitor(s);
		if (s->rom != ROM_IS_BOOTING)
			break;
		s->image = r->value >> 8 ? FLASH_SECONDARY : FLASH_PRIMARY;
		trace_boot(s->slot, flash_name(s->image), s->warm);
		break;
	}
}

static void bus_drop(struct slot *s)
{
	int fd = s->bus.fd;

	if (fd < 0)
		return;
	loop_del(&s->bus);
	loop_timer(&s->rom_waits, CLOCK_NEVER);
	close(fd);
}

static void bus_ready(struct watch *w, u32 events)
{
	struct slot *s = w->data;
	struct rom_request r;
	ssize_t n = recv(w->fd, &r, sizeof(r), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n == sizeof(r)) {
		serve(s, &r);
		return;
	}
	if (s->rom == ROM_IS_BOOTING)
		s->rom = ROM_IS_DONE;
	bus_drop(s);
}

void rom_settle(int slot)
{
	struct slot *s = vc_slot(slot);
	struct pollfd p = { .events = POLLIN };

	for (p.fd = s->bus.fd; p.fd >= 0 && poll(&p, 1, 0) == 1; p.fd = s->bus.fd)
		bus_ready(&s->bus, EPOLLIN);
}

static int bus_connect(struct slot *s)
{
	int pair[2];

	bus_drop(s);
	s->rom_waits = (struct timer){ .at = CLOCK_NEVER, .fire = waits, .data = s };
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return -1;
	s->bus = (struct watch){ .ready = bus_ready, .data = s };
	if (loop_add(&s->bus, pair[0], EPOLLIN)) {
		close(pair[0]);
		close(pair[1]);
		s->bus.fd = -1;
		return -1;
	}
	return pair[1];
}

/* ---- one start ---------------------------------------------------------------- */

int rom_connect(int slot, struct rom_ends *ends)
{
	struct slot *s = vc_slot(slot);

	s->rom = ROM_IS_OFF;
	ends->line = -1;
	ends->bus = -1;
	if (vc.opt.direct)
		return 0;
	ends->line = serial_connect(&s->serial);
	ends->bus = bus_connect(s);
	s->rom = ROM_IS_TESTING;
	s->warm = warm_start(slot);
	return ends->line < 0 || ends->bus < 0 ? -1 : 0;
}

void rom_disconnect(int slot)
{
	struct slot *s = vc_slot(slot);

	serial_drop(&s->serial);
	bus_drop(s);
	s->rom = ROM_IS_OFF;
}

void rom_exec(int slot, const struct rom_ends *ends, char *const *kernel_args)
{
	char place[PATH_MAX + 16], flash[PATH_MAX + 32], medium[PATH_MAX + 32], ram[PATH_MAX + 32],
		settings[PATH_MAX + 32];
	const char *argv[ROM_ARGS_MAX + 16] = { vc.opt.rom, "--flash",	  flash,   "--ram",
						ram,	    "--settings", settings };
	int n = 7;
	u8 image = image_asked() ?: image_left(slot);

	snprintf(place, sizeof(place), "%s/mm%d", vc.opt.dir, slot);
	snprintf(flash, sizeof(flash), "%s/%s", place, vc.opt.flash.mib ? "rom" : "flash");
	snprintf(medium, sizeof(medium), "%s/flash.img", place);
	snprintf(ram, sizeof(ram), "%s/ram", place);
	snprintf(settings, sizeof(settings), "%s/settings", place);
	if (image == REDUND_BOOT_IMAGE_PRIMARY || image == REDUND_BOOT_IMAGE_SECONDARY) {
		argv[n++] = "--image";
		argv[n++] = flash_name(image == REDUND_BOOT_IMAGE_PRIMARY ? FLASH_PRIMARY :
									    FLASH_SECONDARY);
	}
	if (vc.opt.flash.mib) {
		argv[n++] = "--medium";
		argv[n++] = medium;
	}
	if (vc_slot(slot)->warm)
		argv[n++] = "--warm";
	argv[n++] = "--";
	for (int i = 0; kernel_args[i] && i < ROM_ARGS_MAX; i++)
		argv[n++] = kernel_args[i];
	argv[n] = NULL;
	dup2(ends->line, 0);
	dup2(ends->line, 1);
	dup2(ends->bus, ROM_FD_BUS);
	execv(argv[0], (char **)argv);
	dprintf(2, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

const char *rom_state_name(int slot)
{
	static const char *const names[] = {
		[ROM_IS_OFF] = "none",
		[ROM_IS_TESTING] = "testing",
		[ROM_IS_SELECTING] = "selecting",
		[ROM_IS_MONITOR] = "monitor",
		[ROM_IS_BOOTING] = "booting",
		[ROM_IS_DONE] = "done",
	};
	u32 state = vc_slot(slot)->rom;

	return state < ARRAY_SIZE(names) ? names[state] : "?";
}
