// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Replays on the chassis model what a simulation of redund.pml did to its
 * controller, and compares answers and state after every operation: the written
 * model and the code cannot drift apart unnoticed.
 *
 * Time stands still. What happens by itself (an expiry, the end of a pulse or of
 * an offer) happens when the simulation says so: its deadline is moved to now.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../kernel/chassis/chassis.h"

#define NOW	 1000000ull
#define TIMER_MS 1000
#define OFFER_MS 1000

static struct chassis c;
static struct chassis_mem mem;
static const struct chassis_ops ops;

/* what the software of a slot read when it decided */
static struct {
	u32 epoch, rearms;
} noted[CHASSIS_SLOTS + 1];

/* one line of the simulation */
struct step {
	char op[24], result[24];
	int slot, arg;
	int all[3]; /* owner, offer, take */
	int slots[CHASSIS_SLOTS][7];
};

static const char *const field_name[7] = {
	"powered", "in reset", "out", "going down", "shut down", "armed", "stuck",
};

static void wr(int slot, u32 off, u32 value)
{
	chassis_write(&c, &mem, &ops, NULL, slot, off, 4, value, NOW);
}

static u32 rd(int slot, u32 off)
{
	return chassis_read(&c, &mem, &ops, NULL, slot, off, 4, NOW);
}

/* ---- operations: the answer as redund.pml names it ------------------------- */

static const char *write_checked(int slot, u32 off, u32 value)
{
	u32 refused = c.slot[slot - 1].refused;

	wr(slot, off, value);
	return c.slot[slot - 1].refused == refused ? "ok" : "refused";
}

static const char *command(int slot, u32 cmd, u32 arg)
{
	static const char *const name[] = {
		[REDUND_RES_NONE] = "none",
		[REDUND_RES_OK] = "ok",
		[REDUND_RES_HELD] = "held",
		[REDUND_RES_STALE] = "stale",
		[REDUND_RES_OUT] = "out_",
		[REDUND_RES_OWN] = "own",
		[REDUND_RES_FREE] = "free",
		[REDUND_RES_NOT_ALLOWED] = "not_allowed",
		[REDUND_RES_NOT_OWNER] = "not_owner",
		[REDUND_RES_NOT_ARMED] = "not_armed",
	};
	u32 res;

	wr(slot, REG_CMD_EPOCH, noted[slot].epoch);
	wr(slot, REG_CMD_ARG, arg);
	wr(slot, REG_CMD, cmd);
	res = rd(slot, REG_CMD_RESULT) & 0xff;
	return res < sizeof(name) / sizeof(name[0]) && name[res] ? name[res] : "?";
}

/* a deadline comes; there has to be one */
static const char *comes(u64 *at)
{
	if (!*at)
		return "nothing is due";
	*at = NOW;
	chassis_advance(&c, &mem, &ops, NULL, NOW);
	return "none";
}

static const char *look(int slot)
{
	noted[slot].epoch = chassis_read(&c, &mem, &ops, NULL, slot, REG_STATUS, 8, NOW) >> 32;
	noted[slot].rearms = rd(slot, REG_PEER_REARMS);
	return "none";
}

/* what software does through its window; NULL: it is none of these */
static const char *by_software(const struct step *s)
{
	int slot = s->slot;

	if (!strcmp(s->op, "on_look"))
		return look(slot);
	if (!strcmp(s->op, "on_join"))
		return write_checked(slot, REG_JOIN, rd(slot, REG_INCARNATION));
	if (!strcmp(s->op, "on_beat"))
		return write_checked(slot, REG_BEAT, TIMER_MS);
	if (!strcmp(s->op, "on_take"))
		return write_checked(slot, REG_PEER_TAKE, s->arg);
	if (!strcmp(s->op, "on_fabric"))
		return write_checked(slot, REG_FABRIC_ENABLE, 3);
	if (!strcmp(s->op, "on_going_down"))
		return write_checked(slot, REG_GOING_DOWN,
				     s->arg == 1 ? REDUND_DOWN_PANIC : REDUND_DOWN_SHUTDOWN);
	if (!strcmp(s->op, "on_claim"))
		return command(slot, REDUND_CMD_CLAIM, 0);
	if (!strcmp(s->op, "on_fence"))
		return command(slot, s->arg ? REDUND_CMD_FENCE_FORCED : REDUND_CMD_FENCE,
			       noted[slot].rearms);
	if (!strcmp(s->op, "on_offer"))
		return command(slot, REDUND_CMD_OFFER, OFFER_MS);
	if (!strcmp(s->op, "on_withdraw"))
		return command(slot, REDUND_CMD_WITHDRAW, 0);
	if (!strcmp(s->op, "on_release"))
		return command(slot, REDUND_CMD_RELEASE, 0);
	if (!strcmp(s->op, "on_shutdown_done"))
		return command(slot, REDUND_CMD_SHUTDOWN_DONE, 0);
	return NULL;
}

static const char *switch_on(int slot, bool on)
{
	if (on && !c.slot[slot - 1].present)
		chassis_presence(&c, &mem, &ops, NULL, slot, true, NOW);
	chassis_power(&c, &mem, &ops, NULL, slot, on, NOW);
	return "none";
}

static const char *break_part(int slot, enum chassis_fault f)
{
	chassis_fault(&c, &mem, &ops, NULL, slot, f, true, NOW);
	return "none";
}

/* what time and the world do */
static const char *by_world(const struct step *s)
{
	struct chassis_slot *sl = &c.slot[s->slot - 1];

	if (!strcmp(s->op, "on_expire"))
		return comes(&sl->timer_at);
	if (!strcmp(s->op, "on_pulse_end"))
		return comes(&sl->reset_end);
	if (!strcmp(s->op, "on_offer_end"))
		return comes(&c.offer_end);
	if (!strcmp(s->op, "on_power_on") || !strcmp(s->op, "on_power_off"))
		return switch_on(s->slot, !strcmp(s->op, "on_power_on"));
	if (!strcmp(s->op, "on_line_stuck"))
		return break_part(s->slot, CHASSIS_FAULT_RESET_STUCK);
	if (!strcmp(s->op, "on_timer_dead"))
		return break_part(s->slot, CHASSIS_FAULT_TIMER_DEAD);
	if (!strcmp(s->op, "on_self_reset"))
		chassis_self_reset(&c, &mem, &ops, NULL, s->slot, NOW);
	else if (!strcmp(s->op, "on_button"))
		chassis_button(&c, &mem, &ops, NULL, s->slot, CHASSIS_BUTTON_RESET, NOW);
	else if (!strcmp(s->op, "on_bounce"))
		chassis_bounce(&c, &mem, &ops, NULL, s->slot, NOW);
	else
		return "no such operation";
	return "none";
}

/* ---- comparing ----------------------------------------------------------------- */

static unsigned int line_number;

static int differs(const struct step *s, int slot, const char *what, int code, int model)
{
	printf("# line %u, %s of slot %d: slot %d, %s: %d in the chassis model, %d in redund.pml\n",
	       line_number, s->op, s->slot, slot, what, code, model);
	return 1;
}

static int compare_slot(const struct step *s, int slot)
{
	const struct chassis_slot *sl = &c.slot[slot - 1];
	const int now[7] = {
		sl->powered,   sl->in_reset,   sl->out,	       sl->going_down,
		sl->shut_down, !!sl->timer_at, sl->stuck_seen,
	};
	int i;

	for (i = 0; i < 7; i++)
		if (now[i] != s->slots[slot - 1][i])
			return differs(s, slot, field_name[i], now[i], s->slots[slot - 1][i]);
	return 0;
}

static int compare(const struct step *s)
{
	int take = c.owner ? c.slot[c.owner - 1].take : 0;

	if (c.owner != s->all[0])
		return differs(s, 0, "owner", c.owner, s->all[0]);
	if (c.offer != s->all[1])
		return differs(s, 0, "offer", c.offer, s->all[1]);
	if (take != s->all[2])
		return differs(s, 0, "peer may take", take, s->all[2]);
	return compare_slot(s, 1) || compare_slot(s, 2);
}

/* ---- lines ------------------------------------------------------------------------ */

#define STEPS_MAX 64

/* operation and answer -> times, over everything that is replayed */
static struct {
	char what[52];
	unsigned int n;
} seen[STEPS_MAX];

static void count(const struct step *s)
{
	char what[52];
	int i;

	snprintf(what, sizeof(what), "%s%s %s", s->op + 3, s->arg ? "+" : "", s->result);
	for (i = 0; i < STEPS_MAX - 1 && seen[i].n && strcmp(seen[i].what, what); i++)
		;
	memcpy(seen[i].what, what, sizeof(what));
	seen[i].n++;
}

static bool parse(const char *line, struct step *s)
{
	int *a = s->slots[0], *b = s->slots[1];

	return sscanf(line,
		      "@ %23s %d %d %23s : %d %d %d : %d %d %d %d %d %d %d : %d %d %d %d %d %d %d",
		      s->op, &s->slot, &s->arg, s->result, &s->all[0], &s->all[1], &s->all[2], a,
		      a + 1, a + 2, a + 3, a + 4, a + 5, a + 6, b, b + 1, b + 2, b + 3, b + 4,
		      b + 5, b + 6) == 21 &&
	       s->slot >= 1 && s->slot <= CHASSIS_SLOTS;
}

/* 0: as in the model */
static int replay_step(const struct step *s)
{
	int owner = c.owner;
	u32 epoch = c.epoch;
	const char *result = by_software(s) ?: by_world(s);

	if (strcmp(result, s->result)) {
		printf("# line %u, %s of slot %d: \"%s\" in the chassis model, ", line_number,
		       s->op, s->slot, result);
		printf("\"%s\" in redund.pml\n", s->result);
		return 1;
	}
	if (c.epoch != epoch + !!(owner - c.owner)) {
		printf("# line %u, %s of slot %d: owner %d to %d, but epoch %u to %u (G1)\n",
		       line_number, s->op, s->slot, owner, c.owner, epoch, c.epoch);
		return 1;
	}
	return compare(s);
}

static void begin(u32 plant)
{
	struct chassis_config cfg = {
		.timer_max_ms = TIMER_MS,
		.timer_boot_ms = TIMER_MS,
		.timer_down_ms = TIMER_MS,
		.reset_pulse_us = 1000,
		.im_download_us = 1000,
		.caps = CAPS_ALL,
		.plant = plant,
	};

	memset(noted, 0, sizeof(noted));
	chassis_init(&c, &mem, &cfg);
}

static int replay(FILE *f, unsigned int *steps)
{
	char line[512];
	struct step s;

	while (fgets(line, sizeof(line), f)) {
		const char *at = strstr(line, "@ on_");

		line_number++;
		if (!at || !parse(at, &s))
			continue;
		++*steps;
		count(&s);
		if (replay_step(&s))
			return 1;
	}
	return 0;
}

static u32 plant_of(const char *name)
{
	if (!strcmp(name, "window-open"))
		return CHASSIS_PLANT_WINDOW_OPEN;
	if (!strcmp(name, "fence-no-epoch"))
		return CHASSIS_PLANT_FENCE_NO_EPOCH;
	if (!strcmp(name, "level-reset"))
		return CHASSIS_PLANT_LEVEL_RESET;
	if (!strcmp(name, "no-boot-arm"))
		return CHASSIS_PLANT_NO_BOOT_ARM;
	fprintf(stderr, "spin_replay: no planted mistake is called \"%s\"\n", name);
	exit(2);
}

int main(int argc, char **argv)
{
	u32 plant = argc > 2 && !strcmp(argv[1], "--plant") ? plant_of(argv[2]) : 0;
	unsigned int all = 0, steps;
	int i, bad = 0;

	for (i = plant ? 3 : 1; i < argc && !bad; i++) {
		FILE *f = fopen(argv[i], "r");

		if (!f) {
			perror(argv[i]);
			return 2;
		}
		line_number = 0;
		steps = 0;
		begin(plant);
		bad = replay(f, &steps);
		fclose(f);
		all += steps;
		if (bad || !steps)
			printf("# %s: %s\n", argv[i], bad ? "diverges" : "has no operations");
		bad |= !steps;
	}
	printf("# %u operations in %d runs\n", all, i - (plant ? 3 : 1));
	for (i = 0; i < STEPS_MAX && seen[i].n && !bad; i++)
		printf("# %6u %s\n", seen[i].n, seen[i].what);
	return bad;
}
