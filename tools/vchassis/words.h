/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line of a scenario or a schedule, taken apart; owns nothing else. */
#ifndef VCHASSIS_WORDS_H
#define VCHASSIS_WORDS_H

/**
 * words_split() - as a shell would: spaces, '...', "...", # comment
 * @line: taken apart in place
 * @words: the words, NULL after the last one
 * @max: places there
 *
 * Return: how many, or -1 when a quote is not closed.
 */
int words_split(char *line, char **words, int max);

#endif
