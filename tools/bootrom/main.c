// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The boot ROM of a virtual management module, started by the chassis process
 * with the slot's serial line as standard input and output. Owns the order:
 * power-on test, ROM information, boot profile, image.
 */
#include "rom.h"
#include "rom-build.h"
#include "../vchassis/rom-proto.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void refuse_arguments(void)
{
	fprintf(stderr, "usage: bootrom --flash DIR --ram DIR --settings FILE [--medium FILE]\n"
			"       [--image NAME] [--warm] -- KERNEL-ARGUMENT...\n"
			"The boot ROM of the virtual chassis; vchassis starts it.\n");
	exit(2);
}

static bool option(struct rom *rom, const char *name, const char *value)
{
	if (!strcmp(name, "--flash"))
		rom->flash = value;
	else if (!strcmp(name, "--medium"))
		rom->medium = value;
	else if (!strcmp(name, "--ram"))
		rom->ram = value;
	else if (!strcmp(name, "--settings"))
		rom->settings = value;
	else if (!strcmp(name, "--image"))
		return rom->chosen = flash_value(value, &rom->image);
	else
		return false;
	return true;
}

static void parse(struct rom *rom, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--"); i++) {
		if (!strcmp(argv[i], "--warm"))
			rom->warm = true;
		else if (i + 1 >= argc || !option(rom, argv[i], argv[i + 1]))
			refuse_arguments();
		else
			i++;
	}
	if (i == argc || !rom->flash || !rom->ram || !rom->settings)
		refuse_arguments();
	rom->kernel_args = argv + i + 1;
}

/* Figure 15-4. */
static void say_build(void)
{
	say("\nROM information:\n"
	    "  Build directory: %s\n"
	    "  Build date:      %s\n"
	    "  Build time:      %s\n"
	    "  Build version:   %s\n"
	    "  Build number:    %s\n",
	    ROM_BUILD_DIRECTORY, ROM_BUILD_DATE, ROM_BUILD_TIME, ROM_BUILD_VERSION,
	    ROM_BUILD_NUMBER);
}

/* The one boot that boot.next was for is this one, whatever comes of it. */
static void use_up_next(struct rom *rom)
{
	if (boot_next_remove(rom->flash) || disk_write(rom))
		say("The boot environment cannot be written.\n");
}

int main(int argc, char **argv)
{
	struct rom rom = { 0 };
	enum flash_which which;
	bool passed = true;

	parse(&rom, argc, argv);
	bus_state(ROM_IS_TESTING, 0);
	rom.medium_error = disk_read(&rom);
	if (boot_env_read(rom.flash, &rom.env))
		say("\nThe boot environment is not as expected: defaults are used.\n");
	if (rom.medium_error || (!rom.warm && !rom.env.fastboot))
		passed = post(&rom);
	say_build();
	use_up_next(&rom);
	if (passed) {
		bus_state(ROM_IS_SELECTING, 0);
		if (select_profile(&rom, &which))
			boot_either(&rom, which);
	}
	monitor(&rom);
}
