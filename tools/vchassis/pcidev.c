// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns the PCI function of a slot's window; see pcidev.h. */
#include "pcidev.h"
#include "compiler.h"

#include <endian.h>
#include <linux/pci_regs.h>
#include <linux/virtio_pcidev.h>
#include <string.h>

#include "../../kernel/regs.h"

#define QUEUE_COMMANDS	 0
#define QUEUE_INTERRUPTS 1 /* ten buffers of the guest's; none is ever lost */
#define SIGNAL_EVERY	 128

#define MSI_CAP	    0x40
#define MSI_CONTROL (MSI_CAP + 2)
#define MSI_ADDRESS (MSI_CAP + 4)
#define MSI_DATA    (MSI_CAP + 12)

static void put16(u8 *p, u16 v)
{
	v = htole16(v);
	memcpy(p, &v, sizeof(v));
}

static u16 get16(const u8 *p)
{
	u16 v;

	memcpy(&v, p, sizeof(v));
	return le16toh(v);
}

static void reset_config(struct pcidev *p)
{
	u8 *c = p->config;

	memset(c, 0, sizeof(p->config));
	put16(c + PCI_VENDOR_ID, REDUND_PCI_VENDOR);
	put16(c + PCI_DEVICE_ID, REDUND_PCI_DEVICE);
	put16(c + PCI_STATUS, PCI_STATUS_CAP_LIST);
	c[PCI_REVISION_ID] = REDUND_VERSION_MAJOR;
	put16(c + PCI_CLASS_DEVICE, 0x0880); /* other system peripheral */
	put16(c + PCI_SUBSYSTEM_VENDOR_ID, REDUND_PCI_VENDOR);
	put16(c + PCI_SUBSYSTEM_ID, REDUND_PCI_DEVICE);
	c[PCI_CAPABILITY_LIST] = MSI_CAP;
	c[MSI_CAP] = PCI_CAP_ID_MSI;
	put16(c + MSI_CONTROL, PCI_MSI_FLAGS_64BIT);
	p->pending = false;
	p->posted = 0;
}

static void config_read(struct pcidev *p, u64 addr, u8 *buf, size_t len)
{
	memset(buf, addr < sizeof(p->config) ? 0 : 0xff, len);
	for (size_t i = 0; i < len && addr + i < sizeof(p->config); i++)
		buf[i] = p->config[addr + i];
}

/* Bits of a configuration byte that software may change. */
static u8 writable(u64 addr)
{
	static const u32 bar0 = ~(u32)(REDUND_WINDOW_SIZE - 1);

	if (addr >= PCI_BASE_ADDRESS_0 && addr < PCI_BASE_ADDRESS_0 + 4)
		return bar0 >> 8 * (addr - PCI_BASE_ADDRESS_0);
	if (addr >= MSI_ADDRESS && addr < MSI_DATA + 2)
		return addr == MSI_ADDRESS ? 0xfc : 0xff;
	switch (addr) {
	case PCI_COMMAND:
		return PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
	case PCI_COMMAND + 1:
		return PCI_COMMAND_INTX_DISABLE >> 8;
	case PCI_CACHE_LINE_SIZE:
	case PCI_INTERRUPT_LINE:
		return 0xff;
	case MSI_CONTROL:
		return PCI_MSI_FLAGS_ENABLE;
	default:
		return 0;
	}
}

static void config_write(struct pcidev *p, u64 addr, const u8 *buf, size_t len)
{
	for (size_t i = 0; i < len && addr + i < sizeof(p->config); i++) {
		u8 mask = writable(addr + i);

		p->config[addr + i] = (p->config[addr + i] & ~mask) | (buf[i] & mask);
	}
	if (p->pending)
		pcidev_interrupt(p);
}

static void bar_read(struct pcidev *p, const struct virtio_pcidev_msg *m, u8 *in, size_t len)
{
	memset(in, 0xff, len);
	if (m->bar != 0 || m->addr >= REDUND_WINDOW_SIZE || m->size > REDUND_WINDOW_SIZE - m->addr)
		return;
	p->accesses++;
	p->read(p, m->addr, in, m->size < len ? m->size : len);
}

static void bar_write(struct pcidev *p, const struct virtio_pcidev_msg *m, const u8 *data,
		      size_t len)
{
	if (m->bar != 0 || m->addr >= REDUND_WINDOW_SIZE ||
	    m->size > REDUND_WINDOW_SIZE - m->addr || m->size > len)
		return;
	p->accesses++;
	p->write(p, m->addr, data, m->size);
}

static void bar_set(struct pcidev *p, const struct virtio_pcidev_msg *m, u8 value)
{
	u8 chunk[256];

	if (m->bar != 0 || m->addr >= REDUND_WINDOW_SIZE || m->size > REDUND_WINDOW_SIZE - m->addr)
		return;
	memset(chunk, value, sizeof(chunk));
	p->accesses++;
	for (u32 done = 0; done < m->size;) {
		u32 n = m->size - done < sizeof(chunk) ? m->size - done : sizeof(chunk);

		p->write(p, m->addr + done, chunk, n);
		done += n;
	}
}

static void command(struct pcidev *p, const u8 *out, size_t out_len, u8 *in, size_t in_len)
{
	struct virtio_pcidev_msg m;
	const u8 *data = out + sizeof(m);
	size_t len = out_len - sizeof(m);

	if (out_len < sizeof(m))
		return;
	memcpy(&m, out, sizeof(m));
	switch (m.op) {
	case VIRTIO_PCIDEV_OP_CFG_READ:
		config_read(p, m.addr, in, in_len);
		break;
	case VIRTIO_PCIDEV_OP_CFG_WRITE:
		config_write(p, m.addr, data, m.size < len ? m.size : len);
		break;
	case VIRTIO_PCIDEV_OP_MMIO_READ:
		bar_read(p, &m, in, in_len);
		break;
	case VIRTIO_PCIDEV_OP_MMIO_WRITE:
		bar_write(p, &m, data, len);
		break;
	case VIRTIO_PCIDEV_OP_MMIO_MEMSET:
		if (len)
			bar_set(p, &m, data[0]);
		break;
	}
}

/* A read polls for its answer; of posted writes the guest is told now and then. */
static void run_commands(struct pcidev *p)
{
	struct vhost *v = &p->vhost;
	static u8 out[16384];
	struct vhost_chain c;

	while (vhost_take(v, QUEUE_COMMANDS, &c)) {
		size_t len = vhost_gather(&c, out, sizeof(out));
		size_t in_len = c.ins ? c.in[0].iov_len : 0;

		command(p, out, len, c.ins ? c.in[0].iov_base : NULL, in_len);
		/* the command may have ended the connection */
		if (v->conn.fd < 0)
			return;
		vhost_done(v, QUEUE_COMMANDS, &c, in_len);
		p->posted = in_len ? 0 : p->posted + 1;
		if (p->posted >= SIGNAL_EVERY) {
			p->posted = 0;
			vhost_signal(v, QUEUE_COMMANDS);
		}
	}
}

void pcidev_interrupt(struct pcidev *p)
{
	struct {
		struct virtio_pcidev_msg head;
		u16 data;
	} __packed msi = { .head.op = VIRTIO_PCIDEV_OP_MSI, .head.size = 2 };
	struct vhost_chain c;

	p->pending = true;
	if (!(get16(p->config + MSI_CONTROL) & PCI_MSI_FLAGS_ENABLE) ||
	    !(get16(p->config + PCI_COMMAND) & PCI_COMMAND_MASTER) ||
	    !vhost_take(&p->vhost, QUEUE_INTERRUPTS, &c))
		return;
	memcpy(&msi.head.addr, p->config + MSI_ADDRESS, sizeof(msi.head.addr));
	memcpy(&msi.data, p->config + MSI_DATA, sizeof(msi.data));
	vhost_done(&p->vhost, QUEUE_INTERRUPTS, &c, vhost_scatter(&c, 0, &msi, sizeof(msi)));
	vhost_signal(&p->vhost, QUEUE_INTERRUPTS);
	p->pending = false;
}

static void kicked(struct vhost *v, u32 index)
{
	struct pcidev *p = v->data;

	if (index == QUEUE_COMMANDS)
		run_commands(p);
	else if (p->pending)
		pcidev_interrupt(p);
}

static void gone(struct vhost *v)
{
	reset_config(v->data);
}

void pcidev_drop(struct pcidev *p)
{
	vhost_drop(&p->vhost);
	reset_config(p);
}

int pcidev_init(struct pcidev *p, const char *path)
{
	reset_config(p);
	p->vhost.data = p;
	p->vhost.urgent = true;
	p->vhost.kicked = kicked;
	p->vhost.gone = gone;
	return vhost_listen(&p->vhost, path);
}
