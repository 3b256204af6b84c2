// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * password: that of manager or operator, set or cleared (S-230, C-32). The file
 * goes to the standby at once; whoever asks for passwords does so on the active.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "configure.h"
#include "passwords.h"
#include "sync.h"

static const char *title(const char *name)
{
	return !strcmp(name, "manager")	 ? "Manager" :
	       !strcmp(name, "operator") ? "Operator" :
					   "all";
}

static bool good(const char *password)
{
	const char *c;

	for (c = password; *c; c++)
		if (*c < ' ' || *c > '~')
			return false;
	return c > password && c - password <= PASSWORD_MAX;
}

static int read_new(struct ctx *ctx, const char *name, char *password, size_t size)
{
	char prompt[64], again[PASSWORD_MAX + 16] = "";
	FILE *to = ctx->opt.json ? stderr : stdout;
	bool same;

	snprintf(prompt, sizeof(prompt), "New password for %s:", title(name));
	if (!password_read(to, prompt, password, size))
		return fail(ctx, STATUS_REFUSED, "cancelled", "nothing was changed");
	if (!good(password))
		return fail(ctx, STATUS_USAGE, "usage", "a password has 1 to %d %s", PASSWORD_MAX,
			    "printable characters");
	snprintf(prompt, sizeof(prompt), "Please retype new password for %s:", title(name));
	if (!password_read(to, prompt, again, sizeof(again)))
		return fail(ctx, STATUS_REFUSED, "cancelled", "nothing was changed");
	same = !strcmp(password, again);
	explicit_bzero(again, sizeof(again));
	if (same)
		return STATUS_DONE;
	return fail(ctx, STATUS_REFUSED, "cancelled", "the two are not the same; %s",
		    "nothing was changed");
}

static int begin(struct ctx *ctx)
{
	if (access(flash_dir(), R_OK | X_OK))
		return fail(ctx, STATUS_REFUSED, "no-flash", "%.60s: %s", flash_dir(),
			    strerror(errno));
	return configure_owner(ctx);
}

static int finish(struct ctx *ctx, const char *name, int changed, const char *done)
{
	if (changed < 0)
		return security_fail(ctx, changed);
	out_flag(&ctx->out, "ok", NULL, true);
	out_str(&ctx->out, "user", NULL, name);
	out_flag(&ctx->out, "changed", NULL, changed);
	return sync_commit(ctx, "security", SYNC_CONFIG_S, done);
}

static int run_set(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	char password[PASSWORD_MAX + 16] = "";
	int status = begin(ctx), changed;

	if (!status)
		status = read_new(ctx, args[0], password, sizeof(password));
	if (!status) {
		changed = password_set(args[0], password);
		status = finish(ctx, args[0], changed, "The password is set");
	}
	explicit_bzero(password, sizeof(password));
	return status;
}

static int run_clear(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	char question[96];
	int status = begin(ctx);

	if (status)
		return status;
	snprintf(question, sizeof(question),
		 "Password protection for %s will be deleted, continue [y/n]?", title(args[0]));
	if (!ask(ctx, question))
		return STATUS_REFUSED;
	return finish(ctx, args[0], password_set(args[0], NULL), "The password is cleared");
}

COMMAND(password) = {
	.syntax = "password <manager|operator>",
	.summary = "Sets the password of the manager or the operator.",
	.help = "Reads it twice, from a terminal without showing it. Kept as a hash (yescrypt) in\n"
		"FLASH/security/passwords, which the standby gets at once; it takes effect there\n"
		"when that module becomes active.",
	.options = OPT_TIMEOUT,
	.run = run_set,
};

COMMAND(no_password) = {
	.syntax = "no password <manager|operator|all>",
	.summary = "Clears the password of the manager, the operator, or both.",
	.help = "Asks first. See `password'.",
	.options = OPT_YES | OPT_TIMEOUT,
	.run = run_clear,
};
