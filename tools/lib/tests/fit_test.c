// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tests fit.c with images that it makes itself with libfdt: good ones, each
 * property and part missing or wrong, every truncation, every single bit, and
 * random damage under digests that are right again. Built with ASan and UBSan
 * an overread ends the test. Output is TAP.
 *
 *	fit_test DIRECTORY [IMAGE]
 *
 * @IMAGE, if given, is one of tools/build/images that has to be valid.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <compiler.h>
#include <gnutls/crypto.h>
#include <libfdt.h>
#include <zlib.h>
#include "../fit.h"

#define IMAGE_MAX 0x100000

static unsigned int tests, failed;
static char path[4096], out_path[4096];
static const char kernel[] = "the kernel, the kernel, the kernel";
static const char rootfs[] = "the root file system, and so on, and so on";

static void check(bool ok, const char *name)
{
	printf("%sok %u - images: %s\n", ok ? "" : "not ", ++tests, name);
	if (!ok)
		failed++;
}

static void need(bool ok, const char *what)
{
	if (ok)
		return;
	printf("Bail out! %s\n", what);
	exit(1);
}

/* ---- images made here ------------------------------------------------------------ */

struct image {
	unsigned char data[IMAGE_MAX];
	size_t size;
};

/* What differs from a good image: property @name of the root or of the kernel
 * is left out (@value NULL) or another.
 */
struct wrong {
	const char *what; /* for the test's name */
	const char *name;
	const void *value;
	int len;
};

static const struct wrong *wrong;

static void prop(void *fdt, const char *name, const void *value, int len)
{
	if (wrong && !strcmp(name, wrong->name)) {
		value = wrong->value;
		len = wrong->len;
	}
	if (value)
		need(!fdt_property(fdt, name, value, len), "fdt_property");
}

static void text(void *fdt, const char *name, const char *value)
{
	prop(fdt, name, value, strlen(value) + 1);
}

static void begin(void *fdt, const char *name)
{
	need(!fdt_begin_node(fdt, name), "fdt_begin_node");
}

static void end(void *fdt)
{
	need(!fdt_end_node(fdt), "fdt_end_node");
}

static size_t pack(unsigned char *to, size_t room, const void *from, size_t len)
{
	z_stream z = { .next_in = (void *)from, .avail_in = len };

	z.next_out = to;
	z.avail_out = room;
	need(deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK,
	     "deflateInit2");
	need(deflate(&z, Z_FINISH) == Z_STREAM_END, "deflate");
	deflateEnd(&z);
	return z.total_out;
}

static void part(void *fdt, const char *name, const void *data, size_t len)
{
	unsigned char sha256[32];

	if (wrong && !strcmp(wrong->name, name))
		return;
	begin(fdt, name);
	need(!fdt_property(fdt, "data", data, len), "fdt_property");
	text(fdt, "compression", "gzip");
	if (!wrong || strcmp(wrong->name, "hash-1")) {
		begin(fdt, "hash-1");
		text(fdt, "algo", "sha256");
		gnutls_hash_fast(GNUTLS_DIG_SHA256, data, len, sha256);
		prop(fdt, "value", sha256, sizeof(sha256));
		end(fdt);
	}
	end(fdt);
}

/* Puts the digest of the whole file right, as far as there is a place for it. */
static void put_digest(void *fdt, size_t size)
{
	int len;
	void *at = (void *)fdt_getprop(fdt, 0, "redund,digest", &len);
	unsigned char sha256[32];

	if (!at || len != sizeof(sha256))
		return;
	memset(at, 0, sizeof(sha256));
	gnutls_hash_fast(GNUTLS_DIG_SHA256, fdt, size, sha256);
	memcpy(at, sha256, sizeof(sha256));
}

static void root_properties(void *fdt)
{
	static const unsigned char zeroes[32];
	const fdt32_t build = cpu_to_fdt32(65), time_s = cpu_to_fdt32(1173100859);

	text(fdt, "redund,version", "K.15.02");
	prop(fdt, "redund,build", &build, sizeof(build));
	text(fdt, "redund,train", "K.15");
	text(fdt, "redund,stamp", "/sw/code/build/btm(t2g) Mar 5 2007 13:20:59");
	prop(fdt, "redund,digest", zeroes, sizeof(zeroes));
	prop(fdt, "timestamp", &time_s, sizeof(time_s));
}

/* @data is in place of the packed kernel when it is not NULL. Return: its bytes. */
static size_t make_in(void *fdt, size_t room, const struct wrong *w, const void *data, size_t len)
{
	unsigned char packed[256];

	wrong = w;
	need(!fdt_create(fdt, room) && !fdt_finish_reservemap(fdt), "fdt_create");
	begin(fdt, "");
	root_properties(fdt);
	begin(fdt, "images");
	if (!data) {
		data = packed;
		len = pack(packed, sizeof(packed), kernel, sizeof(kernel));
	}
	part(fdt, "kernel", data, len);
	len = pack(packed, sizeof(packed), rootfs, sizeof(rootfs));
	part(fdt, "rootfs", packed, len);
	end(fdt);
	end(fdt);
	need(!fdt_finish(fdt), "fdt_finish");
	put_digest(fdt, fdt_totalsize(fdt));
	return fdt_totalsize(fdt);
}

static void make_with(struct image *im, const struct wrong *w, const void *data, size_t len)
{
	im->size = make_in(im->data, IMAGE_MAX, w, data, len);
}

static void make(struct image *im, const struct wrong *w)
{
	make_with(im, w, NULL, 0);
}

static void put(const void *data, size_t len)
{
	/* not O_TRUNC: some file systems then write to the disk at once */
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	need(fd >= 0 && write(fd, data, len) == (ssize_t)len && !ftruncate(fd, len) && !close(fd),
	     "write the image");
}

/* ---- what is asked of an image --------------------------------------------------- */

/* fit_check: a little at a time. Return: its answer; a failure without a sentence is one, too. */
static int check_file(const char *file, size_t budget)
{
	char why[FIT_WHY_MAX] = "";
	struct fit_check *c;
	int fd = open(file, O_RDONLY | O_NONBLOCK | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	err = fit_check_begin(fd, &c, why, sizeof(why));
	if (!err) {
		while ((err = fit_check_on(c, budget, why, sizeof(why))) > 0)
			;
		fit_check_end(c);
	}
	close(fd);
	return err < 0 && !why[0] ? 1 : err;
}

/* Load, verify, unpack, where both ways to verify agree. Return: the first error; a failure
 * without a sentence is one, too.
 */
static int use(const char *file, int fd)
{
	int err, checked = check_file(file, 100);
	char why[FIT_WHY_MAX] = "";
	struct fit_info info;
	struct fit *fit;

	err = fit_load(file, &fit, why, sizeof(why));
	if (err) {
		if (checked != err)
			return 1;
		if (fit || !why[0] || strlen(why) >= sizeof(why) - 1)
			return 1;
		return err;
	}
	fit_info(fit, &info);
	if (!info.version[0] || !info.stamp_path[0] || !fit_stamp(fit)[0])
		err = 1;
	err = err ?: fit_verify(fit, why, sizeof(why));
	if (checked != err)
		err = 1;
	err = err ?: fit_extract(fit, FIT_KERNEL, fd, why, sizeof(why));
	err = err ?: fit_extract(fit, FIT_ROOTFS, fd, why, sizeof(why));
	if (err < 0 && !why[0])
		err = 1;
	fit_free(fit);
	return err;
}

static int use_image(const struct image *im, size_t size)
{
	static int null = -1;

	if (null < 0)
		null = open("/dev/null", O_WRONLY);
	put(im->data, size);
	return use(path, null);
}

static void test_good(struct image *im)
{
	char got[256] = "", why[FIT_WHY_MAX];
	unsigned char sha256[32];
	struct fit_info in;
	struct fit *fit;
	int fd;

	make(im, NULL);
	put(im->data, im->size);
	need(!fit_load(path, &fit, why, sizeof(why)), why);
	fit_info(fit, &in);
	gnutls_hash_fast(GNUTLS_DIG_SHA256, im->data, im->size, sha256);
	check(!strcmp(in.version, "K.15.02") && in.build == 65 && !strcmp(in.train, "K.15") &&
		      !strcmp(in.stamp_path, "/sw/code/build/btm(t2g)") &&
		      !strcmp(in.stamp_date, "Mar 5 2007 13:20:59") && in.time_s == 1173100859 &&
		      in.size == im->size && !memcmp(in.sha256, sha256, sizeof(sha256)),
	      "version, build, stamp, train, time, size and digest are read");
	check(!strcmp(fit_stamp(fit), "/sw/code/build/btm(t2g) Mar 5 2007 13:20:59"),
	      "the stamp in one piece, for the driver");
	check(!fit_verify(fit, why, sizeof(why)), "the digests of a good image are right");
	fd = open(out_path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	need(fd >= 0, out_path);
	check(!fit_extract(fit, FIT_KERNEL, fd, why, sizeof(why)) &&
		      !fit_extract(fit, FIT_ROOTFS, fd, NULL, 0) &&
		      pread(fd, got, sizeof(got), 0) == sizeof(kernel) + sizeof(rootfs) &&
		      !memcmp(got, kernel, sizeof(kernel)) &&
		      !memcmp(got + sizeof(kernel), rootfs, sizeof(rootfs)),
	      "kernel and root file system are unpacked");
	check(fit_extract(fit, "fdt", fd, why, sizeof(why)) == -ENOENT, "no other part is there");
	close(fd);
	fd = open("/dev/full", O_WRONLY);
	check(fit_extract(fit, FIT_KERNEL, fd, why, sizeof(why)) == -ENOSPC,
	      "a full file system is reported");
	close(fd);
	fit_free(fit);
}

static void test_files(struct image *im)
{
	char why[FIT_WHY_MAX];
	struct fit *fit;

	unlink(path);
	check(use(path, -1) == -ENOENT, "no file is a blank flash");
	put("", 0);
	check(use(path, -1) == -ENOENT, "an empty file is a blank flash");
	check(use("/dev/zero", -1) == -EBADMSG && use("/", -1) == -EBADMSG,
	      "a device and a directory are no image");
	put("", 0);
	need(!truncate(path, (off_t)FIT_FILE_MAX + 1), "truncate");
	check(fit_load(path, &fit, why, sizeof(why)) == -EBADMSG && strstr(why, "MiB"),
	      "a file that is too long is refused by its length");
	make(im, NULL);
	memset(im->data + im->size, 0, 16);
	check(use_image(im, im->size + 16) == -EBADMSG, "a file that goes on after the tree");
}

/* ---- wrong ones -------------------------------------------------------------------- */

#define TEXT(t) (t), sizeof(t)

static void test_wrong(struct image *im)
{
	static const struct wrong list[] = {
		{ "no version", "redund,version" },
		{ "an empty version", "redund,version", TEXT("") },
		{ "a version without its end", "redund,version", "K.15.02", 7 },
		{ "a version with a zero byte in it", "redund,version", TEXT("K.15.02\0x") },
		{ "a version too long for the driver", "redund,version",
		  TEXT("K.15.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa") },
		{ "a version with a slash", "redund,version", TEXT("K.15./../x") },
		{ "a version with an escape character", "redund,version", TEXT("K.15.\033[2J") },
		{ "no train", "redund,train" },
		{ "C-44: a train that is not the version's", "redund,train", TEXT("K.14") },
		{ "C-44: a train that is longer than the version's", "redund,train",
		  TEXT("K.15.0") },
		{ "no build number", "redund,build" },
		{ "a build number of three bytes", "redund,build", "\0\0\1", 3 },
		{ "no stamp", "redund,stamp" },
		{ "a stamp of one word", "redund,stamp", TEXT("/redund") },
		{ "a stamp without a path", "redund,stamp", TEXT(" Mar 5 2007 13:20:59") },
		{ "a stamp too long for the driver", "redund,stamp",
		  TEXT("/aaaaaaaaaaaaaaaaaaaaaaaaaaaa Mar 15 2007 13:20:59") },
		{ "no time", "timestamp" },
		{ "no digest of the whole", "redund,digest" },
		{ "a short digest of the whole", "redund,digest", "abcd", 4 },
		{ "no kernel", "kernel" },
		{ "no root file system", "rootfs" },
		{ "no digest of a part", "hash-1" },
		{ "a digest of another kind", "algo", TEXT("md5") },
		{ "a digest without a value", "value" },
		{ "a short digest", "value", "abcd", 4 },
		{ "an unknown packing", "compression", TEXT("lzma") },
		{ "no packing", "compression" },
	};
	char name[120];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(list); i++) {
		make(im, &list[i]);
		snprintf(name, sizeof(name), "refused: %s", list[i].what);
		check(use_image(im, im->size) == -EBADMSG, name);
	}
}

/* Numbers of the header; libfdt would follow a null pointer in version 15. */
static void test_header(struct image *im)
{
	unsigned int good = 0, field, v;

	for (field = 0; field < sizeof(struct fdt_header) / 4; field++) {
		for (v = 0; v < 40; v++) {
			const fdt32_t value = cpu_to_fdt32(v < 32 ? v : 0xffffffff << (v - 32));

			make(im, NULL);
			if (!memcmp(im->data + 4 * field, &value, 4))
				continue;
			memcpy(im->data + 4 * field, &value, 4);
			good += use_image(im, im->size) != -EBADMSG;
		}
	}
	check(!good, "refused: every other number in the header, the tree's version too");
}

static void test_packed(struct image *im)
{
	const size_t bomb = FIT_PART_MAX + 1;
	unsigned char packed[256], *zeroes, *big;
	size_t len;

	len = pack(packed, sizeof(packed), kernel, sizeof(kernel));
	make_with(im, NULL, packed, len - 1);
	check(use_image(im, im->size) == -EBADMSG, "refused: packed data that ends too early");
	packed[len] = 0;
	make_with(im, NULL, packed, len + 1);
	check(use_image(im, im->size) == -EBADMSG, "refused: packed data with more behind it");
	make_with(im, NULL, kernel, sizeof(kernel));
	check(use_image(im, im->size) == -EBADMSG, "refused: data that is not packed");
	zeroes = calloc(1, bomb);
	big = malloc(IMAGE_MAX);
	need(zeroes && big, "memory");
	len = pack(big, IMAGE_MAX, zeroes, bomb);
	free(zeroes);
	make_with(im, NULL, big, len);
	free(big);
	check(use_image(im, im->size) == -EFBIG, "refused: a part that unpacks without end");
}

/* ---- damage ------------------------------------------------------------------------- */

static void test_cut(struct image *im)
{
	unsigned int good = 0;
	size_t n;

	make(im, NULL);
	for (n = 1; n < im->size; n++)
		good += use_image(im, n) != -EBADMSG;
	check(!good, "refused: every truncation");
	/* the header says that it ends there */
	for (n = 1, good = 0; n < im->size; n++) {
		fdt_set_totalsize(im->data, n);
		good += use_image(im, n) != -EBADMSG;
	}
	check(!good, "refused: every truncation with a header that agrees");
}

static void test_bits(struct image *im)
{
	unsigned int good = 0;
	size_t bit;

	make(im, NULL);
	for (bit = 0; bit < im->size * 8; bit++) {
		im->data[bit / 8] ^= 1 << bit % 8;
		good += use_image(im, im->size) != -EBADMSG;
		im->data[bit / 8] ^= 1 << bit % 8;
	}
	check(!good, "refused: every single wrong bit");
	check(!use_image(im, im->size), "the image without a wrong bit is accepted");
}

/* ---- memory --------------------------------------------------------------------------- */

/* The most memory since it was last asked for, in KiB; it begins anew now. 0: not known. */
static long peak(void)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[128];
	long kib = 0;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "VmHWM: %ld", &kib) == 1)
			break;
	if (f)
		fclose(f);
	f = fopen("/proc/self/clear_refs", "we");
	if (!f || fputs("5", f) < 0 || fclose(f))
		return 0;
	return kib;
}

static void test_memory(void)
{
	const size_t room = FIT_FILE_MAX, len = room - 0x10000;
	char why[FIT_WHY_MAX];
	unsigned char *data = malloc(len), *fdt = malloc(room);
	long before, most, whole;
	struct fit *fit;
	size_t size, k;
	int err;

	need(data && fdt, "memory");
	for (k = 0; k < len; k++)
		data[k] = k * 2654435761u >> 24;
	size = make_in(fdt, room, NULL, data, len);
	free(data);
	put(fdt, size);
	free(fdt);
	peak();
	before = peak(); /* what it has without the image */
	err = check_file(path, 1 << 20);
	most = peak() - before;
	need(!fit_load(path, &fit, why, sizeof(why)), why);
	fit_free(fit);
	whole = peak() - before;
	printf("# %ld KiB, and %ld to load it, for an image of %zu\n", most, whole, size);
	check(!err && most < 2048 && whole > 32768,
	      "one of 64 MiB is verified in less than 2 MiB of memory");
}

static uint32_t next(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

/* Whoever makes an image can make its digests: these bytes mean harm. */
static void test_random(struct image *im)
{
	uint32_t seed = 4711;
	unsigned int i, n, odd = 0;
	int err;

	for (i = 0; i < 8000; i++) {
		make(im, NULL);
		for (n = 1 + next(&seed) % 8; n; n--) {
			uint32_t at = next(&seed) % (im->size / 4) * 4;
			static const uint32_t values[] = { 0,	       1,	   2,
							   3,	       4,	   9,
							   0x7fffffff, 0x80000000, 0xffffffff,
							   0xfffffffc, 0x00010000 };
			fdt32_t value = cpu_to_fdt32(values[next(&seed) % ARRAY_SIZE(values)]);

			if (next(&seed) & 1)
				memcpy(im->data + at, &value, 4);
			else
				im->data[at] = next(&seed);
		}
		if (fdt_version(im->data) > 16 && !fdt_check_full(im->data, im->size))
			put_digest(im->data, im->size);
		err = use_image(im, im->size);
		odd += err && err != -EBADMSG && err != -EFBIG;
	}
	check(!odd, "8000 images of random damage with right digests do no harm");
}

int main(int argc, char **argv)
{
	static struct image im;

	need(argc > 1, "usage: fit_test DIRECTORY [IMAGE]");
	snprintf(path, sizeof(path), "%s/fit_test.%d.itb", argv[1], (int)getpid());
	snprintf(out_path, sizeof(out_path), "%s/fit_test.%d.out", argv[1], (int)getpid());
	printf("TAP version 13\n");
	test_good(&im);
	test_files(&im);
	test_wrong(&im);
	test_header(&im);
	test_packed(&im);
	test_cut(&im);
	test_bits(&im);
	test_random(&im);
	test_memory();
	if (argc > 2)
		check(!use(argv[2], open("/dev/null", O_WRONLY)),
		      "an image of tools/build/images is valid");
	unlink(path);
	unlink(out_path);
	printf("1..%u\n", tests);
	return failed ? 1 : 0;
}
