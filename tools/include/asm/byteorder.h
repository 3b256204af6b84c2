/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's names of byte orders for host programs built from kernel sources. */
#ifndef REDUND_HOST_ASM_BYTEORDER_H
#define REDUND_HOST_ASM_BYTEORDER_H

#include_next <asm/byteorder.h>
#include <linux/types.h>

#define le16_to_cpu(v) __le16_to_cpu(v)
#define le32_to_cpu(v) __le32_to_cpu(v)
#define cpu_to_le16(v) __cpu_to_le16(v)
#define cpu_to_le32(v) __cpu_to_le32(v)

static inline void le32_add_cpu(__le32 *at, u32 n)
{
	*at = cpu_to_le32(le32_to_cpu(*at) + n);
}

#ifndef U32_MAX
#define U32_MAX ((u32)~0U)
#endif

#endif /* REDUND_HOST_ASM_BYTEORDER_H */
