// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The terminal line of the console: flow control and speed as configured
 * (S-218). Owns what was found there, which comes back at the end of the session.
 */
#include <termios.h>
#include <unistd.h>
#include "console.h"

#define FLOW (IXON | IXOFF)

static struct termios found;
static bool changed;

/* B0: the line keeps its speed (speed-sense, or one that it cannot have). */
static speed_t speed_of(unsigned int baud)
{
	static const struct {
		unsigned int baud;
		speed_t speed;
	} speeds[] = {
		{ 1200, B1200 },   { 2400, B2400 },   { 4800, B4800 },	 { 9600, B9600 },
		{ 19200, B19200 }, { 38400, B38400 }, { 57600, B57600 }, { 115200, B115200 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(speeds); i++)
		if (speeds[i].baud == baud)
			return speeds[i].speed;
	return B0;
}

/* At once: output that Ctrl-S has stopped would never be out. */
static void set_flow(struct termios *t, tcflag_t flow)
{
	if ((t->c_iflag & FLOW) == flow)
		return;
	t->c_iflag = (t->c_iflag & ~FLOW) | flow;
	changed |= !tcsetattr(STDIN_FILENO, TCSANOW, t);
}

/* What was printed before leaves with the speed of before. */
static void set_speed(struct termios *t, speed_t speed)
{
	if (speed == B0 || (cfgetospeed(t) == speed && cfgetispeed(t) == speed))
		return;
	cfsetospeed(t, speed);
	cfsetispeed(t, speed);
	changed |= !tcsetattr(STDIN_FILENO, TCSADRAIN, t);
}

void console_line(const struct console *c)
{
	struct termios t;

	if (tcgetattr(STDIN_FILENO, &t))
		return;
	if (!changed)
		found = t;
	set_flow(&t, c->xon_xoff ? FLOW : 0);
	set_speed(&t, c->baud ? speed_of(c->baud) : changed ? cfgetospeed(&found) : B0);
}

void console_line_end(void)
{
	struct termios t;

	if (!changed || tcgetattr(STDIN_FILENO, &t))
		return;
	set_flow(&t, found.c_iflag & FLOW);
	set_speed(&t, cfgetospeed(&found));
	changed = false;
}
