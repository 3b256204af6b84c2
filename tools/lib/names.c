// SPDX-License-Identifier: GPL-2.0-or-later
/* The words of the specification's enums; the tables are generated from it. */
#include <string.h>
#include "redund.h"
#include "../../kernel/netlink_names.c"

#define TABLE(table)                                  \
	{                                             \
		table, sizeof(table) / sizeof(char *) \
	}

static const struct {
	const char *const *words;
	unsigned int count;
} tables[RD_ENUMS] = {
	[RD_ROLE] = TABLE(redund_role_names),
	[RD_OFFLINE_CAUSE] = TABLE(redund_offline_cause_names),
	[RD_NOT_READY] = TABLE(redund_not_ready_names),
	[RD_REASON] = TABLE(redund_reason_names),
	[RD_VERDICT] = TABLE(redund_verdict_names),
	[RD_RULE] = TABLE(redund_rule_names),
	[RD_PHASE] = TABLE(redund_phase_names),
	[RD_PHASE_RESULT] = TABLE(redund_phase_result_names),
	[RD_REFUSAL] = TABLE(redund_refusal_names),
	[RD_SEVERITY] = TABLE(redund_severity_names),
	[RD_MODULE_STATE] = TABLE(redund_module_state_names),
	[RD_OBJECT] = TABLE(redund_object_names),
	[RD_SELFTEST] = TABLE(redund_selftest_state_names),
	[RD_PAST_ROLE] = TABLE(redund_past_role_names),
	[RD_BOOT_IMAGE] = TABLE(redund_boot_image_names),
	[RD_REBOOT_KIND] = TABLE(redund_reboot_kind_names),
	[RD_DOWN_WHY] = TABLE(redund_down_why_names),
	[RD_CRASH_KIND] = TABLE(redund_crash_kind_names),
	[RD_LINK_STATE] = TABLE(redund_link_state_names),
	[RD_HEARTBEAT_LOSS] = TABLE(redund_heartbeat_loss_names),
};

unsigned int rd_count(enum rd_enum which)
{
	return which < RD_ENUMS ? tables[which].count : 0;
}

const char *rd_name(enum rd_enum which, unsigned int value)
{
	return value < rd_count(which) ? tables[which].words[value] : "unknown";
}

int rd_value(enum rd_enum which, const char *word)
{
	unsigned int i;

	for (i = 0; i < rd_count(which); i++)
		if (!strcmp(tables[which].words[i], word))
			return i;
	return -1;
}

const char *rd_not_ready_doc(unsigned int bit)
{
	return bit < rd_count(RD_NOT_READY) ? redund_not_ready_docs[bit] : "unknown";
}
