// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * crypto, clear crypto: the keys of the ssh and https servers (S-217, S-222). The
 * standby gets them with everything in FLASH/security.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "configure.h"
#include "security.h"
#include "sync.h"

static int begin(struct ctx *ctx)
{
	if (access(flash_dir(), R_OK | X_OK))
		return fail(ctx, STATUS_REFUSED, "no-flash", "%.60s: %s", flash_dir(),
			    strerror(errno));
	return configure_owner(ctx);
}

/* The name in the certificate: that of the prompt. */
static void host_name(struct ctx *ctx, char name[CONFIG_HOSTNAME_MAX + 1])
{
	struct rd_chassis chassis;
	struct config config;
	struct rd_mm own;

	memset(&own, 0, sizeof(own));
	config_get(&config);
	if (!rd_get_chassis(ctx->rd, ctx->instance, &chassis))
		rd_get_mm(ctx->rd, ctx->instance, chassis.own_slot, &own);
	config_hostname(&config, own.description, name);
}

static int run_generate(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	bool ssh = !strcmp(args[0], "ssh");
	char name[CONFIG_HOSTNAME_MAX + 1], print[80];
	int status = begin(ctx), err;

	if (status)
		return status;
	host_name(ctx, name);
	err = ssh ? key_make_ssh(name) : key_make_https(name);
	if (!err)
		err = key_fingerprint(ssh ? SECURITY_SSH_KEY ".pub" : SECURITY_HTTPS_CRT, print,
				      sizeof(print));
	if (err)
		return security_fail(ctx, err);
	out_flag(&ctx->out, "ok", NULL, true);
	out_str(&ctx->out, "server", NULL, args[0]);
	out_str(&ctx->out, "fingerprint", "%s\n", print);
	return sync_commit(ctx, "security", SYNC_CONFIG_S, "The key is made");
}

static int removed(struct ctx *ctx, int n)
{
	if (n < 0)
		return security_fail(ctx, n);
	out_flag(&ctx->out, "ok", NULL, true);
	out_num(&ctx->out, "files", NULL, n);
	return sync_commit(ctx, "security", SYNC_CONFIG_S, "The keys are deleted");
}

static int run_zeroize(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	bool ssh = !strcmp(args[0], "ssh");
	int status = begin(ctx), n, more;

	if (status)
		return status;
	n = security_remove(ssh ? SECURITY_SSH_KEY : SECURITY_HTTPS_KEY);
	more = security_remove(ssh ? SECURITY_SSH_KEY ".pub" : SECURITY_HTTPS_CRT);
	return removed(ctx, n < 0 ? n : more < 0 ? more : n + more);
}

static int run_clear(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	int status = begin(ctx);

	return status ? status : removed(ctx, security_remove("*.pub"));
}

static void show_one(struct out *o, const char *name, const char *what, const char *file)
{
	char print[80];
	int err = key_fingerprint(file, print, sizeof(print));

	out_text(o, "  %-18s : %s\n", what, err == -ENOENT ? "none" : err ? key_error(err) : print);
	out_str(o, name, NULL, err ? NULL : print);
}

static int run_show(struct ctx *ctx, const char *const args[ARGS_MAX])
{
	char text[SECURITY_TEXT_MAX];
	struct out *o = &ctx->out;
	long long expiry;
	int n;

	if (access(flash_dir(), R_OK | X_OK))
		return fail(ctx, STATUS_REFUSED, "no-flash", "%.60s: %s", flash_dir(),
			    strerror(errno));
	n = security_read(SECURITY_PASSWORDS, text);
	if (n == -EACCES)
		return security_fail(ctx, n);
	out_flag(o, "ok", NULL, true);
	show_one(o, "ssh", "ssh host key", SECURITY_SSH_KEY ".pub");
	show_one(o, "https", "https certificate", SECURITY_HTTPS_CRT);
	expiry = key_expiry();
	if (expiry)
		out_num(o, "https_until_s", NULL, expiry);
	else
		out_str(o, "https_until_s", NULL, NULL);
	out_flag(o, "manager_password", "  manager password   : %s\n",
		 n > 0 && (!strncmp(text, "manager:", 8) || strstr(text, "\nmanager:")));
	out_flag(o, "operator_password", "  operator password  : %s\n",
		 n > 0 && (!strncmp(text, "operator:", 9) || strstr(text, "\noperator:")));
	return STATUS_DONE;
}

COMMAND(crypto_generate) = {
	.syntax = "crypto key generate <ssh|https>",
	.summary = "Makes a new key of the ssh or https server, for both management modules.",
	.help = "ECDSA on the curve NIST P-256; for https with a certificate of ten years in the\n"
		"host name, signed by itself. In FLASH/security, for root alone; the standby gets\n"
		"it. Prints its fingerprint.",
	.options = OPT_TIMEOUT,
	.run = run_generate,
};

COMMAND(crypto_zeroize) = {
	.syntax = "crypto key zeroize <ssh|https>",
	.summary = "Deletes the key of the ssh or https server from both management modules.",
	.help = "With its public key or its certificate.",
	.options = OPT_TIMEOUT,
	.run = run_zeroize,
};

COMMAND(clear_crypto) = {
	.syntax = "clear crypto",
	.summary = "Deletes the public keys from both management modules.",
	.help = "FLASH/security/*.pub: that of the ssh server, and those of the clients that may\n"
		"log in by ssh. On a module that is not in standby mode nothing is deleted.",
	.options = OPT_TIMEOUT,
	.run = run_clear,
};

COMMAND(show_crypto) = {
	.syntax = "show crypto",
	.summary = "Displays the fingerprints of the keys, and which passwords are set.",
	.help = "Of this module. SHA-256; that of the ssh host key as ssh-keygen -l prints it.",
	.flags = CMD_LOCAL,
	.run = run_show,
};
