/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A slot's serial console: the boot ROM's line first, and when Linux runs a
 * terminal session of the module's agent. Any number of clients are attached
 * to it and see the same; they stay over restarts of the module.
 */
#ifndef VCHASSIS_SERIAL_H
#define VCHASSIS_SERIAL_H

#include "agent.h"
#include "loop.h"

struct serial_client {
	/* text for the client */
	void (*output)(struct serial_client *c, const void *data, size_t len);
	/* more input may come */
	void (*input_taken)(struct serial_client *c);
	struct serial_client *next;
};

#define SERIAL_LINE_MAX 256

struct serial {
	struct agent *agent;
	struct watch rom; /* the ROM's line, fd -1: none */
	struct session session;
	bool in_session; /* else a key begins one */
	int log;	 /* DIR/mmN/serial.log */
	struct agent_winsize size;
	struct serial_client *clients;
	char line[SERIAL_LINE_MAX]; /* what stands after the last line feed */
	size_t line_len;
};

/** serial_init() - of slot @slot, in the current directory; Return: 0, or -1 */
int serial_init(struct serial *s, struct agent *agent, int slot);
/** serial_connect() - a boot ROM starts; Return: its end of the line, or -1 */
int serial_connect(struct serial *s);
/** serial_drop() - the module stopped: nothing is at the other end */
void serial_drop(struct serial *s);

/**
 * serial_attach() - one more client
 * @s: console
 * @c: its functions set; it is given the line that stands there, a prompt mostly
 * @size: of its terminal
 */
void serial_attach(struct serial *s, struct serial_client *c, const struct agent_winsize *size);
void serial_detach(struct serial *s, struct serial_client *c);
void serial_input(struct serial *s, const void *data, size_t len);
/** serial_takes_input() - or is enough on its way already? */
bool serial_takes_input(const struct serial *s);
void serial_size(struct serial *s, const void *data, size_t len);
/** serial_clients() - how many are attached */
unsigned int serial_clients(const struct serial *s);

#endif
