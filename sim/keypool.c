/* SPDX-License-Identifier: Apache-2.0 */
/* keypool: RSA keys made ahead of time by a thread of their own. */
#include "sim/keypool.h"

#include <openssl/rsa.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "sim/mem.h"

enum { KEY_BITS = 2048 };

/* Guards keys, n and want; the thread makes keys outside of it. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static EVP_PKEY **keys;
static size_t nkeys, want_keys;
static pthread_t maker;
static bool running;
static atomic_bool stopping;

static void *
make_keys(void *arg)
{
	(void)arg;
	for (size_t i = 0; i < want_keys && !atomic_load(&stopping); i++) {
		EVP_PKEY *k = EVP_RSA_gen(KEY_BITS);

		if (k == NULL)
			break;
		pthread_mutex_lock(&lock);
		keys[nkeys++] = k;
		pthread_mutex_unlock(&lock);
	}
	return NULL;
}

int
keypool_open(unsigned int n, struct err *e)
{
	keys = mem_zero((size_t)n * sizeof(*keys));
	want_keys = n;
	nkeys = 0;
	atomic_store(&stopping, false);
	if (n == 0)
		return 0;
	if (pthread_create(&maker, NULL, make_keys, NULL) != 0)
		return err_set(e, ERR_SYSTEM, "no thread for the key pool");
	running = true;
	return 0;
}

void
keypool_close(void)
{
	atomic_store(&stopping, true);
	if (running)
		(void)pthread_join(maker, NULL);
	running = false;
	for (size_t i = 0; i < nkeys; i++)
		EVP_PKEY_free(keys[i]);
	free(keys);
	keys = NULL;
	nkeys = 0;
}

EVP_PKEY *
keypool_key(size_t i)
{
	EVP_PKEY *k = NULL;

	pthread_mutex_lock(&lock);
	if (i < nkeys && EVP_PKEY_up_ref(keys[i]))
		k = keys[i];
	pthread_mutex_unlock(&lock);
	return k;
}

size_t
keypool_size(void)
{
	pthread_mutex_lock(&lock);
	size_t n = nkeys;
	pthread_mutex_unlock(&lock);
	return n;
}
