/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's min_t() for host programs built from kernel sources. */
#ifndef REDUND_HOST_LINUX_MINMAX_H
#define REDUND_HOST_LINUX_MINMAX_H

#define min_t(type, a, b)          \
	({                         \
		type _a = (a);     \
		type _b = (b);     \
		_a < _b ? _a : _b; \
	})

#endif /* REDUND_HOST_LINUX_MINMAX_H */
