/* SPDX-License-Identifier: Apache-2.0 */
/* service: one HTTP request of a device to the bytes that answer it, faults included. */
#include "sim/service.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "sim/digest.h"
#include "sim/eoisrv.h"
#include "sim/wsman.h"

enum { BIG_BODY = 16 * 1024 * 1024, BOMB_LEVELS = 9, BOMB_WIDTH = 10 };

#define REFUSED_TEXT                                                                               \
	"<html><head><title>Log on failed</title></head><body><h1>Log on failed. Incorrect user "  \
	"name or password, or user account temporarily locked.</h1></body></html>"

/* Before there was WS-Management, the build was not told. */
static void
server_line(const struct device *d, struct buf *b)
{
	bool build = d->rel.has->speaks & SPEAKS_WSMAN;

	buf_printf(b, "Server: Intel(R) Active Management Technology %s%s%s\r\n", d->rel.text,
	    build ? "." : "", build ? d->rel.build : "");
}

static void
date_line(const struct device *d, struct buf *b)
{
	time_t now = (time_t)device_clock(d);
	struct tm tm;
	char date[40] = "";

	(void)gmtime_r(&now, &tm);
	(void)strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	buf_printf(b, "Date: %s\r\n", date);
}

static void
head(const struct device *d, struct buf *b, unsigned int status, const char *reason)
{
	buf_printf(b, "HTTP/1.1 %u %s\r\n", status, reason);
	date_line(d, b);
	server_line(d, b);
}

static void
html(struct device *d, struct reply *r, unsigned int status, const char *reason, const char *more)
{
	struct buf page = { 0 };

	buf_printf(&page, "<html><head><title>%s</title></head><body><h1>%s</h1></body></html>",
	    reason, reason);
	head(d, &r->out, status, reason);
	buf_printf(&r->out,
	    "%sContent-Type: text/html\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s", more,
	    page.len, buf_str(&page));
	buf_free(&page);
	r->close = true;
}

void
service_bad(struct device *d, struct reply *r)
{
	html(d, r, 400, "Bad Request", "");
}

/* Firmware with EOI alone keeps the connection: one carries a whole run (protocol/eoi.md 2.1). */
static void
challenge(struct device *d, const struct http_req *req, bool stale, struct reply *r)
{
	r->close = !req->keep_alive || d->rel.has->speaks & SPEAKS_WSMAN;
	buf_puts(&r->out, "HTTP/1.1 401 Unauthorized\r\n");
	digest_offer(d, stale, &r->out);
	buf_puts(&r->out, "Content-Type: text/html\r\n");
	server_line(d, &r->out);
	buf_printf(&r->out, "Content-Length: %zu\r\n%s\r\n%s", strlen(REFUSED_TEXT),
	    r->close ? "Connection: close\r\n" : "", REFUSED_TEXT);
}

/* Chunks as recorded: sizes of four digits that fall anywhere. */
static void
chunks(struct buf *out, const struct buf *body, bool single)
{
	static const size_t sizes[] = { 0x220, 0x2fa, 0x3c, 0x4cc };

	for (size_t at = 0, i = 0; at < body->len; i++) {
		size_t n = single ? 1 : sizes[i % ARRAY_LEN(sizes)];

		if (n > body->len - at)
			n = body->len - at;
		buf_printf(out, "%04zX\r\n", n);
		buf_add(out, body->p + at, n);
		buf_puts(out, "\r\n");
		at += n;
	}
	buf_puts(out, "0\r\n\r\n");
}

static void
bomb(struct buf *b)
{
	buf_puts(b, "<?xml version=\"1.0\"?><!DOCTYPE b [<!ENTITY e0 \"muster\">");
	for (int i = 1; i <= BOMB_LEVELS; i++) {
		buf_printf(b, "<!ENTITY e%d \"", i);
		for (int k = 0; k < BOMB_WIDTH; k++)
			buf_printf(b, "&e%d;", i - 1);
		buf_puts(b, "\">");
	}
	buf_printf(b, "]><a:Envelope xmlns:a=\"" NS_SOAP "\"><a:Body>&e%d;</a:Body></a:Envelope>",
	    BOMB_LEVELS);
}

/* Faults that change the body of a reply. */
static void
spoil_body(struct device *d, struct buf *body)
{
	if (fault_hit(&d->faults, FK_XML_BOMB) != NULL) {
		buf_reset(body);
		bomb(body);
	}
	if (fault_hit(&d->faults, FK_BIG_BODY) != NULL)
		while (body->len < BIG_BODY && !body->bad)
			buf_printf(body, "<!-- %1000d -->", 0);
}

/* What a dialect has made of a request. */
struct answer {
	struct fault_where where;
	struct buf *body;
	bool is_fault;
	enum after after;
};

/* As firmware of 3.0.5 wrote it. Source: protocol/eoi.md 2.3. */
static void
eoi_head(const struct device *d, struct buf *b, bool is_fault)
{
	buf_printf(b, "HTTP/1.1 %s\r\nContent-Type: text/xml; charset=UTF-8\r\n",
	    is_fault ? "500 Internal Server Error" : "200 OK");
	date_line(d, b);
	buf_puts(b, "Cache-Control: no-cache\r\nExpires: Thu, 26 Oct 1995 00:00:00 GMT\r\n");
	server_line(d, b);
}

static void
wsman_head(const struct device *d, struct buf *b, bool is_fault)
{
	head(d, b, is_fault ? 400 : 200, is_fault ? "Bad Request" : "OK");
	buf_puts(
	    b, "X-Frame-Options: DENY\r\nContent-Type: application/soap+xml; charset=UTF-8\r\n");
}

static void
soap_answer(struct device *d, const struct answer *a, bool keep_alive, bool eoi, struct reply *r)
{
	spoil_body(d, a->body);
	bool half = fault_hit(&d->faults, FK_HALF_BODY) != NULL;
	bool long_length = fault_hit(&d->faults, FK_BAD_LENGTH) != NULL;

	r->close = !keep_alive || (a->is_fault && !eoi) || half || long_length;
	(eoi ? eoi_head : wsman_head)(d, &r->out, a->is_fault);
	if (r->close)
		buf_puts(&r->out, "Connection: close\r\n");
	if (long_length) {
		buf_printf(&r->out, "Content-Length: %zu\r\n\r\n%s", a->body->len + 1000,
		    buf_str(a->body));
		return;
	}
	buf_puts(&r->out, "Transfer-Encoding: chunked\r\n\r\n");
	size_t start = r->out.len;
	chunks(&r->out, a->body, fault_has(&d->faults, FK_ODD_XML) != NULL);
	if (half) {
		r->out.len = start + (r->out.len - start) / 2;
		r->out.p[r->out.len] = '\0';
	}
}

static void
hang_up(struct reply *r, enum after after)
{
	buf_reset(&r->out);
	r->close = true;
	r->after = after;
}

/* Faults that answer in place of the device. */
static bool
answered_by_fault(struct device *d, struct reply *r)
{
	const struct fault_spec *f;

	if (fault_hit(&d->faults, FK_SILENT) != NULL)
		r->silent = true;
	else if (fault_hit(&d->faults, FK_GARBAGE) != NULL) {
		buf_add(&r->out, "\x00\xff\x1b[2J\r\nHTPT 2oo\n\x80", 18);
		r->close = true;
	} else if (fault_hit(&d->faults, FK_REDIRECT) != NULL)
		html(d, r, 302, "Found", "Location: http://198.51.100.1/wsman\r\n");
	else if ((f = fault_hit(&d->faults, FK_HTTP)) != NULL)
		html(d, r, (unsigned int)f->n, "Error", "");
	else
		return false;
	return true;
}

/* Setup sessions of recent firmware need no login beside the certificate. */
static bool
logged_in(struct device *d, const struct http_req *req, bool tls_setup, struct reply *r,
    const struct acl **who)
{
	struct digest_what what = { req->method, req->path, req->body.p, req->body.len };

	*who = NULL;
	if (fault_hit(&d->faults, FK_UNAUTHORISED) != NULL) {
		challenge(d, req, false, r);
		return false;
	}
	if (tls_setup && !d->rel.has->challenge_in_setup)
		return true;
	enum digest_result res = digest_check(d, req->authorization, &what, who);
	if (res == DIGEST_OK && fault_hit(&d->faults, FK_STALE) != NULL)
		res = DIGEST_STALE;
	if (res == DIGEST_OK && fault_count(&d->faults, FK_RECHALLENGE) != NULL)
		res = DIGEST_REFUSED;
	if (res != DIGEST_OK)
		challenge(d, req, res == DIGEST_STALE, r);
	return res == DIGEST_OK;
}

/* Hang-ups and restarts by number. true: nothing is done any more. */
static bool
cut_before(struct device *d, const struct fault_where *w, bool by_count, struct reply *r)
{
	if (by_count ? fault_count(&d->faults, FK_DROP_BEFORE) != NULL
		     : fault_hit_on(&d->faults, FK_DROP_BEFORE, w) != NULL ||
			   fault_hit_on(&d->faults, FK_DROP_ON, w) != NULL) {
		hang_up(r, AFTER_NOTHING);
		return true;
	}
	if (by_count ? fault_count(&d->faults, FK_REBOOT_BEFORE) != NULL
		     : fault_hit_on(&d->faults, FK_REBOOT_BEFORE, w) != NULL) {
		hang_up(r, AFTER_REBOOT);
		return true;
	}
	r->stalled = by_count && fault_count(&d->faults, FK_STALL_BEFORE) != NULL;
	return r->stalled;
}

/* Hang-ups that are due by number once this request is done. */
struct cuts {
	bool drop, reboot, stall;
};

/* What the request set going goes on when the connection is cut: a commit restarts the ports. */
static void
cut_after(struct device *d, const struct fault_where *w, const struct cuts *cuts, struct reply *r)
{
	enum after after = r->after;

	if (fault_hit_on(&d->faults, FK_DROP_AFTER, w) != NULL || cuts->drop)
		hang_up(r, after);
	if (fault_hit_on(&d->faults, FK_REBOOT_AFTER, w) != NULL || cuts->reboot)
		hang_up(r, after == AFTER_NOTHING ? AFTER_REBOOT : after);
	r->stalled = cuts->stall;
}

/* Two dialects, and what they are given. */
struct work {
	struct device *d;
	const struct http_req *req;
	const struct acl *who;
	struct cuts cuts;
};

static void
finish_answer(const struct work *k, const struct answer *a, bool eoi, struct reply *r)
{
	r->after = a->after;
	soap_answer(k->d, a, k->req->keep_alive && a->after == AFTER_NOTHING, eoi, r);
	cut_after(k->d, &a->where, &k->cuts, r);
}

static void
by_wsman(const struct work *k, struct reply *r)
{
	SCOPED(wsman) struct wsman w = { 0 };
	struct device *d = k->d;

	if (wsman_read(d, buf_str(&k->req->body), k->req->body.len, &w) < 0) {
		service_bad(d, r);
		return;
	}
	if (cut_before(d, &w.where, false, r))
		return;
	wsman_act(d, &w, k->who);
	const struct answer a = { w.where, &w.body, w.is_fault, w.after };
	finish_answer(k, &a, false, r);
}

static void
by_eoi(const struct work *k, struct reply *r)
{
	SCOPED(eoisrv) struct eoisrv q = { 0 };
	struct device *d = k->d;

	if (eoisrv_read(d, k->req->path, buf_str(&k->req->body), k->req->body.len, &q) < 0) {
		service_bad(d, r);
		return;
	}
	if (cut_before(d, &q.where, false, r))
		return;
	eoisrv_act(d, &q, k->who);
	const struct answer a = { q.where, &q.body, q.is_fault, q.after };
	finish_answer(k, &a, true, r);
}

/* What is no call: the page of a browser, other paths, other methods. true: answered. */
static bool
no_call(struct device *d, const struct http_req *req, bool eoi, struct reply *r)
{
	bool wsman = d->rel.has->speaks & SPEAKS_WSMAN && strcmp(req->path, "/wsman") == 0;

	if (!(d->rel.has->speaks & SPEAKS_WSMAN) && strcmp(req->method, "GET") == 0 &&
	    strcmp(req->path, "/") == 0)
		html(d, r, 303, "See Other", "Location: /logon.htm\r\n");
	else if (!wsman && !eoi)
		html(d, r, 404, "Not Found", "");
	else if (strcmp(req->method, "POST") != 0)
		service_bad(d, r);
	else
		return false;
	return true;
}

void
service_answer(struct device *d, const struct http_req *req, bool tls_setup, struct reply *r)
{
	const struct fault_spec *delay = fault_hit(&d->faults, FK_DELAY_MS);
	const struct fault_where nothing = { "None", "", NULL };
	bool eoi = eoisrv_path(d, req->path);
	struct work k = { .d = d, .req = req };

	d->count.requests++;
	r->delay_ms = delay == NULL ? 0 : (unsigned int)delay->n;
	r->byte_by_byte = fault_hit(&d->faults, FK_SLOW_BYTE) != NULL;
	if (answered_by_fault(d, r) || no_call(d, req, eoi, r) ||
	    !logged_in(d, req, tls_setup, r, &k.who))
		return;
	d->count.authenticated++;
	k.cuts = (struct cuts){ fault_count(&d->faults, FK_DROP_AFTER) != NULL,
		fault_count(&d->faults, FK_REBOOT_AFTER) != NULL,
		fault_count(&d->faults, FK_STALL_AFTER) != NULL };
	if (!cut_before(d, &nothing, true, r))
		(eoi ? by_eoi : by_wsman)(&k, r);
}
