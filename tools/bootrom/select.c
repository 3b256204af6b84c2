// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns the boot profile prompt (figures 15-4, 15-10 and 15-22): which image
 * this boot takes. Nobody is waited for when no console is attached.
 */
#include "rom.h"

#include <string.h>

#define MENU_MS	 60000 /* somebody opened the menu and went away */
#define MONITOR	 0
#define PROFILES "012"

enum flash_which rom_image(const struct rom *rom)
{
	return rom->chosen ? rom->image : boot_env_image(&rom->env);
}

static int prompt_ms(const struct rom *rom)
{
	return bus_console() ? (int)rom->env.timeout_s * 1000 : 0;
}

static bool menu(const struct rom *rom, int key, enum flash_which *which)
{
	char line[16];
	int len;

	say("\n\nBoot Profiles:\n\n"
	    "0. Monitor ROM Console\n"
	    "1. Primary Software Image\n"
	    "2. Secondary Software Image\n\n");
	/* the key that opened it may be the choice, and nothing else */
	if (key <= 0 || !strchr(PROFILES, key))
		key = -1;
	for (;; key = -1) {
		say("Select profile(%s): ", flash_name(*which));
		len = serial_line(line, sizeof(line), key, MENU_MS);
		if (len == -1)
			say("\n");
		if (len == 0 || len == -1)
			return true;
		if (len == 1 && strchr(PROFILES, line[0])) {
			if (line[0] - '0' == MONITOR)
				return false;
			*which = line[0] == '1' ? FLASH_PRIMARY : FLASH_SECONDARY;
			return true;
		}
		if (len > 0)
			say("Invalid selection.\n");
	}
}

bool select_profile(const struct rom *rom, enum flash_which *which)
{
	int key;

	*which = rom_image(rom);
	say("Select profile (%s): ", flash_name(*which));
	key = serial_key(prompt_ms(rom));
	if (key >= 0)
		return menu(rom, key, which);
	say("\n");
	return true;
}
