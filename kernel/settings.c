// SPDX-License-Identifier: GPL-2.0-only
/*
 * Settings of the module: parameters with their limits, and what follows from
 * them for the state machine. Values of a running instance (interval, misses,
 * redundancy) live in chassis memory and the instance; these are defaults.
 */
#include <linux/moduleparam.h>
#include "plant.h"
#include "redund.h"

#define RD_IMAGE_PRIMARY	1
#define RD_IMAGE_SECONDARY	2
#define RD_HOLDOFF_LOSER_US	(300 * USEC_PER_MSEC)
#define RD_HOLDOFF_UNREADY_US	(2500 * USEC_PER_MSEC)
#define RD_RETURN_MARGIN_MS	2000ULL
#define RD_HANDOVER_US		(2 * USEC_PER_SEC)
#define RD_ACTIVE_WAIT_US	(5 * USEC_PER_SEC)

struct rd_settings rd_set = {
	.interval_ms = 10,
	.misses = 3,
	.peer_wait_ms = 5000,
	.config_timeout_ms = 10000,
	.modules_timeout_ms = 60000,
	.fence_limit = 3,
	.fence_period_s = 3600,
	.worker_window_ms = 200,
	.sync_wait_ms = 30000,
	.reboot_after_switchover = true,
	.sw_version = "K.15.01",
	.sw_stamp = "",
	.boot_image = "primary",
};

/* struct rd_limits - of one unsigned setting; set to the nearest at load */
struct rd_limits {
	const char *name;
	uint *value, min, max;
};

static const struct rd_limits rd_limits[] = {
	{ "interval_ms", &rd_set.interval_ms, RD_INTERVAL_MIN, RD_INTERVAL_MAX },
	{ "misses", &rd_set.misses, RD_MISSES_MIN, RD_MISSES_MAX },
	{ "peer_wait_ms", &rd_set.peer_wait_ms, 100, 60000 },
	{ "config_timeout_ms", &rd_set.config_timeout_ms, 100, 600000 },
	{ "modules_timeout_ms", &rd_set.modules_timeout_ms, 100, 600000 },
	{ "fence_limit", &rd_set.fence_limit, 1, 8 },
	{ "fence_period_s", &rd_set.fence_period_s, 1, 9000 * 60 },
	{ "worker_window_ms", &rd_set.worker_window_ms, 20, 10000 },
	{ "sync_wait_ms", &rd_set.sync_wait_ms, 100, 600000 },
};

static const struct rd_limits *rd_limit(const uint *value)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rd_limits); i++)
		if (rd_limits[i].value == value)
			return &rd_limits[i];
	return NULL;
}

/* What runs already takes it over too. At load nothing runs. */
static void rd_param_apply(void)
{
	struct role_event ev = { .type = ROLE_EV_PARAMS };
	struct redund *rd;
	u32 n;

	for (n = 0; (rd = redund_get_next(&n)); n++) {
		scoped_guard(raw_spinlock_irqsave, &rd->lock) {
			if (rd->booted && !rd->dead) {
				rd_settings_params(rd, &ev.params);
				rd_queue_event(rd, &ev);
				rd_kick(rd);
			}
		}
		redund_put(rd);
	}
}

static int rd_param_set(const char *text, const struct kernel_param *kp)
{
	const struct rd_limits *l = rd_limit(kp->arg);
	uint value;
	int ret = kstrtouint(text, 0, &value);

	if (ret)
		return ret;
	if (value < l->min || value > l->max) {
		pr_err("redund: %s=%u is refused: %u to %u\n", l->name, value, l->min, l->max);
		return -ERANGE;
	}
	WRITE_ONCE(*l->value, value);
	rd_param_apply();
	return 0;
}

static int rd_param_set_bool(const char *text, const struct kernel_param *kp)
{
	int ret = param_set_bool(text, kp);

	if (!ret)
		rd_param_apply();
	return ret;
}

static const struct kernel_param_ops rd_param_bool_ops = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = rd_param_set_bool,
	.get = param_get_bool,
};

static const struct kernel_param_ops rd_param_ops = {
	.set = rd_param_set,
	.get = param_get_uint,
};

#define RD_PARAM(name, mode, text) \
	module_param_cb(name, &rd_param_ops, &rd_set.name, mode); \
	MODULE_PARM_DESC(name, text)

RD_PARAM(interval_ms, 0444, "heartbeat interval until one is set, ms (5 to 1000)");
RD_PARAM(misses, 0444, "heartbeats missed before acting (2 to 20)");
RD_PARAM(peer_wait_ms, 0444, "wait at boot for a present peer, ms (100 to 60000)");
RD_PARAM(config_timeout_ms, 0644, "bound of the phase \"config\", ms (100 to 600000)");
RD_PARAM(modules_timeout_ms, 0644, "bound of the phase \"ports-up\", ms (100 to 600000)");
RD_PARAM(fence_limit, 0644, "automatic fences for missed heartbeats ... (1 to 8)");
RD_PARAM(fence_period_s, 0644, "... in this many seconds (1 to 540000)");
RD_PARAM(worker_window_ms, 0644, "no beats when the worker did not run for, ms (20 to 10000)");
RD_PARAM(sync_wait_ms, 0644, "MM Shutdown waits for files being copied, ms (100 to 600000)");
module_param_named(nowayout, rd_set.nowayout, bool, 0444);
MODULE_PARM_DESC(nowayout, "a started watchdog cannot be stopped");
module_param_cb(wdt_required, &rd_param_bool_ops, &rd_set.wdt_required, 0644);
MODULE_PARM_DESC(wdt_required, "not ready while nobody pets the watchdog");
module_param_named(sync_required, rd_set.sync_required, bool, 0644);
MODULE_PARM_DESC(sync_required, "not standby while nobody says that it is synchronized");
module_param_named(reboot_after_switchover, rd_set.reboot_after_switchover, bool, 0644);
MODULE_PARM_DESC(reboot_after_switchover, "the old active's Linux reboots (S-078)");
module_param_named(sw_version, rd_set.sw_version, charp, 0444);
MODULE_PARM_DESC(sw_version, "version of the module's software");
module_param_named(sw_build, rd_set.sw_build, uint, 0444);
MODULE_PARM_DESC(sw_build, "its build number");
module_param_named(sw_stamp, rd_set.sw_stamp, charp, 0444);
MODULE_PARM_DESC(sw_stamp, "its build stamp");
module_param_named(boot_image, rd_set.boot_image, charp, 0444);
MODULE_PARM_DESC(boot_image, "flash image booted from: primary, secondary");

/**
 * rd_settings_image() - the flash image this software was booted from (S-042)
 *
 * Return: 1 primary, 2 secondary, 0 unknown
 */
u8 rd_settings_image(void)
{
	if (!strcmp(rd_set.boot_image, "primary"))
		return RD_IMAGE_PRIMARY;
	if (!strcmp(rd_set.boot_image, "secondary"))
		return RD_IMAGE_SECONDARY;
	return 0;
}

/* A controller may name any bound: what does not fit is as good as for ever. */
static u32 rd_ms_us(u64 ms)
{
	return min_t(u64, ms * USEC_PER_MSEC, U32_MAX);
}

/**
 * rd_settings_params() - the state machine's parameters
 * @rd: instance, with its timers read
 * @p: filled
 *
 * Context: under redund.lock, or before the instance lives.
 */
void rd_settings_params(const struct redund *rd, struct role_params *p)
{
	memset(p, 0, sizeof(*p));
	p->interval_us = rd->beat.interval_us;
	p->misses = rd->beat.misses;
	p->peer_wait_us = rd_ms_us(READ_ONCE(rd_set.peer_wait_ms));
	p->holdoff_loser_us = RD_HOLDOFF_LOSER_US;
	p->holdoff_unready_us = RD_HOLDOFF_UNREADY_US;
	p->return_us = rd_ms_us(rd->timer_boot_ms + RD_RETURN_MARGIN_MS);
	p->handover_us = RD_HANDOVER_US;
	p->active_wait_us = RD_ACTIVE_WAIT_US;
	p->config_us = rd_ms_us(READ_ONCE(rd_set.config_timeout_ms));
	p->modules_us = rd_ms_us(READ_ONCE(rd_set.modules_timeout_ms));
	p->timer_max_us = rd_ms_us(max(rd->timer_max_ms, rd->timer_boot_ms));
	p->fence_limit = READ_ONCE(rd_set.fence_limit);
	p->fence_period_us = READ_ONCE(rd_set.fence_period_s) * (u64)USEC_PER_SEC;
	p->wdt_required = READ_ONCE(rd_set.wdt_required);
	p->plant = PLANT_ROLE;
	p->hold = rd->nv.head.heartbeat_loss == REDUND_HEARTBEAT_LOSS_HOLD;
}

/**
 * rd_heartbeat_valid() - are these timers within the limits? (C-38, A-036)
 * @rd: instance
 * @interval_ms: heartbeat interval
 * @misses: beats missed before acting
 *
 * The failover time-out, interval x misses, is what the controller's timer is
 * re-armed with: it has to fit the chassis' maximum, or the timer would run
 * out before the peer may act.
 *
 * Return: true if both and their product are within their limits
 */
bool rd_heartbeat_valid(const struct redund *rd, u32 interval_ms, u32 misses)
{
	return interval_ms >= RD_INTERVAL_MIN && interval_ms <= RD_INTERVAL_MAX &&
	       misses >= RD_MISSES_MIN && misses <= RD_MISSES_MAX &&
	       interval_ms * misses <= rd->timer_max_ms;
}
