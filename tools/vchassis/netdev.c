// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns the internal Ethernet link; see netdev.h. */
#include "netdev.h"
#include "compiler.h"

#include <linux/virtio_net.h>
#include <stdlib.h>
#include <string.h>

#define QUEUE_RECEIVE 0
#define QUEUE_SEND    1
#define HEAD	      sizeof(struct virtio_net_hdr_v1)

struct netdev_frame {
	struct netdev_frame *next;
	u64 due;
	size_t len;
	u8 data[];
};

static bool deliver(struct netdev *to, const u8 *packet, size_t len)
{
	struct virtio_net_hdr_v1 head = { .num_buffers = 1 };
	struct vhost_chain c;
	size_t done;

	if (!vhost_take(&to->vhost, QUEUE_RECEIVE, &c))
		return false;
	done = vhost_scatter(&c, 0, &head, HEAD);
	done += vhost_scatter(&c, HEAD, packet, len);
	vhost_done(&to->vhost, QUEUE_RECEIVE, &c, done);
	return true;
}

/* ---- garbage --------------------------------------------------------------- */

#define ETHERNET	 14
#define ETHERTYPE_IPV4	 0x0800
#define IPV4_MIN	 20
#define IPV4_PROTOCOL	 9
#define PROTOCOL_TCP	 6
#define TCP_MIN		 20
#define TCP_OFFSET	 12
#define TCP_CHECKSUM	 16
#define GARBAGE_STEP_MAX 512

static u32 get16(const u8 *p)
{
	return p[0] << 8 | p[1];
}

static u32 chance(struct netdev *n)
{
	n->chance ^= n->chance << 13;
	n->chance ^= n->chance >> 17;
	n->chance ^= n->chance << 5;
	return n->chance;
}

/* Offset of the TCP header in an IPv4 frame, 0 when it is another one. */
static size_t tcp_at(const u8 *frame, size_t len)
{
	size_t at;

	if (len < ETHERNET + IPV4_MIN || get16(frame + 12) != ETHERTYPE_IPV4 ||
	    frame[ETHERNET + IPV4_PROTOCOL] != PROTOCOL_TCP)
		return 0;
	at = ETHERNET + (frame[ETHERNET] & 15) * 4;
	return len >= at + TCP_MIN ? at : 0;
}

/*
 * Bytes of the payload change, and the checksum with them (RFC 1624): what
 * arrives is what the program that listens has to find out about. A frame
 * without payload is let through: else it would be a link that loses.
 */
static void make_garbage(struct netdev *n, u8 *frame, size_t len)
{
	size_t tcp = tcp_at(frame, len), at, end;
	u32 sum;

	if (!tcp)
		return;
	end = ETHERNET + get16(frame + ETHERNET + 2);
	at = tcp + (frame[tcp + TCP_OFFSET] >> 4) * 4;
	if (end > len || at >= end)
		return;
	sum = ~get16(frame + tcp + TCP_CHECKSUM) & 0xffff;
	for (at += chance(n) % (end - at); at < end; at += 1 + chance(n) % GARBAGE_STEP_MAX) {
		u8 change = 1 + chance(n) % 255;
		/* a byte at an even place of the segment is the upper one of its word */
		u32 shift = (at - tcp) & 1 ? 0 : 8;

		sum += (~(frame[at] << shift) & 0xffff) + ((frame[at] ^ change) << shift);
		sum = (sum & 0xffff) + (sum >> 16);
		sum = (sum & 0xffff) + (sum >> 16);
		frame[at] ^= change;
	}
	sum = ~sum & 0xffff;
	frame[tcp + TCP_CHECKSUM] = sum >> 8;
	frame[tcp + TCP_CHECKSUM + 1] = sum;
}

/* ---- frames on their way ------------------------------------------------------ */

static void hold(struct netdev *n, const u8 *data, size_t len)
{
	struct netdev_frame *f = NULL;

	if (n->held_bytes + len <= NETDEV_HELD_MAX)
		f = malloc(sizeof(*f) + len);
	if (!f) {
		n->lost++;
		return;
	}
	f->next = NULL;
	f->due = clock_us() + n->delay_us;
	f->len = len;
	memcpy(f->data, data, len);
	if (!n->held)
		n->last = &n->held;
	*n->last = f;
	n->last = &f->next;
	n->held_bytes += len;
	if (n->arrive.at == CLOCK_NEVER && n->delay_us)
		loop_timer(&n->arrive, f->due);
}

static void take_first(struct netdev *n)
{
	struct netdev_frame *f = n->held;

	n->held = f->next;
	n->held_bytes -= f->len;
	free(f);
}

/* What was held goes on, as fast as the other module makes room for it. */
static void let_go(struct netdev *n)
{
	bool signal = false;

	while (n->held && !n->fault[NETDEV_STALL] && n->held->due <= clock_us() &&
	       deliver(n->peer, n->held->data, n->held->len)) {
		take_first(n);
		signal = true;
	}
	if (signal)
		vhost_signal(&n->peer->vhost, QUEUE_RECEIVE);
}

/* There is no room for it, or nobody: lost, as without a delay. */
static void arrive(struct timer *t)
{
	struct netdev *n = t->data;

	let_go(n);
	while (n->held && !n->fault[NETDEV_STALL] && n->held->due <= clock_us()) {
		take_first(n);
		n->lost++;
	}
	if (n->held && !n->fault[NETDEV_STALL])
		loop_timer(&n->arrive, n->held->due);
}

static void send_packets(struct netdev *n)
{
	static u8 packet[65536 + HEAD];
	bool signal = false;
	struct vhost_chain c;

	while (vhost_take(&n->vhost, QUEUE_SEND, &c)) {
		size_t len = vhost_gather(&c, packet, sizeof(packet));

		if (n->fault[NETDEV_GARBAGE] && len > HEAD)
			make_garbage(n, packet + HEAD, len - HEAD);
		if (len <= HEAD || n->cut(n))
			n->lost++;
		else if (n->fault[NETDEV_STALL] || n->held || n->delay_us)
			hold(n, packet + HEAD, len - HEAD);
		else if (deliver(n->peer, packet + HEAD, len - HEAD))
			signal = true;
		else
			n->lost++;
		n->sent++;
		vhost_done(&n->vhost, QUEUE_SEND, &c, 0);
	}
	vhost_signal(&n->vhost, QUEUE_SEND);
	if (signal)
		vhost_signal(&n->peer->vhost, QUEUE_RECEIVE);
}

static void kicked(struct vhost *v, u32 index)
{
	struct netdev *n = v->data;

	if (index == QUEUE_SEND)
		send_packets(n);
	else if (n->peer)
		let_go(n->peer);
}

static void gone(struct vhost *v)
{
}

void netdev_fault(struct netdev *n, enum netdev_fault fault, bool on)
{
	n->fault[fault] = on;
	let_go(n);
	if (n->held && n->delay_us && n->arrive.at == CLOCK_NEVER && !n->fault[NETDEV_STALL])
		loop_timer(&n->arrive, n->held->due > clock_us() ? n->held->due : CLOCK_NEVER);
}

const char *netdev_fault_name(enum netdev_fault fault)
{
	static const char *const names[] = {
		[NETDEV_STALL] = "link-stall",
		[NETDEV_GARBAGE] = "link-garbage",
	};

	return names[fault];
}

void netdev_drop(struct netdev *n)
{
	while (n->held)
		take_first(n);
	loop_timer(&n->arrive, CLOCK_NEVER);
	vhost_drop(&n->vhost);
}

int netdev_init(struct netdev *n, const char *path)
{
	n->chance = n->chance ? n->chance : 1;
	n->arrive = (struct timer){ .at = CLOCK_NEVER, .fire = arrive, .data = n };
	n->vhost.data = n;
	n->vhost.device_features = BIT_ULL(VIRTIO_NET_F_MAC);
	n->vhost.config = n->mac;
	n->vhost.config_len = sizeof(n->mac);
	n->vhost.kicked = kicked;
	n->vhost.gone = gone;
	return vhost_listen(&n->vhost, path);
}
