// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns DIR/inventory: the EEPROM data of the chassis and of everything in it,
 * as the figures of chapter 15 print them (fig. 15-13) unless changed. One
 * line an entry: index, part number, serial number, description.
 */
#include "vc.h"

#include <linux/redund.h>
#include <string.h>

static struct redund_inventory *entries;
static u32 made; /* serial numbers made so far, kept in the file */

static const struct part {
	int first, last; /* places it fits */
	const char *part, *description;
} parts[] = {
	{ REDUND_INV_CHASSIS, REDUND_INV_CHASSIS, "J9091A", "8212zl J9091A" },
	{ REDUND_INV_MM, REDUND_INV_MM + 1, "J9092A", "ProCurve J9092A Management Module 8200zl" },
	{ REDUND_INV_FABRIC, REDUND_INV_FABRIC + 1, "J9093A",
	  "ProCurve J9093A F2 Fabric Module 8200zl" },
	{ REDUND_INV_SUPPORT, REDUND_INV_SUPPORT, "J9095A",
	  "ProCurve J9095A System Support Module 8200zl" },
	{ REDUND_INV_IM, REDUND_INV_IM + 11, "J8702A", "ProCurve J8702A 24p Gig-T zl Module" },
	{ REDUND_INV_IM, REDUND_INV_IM + 11, "J8708A", "ProCurve J8708A 4p 10G CX4 zl Module" },
	{ REDUND_INV_IM, REDUND_INV_IM + 11, "J8707A", "ProCurve J8707A 4p 10G X2 zl Module" },
	{ REDUND_INV_IM, REDUND_INV_IM + 11, "J8705A",
	  "ProCurve J8705A 20p GigT+4p SFP zl Module" },
	{ REDUND_INV_IM, REDUND_INV_IM + 11, "J8706A", "ProCurve J8706A 24p SFP zl Module" },
};

static const struct {
	int index;
	const char *part, *serial;
} figure[] = {
	{ REDUND_INV_CHASSIS, "J9091A", "LP711BX00Z" },
	{ REDUND_INV_MM, "J9092A", "111111111111" },
	{ REDUND_INV_MM + 1, "J9092A", "222222222222" },
	{ REDUND_INV_FABRIC, "J9093A", "1234SSN" },
	{ REDUND_INV_FABRIC + 1, "J9093A", "5678SSN" },
	{ REDUND_INV_SUPPORT, "J9095A", "SG711SSM01" },
	{ REDUND_INV_IM, "J8708A", "333333333333" },
	{ REDUND_INV_IM + 1, "J8702A", "444444444444" },
	{ REDUND_INV_IM + 2, "J8702A", "555555555555" },
	{ REDUND_INV_IM + 3, "J8702A", "SG710AT0ZZ" },
};

u32 crc32_ieee(const void *data, size_t len)
{
	const u8 *p = data;
	u32 crc = ~0u;

	while (len--) {
		crc ^= *p++;
		for (int i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

static const struct part *find_part(int index, const char *part)
{
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (index >= parts[i].first && index <= parts[i].last &&
		    !strcmp(parts[i].part, part))
			return &parts[i];
	return NULL;
}

static void set(int index, const char *part, const char *serial, const char *description)
{
	struct redund_inventory *e = &entries[index];

	memset(e, 0, sizeof(*e));
	snprintf(e->description, sizeof(e->description), "%s", description);
	snprintf(e->part, sizeof(e->part), "%s", part);
	snprintf(e->serial, sizeof(e->serial), "%s", serial);
	e->crc = crc32_ieee(e, offsetof(struct redund_inventory, crc));
}

bool inventory_known(int index, const char *part)
{
	return find_part(index, part);
}

void inventory_new(int index, const char *part, const char *serial)
{
	const struct part *p = find_part(index, part ? part : entries[index].part);
	char fresh[32];

	if (!p)
		return;
	if (!serial) {
		/* as any other serial number, and the same for the same seed */
		snprintf(fresh, sizeof(fresh), "SG%03uVC%05u", (u32)(vc.opt.seed % 1000), ++made);
		serial = fresh;
	}
	set(index, p->part, serial, p->description);
	inventory_save();
}

void inventory_save(void)
{
	FILE *f = fopen("inventory.new", "we");

	if (!f)
		return;
	fprintf(f, "# made %u\n# index part serial description\n", made);
	for (int i = 0; i < REDUND_INV_COUNT; i++)
		if (entries[i].part[0])
			fprintf(f, "%d %s %s %s\n", i, entries[i].part, entries[i].serial,
				entries[i].description);
	if (fclose(f) || rename("inventory.new", "inventory"))
		perror("inventory");
}

static int read_file(FILE *f)
{
	char line[256], part[16], serial[32], description[64];
	int index;

	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "# made %u", &made) == 1 || line[0] == '#' || line[0] == '\n')
			continue;
		if (sscanf(line, "%d %15s %31s %63[^\n]", &index, part, serial, description) != 4 ||
		    index < 0 || index >= REDUND_INV_COUNT)
			return -1;
		set(index, part, serial, description);
	}
	return 0;
}

int inventory_load(const char *dir, struct redund_inventory *inv)
{
	char path[PATH_MAX + 16];
	int err = 0;
	FILE *f;

	entries = inv;
	memset(inv, 0, REDUND_INV_COUNT * sizeof(*inv));
	snprintf(path, sizeof(path), "%s/inventory", dir);
	f = fopen(path, "re");
	if (f) {
		err = read_file(f);
		fclose(f);
		return err;
	}
	for (size_t i = 0; i < ARRAY_SIZE(figure); i++)
		set(figure[i].index, figure[i].part, figure[i].serial,
		    find_part(figure[i].index, figure[i].part)->description);
	inventory_save();
	return 0;
}
