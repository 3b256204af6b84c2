// SPDX-License-Identifier: GPL-2.0-or-later
/* logging: the syslog servers that the event log is sent to (S-119). */
#include "configure.h"

static int run(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return configure(ctx, 3, "logging", args[0], args[1]);
}

static int run_port(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return configure(ctx, 5, "logging", args[0], args[1], "port", args[2]);
}

static int run_udp_port(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return configure(ctx, 4, "logging", args[0], "port", args[1]);
}

static int run_no(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	return configure(ctx, 3, "no", "logging", args[0]);
}

static int run_show(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	struct out *o = &ctx->out;
	struct config c;
	enum flash_which image;
	int status = configure_running(ctx, &c, &image);

	if (status)
		return status;
	out_text(o, "\n Syslog Servers\n\n  %-40s %-9s %s\n  %-40s %-9s %s\n", "Address",
		 "Transport", "Port", "-----", "-----", "-----");
	out_flag(o, "ok", NULL, true);
	out_servers(o, &c);
	return STATUS_DONE;
}

COMMAND(logging) = {
	.syntax = "logging <ADDRESS> [udp|tcp]",
	.summary = "Sends the event log to a syslog server (RFC 5424), port 514.",
	.help = "An IPv4 or IPv6 address or a host name; UDP unless tcp is given. At most 6\n"
		"servers; one that is configured already changes.",
	.run = run,
};

COMMAND(logging_port) = {
	.syntax = "logging <ADDRESS> <udp|tcp> port <N>",
	.summary = "The same with another port.",
	.help = "1 to 65535.",
	.run = run_port,
};

COMMAND(logging_udp_port) = {
	.syntax = "logging <ADDRESS> port <N>",
	.summary = "The same with another port, UDP.",
	.help = "1 to 65535.",
	.run = run_udp_port,
};

COMMAND(no_logging) = {
	.syntax = "no logging <ADDRESS>",
	.summary = "Sends no more to that syslog server.",
	.help = "One that is not configured changes nothing.",
	.run = run_no,
};

COMMAND(show_logging_servers) = {
	.syntax = "show logging servers",
	.summary = "Displays the syslog servers.",
	.help = "See `logging'.",
	.run = run_show,
};
