// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Keys and certificates, see security.h. GnuTLS makes them; this file owns how
 * they are written: PEM, and the public key in the format of ssh (RFC 4253, RFC
 * 5656). The library is loaded when it is needed, as libcurl (lazy_curl.c).
 */
#include <dlfcn.h>
#include <errno.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "security.h"

#define YEAR_S	  (365LL * 24 * 3600)
#define YEARS	  10
#define TLS_ERROR 10000 /* codes of GnuTLS begin below it */

static void *library(void)
{
	static void *handle;

	if (!handle)
		handle = dlopen("libgnutls.so.30", RTLD_NOW | RTLD_LOCAL);
	return handle;
}

/* A function of the library that library() has found. */
#define G(name) ((typeof(name) *)dlsym(library(), #name))

static void release(void *data)
{
	gnutls_free_function *free_it = dlsym(library(), "gnutls_free");

	(*free_it)(data);
}

static int tls(int code)
{
	return code < 0 ? code - TLS_ERROR : 0;
}

const char *key_error(int err)
{
	if (err == -ELIBACC)
		return "the library GnuTLS is not there";
	return err < -TLS_ERROR ? G(gnutls_strerror)(err + TLS_ERROR) : strerror(-err);
}

static int make_key(gnutls_x509_privkey_t *key)
{
	int code;

	if (!library())
		return -ELIBACC;
	code = G(gnutls_x509_privkey_init)(key);
	if (code < 0)
		return tls(code);
	code = G(gnutls_x509_privkey_generate)(*key, GNUTLS_PK_ECDSA,
					       GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
	if (code < 0)
		G(gnutls_x509_privkey_deinit)(*key);
	return tls(code);
}

static int write_key(gnutls_x509_privkey_t key, const char *name)
{
	gnutls_datum_t pem;
	int err = tls(G(gnutls_x509_privkey_export2)(key, GNUTLS_X509_FMT_PEM, &pem));

	if (err)
		return err;
	err = security_write(name, pem.data, pem.size);
	G(gnutls_memset)(pem.data, 0, pem.size);
	release(pem.data);
	return err;
}

/* ---- ssh --------------------------------------------------------------------------- */

static size_t put_string(unsigned char *to, const void *data, size_t len)
{
	to[0] = len >> 24;
	to[1] = len >> 16;
	to[2] = len >> 8;
	to[3] = len;
	memcpy(to + 4, data, len);
	return len + 4;
}

/* A coordinate with 32 bytes, whatever sign or zeros GnuTLS puts before it. */
static void put_coordinate(unsigned char to[32], const gnutls_datum_t *d)
{
	size_t skip = d->size > 32 ? d->size - 32 : 0, len = d->size - skip;

	memset(to, 0, 32);
	memcpy(to + 32 - len, d->data + skip, len);
}

static int write_public(gnutls_x509_privkey_t key, const char *comment)
{
	static const char type[] = "ecdsa-sha2-nistp256", curve_name[] = "nistp256";
	unsigned char blob[160], point[65] = { 4 };
	gnutls_datum_t x, y, k, text, data = { .data = blob };
	gnutls_ecc_curve_t curve;
	char line[512];
	int err;

	err = tls(G(gnutls_x509_privkey_export_ecc_raw)(key, &curve, &x, &y, &k));
	if (err)
		return err;
	put_coordinate(point + 1, &x);
	put_coordinate(point + 33, &y);
	G(gnutls_memset)(k.data, 0, k.size);
	release(x.data);
	release(y.data);
	release(k.data);
	data.size = put_string(blob, type, strlen(type));
	data.size += put_string(blob + data.size, curve_name, strlen(curve_name));
	data.size += put_string(blob + data.size, point, sizeof(point));
	err = tls(G(gnutls_base64_encode2)(&data, &text));
	if (err)
		return err;
	snprintf(line, sizeof(line), "%s %.*s %.80s\n", type, (int)text.size, text.data, comment);
	release(text.data);
	return security_write(SECURITY_SSH_KEY ".pub", line, strlen(line));
}

int key_make_ssh(const char *comment)
{
	gnutls_x509_privkey_t key;
	int err = make_key(&key);

	if (err)
		return err;
	err = write_key(key, SECURITY_SSH_KEY);
	if (!err)
		err = write_public(key, comment);
	G(gnutls_x509_privkey_deinit)(key);
	return err;
}

/* ---- https ------------------------------------------------------------------------- */

static int fill(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, const char *name)
{
	unsigned char serial[16];
	time_t now = time(NULL);
	int code;

	code = G(gnutls_rnd)(GNUTLS_RND_NONCE, serial, sizeof(serial));
	serial[0] &= 0x7f; /* a positive number */
	if (code >= 0)
		code = G(gnutls_x509_crt_set_version)(crt, 3);
	if (code >= 0)
		code = G(gnutls_x509_crt_set_serial)(crt, serial, sizeof(serial));
	if (code >= 0)
		code = G(gnutls_x509_crt_set_dn_by_oid)(crt, GNUTLS_OID_X520_COMMON_NAME, 0, name,
							strlen(name));
	if (code >= 0)
		code = G(gnutls_x509_crt_set_activation_time)(crt, now - 24 * 3600);
	if (code >= 0)
		code = G(gnutls_x509_crt_set_expiration_time)(crt, now + YEARS * YEAR_S);
	if (code >= 0)
		code = G(gnutls_x509_crt_set_key)(crt, key);
	if (code >= 0)
		code = G(gnutls_x509_crt_set_key_usage)(crt, GNUTLS_KEY_DIGITAL_SIGNATURE);
	if (code >= 0)
		code = G(gnutls_x509_crt_sign2)(crt, crt, key, GNUTLS_DIG_SHA256, 0);
	return tls(code);
}

static int write_certificate(gnutls_x509_privkey_t key, const char *name)
{
	gnutls_x509_crt_t crt;
	gnutls_datum_t pem;
	int err = tls(G(gnutls_x509_crt_init)(&crt));

	if (err)
		return err;
	err = fill(crt, key, name);
	if (!err)
		err = tls(G(gnutls_x509_crt_export2)(crt, GNUTLS_X509_FMT_PEM, &pem));
	if (!err) {
		err = security_write(SECURITY_HTTPS_CRT, pem.data, pem.size);
		release(pem.data);
	}
	G(gnutls_x509_crt_deinit)(crt);
	return err;
}

int key_make_https(const char *name)
{
	gnutls_x509_privkey_t key;
	int err = make_key(&key);

	if (err)
		return err;
	err = write_key(key, SECURITY_HTTPS_KEY);
	if (!err)
		err = write_certificate(key, name);
	G(gnutls_x509_privkey_deinit)(key);
	return err;
}

/* ---- what is there ------------------------------------------------------------------- */

static int read_certificate(gnutls_x509_crt_t *crt)
{
	char text[SECURITY_TEXT_MAX];
	gnutls_datum_t pem = { .data = (void *)text };
	int n = security_read(SECURITY_HTTPS_CRT, text);

	if (n < 0)
		return n;
	if (!library())
		return -ELIBACC;
	pem.size = n;
	if (G(gnutls_x509_crt_init)(crt) < 0)
		return -ENOMEM;
	if (G(gnutls_x509_crt_import)(*crt, &pem, GNUTLS_X509_FMT_PEM) >= 0)
		return 0;
	G(gnutls_x509_crt_deinit)(*crt);
	return -EBADMSG;
}

static int certificate_fingerprint(unsigned char digest[32])
{
	gnutls_x509_crt_t crt;
	size_t len = 32;
	int err = read_certificate(&crt);

	if (err)
		return err;
	err = G(gnutls_x509_crt_get_fingerprint)(crt, GNUTLS_DIG_SHA256, digest, &len) < 0 ?
		      -EBADMSG :
		      0;
	G(gnutls_x509_crt_deinit)(crt);
	return err;
}

static int ssh_fingerprint(const char *file, unsigned char digest[32])
{
	char text[SECURITY_TEXT_MAX], *at, *save;
	gnutls_datum_t base64, blob;
	int n = security_read(file, text), err;

	if (n < 0)
		return n;
	strtok_r(text, "\n ", &save);
	at = strtok_r(NULL, "\n ", &save);
	if (!at)
		return -EBADMSG;
	if (!library())
		return -ELIBACC;
	base64 = (gnutls_datum_t){ .data = (void *)at, .size = strlen(at) };
	if (G(gnutls_base64_decode2)(&base64, &blob) < 0)
		return -EBADMSG;
	err = G(gnutls_hash_fast)(GNUTLS_DIG_SHA256, blob.data, blob.size, digest) < 0 ? -EIO : 0;
	release(blob.data);
	return err;
}

int key_fingerprint(const char *file, char *buf, size_t size)
{
	unsigned char digest[32];
	gnutls_datum_t data = { .data = digest, .size = sizeof(digest) }, text;
	int err;

	err = strcmp(file, SECURITY_HTTPS_CRT) ? ssh_fingerprint(file, digest) :
						 certificate_fingerprint(digest);
	if (err)
		return err;
	if (G(gnutls_base64_encode2)(&data, &text) < 0)
		return -ENOMEM;
	/* without the padding, as ssh-keygen */
	snprintf(buf, size, "SHA256:%.*s", (int)strcspn((char *)text.data, "="), text.data);
	release(text.data);
	return 0;
}

long long key_expiry(void)
{
	gnutls_x509_crt_t crt;
	long long at;

	if (read_certificate(&crt))
		return 0;
	at = G(gnutls_x509_crt_get_expiration_time)(crt);
	G(gnutls_x509_crt_deinit)(crt);
	return at > 0 ? at : 0;
}
