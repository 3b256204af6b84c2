/* SPDX-License-Identifier: GPL-2.0-only */
/* The bus argument of a bus attribute is const since 6.4. */
#ifndef REDUND_COMPAT_DEVICE_BUS_H
#define REDUND_COMPAT_DEVICE_BUS_H

#include <linux/version.h>
#include_next <linux/device/bus.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
#define compat_attr_bus struct bus_type
#else
#define compat_attr_bus const struct bus_type
#endif

#endif /* REDUND_COMPAT_DEVICE_BUS_H */
