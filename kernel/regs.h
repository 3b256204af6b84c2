/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The register window of the backplane controller, as one slot sees it.
 *
 * This file owns offsets, bits and codes and nothing else; what each register
 * does and promises is written in Documentation/redund/registers.rst. Shared
 * by the driver, the simulator, the chassis model and host programs.
 *
 * All registers are little-endian 32-bit words. A 64-bit register is read as
 * one 64-bit access or as its low word and then its high word: reading the
 * low word latches the high one, so that both forms are never torn (G1, G10).
 */
#ifndef REDUND_REGS_H
#define REDUND_REGS_H

#define REDUND_WINDOW_SIZE	0x40000

/*
 * PCI identification of the FPGA back end (BAR 0 is the window, one MSI). Not
 * assigned to anybody: a board has its maker's numbers, which the driver takes
 * from /sys/bus/pci/drivers/redund_pci/new_id or a line in bp_pci.c.
 */
#define REDUND_PCI_VENDOR	0x5244
#define REDUND_PCI_DEVICE	0x0001

/* --- identification ------------------------------------------------- */
#define REG_ID			0x000	/* RO REDUND_ID */
#define REDUND_ID		0x52445542u	/* "RDUB" */
#define REG_VERSION		0x004	/* RO major << 16 | minor */
#define REDUND_VERSION_MAJOR	1
#define REDUND_VERSION_MINOR	1
#define REG_SLOT		0x008	/* RO own slot, 1 or 2 */
#define REG_CAPS		0x00c	/* RO bit n - 1: guarantee Gn is kept */
#define CAPS_ALL		0x3ffu
#define REG_SCRATCH		0x010	/* RW for the selftest, reset 0 */
#define REG_INCARNATION		0x014	/* RO number of this start of the slot */
#define REG_JOIN		0x018	/* WO INCARNATION: leave OUT (G5) */
#define REG_BOOT_CAUSE		0x01c	/* RO enum redund_reset_cause */

/* --- combined status: one 64-bit read per beat ------------------------ */
#define REG_STATUS		0x020	/* RO64 low word below, high = epoch */
#define STATUS_OWNER		0x00000003u	/* 0 none, else the slot */
#define STATUS_PEER_PRESENT	0x00000004u
#define STATUS_PEER_POWERED	0x00000008u
#define STATUS_PEER_IN_RESET	0x00000010u
#define STATUS_PEER_OUT		0x00000020u
#define STATUS_SELF_OUT		0x00000040u
#define STATUS_OFFER		0x00000080u	/* the owner offers the grant */
#define STATUS_PEER_MAY_TAKE	0x00000100u	/* FENCE is allowed (G6) */
#define STATUS_CAUSE		0x00000200u	/* CAUSE has a bit (but BEAT) */
#define STATUS_PEER_GOING_DOWN	0x00000400u
#define STATUS_PEER_STUCK	0x00000800u	/* its reset did not work */
#define STATUS_FABRIC_PRESENT	0x00003000u	/* fabric module 1, 2 */
#define STATUS_FABRIC_SHIFT	12
#define STATUS_PEER_SHUT_DOWN	0x00004000u	/* it completed SHUTDOWN_DONE */
#define STATUS_PEER_BEAT	0x00ff0000u	/* low 8 bits of PEER_BEAT */
#define STATUS_PEER_BEAT_SHIFT	16
#define STATUS_PEER_SEQ		0xff000000u	/* low 8 bits of PEER_SEQ */
#define STATUS_PEER_SEQ_SHIFT	24

/* --- heartbeat and failover timer (G3, G8) ----------------------------- */
#define REG_BEAT		0x028	/* RW ms: count up, re-arm, ring; reads the count */
#define REG_PEER_BEAT		0x02c	/* RO count of the peer */
#define REG_CLOCK		0x030	/* RO64 common microseconds (G10) */
#define REG_TIMER_LEFT		0x038	/* RO us until own timer expires, 0 disarmed */
#define REG_TIMER_REARM		0x03c	/* WO ms: re-arm without a beat */
#define REG_TIMER_MAX		0x040	/* RO ms: clamp of every re-arm */
#define REG_TIMER_BOOT		0x044	/* RO ms: boot bound */
#define REG_TIMER_DOWN		0x048	/* RO ms: shutdown bound */
#define REG_REARMS		0x04c	/* RO own re-arm count */

/* --- grant commands (G1, G6): arguments, then CMD executes ------------- */
#define REG_CMD_EPOCH		0x050	/* RW epoch the command was decided on */
#define REG_CMD_ARG		0x054	/* RW FENCE: re-arm count; OFFER: ms */
#define REG_CMD			0x058	/* WO enum redund_cmd */
#define REG_CMD_RESULT		0x05c	/* RO enum redund_result | owner << 8 */
#define CMD_RESULT_OWNER_SHIFT	8
#define OFFER_MAX_MS		60000u	/* longest deadline of an OFFER */
#define REG_PEER_REARMS		0x060	/* RO re-arm count of the peer */
#define REG_PEER_TAKE		0x064	/* RW[owner] 1: peer may take */
#define REG_GOING_DOWN		0x068	/* WO enum redund_down_reason: panic-safe */
#define REG_PEER_DOWN_REASON	0x06c	/* RO last reason of the peer */
#define REG_PEER_INCARNATION	0x070	/* RO INCARNATION of the peer */

enum redund_cmd {
	REDUND_CMD_CLAIM = 1,
	REDUND_CMD_FENCE,
	REDUND_CMD_FENCE_FORCED,	/* an operator's: omits the re-arm count */
	REDUND_CMD_RELEASE,
	REDUND_CMD_OFFER,
	REDUND_CMD_WITHDRAW,
	REDUND_CMD_SHUTDOWN_DONE,	/* non-owner: disarm, LEDs, safe to pull */
};

enum redund_result {
	REDUND_RES_NONE,
	REDUND_RES_OK,
	REDUND_RES_STALE,		/* epoch or re-arm count differs */
	REDUND_RES_HELD,		/* held by the other, nothing offered */
	REDUND_RES_FREE,		/* fence, release, offer of a free grant */
	REDUND_RES_OWN,			/* claim or fence by the owner itself */
	REDUND_RES_NOT_OWNER,
	REDUND_RES_OUT,			/* the slot is OUT */
	REDUND_RES_NOT_ALLOWED,		/* "peer may take" is not set */
	REDUND_RES_NOT_ARMED,		/* own failover timer does not run */
	REDUND_RES_INVALID,		/* unknown command or argument */
};

/* Why a module goes down (REG_GOING_DOWN); 0 is ignored and counted. */
enum redund_down_reason {
	REDUND_DOWN_NONE,
	REDUND_DOWN_PANIC,
	REDUND_DOWN_REBOOT,
	REDUND_DOWN_HALT,
	REDUND_DOWN_POWER_OFF,
	REDUND_DOWN_SHUTDOWN,		/* MM Shutdown button, no return */
};

enum redund_reset_cause {
	REDUND_RESET_POWER,
	REDUND_RESET_TIMER,
	REDUND_RESET_FENCE,
	REDUND_RESET_BUTTON,
	REDUND_RESET_COMMAND,		/* PEER_RESET, or its own reboot */
	REDUND_RESET_SYSTEM,
};

/* --- protected registers: the owner's only (G2) ------------------------ */
#define REG_FABRIC_ENABLE	0x080	/* RW[owner] bits 0, 1; power-on 3 */
#define REG_FABRIC_PRESENT	0x084	/* RO */
#define REG_IM_RESET		0x088	/* RW[owner] bits 0 to 11: held in reset */
#define REG_IM_PRESENT		0x08c	/* RO */
#define REG_IM_STATE		0x090	/* RO64 4 bits a slot, enum redund_im_hw */
#define REG_PEER_RESET		0x098	/* WO[owner] PEER_RESET_PULSE or _HOLD, 0 frees */
#define PEER_RESET_PULSE	1
#define PEER_RESET_HOLD		2
#define REDUND_IM_SLOTS		12

enum redund_im_hw {
	REDUND_IM_ABSENT,
	REDUND_IM_RESET,
	REDUND_IM_DOWNLOADING,
	REDUND_IM_UP,
	REDUND_IM_FAILED,
};

/* --- latched causes and interrupts (G4) -------------------------------- */
#define REG_CAUSE		0x0a0	/* RW1C */
#define REG_INT_ENABLE		0x0a4	/* RW, reset 0 */
#define CAUSE_PEER_GOING_DOWN	0x00000001u
#define CAUSE_PEER_REMOVED	0x00000002u
#define CAUSE_PEER_POWER	0x00000004u	/* power lost */
#define CAUSE_PEER_RESET	0x00000008u	/* button, command, system */
#define CAUSE_PEER_EXPIRED	0x00000010u	/* its failover timer */
#define CAUSE_PEER_FENCED	0x00000020u
#define CAUSE_PEER_INSERTED	0x00000040u
#define CAUSE_PEER_JOINED	0x00000080u
#define CAUSE_GRANT		0x00000100u	/* owner or epoch changed */
#define CAUSE_OFFER		0x00000200u	/* offer made or ended */
#define CAUSE_SELF_OUT		0x00000400u
#define CAUSE_FRAME		0x00000800u	/* the peer published a frame */
#define CAUSE_BEAT		0x00001000u	/* the peer's beat */
#define CAUSE_BUTTON_SHUTDOWN	0x00002000u	/* own MM Shutdown */
#define CAUSE_BUTTON_CLEAR	0x00004000u	/* system support module */
#define CAUSE_FABRIC		0x00008000u	/* presence changed */
#define CAUSE_IM		0x00010000u	/* state or presence changed */
#define CAUSE_PEER_STUCK	0x00020000u	/* peer's reset line failed */
#define CAUSE_BUTTON_RESET	0x00040000u	/* peer's MM Reset was pressed */
#define CAUSE_ALL		0x0007ffffu
/* the peer, owner or not, went away: hardware causes of C-37 are these
 * without GOING_DOWN
 */
#define CAUSE_PEER_LOST		(CAUSE_PEER_GOING_DOWN | CAUSE_PEER_REMOVED | \
				 CAUSE_PEER_POWER | CAUSE_PEER_RESET | \
				 CAUSE_PEER_EXPIRED | CAUSE_PEER_FENCED)

/* --- LEDs: 4 bits each, enum redund_led_state --------------------------- */
#define REG_LED			0x0b0	/* RW own LEDs */
#define REG_PEER_LED		0x0b4	/* RW[owner] shown while the peer is OUT */
#define REG_SYSTEM_LED		0x0b8	/* RW own vote for the chassis fault LED */
#define REG_LOCATE		0x0bc	/* RW[owner] 1.1: locate LED of the chassis, one code */
#define LED_ACTV_SHIFT		0
#define LED_STBY_SHIFT		4
#define LED_DWN_SHIFT		8
#define LED_FAULT_SHIFT		12
#define LED_LOCATE_SHIFT	16	/* in traces only */

enum redund_led_state {
	REDUND_LED_OFF,
	REDUND_LED_GREEN,
	REDUND_LED_GREEN_FLASH,
	REDUND_LED_GREEN_SLOW,		/* slow flash: C-31, syncing */
	REDUND_LED_ORANGE,
	REDUND_LED_ORANGE_FLASH,
	REDUND_LED_ORANGE_FAST,		/* orange-fast-flash: table 15-2 */
};

/* --- mailbox, chassis memory, counters ---------------------------------- */
#define REG_PUBLISH		0x0c0	/* WO any: FRAME_OUT becomes visible, seq + 1 */
#define REG_PEER_SEQ		0x0c4	/* RO publications of the peer */
#define REG_OWN_SEQ		0x0c8	/* RO */
#define REG_REFUSED		0x0d0	/* RO refused writes of this slot */
#define REG_PEER_REFUSED	0x0d4	/* RO */
#define REG_NV_COMMIT		0x0e0	/* WO enum redund_nv: staged area becomes the record */
#define REG_NV_RESULT		0x0e4	/* RO enum redund_result of the last commit */

enum redund_nv {
	REDUND_NV_CHASSIS = 1,		/* owner only */
	REDUND_NV_MODULE = 2,		/* own module record */
};

/* --- memory areas -------------------------------------------------------- */
#define WIN_INVENTORY		0x01000	/* RO struct redund_inventory[] */
#define WIN_INVENTORY_SIZE	0x01000
#define WIN_FRAME_OUT		0x02000	/* RW staged until PUBLISH */
#define WIN_FRAME_IN		0x02400	/* RO the peer's last publication */
#define WIN_FRAME_SIZE		0x00100
#define WIN_NV_CHASSIS		0x04000	/* RW[owner] reads committed, writes stage */
#define WIN_NV_CHASSIS_SIZE	0x01000
#define WIN_NV_MODULE		0x05000	/* RW the same, by own serial number */
#define WIN_NV_PEER		0x05400	/* RO the peer's module record */
#define WIN_NV_MODULE_SIZE	0x00400
#define WIN_CRASH		0x10000	/* RW own; also while going down */
#define WIN_PEER_CRASH		0x20000	/* RO */
#define WIN_CRASH_SIZE		0x10000

/* Index into the inventory; each entry is struct redund_inventory. */
enum redund_inventory_index {
	REDUND_INV_CHASSIS = 0,
	REDUND_INV_MM = 1,		/* 1, 2 */
	REDUND_INV_FABRIC = 3,		/* 3, 4 */
	REDUND_INV_SUPPORT = 5,
	REDUND_INV_IM = 6,		/* 6 to 17: A to L */
	REDUND_INV_COUNT = 18,
};

#endif /* REDUND_REGS_H */
