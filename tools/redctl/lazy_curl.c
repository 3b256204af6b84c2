// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libcurl, loaded when it is first called: to load it with the thirty libraries
 * that it needs takes longer than a command that does not need it. Owns the
 * functions of it that tftp.c calls, under their own names.
 */
#include <curl/curl.h>
#include <dlfcn.h>
#include <stdarg.h>

/* macros that check types, in place of the function */
#undef curl_easy_setopt

static void *find(const char *name)
{
	static void *library;

	if (!library)
		library = dlopen("libcurl-gnutls.so.4", RTLD_NOW | RTLD_LOCAL);
	if (!library)
		library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
	return library ? dlsym(library, name) : NULL;
}

CURL *curl_easy_init(void)
{
	typeof(curl_easy_init) *real = find(__func__);

	return real ? real() : NULL;
}

CURLcode curl_easy_setopt(CURL *curl, CURLoption option, ...)
{
	typeof(curl_easy_setopt) *real = find(__func__);
	CURLcode code = CURLE_FAILED_INIT;
	va_list args;

	va_start(args, option);
	if (real && option >= CURLOPTTYPE_OFF_T && option < CURLOPTTYPE_BLOB)
		code = real(curl, option, va_arg(args, curl_off_t));
	else if (real && option >= CURLOPTTYPE_OBJECTPOINT)
		code = real(curl, option, va_arg(args, void *));
	else if (real)
		code = real(curl, option, va_arg(args, long));
	va_end(args);
	return code;
}

CURLcode curl_easy_perform(CURL *curl)
{
	typeof(curl_easy_perform) *real = find(__func__);

	return real ? real(curl) : CURLE_FAILED_INIT;
}

void curl_easy_cleanup(CURL *curl)
{
	typeof(curl_easy_cleanup) *real = find(__func__);

	if (real)
		real(curl);
}

const char *curl_easy_strerror(CURLcode code)
{
	typeof(curl_easy_strerror) *real = find(__func__);

	return real ? real(code) : "libcurl is not there";
}

CURLU *curl_url(void)
{
	typeof(curl_url) *real = find(__func__);

	return real ? real() : NULL;
}

void curl_url_cleanup(CURLU *url)
{
	typeof(curl_url_cleanup) *real = find(__func__);

	if (real)
		real(url);
}

CURLUcode curl_url_set(CURLU *url, CURLUPart what, const char *part, unsigned int flags)
{
	typeof(curl_url_set) *real = find(__func__);

	return real ? real(url, what, part, flags) : CURLUE_OUT_OF_MEMORY;
}
