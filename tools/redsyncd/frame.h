/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The messages between the two daemons: how each is written and read. Pure and
 * bounded: no allocation, no input or output, every length checked against what
 * is there. Documentation/redund/synchronization.rst is the contract.
 *
 * Numbers are little-endian, a string is a length byte and printable ASCII. A
 * reader ignores what follows the last field it knows, and a type it does not
 * know: during an upgrade the two modules run different versions.
 */
#ifndef REDSYNCD_FRAME_H
#define REDSYNCD_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_MAGIC	    0x5352 /* "RS" */
#define FRAME_VERSION	    1
#define FRAME_HEAD	    20
#define FRAME_BODY_MAX	    (96 * 1024 + 256) /* a manifest, SYNC_MANIFEST_MAX */
#define FRAME_MAX	    (FRAME_HEAD + FRAME_BODY_MAX)
#define FRAME_CHUNK	    (64 * 1024) /* most file bytes in a message */
#define FRAME_MANIFEST_TEXT (96 * 1024)
#define FRAME_NAME_MAX	    16 /* of an item, with its end */
#define FRAME_TEXT_MAX	    64
#define FRAME_SERIAL_MAX    33
#define FRAME_VERSION_MAX   33
#define FRAME_STAMP_MAX	    49
#define FRAME_FILES_MAX	    256
#define FRAME_DIGEST	    32

enum frame_type {
	FRAME_HELLO = 1, /* first message of each side, and when its state changed */
	FRAME_BEAT,	 /* heartbeat */
	FRAME_MANIFEST,	 /* the owner: "this is my item" */
	FRAME_WANT,	 /* "send me these parts of it" */
	FRAME_DATA,	 /* a part of a file */
	FRAME_PROGRESS,	 /* bytes taken so far: the window */
	FRAME_ACK,	 /* how it ended */
	FRAME_STATE,	 /* the active: all items are equal, or which is not */
	FRAME_HAVE,	 /* the other side: "this is what I have of it" */
};

/* How the receiver answers a manifest. */
enum frame_status {
	FRAME_STATUS_EQUAL,    /* it is on stable storage */
	FRAME_STATUS_CONFLICT, /* the receiver's is of a higher generation (I4) */
	FRAME_STATUS_HELD,     /* kept back by `redctl update' (C-33) */
	FRAME_STATUS_STALE,    /* the sender is not what the driver says, or it changed meanwhile */
	FRAME_STATUS_REFUSED,  /* not in the policy, a bad path, a bad manifest */
	FRAME_STATUS_DISK_FULL,
	FRAME_STATUS_FAILED, /* another error */
	FRAME_STATUSES
};

/* In every message: whose it is (I1). */
struct frame_head {
	uint8_t type, slot;
	uint32_t len; /* of the body */
	uint32_t incarnation, epoch;
};

struct frame_hello {
	uint8_t boot_image; /* enum redund_boot_image */
	uint8_t ready;	    /* what the other side said of itself is what the driver says */
	uint32_t sw_build;
	char serial[FRAME_SERIAL_MAX], sw_version[FRAME_VERSION_MAX], sw_stamp[FRAME_STAMP_MAX];
};

enum { FRAME_FORCE = 1, FRAME_EAGER = 2, FRAME_REBOOT = 4 };

struct frame_manifest {
	char item[FRAME_NAME_MAX];
	uint8_t flags;	  /* FRAME_FORCE: replace a higher generation; FRAME_EAGER: data follows */
	const char *text; /* in the message, not ended by a zero byte */
	uint32_t len;
};

struct frame_want {
	char item[FRAME_NAME_MAX];
	uint64_t generation;
	uint32_t count;
	struct {
		uint16_t file; /* of the manifest, from 0 */
		uint64_t offset;
	} part[FRAME_FILES_MAX];
};

struct frame_data {
	char item[FRAME_NAME_MAX];
	uint64_t generation, offset;
	uint16_t file;
	const uint8_t *data; /* in the message */
	uint32_t len;
};

struct frame_progress {
	char item[FRAME_NAME_MAX];
	uint64_t generation, done, total;
};

struct frame_ack {
	char item[FRAME_NAME_MAX];
	uint64_t generation; /* of the manifest that is answered */
	uint64_t own;	     /* of what the receiver has */
	uint8_t status, flags;
	uint8_t digest[FRAME_DIGEST]; /* of what the receiver has */
	char text[FRAME_TEXT_MAX];
};

struct frame_state {
	uint8_t synced, flags;
	uint8_t boot_image; /* with FRAME_REBOOT: from which one (S-156) */
	char text[FRAME_TEXT_MAX];
};

struct frame {
	struct frame_head head;
	union {
		struct frame_hello hello;
		struct frame_manifest manifest;
		struct frame_want want;
		struct frame_data data;
		struct frame_progress progress;
		struct frame_ack ack;
		struct frame_state state;
	};
};

/**
 * frame_decode() - read the message at the begin of a buffer
 * @buf: bytes received
 * @len: of @buf
 * @f: filled when the message is whole; a type that is not known has only its head
 * @why: set to a word when it is malformed
 *
 * Return: the length of the message; 0: it is not whole yet; -EBADMSG: this is
 * none, the connection cannot go on.
 */
int frame_decode(const uint8_t *buf, size_t len, struct frame *f, const char **why);

/**
 * frame_encode() - write a message
 * @f: the message
 * @buf: FRAME_MAX bytes
 *
 * Return: its length.
 */
size_t frame_encode(const struct frame *f, uint8_t *buf);

/** frame_type_name() - for messages; "unknown" */
const char *frame_type_name(unsigned int type);

#endif /* REDSYNCD_FRAME_H */
