/* SPDX-License-Identifier: Apache-2.0 */
/* pool: connections lent to threads, opened when first needed and replaced when broken. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "db/pq.h"

struct db_pool {
	pthread_mutex_t lock; /* guards idle, nidle, nopen; never held while connecting */
	pthread_cond_t changed;
	char *conninfo, *user, *app;
	size_t max, nopen, nidle;
	struct db **idle;
};

int
db_pool_new(const char *conninfo, const char *user, const char *app, size_t max,
    struct db_pool **out, struct err *e)
{
	struct db_pool *p = calloc(1, sizeof(*p));

	if (p != NULL) {
		p->conninfo = strdup(conninfo);
		p->user = user == NULL ? NULL : strdup(user);
		p->app = strdup(app);
		p->idle = calloc(max, sizeof(*p->idle));
		p->max = max;
		(void)pthread_mutex_init(&p->lock, NULL);
		(void)pthread_cond_init(&p->changed, NULL);
	}
	if (p == NULL || p->conninfo == NULL || p->app == NULL || p->idle == NULL) {
		db_pool_free(p);
		return err_set(e, ERR_MEMORY, "database pool");
	}
	*out = p;
	return 0;
}

void
db_pool_free(struct db_pool *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->nidle; i++)
		db_close(p->idle[i]);
	free(p->idle);
	free(p->conninfo);
	free(p->user);
	free(p->app);
	(void)pthread_cond_destroy(&p->changed);
	(void)pthread_mutex_destroy(&p->lock);
	free(p);
}

/* A connection that the server closed while it lay idle shows that without a round trip. */
static bool
alive(struct db *db)
{
	return PQconsumeInput(db_conn(db)) == 1 && PQstatus(db_conn(db)) == CONNECTION_OK;
}

int
db_borrow(struct db_pool *p, struct db **out, struct err *e)
{
	(void)pthread_mutex_lock(&p->lock);
	while (p->nidle == 0 && p->nopen == p->max)
		(void)pthread_cond_wait(&p->changed, &p->lock);
	*out = p->nidle > 0 ? p->idle[--p->nidle] : NULL;
	if (*out == NULL)
		p->nopen++;
	(void)pthread_mutex_unlock(&p->lock);
	if (*out != NULL && alive(*out))
		return 0;
	db_close(*out); /* its place in nopen is taken by the new one */
	*out = NULL;
	int rc = db_open(p->conninfo, p->user, p->app, out, e);
	if (rc < 0) {
		(void)pthread_mutex_lock(&p->lock);
		p->nopen--;
		(void)pthread_cond_signal(&p->changed);
		(void)pthread_mutex_unlock(&p->lock);
	}
	return rc;
}

void
db_return(struct db_pool *p, struct db *db)
{
	if (db == NULL)
		return;
	bool good = PQstatus(db_conn(db)) == CONNECTION_OK &&
		    PQtransactionStatus(db_conn(db)) == PQTRANS_IDLE;
	(void)pthread_mutex_lock(&p->lock);
	if (good)
		p->idle[p->nidle++] = db;
	else
		p->nopen--;
	(void)pthread_cond_signal(&p->changed);
	(void)pthread_mutex_unlock(&p->lock);
	if (!good)
		db_close(db);
}
