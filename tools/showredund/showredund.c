// SPDX-License-Identifier: GPL-2.0-or-later
/* showredund: `redctl show redundancy' as a program of its own. */
#include "../redctl/redctl.h"

int main(int argc, char **argv)
{
	static const char *const first[] = { "show", "redundancy", NULL };
	static const struct program showredund = { .name = "showredund", .first = first };

	return redctl_main(&showredund, argc, argv);
}
