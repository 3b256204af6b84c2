// SPDX-License-Identifier: GPL-2.0-or-later
/* A file to a TFTP server, see tftp.h. */
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include "tftp.h"

struct source {
	const char *data;
	size_t left;
};

static size_t give(char *to, size_t size, size_t count, void *arg)
{
	struct source *s = arg;
	size_t n = size * count < s->left ? size * count : s->left;

	memcpy(to, s->data, n);
	s->data += n;
	s->left -= n;
	return n;
}

/* tftp://ADDRESS/NAME; the library checks and escapes the parts. */
static CURLU *make_url(const char *address, const char *name)
{
	char authority[160], path[1024];
	CURLU *url = curl_url();
	char *port;

	/* an IPv6 address without brackets has no port */
	if (strchr(address, ':') != strrchr(address, ':') && address[0] != '[')
		snprintf(authority, sizeof(authority), "[%.120s]", address);
	else
		snprintf(authority, sizeof(authority), "%.120s", address);
	port = strrchr(authority, ':');
	if (port && strchr(port, ']'))
		port = NULL;
	if (port)
		*port++ = '\0';
	snprintf(path, sizeof(path), "/%.1000s", name);
	if (url && strlen(address) <= 120 && strlen(name) <= 1000 &&
	    !curl_url_set(url, CURLUPART_SCHEME, "tftp", 0) &&
	    !curl_url_set(url, CURLUPART_HOST, authority, 0) &&
	    (!port || !curl_url_set(url, CURLUPART_PORT, port, 0)) &&
	    !curl_url_set(url, CURLUPART_PATH, path, CURLU_URLENCODE))
		return url;
	curl_url_cleanup(url);
	return NULL;
}

int tftp_put(const char *address, const char *name, const void *data, size_t len,
	     unsigned int timeout_s, char why[TFTP_WHY_MAX])
{
	struct source source = { .data = data, .left = len };
	char detail[CURL_ERROR_SIZE] = "";
	CURLcode code = CURLE_FAILED_INIT;
	CURLU *url = make_url(address, name);
	CURL *curl = curl_easy_init();

	if (!url)
		code = CURLE_URL_MALFORMAT;
	if (url && curl) {
		curl_easy_setopt(curl, CURLOPT_CURLU, url);
		curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
		curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
		curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
		curl_easy_setopt(curl, CURLOPT_READDATA, &source);
		curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)len);
		/* 0 would be for ever */
		curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_s ? timeout_s * 1000L : 1L);
		curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail);
		curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
		code = curl_easy_perform(curl);
	}
	if (code)
		snprintf(why, TFTP_WHY_MAX, "%s", detail[0] ? detail : curl_easy_strerror(code));
	curl_easy_cleanup(curl);
	curl_url_cleanup(url);
	return code ? -1 : 0;
}
