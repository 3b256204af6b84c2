/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the chapter says that a module went down (S-265 to S-268, figure 15-32). */
#ifndef REDUND_DOWN_H
#define REDUND_DOWN_H

#include "redund.h"

#define DOWN_LINE_MAX 80
#define DOWN_TEXT_MAX 200

/* "Mgmt Module 1 in Active Mode went down: 11/07/05 14:48:36" */
const char *down_line(char buf[DOWN_LINE_MAX], const struct rd_down *d);

/* "Operator warm reload from CONSOLE session." */
const char *down_text(char buf[DOWN_TEXT_MAX], const struct rd_down *d);

#endif /* REDUND_DOWN_H */
