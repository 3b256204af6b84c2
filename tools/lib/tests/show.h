/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the recorder and the test of libredund share: a decoded message as one
 * line of text, every field in it.
 */
#ifndef REDUND_LIB_SHOW_H
#define REDUND_LIB_SHOW_H

#include <stdio.h>
#include "../rd.h"

void show_message(FILE *out, const struct rd_message *m);

#endif /* REDUND_LIB_SHOW_H */
