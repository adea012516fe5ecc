/* SPDX-License-Identifier: Apache-2.0 */
/* eoi_known: which spellings devices understood, by firmware version. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "amt/eoi.h"
#include "base/text.h"

enum { VERSIONS_MAX = 32 /* an estate has a few; a device that makes up versions only drives out others */ };

struct eoi_known {
	pthread_mutex_t lock; /* guards all below */
	struct {
		char version[32];
		uint8_t attempt[EOI_OPS];
	} rows[VERSIONS_MAX];
	size_t next; /* the row that makes room */
};

int
eoi_known_new(struct eoi_known **out, struct err *e)
{
	struct eoi_known *k = calloc(1, sizeof(*k));

	if (k == NULL)
		return err_set(e, ERR_MEMORY, "known spellings");
	(void)pthread_mutex_init(&k->lock, NULL);
	*out = k;
	return 0;
}

void
eoi_known_free(struct eoi_known *k)
{
	if (k == NULL)
		return;
	(void)pthread_mutex_destroy(&k->lock);
	free(k);
}

/* The row of a version, VERSIONS_MAX when there is none. The lock is held. */
static size_t
row_of(const struct eoi_known *k, const char *version)
{
	size_t i = 0;

	while (i < VERSIONS_MAX && (version[0] == '\0' || strcmp(k->rows[i].version, version) != 0))
		i++;
	return i;
}

size_t
eoi_known_get(struct eoi_known *k, const char *version, enum eoi_id id)
{
	size_t attempt = 0;

	if (k == NULL)
		return 0;
	(void)pthread_mutex_lock(&k->lock);
	size_t i = row_of(k, version);
	if (i < VERSIONS_MAX)
		attempt = k->rows[i].attempt[id];
	(void)pthread_mutex_unlock(&k->lock);
	return attempt;
}

void
eoi_known_set(struct eoi_known *k, const char *version, enum eoi_id id, size_t attempt)
{
	if (k == NULL || version[0] == '\0' || attempt >= EOI_TRIES_MAX)
		return;
	(void)pthread_mutex_lock(&k->lock);
	size_t i = row_of(k, version);
	if (i == VERSIONS_MAX && attempt != 0) {
		i = k->next;
		k->next = (k->next + 1) % VERSIONS_MAX;
		memset(&k->rows[i], 0, sizeof(k->rows[i]));
		(void)text_copy(k->rows[i].version, sizeof(k->rows[i].version), version);
	}
	if (i < VERSIONS_MAX)
		k->rows[i].attempt[id] = (uint8_t)attempt;
	(void)pthread_mutex_unlock(&k->lock);
}
