// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns the monitor ROM console: what a person can do when no image boots, or
 * when asked for by profile 0.
 */
#include "rom.h"
#include "rom-build.h"
#include "../vchassis/rom-proto.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WORDS_MAX 4

static void cmd_help(struct rom *rom, int argc, char **argv)
{
	say("  help                      this text\n"
	    "  show flash                the images in flash\n"
	    "  boot [primary|secondary]  boot an image; without a word the default one (%s),\n"
	    "                            or the other when that cannot be booted\n"
	    "  reset                     start this management module again\n",
	    flash_name(rom_image(rom)));
}

static void show_image(const struct rom *rom, enum flash_which which)
{
	char path[FLASH_PATH_MAX], why[FIT_WHY_MAX] = "", date[16] = "", label[24];
	struct fit *fit = NULL;
	struct fit_info info;
	time_t t;
	int err = flash_path(rom->flash, which, path, sizeof(path));

	if (!err)
		err = fit_load(path, &fit, why, sizeof(why));
	if (!err)
		err = fit_verify(fit, why, sizeof(why));
	snprintf(label, sizeof(label), "%s Image", flash_title(which));
	if (err) {
		say("%-16s: %s\n", label, err == -ENOENT ? "(blank)" : why);
	} else {
		fit_info(fit, &info);
		t = info.time_s;
		strftime(date, sizeof(date), "%m/%d/%y", gmtime(&t));
		say("%-16s: %11llu  %s %-12s %u\n", label, (unsigned long long)info.size, date,
		    info.version, info.build);
	}
	fit_free(fit);
}

static void cmd_show(struct rom *rom, int argc, char **argv)
{
	if (argc != 2 || strcmp(argv[1], "flash")) {
		say("Invalid input; try: show flash\n");
		return;
	}
	say("%-18s%11s  %-8s %-12s %s\n-----\n", "Image", "Size(Bytes)", "Date", "Version",
	    "Build #");
	show_image(rom, FLASH_PRIMARY);
	show_image(rom, FLASH_SECONDARY);
	say("Boot Rom Version: %s\nDefault Boot    : %s\n", ROM_BUILD_VERSION,
	    flash_title(rom->env.default_image));
}

static void cmd_boot(struct rom *rom, int argc, char **argv)
{
	enum flash_which which;

	if (argc == 1) {
		boot_either(rom, rom_image(rom));
	} else if (argc == 2 && flash_value(argv[1], &which)) {
		boot_image(rom, which);
	} else {
		say("Invalid input; try: boot primary\n");
		return;
	}
	bus_state(ROM_IS_MONITOR, 0);
}

static void cmd_reset(struct rom *rom, int argc, char **argv)
{
	if (argc == 1)
		exit(0); /* the module's process ends: the chassis resets it */
	say("Invalid input; try: reset\n");
}

static const struct {
	const char *name;
	void (*run)(struct rom *rom, int argc, char **argv);
} commands[] = {
	{ "help", cmd_help }, { "?", cmd_help },      { "show", cmd_show },
	{ "boot", cmd_boot }, { "reset", cmd_reset },
};

static void run(struct rom *rom, char *line)
{
	char *argv[WORDS_MAX + 1], *save, *word;
	int argc = 0;

	for (word = strtok_r(line, " ", &save); word && argc <= WORDS_MAX;
	     word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	for (size_t i = 0; argc && i < ARRAY_SIZE(commands); i++) {
		if (!strcmp(argv[0], commands[i].name)) {
			commands[i].run(rom, argc, argv);
			return;
		}
	}
	if (argc)
		say("Invalid input: %s; try: help\n", argv[0]);
}

void monitor(struct rom *rom)
{
	char line[128];

	bus_state(ROM_IS_MONITOR, 0);
	say("\nMonitor ROM Console. Type help for the commands.\n");
	for (;;) {
		say("=> ");
		if (serial_line(line, sizeof(line), -1, -1) > 0)
			run(rom, line);
	}
}
