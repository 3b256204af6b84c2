/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's crc32_le() for host programs built from kernel sources. */
#ifndef REDUND_HOST_LINUX_CRC32_H
#define REDUND_HOST_LINUX_CRC32_H

#include <linux/types.h>

static inline u32 crc32_le(u32 crc, const void *data, size_t len)
{
	const u8 *at = data;
	int bit;

	while (len--) {
		crc ^= *at++;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return crc;
}

#endif /* REDUND_HOST_LINUX_CRC32_H */
