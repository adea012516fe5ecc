/* SPDX-License-Identifier: Apache-2.0 */
/* keypool: RSA keys of 2048 bits made ahead of time by a thread of their own. */
#ifndef MUSTER_SIM_KEYPOOL_H
#define MUSTER_SIM_KEYPOOL_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* keypool_open: start making n keys. Returns 0, or -1 with ERR_SYSTEM. */
MUST_CHECK int keypool_open(unsigned int n, struct err *e);

/* keypool_close: stop the thread (it ends the key it is at) and free the keys. */
void keypool_close(void);

/* keypool_size: keys there are by now. keypool_key: one of them, to be freed; NULL past the end. */
size_t keypool_size(void);
EVP_PKEY *keypool_key(size_t i);

#endif
