// SPDX-License-Identifier: GPL-2.0-only
/*
 * nlreq: one request of the family, for the test scripts.
 *
 *	nlreq [-t SECONDS] OPERATION [dump] [ATTRIBUTE[=VALUE]...]
 *	nlreq -i
 *
 * prints every attribute of the answer as ATTRIBUTE=VALUE (one object a line,
 * separated by tabs), a refusal's text on standard error. Exit status: 0 done,
 * 1 refused, 2 usage, 3 no driver, 4 no answer. With -i requests come on
 * standard input, one a line, its words separated by tabs, and go out by one
 * socket; the last line of each answer is "done", or "refused" and the text.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "nl.h"

struct word {
	const char *name;
	int value;
};

static const struct word operations[] = {
	{ "chassis-get", REDUND_CMD_CHASSIS_GET },
	{ "mm-get", REDUND_CMD_MM_GET },
	{ "fabric-get", REDUND_CMD_FABRIC_GET },
	{ "module-get", REDUND_CMD_MODULE_GET },
	{ "history-get", REDUND_CMD_HISTORY_GET },
	{ "event-get", REDUND_CMD_EVENT_GET },
	{ "redundancy-set", REDUND_CMD_REDUNDANCY_SET },
	{ "heartbeat-set", REDUND_CMD_HEARTBEAT_SET },
	{ "active-set", REDUND_CMD_ACTIVE_SET },
	{ "fabric-set", REDUND_CMD_FABRIC_SET },
	{ "switchover", REDUND_CMD_SWITCHOVER },
	{ "switchover-check", REDUND_CMD_SWITCHOVER_CHECK },
	{ "user-register", REDUND_CMD_USER_REGISTER },
	{ "phase-ack", REDUND_CMD_PHASE_ACK },
	{ "sync-ack", REDUND_CMD_SYNC_ACK },
	{ "reboot", REDUND_CMD_REBOOT },
	{ "reboot-check", REDUND_CMD_REBOOT_CHECK },
	{ "locate-set", REDUND_CMD_LOCATE_SET },
	{ "down-get", REDUND_CMD_DOWN_GET },
	{ "crash-get", REDUND_CMD_CRASH_GET },
	{ "event-add", REDUND_CMD_EVENT_ADD },
	{ "pairing-get", REDUND_CMD_PAIRING_GET },
	{ "link-report", REDUND_CMD_LINK_REPORT },
	{ "sync-busy", REDUND_CMD_SYNC_BUSY },
	{ }
};

/* Names of the attributes that are printed or asked for; the letter is the kind:
 * n number, s string, f flag, b one byte, q eight bytes, x bytes, else the nest of
 * that letter.
 */
static const char * const top[REDUND_A_MAX + 1] = {
	[REDUND_A_INSTANCE] = "ninstance",
	[REDUND_A_CHANGE_SEQ] = "nchange-seq",
	[REDUND_A_OBJECT] = "nobject",
	[REDUND_A_OBJECT_ID] = "qobject-id",
	[REDUND_A_CHASSIS] = "Cchassis",
	[REDUND_A_MM] = "Mmm",
	[REDUND_A_FABRIC] = "Ffabric",
	[REDUND_A_MODULE] = "Imodule",
	[REDUND_A_HISTORY] = "Hhistory",
	[REDUND_A_EVENT] = "Eevent",
	[REDUND_A_SLOT] = "nslot",
	[REDUND_A_FABRIC_ID] = "nfabric-id",
	[REDUND_A_MODULE_INDEX] = "nmodule-index",
	[REDUND_A_HISTORY_ID] = "nhistory-id",
	[REDUND_A_EVENT_ID] = "qevent-id",
	[REDUND_A_ENABLED] = "benabled",
	[REDUND_A_INTERVAL_MS] = "ninterval-ms",
	[REDUND_A_MISSES] = "nmisses",
	[REDUND_A_CHOICE] = "nchoice",
	[REDUND_A_FORCE] = "fforce",
	[REDUND_A_REQUESTER] = "srequester",
	[REDUND_A_HANDOVER_ID] = "nhandover-id",
	[REDUND_A_ACCEPTED] = "baccepted",
	[REDUND_A_REFUSAL] = "nrefusal",
	[REDUND_A_NOT_READY] = "nnot-ready",
	[REDUND_A_REASON_TEXT] = "sreason-text",
	[REDUND_A_CONFIG] = "fconfig",
	[REDUND_A_SYNC] = "fsync",
	[REDUND_A_PHASE] = "nphase",
	[REDUND_A_OK] = "bok",
	[REDUND_A_SYNCED] = "bsynced",
	[REDUND_A_REBOOT_KIND] = "nreboot-kind",
	[REDUND_A_BOOT_IMAGE] = "nboot-image",
	[REDUND_A_ORIGIN] = "sorigin",
	[REDUND_A_WOULD_SWITCH_OVER] = "bwould-switch-over",
	[REDUND_A_PEER_PRESENT] = "bpeer-present",
	[REDUND_A_DOWN] = "Ddown",
	[REDUND_A_DOWN_ID] = "ndown-id",
	[REDUND_A_CRASH_KIND] = "ncrash-kind",
	[REDUND_A_OFFSET] = "noffset",
	[REDUND_A_LENGTH] = "nlength",
	[REDUND_A_CHUNK] = "xchunk",
	[REDUND_A_COMPRESSED] = "bcompressed",
	[REDUND_A_EVENT_NUMBER] = "nevent-number",
	[REDUND_A_SEVERITY] = "nseverity",
	[REDUND_A_SUBSYSTEM] = "ssubsystem",
	[REDUND_A_TEXT] = "stext",
	[REDUND_A_PAIRING_KEY] = "xpairing-key",
	[REDUND_A_SYNC_TEXT] = "ssync-text",
	[REDUND_A_LINK] = "nlink",
	[REDUND_A_BUSY] = "bbusy",
	[REDUND_A_SECONDS_LEFT] = "nseconds-left",
	[REDUND_A_HEARTBEAT_LOSS] = "nheartbeat-loss",
};

static const char * const chassis[REDUND_A_CHASSIS_INFO_MAX + 1] = {
	[REDUND_A_CHASSIS_INFO_DESCRIPTION] = "sdescription",
	[REDUND_A_CHASSIS_INFO_PART] = "spart",
	[REDUND_A_CHASSIS_INFO_SERIAL] = "sserial",
	[REDUND_A_CHASSIS_INFO_OWN_SLOT] = "nown-slot",
	[REDUND_A_CHASSIS_INFO_OWN_ROLE] = "nown-role",
	[REDUND_A_CHASSIS_INFO_OWNER] = "nowner",
	[REDUND_A_CHASSIS_INFO_EPOCH] = "nepoch",
	[REDUND_A_CHASSIS_INFO_REDUNDANCY] = "bredundancy",
	[REDUND_A_CHASSIS_INFO_SWITCHOVER_READY] = "bswitchover-ready",
	[REDUND_A_CHASSIS_INFO_CHOICE] = "nchoice",
	[REDUND_A_CHASSIS_INFO_FAILOVERS] = "nfailovers",
	[REDUND_A_CHASSIS_INFO_LAST_FAILOVER] = "qlast-failover",
	[REDUND_A_CHASSIS_INFO_INTERVAL_MS] = "ninterval-ms",
	[REDUND_A_CHASSIS_INFO_MISSES] = "nmisses",
	[REDUND_A_CHASSIS_INFO_INTERVAL_MIN_MS] = "ninterval-min-ms",
	[REDUND_A_CHASSIS_INFO_INTERVAL_MAX_MS] = "ninterval-max-ms",
	[REDUND_A_CHASSIS_INFO_MISSES_MIN] = "nmisses-min",
	[REDUND_A_CHASSIS_INFO_MISSES_MAX] = "nmisses-max",
	[REDUND_A_CHASSIS_INFO_RULE] = "nrule",
	[REDUND_A_CHASSIS_INFO_ELECTION_OWNER] = "nelection-owner",
	[REDUND_A_CHASSIS_INFO_ELECTION_CHOICE] = "nelection-choice",
	[REDUND_A_CHASSIS_INFO_FENCE_LIMIT] = "nfence-limit",
	[REDUND_A_CHASSIS_INFO_FENCE_PERIOD_S] = "nfence-period-s",
	[REDUND_A_CHASSIS_INFO_WORKER_WINDOW_MS] = "nworker-window-ms",
	[REDUND_A_CHASSIS_INFO_WDT_WINDOW_MS] = "nwdt-window-ms",
	[REDUND_A_CHASSIS_INFO_CLOCK_US] = "qclock-us",
	[REDUND_A_CHASSIS_INFO_HANDOVER_ID] = "nhandover-id",
	[REDUND_A_CHASSIS_INFO_HANDOVER_VERDICT] = "nhandover-verdict",
	[REDUND_A_CHASSIS_INFO_BEATS_SENT] = "nbeats-sent",
	[REDUND_A_CHASSIS_INFO_BEATS_MISSED] = "nbeats-missed",
	[REDUND_A_CHASSIS_INFO_ACCESSES_PER_BEAT] = "naccesses-per-beat",
	[REDUND_A_CHASSIS_INFO_WAITING_FOR] = "swaiting-for",
	[REDUND_A_CHASSIS_INFO_WAITING_UNTIL] = "qwaiting-until",
	[REDUND_A_CHASSIS_INFO_LOCATE] = "blocate",
	[REDUND_A_CHASSIS_INFO_HEARTBEAT_LOSS] = "nheartbeat-loss",
	[REDUND_A_CHASSIS_INFO_SYNC_BUSY] = "ssync-busy",
	[REDUND_A_CHASSIS_INFO_SYNC_SECONDS] = "nsync-seconds",
};

static const char * const mm[REDUND_A_MM_INFO_MAX + 1] = {
	[REDUND_A_MM_INFO_SLOT] = "nslot",
	[REDUND_A_MM_INFO_PRESENT] = "bpresent",
	[REDUND_A_MM_INFO_POWERED] = "bpowered",
	[REDUND_A_MM_INFO_IN_RESET] = "bin-reset",
	[REDUND_A_MM_INFO_OUT] = "bout",
	[REDUND_A_MM_INFO_ROLE] = "nrole",
	[REDUND_A_MM_INFO_OFFLINE_CAUSE] = "noffline-cause",
	[REDUND_A_MM_INFO_SELFTEST] = "nselftest",
	[REDUND_A_MM_INFO_BOOT_IMAGE] = "nboot-image",
	[REDUND_A_MM_INFO_PHASE] = "nphase",
	[REDUND_A_MM_INFO_NOT_READY] = "nnot-ready",
	[REDUND_A_MM_INFO_INCARNATION] = "nincarnation",
	[REDUND_A_MM_INFO_BOOT_COUNT] = "nboot-count",
	[REDUND_A_MM_INFO_ACTIVATION] = "nactivation",
	[REDUND_A_MM_INFO_REFUSED_WRITES] = "nrefused-writes",
	[REDUND_A_MM_INFO_REARMS] = "nrearms",
	[REDUND_A_MM_INFO_DESCRIPTION] = "sdescription",
	[REDUND_A_MM_INFO_PART] = "spart",
	[REDUND_A_MM_INFO_SERIAL] = "sserial",
	[REDUND_A_MM_INFO_SW_VERSION] = "ssw-version",
	[REDUND_A_MM_INFO_SW_STAMP] = "ssw-stamp",
	[REDUND_A_MM_INFO_SW_BUILD] = "nsw-build",
	[REDUND_A_MM_INFO_INTERVAL_MS] = "ninterval-ms",
	[REDUND_A_MM_INFO_MISSES] = "nmisses",
	[REDUND_A_MM_INFO_TIMER_MS] = "ntimer-ms",
	[REDUND_A_MM_INFO_LAST_HEARD] = "qlast-heard",
	[REDUND_A_MM_INFO_SYNC_TEXT] = "ssync-text",
	[REDUND_A_MM_INFO_LINK] = "nlink",
};

static const char * const fabric[REDUND_A_FABRIC_INFO_MAX + 1] = {
	[REDUND_A_FABRIC_INFO_ID] = "nid",
	[REDUND_A_FABRIC_INFO_PRESENT] = "bpresent",
	[REDUND_A_FABRIC_INFO_ENABLED] = "benabled",
	[REDUND_A_FABRIC_INFO_DESCRIPTION] = "sdescription",
	[REDUND_A_FABRIC_INFO_PART] = "spart",
	[REDUND_A_FABRIC_INFO_SERIAL] = "sserial",
};

static const char * const module[REDUND_A_MODULE_INFO_MAX + 1] = {
	[REDUND_A_MODULE_INFO_INDEX] = "nindex",
	[REDUND_A_MODULE_INFO_STATE] = "nstate",
	[REDUND_A_MODULE_INFO_DESCRIPTION] = "sdescription",
	[REDUND_A_MODULE_INFO_PART] = "spart",
	[REDUND_A_MODULE_INFO_SERIAL] = "sserial",
};

static const char * const history[REDUND_A_HISTORY_INFO_MAX + 1] = {
	[REDUND_A_HISTORY_INFO_ID] = "nid",
	[REDUND_A_HISTORY_INFO_FROM] = "nfrom",
	[REDUND_A_HISTORY_INFO_TO] = "nto",
	[REDUND_A_HISTORY_INFO_REASON] = "nreason",
	[REDUND_A_HISTORY_INFO_VERDICT] = "nverdict",
	[REDUND_A_HISTORY_INFO_RULE] = "nrule",
	[REDUND_A_HISTORY_INFO_FORCED] = "bforced",
	[REDUND_A_HISTORY_INFO_FAILOVER] = "bfailover",
	[REDUND_A_HISTORY_INFO_EPOCH] = "nepoch",
	[REDUND_A_HISTORY_INFO_ACTIVATION] = "nactivation",
	[REDUND_A_HISTORY_INFO_TIME] = "qtime",
	[REDUND_A_HISTORY_INFO_CLOCK_US] = "qclock-us",
	[REDUND_A_HISTORY_INFO_REQUESTER] = "srequester",
};

static const char * const event[REDUND_A_EVENT_INFO_MAX + 1] = {
	[REDUND_A_EVENT_INFO_ID] = "qid",
	[REDUND_A_EVENT_INFO_TIME] = "qtime",
	[REDUND_A_EVENT_INFO_CLOCK_US] = "qclock-us",
	[REDUND_A_EVENT_INFO_NUMBER] = "nnumber",
	[REDUND_A_EVENT_INFO_SEVERITY] = "nseverity",
	[REDUND_A_EVENT_INFO_SLOT] = "nslot",
	[REDUND_A_EVENT_INFO_SUBSYSTEM] = "ssubsystem",
	[REDUND_A_EVENT_INFO_TEXT] = "stext",
};

static const char * const down[REDUND_A_DOWN_INFO_MAX + 1] = {
	[REDUND_A_DOWN_INFO_ID] = "nid",
	[REDUND_A_DOWN_INFO_SLOT] = "nslot",
	[REDUND_A_DOWN_INFO_ROLE] = "nrole",
	[REDUND_A_DOWN_INFO_WHY] = "nwhy",
	[REDUND_A_DOWN_INFO_WARM] = "bwarm",
	[REDUND_A_DOWN_INFO_SAVED] = "bsaved",
	[REDUND_A_DOWN_INFO_TIME] = "qtime",
	[REDUND_A_DOWN_INFO_CLOCK_US] = "qclock-us",
	[REDUND_A_DOWN_INFO_BOOT_COUNT] = "nboot-count",
	[REDUND_A_DOWN_INFO_SERIAL] = "sserial",
	[REDUND_A_DOWN_INFO_SW_VERSION] = "ssw-version",
	[REDUND_A_DOWN_INFO_ORIGIN] = "sorigin",
	[REDUND_A_DOWN_INFO_TEXT] = "stext",
};

static const struct nest {
	char kind;
	const char * const *names;
	int max;
} nests[] = {
	{ 'C', chassis, REDUND_A_CHASSIS_INFO_MAX },
	{ 'M', mm, REDUND_A_MM_INFO_MAX },
	{ 'F', fabric, REDUND_A_FABRIC_INFO_MAX },
	{ 'I', module, REDUND_A_MODULE_INFO_MAX },
	{ 'H', history, REDUND_A_HISTORY_INFO_MAX },
	{ 'E', event, REDUND_A_EVENT_INFO_MAX },
	{ 'D', down, REDUND_A_DOWN_INFO_MAX },
	{ }
};

static const struct nest *nest_of(char kind)
{
	const struct nest *n;

	for (n = nests; n->kind; n++)
		if (n->kind == kind)
			return n;
	return NULL;
}

static void print_bytes(const char *name, const unsigned char *data, size_t len)
{
	size_t i;

	printf("%s=", name);
	for (i = 0; i < len; i++)
		printf("%02x", data[i]);
	putchar('\t');
}

static void print(const char * const *names, int max, const struct nlattr *attrs, size_t len)
{
	const struct nest *nested;
	const struct nlattr *a;
	size_t inner;
	int i;

	for (i = 1; i <= max; i++) {
		a = names[i] ? nl_find(attrs, len, i) : NULL;
		if (!a)
			continue;
		nested = nest_of(names[i][0]);
		if (nested) {
			a = nl_nest(a, &inner);
			print(nested->names, nested->max, a, inner);
		} else if (names[i][0] == 'x') {
			print_bytes(names[i] + 1, NL_DATA(a), NL_LEN(a));
		} else if (names[i][0] == 's') {
			printf("%s=%.*s\t", names[i] + 1, (int)NL_LEN(a), (const char *)NL_DATA(a));
		} else {
			printf("%s=%llu\t", names[i] + 1, (unsigned long long)nl_get_u64(a));
		}
	}
}

static void answer(uint8_t cmd, const struct nlattr *attrs, size_t len, void *ctx)
{
	(void)cmd;
	(void)ctx;
	print(top, REDUND_A_MAX, attrs, len);
	putchar('\n');
}

static int put_arg(struct nl_msg *m, const char *arg)
{
	size_t n = strcspn(arg, "=");
	const char *value = arg[n] ? arg + n + 1 : "";
	int i;

	for (i = 1; i <= REDUND_A_MAX; i++) {
		uint64_t q = strtoull(value, NULL, 0);

		if (!top[i] || strlen(top[i] + 1) != n || strncmp(top[i] + 1, arg, n))
			continue;
		switch (top[i][0]) {
		case 'n':
			nl_u32(m, i, q);
			return 0;
		case 'b':
			nl_u8(m, i, q);
			return 0;
		case 'q':
			nl_put(m, i, &q, 8);
			return 0;
		case 'f':
			nl_put(m, i, NULL, 0);
			return 0;
		case 's':
			nl_str(m, i, value);
			return 0;
		}
	}
	fprintf(stderr, "nlreq: no request attribute %s\n", arg);
	return -1;
}

static int lookup(const char *name)
{
	const struct word *w;

	for (w = operations; w->name; w++)
		if (!strcmp(w->name, name))
			return w->value;
	fprintf(stderr, "nlreq: no operation %s\n", name);
	exit(2);
}

/* One request of @argc words. Return: the exit status; a refusal is in @r. */
static int request(int fd, int argc, char **argv, struct nl_reply *r)
{
	struct nl_msg m;
	int i = 1;

	nl_begin(&m, lookup(argv[0]), NLM_F_ACK);
	if (i < argc && !strcmp(argv[i], "dump")) {
		m.hdr.nlmsg_flags |= NLM_F_DUMP;
		i++;
	}
	for (; i < argc; i++)
		if (put_arg(&m, argv[i]))
			return 2;
	nl_send(fd, &m, 0);
	if (!nl_wait(fd, r, answer, NULL, 10000)) {
		fprintf(stderr, "nlreq: no answer\n");
		return 4;
	}
	return r->error ? 1 : 0;
}

/* Requests of standard input, until it ends. */
static int interactive(int fd)
{
	char line[1024], *words[32], *next;
	struct nl_reply r;
	int n, status;

	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		n = 0;
		next = line;
		while (n < 32 && next)
			words[n++] = strsep(&next, "\t");
		status = request(fd, n, words, &r);
		if (status > 1)
			return status;
		if (status)
			printf("refused %s\n", r.text);
		else
			puts("done");
		fflush(stdout);
	}
	return 0;
}

int main(int argc, char **argv)
{
	int fd, opt, status, hold = 0, many = 0;
	struct nl_reply r;

	while ((opt = getopt(argc, argv, "+it:")) == 't' || opt == 'i') {
		if (opt == 't')
			hold = atoi(optarg);
		else
			many = 1;
	}
	if (opt != -1 || (many ? optind < argc : optind >= argc)) {
		fprintf(stderr,
			"usage: nlreq [-t SECONDS] OPERATION [dump] [ATTRIBUTE[=VALUE]...]\n"
			"       nlreq -i\n");
		return 2;
	}
	fd = nl_open();
	if (many)
		return interactive(fd);
	status = request(fd, argc - optind, argv + optind, &r);
	fflush(stdout);
	if (status == 1)
		fprintf(stderr, "%s (%s)\n", *r.text ? r.text : "no text", strerror(-r.error));
	if (!status)
		sleep(hold);	/* a registration lasts as long as its socket */
	return status;
}
