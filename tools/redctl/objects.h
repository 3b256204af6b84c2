/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The attributes of every object, once: show, detail, monitor and JSON print
 * through these. Keys are those of the JSON schema (schema/).
 */
#ifndef REDCTL_OBJECTS_H
#define REDCTL_OBJECTS_H

#include "names.h"
#include "redctl.h"

void out_chassis(struct out *o, const struct rd_chassis *c);
void out_mm(struct out *o, const struct rd_mm *m);
void out_fabric(struct out *o, const struct rd_fabric *f);
void out_module(struct out *o, const struct rd_module *m);
void out_history(struct out *o, const struct rd_history *h);
void out_event(struct out *o, const struct rd_event *e);

/** out_versions_differ() - S-048, C-08: version, build or stamp of the two differ
 * @mm: both modules; one that is absent, down or not yet heard has no version
 *
 * Return: true when both are known and differ.
 */
bool versions_differ(const struct rd_mm mm[2]);

/** wall_text() - a time as the specification prints it (C-26, ctime)
 * @wall_s: seconds since 1970; 0: never, an empty text
 */
const char *wall_text(char buf[32], uint64_t wall_s);

#endif /* REDCTL_OBJECTS_H */
