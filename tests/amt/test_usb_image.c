/* SPDX-License-Identifier: Apache-2.0 */
/* test_usb_image: the image of a USB key, read as firmware reads it. tests/e2e/ctl_setupbin.sh asks fsck.fat and mtools. */
#include "tests/unit.h"

#include <stdlib.h>
#include <string.h>

#include "amt/setup_bin.h"
#include "amt/usb_image.h"

static const struct tm when = { .tm_year = 126, .tm_mon = 10, .tm_mday = 24, .tm_hour = 13, .tm_min = 45, .tm_sec = 58 };

static unsigned int
u16(const uint8_t *p)
{
	return (unsigned int)(p[0] | p[1] << 8);
}

static unsigned int
u32(const uint8_t *p)
{
	return u16(p) | u16(p + 2) << 16;
}

/* The file system checked and its file compared, by the fields of its own boot sector. */
static void
check_file_system(const uint8_t *fs, const uint8_t *file, size_t len, unsigned int before)
{
	unsigned int cluster = fs[13], sectors = u16(fs + 19) != 0 ? u16(fs + 19) : u32(fs + 32);
	unsigned int fat = u16(fs + 14), root = fat + fs[16] * u16(fs + 22), data = root + u16(fs + 17) * 32 / 512;
	unsigned int clusters = (sectors - data) / cluster, size = cluster * 512, n = ((unsigned int)len + size - 1) / size;
	const uint8_t *entry = fs + (size_t)root * 512;

	assert_int_equal(u16(fs + 11), 512);
	assert_int_equal(size, 1024);
	assert_int_equal(u16(fs + 510), 0xaa55);
	assert_int_equal(u32(fs + 28), before);
	assert_memory_equal(fs + 54, "FAT16   ", 8);
	assert_in_range(clusters, 4085, 65524); /* what makes it FAT16 */
	assert_true(u16(fs + 22) * 256 >= clusters + 2);
	assert_memory_equal(entry, "SETUP   BIN\x20", 12);
	assert_int_equal(entry[32], 0); /* no second entry */
	assert_int_equal(u16(entry + 26), 2);
	assert_int_equal(u32(entry + 28), len);
	assert_int_equal(u16(entry + 24), 46 << 9 | 11 << 5 | 24);
	assert_int_equal(u16(entry + 22), 13 << 11 | 45 << 5 | 29);
	for (unsigned int copy = 0; copy < fs[16]; copy++) {
		const uint8_t *table = fs + ((size_t)fat + copy * u16(fs + 22)) * 512;

		assert_int_equal(u16(table), 0xfff8);
		for (unsigned int i = 0; i < n; i++)
			assert_int_equal(u16(table + 2 * (2 + i)), i + 1 < n ? 3 + i : 0xffff);
		assert_int_equal(u16(table + 2 * (2 + n)), 0);
	}
	assert_memory_equal(fs + (size_t)data * 512, file, len);
}

static void
the_file_is_the_first_and_in_one_piece(void **state)
{
	static const size_t lens[] = { 1, 1024, 1025, 32 * 1048576, SETUP_FILE_MAX };

	(void)state;
	assert_true(usb_image_max() >= SETUP_FILE_MAX);
	for (size_t i = 0; i < ARRAY_LEN(lens); i++)
		for (int layout = USB_PARTITION; layout <= USB_PLAIN; layout++) {
			SCOPED(buf) struct buf image = { 0 };
			uint8_t *file = malloc(lens[i]);
			size_t before = layout == USB_PARTITION ? USB_PARTITION_AT : 0;
			struct err e;

			assert_non_null(file);
			for (size_t k = 0; k < lens[i]; k++)
				file[k] = (uint8_t)(k * 7 + k / 251);
			assert_ok(usb_image_build(file, lens[i], (enum usb_layout)layout, &when, &image, &e));
			assert_int_equal(image.len, (i < 3 ? 32 : 64) * 1048576);
			const uint8_t *p = (const uint8_t *)image.p;
			check_file_system(p + before * 512, file, lens[i], (unsigned int)before);
			if (layout == USB_PARTITION) {
				const uint8_t *part = p + 446;

				assert_int_equal(u16(p + 510), 0xaa55);
				assert_int_equal(part[0], 0); /* not active */
				assert_int_equal(part[4], i < 3 ? 0x04 : 0x06);
				assert_int_equal(u32(part + 8), before);
				assert_int_equal(u32(part + 8) + u32(part + 12), image.len / 512);
				assert_memory_equal(part + 1, "\x01\x01\x00", 3); /* head 1, sector 1, cylinder 0 */
				for (int k = 16; k < 64; k++)
					assert_int_equal(part[k], 0);
			}
			free(file);
		}
}

static void
what_does_not_fit_is_refused(void **state)
{
	SCOPED(buf) struct buf image = { 0 };
	struct err e;

	(void)state;
	assert_fails(usb_image_build("", 0, USB_PLAIN, &when, &image, &e), ERR_INPUT);
	assert_fails(usb_image_build("", usb_image_max() + 1, USB_PLAIN, &when, &image, &e), ERR_INPUT);
	assert_int_equal(image.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_file_is_the_first_and_in_one_piece),
		TEST(what_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests_name("usb_image", tests, NULL, NULL);
}
