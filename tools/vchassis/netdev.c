// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns the internal Ethernet link; see netdev.h. */
#include "netdev.h"
#include "compiler.h"

#include <linux/virtio_net.h>
#include <string.h>

#define QUEUE_RECEIVE 0
#define QUEUE_SEND    1
#define HEAD	      sizeof(struct virtio_net_hdr_v1)

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

static void send_packets(struct netdev *n)
{
	static u8 packet[65536 + HEAD];
	bool signal = false;
	struct vhost_chain c;

	while (vhost_take(&n->vhost, QUEUE_SEND, &c)) {
		size_t len = vhost_gather(&c, packet, sizeof(packet));

		if (len > HEAD && !n->cut(n) && deliver(n->peer, packet + HEAD, len - HEAD))
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
	if (index == QUEUE_SEND)
		send_packets(v->data);
}

static void gone(struct vhost *v)
{
}

void netdev_drop(struct netdev *n)
{
	vhost_drop(&n->vhost);
}

int netdev_init(struct netdev *n, const char *path)
{
	n->vhost.data = n;
	n->vhost.device_features = BIT_ULL(VIRTIO_NET_F_MAC);
	n->vhost.config = n->mac;
	n->vhost.config_len = sizeof(n->mac);
	n->vhost.kicked = kicked;
	n->vhost.gone = gone;
	return vhost_listen(&n->vhost, path);
}
