// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns the boot ROM's few accesses to the chassis; see rom-proto.h. */
#include "rom.h"
#include "../vchassis/rom-proto.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_MS 2000

static bool tell(unsigned int what, unsigned int offset, unsigned int value)
{
	struct rom_request r = { .what = what, .offset = offset, .value = value };

	return send(ROM_FD_BUS, &r, sizeof(r), MSG_NOSIGNAL) == sizeof(r);
}

static bool ask(unsigned int what, unsigned int offset, unsigned int *value)
{
	struct pollfd p = { .fd = ROM_FD_BUS, .events = POLLIN };
	struct rom_answer a;

	if (!tell(what, offset, 0) || poll(&p, 1, ANSWER_MS) != 1 ||
	    recv(ROM_FD_BUS, &a, sizeof(a), MSG_DONTWAIT) != sizeof(a))
		return false;
	*value = a.value;
	return true;
}

bool bus_read(unsigned int offset, unsigned int *value)
{
	return ask(ROM_READ, offset, value);
}

bool bus_console(void)
{
	unsigned int clients;

	return ask(ROM_CONSOLE, 0, &clients) && clients;
}

void bus_waits(void)
{
	tell(ROM_WAITS, 0, 0);
}

void bus_state(unsigned int state, enum flash_which image)
{
	tell(ROM_STATE, 0, state | (unsigned int)image << 8);
}

void bus_close(void)
{
	close(ROM_FD_BUS);
}
