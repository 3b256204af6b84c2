/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The services of a virtual management module: programs that its process 1
 * starts, starts again when they end, and ends with the module.
 */
#ifndef VCHASSIS_SERVICE_H
#define VCHASSIS_SERVICE_H

#include <stdbool.h>
#include <sys/types.h>
#include <linux/types.h>

/** service_add() - one more; @path has to stay */
void service_add(const char *path);
/** services_start() - those that are due; Return: milliseconds: when to call again */
u64 services_start(u64 now);
/** service_exited() - a process ended, which may be one */
void service_exited(pid_t pid, u64 now);
/** services_end() - none is started any more, and those that run are told to end */
void services_end(void);
/** services_run() - does one run? */
bool services_run(void);

#endif
