// SPDX-License-Identifier: GPL-2.0-or-later
/* redctl: main() only; see main.c. */
#include "redctl.h"

int main(int argc, char **argv)
{
	return redctl_main("redctl", NULL, argc, argv);
}
