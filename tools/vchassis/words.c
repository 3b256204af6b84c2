// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns how a line is taken apart; see words.h. */
#include "words.h"

#include <string.h>

int words_split(char *line, char **words, int max)
{
	char *in = line, *out = line;
	int n = 0;

	for (;;) {
		char quote = 0;

		in += strspn(in, " \t\n");
		if (!*in || *in == '#' || n == max - 1)
			break;
		words[n++] = out;
		while (*in && (quote || !strchr(" \t\n", *in))) {
			if (!quote && (*in == '\'' || *in == '"'))
				quote = *in++;
			else if (quote && *in == quote)
				quote = 0, in++;
			else
				*out++ = *in++;
		}
		if (quote)
			return -1;
		in += *in != 0;
		*out++ = 0;
	}
	words[n] = NULL;
	return n;
}
