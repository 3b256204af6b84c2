// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How a command ends that did not do what was asked: the stable word on
 * standard error, the same in JSON on standard output, and the text that the
 * specification prints where it has one. The console leaves out the program's
 * name, and a sentence that it has printed already.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "names.h"
#include "redctl.h"

/* The specification's text; in JSON on one line. */
static void out_chapter(struct out *o, const char *chapter)
{
	char line[256], *c;

	out_text(o, "%s\n", chapter);
	snprintf(line, sizeof(line), "%s", chapter);
	for (c = line; *c; c++)
		if (*c == '\n')
			*c = ' ';
	out_str(o, "text", NULL, line);
}

/* The list on the screen need not repeat the word in front of it. */
static uint32_t without(uint32_t bits, const char *word)
{
	int bit = rd_value(RD_NOT_READY, word);

	return bit < 0 ? bits : bits & ~(1u << bit);
}

/* C-34: what failed is in force on one module already. */
static void out_affected(struct ctx *ctx)
{
	unsigned int slot;

	if (!ctx->affected)
		return;
	out_list(&ctx->out, "affected");
	for (slot = 1; slot <= RD_SLOTS; slot++) {
		if (!(ctx->affected & 1u << slot))
			continue;
		out_num(&ctx->out, NULL, NULL, slot);
		out_text(&ctx->out, "Affected: Mgmt Module %u\n", slot);
	}
	out_close(&ctx->out);
}

static void report(struct ctx *ctx, const char *reason, const char *chapter, uint32_t not_ready,
		   const char *text)
{
	char clean[512], words[512];
	bool said = false;

	ctx->failed = true;
	if (ctx->quiet)
		return;
	out_clean(clean, sizeof(clean), text);
	if (ctx->opt.json)
		out_reset(&ctx->out);
	out_flag(&ctx->out, "ok", NULL, false);
	out_str(&ctx->out, "reason", NULL, reason);
	out_str(&ctx->out, "message", NULL, clean);
	if (chapter) {
		out_chapter(&ctx->out, chapter);
		said = ctx->console && !strcmp(chapter, clean);
	}
	out_not_ready(&ctx->out, "not_ready", not_ready);
	out_affected(ctx);
	out_end(&ctx->out);
	not_ready = without(not_ready, reason);
	not_ready_words(words, sizeof(words), not_ready);
	if (said && !not_ready)
		return;
	if (!ctx->console)
		fprintf(stderr, "%s: ", ctx->prog);
	fprintf(stderr, "%s: %s%s%s%s\n", reason, clean, not_ready ? " (" : "", words,
		not_ready ? ")" : "");
}

int fail(struct ctx *ctx, int status, const char *reason, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	report(ctx, reason, NULL, 0, text);
	return status;
}

int fail_with(struct ctx *ctx, int status, const char *reason, const char *chapter,
	      uint32_t not_ready, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	report(ctx, reason, chapter, not_ready, text);
	return status;
}
