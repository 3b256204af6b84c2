// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns the way from an image in flash to its running kernel: verified,
 * unpacked, described to module-init, started in the place of this program.
 */
#include "rom.h"
#include "rom-build.h"
#include "../vchassis/rom-proto.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARGS_MAX 64

/* The shell settings of module-init go on with what the image says. */
static int add_settings(const struct rom *rom, const struct fit *fit, enum flash_which which)
{
	struct fit_info info;
	FILE *f = fopen(rom->settings, "ae");

	if (!f)
		return -errno;
	fit_info(fit, &info);
	fprintf(f, "IMAGE='%s/root'\n", rom->ram);
	fprintf(f, "MODULES=/usr/lib/modules/redund\nAGENT=/usr/lib/redund/mm-agent\n");
	fprintf(f, "TOOLS=/usr/sbin\n");
	/* the driver takes the last of two */
	fprintf(f, "PARAMS='boot_image=%s sw_version=%s sw_build=%u sw_stamp=\"%s\"'\" $PARAMS\"\n",
		flash_name(which), info.version, info.build, fit_stamp(fit));
	return fclose(f) ? -errno : 0;
}

/* For `show flash`; written when another ROM wrote it. */
static void leave_version(const struct rom *rom)
{
	char path[PATH_MAX], found[ROM_VERSION_MAX];

	if (!strcmp(rom_version(rom->flash, found), ROM_BUILD_VERSION))
		return;
	snprintf(path, sizeof(path), "%s/rom.version", rom->flash);
	flash_replace(path, ROM_BUILD_VERSION "\n", strlen(ROM_BUILD_VERSION "\n"));
}

/* The console goes on with Linux; standard error is the kernel's log. */
static void start_kernel(const struct rom *rom)
{
	char path[PATH_MAX];
	const char *argv[ARGS_MAX];
	int n = 0, null = open("/dev/null", O_RDWR);

	snprintf(path, sizeof(path), "%s/linux", rom->ram);
	argv[n++] = path;
	for (char **a = rom->kernel_args; *a && n < ARGS_MAX - 1; a++)
		argv[n++] = *a;
	argv[n] = NULL;
	dup2(null, 0);
	dup2(2, 1);
	close(null);
	bus_close();
	execv(path, (char **)argv);
	dprintf(2, "boot ROM: %s: %s\n", path, strerror(errno));
	exit(1);
}

void boot_image(const struct rom *rom, enum flash_which which)
{
	char path[FLASH_PATH_MAX], why[FIT_WHY_MAX] = "";
	struct fit *fit = NULL;
	int err = flash_path(rom->flash, which, path, sizeof(path));

	if (!err)
		err = fit_load(path, &fit, why, sizeof(why));
	if (!err)
		err = fit_verify(fit, why, sizeof(why));
	if (!err) {
		say("\nBooting %s Software Image...\n", flash_title(which));
		bus_state(ROM_IS_BOOTING, which);
		err = unpack(rom, fit, why, sizeof(why));
	}
	if (!err) {
		err = add_settings(rom, fit, which);
		if (err)
			snprintf(why, sizeof(why), "settings: %s", strerror(-err));
	}
	fit_free(fit);
	if (!err) {
		leave_version(rom);
		if (disk_write(rom))
			say("The flash cannot be written.\n");
		start_kernel(rom);
	}
	say("\n%s Software Image: %s\n", flash_title(which),
	    err == -ENOENT ? "the flash is blank" : why);
}

void boot_either(const struct rom *rom, enum flash_which which)
{
	boot_image(rom, which);
	boot_image(rom, which == FLASH_PRIMARY ? FLASH_SECONDARY : FLASH_PRIMARY);
	say("\nNo image can be booted.\n");
}
