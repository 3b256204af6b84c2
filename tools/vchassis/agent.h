/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The chassis' side of the line to a module's agent: frames over the serial
 * line, many commands at once. A session belongs to one client connection.
 */
#ifndef VCHASSIS_AGENT_H
#define VCHASSIS_AGENT_H

#include "agent-proto.h"
#include "buffer.h"
#include "loop.h"

struct session;

struct session_ops {
	/* output of the command: AGENT_STDOUT or AGENT_STDERR */
	void (*output)(struct session *s, u8 type, const void *data, size_t len);
	/* the end: exit status, or VC_EXIT_* and why; the session is gone after */
	void (*ended)(struct session *s, int status, const char *why);
	/* the command took input: more may be sent */
	void (*input_taken)(struct session *s);
};

struct session {
	u32 id;
	struct agent *agent;
	const struct session_ops *ops;
	struct timer timeout;
	u8 start_type;	     /* AGENT_RUN or AGENT_SHELL */
	struct buffer start; /* sent when the agent is there */
	bool started;
	size_t unacked; /* input on the way */
	struct session *next;
};

struct agent {
	int slot;
	struct watch line;
	bool ready; /* it said hello since the last start */
	struct buffer in, out;
	size_t unread; /* bytes sent that the agent has not read */
	/* simulated time: what it says is looked at when agent_serve() is called */
	bool deferred;
	void (*sent)(struct agent *a); /* bytes went out to it; may be NULL */
	struct session *sessions;
};

#define AGENT_INPUT_WINDOW 16384

/** agent_connect() - a module starts; Return: its end of the line, or -1 */
int agent_connect(struct agent *a, int slot);
/** agent_lost() - the module stopped: every session ends, saying @why */
void agent_lost(struct agent *a, const char *why);
/** agent_refuse() - it will not come by itself: sessions that wait for it end, saying @why */
void agent_refuse(struct agent *a, const char *why);
/** agent_send() - one frame without a session: AGENT_STARVE and others */
void agent_send(struct agent *a, u8 type, u32 id, const void *data, size_t len);
/** agent_serve() - look at what a deferred one said since the last time */
void agent_serve(struct agent *a);
/** agent_pause() - stop taking output while clients are slow */
void agent_pause(struct agent *a, bool pause);

/**
 * session_start() - run a command or a shell in the module
 * @s: zeroed, ops set
 * @a: the module's agent
 * @type: AGENT_RUN or AGENT_SHELL
 * @args: the frame's content, as agent-proto.h has it
 * @len: bytes of @args
 * @timeout_us: 0 for no limit
 */
void session_start(struct session *s, struct agent *a, u8 type, const void *args, size_t len,
		   u64 timeout_us);
void session_input(struct session *s, const void *data, size_t len);
void session_input_end(struct session *s);
void session_winsize(struct session *s, const void *data, size_t len);
/** session_abort() - the client went away: the command is killed, no callback */
void session_abort(struct session *s);

#endif
