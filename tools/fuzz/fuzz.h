/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the fuzz targets of this directory share. A target is one file that has
 * LLVMFuzzerTestOneInput() and checks what must hold with MUST(). It is run by
 * libFuzzer (make fuzz) and, in make test, by main.c.
 */
#ifndef REDUND_FUZZ_H
#define REDUND_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Pieces of the format, which main.c inserts; NULL at the end. */
extern const char *const fuzz_words[];

#define MUST(condition) fuzz_must(condition, #condition, __FILE__, __LINE__)
void fuzz_must(bool good, const char *condition, const char *file, int line);

/* A copy in a block of its own, so that reading behind it is noticed, with a zero
 * byte at its end when @text; to be freed.
 */
void *fuzz_copy(const uint8_t *data, size_t len, bool text);

bool fuzz_printable(const char *text);

/* A new directory below TMPDIR or in memory; it goes when the program ends. */
const char *fuzz_dir(void);
/* The file @name below it becomes this. */
void fuzz_file(const char *name, const void *data, size_t len);

/* store.c: the linker's --wrap=open */
int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);

#endif /* REDUND_FUZZ_H */
