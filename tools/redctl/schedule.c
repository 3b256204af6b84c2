// SPDX-License-Identifier: GPL-2.0-or-later
/* The waiting process of a scheduled reload, see schedule.h (S-212). */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "schedule.h"

#define DAY_S	   86400
#define DELAY_DAYS 365
#define TRIES	   60 /* seconds that a handover in progress is waited for */

static const char *path_of(void)
{
	static char path[512];
	const char *run = getenv("REDUND_RUN");

	snprintf(path, sizeof(path), "%.480s/reload", run && run[0] ? run : "/run/redund");
	return path;
}

/* ---- times ------------------------------------------------------------------------ */

static bool why_not(char why[SCHEDULE_WHY_MAX], const char *text)
{
	snprintf(why, SCHEDULE_WHY_MAX, "%s", text);
	return false;
}

/* Numbers of at most four digits with @sep between them. Return: how many, 0: none such. */
static unsigned int numbers(const char *text, char sep, unsigned int out[3])
{
	unsigned int n = 0, digits;

	for (;;) {
		if (n == 3)
			return 0;
		out[n] = 0;
		for (digits = 0; *text >= '0' && *text <= '9' && digits < 5; digits++)
			out[n] = out[n] * 10 + (unsigned int)(*text++ - '0');
		if (!digits || digits > 4)
			return 0;
		n++;
		if (!*text)
			return n;
		if (*text++ != sep)
			return 0;
	}
}

static bool set_time(struct tm *tm, const char *time)
{
	unsigned int v[3], n = numbers(time, ':', v);

	if (n < 2 || v[0] > 23 || v[1] > 59 || (n == 3 && v[2] > 59))
		return false;
	tm->tm_hour = v[0];
	tm->tm_min = v[1];
	tm->tm_sec = n == 3 ? v[2] : 0;
	tm->tm_isdst = -1;
	return true;
}

static bool set_date(struct tm *tm, const char *date)
{
	unsigned int v[3], n = numbers(date, '/', v);
	struct tm same;

	if (n < 2 || v[0] < 1 || v[0] > 12 || v[1] < 1 || v[1] > 31)
		return false;
	tm->tm_mon = v[0] - 1;
	tm->tm_mday = v[1];
	if (n == 3)
		tm->tm_year = v[2] < 100 ? 100 + v[2] : v[2] - 1900;
	/* 31 April is the first of May to mktime() */
	same = *tm;
	return mktime(&same) != -1 && same.tm_mday == tm->tm_mday && same.tm_mon == tm->tm_mon;
}

bool schedule_at(struct schedule *s, const char *time, const char *date, time_t now,
		 char why[SCHEDULE_WHY_MAX])
{
	struct tm tm;

	localtime_r(&now, &tm);
	if (!set_time(&tm, time))
		return why_not(why, "the time is HH:MM or HH:MM:SS, up to 23:59:59");
	if (date && !set_date(&tm, date))
		return why_not(why, "the date is MM/DD or MM/DD/YY, a day that exists");
	s->in = 0;
	s->at = mktime(&tm);
	if (s->at <= now && !date) {
		tm.tm_mday++;
		tm.tm_isdst = -1;
		s->at = mktime(&tm);
	}
	return s->at > now ? true : why_not(why, "that moment has passed");
}

bool schedule_after(struct schedule *s, const char *delay, time_t now, char why[SCHEDULE_WHY_MAX])
{
	unsigned int v[3], n = numbers(delay, ':', v), minutes;

	if (!n || (n > 1 && v[n - 1] > 59) || (n == 3 && v[1] > 23))
		return why_not(why, "the delay is MM, HH:MM or DD:HH:MM");
	minutes = v[n - 1] + (n > 1 ? 60 * v[n - 2] : 0) + (n > 2 ? 1440 * v[0] : 0);
	if (!minutes || minutes > DELAY_DAYS * 1440)
		return why_not(why, "the delay is 1 minute to 365 days");
	s->in = 60 * minutes;
	s->at = now + s->in;
	return true;
}

/* ---- the file ------------------------------------------------------------------------ */

/* Who holds the lock, 0: nobody. */
static pid_t holder(int fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(fd, F_GETLK, &lock) || lock.l_type == F_UNLCK)
		return 0;
	return lock.l_pid;
}

static bool read_file(int fd, struct schedule *s)
{
	char text[256];
	long long at;
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n <= 0)
		return false;
	text[n] = '\0';
	if (sscanf(text, "at=%lld\nin=%u\nrequester=%24[^\n]\norigin=%24[^\n]", &at, &s->in,
		   s->requester, s->origin) != 4)
		return false;
	s->at = at;
	return true;
}

bool schedule_find(struct schedule *s)
{
	int fd = open(path_of(), O_RDONLY | O_CLOEXEC);
	bool found;

	memset(s, 0, sizeof(*s));
	if (fd < 0)
		return false;
	s->pid = holder(fd);
	found = s->pid && read_file(fd, s);
	close(fd);
	return found;
}

/* Written before it is seen, locked before it is looked at. */
static int make_file(const struct schedule *s)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char hidden[540], dir[512];
	int fd, err;

	snprintf(dir, sizeof(dir), "%s", path_of());
	*strrchr(dir, '/') = '\0';
	mkdir(dir, 0755);
	snprintf(hidden, sizeof(hidden), "%s.%d", path_of(), (int)getpid());
	fd = open(hidden, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	if (fcntl(fd, F_SETLK, &lock) ||
	    dprintf(fd, "at=%lld\nin=%u\nrequester=%s\norigin=%s\n", (long long)s->at, s->in,
		    s->requester, s->origin) < 0 ||
	    rename(hidden, path_of())) {
		err = -errno;
		unlink(hidden);
		close(fd);
		return err;
	}
	return 0;
}

/* ---- the process ------------------------------------------------------------------- */

/* Sets of the clock move the moment of "at", not that of "after". */
static void wait_until(const struct schedule *s)
{
	struct timespec at = { .tv_sec = s->at };
	clockid_t clock = s->in ? CLOCK_BOOTTIME : CLOCK_REALTIME;

	if (s->in) {
		clock_gettime(clock, &at);
		at.tv_sec += s->in;
	}
	while (clock_nanosleep(clock, TIMER_ABSTIME, &at, NULL) == EINTR)
		;
}

/* A handover or a boot that runs ends soon; any other refusal is in the driver's log. */
static void reload_now(const struct schedule *s, int instance)
{
	struct rd_boot boot = { .kind = REDUND_REBOOT_KIND_RELOAD, .origin = s->origin };
	struct rd *rd = NULL;
	unsigned int i;
	uint32_t id;

	for (i = 0; i < TRIES; i++) {
		if (!rd_open(&rd) && !rd_reboot(rd, instance, &boot, s->requester, &id))
			break;
		if (rd && strcmp(rd_reason(rd), "busy"))
			break;
		rd_close(rd);
		rd = NULL;
		sleep(1);
	}
	rd_close(rd);
}

static void process(const struct schedule *s, int instance, int told)
{
	int err, null = open("/dev/null", O_RDWR);

	setsid();
	signal(SIGHUP, SIG_IGN);
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_IGN);
	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
	}
	/* the driver's socket, the session's record and lock are the parent's */
	dup2(told, STDERR_FILENO + 1);
	close_range(STDERR_FILENO + 2, ~0U, 0);
	err = make_file(s);
	if (write(STDERR_FILENO + 1, &err, sizeof(err)) != sizeof(err) || err)
		_exit(1);
	close(STDERR_FILENO + 1);
	if (chdir("/"))
		_exit(1);
	wait_until(s);
	reload_now(s, instance);
	unlink(path_of());
	_exit(0);
}

int schedule_start(struct schedule *s, const struct ctx *ctx)
{
	int told[2], err = -EIO;

	schedule_cancel();
	if (pipe2(told, O_CLOEXEC))
		return -errno;
	s->pid = fork();
	if (!s->pid)
		process(s, ctx->instance, told[1]);
	close(told[1]);
	if (s->pid < 0 || read(told[0], &err, sizeof(err)) != sizeof(err))
		err = -EIO;
	close(told[0]);
	return err;
}

bool schedule_cancel(void)
{
	struct schedule s;
	unsigned int i;

	if (!schedule_find(&s))
		return false;
	kill(s.pid, SIGTERM);
	unlink(path_of());
	for (i = 0; i < 100 && !kill(s.pid, 0); i++)
		usleep(10000);
	return true;
}
