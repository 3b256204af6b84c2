// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Hostile boot environments: boot.env, boot.next and rom.version, one after the
 * other in the input, with a byte 0xff between them. What was understood is
 * written and reads the same again.
 */
#include <errno.h>
#include <string.h>
#include "../lib/flash.h"
#include "fuzz.h"

const char *const fuzz_words[] = { "default=",	    "primary", "secondary", "timeout=", "3600",
				   "fastboot=",	    "1",       "=",	    "\n",	"\xff",
				   "later=release", NULL };

static void check_again(const struct boot_env *env)
{
	struct boot_env again;

	MUST(!boot_env_write(fuzz_dir(), env));
	MUST(!boot_next_remove(fuzz_dir()));
	MUST(!boot_env_read(fuzz_dir(), &again));
	MUST(again.default_image == env->default_image && again.timeout_s == env->timeout_s);
	MUST(again.fastboot == env->fastboot && !strcmp(again.other, env->other) && !again.once);
	MUST(boot_env_image(&again) == env->default_image);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char *const names[] = { "boot.env", "boot.next", "rom.version" };
	char version[ROM_VERSION_MAX];
	struct boot_env env;
	unsigned int i;
	size_t n;
	int err;

	for (i = 0; i < 3; i++) {
		const uint8_t *end = len ? memchr(data, 0xff, len) : NULL;

		n = end ? end - data : len;
		fuzz_file(names[i], data, n);
		n += !!end;
		data += n;
		len -= n;
	}
	err = boot_env_read(fuzz_dir(), &env);
	MUST(!err || err == -EBADMSG);
	MUST(env.timeout_s <= BOOT_TIMEOUT_MAX && env.default_image <= FLASH_SECONDARY);
	MUST(strnlen(env.other, sizeof(env.other)) < sizeof(env.other));
	MUST(!env.once || env.next <= FLASH_SECONDARY);
	rom_version(fuzz_dir(), version);
	MUST(strnlen(version, sizeof(version)) < sizeof(version) && fuzz_printable(version));
	check_again(&env);
	return 0;
}
