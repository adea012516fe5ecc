/* SPDX-License-Identifier: Apache-2.0 */
/* dbq: the asynchronous side of the database layer. */
#include "db/dbq.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "db/pq.h"

enum { BACKOFF_FIRST_MS = 500, BACKOFF_MAX_MS = 8000, CONNECT_MAX_MS = 15000, PARAMS_MAX = 12, PATIENCE_MS = 60000,
	PING_PART = 3, WAIT_MS = 1000 };

struct request {
	struct request *next;
	const struct stmt *stmt;
	char *params[PARAMS_MAX];
	size_t n;
	dbq_rows_fn *fn; /* NULL: cancelled */
	void *arg;
	const void *owner;
};

struct dbq {
	char *conninfo;
	PGconn *conn;
	enum dbq_state state;
	PostgresPollingStatusType polling;
	int64_t next_try_ms, connect_until_ms, backoff_ms;
	struct request *first, **tail;
	bool sent, answered; /* a statement was sent and its end not yet read; its result was */
	bool greeted;        /* LISTEN and version check are done */
	bool told;           /* an answer was handed over since dbq_work began */
	int patience_ms;
	int64_t heard_ms;    /* when something was last sent or received */
	struct err refusal;  /* why the greeting failed: this connection is of no use */
	dbq_notify_fn *notify;
	dbq_state_fn *on_state;
	void *arg;
};

static const struct stmt greet = {
	.name = "greet",
	.want = WANT_ONE,
	.sql = "SELECT coalesce(max(version), 0) FROM muster.schema_migration",
};

int
dbq_new(const char *conninfo, const char *user, const char *app, dbq_notify_fn *notify,
    dbq_state_fn *state, void *arg, struct dbq **out, struct err *e)
{
	struct dbq *q = calloc(1, sizeof(*q));

	if (q != NULL)
		q->conninfo = pq_conninfo(conninfo, user, app, NULL);
	if (q == NULL || q->conninfo == NULL) {
		free(q);
		return err_set(e, ERR_MEMORY, "database connection");
	}
	q->tail = &q->first;
	q->notify = notify;
	q->on_state = state;
	q->arg = arg;
	q->backoff_ms = BACKOFF_FIRST_MS;
	q->patience_ms = PATIENCE_MS;
	*out = q;
	return 0;
}

static void
request_free(struct request *r)
{
	for (size_t i = 0; i < r->n; i++)
		free(r->params[i]);
	free(r);
}

static struct request *
take_first(struct dbq *q)
{
	struct request *r = q->first;

	q->first = r->next;
	if (q->first == NULL)
		q->tail = &q->first;
	return r;
}

void
dbq_free(struct dbq *q)
{
	if (q == NULL)
		return;
	while (q->first != NULL)
		request_free(take_first(q));
	PQfinish(q->conn);
	free(q->conninfo);
	free(q);
}

void
dbq_send(struct dbq *q, const struct stmt *s, const char *const *params, size_t n, dbq_rows_fn *fn,
    void *arg, const void *owner)
{
	struct request *r = calloc(1, sizeof(*r));
	struct err e;

	if (r == NULL || n > PARAMS_MAX || n != s->nparams) {
		free(r);
		(void)err_set(&e, ERR_DB, "%s: %zu parameters, want %zu", s->name, n, s->nparams);
		fn(arg, NULL, &e);
		return;
	}
	*r = (struct request){ .stmt = s, .n = n, .fn = fn, .arg = arg, .owner = owner };
	for (size_t i = 0; i < n; i++)
		r->params[i] = params[i] == NULL ? NULL : strdup(params[i]);
	*q->tail = r;
	q->tail = &r->next;
}

void
dbq_cancel(struct dbq *q, const void *owner)
{
	for (struct request *r = q->first; r != NULL; r = r->next)
		if (r->owner == owner)
			r->fn = NULL;
}

/* Everything that waits is told that the database is gone; then a new try, later each time. */
static void
go_down(struct dbq *q, const struct err *e)
{
	struct request *waiting = q->first;

	PQfinish(q->conn);
	q->conn = NULL;
	q->state = DBQ_DOWN;
	q->first = NULL;
	q->tail = &q->first;
	q->sent = q->answered = q->greeted = false;
	q->refusal = (struct err){ 0 };
	q->next_try_ms = clock_ms() + q->backoff_ms;
	q->backoff_ms = q->backoff_ms * 2 > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : q->backoff_ms * 2;
	while (waiting != NULL) {
		struct request *r = waiting;

		waiting = r->next;
		if (r->fn != NULL)
			r->fn(r->arg, NULL, e);
		request_free(r);
	}
	q->on_state(q->arg, DBQ_DOWN, e);
}

static void
start(struct dbq *q)
{
	struct err e;

	q->conn = PQconnectStart(q->conninfo);
	q->state = DBQ_CONNECTING;
	q->connect_until_ms = clock_ms() + CONNECT_MAX_MS;
	if (q->conn == NULL || PQstatus(q->conn) == CONNECTION_BAD) {
		(void)pq_error(q->conn, NULL, "database", &e);
		go_down(q, &e);
		return;
	}
	q->polling = PGRES_POLLING_WRITING;
	q->on_state(q->arg, DBQ_CONNECTING, NULL);
}

static void
go_on_connecting(struct dbq *q)
{
	struct err e;

	q->polling = PQconnectPoll(q->conn);
	if (q->polling == PGRES_POLLING_OK) {
		q->state = DBQ_UP;
		(void)PQsetnonblocking(q->conn, 1);
		return;
	}
	if (q->polling == PGRES_POLLING_FAILED)
		(void)pq_error(q->conn, NULL, "database", &e);
	else if (clock_ms() > q->connect_until_ms)
		(void)err_set(&e, ERR_DB_DOWN, "database: no answer within %d seconds", CONNECT_MAX_MS / 1000);
	else
		return;
	go_down(q, &e);
}

static bool
send_next(struct dbq *q)
{
	if (q->sent)
		return true; /* its end comes first, also when nobody wants its answer any more */
	while (q->first != NULL && q->first->fn == NULL) /* cancelled before it was sent */
		request_free(take_first(q));
	struct request *r = q->first;
	if (r == NULL)
		return true;
	q->sent = true;
	q->heard_ms = clock_ms();
	return PQsendQueryParams(q->conn, r->stmt->sql, (int)r->n, NULL, (const char *const *)r->params, NULL, NULL, 0) == 1;
}

/* Ignored: see tell_refused in db.c. */
static void
told(void *arg, const struct rows *rows, const struct err *e)
{
	(void)arg;
	(void)rows;
	(void)e;
}

static void
answer(struct dbq *q, PGresult *res)
{
	struct request *r = take_first(q);
	struct rows rows = { .res = res };
	struct err e;
	bool good = pq_check(q->conn, r->stmt, res, &e) == 0;

	if (!good && r->stmt != &pq_denied && pq_refused(q->conn, &e)) /* also when nobody waits for the answer */
		dbq_send(q, &pq_denied, &r->stmt->name, 1, told, NULL, q);
	if (r->fn != NULL) {
		q->told = true;
		r->fn(r->arg, good ? &rows : NULL, good ? NULL : &e);
	}
	request_free(r);
}

/* The first thing said on a new connection; its answer comes before all others. */
static void
greeted(void *arg, const struct rows *rows, const struct err *e)
{
	struct dbq *q = arg;

	if (e != NULL && q->conn == NULL)
		return; /* go_down has told already */
	if (e != NULL)
		q->refusal = *e;
	else if (rows_int(rows, 0, 0) != DB_SCHEMA_VERSION)
		(void)err_set(&q->refusal, ERR_DB_VERSION, "schema version %d, this program wants %d", (int)rows_int(rows, 0, 0), DB_SCHEMA_VERSION);
	else {
		q->backoff_ms = BACKOFF_FIRST_MS;
		q->on_state(q->arg, DBQ_UP, NULL);
	}
}

/* LISTEN cannot fail alone: what would make it fail makes the greeting fail as well. What makes the ping
 * fail ends the connection. */
static void
unheard(void *arg, const struct rows *rows, const struct err *e)
{
	(void)arg;
	(void)rows;
	(void)e;
}

static void
push_greeting(struct dbq *q)
{
	static const struct stmt listen = { .name = "listen", .want = WANT_NOTHING, .sql = "LISTEN muster_change" };
	struct request *r = calloc(1, sizeof(*r)), *l = calloc(1, sizeof(*l));

	if (r == NULL || l == NULL) {
		free(r);
		free(l);
		return;
	}
	*r = (struct request){ .stmt = &greet, .fn = greeted, .arg = q, .next = q->first };
	*l = (struct request){ .stmt = &listen, .fn = unheard, .arg = q, .next = r };
	if (q->first == NULL)
		q->tail = &r->next;
	q->first = l;
	q->greeted = true;
}

/* A server that hangs, or a network that lost the connection, is found out by asking. */
static void
ping(struct dbq *q)
{
	static const struct stmt alive = { .name = "alive", .want = WANT_ONE, .sql = "SELECT 1" };

	if (q->first == NULL && clock_ms() - q->heard_ms > q->patience_ms / PING_PART)
		dbq_send(q, &alive, NULL, 0, unheard, NULL, q);
}

static void
work_up(struct dbq *q)
{
	struct err e;
	PGresult *res;
	PGnotify *note;

	if (!q->greeted)
		push_greeting(q);
	ping(q);
	bool ok = PQconsumeInput(q->conn) == 1 && send_next(q) && PQflush(q->conn) >= 0;
	while (ok && q->refusal.code == 0 && q->sent && PQisBusy(q->conn) == 0) {
		q->heard_ms = clock_ms();
		res = PQgetResult(q->conn);
		ok = PQstatus(q->conn) == CONNECTION_OK;
		if (ok && res != NULL && !q->answered) {
			q->answered = true;
			answer(q, res);
		} else if (ok && res == NULL) { /* the end, which may come in a later packet */
			q->sent = q->answered = false;
			ok = send_next(q) && PQflush(q->conn) >= 0;
		}
		PQclear(res);
	}
	while (ok && (note = PQnotifies(q->conn)) != NULL) {
		q->notify(q->arg, note->extra);
		PQfreemem(note);
	}
	if (q->refusal.code != 0) {
		e = q->refusal;
		go_down(q, &e);
	} else if (!ok || PQstatus(q->conn) == CONNECTION_BAD) {
		(void)pq_error(q->conn, NULL, "database", &e);
		go_down(q, &e);
	} else if (dbq_silent_ms(q) > q->patience_ms) {
		(void)err_set(&e, ERR_DB_DOWN, "database: no answer within %d seconds", q->patience_ms / 1000);
		go_down(q, &e);
	}
}

bool
dbq_work(struct dbq *q)
{
	q->told = false;
	if (q->state == DBQ_DOWN && clock_ms() >= q->next_try_ms)
		start(q);
	if (q->state == DBQ_CONNECTING) {
		struct pollfd fd = { .fd = PQsocket(q->conn),
			.events = q->polling == PGRES_POLLING_READING ? POLLIN : POLLOUT };

		if (poll(&fd, 1, 0) > 0 || clock_ms() > q->connect_until_ms)
			go_on_connecting(q);
	}
	if (q->state == DBQ_UP)
		work_up(q);
	return q->told;
}

int
dbq_fd(const struct dbq *q)
{
	return q->conn == NULL ? -1 : PQsocket(q->conn);
}

short
dbq_events(const struct dbq *q)
{
	if (q->state == DBQ_CONNECTING)
		return q->polling == PGRES_POLLING_READING ? POLLIN : POLLOUT;
	return q->state == DBQ_UP && q->first != NULL && !q->sent ? POLLIN | POLLOUT : POLLIN;
}

int
dbq_wait_ms(const struct dbq *q)
{
	int64_t now = clock_ms();

	if (q->state == DBQ_DOWN)
		return q->next_try_ms <= now ? 0 : (int)(q->next_try_ms - now);
	if (q->state == DBQ_UP && q->patience_ms < 10 * WAIT_MS)
		return q->patience_ms / 10;
	return q->state == DBQ_CONNECTING ? 200 : WAIT_MS;
}

void
dbq_patience(struct dbq *q, int ms)
{
	q->patience_ms = ms;
}

int
dbq_silent_ms(const struct dbq *q)
{
	return q->state == DBQ_UP && q->sent ? (int)(clock_ms() - q->heard_ms) : 0;
}

enum dbq_state
dbq_status(const struct dbq *q)
{
	return q->state;
}

bool
dbq_busy(const struct dbq *q)
{
	return q->first != NULL;
}
