// SPDX-License-Identifier: GPL-2.0-or-later
/* The words of the specification's enums; the tables are generated from it. */
#include <string.h>
#include "redund.h"
#include "../../kernel/netlink_names.c"

#define ENTRY(which, table) [which] = { table, sizeof(table) / sizeof((table)[0]) }

static const struct {
	const char * const *words;
	unsigned int count;
} tables[RD_ENUMS] = {
	ENTRY(RD_ROLE, redund_role_names),
	ENTRY(RD_OFFLINE_CAUSE, redund_offline_cause_names),
	ENTRY(RD_NOT_READY, redund_not_ready_names),
	ENTRY(RD_REASON, redund_reason_names),
	ENTRY(RD_VERDICT, redund_verdict_names),
	ENTRY(RD_RULE, redund_rule_names),
	ENTRY(RD_PHASE, redund_phase_names),
	ENTRY(RD_PHASE_RESULT, redund_phase_result_names),
	ENTRY(RD_REFUSAL, redund_refusal_names),
	ENTRY(RD_SEVERITY, redund_severity_names),
	ENTRY(RD_MODULE_STATE, redund_module_state_names),
	ENTRY(RD_OBJECT, redund_object_names),
	ENTRY(RD_SELFTEST, redund_selftest_state_names),
	ENTRY(RD_PAST_ROLE, redund_past_role_names),
	ENTRY(RD_BOOT_IMAGE, redund_boot_image_names),
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
