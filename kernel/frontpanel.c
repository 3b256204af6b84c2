// SPDX-License-Identifier: GPL-2.0-only
/*
 * The front panel: buttons, and the LEDs of table 15-2, S-133 to S-149 and
 * S-243 to S-249. What a slot that is OUT shows is the owner's (peer LED
 * register) and, after a completed shutdown, the controller's.
 */
#include "redund.h"

#define RD_LED(led, state)	((u32)(state) << LED_##led##_SHIFT)

static bool rd_panel_peer_failed(const struct redund *rd)
{
	return rd->view.peer.valid && rd->view.peer.selftest == REDUND_SELFTEST_FAILED;
}

/* Both failed selftest, or the only one did: nobody is operational (S-249). */
static bool rd_panel_dead_chassis(const struct redund *rd)
{
	return rd->role.role == REDUND_ROLE_FAILED && !rd->view.owner &&
	       (!rd->view.peer_present || rd_panel_peer_failed(rd));
}

static u32 rd_panel_actv(const struct redund *rd)
{
	switch (rd->role.role) {
	case REDUND_ROLE_ACTIVE:
		return REDUND_LED_GREEN;
	case REDUND_ROLE_TAKING_OVER:
		return REDUND_LED_GREEN_FLASH;
	case REDUND_ROLE_FAILED:
		/* A failed standby of an active module (S-244). */
		return rd->view.owner == rd_peer(rd) ? REDUND_LED_ORANGE_FAST :
						       REDUND_LED_OFF;
	default:
		return REDUND_LED_OFF;
	}
}

static u32 rd_panel_stby(const struct redund *rd)
{
	if (rd->role.role == REDUND_ROLE_STANDBY)
		return REDUND_LED_GREEN;
	if (rd->role.role == REDUND_ROLE_SYNCING)
		return REDUND_LED_GREEN_SLOW;
	return REDUND_LED_OFF;
}

static u32 rd_panel_fault(const struct redund *rd)
{
	if (rd_panel_dead_chassis(rd))
		return REDUND_LED_ORANGE_FLASH;
	return rd->role.role == REDUND_ROLE_FAILED ? REDUND_LED_ORANGE : REDUND_LED_OFF;
}

/**
 * rd_panel_leds() - the LEDs of this module: a function of its state (C-31)
 * @rd: instance
 *
 * Context: redund.lock.
 * Return: value of REG_LED
 */
u32 rd_panel_leds(const struct redund *rd)
{
	return RD_LED(ACTV, rd_panel_actv(rd)) | RD_LED(STBY, rd_panel_stby(rd)) |
	       RD_LED(DWN, rd->dwn_flash ? REDUND_LED_GREEN_FLASH : REDUND_LED_OFF) |
	       RD_LED(FAULT, rd_panel_fault(rd));
}

/* What the peer's panel shows while it is OUT: a failed or dead standby. */
static u32 rd_panel_peer(const struct redund *rd)
{
	if (rd->role.role != REDUND_ROLE_ACTIVE || !rd->view.peer_present ||
	    (rd->status & STATUS_PEER_SHUT_DOWN) || !rd->view.peer_out)
		return 0;
	return RD_LED(ACTV, REDUND_LED_ORANGE_FAST);
}

static void rd_panel_write(struct redund *rd, u32 reg, u32 *shown, u32 value)
{
	if (*shown == value && rd->led_valid)
		return;
	*shown = value;
	rd_write32(rd, reg, value);
}

/**
 * rd_panel_update() - show what changed
 * @rd: instance
 *
 * Context: redund.lock, after each event.
 */
void rd_panel_update(struct redund *rd)
{
	if (rd->dead || rd->going_down || rd->view.self_out) {
		/* Another start, or the controller, shows something else then. */
		rd->led_valid = false;
		return;
	}
	rd_panel_write(rd, REG_LED, &rd->led, rd_panel_leds(rd));
	rd_panel_write(rd, REG_SYSTEM_LED, &rd->system_led,
		       rd_panel_dead_chassis(rd) ? REDUND_LED_ORANGE_FLASH : REDUND_LED_OFF);
	if (rd_owns(rd))
		rd_panel_write(rd, REG_PEER_LED, &rd->peer_led, rd_panel_peer(rd));
	rd->led_valid = true;
}

/**
 * rd_panel_buttons() - a button was pressed
 * @rd: instance
 * @cause: CAUSE_* as latched
 *
 * Clear triggers nothing (S-121, C-18). MM Reset is the controller's; that of
 * the peer is a cause that the state machine sees.
 *
 * Context: redund.lock.
 */
void rd_panel_buttons(struct redund *rd, u32 cause)
{
	if (cause & CAUSE_BUTTON_CLEAR)
		rd_log(rd, 0, REDUND_SEVERITY_INFORMATION, 0, "chassis",
		       "Clear button pressed");
	if (!(cause & CAUSE_BUTTON_SHUTDOWN))
		return;
	/* Before the boot event it is kept: the machine says that it is ignored. */
	if (rd->booted)
		rd_shutdown_pressed(rd);
	else
		rd->shutdown_pressed = true;
}
