// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who uses the console of the active module, when passwords are set (S-230, C-32).
 * The file of the passwords is on both modules; the standby's console asks nobody,
 * and a session on it is asked when its module has become active.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "console.h"
#include "passwords.h"

#define TRIES	    3
#define TRY_AGAIN_S 2

static bool is_set(void)
{
	return password_is_set("manager") == 1 || password_is_set("operator") == 1;
}

static bool ask_password(struct console *c)
{
	FILE *to = c->start->opt.json ? stderr : stdout;
	char typed[PASSWORD_MAX + 16];
	const char *who;
	int tries;

	for (tries = 0; tries < TRIES && !console_ended(); tries++) {
		if (tries)
			sleep(TRY_AGAIN_S);
		if (!password_read(to, "Password:", typed, sizeof(typed)))
			return false;
		who = password_check(typed);
		explicit_bzero(typed, sizeof(typed));
		/* without a manager's password the operator's opens what there is */
		c->operator_only = who && !strcmp(who, "operator") &&
				   password_is_set("manager") == 1;
		if (who)
			return true;
		fprintf(to, "Invalid password\n");
	}
	return false;
}

bool console_login(struct console *c)
{
	if (c->admitted)
		return true;
	/* who may not read the file is not asked: it may change nothing either */
	if (password_is_set("manager") < 0)
		c->operator_only = true;
	else if (is_set() && !ask_password(c))
		return false;
	c->admitted = true;
	return true;
}

bool console_operator(const struct command *cmd)
{
	static const char *const words[] = { "show",	"help", "explain", "wait",
					     "monitor", "exit", "logout" };
	size_t i, len = strcspn(cmd->syntax, " ");

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (strlen(words[i]) == len && !strncmp(cmd->syntax, words[i], len))
			return true;
	return false;
}
