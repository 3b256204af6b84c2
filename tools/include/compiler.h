/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The few macros of the kernel's headers that host programs use as well.
 * Owns nothing else.
 */
#ifndef REDUND_HOST_COMPILER_H
#define REDUND_HOST_COMPILER_H

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define BIT(n)	      (1UL << (n))
#define BIT_ULL(n)    (1ULL << (n))

#ifndef __packed
#define __packed __attribute__((packed))
#endif
#ifndef __printf
#define __printf(f, a) __attribute__((format(printf, f, a)))
#endif
#ifndef __noreturn
#define __noreturn __attribute__((noreturn))
#endif
#ifndef __maybe_unused
#define __maybe_unused __attribute__((unused))
#endif
#ifndef __used
#define __used __attribute__((used))
#endif
#ifndef __aligned
#define __aligned(n) __attribute__((aligned(n)))
#endif
#ifndef __section
#define __section(name) __attribute__((section(name)))
#endif

#endif
