// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns DIR/trace.jsonl: every event as one line of JSON, in the order of the
 * model's decisions, numbered without a gap. Lines are gathered and written
 * once a round of the loop.
 */
#include "vc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#define BOOL(b) ((b) ? "true" : "false")

static int fd = -1;
static u64 seq;
static char pending[65536];
static size_t used;

int trace_open(const char *dir)
{
	char path[PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s/trace.jsonl", dir);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
	return fd < 0 ? -1 : 0;
}

void trace_flush(void)
{
	size_t done = 0;

	while (done < used) {
		ssize_t n = write(fd, pending + done, used - done);

		if (n < 0 && errno != EINTR) {
			fprintf(stderr, "trace: %s\n", strerror(errno));
			break;
		}
		done += n > 0 ? n : 0;
	}
	used = 0;
}

static __printf(3, 4) void line(u64 t_us, const char *event, const char *fmt, ...)
{
	va_list ap;

	if (sizeof(pending) - used < 512)
		trace_flush();
	used += snprintf(pending + used, 128,
			 "{\"seq\": %llu, \"t_us\": %llu"
			 ", \"event\": \"%s\"",
			 ++seq, t_us, event);
	va_start(ap, fmt);
	used += vsnprintf(pending + used, 300, fmt, ap);
	va_end(ap);
	pending[used++] = '}';
	pending[used++] = '\n';
}

void trace_fault(int slot, const char *kind)
{
	line(chassisd_now(), "fault", ", \"slot\": %d, \"kind\": \"%.100s\"", slot, kind);
}

void trace_boot(int slot, const char *image, bool warm)
{
	line(chassisd_now(), "boot", ", \"slot\": %d, \"image\": \"%s\", \"warm\": %s", slot, image,
	     warm ? "true" : "false");
}

const char *trace_reset_cause(u32 cause)
{
	static const char *const names[] = {
		[REDUND_RESET_POWER] = "power",	    [REDUND_RESET_TIMER] = "timer",
		[REDUND_RESET_FENCE] = "fence",	    [REDUND_RESET_BUTTON] = "button",
		[REDUND_RESET_COMMAND] = "command", [REDUND_RESET_SYSTEM] = "system",
	};

	return cause < ARRAY_SIZE(names) ? names[cause] : "?";
}

static const char *grant_cause(u32 cause)
{
	static const char *const names[] = {
		[CHASSIS_GRANT_CLAIM] = "claim",	   [CHASSIS_GRANT_RELEASE] = "release",
		[CHASSIS_GRANT_FENCE] = "fence",	   [CHASSIS_GRANT_OFFER] = "offer",
		[CHASSIS_GRANT_TIMER] = "timer",	   [CHASSIS_GRANT_RESET] = "reset",
		[CHASSIS_GRANT_POWER] = "power",	   [CHASSIS_GRANT_REMOVED] = "removed",
		[CHASSIS_GRANT_GOING_DOWN] = "going-down",
	};

	return cause < ARRAY_SIZE(names) ? names[cause] : "?";
}

static const char *out_cause(u32 cause)
{
	static const char *const names[] = {
		[CHASSIS_OUT_POWER] = "power",	 [CHASSIS_OUT_REMOVED] = "removed",
		[CHASSIS_OUT_RESET] = "reset",	 [CHASSIS_OUT_EXPIRED] = "expired",
		[CHASSIS_OUT_FENCED] = "fenced", [CHASSIS_OUT_GOING_DOWN] = "going-down",
	};

	return cause < ARRAY_SIZE(names) ? names[cause] : "?";
}

static const char *result(u32 res)
{
	static const char *const names[] = {
		[REDUND_RES_NONE] = "none",
		[REDUND_RES_OK] = "ok",
		[REDUND_RES_STALE] = "stale",
		[REDUND_RES_HELD] = "held",
		[REDUND_RES_FREE] = "free",
		[REDUND_RES_OWN] = "own",
		[REDUND_RES_NOT_OWNER] = "not-owner",
		[REDUND_RES_OUT] = "out",
		[REDUND_RES_NOT_ALLOWED] = "not-allowed",
		[REDUND_RES_NOT_ARMED] = "not-armed",
		[REDUND_RES_INVALID] = "invalid",
	};

	return res < ARRAY_SIZE(names) ? names[res] : "?";
}

static const char *irq_cause(u32 bit)
{
	static const char *const names[] = {
		"peer-going-down",
		"peer-removed",
		"peer-power",
		"peer-reset",
		"peer-expired",
		"peer-fenced",
		"peer-inserted",
		"peer-joined",
		"grant",
		"offer",
		"self-out",
		"frame",
		"beat",
		"button-shutdown",
		"button-clear",
		"fabric",
		"module",
		"peer-stuck",
		"button-reset",
	};

	for (u32 i = 0; i < ARRAY_SIZE(names); i++)
		if (bit & 1u << i)
			return names[i];
	return "?";
}

static const char *button(u32 b)
{
	return b == CHASSIS_BUTTON_RESET    ? "reset" :
	       b == CHASSIS_BUTTON_SHUTDOWN ? "shutdown" :
					      "clear";
}

static const char *down_reason(u32 r)
{
	static const char *const names[] = {
		[REDUND_DOWN_NONE] = "none",	       [REDUND_DOWN_PANIC] = "panic",
		[REDUND_DOWN_REBOOT] = "reboot",       [REDUND_DOWN_HALT] = "halt",
		[REDUND_DOWN_POWER_OFF] = "power-off", [REDUND_DOWN_SHUTDOWN] = "shutdown",
	};

	return r < ARRAY_SIZE(names) ? names[r] : "?";
}

/* The operations on the grant: accepted, or why not. */
static void operation(const struct chassis_event *e, const char *name, const char *more)
{
	if (e->accepted)
		line(e->t_us, name, ", \"slot\": %d, \"accepted\": true%s", e->slot, more);
	else
		line(e->t_us, name, ", \"slot\": %d, \"accepted\": false, \"why\": \"%s\"%s",
		     e->slot, result(e->result), more);
}

static bool grant_event(const struct chassis_event *e)
{
	char more[48] = "";

	switch (e->type) {
	case CHASSIS_EV_GRANT:
		line(e->t_us, "grant",
		     ", \"from\": %d, \"to\": %d, \"epoch\": %u, \"cause\": \"%s\"", e->from, e->to,
		     e->epoch, grant_cause(e->cause));
		return true;
	case CHASSIS_EV_CLAIM:
		operation(e, "claim", more);
		return true;
	case CHASSIS_EV_FENCE:
		operation(e, "fence", e->value ? ", \"forced\": true" : more);
		return true;
	case CHASSIS_EV_RELEASE:
		operation(e, "release", more);
		return true;
	case CHASSIS_EV_OFFER:
		snprintf(more, sizeof(more), ", \"ms\": %u", e->value);
		operation(e, "offer", more);
		return true;
	case CHASSIS_EV_WITHDRAW:
		operation(e, "withdraw", more);
		return true;
	case CHASSIS_EV_TAKE:
		line(e->t_us, "take", ", \"slot\": %d, \"on\": %s, \"accepted\": %s", e->slot,
		     BOOL(e->value), BOOL(e->accepted));
		return true;
	default:
		return false;
	}
}

static bool slot_event(const struct chassis_event *e)
{
	switch (e->type) {
	case CHASSIS_EV_POWER:
		line(e->t_us, "power", ", \"slot\": %d, \"on\": %s", e->slot, BOOL(e->value));
		return true;
	case CHASSIS_EV_RESET:
		/* accepted says whether the line works */
		line(e->t_us, "reset",
		     ", \"slot\": %d, \"asserted\": %s, \"cause\": \"%s\", \"stuck\": %s", e->slot,
		     BOOL(e->value), trace_reset_cause(e->cause), BOOL(!e->accepted));
		return true;
	case CHASSIS_EV_TIMER_EXPIRED:
		line(e->t_us, "timer-expired", ", \"slot\": %d", e->slot);
		return true;
	case CHASSIS_EV_GOING_DOWN:
		line(e->t_us, "going-down", ", \"slot\": %d, \"reason\": \"%s\"", e->slot,
		     down_reason(e->value));
		return true;
	case CHASSIS_EV_SHUTDOWN_DONE:
		line(e->t_us, "shutdown-done", ", \"slot\": %d", e->slot);
		return true;
	case CHASSIS_EV_OUT:
		line(e->t_us, "out", ", \"slot\": %d, \"cause\": \"%s\"", e->slot,
		     out_cause(e->cause));
		return true;
	case CHASSIS_EV_JOIN:
		line(e->t_us, "join", ", \"slot\": %d, \"accepted\": %s, \"incarnation\": %u",
		     e->slot, BOOL(e->accepted), e->value);
		return true;
	case CHASSIS_EV_PRESENCE:
		line(e->t_us, "presence", ", \"slot\": %d, \"present\": %s", e->slot,
		     BOOL(e->value));
		return true;
	case CHASSIS_EV_IRQ:
		line(e->t_us, "irq", ", \"slot\": %d, \"cause\": \"%s\", \"delivered\": %s",
		     e->slot, irq_cause(e->cause), BOOL(e->value));
		return true;
	case CHASSIS_EV_ROLE:
		line(e->t_us, "role", ", \"slot\": %d, \"role\": \"%s\"", e->slot,
		     name_role(e->value));
		return true;
	default:
		return false;
	}
}

static const char *led(u32 index)
{
	static const char *const names[] = { "actv", "stby", "dwn", "fault" };

	/* index is the LED's number or its shift in the register */
	index = index >= 4 ? index / 4 : index;
	return index < 4 ? names[index] : "?";
}

static void register_event(const struct chassis_event *e)
{
	switch (e->type) {
	case CHASSIS_EV_FABRIC:
		line(e->t_us, "fabric", ", \"slot\": %d, \"value\": %u, \"accepted\": %s", e->slot,
		     e->value, BOOL(e->accepted));
		break;
	case CHASSIS_EV_FABRIC_PRESENCE:
		line(e->t_us, "fabric-presence", ", \"value\": %u", e->value);
		break;
	case CHASSIS_EV_MODULE_RESET:
		line(e->t_us, "module-reset", ", \"slot\": %d, \"value\": %u, \"accepted\": %s",
		     e->slot, e->value, BOOL(e->accepted));
		break;
	case CHASSIS_EV_MODULE_STATE:
		line(e->t_us, "module-state", ", \"module\": \"%c\", \"state\": \"%s\"",
		     'A' + e->index % 26, name_im(e->value));
		break;
	case CHASSIS_EV_PEER_RESET:
		line(e->t_us, "peer-reset", ", \"slot\": %d, \"value\": %u, \"accepted\": %s",
		     e->slot, e->value, BOOL(e->accepted));
		break;
	case CHASSIS_EV_BUTTON:
		line(e->t_us, "button", ", \"slot\": %d, \"button\": \"%s\"", e->slot,
		     button(e->value));
		break;
	case CHASSIS_EV_LED:
		line(e->t_us, "led", ", \"slot\": %d, \"led\": \"%s\", \"state\": \"%s\"", e->slot,
		     e->slot			  ? led(e->index) :
		     e->index == LED_LOCATE_SHIFT ? "locate" :
						    "system",
		     name_led(e->value));
		break;
	case CHASSIS_EV_REFUSED:
		line(e->t_us, "refused", ", \"slot\": %d, \"register\": \"0x%03x\", \"value\": %u",
		     e->slot, e->index, e->value);
		break;
	case CHASSIS_EV_NV:
		line(e->t_us, "nv", ", \"slot\": %d, \"record\": \"%s\", \"accepted\": %s", e->slot,
		     e->index == REDUND_NV_CHASSIS ? "chassis" : "module", BOOL(e->accepted));
		break;
	case CHASSIS_EV_BEATS:
		line(e->t_us, "beats", ", \"slot\": %d, \"count\": %u", e->slot, e->value);
		break;
	default:
		break;
	}
}

void trace_event(const struct chassis_event *e)
{
	if (!grant_event(e) && !slot_event(e))
		register_event(e);
}
