/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The catalogue of log messages: what each means and what to do. */
#ifndef REDCTL_EVENTS_H
#define REDCTL_EVENTS_H

#include <stddef.h>

struct event_doc {
	unsigned int event;    /* number in the specification's table, 0: not in it */
	unsigned int number;   /* five digits in the log, 0: none is printed */
	const char *name;      /* RMON name, or the word that the message begins with */
	unsigned int severity; /* enum redund_severity */
	const char *subsystem;
	const char *text; /* the message, [1 or 2] as in the specification */
	const char *meaning, *cause, *action;
};

extern const struct event_doc event_docs[];
extern const size_t event_docs_count;

#endif /* REDCTL_EVENTS_H */
