/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usb_image: what is written to a USB key as a whole: a FAT16 file system with SETUP.BIN as its first and only
 * file, in one piece, no label, no long names. Old BIOSes read it sector by sector. No I/O.
 * Source: protocol/setup.md 4.7.
 */
#ifndef MUSTER_AMT_USB_IMAGE_H
#define MUSTER_AMT_USB_IMAGE_H

#include <time.h>

#include "base/buf.h"
#include "base/err.h"

enum {
	USB_SECTOR = 512,
	USB_PARTITION_AT = 63, /* the first sector of the partition */
};

enum usb_layout {
	USB_PARTITION, /* a partition table with one partition, as keys are sold */
	USB_PLAIN,     /* the file system alone: for a partition that exists, and for firmware without partitions */
};

/* usb_image_max: the longest file that fits into the largest image, 64 MiB: every setup.bin there can be. */
size_t usb_image_max(void);

/*
 * usb_image_build: adds the image to *out, at least 32 MiB, for HP wants more than 16.
 *
 * when		the time of the file; 1980 to 2107
 * Returns	0, or -1 with ERR_INPUT (empty, longer than usb_image_max) or ERR_MEMORY
 */
MUST_CHECK int usb_image_build(
    const void *file, size_t len, enum usb_layout layout, const struct tm *when, struct buf *out, struct err *e);

#endif
