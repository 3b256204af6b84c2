// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns the part of the configuration that is the driver's, and the comparison
 * of what runs with what is stored.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "config.h"
#include "redund.h"

int config_running(struct rd *rd, int instance, struct config *c)
{
	struct rd_chassis chassis;
	struct rd_fabric fabric;
	unsigned int i;
	int err;

	config_get(c); /* defaults for what cannot be read */
	err = rd_get_chassis(rd, instance, &chassis);
	if (err)
		return err;
	c->redundancy = chassis.redundancy;
	c->interval_ms = chassis.interval_ms;
	c->misses = chassis.misses;
	for (i = 0; i < RD_FABRICS; i++) {
		err = rd_get_fabric(rd, instance, i + 1, &fabric);
		if (err)
			return err;
		c->fabric[i] = fabric.enabled;
	}
	c->hold = chassis.heartbeat_loss == REDUND_HEARTBEAT_LOSS_HOLD;
	c->said = CONFIG_DRIVER & ~(c->hold ? 0 : CONFIG_LOSS);
	return 0;
}

int config_booted(struct rd *rd, int instance, enum flash_which *image)
{
	struct rd_chassis chassis;
	struct rd_mm mm;
	int err;

	*image = FLASH_PRIMARY;
	err = rd_get_chassis(rd, instance, &chassis);
	if (!err)
		err = rd_get_mm(rd, instance, chassis.own_slot, &mm);
	if (!err && mm.boot_image == REDUND_BOOT_IMAGE_SECONDARY)
		*image = FLASH_SECONDARY;
	return err;
}

/* What the driver starts with when nobody set it. */
static uint32_t parameter(const char *name, uint32_t otherwise)
{
	char path[128], text[32], *end;
	unsigned long value;

	snprintf(path, sizeof(path), "/sys/module/redund/parameters/%s", name);
	if (flash_read(path, text, sizeof(text)) <= 0)
		return otherwise;
	value = strtoul(text, &end, 10);
	return end != text && value && value <= UINT32_MAX ? value : otherwise;
}

/* A stored configuration that does not say it means the driver's defaults. */
static void fill_defaults(struct config *c)
{
	unsigned int i;

	if (!(c->said & CONFIG_REDUNDANCY))
		c->redundancy = true;
	for (i = 0; i < RD_FABRICS; i++)
		if (!(c->said & CONFIG_FABRIC << i))
			c->fabric[i] = true;
	if (!(c->said & CONFIG_HEARTBEAT)) {
		c->interval_ms = parameter("interval_ms", 10);
		c->misses = parameter("misses", 3);
	}
	if (!(c->said & CONFIG_LOSS))
		c->hold = false;
	c->said = CONFIG_DRIVER;
}

int config_dirty(struct rd *rd, int instance)
{
	char text[CONFIG_TEXT_MAX], why[CONFIG_WHY_MAX];
	struct config running, stored;
	enum flash_which image;
	int err;

	err = config_running(rd, instance, &running);
	if (!err)
		err = config_booted(rd, instance, &image);
	if (err)
		return err;
	if (config_load(config_startup(image), text, why) < 0)
		text[0] = '\0';
	/* a line that means nothing would be gone after `write memory' */
	if (config_parse(text, &stored, NULL, NULL))
		return 1;
	fill_defaults(&stored);
	running.said = CONFIG_DRIVER;
	return config_diff(&running, &stored, text) != 0;
}
