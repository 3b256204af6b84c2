/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The protocol between the two daemons, on a connection that is there or not:
 *
 *	session.c	hello, heartbeats, whose messages are taken, the state
 *	source.c	the side that has an item: offers it, sends what is wanted
 *	sink.c		the side that takes it: says what it has, stages, commits
 *	image.c		is an image whole? Before it is sent, and before it is committed
 *	busy.c		a copy that takes its time, as the driver is told of it
 *	hotswap.c	a module with other software: images first, then its reboot
 *
 * It knows the driver through struct session_ops alone, and no socket: a test
 * gives it another driver. Documentation/redund/synchronization.rst says what
 * each side may believe (I1).
 */
#ifndef REDSYNCD_SESSION_H
#define REDSYNCD_SESSION_H

#include <linux/redund.h>
#include "../lib/fit.h"
#include "frame.h"
#include "sync.h"
#include "wire.h"

#define SESSION_BUSY_MS	  50	/* a change of a file or two is no reason to wait */
#define SESSION_SILENT_MS 3000	/* without a message: the link is lost */
#define SESSION_STUCK_MS  30000 /* an item without progress has failed */
#define SESSION_BEAT_MIN  500
#define SESSION_TOLD_MS	  10000 /* then a change counts that the standby has not acknowledged */
#define SESSION_RETRY_MIN 500	/* ms until what failed is tried again, doubled each time */
#define SESSION_RETRY_MAX 8000
#define SESSION_WINDOW	  (2048 * 1024) /* bytes that are sent and not taken yet */
#define SESSION_EAGER	  65536		/* an item of so few bytes is sent unasked */
#define SESSION_PROGRESS  (512 * 1024)	/* bytes taken that are told */
#define SESSION_SLICE	  (1024 * 1024) /* bytes read or flushed before others have their turn */

/* What the driver says. */
struct view_mm {
	bool present;
	uint32_t role, offline_cause, incarnation, boot_image, sw_build;
	char serial[FRAME_SERIAL_MAX], sw_version[FRAME_VERSION_MAX], sw_stamp[FRAME_STAMP_MAX];
};

struct view {
	bool valid;
	unsigned int slot, owner; /* 0 unknown, none */
	uint32_t epoch, interval_ms;
	bool redundancy;
	struct view_mm own, peer;
};

struct session_ops {
	/* asks the driver anew; 0, or a negative errno: then nothing may be believed */
	int (*look)(void *data, struct view *v);
	void (*sync_ack)(void *data, bool synced, const char *text);
	void (*link_report)(void *data, bool alive);
	void (*busy)(void *data, bool busy, unsigned int seconds, const char *text);
	/* @number: of the chapter, 0 a line without one */
	void (*event)(void *data, unsigned int number, unsigned int severity, const char *text);
	void (*reboot)(void *data, unsigned int image);
	/* the flash image that holds the software that runs here, 0: none does */
	unsigned int (*same_image)(void *data);
	/* the program of the policy that is to run after a commit */
	void (*after)(void *data, const struct sync_item *item);
	/* as fit_check_begin(), fit_check_on() and fit_check_end() */
	int (*image_begin)(int fd, struct fit_check **check, char *why, size_t size);
	int (*image_on)(struct fit_check *check, size_t budget, char *why, size_t size);
	void (*image_end)(struct fit_check *check);
	int64_t (*now_ms)(void *data);
};

enum item_state {
	ITEM_WAITING, /* for the other module, or its turn */
	ITEM_EQUAL,   /* on stable storage on both */
	ITEM_COPYING,
	ITEM_HELD,
	ITEM_CONFLICT,
	ITEM_FAILED,
};

enum image_verdict { IMAGE_UNKNOWN, IMAGE_WHOLE, IMAGE_DAMAGED };

/* A look at the files of an item of class image. */
struct image_look {
	bool wanted;		     /* it goes on */
	uint8_t digest[SYNC_DIGEST]; /* of the manifest it is about */
	enum image_verdict verdict;  /* when it has ended */
	unsigned int file;
	int fd; /* of that file, -1 none */
	struct fit_check *check;
};

/* An item on one of the two sides. */
struct exchange {
	/* what it is here */
	bool due;	 /* to be scanned: it may have changed */
	bool held;	 /* store_held(), when it was scanned */
	bool scanned;	 /* store_manifest() is what it was when last looked */
	int64_t scan_ms; /* not before, after a failure */
	/* what is known of the other side */
	bool known;
	uint64_t peer_generation;
	uint8_t peer_digest[SYNC_DIGEST];
	struct sync_manifest peer; /* the source: as it was told */
	/* what goes on */
	enum item_state state;
	char error[FRAME_TEXT_MAX];
	uint64_t done, total;
	int64_t begin_ms, progress_ms, retry_ms;
	int64_t proposed_ms; /* the source: when store_propose() had something to propose */
	bool confirm;	     /* ... and it is acknowledged: written in the next turn */
	int retry;	     /* the wait before the next try */
	/* the source */
	bool offered;	/* a manifest that is not answered yet */
	bool open;	/* as last looked: session_open() */
	bool acked;	/* the other side said that it has it */
	bool force;	/* by the operator's word */
	uint64_t offer; /* its generation */
	uint64_t said;	/* event 22 was said of this generation, and has not ended */
	struct frame_want want;
	unsigned int part;
	int fd; /* of the part in hand, -1 none */
	uint64_t offset, sent, taken;
	struct image_look image;
	/* the sink */
	struct txn *txn;
	bool prepare;		  /* every byte is there */
	bool eager;		  /* all data comes unasked */
	uint64_t told;		  /* ->done as told */
	uint64_t have_generation; /* as told */
	uint8_t have_digest[SYNC_DIGEST];
	bool have_told;
};

struct session {
	const struct session_ops *ops;
	void *data;
	struct store *store;
	const struct sync_policy *policy;
	const char *flash;
	struct view view;
	struct wire *wire; /* NULL: not connected */
	bool broken;	   /* ... cannot go on */
	bool greeted;	   /* a hello came on this connection */
	struct frame_head peer_head;
	struct frame_hello peer_hello;
	uint32_t hello_epoch; /* as said to the other side */
	bool hello_said, hello_ready;
	/* the exchange that goes on: between whom, in which epoch */
	bool matched;
	uint32_t matched_epoch, matched_incarnation;
	struct exchange x[SYNC_ITEMS_MAX];
	/* times */
	int64_t heard_ms, sent_ms, report_ms, scrub_ms;
	bool alive; /* as reported */
	/* the active */
	bool initial, initial_told;
	bool rebooted; /* ... goes on when the standby has booted what it was sent (S-157) */
	uint32_t done_incarnation, done_epoch; /* of the last complete one */
	bool overwrite; /* redundancy was just enabled: this side wins (S-059) */
	bool image_copied;
	uint32_t image_incarnation;
	int64_t reboot_ms; /* until then the standby is expected to go */
	bool state_said, state_synced;
	char state_text[FRAME_TEXT_MAX];
	/* the standby */
	bool told; /* the active said how it is */
	bool synced, acked, acked_synced;
	char text[FRAME_TEXT_MAX], acked_text[FRAME_TEXT_MAX];
	uint32_t acked_role;
	/* both */
	bool busy;
	int64_t busy_ms;
	unsigned int refused; /* messages that were not believed */
	char over[200];	      /* why the last connection ended */
};

/* ---- session.c ------------------------------------------------------------------- */

void session_init(struct session *s, const struct session_ops *ops, void *data, struct store *store,
		  const struct sync_policy *policy, const char *flash);
void session_free(struct session *s);

/** session_look() - ask the driver; call it at each of its changes. Return: as ops->look */
int session_look(struct session *s);
/** session_connected() - a connection in place of the one before; NULL: it is over */
void session_connected(struct session *s, struct wire *w);
/** session_ready() - the connection's socket is. Return: 0, or -1: it is over */
int session_ready(struct session *s);
/** session_message() - one message, as it was decoded */
void session_message(struct session *s, const struct frame *f);
/** session_changed() - items that may have changed. @mask: bit N is item N */
void session_changed(struct session *s, uint32_t mask);
/** session_work() - a slice of what is to be done. Return: ms until the next, 0 at once */
int64_t session_work(struct session *s);

/**
 * session_why_alone() - why nothing is sent to the other module
 * @s: session
 *
 * Return: a word, or NULL: it is kept equal.
 */
const char *session_why_alone(const struct session *s);
const char *session_why_text(const char *word);

/**
 * session_all() - the active: are all items that are kept equal at once equal?
 * @s: session
 * @text: the first that is not, with its cause
 * @failed: one cannot be; NULL if it does not matter
 */
bool session_all(const struct session *s, char text[FRAME_TEXT_MAX], bool *failed);
/** session_force() - the operator wants these sent, and compared byte by byte */
void session_force(struct session *s, uint32_t mask, bool force);
/**
 * session_stand() - somebody is told that this module has its changes alone
 * @s: session
 * @mask: items
 *
 * They count from now on: who has others is in conflict with them (I4).
 */
void session_stand(struct session *s, uint32_t mask);
/** session_left() - seconds until what is copied is there, 0 not known */
unsigned int session_left(const struct session *s);

/* for source.c, sink.c, hotswap.c */
bool session_sends(const struct session *s, unsigned int item);	       /* this side is its source */
bool session_takes(const struct session *s, unsigned int item);	       /* ... its sink */
unsigned int session_from(const struct session *s, unsigned int item); /* of the store */
bool session_open(const struct session *s, unsigned int item);	       /* it may be sent now */
void session_send(struct session *s, struct frame *f);
void session_break(struct session *s, const char *why); /* the connection cannot go on */
int64_t session_now(const struct session *s);
unsigned int session_peer(const struct session *s);
void exchange_fail(struct session *s, unsigned int item, const char *text);
void exchange_reset(struct session *s, unsigned int item);

/* source.c */
void source_have(struct session *s, const struct frame_manifest *m);
void source_want(struct session *s, const struct frame_want *want);
void source_progress(struct session *s, const struct frame_progress *p);
void source_ack(struct session *s, const struct frame_ack *a);
void source_step(struct session *s, unsigned int item); /* what there is to do for it */
void source_pump(struct session *s);			/* file data, as long as there is room */
void source_stop(struct exchange *x);

/* sink.c */
void sink_manifest(struct session *s, const struct frame_manifest *m);
void sink_data(struct session *s, const struct frame_data *d);
void sink_equal(struct session *s, const struct frame_ack *a);
void sink_state(struct session *s, const struct frame_state *state);
void sink_step(struct session *s, unsigned int item);
bool sink_work(struct session *s, bool images); /* Return: there is more */
void sink_stop(struct exchange *x);
void sink_report(struct session *s); /* to the driver: synchronized or not */

/* image.c */

/**
 * image_whole() - may the source give this a generation, and send it?
 * @s: session
 * @item: number in the policy
 * @m: what it is now
 *
 * Return: false: it is damaged and the item has failed, or it is being looked at.
 */
bool image_whole(struct session *s, unsigned int item, const struct sync_manifest *m);
/** image_work() - look at a piece of the images that are to be sent. Return: there is more */
bool image_work(struct session *s);
/** image_staged() - look at a piece of what was sent. Return: as fit_check_on() */
int image_staged(struct session *s, unsigned int item, char *why, size_t size);
void image_stop(struct session *s, unsigned int item);

/* busy.c */
void busy_report(struct session *s, int64_t now);

/* hotswap.c */
bool hotswap_idle(const struct session *s);			/* every image is there */
bool hotswap_waits(const struct session *s, unsigned int item); /* images go first */
bool hotswap_step(struct session *s); /* Return: the standby is about to reboot */

#endif /* REDSYNCD_SESSION_H */
