// SPDX-License-Identifier: GPL-2.0-only
/*
 * The EEPROM data of the modules of a simulated chassis: owns what they say
 * about themselves. The data are those of the specification's figure 15-13.
 */
#include <linux/crc32.h>
#include <linux/errno.h>
#include <linux/string.h>
#include "sim.h"

static const struct {
	u8 index;
	const char *description, *part, *serial;
} sim_eeprom[] = {
	{ REDUND_INV_CHASSIS, "8212zl J9091A", "J9091A", "LP711BX00Z" },
	{ REDUND_INV_MM, "ProCurve J9092A Management Module 8200zl", "J9092A", "111111111111" },
	{ REDUND_INV_MM + 1, "ProCurve J9092A Management Module 8200zl", "J9092A", "222222222222" },
	{ REDUND_INV_FABRIC, "ProCurve J9093A F2 Fabric Module 8200zl", "J9093A", "1234SSN" },
	{ REDUND_INV_FABRIC + 1, "ProCurve J9093A F2 Fabric Module 8200zl", "J9093A", "5678SSN" },
	{ REDUND_INV_SUPPORT, "ProCurve J9095A System Support Module 8200zl", "J9095A", "9012SSN" },
	{ REDUND_INV_IM, "ProCurve J8708A 4p 10G CX4 zl Module", "J8708A", "333333333333" },
	{ REDUND_INV_IM + 1, "ProCurve J8702A 24p Gig-T zl Module", "J8702A", "444444444444" },
	{ REDUND_INV_IM + 2, "ProCurve J8702A 24p Gig-T zl Module", "J8702A", "555555555555" },
	{ REDUND_INV_IM + 3, "ProCurve J8702A 24p Gig-T zl Module", "J8702A", "SG710AT0ZZ" },
};

static void sim_inventory_seal(struct redund_inventory *inv)
{
	size_t len = offsetof(struct redund_inventory, crc);

	inv->crc = cpu_to_le32(crc32_le(~0, (const u8 *)inv, len) ^ ~0);
}

/**
 * sim_inventory_fill() - the modules a new chassis comes with
 * @m: memories of the model, not yet in use
 */
void sim_inventory_fill(struct chassis_mem *m)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sim_eeprom); i++) {
		struct redund_inventory *inv = &m->inventory[sim_eeprom[i].index];

		strscpy(inv->description, sim_eeprom[i].description, sizeof(inv->description));
		strscpy(inv->part, sim_eeprom[i].part, sizeof(inv->part));
		strscpy(inv->serial, sim_eeprom[i].serial, sizeof(inv->serial));
	}
	/* a module put into an empty slot has data, too: those of slot D's type */
	for (i = REDUND_INV_IM + 4; i < REDUND_INV_COUNT; i++) {
		m->inventory[i] = m->inventory[REDUND_INV_IM + 3];
		snprintf(m->inventory[i].serial, sizeof(m->inventory[i].serial), "SG710AT%03u", i);
	}
	for (i = 0; i < REDUND_INV_COUNT; i++)
		sim_inventory_seal(&m->inventory[i]);
}

/**
 * sim_inventory_serial() - another module, told by its serial number
 * @m:		memories of the model
 * @index:	enum redund_inventory_index, of an empty slot
 * @serial:	its serial number
 * Context: under the chassis' lock.
 * Return: 0, or -EINVAL when @serial is empty or too long.
 */
int sim_inventory_serial(struct chassis_mem *m, unsigned int index, const char *serial)
{
	struct redund_inventory *inv = &m->inventory[index];
	size_t len = strlen(serial);

	if (!len || len >= sizeof(inv->serial))
		return -EINVAL;
	memset(inv->serial, 0, sizeof(inv->serial));
	memcpy(inv->serial, serial, len);
	sim_inventory_seal(inv);
	return 0;
}
