/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memcpy() and its kind for host programs built from kernel sources. */
#ifndef REDUND_HOST_LINUX_STRING_H
#define REDUND_HOST_LINUX_STRING_H

#include <string.h>

#endif /* REDUND_HOST_LINUX_STRING_H */
