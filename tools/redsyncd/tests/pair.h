/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two modules with a connection of real TLS between them; and the tests' verdicts. */
#ifndef REDSYNCD_PAIR_H
#define REDSYNCD_PAIR_H

#include "fake_driver.h"

#define WAIT_MS 20000
#define IMAGE	(6 * 1024 * 1024 + 17)

extern struct module mm[3]; /* by slot */
extern struct tls_secret secret[3];
extern char pair_top[96], pair_dir[112]; /* of the program, of the test */
extern unsigned int tests, failures;

bool ok(bool good, const char *name);
/* Every test has empty flashes. */
void open_pair(void);
void close_pair(void);
/* Slot 2 connects. Return: both have shaken hands: *@a is slot 1's, *@b slot 2's. */
bool shake(struct tls **a, struct tls **b);
bool connect_pair(void);
void break_pair(void);
/* Slot 1 loses its power, slot 2 takes over, slot 1 comes back; not connected yet. */
void take_over(void);
void step(void);
void steps(unsigned int n);
void pair_begin(void);
bool pair_late(void); /* and a step, if it is not */
/* anything in the flash of that slot may have changed */
void changed(int slot);
/* a small file is the same in both */
bool same(const char *path);
void make_image(int slot, const char *name, unsigned int seed);
bool same_image_file(const char *name);
const struct exchange *item(int slot, const char *name);

/* Return: it became true in time. */
/* clang-format off */
#define UNTIL(condition) ({			\
	bool met_;				\
						\
	pair_begin();				\
	do {					\
		met_ = condition;		\
	} while (!met_ && !pair_late());	\
	met_; })
/* clang-format on */

/* session_hostile.c */
void test_hostile(void);
/* session_when.c */
void test_when(void);

#endif
