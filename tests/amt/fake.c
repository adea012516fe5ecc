/* SPDX-License-Identifier: Apache-2.0 */
/* fake: a device for one test, played by one thread. */
#include "tests/amt/fake.h"
#include "tests/unit.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REPLIES = 256, HEAD_MAX = 8192, TRICKLE_MS = 100 };

struct played {
	struct fake_reply r;
	char *headers, *type, *body; /* copies */
};

struct fake {
	pthread_t thread;
	int listener;
	unsigned int port;
	atomic_bool stopping;
	struct fake_tls tls;
	SSL_CTX *ctx;

	pthread_mutex_t lock; /* guards everything below */
	struct played replies[REPLIES];
	size_t nreplies, next;
	char *heads[REPLIES], *bodies[REPLIES];
	size_t nrequests;
	unsigned int connections, abandoned;
	STACK_OF(X509) *shown;
};

struct conn {
	int fd;
	SSL *ssl;
};

static long
conn_read(struct conn *c, char *p, size_t n)
{
	return c->ssl != NULL ? SSL_read(c->ssl, p, (int)n) : (long)recv(c->fd, p, n, 0);
}

static bool
conn_write(struct conn *c, const char *p, size_t n)
{
	while (n > 0) {
		size_t part = n < 16384 ? n : 16384;
		long got = c->ssl != NULL ? SSL_write(c->ssl, p, (int)part) : (long)send(c->fd, p, part, MSG_NOSIGNAL);

		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
	}
	return true;
}

/* Bytes left unread would turn the end into a reset, and what was sent last could get lost. */
static void
conn_end(struct conn *c)
{
	struct pollfd p = { .fd = c->fd, .events = POLLIN };
	char rest[4096];

	if (c->ssl != NULL) {
		(void)SSL_shutdown(c->ssl);
		SSL_free(c->ssl);
	}
	(void)shutdown(c->fd, SHUT_WR);
	while (poll(&p, 1, 200) > 0 && recv(c->fd, rest, sizeof(rest), 0) > 0)
		;
	(void)close(c->fd);
}

/* True when something comes on fd; false at the end of the test or, if told, when the next connection comes. */
static bool
wait_for(struct fake *f, int fd, bool other)
{
	while (!f->stopping) {
		struct pollfd p[2] = { { .fd = fd, .events = POLLIN }, { .fd = other ? f->listener : -1, .events = POLLIN } };

		if (poll(p, 2, 20) > 0) {
			if (p[0].revents != 0)
				return true;
			if (p[1].revents != 0)
				return false;
		}
	}
	return false;
}

static size_t
content_length(const char *head)
{
	const char *at = strcasestr(head, "\r\nContent-Length:");

	return at == NULL ? 0 : strtoul(at + 17, NULL, 10);
}

/* One request: 1, or 0 when the peer has gone. */
static int
read_request(struct fake *f, struct conn *c, char **head, char **body)
{
	char *h = calloc(1, HEAD_MAX), *end = NULL;
	size_t n = 0;

	while (end == NULL && n < HEAD_MAX - 1) {
		if ((c->ssl == NULL || SSL_pending(c->ssl) == 0) && !wait_for(f, c->fd, n == 0)) {
			(void)pthread_mutex_lock(&f->lock);
			f->abandoned += f->stopping ? 0 : 1;
			(void)pthread_mutex_unlock(&f->lock);
			break;
		}
		if (conn_read(c, h + n, 1) != 1)
			break;
		n++;
		end = strstr(h, "\r\n\r\n");
	}
	if (end == NULL) {
		free(h);
		return 0;
	}
	size_t want = content_length(h), got = 0;
	char *b = calloc(1, want + 1);
	while (got < want) {
		long k = conn_read(c, b + got, want - got);

		if (k <= 0)
			break;
		got += (size_t)k;
	}
	*head = h;
	*body = b;
	return 1;
}

/* The MessageID of a request. */
static void
message_id(const char *request, char out[32])
{
	const char *at = strstr(request, "MessageID>");

	out[0] = '\0';
	if (at != NULL)
		(void)snprintf(out, 32, "%.*s", (int)strcspn(at + 10, "<"), at + 10);
}

static void
fill_in(struct buf *out, const char *body, const char *id, bool recorded)
{
	const char *mark = recorded ? "RelatesTo>" : "{id}";
	const char *at = strstr(body, mark);

	if (at == NULL) {
		buf_puts(out, body);
		return;
	}
	at += recorded ? strlen(mark) : 0;
	buf_add(out, body, (size_t)(at - body));
	buf_puts(out, id);
	buf_puts(out, recorded ? at + strcspn(at, "<") : at + strlen(mark));
}

static void
trickle(struct fake *f, struct conn *c)
{
	while (!f->stopping && conn_write(c, "x", 1)) {
		struct pollfd p = { .fd = c->fd, .events = POLLIN };

		if (poll(&p, 1, TRICKLE_MS) > 0)
			return;
	}
}

/* Sends a reply; false when the connection ends with it. */
static bool
answer(struct fake *f, struct conn *c, const struct played *p, const char *request)
{
	SCOPED(buf) struct buf body = { 0 }, all = { 0 };
	const struct fake_reply *r = &p->r;
	char id[32];

	message_id(request, id);
	if (r->way == FAKE_RESTART) {
		(void)close(f->listener);
		f->listener = -1;
	}
	if (r->way == FAKE_HANG_UP || r->way == FAKE_RESTART)
		return false;
	if (r->way == FAKE_SILENT) {
		(void)wait_for(f, c->fd, false);
		return false;
	}
	if (r->fill > 0)
		for (size_t i = 0; i < r->fill; i++)
			buf_add(&body, "x", 1);
	else
		fill_in(&body, p->body == NULL ? "" : p->body, id, r->file != NULL);
	if (r->way == FAKE_RAW) {
		(void)conn_write(c, buf_str(&body), body.len);
		return false;
	}
	buf_printf(&all, "HTTP/1.1 %d Status\r\nServer: Intel(R) Active Management Technology 12.0.67\r\n", r->status == 0 ? 200 : r->status);
	if (p->type == NULL || p->type[0] != '\0')
		buf_printf(&all, "Content-Type: %s\r\n", p->type == NULL ? "application/soap+xml; charset=UTF-8" : p->type);
	buf_printf(&all, "Content-Length: %zu\r\n%s%s\r\n", r->way == FAKE_TRICKLE ? (size_t)100000 : body.len,
	    r->close ? "Connection: close\r\n" : "", p->headers == NULL ? "" : p->headers);
	if (r->way == FAKE_TRICKLE) {
		(void)conn_write(c, buf_str(&all), all.len);
		trickle(f, c);
		return false;
	}
	buf_add(&all, buf_str(&body), r->way == FAKE_HALF ? body.len / 2 : body.len);
	return conn_write(c, buf_str(&all), all.len) && r->way == FAKE_HTTP && !r->close;
}

static void
serve(struct fake *f, struct conn *c)
{
	char *head, *body;
	bool on = true;

	while (on && read_request(f, c, &head, &body) == 1) {
		static const struct played none = { .r = { .status = 500 } };
		const struct played *p = &none;

		(void)pthread_mutex_lock(&f->lock);
		if (f->nrequests < REPLIES) {
			f->heads[f->nrequests] = head;
			f->bodies[f->nrequests++] = body;
		}
		if (f->next < f->nreplies)
			p = &f->replies[f->next++];
		(void)pthread_mutex_unlock(&f->lock);
		on = answer(f, c, p, body);
	}
}

/* The client's certificates, as it sent them. */
static int
on_client_certificate(X509_STORE_CTX *store, void *arg)
{
	struct fake *f = arg;

	(void)pthread_mutex_lock(&f->lock);
	sk_X509_pop_free(f->shown, X509_free);
	f->shown = X509_chain_up_ref(X509_STORE_CTX_get0_untrusted(store));
	(void)pthread_mutex_unlock(&f->lock);
	if (f->tls.refuse == 0)
		return 1;
	X509_STORE_CTX_set_error(store, f->tls.refuse);
	return 0;
}

static bool
handshake(struct fake *f, struct conn *c)
{
	if (f->ctx == NULL)
		return true;
	if (f->tls.babble != NULL)
		(void)conn_write(c, f->tls.babble, strlen(f->tls.babble));
	if (f->tls.hang_up || f->tls.babble != NULL)
		return false;
	c->ssl = SSL_new(f->ctx);
	return c->ssl != NULL && SSL_set_fd(c->ssl, c->fd) == 1 && SSL_accept(c->ssl) == 1;
}

static void *
play(void *arg)
{
	struct fake *f = arg;

	while (wait_for(f, f->listener, false)) {
		struct conn c = { .fd = accept(f->listener, NULL, NULL) };
		struct timeval two = { .tv_sec = 2 };

		if (c.fd < 0)
			continue;
		(void)setsockopt(c.fd, SOL_SOCKET, SO_RCVTIMEO, &two, sizeof(two));
		(void)pthread_mutex_lock(&f->lock);
		f->connections++;
		(void)pthread_mutex_unlock(&f->lock);
		if (handshake(f, &c))
			serve(f, &c);
		conn_end(&c);
	}
	return NULL;
}

static unsigned int
on_identity(SSL *ssl, const char *identity, unsigned char *key, unsigned int size)
{
	const struct fake *f = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
	size_t len = strlen(f->tls.pps);

	if (strcmp(identity, f->tls.pid) != 0 || len > size)
		return 0;
	memcpy(key, f->tls.pps, len);
	return (unsigned int)len;
}

static void
set_up_tls(struct fake *f, const struct fake_tls *tls)
{
	f->tls = *tls;
	f->ctx = SSL_CTX_new(TLS_server_method());
	assert_non_null(f->ctx);
	SSL_CTX_set_security_level(f->ctx, 0);
	assert_int_equal(SSL_CTX_set_min_proto_version(f->ctx, tls->lowest), 1);
	assert_int_equal(SSL_CTX_set_max_proto_version(f->ctx, tls->highest), 1);
	(void)SSL_CTX_set_app_data(f->ctx, f);
	if (tls->ciphers != NULL)
		assert_int_equal(SSL_CTX_set_cipher_list(f->ctx, tls->ciphers), 1);
	if (tls->pid != NULL) {
		SSL_CTX_set_psk_server_callback(f->ctx, on_identity);
		return;
	}
	assert_int_equal(SSL_CTX_use_certificate(f->ctx, tls->cert), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(f->ctx, tls->key), 1);
	if (!tls->ask)
		return;
	SSL_CTX_set_verify(f->ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_cert_verify_callback(f->ctx, on_client_certificate, f);
}

struct fake *
fake_start(const struct fake_tls *tls)
{
	struct fake *f = calloc(1, sizeof(*f));
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);

	assert_non_null(f);
	(void)pthread_mutex_init(&f->lock, NULL);
	if (tls != NULL)
		set_up_tls(f, tls);
	f->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(f->listener >= 0);
	assert_int_equal(bind(f->listener, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(f->listener, 16), 0);
	assert_int_equal(getsockname(f->listener, (struct sockaddr *)&a, &len), 0);
	f->port = ntohs(a.sin_port);
	assert_int_equal(pthread_create(&f->thread, NULL, play, f), 0);
	return f;
}

void
fake_stop(struct fake *f)
{
	f->stopping = true;
	(void)pthread_join(f->thread, NULL);
	if (f->listener >= 0)
		(void)close(f->listener);
	for (size_t i = 0; i < f->nreplies; i++) {
		free(f->replies[i].headers);
		free(f->replies[i].type);
		free(f->replies[i].body);
	}
	for (size_t i = 0; i < f->nrequests; i++) {
		free(f->heads[i]);
		free(f->bodies[i]);
	}
	sk_X509_pop_free(f->shown, X509_free);
	SSL_CTX_free(f->ctx);
	(void)pthread_mutex_destroy(&f->lock);
	free(f);
}

static char *
copy_of(const char *s)
{
	return s == NULL ? NULL : strdup(s);
}

void
fake_play(struct fake *f, const struct fake_reply *r)
{
	SCOPED(buf) struct buf file = { 0 };
	struct played p = { .r = *r, .headers = copy_of(r->headers), .type = copy_of(r->type), .body = copy_of(r->body) };
	char name[160];

	if (r->file != NULL) {
		(void)snprintf(name, sizeof(name), "tests/amt/recorded/%s.xml", r->file);
		source_read(name, &file);
		p.body = buf_steal(&file);
	}
	(void)pthread_mutex_lock(&f->lock);
	bool fits = f->nreplies < REPLIES;
	if (fits)
		f->replies[f->nreplies++] = p;
	(void)pthread_mutex_unlock(&f->lock);
	assert_true(fits);
}

void
fake_file(struct fake *f, const char *file)
{
	fake_play(f, &(struct fake_reply){ .file = file });
}

void
fake_text(struct fake *f, const char *body)
{
	SCOPED(buf) struct buf b = { 0 };

	buf_printf(&b, "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" "
		       "xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" "
		       "xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\">"
		       "<s:Header><a:RelatesTo>{id}</a:RelatesTo></s:Header><s:Body>%s</s:Body></s:Envelope>", body);
	fake_play(f, &(struct fake_reply){ .body = buf_str(&b) });
}

void
fake_output(struct fake *f, const char *method, const char *inner)
{
	SCOPED(buf) struct buf b = { 0 };

	buf_printf(&b, "<%s_OUTPUT>%s</%s_OUTPUT>", method, inner, method);
	fake_text(f, buf_str(&b));
}

void
fake_fault(struct fake *f, const char *subcode)
{
	SCOPED(buf) struct buf b = { 0 };

	buf_printf(&b, "<x:Envelope xmlns:x=\"http://www.w3.org/2003/05/soap-envelope\" "
		       "xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\"><x:Header><a:RelatesTo>{id}</a:RelatesTo></x:Header>"
		       "<x:Body><x:Fault><x:Code><x:Value>x:Sender</x:Value><x:Subcode><x:Value>e:%s</x:Value></x:Subcode></x:Code>"
		       "<x:Reason><x:Text>what it says</x:Text></x:Reason><x:Detail/></x:Fault></x:Body></x:Envelope>", subcode);
	fake_play(f, &(struct fake_reply){ .status = 400, .body = buf_str(&b) });
}

static size_t
locked(struct fake *f, const size_t *value)
{
	(void)pthread_mutex_lock(&f->lock);
	size_t v = *value;
	(void)pthread_mutex_unlock(&f->lock);
	return v;
}

size_t
fake_count(struct fake *f)
{
	return locked(f, &f->nrequests);
}

size_t
fake_left(struct fake *f)
{
	return f->nreplies - locked(f, &f->next);
}

const char *
fake_body(struct fake *f, size_t n)
{
	assert_true(n < fake_count(f));
	return f->bodies[n];
}

const char *
fake_head(struct fake *f, size_t n)
{
	assert_true(n < fake_count(f));
	return f->heads[n];
}

unsigned int
fake_connections(struct fake *f)
{
	(void)pthread_mutex_lock(&f->lock);
	unsigned int n = f->connections;
	(void)pthread_mutex_unlock(&f->lock);
	return n;
}

unsigned int
fake_abandoned(struct fake *f)
{
	(void)pthread_mutex_lock(&f->lock);
	unsigned int n = f->abandoned;
	(void)pthread_mutex_unlock(&f->lock);
	return n;
}

int
fake_shown(struct fake *f)
{
	(void)pthread_mutex_lock(&f->lock);
	int n = sk_X509_num(f->shown);
	(void)pthread_mutex_unlock(&f->lock);
	return n;
}

void
fake_shown_cn(struct fake *f, int n, char out[64])
{
	(void)pthread_mutex_lock(&f->lock);
	(void)X509_NAME_get_text_by_NID(X509_get_subject_name(sk_X509_value(f->shown, n)), NID_commonName, out, 64);
	(void)pthread_mutex_unlock(&f->lock);
}

unsigned int
fake_port(const struct fake *f)
{
	return f->port;
}

struct http_conf
fake_conf(const struct fake *f)
{
	return (struct http_conf){ .address = "127.0.0.1", .port = f->port, .tls = f->ctx != NULL, .connect_timeout_s = 2,
		.call_timeout_s = 3 };
}

struct http *
fake_client(const struct fake *f)
{
	const struct http_conf conf = fake_conf(f);
	struct http *h = NULL;
	struct err e;

	assert_ok(http_new(&conf, &h, &e));
	return h;
}
