// SPDX-License-Identifier: GPL-2.0-only
/*
 * The watchdog device: a verdict whether this module's user space is alive.
 * Owns struct rd_wdt. It never moves a role: while a user has started it and
 * does not ping in time, heartbeat.c withholds beats, and the controller's
 * failover timer does the rest. Once started by a user that is not pinging,
 * nothing but stopping or pinging brings the beats back.
 */
#include "redund.h"

#define RD_WDT_DEFAULT	10	/* s */
#define RD_WDT_MIN	1
#define RD_WDT_MAX	3600

static struct redund *rd_of_wdt(struct watchdog_device *wdd)
{
	return watchdog_get_drvdata(wdd);
}

static int rd_wdt_start(struct watchdog_device *wdd)
{
	struct redund *rd = rd_of_wdt(wdd);

	guard(raw_spinlock_irqsave)(&rd->lock);
	rd->wdt.armed = true;
	rd->wdt.timeout_us = wdd->timeout * (u64)USEC_PER_SEC;
	rd->wdt.fed_us = rd->local_us();
	return 0;
}

static int rd_wdt_stop(struct watchdog_device *wdd)
{
	struct redund *rd = rd_of_wdt(wdd);

	guard(raw_spinlock_irqsave)(&rd->lock);
	rd->wdt.armed = false;
	return 0;
}

static int rd_wdt_ping(struct watchdog_device *wdd)
{
	struct redund *rd = rd_of_wdt(wdd);

	guard(raw_spinlock_irqsave)(&rd->lock);
	rd->wdt.fed_us = rd->local_us();
	return 0;
}

static int rd_wdt_set_timeout(struct watchdog_device *wdd, unsigned int timeout)
{
	struct redund *rd = rd_of_wdt(wdd);

	guard(raw_spinlock_irqsave)(&rd->lock);
	wdd->timeout = timeout;
	rd->wdt.timeout_us = timeout * (u64)USEC_PER_SEC;
	return 0;
}

static unsigned int rd_wdt_timeleft(struct watchdog_device *wdd)
{
	struct redund *rd = rd_of_wdt(wdd);
	u64 age;

	guard(raw_spinlock_irqsave)(&rd->lock);
	age = rd->local_us() - rd->wdt.fed_us;
	if (!rd->wdt.armed || age >= rd->wdt.timeout_us)
		return 0;
	return div_u64(rd->wdt.timeout_us - age, USEC_PER_SEC);
}

static const struct watchdog_ops rd_wdt_ops = {
	.owner = THIS_MODULE,
	.start = rd_wdt_start,
	.stop = rd_wdt_stop,
	.ping = rd_wdt_ping,
	.set_timeout = rd_wdt_set_timeout,
	.get_timeleft = rd_wdt_timeleft,
};

/* Why this start began, in the words of the watchdog interface. */
static u32 rd_wdt_bootstatus(u32 cause)
{
	switch (cause) {
	case REDUND_RESET_TIMER:
	case REDUND_RESET_FENCE:
		return WDIOF_CARDRESET;
	case REDUND_RESET_BUTTON:
	case REDUND_RESET_COMMAND:
		return WDIOF_EXTERN1;
	case REDUND_RESET_POWER:
	case REDUND_RESET_SYSTEM:
		return WDIOF_POWERUNDER;
	default:
		return 0;
	}
}

/**
 * rd_wdt_ok() - is the user of the watchdog alive?
 * @rd: instance
 *
 * Context: redund.lock.
 * Return: true while it pings in time; while nobody started it, unless the
 * setting wdt_required demands one
 */
bool rd_wdt_ok(const struct redund *rd)
{
	if (!rd->wdt.armed)
		return !READ_ONCE(rd_set.wdt_required);
	return rd->local_us() - rd->wdt.fed_us <= rd->wdt.timeout_us;
}

/**
 * rd_wdt_fresh() - do beats go out as far as the watchdog is concerned?
 * @rd: instance
 *
 * Context: redund.lock, before a beat.
 * Return: false while a user started it and does not ping in time
 */
bool rd_wdt_fresh(struct redund *rd)
{
	bool starved = rd->wdt.armed && !rd_wdt_ok(rd);

	lockdep_assert_held(&rd->lock);
	if (starved && !rd->wdt.starved)
		rd_log(rd, 0, REDUND_SEVERITY_WARNING, rd->slot, "redund",
		       "watchdog-late: its user did not ping for %llu ms, beats are withheld",
		       div_u64(rd->local_us() - rd->wdt.fed_us, USEC_PER_MSEC));
	if (starved != rd->wdt.starved)
		rd_crash_starved(rd, starved);
	rd->wdt.starved = starved;
	return !starved;
}

/**
 * rd_wdt_init() - register the watchdog device
 * @rd: instance, with its device added
 *
 * Context: process.
 * Return: 0 or -errno; the instance lives without it, and says so
 */
int rd_wdt_init(struct redund *rd)
{
	struct rd_wdt *w = &rd->wdt;
	int ret;

	w->info.options = WDIOF_SETTIMEOUT | WDIOF_KEEPALIVEPING | WDIOF_MAGICCLOSE |
			  WDIOF_CARDRESET | WDIOF_EXTERN1 | WDIOF_POWERUNDER;
	strscpy(w->info.identity, "redund", sizeof(w->info.identity));
	w->dev.info = &w->info;
	w->dev.ops = &rd_wdt_ops;
	w->dev.parent = &rd->dev;
	w->dev.timeout = RD_WDT_DEFAULT;
	w->dev.min_timeout = RD_WDT_MIN;
	w->dev.max_timeout = RD_WDT_MAX;
	scoped_guard(raw_spinlock_irqsave, &rd->lock)
		w->dev.bootstatus = rd_wdt_bootstatus(rd_read32(rd, REG_BOOT_CAUSE));
	watchdog_set_nowayout(&w->dev, rd_set.nowayout);
	watchdog_set_drvdata(&w->dev, rd);
	ret = watchdog_register_device(&w->dev);
	if (ret)
		dev_warn(&rd->dev, "no watchdog device: %d\n", ret);
	w->registered = !ret;
	return ret;
}

/**
 * rd_wdt_exit() - take the watchdog device away
 * @rd: instance
 *
 * Context: process. A user that still has it open gets -ENODEV.
 */
void rd_wdt_exit(struct redund *rd)
{
	if (rd->wdt.registered)
		watchdog_unregister_device(&rd->wdt.dev);
	rd->wdt.registered = false;
}
