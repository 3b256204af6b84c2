// SPDX-License-Identifier: GPL-2.0-only
/*
 * The role machine inside redund_role_kunit.ko: it is pure and exports nothing, so
 * the tests have a copy of their own.
 */
#include <linux/module.h>
#include "../role.c"
#include "../role_elect.c"
#include "../role_owner.c"
#include "../role_watch.c"

MODULE_DESCRIPTION("KUnit suites of the role machine");
MODULE_LICENSE("GPL");
