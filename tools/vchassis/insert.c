// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns `vchassis insert`. The chassis process works in another directory, so
 * the files are named for it from the root; and a flash that is a block device
 * is written here, before the module goes in: the chassis process may not wait
 * for that, a module runs beside.
 */
#include "blockstore.h"
#include "client.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the chassis process will look at again, and refuse what is wrong. */
struct insertion {
	const char *serial;
	const char *image[FLASH_IMAGES];
	bool blank, blank_flash;
};

static bool parse(int argc, char **argv, struct insertion *in)
{
	for (int i = 2; i < argc; i++) {
		enum flash_which which;

		if (!strcmp(argv[i], "--blank"))
			in->blank = true;
		else if (!strcmp(argv[i], "--blank-flash"))
			in->blank_flash = true;
		else if (i + 1 == argc)
			return false;
		else if (!strcmp(argv[i], "--serial"))
			in->serial = argv[++i];
		else if (!strncmp(argv[i], "--image-", 8) && flash_value(argv[i] + 8, &which))
			in->image[which] = argv[++i];
		else
			return false;
	}
	return !in->serial || !strchr(in->serial, '/');
}

static int write_medium(const json_t *status, int slot, const struct insertion *in)
{
	const json_t *s = json_array_get(json_object_get(status, "slots"), slot - 1);
	const char *serial = json_string_value(json_object_get(s, "serial"));
	const char *fill = json_string_value(json_object_get(status, "image"));
	struct medium_kind kind = {
		.mib = json_integer_value(json_object_get(status, "flash_mib")),
		.no_journal = json_is_false(json_object_get(status, "flash_journal")),
	};
	bool fresh = in->blank && !in->serial;
	char path[PATH_MAX];

	if (json_is_true(json_object_get(s, "present")))
		return 0;
	if (fresh)
		snprintf(path, sizeof(path), "%s", BLOCKSTORE_NEW);
	else if (in->serial && strcmp(in->serial, serial ? serial : ""))
		snprintf(path, sizeof(path), "flash/%s.img", in->serial);
	else
		blockstore_path(slot, path);
	return blockstore_write(path, &kind, fresh || in->blank_flash, in->image,
				in->blank_flash || !fill || !fill[0] ? NULL : fill);
}

/* Return: 0, or an exit status with the reason said. */
static int prepare(int argc, char **argv)
{
	struct insertion in = { 0 };
	int slot = argc > 1 ? atoi(argv[1]) : 0, err = 0;
	json_t *status = client_status();
	int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (json_integer_value(json_object_get(status, "flash_mib")) && (slot == 1 || slot == 2) &&
	    parse(argc, argv, &in))
		err = chdir(client_dir) ? -errno : write_medium(status, slot, &in);
	json_decref(status);
	/* a scenario goes on where it was */
	if (here >= 0 && fchdir(here))
		perror("vchassis");
	if (here >= 0)
		close(here);
	if (err)
		fprintf(stderr, "vchassis: the flash cannot be written: %s\n", strerror(-err));
	return err ? 1 : 0;
}

int insert_command(int argc, char **argv)
{
	char **args = calloc(argc + 1, sizeof(*args));
	int status = 0;

	if (!args)
		return 1;
	for (int i = 0; i < argc && !status; i++) {
		bool file = i && !strncmp(argv[i - 1], "--image-", 8);

		args[i] = file ? realpath(argv[i], NULL) : strdup(argv[i]);
		if (!args[i]) {
			fprintf(stderr, "vchassis: %s: %s\n", argv[i], strerror(errno));
			status = 1;
		}
	}
	if (!status)
		status = prepare(argc, args);
	if (!status)
		status = client_request(argc, args);
	for (int i = 0; i < argc; i++)
		free(args[i]);
	free(args);
	return status;
}
