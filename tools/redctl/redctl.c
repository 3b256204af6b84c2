// SPDX-License-Identifier: GPL-2.0-or-later
/* redctl: main() only; see main.c. */
#include "redctl.h"

int main(int argc, char **argv)
{
	static const struct program redctl = {
		.name = "redctl",
		.console = console_run,
		.batch = batch_run,
	};

	return redctl_main(&redctl, argc, argv);
}
