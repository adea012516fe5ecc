/* SPDX-License-Identifier: Apache-2.0 */
/* usb_image: a FAT16 file system with one file. */
#include "amt/usb_image.h"

#include <stdint.h>
#include <string.h>

/* Sizes in MiB. Both have between 4085 and 65524 clusters, which is what makes it FAT16. */
static const unsigned int sizes[] = { 32, 64 };

enum {
	CLUSTER = 2, /* sectors: 1 KiB, as HP asks for (setup.md 4.7) */
	RESERVED = 1,
	FATS = 2,
	ROOT_ENTRIES = 512,
	ENTRY = 32,
	ROOT_SECTORS = ROOT_ENTRIES * ENTRY / USB_SECTOR,
	HEADS = 255,
	TRACK = 63,
	MEDIA = 0xf8,
	FAT16_SMALL = 0x04, /* partition type, below 65536 sectors */
	FAT16_LARGE = 0x06,
	FIRST_CLUSTER = 2,
	END_OF_FILE = 0xffff,
};

/* Where the parts of the file system lie, in sectors from its beginning. */
struct layout {
	uint32_t sectors, fat_sectors, root, data, clusters;
	uint32_t before; /* the file system begins after so many */
};

static struct layout
layout_of(size_t i, enum usb_layout kind)
{
	struct layout l = { .before = kind == USB_PARTITION ? USB_PARTITION_AT : 0 };

	l.sectors = sizes[i] * (uint32_t)(1048576 / USB_SECTOR) - l.before;
	/* Room for all clusters there could be; a few entries are left over. */
	uint32_t most = (l.sectors - RESERVED - ROOT_SECTORS) / CLUSTER + FIRST_CLUSTER;
	l.fat_sectors = (2 * most + USB_SECTOR - 1) / USB_SECTOR;
	l.root = RESERVED + FATS * l.fat_sectors;
	l.data = l.root + ROOT_SECTORS;
	l.clusters = (l.sectors - l.data) / CLUSTER;
	return l;
}

static uint64_t
room_of(const struct layout *l)
{
	return (uint64_t)l->clusters * CLUSTER * USB_SECTOR;
}

size_t
usb_image_max(void)
{
	const struct layout l = layout_of(ARRAY_LEN(sizes) - 1, USB_PARTITION);

	return (size_t)room_of(&l);
}

static void
put_u16(uint8_t *p, unsigned int n)
{
	p[0] = (uint8_t)n;
	p[1] = (uint8_t)(n >> 8);
}

static void
put_u32(uint8_t *p, uint32_t n)
{
	put_u16(p, n & 0xffff);
	put_u16(p + 2, n >> 16);
}

/* What a BIOS runs that boots from the key nevertheless: go on with the next device. */
static void
put_no_boot(uint8_t *sector, size_t at)
{
	static const uint8_t code[] = { 0xcd, 0x18, 0xf4, 0xeb, 0xfd }; /* int 0x18; hlt, again */

	memcpy(sector + at, code, sizeof(code));
	put_u16(sector + USB_SECTOR - 2, 0xaa55);
}

static uint32_t
fat_date(const struct tm *when)
{
	return (uint32_t)(when->tm_year - 80) << 9 | (uint32_t)(when->tm_mon + 1) << 5 | (uint32_t)when->tm_mday;
}

static uint32_t
fat_time(const struct tm *when)
{
	return (uint32_t)when->tm_hour << 11 | (uint32_t)when->tm_min << 5 | (uint32_t)when->tm_sec / 2;
}

static void
put_boot_sector(uint8_t *p, const struct layout *l, const struct tm *when)
{
	static const uint8_t jump[] = { 0xeb, 0x3c, 0x90 };

	memcpy(p, jump, sizeof(jump));
	memcpy(p + 3, "MSDOS5.0", 8); /* the name that old firmware is known to take */
	put_u16(p + 11, USB_SECTOR);
	p[13] = CLUSTER;
	put_u16(p + 14, RESERVED);
	p[16] = FATS;
	put_u16(p + 17, ROOT_ENTRIES);
	if (l->sectors < 0x10000)
		put_u16(p + 19, l->sectors);
	else
		put_u32(p + 32, l->sectors);
	p[21] = MEDIA;
	put_u16(p + 22, l->fat_sectors);
	put_u16(p + 24, TRACK);
	put_u16(p + 26, HEADS);
	put_u32(p + 28, l->before);
	p[36] = 0x80; /* a fixed disk, as USB keys are */
	p[38] = 0x29; /* the next three fields are there */
	put_u32(p + 39, fat_date(when) << 16 | fat_time(when));
	memcpy(p + 43, "NO NAME    ", 11);
	memcpy(p + 54, "FAT16   ", 8);
	put_no_boot(p, 62);
}

static void
put_chs(uint8_t *p, uint32_t sector)
{
	uint32_t cylinder = sector / (HEADS * TRACK), rest = sector % (HEADS * TRACK);

	p[0] = (uint8_t)(rest / TRACK);
	p[1] = (uint8_t)(rest % TRACK + 1 + (cylinder >> 8 << 6));
	p[2] = (uint8_t)cylinder;
}

static void
put_partition_table(uint8_t *p, const struct layout *l)
{
	uint8_t *entry = p + 446;

	put_no_boot(p, 0);
	entry[0] = 0; /* not to boot from */
	put_chs(entry + 1, l->before);
	entry[4] = l->sectors < 0x10000 ? FAT16_SMALL : FAT16_LARGE;
	put_chs(entry + 5, l->before + l->sectors - 1);
	put_u32(entry + 8, l->before);
	put_u32(entry + 12, l->sectors);
}

/* One chain from the first cluster on. */
static void
put_fat(uint8_t *fat, uint32_t clusters)
{
	put_u16(fat, 0xff00 | MEDIA);
	put_u16(fat + 2, END_OF_FILE); /* clean */
	for (uint32_t i = 0; i < clusters; i++)
		put_u16(fat + 2 * (FIRST_CLUSTER + i), i + 1 < clusters ? FIRST_CLUSTER + i + 1 : END_OF_FILE);
}

static void
put_entry(uint8_t *p, size_t len, const struct tm *when)
{
	memcpy(p, "SETUP   BIN", 11);
	p[11] = 0x20; /* archive */
	put_u16(p + 14, fat_time(when));
	put_u16(p + 16, fat_date(when));
	put_u16(p + 18, fat_date(when));
	put_u16(p + 22, fat_time(when));
	put_u16(p + 24, fat_date(when));
	put_u16(p + 26, FIRST_CLUSTER);
	put_u32(p + 28, (uint32_t)len);
}

static void
add_zeroes(struct buf *out, size_t n)
{
	static const uint8_t zeroes[64 * 1024];

	for (; n > 0 && !out->bad; n -= n < sizeof(zeroes) ? n : sizeof(zeroes))
		buf_add(out, zeroes, n < sizeof(zeroes) ? n : sizeof(zeroes));
}

int
usb_image_build(const void *file, size_t len, enum usb_layout kind, const struct tm *when, struct buf *out, struct err *e)
{
	struct layout l = { 0 };
	size_t start = out->len, i = 0;

	if (len == 0 || len > usb_image_max())
		return err_set(e, ERR_INPUT, "a file of %zu bytes: want 1 to %zu", len, usb_image_max());
	for (l = layout_of(i, kind); room_of(&l) < len;)
		l = layout_of(++i, kind);
	add_zeroes(out, ((size_t)l.before + l.sectors) * USB_SECTOR);
	if (out->bad)
		return err_set(e, ERR_MEMORY, "%u MiB for the image", sizes[i]);
	uint8_t *p = (uint8_t *)out->p + start, *fs = p + (size_t)l.before * USB_SECTOR;
	uint32_t cluster = (uint32_t)CLUSTER * USB_SECTOR, clusters = (uint32_t)((len + cluster - 1) / cluster);
	if (kind == USB_PARTITION)
		put_partition_table(p, &l);
	put_boot_sector(fs, &l, when);
	for (uint32_t n = 0; n < FATS; n++)
		put_fat(fs + (size_t)(RESERVED + n * l.fat_sectors) * USB_SECTOR, clusters);
	put_entry(fs + (size_t)l.root * USB_SECTOR, len, when);
	memcpy(fs + (size_t)l.data * USB_SECTOR, file, len);
	return 0;
}
