// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The options of all commands: one table for reading them, for help, for the
 * shell's completion, and for refusing one that a command does not take.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include "redctl.h"

#define SECONDS_MAX 86400

enum {
	LONG_CHECK = 256,
	LONG_FORCE,
	LONG_DISCARD,
	LONG_TIMEOUT,
	LONG_WATCH,
	LONG_SEVERITY,
	LONG_MATCH,
	LONG_TO,
	LONG_COMPLETE,
	LONG_VERSION,
};

/* clang-format off */
static const struct option long_options[] = {
	{ "device", required_argument, NULL, 'd' },
	{ "file", required_argument, NULL, 'f' },
	{ "json", no_argument, NULL, 'j' },
	{ "yes", no_argument, NULL, 'y' },
	{ "help", no_argument, NULL, 'h' },
	{ "reverse", no_argument, NULL, 'r' },
	{ "all", no_argument, NULL, 'a' },
	{ "check", no_argument, NULL, LONG_CHECK },
	{ "force", no_argument, NULL, LONG_FORCE },
	{ "discard", no_argument, NULL, LONG_DISCARD },
	{ "timeout", required_argument, NULL, LONG_TIMEOUT },
	{ "watch", optional_argument, NULL, LONG_WATCH },
	{ "severity", required_argument, NULL, LONG_SEVERITY },
	{ "match", required_argument, NULL, LONG_MATCH },
	{ "to", required_argument, NULL, LONG_TO },
	{ "complete", optional_argument, NULL, LONG_COMPLETE },
	{ "version", no_argument, NULL, LONG_VERSION },
	{ }
};

static const struct {
	unsigned int bit;
	const char *name, *value, *text;
} options[] = {
	{ OPT_YES, "-y, --yes", "", "answer yes to the question" },
	{ OPT_CHECK, "--check", "", "say whether it would be accepted, and every reason why not" },
	{ OPT_FORCE, "--force", "",
	  "do not wait for readiness or synchronization; recorded as forced" },
	{ OPT_DISCARD, "--discard", "", "give up changes of the configuration that are not saved" },
	{ OPT_TO, "--to", " mm1|mm2", "only if that module is not active already" },
	{ OPT_TIMEOUT, "--timeout", " S", "give up after S seconds" },
	{ OPT_REVERSE, "-r, --reverse", "", "most recent first" },
	{ OPT_ALL, "-a, --all", "", "of all boots, not only since this one" },
	{ OPT_SEVERITY, "--severity", " WORD", "only this severity and those above" },
	{ OPT_MATCH, "--match", " TEXT", "only what holds this text" },
	{ OPT_WATCH, "--watch", "[=S]", "again with every change, and every S seconds" },
	{ 0, "-d, --device", " redundN", "which instance, when this kernel has several" },
	{ 0, "-j, --json", "", "print one JSON object (monitor, --watch: one a line)" },
	{ 0, "-h, --help", "", "this text" },
	{ OPT_ALONE, "-f, --file", " FILE",
	  "run each line of FILE as a command with -y; stop at a failure" },
	{ OPT_ALONE, "--version", "", "print the version" },
	{ OPT_ALONE, "--complete", "[=options]",
	  "for the shell's completion: what may follow the words" },
};

/* clang-format on */

bool option_of(unsigned int index, unsigned int *bit, const char **name, const char **value,
	       const char **text)
{
	if (index >= ARRAY_SIZE(options))
		return false;
	*bit = options[index].bit;
	*name = options[index].name;
	*value = options[index].value;
	*text = options[index].text;
	return true;
}

unsigned int command_options(const struct command *cmd)
{
	return cmd->options | (strncmp(cmd->syntax, "show ", 5) ? 0 : OPT_WATCH);
}

static bool seconds(const char *text, unsigned int *to)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || text[0] < '0' || text[0] > '9' || *end || value > SECONDS_MAX)
		return false;
	*to = value;
	return true;
}

/* The options without a value. */
static bool set_flag(struct options *opt, int c)
{
	static const struct {
		int c;
		unsigned int bit;
	} flags[] = {
		{ 'y', OPT_YES },	   { 'r', OPT_REVERSE },      { 'a', OPT_ALL },
		{ LONG_CHECK, OPT_CHECK }, { LONG_FORCE, OPT_FORCE }, { LONG_DISCARD, OPT_DISCARD },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		if (flags[i].c != c)
			continue;
		opt->given |= flags[i].bit;
		return true;
	}
	switch (c) {
	case 'j':
		opt->json = true;
		return true;
	case 'h':
		opt->help = true;
		return true;
	case LONG_VERSION:
		opt->version = true;
		return true;
	default:
		return false;
	}
}

/* The options with one. Return: what is expected as its value, NULL when it is. */
static const char *set_value(struct options *opt, int c)
{
	switch (c) {
	case 'd':
		opt->device = optarg;
		return NULL;
	case 'f':
		opt->file = optarg;
		return NULL;
	case LONG_COMPLETE:
		opt->complete = optarg ? optarg : "words";
		return NULL;
	case LONG_SEVERITY:
		opt->given |= OPT_SEVERITY;
		opt->severity = optarg;
		return NULL;
	case LONG_MATCH:
		opt->given |= OPT_MATCH;
		opt->match = optarg;
		return NULL;
	case LONG_TO:
		opt->given |= OPT_TO;
		opt->to = !strcmp(optarg, "mm1") ? 1 : !strcmp(optarg, "mm2") ? 2 : 0;
		return opt->to ? NULL : "--to: expected: mm1 or mm2";
	case LONG_TIMEOUT:
		opt->given |= OPT_TIMEOUT;
		return seconds(optarg, &opt->timeout_s) ?
			       NULL :
			       "--timeout: expected: seconds, 0 to 86400";
	default:
		opt->given |= OPT_WATCH;
		if (!optarg || (seconds(optarg, &opt->watch_s) && opt->watch_s))
			return NULL;
		return "--watch: expected: seconds, 1 to 86400";
	}
}

int options_read(struct options *opt, int argc, char **argv, char bad[OPTIONS_BAD_MAX])
{
	const char *wrong;
	int c;

	unsetenv("POSIXLY_CORRECT"); /* it would end the options at the first word */
	opterr = 0;
	optind = 0; /* from the beginning, once more */
	bad[0] = '\0';
	while ((c = getopt_long(argc, argv, "d:f:jyhra", long_options, NULL)) != -1) {
		if (c == '?') {
			snprintf(bad, OPTIONS_BAD_MAX,
				 "unknown option or missing value: `%.60s'; see: redctl --help",
				 argv[optind - 1]);
		} else if (!set_flag(opt, c)) {
			wrong = set_value(opt, c);
			if (wrong)
				snprintf(bad, OPTIONS_BAD_MAX, "%s", wrong);
		}
	}
	return optind;
}
