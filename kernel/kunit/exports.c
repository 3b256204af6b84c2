// SPDX-License-Identifier: GPL-2.0-only
/*
 * What KUnit suites reach of redund.ko; linked into it only for kernels with
 * KUnit, so that a product exports back-end functions and nothing else.
 */
#include <linux/export.h>
#include "../redund.h"

EXPORT_SYMBOL_GPL(rd_set);
EXPORT_SYMBOL_GPL(rd_settings_params);
EXPORT_SYMBOL_GPL(rd_heartbeat_valid);
EXPORT_SYMBOL_GPL(rd_look);
EXPORT_SYMBOL_GPL(rd_now);
EXPORT_SYMBOL_GPL(rd_clock_sync);
EXPORT_SYMBOL_GPL(rd_boot_worker);
EXPORT_SYMBOL_GPL(rd_beat_init);
EXPORT_SYMBOL_GPL(rd_beat_start);
EXPORT_SYMBOL_GPL(rd_beat_stop);
EXPORT_SYMBOL_GPL(rd_beat_publish);
EXPORT_SYMBOL_GPL(rd_frame_parse);
EXPORT_SYMBOL_GPL(rd_rec_seal);
EXPORT_SYMBOL_GPL(rd_rec_take);
EXPORT_SYMBOL_GPL(rd_failover_init);
EXPORT_SYMBOL_GPL(rd_failover_exit);
EXPORT_SYMBOL_GPL(rd_failover_armed);
EXPORT_SYMBOL_GPL(rd_failover_fresh);
EXPORT_SYMBOL_GPL(rd_failover_may_write);
EXPORT_SYMBOL_GPL(rd_wdt_ok);
EXPORT_SYMBOL_GPL(rd_fabric_takeover);
EXPORT_SYMBOL_GPL(rd_fabric_look);
EXPORT_SYMBOL_GPL(rd_fabric_read);
EXPORT_SYMBOL_GPL(rd_slots_reset);
EXPORT_SYMBOL_GPL(rd_slots_start);
EXPORT_SYMBOL_GPL(rd_slots_look);
EXPORT_SYMBOL_GPL(rd_panel_leds);
EXPORT_SYMBOL_GPL(rd_panel_update);
EXPORT_SYMBOL_GPL(rd_panel_buttons);
EXPORT_SYMBOL_GPL(rd_evlog_init);
EXPORT_SYMBOL_GPL(rd_evlog_exit);
EXPORT_SYMBOL_GPL(rd_evlog_add);
EXPORT_SYMBOL_GPL(rd_evlog_get);
EXPORT_SYMBOL_GPL(rd_event_number);
EXPORT_SYMBOL_GPL(rd_log_event);
EXPORT_SYMBOL_GPL(rd_refusal_text);
EXPORT_SYMBOL_GPL(rd_nv_load);
EXPORT_SYMBOL_GPL(rd_nv_candidates);
EXPORT_SYMBOL_GPL(rd_nv_store);
EXPORT_SYMBOL_GPL(rd_nv_active);
EXPORT_SYMBOL_GPL(rd_nv_intent);
EXPORT_SYMBOL_GPL(rd_nv_standby);
EXPORT_SYMBOL_GPL(rd_nv_need);
EXPORT_SYMBOL_GPL(rd_hist_begin);
EXPORT_SYMBOL_GPL(rd_hist_phase);
EXPORT_SYMBOL_GPL(rd_hist_verdict);
EXPORT_SYMBOL_GPL(rd_hist_store);
EXPORT_SYMBOL_GPL(role_init);
EXPORT_SYMBOL_GPL(rd_event);
EXPORT_SYMBOL_GPL(rd_config_phase);
EXPORT_SYMBOL_GPL(rd_action);
EXPORT_SYMBOL_GPL(rd_sync_begin);
EXPORT_SYMBOL_GPL(redund_set_fabric);
EXPORT_SYMBOL_GPL(redund_set_heartbeat);
EXPORT_SYMBOL_GPL(redund_set_redundancy);
EXPORT_SYMBOL_GPL(redund_set_active);
EXPORT_SYMBOL_GPL(redund_user_register);
EXPORT_SYMBOL_GPL(redund_sync_ack);
EXPORT_SYMBOL_GPL(redund_history_info);
EXPORT_SYMBOL_GPL(redund_chassis_info);
