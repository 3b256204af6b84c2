/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The module's end of the internal Ethernet link. */
#ifndef VCHASSIS_LINKUP_H
#define VCHASSIS_LINKUP_H

/** link_up() - eth0 with the address of the slot, 169.254.15.SLOT, and lo */
void link_up(const char *slot);

#endif
