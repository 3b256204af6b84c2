/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands and console sessions that run in a module for the chassis: each
 * is a process group with pipes or a terminal, and frames on the line
 * (agent-proto.h). For process 1 of the module.
 */
#ifndef VCHASSIS_JOBS_H
#define VCHASSIS_JOBS_H

#include <linux/types.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "agent-proto.h"

/** jobs_received() - a frame from the chassis; Return: false when it is not for a command */
bool jobs_received(const struct agent_head *h, const char *data);

/**
 * jobs_poll() - what the commands wait for
 * @p: filled, three for a command
 * @max: room there
 * @full: the line takes no more output now
 *
 * Return: how many.
 */
size_t jobs_poll(struct pollfd *p, size_t max, bool full);
/** jobs_serve() - what poll() found of these; no command has come or gone since */
void jobs_serve(const struct pollfd *p, size_t n);

/** jobs_exited() - a process is gone; it may have been a command */
void jobs_exited(pid_t pid, int status);
/** jobs_finish() - report and forget the commands that are gone */
void jobs_finish(void);

/* mm-agent.c */
/** agent_reply() - one frame to the chassis */
void agent_reply(u8 type, u32 id, const void *data, size_t len);

#endif
