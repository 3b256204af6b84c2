// SPDX-License-Identifier: GPL-2.0-or-later
/* What the commands of the configuration share; see configure.h. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include "configure.h"

int configure_fail(struct ctx *ctx, int err, const char *why)
{
	switch (err) {
	case -EINVAL:
		return fail(ctx, STATUS_USAGE, "usage", "%s", why);
	case -ENOSPC:
	case -EDQUOT:
		return fail(ctx, STATUS_REFUSED, "no-space", "%s", why);
	case -ENOENT:
		return fail(ctx, STATUS_REFUSED, "no-object", "%s", why);
	case -EACCES:
	case -EPERM:
	case -EROFS:
		return fail(ctx, STATUS_REFUSED, "permission", "%s", why);
	}
	return fail(ctx, STATUS_REFUSED, "error", "%s", why);
}

int configure_owner(struct ctx *ctx)
{
	struct rd_chassis c;
	int err = rd_get_chassis(ctx->rd, ctx->instance, &c);

	if (err)
		return session_fail(ctx, err);
	if (c.owner == c.own_slot)
		return STATUS_DONE;
	return fail(ctx, STATUS_REFUSED, "not-active", "%s",
		    "this module is not the active one: it reads its configuration at a takeover");
}

int configure_startup(struct ctx *ctx, unsigned int *number)
{
	enum flash_which image;
	int err = config_booted(ctx->rd, ctx->instance, &image);

	if (err)
		return session_fail(ctx, err);
	*number = config_startup(image);
	return STATUS_DONE;
}

int configure(struct ctx *ctx, unsigned int n, ...)
{
	const char *words[CONFIG_WORDS_MAX], *word;
	int status = configure_owner(ctx), ret;
	char why[CONFIG_WHY_MAX] = "";
	unsigned int i, used = 0;
	va_list ap;

	if (status)
		return status;
	va_start(ap, n);
	for (i = 0; i < n && used < CONFIG_WORDS_MAX; i++) {
		word = va_arg(ap, const char *);
		if (word)
			words[used++] = word;
	}
	va_end(ap);
	ret = config_set(words, used, why);
	if (ret < 0)
		return configure_fail(ctx, ret, why);
	out_flag(&ctx->out, "ok", NULL, true);
	out_flag(&ctx->out, "changed", NULL, ret);
	return STATUS_DONE;
}

int configure_running(struct ctx *ctx, struct config *c, enum flash_which *image)
{
	int err = config_running(ctx->rd, ctx->instance, c);

	if (!err)
		err = config_booted(ctx->rd, ctx->instance, image);
	return err ? session_fail(ctx, err) : STATUS_DONE;
}

void out_lines(struct out *o, char *text)
{
	char *line, clean[CONFIG_LINE_MAX];

	out_list(o, "lines");
	while ((line = strsep(&text, "\n"))) {
		if (!text && !*line) /* behind the last line's end */
			break;
		out_clean(clean, sizeof(clean), line);
		out_str(o, NULL, "%s\n", clean);
	}
	out_close(o);
}

static const char *mode_name(const struct config *c)
{
	return c->mode == CONFIG_VT100 ? "vt100" : c->mode == CONFIG_ANSI ? "ansi" : "none";
}

void out_console(struct out *o, const struct config *c)
{
	char baud[16] = "speed-sense";

	if (c->baud)
		snprintf(baud, sizeof(baud), "%u", c->baud);
	out_str(o, "mode", "  Terminal Type                 : %s\n", mode_name(c));
	out_str(o, "baud_rate", "  Baud Rate                     : %s\n", baud);
	out_str(o, "flow_control", "  Flow Control                  : %s\n",
		c->xon_xoff ? "xon/xoff" : "none");
	out_num(o, "inactivity_min", "  Session Inactivity Time (min) : %llu\n", c->inactivity_min);
}

static void out_enabled(struct out *o, const char *key, const char *fmt, bool on)
{
	if (o->style == OUT_JSON)
		out_flag(o, key, NULL, on);
	else
		out_str(o, NULL, fmt, on ? "Enabled" : "Disabled");
}

void out_front_panel(struct out *o, const struct config *c)
{
	out_enabled(o, "password_clear", "Clear Password    : %s\n", c->password_clear);
	out_enabled(o, "factory_reset", "Factory Reset     : %s\n", c->factory_reset);
	out_enabled(o, "password_recovery", "Password Recovery : %s\n", c->password_recovery);
}

void out_servers(struct out *o, const struct config *c)
{
	unsigned int i;

	out_list(o, "logging");
	for (i = 0; i < c->log_servers; i++) {
		const struct config_log_server *s = &c->log[i];

		out_open(o, NULL);
		out_str(o, "address", "  %-40s", s->address);
		out_str(o, "transport", " %-9s", s->tcp ? "tcp" : "udp");
		out_num(o, "port", " %llu\n", s->port);
		out_close(o);
	}
	out_close(o);
}

void out_config(struct out *o, const struct config *c)
{
	out_open(o, "config");
	out_str(o, "hostname", NULL, c->hostname[0] ? c->hostname : NULL);
	out_str(o, "banner", NULL, c->banner[0] ? c->banner : NULL);
	out_open(o, "console");
	out_console(o, c);
	out_close(o);
	out_servers(o, c);
	out_open(o, "front_panel_security");
	out_front_panel(o, c);
	out_close(o);
	out_flag(o, "fastboot", NULL, c->fastboot);
	if (c->said & CONFIG_REDUNDANCY)
		out_flag(o, "redundancy", NULL, c->redundancy);
	if (c->said & CONFIG_FABRIC)
		out_flag(o, "fabric1", NULL, c->fabric[0]);
	if (c->said & CONFIG_FABRIC << 1)
		out_flag(o, "fabric2", NULL, c->fabric[1]);
	if (c->said & CONFIG_HEARTBEAT) {
		out_num(o, "interval_ms", NULL, c->interval_ms);
		out_num(o, "misses", NULL, c->misses);
	}
	if (c->said & CONFIG_LOSS)
		out_str(o, "on_loss", NULL, c->hold ? "hold" : "takeover");
	out_close(o);
}
