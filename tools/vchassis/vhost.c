// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns the vhost-user protocol as arch/um/drivers/virtio_uml.c speaks it:
 * in-band notifications (a kick is a message with an answer, so that a
 * register access is done when the kick returns), and a pipe for calls.
 */
#include "vhost.h"
#include "compiler.h"
#include "timetravel.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/virtio_ring.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	GET_FEATURES = 1,
	SET_FEATURES,
	SET_OWNER,
	RESET_OWNER,
	SET_MEM_TABLE,
	SET_VRING_NUM = 8,
	SET_VRING_ADDR,
	SET_VRING_BASE,
	GET_VRING_BASE,
	SET_VRING_KICK,
	SET_VRING_CALL,
	SET_VRING_ERR,
	GET_PROTOCOL_FEATURES,
	SET_PROTOCOL_FEATURES,
	GET_QUEUE_NUM,
	SET_VRING_ENABLE,
	SET_SLAVE_REQ_FD = 21,
	GET_CONFIG = 24,
	VRING_KICK = 35,
	SLAVE_VRING_CALL = 4,
};

#define FLAG_VERSION	0x1
#define FLAG_REPLY	0x4
#define FLAG_NEED_REPLY 0x8

#define FEATURES	(BIT_ULL(30) | BIT_ULL(32))		/* protocol features, VERSION_1 */
#define PROTOCOL	(BIT_ULL(3) | BIT_ULL(5) | BIT_ULL(14)) /* REPLY_ACK, SLAVE_REQ, INBAND */
#define PROTOCOL_CONFIG BIT_ULL(9)

struct message {
	u32 request, flags, size;
	union {
		u64 integer;
		struct {
			u32 index, num;
		} state;
		struct {
			u32 index, flags;
			u64 desc, used, avail, log;
		} addr;
		struct {
			u32 num, padding;
			struct {
				u64 guest, size, user, offset;
			} region[VHOST_REGIONS];
		} mem;
		struct {
			u32 offset, size, flags;
			u8 bytes[256];
		} config;
	} u;
} __packed;

#define HEADER	12
#define CALL_US 5 /* from a device's interrupt to the guest, in simulated time */

static void *translate(struct vhost *v, u64 gpa, size_t len)
{
	for (int i = 0; i < VHOST_REGIONS; i++) {
		struct vhost_region *r = &v->region[i];

		if (r->map && gpa >= r->guest && len <= r->size && gpa - r->guest <= r->size - len)
			return r->host + (gpa - r->guest);
	}
	return NULL;
}

static void forget_memory(struct vhost *v)
{
	for (int i = 0; i < VHOST_REGIONS; i++) {
		if (v->region[i].map)
			munmap(v->region[i].map, v->region[i].map_size);
		v->region[i] = (struct vhost_region){ 0 };
	}
}

void vhost_drop(struct vhost *v)
{
	int fd = v->conn.fd;

	if (fd >= 0) {
		loop_del(&v->conn);
		close(fd);
	}
	if (v->call_fd >= 0)
		close(v->call_fd);
	v->call_fd = -1;
	forget_memory(v);
	memset(v->queue, 0, sizeof(v->queue));
	loop_timer(&v->call, CLOCK_NEVER);
	if (fd >= 0)
		v->gone(v);
}

static int set_memory(struct vhost *v, const struct message *m, const int *fds, int nfds)
{
	u32 num = m->u.mem.num;

	forget_memory(v);
	if (num > VHOST_REGIONS || num != (u32)nfds)
		return -1;
	for (u32 i = 0; i < num; i++) {
		struct vhost_region *r = &v->region[i];
		u64 offset = m->u.mem.region[i].offset, size = m->u.mem.region[i].size;
		struct stat st;

		/* memory that is not in the file would be a SIGBUS here */
		if (fstat(fds[i], &st) || offset > st.st_size || size > st.st_size - offset)
			return -1;
		r->map_size = size + offset;
		r->map = mmap(NULL, r->map_size, PROT_READ | PROT_WRITE, MAP_SHARED, fds[i], 0);
		if (r->map == MAP_FAILED) {
			r->map = NULL;
			return -1;
		}
		r->guest = m->u.mem.region[i].guest;
		r->size = size;
		r->host = (u8 *)r->map + offset;
	}
	return 0;
}

/* A full pipe tells the guest already. */
static void send_call(struct vhost *v, u32 index, u32 flags)
{
	struct message m = {
		.request = SLAVE_VRING_CALL,
		.flags = FLAG_VERSION | flags,
		.size = 8,
		.u.state.index = index,
	};

	if (write(v->call_fd, &m, HEADER + 8) < 0 && errno != EAGAIN && errno != EINTR) {
		close(v->call_fd);
		v->call_fd = -1;
	}
}

void vhost_signal(struct vhost *v, u32 index)
{
	struct vring_avail *avail = translate(v, v->queue[index].avail_gpa, sizeof(*avail));

	if (v->call_fd < 0 || !avail || avail->flags & VRING_AVAIL_F_NO_INTERRUPT)
		return;
	if (v->time)
		vhost_nudge(v, index);
	else
		send_call(v, index, 0);
}

/* ---- interrupts in simulated time -------------------------------------------- */

void vhost_nudge(struct vhost *v, u32 index)
{
	u64 at = clock_us() + CALL_US;

	v->queue[index].call = true;
	if (at < v->call.at)
		loop_timer(&v->call, at);
}

void vhost_call_again(struct vhost *v)
{
	for (u32 i = 0; i < VHOST_QUEUES; i++)
		if (v->queue[i].call)
			vhost_nudge(v, i);
}

/*
 * An event of its own, when no guest runs. The guest answers when it has asked
 * the calendar for the time to handle the interrupt.
 */
static void call_due(struct timer *t)
{
	struct vhost *v = t->data;
	struct message reply;

	if (!timetravel_call(v->time))
		return;
	for (u32 i = 0; i < VHOST_QUEUES && v->call_fd >= 0; i++) {
		if (!v->queue[i].call)
			continue;
		v->queue[i].call = false;
		send_call(v, i, FLAG_NEED_REPLY);
		if (v->call_fd < 0)
			return;
		timetravel_await(v->time, v->call_fd, &reply, HEADER + 8);
	}
}

/* Takes the next available head; false when there is none. */
static bool next_head(struct vhost *v, struct vhost_queue *q, u16 *head)
{
	struct vring_avail *avail;

	if (!q->enabled || !q->num || q->num > VHOST_RING_MAX)
		return false;
	avail = translate(v, q->avail_gpa, sizeof(*avail) + q->num * sizeof(u16));
	if (!avail || __atomic_load_n(&avail->idx, __ATOMIC_ACQUIRE) == q->last_avail)
		return false;
	*head = avail->ring[q->last_avail++ % q->num];
	return true;
}

void vhost_done(struct vhost *v, u32 index, const struct vhost_chain *c, u32 len)
{
	struct vhost_queue *q = &v->queue[index];
	struct vring_used *used;

	if (!q->num || q->num > VHOST_RING_MAX)
		return;
	used = translate(v, q->used_gpa, sizeof(*used) + q->num * sizeof(struct vring_used_elem));
	if (!used)
		return;
	used->ring[used->idx % q->num].id = c->head;
	used->ring[used->idx % q->num].len = len;
	__atomic_store_n(&used->idx, (u16)(used->idx + 1), __ATOMIC_RELEASE);
}

static bool collect(struct vhost *v, struct vhost_queue *q, struct vhost_chain *c)
{
	struct vring_desc *table = translate(v, q->desc_gpa, q->num * sizeof(*table));
	u32 i = c->head;

	c->outs = 0;
	c->ins = 0;
	while (table && i < q->num) {
		struct vring_desc d = table[i];
		struct iovec seg = { .iov_base = translate(v, d.addr, d.len), .iov_len = d.len };

		/* also ends a chain that bites its own tail */
		if (!seg.iov_base || c->outs == VHOST_SEGMENTS || c->ins == VHOST_SEGMENTS)
			return false;
		if (d.flags & VRING_DESC_F_WRITE)
			c->in[c->ins++] = seg;
		else
			c->out[c->outs++] = seg;
		if (!(d.flags & VRING_DESC_F_NEXT))
			return true;
		i = d.next;
	}
	return false;
}

bool vhost_take(struct vhost *v, u32 index, struct vhost_chain *c)
{
	struct vhost_queue *q = &v->queue[index];

	while (v->conn.fd >= 0 && next_head(v, q, &c->head)) {
		if (collect(v, q, c))
			return true;
		vhost_done(v, index, c, 0);
	}
	return false;
}

size_t vhost_gather(const struct vhost_chain *c, void *buf, size_t size)
{
	size_t len = 0;

	for (int i = 0; i < c->outs; i++) {
		size_t n = c->out[i].iov_len < size - len ? c->out[i].iov_len : size - len;

		memcpy((char *)buf + len, c->out[i].iov_base, n);
		len += n;
	}
	return len;
}

size_t vhost_scatter(const struct vhost_chain *c, size_t at, const void *data, size_t len)
{
	size_t done = 0;

	for (int i = 0; i < c->ins && done < len; i++) {
		size_t room = c->in[i].iov_len, n;

		if (at >= room) {
			at -= room;
			continue;
		}
		n = room - at < len - done ? room - at : len - done;
		memcpy((char *)c->in[i].iov_base + at, (const char *)data + done, n);
		done += n;
		at = 0;
	}
	return done;
}

static void send_message(struct vhost *v, struct message *m, u32 size)
{
	m->flags = FLAG_VERSION | FLAG_REPLY;
	m->size = size;
	if (send(v->conn.fd, m, HEADER + size, MSG_NOSIGNAL) != (ssize_t)(HEADER + size))
		vhost_drop(v);
}

static void set_vring(struct vhost *v, struct message *m)
{
	u32 index = m->request == SET_VRING_ADDR ? m->u.addr.index : m->u.state.index;
	struct vhost_queue *q = &v->queue[index % VHOST_QUEUES];

	if (index >= VHOST_QUEUES)
		return;
	switch (m->request) {
	case SET_VRING_NUM:
		q->num = m->u.state.num;
		break;
	case SET_VRING_ADDR:
		q->desc_gpa = m->u.addr.desc;
		q->used_gpa = m->u.addr.used;
		q->avail_gpa = m->u.addr.avail;
		break;
	case SET_VRING_BASE:
		q->last_avail = m->u.state.num;
		break;
	case SET_VRING_ENABLE:
		q->enabled = m->u.state.num;
		break;
	}
}

static u32 get_config(struct vhost *v, struct message *m)
{
	u32 size = m->u.config.size;

	if (size > sizeof(m->u.config.bytes))
		size = sizeof(m->u.config.bytes);
	memset(m->u.config.bytes, 0, size);
	if (v->config && m->u.config.offset < v->config_len)
		memcpy(m->u.config.bytes, (const u8 *)v->config + m->u.config.offset,
		       size < v->config_len - m->u.config.offset ?
			       size :
			       v->config_len - m->u.config.offset);
	return 12 + size;
}

/* Return: size of the answer to send whether asked for or not, else 0. */
static u32 handle(struct vhost *v, struct message *m, int *fds, int nfds)
{
	switch (m->request) {
	case GET_FEATURES:
		m->u.integer = FEATURES | v->device_features;
		return 8;
	case GET_PROTOCOL_FEATURES:
		m->u.integer = PROTOCOL | (v->config ? PROTOCOL_CONFIG : 0);
		return 8;
	case GET_CONFIG:
		return get_config(v, m);
	case SET_MEM_TABLE:
		m->u.integer = set_memory(v, m, fds, nfds) ? 1 : 0;
		return 0;
	case GET_VRING_BASE:
		m->u.state.num = v->queue[m->u.state.index % VHOST_QUEUES].last_avail;
		return 8;
	case SET_VRING_NUM:
	case SET_VRING_ADDR:
	case SET_VRING_BASE:
	case SET_VRING_ENABLE:
		set_vring(v, m);
		break;
	case SET_SLAVE_REQ_FD:
		if (nfds == 1) {
			if (v->call_fd >= 0)
				close(v->call_fd);
			v->call_fd = fds[0];
			fcntl(v->call_fd, F_SETFL, O_NONBLOCK);
			fds[0] = -1;
		}
		break;
	case VRING_KICK:
		if (m->u.state.index < VHOST_QUEUES)
			v->kicked(v, m->u.state.index);
		break;
	}
	m->u.integer = 0;
	return 0;
}

static ssize_t receive(int fd, struct message *m, int *fds, int *nfds)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(sizeof(int) * VHOST_REGIONS)];
	} control;
	struct iovec iov = { .iov_base = m, .iov_len = HEADER };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf),
	};
	ssize_t n = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&msg) : NULL;

	*nfds = 0;
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
		*nfds = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(fds, CMSG_DATA(c), *nfds * sizeof(int));
	}
	if (n != HEADER)
		return n;
	if (m->size > sizeof(m->u))
		return 0;
	if (m->size && recv(fd, &m->u, m->size, MSG_WAITALL) != (ssize_t)m->size)
		return 0;
	return n;
}

static void conn_ready(struct watch *w, u32 events)
{
	struct vhost *v = w->data;
	int fds[VHOST_REGIONS], nfds = 0;
	bool need_reply;
	struct message m;
	ssize_t n = receive(w->fd, &m, fds, &nfds);
	u32 size;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n != HEADER) {
		vhost_drop(v);
		goto out;
	}
	need_reply = m.flags & FLAG_NEED_REPLY;
	if (v->time)
		timetravel_now(v->time);
	size = handle(v, &m, fds, nfds);
	if (v->time && v->conn.fd >= 0)
		timetravel_changed(v->time);
	if (v->conn.fd >= 0 && (size || need_reply))
		send_message(v, &m, size ? size : 8);
out:
	for (int i = 0; i < nfds; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

void vhost_settle(struct vhost *v)
{
	struct pollfd p = { .fd = v->conn.fd, .events = POLLIN };

	while (v->conn.fd >= 0 && poll(&p, 1, 0) == 1)
		conn_ready(&v->conn, EPOLLIN);
}

static void listener_ready(struct watch *w, u32 events)
{
	struct vhost *v = w->data;
	int fd = accept4(w->fd, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return;
	vhost_drop(v);
	v->conn = (struct watch){ .urgent = v->urgent, .ready = conn_ready, .data = v };
	if (loop_add(&v->conn, fd, EPOLLIN)) {
		v->conn.fd = -1;
		close(fd);
	}
}

int vhost_listen(struct vhost *v, const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(sun.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(sun.sun_path, path, strlen(path) + 1);
	unlink(path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&sun, sizeof(sun)) || listen(fd, 4))
		return -1;
	v->conn.fd = -1;
	v->call_fd = -1;
	v->call = (struct timer){ .at = CLOCK_NEVER, .fire = call_due, .data = v };
	v->listener = (struct watch){ .ready = listener_ready, .data = v };
	return loop_add(&v->listener, fd, EPOLLIN);
}
