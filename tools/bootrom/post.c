// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns the power-on test: memory, the flash directory, the backplane
 * controller. The driver's own selftest comes later and is another one; a
 * reload and `fastboot` skip this one.
 */
#include "rom.h"
#include "../../kernel/regs.h"

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define WORDS (1024 * 1024 / sizeof(uint64_t))

/* Every word holds its own pattern, then the opposite: stuck and shared bits show. */
static const char *test_memory(void)
{
	static const uint64_t masks[] = { 0, ~0ULL, 0x5555555555555555ULL, 0xaaaaaaaaaaaaaaaaULL };
	volatile uint64_t *m = malloc(WORDS * sizeof(*m));
	const char *why = NULL;

	if (!m)
		return "there is none";
	for (size_t k = 0; k < ARRAY_SIZE(masks) && !why; k++) {
		for (size_t i = 0; i < WORDS; i++)
			m[i] = i ^ masks[k];
		for (size_t i = 0; i < WORDS; i++)
			if (m[i] != (i ^ masks[k]))
				why = "a word reads back wrong";
	}
	free((void *)m);
	return why;
}

static const char *test_flash(const struct rom *rom)
{
	DIR *d = rom->medium_error ? NULL : opendir(rom->flash);

	if (rom->medium_error)
		return strerror(-rom->medium_error);
	if (!d)
		return strerror(errno);
	errno = 0;
	while (readdir(d))
		;
	closedir(d);
	return errno ? strerror(errno) : NULL;
}

static const char *test_controller(void)
{
	unsigned int id, version;

	if (!bus_read(REG_ID, &id) || !bus_read(REG_VERSION, &version))
		return "no answer";
	if (id != REDUND_ID)
		return "not the one expected";
	return version >> 16 == REDUND_VERSION_MAJOR ? NULL : "of an unknown version";
}

bool post(const struct rom *rom)
{
	const struct {
		const char *name, *why;
	} tests[] = {
		{ "memory", test_memory() },
		{ "flash", test_flash(rom) },
		{ "controller", test_controller() },
	};
	bool passed = true;

	say("\nPower-on test:");
	for (size_t i = 0; i < ARRAY_SIZE(tests); i++) {
		say("%s %s %s", i ? "," : "", tests[i].name, tests[i].why ? "FAILED: " : "passed");
		if (tests[i].why) {
			say("%s", tests[i].why);
			passed = false;
		}
	}
	say("\n");
	return passed;
}
