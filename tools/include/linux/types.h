/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's integer types for host programs that are built from the same
 * sources as the kernel module (chassis model, role machine). Owns nothing
 * else; found before the system's header by -Itools/include.
 */
#ifndef REDUND_HOST_LINUX_TYPES_H
#define REDUND_HOST_LINUX_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include_next <linux/types.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef unsigned long long u64;
typedef __s8 s8;
typedef __s16 s16;
typedef __s32 s32;
typedef long long s64;

#endif /* REDUND_HOST_LINUX_TYPES_H */
