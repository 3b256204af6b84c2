// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns what `vchassis status` and `leds` print, as text and as JSON. */
#include "vc.h"
#include "rom-proto.h"

#include <linux/redund.h>
#include <string.h>

#define BOOL(b) ((b) ? "true" : "false")

static const struct {
	const char *name;
	unsigned int shift;
} leds[] = {
	{ "actv", LED_ACTV_SHIFT },
	{ "stby", LED_STBY_SHIFT },
	{ "dwn", LED_DWN_SHIFT },
	{ "fault", LED_FAULT_SHIFT },
};

#define LEDS (ARRAY_SIZE(leds))

/* What the mailbox says, where the lines do not know better. */
const char *status_role(int slot)
{
	const struct chassis_slot *s = &vc.c.slot[slot - 1];

	if (!s->present)
		return "absent";
	if (!s->powered || s->shut_down || (s->in_reset && !s->pulse_stuck))
		return "down";
	return s->role == CHASSIS_ROLE_NONE ? "booting" : name_role(s->role);
}

static const char *led_name(int slot, size_t i)
{
	return name_led(chassis_led(&vc.c, slot, leds[i].shift));
}

static void faults_json(FILE *out, const struct chassis_slot *s, const struct slot *v)
{
	int n = 0;

	for (int f = 0; f < CHASSIS_FAULT_COUNT; f++)
		if (s->faults & 1u << f)
			fprintf(out, "%s\"%s\"", n++ ? ", " : "", name_fault(f));
	for (int i = 0; i < NETDEV_FAULTS; i++)
		if (v->net.fault[i])
			fprintf(out, "%s\"%s\"", n++ ? ", " : "", netdev_fault_name(i));
	if (v->misread)
		fprintf(out, "%s\"register-misread\"", n++ ? ", " : "");
	for (int i = 0; i < FLASH_IMAGES; i++)
		if (v->corrupt[i].on)
			fprintf(out, "%s\"flash-corrupt-%s\"", n++ ? ", " : "", flash_name(i));
}

static void slot_json(FILE *out, int slot)
{
	const struct chassis_slot *s = &vc.c.slot[slot - 1];
	const struct slot *v = vc_slot(slot);

	fprintf(out,
		"{\"slot\": %d, \"present\": %s, \"powered\": %s, \"alive\": %s, "
		"\"in_reset\": %s, \"role\": \"%s\", \"leds\": {",
		slot, BOOL(s->present), BOOL(s->powered), BOOL(module_runs(slot)),
		BOOL(s->in_reset), status_role(slot));
	for (size_t i = 0; i < LEDS; i++)
		fprintf(out, "%s\"%s\": \"%s\"", i ? ", " : "", leds[i].name, led_name(slot, i));
	fprintf(out,
		"}, \"refused_writes\": %u, \"boot_image\": \"%s\", \"rom\": \"%s\", "
		"\"hung\": %s, \"out\": %s, \"reset_stuck\": %s, \"incarnation\": %u, "
		"\"starts\": %u, \"pid\": %d, \"agent\": %s, \"accesses\": %llu, "
		"\"flash_lost\": %llu, \"faults\": [",
		s->refused, flash_name(v->image), rom_state_name(slot),
		BOOL(v->hung || v->soft_hung), BOOL(s->out), BOOL(s->stuck_seen), s->incarnation,
		v->starts, v->pid, BOOL(v->agent.ready), v->pci.accesses, v->disk.lost);
	faults_json(out, s, v);
	fprintf(out, "], \"part\": \"%s\", \"serial\": \"%s\"}",
		vc.m.inventory[REDUND_INV_MM + slot - 1].part,
		vc.m.inventory[REDUND_INV_MM + slot - 1].serial);
}

void status_json(FILE *out)
{
	fprintf(out, "{\"time_us\": %llu, \"owner\": %u, \"epoch\": %u, \"fabric\": [", clock_us(),
		vc.c.owner, vc.c.epoch);
	for (int i = 0; i < 2; i++)
		fprintf(out, "%s{\"id\": %d, \"present\": %s, \"enabled\": %s}", i ? ", " : "",
			i + 1, BOOL(vc.c.fabric_present & 1 << i),
			BOOL(vc.c.fabric_enable & 1 << i));
	fprintf(out, "], \"slots\": [");
	for (int slot = 1; slot <= CHASSIS_SLOTS; slot++) {
		if (slot > 1)
			fprintf(out, ", ");
		slot_json(out, slot);
	}
	fprintf(out, "], \"modules\": [");
	for (int i = 0; i < REDUND_IM_SLOTS; i++)
		fprintf(out, "%s{\"slot\": \"%c\", \"type\": \"%s\", \"state\": \"%s\"}",
			i ? ", " : "", 'A' + i,
			vc.c.im_present & 1u << i ? vc.m.inventory[REDUND_INV_IM + i].part : "",
			name_im(vc.c.im_state[i]));
	fprintf(out,
		"], \"system_led\": \"%s\", \"locate_led\": \"%s\", \"seed\": %llu, "
		"\"timers\": \"%s\", "
		"\"time\": \"%s\", \"held\": %s, "
		"\"kernel\": \"%s\", \"dir\": \"%s\", \"flash_mib\": %u, "
		"\"flash_journal\": %s, \"image\": \"%s\"}\n",
		name_led(chassis_system_led(&vc.c)), name_led(chassis_locate_led(&vc.c)),
		vc.opt.seed, vc.opt.hardware ? "hardware" : "relaxed",
		vc.opt.virtual ? "virtual" : "real", BOOL(vc.opt.virtual && virtual_held()),
		vc.opt.debug ? "debug" : "normal", vc.opt.dir, vc.opt.flash.mib,
		BOOL(!vc.opt.flash.no_journal), vc.opt.image);
}

static const char *slot_note(int slot)
{
	const struct chassis_slot *s = &vc.c.slot[slot - 1];
	const struct slot *v = vc_slot(slot);

	if (!s->present)
		return "";
	if (!s->powered)
		return ", no power";
	if (s->in_reset && !s->pulse_stuck)
		return ", in reset";
	if (s->shut_down)
		return ", shut down: OK to remove";
	if (!module_runs(slot))
		return ", not running";
	if (v->hung || v->soft_hung)
		return ", hangs";
	if (v->rom == ROM_IS_MONITOR)
		return ", in the boot ROM's monitor";
	return s->out ? ", out" : "";
}

void status_text(FILE *out)
{
	u64 now = clock_us();

	fprintf(out, "Grant: %s%.0u, epoch %u; powered on for %llu.%03u s\n",
		vc.c.owner ? "management module " : "nobody", vc.c.owner, vc.c.epoch, now / 1000000,
		(u32)(now / 1000 % 1000));
	for (int slot = 1; slot <= CHASSIS_SLOTS; slot++)
		fprintf(out, "Management module %d: %s%s; %u refused writes\n", slot,
			status_role(slot), slot_note(slot), vc.c.slot[slot - 1].refused);
	for (int i = 0; i < 2; i++)
		fprintf(out, "Fabric module %d: %s%s\n", i + 1,
			vc.c.fabric_enable & 1 << i ? "enabled" : "disabled",
			vc.c.fabric_present & 1 << i ? "" : ", absent");
	fprintf(out, "Interface modules:");
	for (int i = 0; i < REDUND_IM_SLOTS; i++)
		if (vc.c.im_present & 1u << i)
			fprintf(out, " %c %s %s%s", 'A' + i, vc.m.inventory[REDUND_INV_IM + i].part,
				name_im(vc.c.im_state[i]), vc.c.im_present >> (i + 1) ? "," : "");
	fprintf(out, "%s\n", vc.c.im_present ? "" : " none");
}

void leds_json(FILE *out)
{
	fprintf(out, "{\"slots\": [");
	for (int slot = 1; slot <= CHASSIS_SLOTS; slot++) {
		fprintf(out, "%s{\"slot\": %d", slot > 1 ? ", " : "", slot);
		for (size_t i = 0; i < LEDS; i++)
			fprintf(out, ", \"%s\": \"%s\"", leds[i].name, led_name(slot, i));
		fprintf(out, "}");
	}
	fprintf(out, "], \"chassis\": {\"fault\": \"%s\", \"locate\": \"%s\"}}\n",
		name_led(chassis_system_led(&vc.c)), name_led(chassis_locate_led(&vc.c)));
}

/* One lamp: what a person would say it does. */
static const char *lamp(u32 state)
{
	static const char *const lamps[] = {
		[REDUND_LED_OFF] = "-",
		[REDUND_LED_GREEN] = "green",
		[REDUND_LED_GREEN_FLASH] = "green, flashing",
		[REDUND_LED_GREEN_SLOW] = "green, flashing slowly",
		[REDUND_LED_ORANGE] = "orange",
		[REDUND_LED_ORANGE_FLASH] = "orange, flashing",
		[REDUND_LED_ORANGE_FAST] = "orange, flashing fast",
	};

	return state < ARRAY_SIZE(lamps) ? lamps[state] : "?";
}

void leds_text(FILE *out)
{
	static const char *const titles[LEDS] = { "Actv", "Stby", "Dwn", "Fault" };

	fprintf(out, "%-7s", "");
	for (size_t i = 0; i < LEDS; i++)
		fprintf(out, "%-23s", titles[i]);
	for (int slot = 1; slot <= CHASSIS_SLOTS; slot++) {
		fprintf(out, "\nMM %-4d", slot);
		if (!vc.c.slot[slot - 1].present) {
			fprintf(out, "(empty slot)");
			continue;
		}
		for (size_t i = 0; i < LEDS; i++)
			fprintf(out, "%-23s", lamp(chassis_led(&vc.c, slot, leds[i].shift)));
	}
	fprintf(out, "\nChassis fault: %s\nLocate: %s\n", lamp(chassis_system_led(&vc.c)),
		lamp(chassis_locate_led(&vc.c)));
}
