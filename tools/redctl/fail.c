// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How a command ends that did not do what was asked: the stable word on
 * standard error, the same in JSON on standard output, and the text that the
 * specification prints where it has one.
 */
#include <stdarg.h>
#include <stdio.h>
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

static void report(struct ctx *ctx, const char *reason, const char *chapter, uint32_t not_ready,
		   const char *text)
{
	char clean[512], words[512];

	ctx->failed = true;
	out_clean(clean, sizeof(clean), text);
	if (ctx->opt.json)
		out_reset(&ctx->out);
	out_flag(&ctx->out, "ok", NULL, false);
	out_str(&ctx->out, "reason", NULL, reason);
	out_str(&ctx->out, "message", NULL, clean);
	if (chapter)
		out_chapter(&ctx->out, chapter);
	out_not_ready(&ctx->out, "not_ready", not_ready);
	out_end(&ctx->out);
	not_ready_words(words, sizeof(words), not_ready);
	fprintf(stderr, "%s: %s: %s%s%s%s\n", ctx->prog, reason, clean, not_ready ? " (" : "",
		words, not_ready ? ")" : "");
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
