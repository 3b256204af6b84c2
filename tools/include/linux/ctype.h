/* SPDX-License-Identifier: GPL-2.0-or-later */
/* isprint() and its kind for host programs built from kernel sources. */
#ifndef REDUND_HOST_LINUX_CTYPE_H
#define REDUND_HOST_LINUX_CTYPE_H

#include <ctype.h>

#endif /* REDUND_HOST_LINUX_CTYPE_H */
