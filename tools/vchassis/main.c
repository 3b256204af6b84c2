// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns the command line of vchassis: a table of commands, --dir, help. */
#include "client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int help_command(int argc, char **argv);

static const struct vc_cmd commands[] = {
	{ "up", up_command,
	  "[--slots 1,2] [--timers hardware|relaxed] [--time real|virtual] [--seed N]\n"
	  "       [--schedule FILE] [--until SECONDS] [--messages]\n"
	  "       [--image FILE] [--reflash | --blank-flash] [--flash KIND[=MIB]]\n"
	  "       [--kernel FILE] [--modules DIR]\n"
	  "       [--params 'NAME=VALUE...'] [--no-watchdog] [--no-wait] [--keep]",
	  "power on; returns when every module has decided its role\n"
	  "  --slots     slots that hold a module (default 1,2)\n"
	  "  --timers    heartbeat 10 ms x 3 or 100 ms x 5 (default relaxed)\n"
	  "  --time      virtual: simulated time, which passes only while somebody asks for\n"
	  "              it; up lets it pass until the roles are decided, then it stands\n"
	  "              until exec or pass. The same seed gives the same trace\n"
	  "  --seed      recorded; serial numbers made during the run come from it, and in\n"
	  "              simulated time all randomness of the modules\n"
	  "  --schedule  virtual: commands and their times, a line each: MICROSECONDS\n"
	  "              COMMAND...; what became of them is in DIR/schedule.log\n"
	  "  --until     virtual: let this much time pass in one go, then return\n"
	  "  --messages  virtual: without shared memory between chassis and kernels\n"
	  "  --image     image that blank flash is filled with (default: of the build;\n"
	  "              REDUND_KERNEL=debug takes the debug build's)\n"
	  "  --reflash   write it to every flash, over what is there\n"
	  "  --blank-flash  leave blank flash blank: the boot ROM stays in its monitor\n"
	  "  --flash     what a module's flash is: directory (of the host, the default);\n"
	  "              block: ext4 on a block device that loses with the power what was\n"
	  "              not flushed (a new one has 256 MiB); block-nojournal: without a\n"
	  "              journal, so that a rename waits for the sync of its directory\n"
	  "  --kernel    UML kernel to start directly, without boot ROM and image\n"
	  "  --modules   directory with redund.ko, the same\n"
	  "  --params    more parameters of redund.ko\n"
	  "  --no-watchdog  nobody opens /dev/watchdog0 in the modules\n"
	  "  --no-wait   do not wait for the roles\n"
	  "  --keep      stay powered on when a role is not decided in time" },
	{ "pass", pass_command, "SECONDS",
	  "let simulated time pass (up --time virtual)\n"
	  "Returns when it has; it stands again then." },
	{ "down", down_command, "", "power off; leaves no process" },
	{ "status", client_request, "[-j]", "grant, fabric, slots, interface modules" },
	{ "exec", exec_command, "SLOT [-t SECONDS] -- CMD [ARG...]",
	  "run a command in a module\n"
	  "Standard input goes to it; its output and exit status come back (124 time-out,\n"
	  "125 the chassis's own failure, 126 and 127 as in a shell). Default 300 s; -t 0\n"
	  "waits for ever." },
	{ "console", console_command, "SLOT [-t SECONDS]",
	  "a module's serial console: boot ROM, then the switch's console; ^] ends it\n"
	  "It stays over restarts of the module, and several may be attached to one. When\n"
	  "standard input is no terminal, a line of it is sent whenever a prompt stands\n"
	  "there, and the end is a quiet moment after the last line. -t: at most this long\n"
	  "(124 when lines are left then)." },
	{ "leds", client_request, "[-j]", "what a person sees on the front" },
	{ "press", client_request, "SLOT reset|shutdown  or  press clear", "press a button" },
	{ "remove", client_request, "SLOT", "pull a management module" },
	{ "insert", insert_command,
	  "SLOT [--blank] [--serial SERIAL] [--blank-flash]\n"
	  "       [--image-primary FILE] [--image-secondary FILE]",
	  "push it in again; --blank or --serial: another module\n"
	  "  --blank     one that was never in a chassis\n"
	  "  --serial    the one with this serial number; it brings its own flash\n"
	  "  --blank-flash      its flash is erased first\n"
	  "  --image-primary    written to its flash first\n"
	  "  --image-secondary  the same\n"
	  "Flash that is blank is filled as by up, unless --blank-flash is given." },
	{ "kill", client_request, "SLOT", "power loss of one module; power is back after 0.5 s" },
	{ "hang", client_request, "SLOT [--soft]",
	  "stop all its CPUs; --soft: interrupts go on, nothing is scheduled" },
	{ "resume", client_request, "SLOT", "let it go on where it stopped" },
	{ "panic", client_request, "SLOT", "its kernel panics" },
	{ "wdt-starve", client_request, "SLOT", "its user space stops petting the watchdog" },
	{ "cut", client_request, "heartbeat|link|doorbell SLOT|both",
	  "what SLOT sends is not seen; doorbell: no interrupt reaches it" },
	{ "restore", client_request, "heartbeat|link|doorbell SLOT|both", "mend a cut" },
	{ "fault", client_request,
	  "SLOT selftest-fail|reset-stuck|mailbox-corrupt|register-stuck|wdt-dead [ON|OFF]\n"
	  "       SLOT flash-corrupt primary|secondary [ON|OFF]\n"
	  "       SLOT link-stall|link-garbage [ON|OFF]\n"
	  "       SLOT register-misread [ON|OFF]",
	  "switch a fault of the hardware\n"
	  "flash-corrupt turns some bytes of an image over, and with OFF back unless the\n"
	  "image was written again meanwhile. It is seen at the module's next boot.\n"
	  "link-stall holds what the slot sends on the internal link, and with OFF delivers\n"
	  "it; link-garbage changes bytes in what it sends and makes the checksums right.\n"
	  "register-misread turns a bit over in one of 64 reads, as the seed says." },
	{ "clock", client_request, "SLOT rate PPM  or  clock SLOT step MICROSECONDS",
	  "a module's own clock goes wrong (up --time virtual --messages)\n"
	  "rate: faster by millionths, or slower when it is below 0; step: forward, once.\n"
	  "The controller's clock stays right." },
	{ "insert-module", client_request, "A..L TYPE", "insert an interface module (J8702A...)" },
	{ "remove-module", client_request, "A..L", "pull an interface module" },
	{ "fabric", client_request, "1|2 insert|remove", "insert or pull a fabric module" },
	{ "reset-system", client_request, "", "power cycle of the whole chassis" },
	{ "trace", trace_command, "[--follow] [-j]", "every event of the controller since up" },
	{ "run", run_command, "SCENARIO",
	  "a scripted fault schedule with expectations\n"
	  "See Documentation/redund/vchassis-scenarios.rst." },
	{ "help", help_command, "[COMMAND]", "this, or more about one command" },
};

#define COMMANDS (ARRAY_SIZE(commands))

static const struct vc_cmd *find_command(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static void print_usage(FILE *f, const struct vc_cmd *c)
{
	fprintf(f, "usage: vchassis %s %s\n", c->name, c->usage);
}

static int help_command(int argc, char **argv)
{
	const struct vc_cmd *c = argc > 1 ? find_command(argv[1]) : NULL;

	if (argc > 1 && !c) {
		fprintf(stderr, "vchassis: no command %s\n", argv[1]);
		return EXIT_USAGE;
	}
	if (c) {
		print_usage(stdout, c);
		printf("%s\n", c->help);
		return 0;
	}
	printf("usage: vchassis [--dir DIR] COMMAND [ARG...]      (DIR: default ./run)\n\n");
	for (size_t i = 0; i < COMMANDS; i++)
		printf("  %-14s %.*s\n", commands[i].name, (int)strcspn(commands[i].help, "\n"),
		       commands[i].help);
	printf("\nExit status: 0 done; 1 refused or not met, with the reason; 2 usage.\n");
	return 0;
}

int client_command(int argc, char **argv)
{
	const struct vc_cmd *c = find_command(argv[0]);
	int status;

	if (!c) {
		fprintf(stderr, "vchassis: no command %s (try vchassis help)\n", argv[0]);
		return EXIT_USAGE;
	}
	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		char *help[] = { (char *)"help", argv[0], NULL };

		return help_command(2, help);
	}
	status = c->run(argc, argv);
	/* exec's may be the command's own */
	if (status == CLIENT_USAGE || (status == EXIT_USAGE && c->run != exec_command)) {
		print_usage(stderr, c);
		status = EXIT_USAGE;
	}
	return status;
}

/* --dir DIR may stand anywhere before "--". */
static int take_dir(int argc, char **argv)
{
	const char *dir = "run";
	int n = 1;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--")) {
			while (i < argc)
				argv[n++] = argv[i++];
			break;
		}
		if (!strcmp(argv[i], "--dir") && i + 1 < argc)
			dir = argv[++i];
		else
			argv[n++] = argv[i];
	}
	argv[n] = NULL;
	if (dir[0] == '/') {
		snprintf(client_dir, sizeof(client_dir), "%s", dir);
	} else if (!getcwd(client_dir, sizeof(client_dir) - strlen(dir) - 2)) {
		fprintf(stderr, "vchassis: %s\n", strerror(errno));
		exit(1);
	} else {
		strcat(strcat(client_dir, "/"), dir);
	}
	return n;
}

int main(int argc, char **argv)
{
	char *help[] = { (char *)"help", NULL };

	argc = take_dir(argc, argv);
	if (argc < 2) {
		help_command(1, help);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return help_command(1, help);
	return client_command(argc - 1, argv + 1);
}
