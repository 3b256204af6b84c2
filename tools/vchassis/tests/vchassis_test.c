// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unit tests of the virtual chassis' own parts, without a UML kernel: its
 * devices with a guest that is well-behaved or not; the queue of bytes; what
 * expectations look for; the inventory. TAP.
 */
#include "../blockdev.h"
#include "../client.h"
#include "../netdev.h"
#include "../pcidev.h"
#include "../vc.h"
#include "guest.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/virtio_net.h>
#include <linux/virtio_pcidev.h>
#include <linux/virtio_ring.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct vc vc; /* inventory.c asks it for the seed */

static int number, failed;
static bool test_ok;

#define CHECK(cond)                                                         \
	do {                                                                \
		if (!(cond)) {                                              \
			printf("# %s:%d: %s\n", __FILE__, __LINE__, #cond); \
			test_ok = false;                                    \
		}                                                           \
	} while (0)

/* ---- the PCI function ------------------------------------------------------ */

static u8 window[REDUND_WINDOW_SIZE];

static void window_read(struct pcidev *p, u32 off, void *buf, size_t len)
{
	memcpy(buf, window + off, len);
}

static void window_write(struct pcidev *p, u32 off, const void *buf, size_t len)
{
	memcpy(window + off, buf, len);
}

static struct pcidev pci = { .read = window_read, .write = window_write };

static u64 pci_command(struct guest *g, u8 op, u8 bar, u64 addr, u32 size, const void *data,
		       u32 data_len)
{
	struct virtio_pcidev_msg m = { .op = op, .bar = bar, .addr = addr, .size = size };
	u8 buf[128];
	u64 value = 0;
	u16 head, in = 0;

	memcpy(buf, &m, sizeof(m));
	if (data_len)
		memcpy(buf + sizeof(m), data, data_len);
	head = offer(g, 0, buf, sizeof(m) + data_len, false, !data_len);
	if (!data_len) {
		in = offer(g, 0, NULL, 8, true, false);
		memset(g->ring[0].buf[in], 0x5a, 8);
	}
	publish(g, 0, head);
	kick(g, 0);
	if (!data_len)
		memcpy(&value, g->ring[0].buf[in], 8);
	return value;
}

static u64 pci_read(struct guest *g, u64 addr, u32 size)
{
	u64 v = pci_command(g, VIRTIO_PCIDEV_OP_MMIO_READ, 0, addr, size, NULL, 0);

	return size == 8 ? v : v & ((1ULL << 8 * size) - 1);
}

static void config_write(struct guest *g, u32 addr, u32 value, u32 size)
{
	pci_command(g, VIRTIO_PCIDEV_OP_CFG_WRITE, 0, addr, size, &value, 4);
}

static u32 config_read(struct guest *g, u32 addr)
{
	return pci_command(g, VIRTIO_PCIDEV_OP_CFG_READ, 0, addr, 4, NULL, 0);
}

static void test_pci_identity(void)
{
	struct guest g;

	guest_connect(&g, "pci.sock");
	CHECK(config_read(&g, 0) == (REDUND_PCI_DEVICE << 16 | REDUND_PCI_VENDOR));
	config_write(&g, 0x10, 0xffffffff, 4);
	CHECK(config_read(&g, 0x10) == (u32)(~(REDUND_WINDOW_SIZE - 1)));
	config_write(&g, 0, 0, 4);
	CHECK((config_read(&g, 0) & 0xffff) == REDUND_PCI_VENDOR);
	CHECK(config_read(&g, 0x1000) == 0xffffffff);
	guest_leave(&g);
}

static void test_pci_window(void)
{
	u32 value = 0x12345678;
	struct guest g;

	guest_connect(&g, "pci.sock");
	pci_command(&g, VIRTIO_PCIDEV_OP_MMIO_WRITE, 0, 0x10, 4, &value, 4);
	CHECK(pci_read(&g, 0x10, 4) == 0x12345678);
	CHECK(pci_read(&g, 0x12, 2) == 0x1234);
	/* beyond the window, across its end, another BAR: all ones, no effect */
	CHECK(pci_read(&g, REDUND_WINDOW_SIZE, 4) == 0xffffffff);
	CHECK(pci_read(&g, REDUND_WINDOW_SIZE - 2, 4) == 0xffffffff);
	pci_command(&g, VIRTIO_PCIDEV_OP_MMIO_WRITE, 1, 0x10, 4, "AAAA", 4);
	CHECK(pci_read(&g, 0x10, 4) == 0x12345678);
	/* says more bytes than it has */
	pci_command(&g, VIRTIO_PCIDEV_OP_MMIO_WRITE, 0, 0x10, 64, "AAAA", 4);
	CHECK(pci_read(&g, 0x10, 4) == 0x12345678);
	pci_command(&g, VIRTIO_PCIDEV_OP_MMIO_MEMSET, 0, 0x20, 6, "\x77", 1);
	CHECK(pci_read(&g, 0x20, 8) == 0x0000777777777777);
	guest_leave(&g);
}

static void test_pci_interrupt(void)
{
	struct guest g;
	u16 i;

	guest_connect(&g, "pci.sock");
	pcidev_interrupt(&pci);
	CHECK(calls(&g) == 0); /* no MSI enabled: it waits */
	config_write(&g, 0x44, 0xfee00000, 4);
	config_write(&g, 0x4c, 0x4321, 2);
	config_write(&g, 0x04, 6, 2);
	config_write(&g, 0x42, 0x0081, 2);
	CHECK(calls(&g) == 0); /* no buffer: it still waits */
	i = offer(&g, 1, NULL, 20, true, false);
	publish(&g, 1, i);
	kick(&g, 1);
	CHECK(calls(&g) == 1 && g.ring[1].used.idx == 1);
	CHECK(g.ring[1].buf[i][0] == VIRTIO_PCIDEV_OP_MSI);
	CHECK(g.ring[1].buf[i][16] == 0x21 && g.ring[1].buf[i][17] == 0x43);
	/* many without a buffer are one, and none is lost */
	for (int n = 0; n < 50; n++)
		pcidev_interrupt(&pci);
	CHECK(calls(&g) == 0);
	publish(&g, 1, offer(&g, 1, NULL, 20, true, false));
	kick(&g, 1);
	CHECK(calls(&g) == 1 && g.ring[1].used.idx == 2);
	guest_leave(&g);
}

static void test_pci_restart(void)
{
	u32 value = 1;
	struct guest g;

	guest_connect(&g, "pci.sock");
	config_write(&g, 0x04, 6, 2);
	guest_leave(&g);
	guest_connect(&g, "pci.sock");
	CHECK((config_read(&g, 4) & 0xffff) == 0);
	pci_command(&g, VIRTIO_PCIDEV_OP_MMIO_WRITE, 0, 0x10, 4, &value, 4);
	pcidev_drop(&pci);
	CHECK(pci.vhost.conn.fd < 0);
	guest_leave(&g);
}

/* ---- a guest that misbehaves ------------------------------------------------- */

static void test_bad_rings(void)
{
	struct guest g;
	u16 i;

	guest_connect(&g, "pci.sock");
	/* a descriptor outside of memory, a loop, a head out of range */
	i = offer(&g, 0, "x", 1, false, false);
	g.ring[0].desc[i].addr = GPA + MEM - 1;
	g.ring[0].desc[i].len = 100;
	publish(&g, 0, i);
	i = offer(&g, 0, "x", 1, false, true);
	g.ring[0].desc[i].next = i;
	publish(&g, 0, i);
	publish(&g, 0, 0xffff);
	kick(&g, 0);
	CHECK(g.ring[0].used.idx == 3);
	CHECK(pci_read(&g, 0x10, 4) != 0x5a5a5a5a);
	/* rings outside of memory, too many descriptors, none at all */
	guest_rings(&g, 100000);
	publish(&g, 0, 0);
	kick(&g, 0);
	guest_rings(&g, 0);
	kick(&g, 0);
	CHECK(pci.vhost.conn.fd >= 0);
	guest_leave(&g);
}

static void test_bad_messages(void)
{
	struct wire m = { .request = 1, .flags = 1, .size = 0xffffff };
	struct {
		u32 num, pad;
		u64 guest, size, user, offset;
	} mem = { 1, 0, GPA, 1ULL << 60, GPA, 1ULL << 50 };
	struct guest g;

	guest_connect(&g, "pci.sock");
	CHECK(ask(&g, 5, &mem, sizeof(mem), g.call) == 1); /* refused: no such memory */
	CHECK(ask(&g, 99, NULL, 0, -1) == 0);		   /* unknown: answered, ignored */
	CHECK(send(g.sock, &m, 12, MSG_NOSIGNAL) == 12);
	turn();
	CHECK(pci.vhost.conn.fd < 0); /* an impossible length ends it */
	guest_leave(&g);
	guest_connect(&g, "pci.sock");
	CHECK(send(g.sock, "short", 5, MSG_NOSIGNAL) == 5);
	turn();
	CHECK(pci.vhost.conn.fd < 0);
	guest_leave(&g);
}

/* ---- the internal link --------------------------------------------------------- */

static bool is_cut;

static bool cut(struct netdev *n)
{
	return is_cut;
}

static struct netdev net[2] = {
	{ .peer = &net[1], .cut = cut, .mac = { 2, 0, 0, 0, 0, 1 } },
	{ .peer = &net[0], .cut = cut, .mac = { 2, 0, 0, 0, 0, 2 } },
};

static void send_packet(struct guest *g, const char *text)
{
	u8 packet[64] = "";
	size_t head = sizeof(struct virtio_net_hdr_v1);

	memcpy(packet + head, text, strlen(text) + 1);
	publish(g, 1, offer(g, 1, packet, head + strlen(text) + 1, false, false));
	kick(g, 1);
}

static void test_link(void)
{
	size_t head = sizeof(struct virtio_net_hdr_v1);
	struct guest a, b;
	u16 i;

	guest_connect(&a, "a.sock");
	guest_connect(&b, "b.sock");
	send_packet(&a, "nobody has room");
	CHECK(a.ring[1].used.idx == 1 && b.ring[0].used.idx == 0 && net[0].lost == 1);
	i = offer(&b, 0, NULL, 128, true, false);
	publish(&b, 0, i);
	kick(&b, 0);
	is_cut = true;
	send_packet(&a, "not seen");
	CHECK(b.ring[0].used.idx == 0);
	is_cut = false;
	send_packet(&a, "hello");
	CHECK(b.ring[0].used.idx == 1);
	CHECK(!strcmp((char *)b.ring[0].buf[i] + head, "hello"));
	CHECK(calls(&b) >= 1);
	guest_leave(&b);
	send_packet(&a, "the peer is gone");
	CHECK(net[0].lost == 3);
	guest_leave(&a);
}

static void link_faults(struct guest *a, struct guest *b)
{
	size_t head = sizeof(struct virtio_net_hdr_v1);
	u16 room[2];

	for (int i = 0; i < 2; i++) {
		room[i] = offer(b, 0, NULL, 128, true, false);
		publish(b, 0, room[i]);
	}
	netdev_fault(&net[0], NETDEV_STALL, true);
	send_packet(a, "first");
	send_packet(a, "second");
	send_packet(a, "third");
	CHECK(b->ring[0].used.idx == 0);
	netdev_fault(&net[0], NETDEV_STALL, false);
	CHECK(b->ring[0].used.idx == 2);
	CHECK(!strcmp((char *)b->ring[0].buf[room[0]] + head, "first"));
	CHECK(!strcmp((char *)b->ring[0].buf[room[1]] + head, "second"));
	/* the third waits for room, and the fourth behind it */
	send_packet(a, "fourth");
	for (int i = 0; i < 2; i++) {
		room[i] = offer(b, 0, NULL, 128, true, false);
		publish(b, 0, room[i]);
	}
	kick(b, 0);
	CHECK(!strcmp((char *)b->ring[0].buf[room[0]] + head, "third"));
	CHECK(!strcmp((char *)b->ring[0].buf[room[1]] + head, "fourth"));
}

static void test_stall(void)
{
	u64 lost = net[0].lost;
	struct guest a, b;

	guest_connect(&a, "a.sock");
	guest_connect(&b, "b.sock");
	link_faults(&a, &b);
	CHECK(net[0].lost == lost);
	netdev_fault(&net[0], NETDEV_STALL, true);
	send_packet(&a, "of one that goes");
	netdev_drop(&net[0]);
	netdev_fault(&net[0], NETDEV_STALL, false);
	CHECK(b.ring[0].used.idx == 4);
	guest_leave(&a);
	guest_leave(&b);
}

/* The Internet checksum of a TCP segment of the frame below. */
static u16 checksum(const u8 *segment, size_t len)
{
	u32 sum = 6 + len;

	for (size_t i = 0; i < len; i++)
		sum += i & 1 ? segment[i] : segment[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static void test_garbage(void)
{
	enum { IP = 14, TCP = 34, DATA = 54, PAYLOAD = 31, LEN = DATA + PAYLOAD };
	size_t head = sizeof(struct virtio_net_hdr_v1);
	u8 packet[128] = "", *frame = packet + head, *got;
	struct guest a, b;
	u16 i, sum;

	frame[12] = 8;
	frame[IP] = 0x45;
	frame[IP + 3] = LEN - IP;
	frame[IP + 9] = 6;
	frame[TCP + 12] = 5 << 4;
	for (int n = 0; n < PAYLOAD; n++)
		frame[DATA + n] = 3 * n;
	sum = checksum(frame + TCP, LEN - TCP);
	frame[TCP + 16] = sum >> 8;
	frame[TCP + 17] = sum;
	guest_connect(&a, "a.sock");
	guest_connect(&b, "b.sock");
	netdev_fault(&net[0], NETDEV_GARBAGE, true);
	for (int n = 0; n < 100; n++) {
		i = offer(&b, 0, NULL, 128, true, false);
		publish(&b, 0, i);
		publish(&a, 1, offer(&a, 1, packet, head + LEN, false, false));
		kick(&a, 1);
		got = b.ring[0].buf[i] + head;
		CHECK(!memcmp(got, frame, TCP + 16) && memcmp(got + DATA, frame + DATA, PAYLOAD));
		CHECK(checksum(got + TCP, LEN - TCP) == 0);
	}
	netdev_fault(&net[0], NETDEV_GARBAGE, false);
	guest_leave(&a);
	guest_leave(&b);
}

/* ---- the flash as a block device -------------------------------------------------- */

#define DISK_PAGES 1200 /* more than the cache has */

static struct blockdev disk;

/* One request of 64 bytes at a page; Return: its status. */
static u8 disk_request(struct guest *g, u32 type, u64 page, u8 *data)
{
	struct virtio_blk_outhdr h = { .type = type, .sector = page * (BLOCK_PAGE / 512) };
	bool in = type == VIRTIO_BLK_T_IN, out = type == VIRTIO_BLK_T_OUT;
	u16 first, body = 0, last;

	first = offer(g, 0, &h, sizeof(h), false, true);
	if (in || out)
		body = offer(g, 0, in ? NULL : data, 64, in, true);
	last = offer(g, 0, NULL, 1, true, false);
	g->ring[0].buf[last][0] = 0xee;
	publish(g, 0, first);
	kick(g, 0);
	if (in)
		memcpy(data, g->ring[0].buf[body], 64);
	return g->ring[0].buf[last][0];
}

/* Return: the first byte of a page, -1 when it cannot be read. */
static int disk_byte(struct guest *g, u64 page)
{
	u8 data[64] = "";

	return disk_request(g, VIRTIO_BLK_T_IN, page, data) ? -1 : data[0];
}

static void disk_set(struct guest *g, u64 page, u8 value)
{
	u8 data[64];

	memset(data, value, sizeof(data));
	CHECK(disk_request(g, VIRTIO_BLK_T_OUT, page, data) == VIRTIO_BLK_S_OK);
}

static void disk_new(struct guest *g)
{
	int fd = open("medium", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	CHECK(fd >= 0 && !ftruncate(fd, (off_t)DISK_PAGES * BLOCK_PAGE));
	close(fd);
	blockdev_power_lost(&disk);
	CHECK(!blockdev_open(&disk, "medium"));
	guest_connect(g, "disk.sock");
}

static void test_disk_power(void)
{
	struct guest g;
	u64 lost;

	disk_new(&g);
	disk_set(&g, 1, 'a');
	CHECK(disk_request(&g, VIRTIO_BLK_T_FLUSH, 0, NULL) == VIRTIO_BLK_S_OK);
	disk_set(&g, 1, 'b');
	disk_set(&g, 2, 'c');
	CHECK(disk_byte(&g, 1) == 'b' && disk_byte(&g, 2) == 'c' && disk_byte(&g, 3) == 0);
	lost = disk.lost;
	blockdev_power_lost(&disk);
	CHECK(disk.lost == lost + 2);
	CHECK(disk_byte(&g, 1) == 'a' && disk_byte(&g, 2) == 0);
	/* a reset: the module goes, the device keeps its power */
	disk_set(&g, 2, 'd');
	blockdev_drop(&disk);
	guest_leave(&g);
	CHECK(!blockdev_open(&disk, "medium"));
	guest_connect(&g, "disk.sock");
	CHECK(disk_byte(&g, 1) == 'a' && disk_byte(&g, 2) == 'd');
	guest_leave(&g);
}

static void test_disk_cache(void)
{
	struct guest g;
	int wrong = 0;

	disk_new(&g);
	for (u32 round = 1; round <= 2; round++) {
		for (u32 page = 0; page < DISK_PAGES; page++)
			disk_set(&g, page, page * round % 251);
		for (u32 page = 0; page < DISK_PAGES; page++)
			wrong += disk_byte(&g, page) != (int)(page * round % 251);
	}
	CHECK(!wrong && disk.cached == BLOCK_CACHE);
	CHECK(!blockdev_settle(&disk) && !disk.cached);
	for (u32 page = 0; page < DISK_PAGES; page++)
		wrong += disk_byte(&g, page) != (int)(page * 2 % 251);
	CHECK(!wrong);
	guest_leave(&g);
}

static void test_disk_hostile(void)
{
	u8 data[64] = "";
	struct guest g;

	disk_new(&g);
	CHECK(disk_byte(&g, DISK_PAGES) == -1 && disk_byte(&g, ~0ULL / 8) == -1);
	CHECK(disk_request(&g, VIRTIO_BLK_T_OUT, DISK_PAGES, data) == VIRTIO_BLK_S_IOERR);
	CHECK(disk_request(&g, 77, 0, NULL) == VIRTIO_BLK_S_UNSUPP);
	/* no head, and no room for the status */
	publish(&g, 0, offer(&g, 0, data, 3, false, false));
	kick(&g, 0);
	publish(&g, 0, offer(&g, 0, NULL, 64, true, false));
	kick(&g, 0);
	CHECK(disk_byte(&g, 0) == 0);
	guest_leave(&g);
}

/* ---- bytes, expectations, inventory ------------------------------------------------ */

static void test_buffer(void)
{
	struct buffer b = { 0 };
	char out[64] = "";

	for (int i = 0; i < 1000; i++) {
		buffer_add(&b, "0123456789", 10);
		memcpy(out, buffer_at(&b), 7);
		buffer_take(&b, 7);
	}
	CHECK(b.len == 3000);
	CHECK(buffer_at(&b)[0] == '0' + 7000 % 10);
	buffer_take(&b, b.len);
	CHECK(b.start == 0);
	buffer_free(&b);
}

static bool match(const char *json, const char *a, const char *b)
{
	json_t *event = json_loads(json, 0, NULL);
	char *terms[] = { strdup(a), strdup(b) };
	bool found = expect_match(event, terms, 2);

	free(terms[0]);
	free(terms[1]);
	json_decref(event);
	return found;
}

static void test_terms(void)
{
	const char *grant = "{\"event\": \"grant\", \"to\": 12, \"ok\": true}";

	CHECK(match(grant, "event=grant", "to=12"));
	CHECK(!match(grant, "event=grant", "to=1"));
	CHECK(!match(grant, "event=grant", "from=1"));
	CHECK(match(grant, "event=claim|grant", "ok=true"));
	CHECK(!match(grant, "event=claim|gran", "ok=true"));
	CHECK(match(grant, "event!=claim", "from!=1"));
	CHECK(!match(grant, "event!=claim|grant", "to=12"));
}

static void test_paths(void)
{
	json_t *s = json_pack("{s:i, s:[{s:i, s:s}, {s:i, s:s, s:{s:s}}]}", "owner", 2, "slots",
			      "slot", 1, "role", "active", "slot", 2, "role", "standby", "leds",
			      "dwn", "off");

	CHECK(expect_compare(expect_path(s, ".owner"), "==", "2") == 1);
	CHECK(expect_compare(expect_path(s, "owner"), ">=", "3") == 0);
	CHECK(expect_compare(expect_path(s, ".slots[1].role"), "~", "^stand") == 1);
	CHECK(expect_compare(expect_path(s, ".slots[slot=2].leds.dwn"), "==", "off") == 1);
	CHECK(expect_compare(expect_path(s, ".slots[slot=3].role"), "==", "null") == 1);
	CHECK(expect_compare(expect_path(s, ".owner"), "=~", "2") == -1);
	CHECK(expect_compare(expect_path(s, ".slots[0].role"), "~", "(") == -1);
	json_decref(s);
}

static void test_inventory(void)
{
	struct redund_inventory inv[REDUND_INV_COUNT], again[REDUND_INV_COUNT];
	char first[32];

	unlink("inventory");
	CHECK(inventory_load(".", inv) == 0);
	CHECK(!strcmp(inv[REDUND_INV_CHASSIS].serial, "LP711BX00Z"));
	CHECK(!strcmp(inv[REDUND_INV_MM].serial, "111111111111"));
	CHECK(!strcmp(inv[REDUND_INV_IM + 3].serial, "SG710AT0ZZ"));
	CHECK(inventory_known(REDUND_INV_IM, "J8702A"));
	CHECK(!inventory_known(REDUND_INV_MM, "J8702A"));
	inventory_new(REDUND_INV_MM, NULL, NULL);
	memcpy(first, inv[REDUND_INV_MM].serial, sizeof(first));
	CHECK(strcmp(first, "111111111111"));
	CHECK(inventory_load(".", again) == 0 && !memcmp(inv, again, sizeof(inv)));
	inventory_new(REDUND_INV_MM, NULL, NULL);
	CHECK(strcmp(again[REDUND_INV_MM].serial, first));
}

static void test_nvram(void)
{
	static struct chassis_nv nv, again;

	unlink("nvram");
	CHECK(nvram_load(".", &nv) == 0);
	nv.chassis[100] = 42;
	nvram_store(&nv, &nv.chassis[100], 1);
	nvram_store(&nv, (u8 *)&nv + sizeof(nv), 1); /* outside: ignored */
	CHECK(nvram_load(".", &again) == 0 && again.chassis[100] == 42);
	CHECK(truncate("nvram", 100) == 0);
	CHECK(nvram_load(".", &again) == 0 && again.chassis[100] == 0);
}

static const struct {
	void (*run)(void);
	const char *name;
} tests[] = {
	{ test_pci_identity, "the window is a PCI function with its identification and size" },
	{ test_pci_window, "reads and writes reach the window and nothing beyond it" },
	{ test_pci_interrupt, "an interrupt waits for MSI and for a buffer and is never lost" },
	{ test_pci_restart, "a module that starts again finds the function as after power-on" },
	{ test_bad_rings, "broken rings and descriptors change nothing" },
	{ test_bad_messages, "broken messages are refused or end the connection" },
	{ test_link, "a packet reaches the other module, or is lost when cut or without room" },
	{ test_stall, "a stalled link delivers in order what it held, but of one that is gone" },
	{ test_garbage, "garbage on the link is in the payload alone, with a right checksum" },
	{ test_disk_power,
	  "a disk loses what was not flushed with the power, and nothing by a reset" },
	{ test_disk_cache, "a disk reads back what was written, in its cache or out of it" },
	{ test_disk_hostile, "a disk refuses what is beyond its end, unknown, or half a request" },
	{ test_buffer, "bytes come out of the queue as they went in" },
	{ test_terms, "terms of a scenario pick the events that have them all" },
	{ test_paths, "paths and comparisons of a scenario look into the status" },
	{ test_inventory, "the inventory is the figures' and another module has another serial" },
	{ test_nvram, "chassis memory survives, and a torn file is a new one" },
};

int main(void)
{
	static const char *const made[] = { "pci.sock", "a.sock", "b.sock",   "disk.sock",
					    "medium",	"nvram",  "inventory" };
	char dir[] = "/tmp/vchassis-test.XXXXXX";

	if (!mkdtemp(dir) || chdir(dir))
		return 1;
	clock_start();
	if (loop_init() || pcidev_init(&pci, "pci.sock") || netdev_init(&net[0], "a.sock") ||
	    netdev_init(&net[1], "b.sock") || blockdev_init(&disk, "disk.sock"))
		return 1;
	printf("TAP version 13\n1..%zu\n", ARRAY_SIZE(tests));
	for (size_t i = 0; i < ARRAY_SIZE(tests); i++) {
		test_ok = true;
		tests[i].run();
		printf("%sok %d - vchassis: %s\n", test_ok ? "" : "not ", ++number, tests[i].name);
		failed += !test_ok;
	}
	for (size_t i = 0; i < ARRAY_SIZE(made); i++)
		unlink(made[i]);
	if (chdir("/") || rmdir(dir))
		return 1;
	return failed != 0;
}
