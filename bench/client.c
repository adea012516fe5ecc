/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client: the least a client does for the same conversation: libcurl, TLS, digest, the same number of
 * requests of about the same sizes; no database, and no steps.
 *
 *	client FILE BASE COUNT THREADS PASSWORD [CERT KEY]	with libxml2 reading each reply: client -x FILE ...
 *
 * FILE has one line a request, "CLASS BYTES" (a Get of the class, filled up with blanks to so many
 * bytes), and "-" where a new connection is made. BASE is the address of the first of COUNT devices.
 * PASSWORD is that of "admin"; "-": devices that ask for no login.
 * Prints processor milliseconds a device, wall seconds, requests and connections a device, and bytes
 * out and in a device.
 */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <libxml/parser.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/macros.h"

enum { LINES_MAX = 1000, THREADS_MAX = 256, BODY_MAX = 65536 };

struct line {
	char *body; /* NULL: a new connection */
	size_t len;
};

struct plan {
	struct line lines[LINES_MAX];
	size_t n;
	uint32_t base;
	int count;
	const char *password;
	X509 *leaf;
	EVP_PKEY *key;
	STACK_OF(X509) *chain;
	bool xml;
	atomic_int next;
	atomic_long requests, connections, out, in, failed;
};

static size_t
on_body(char *data, size_t size, size_t n, void *arg)
{
	buf_add(arg, data, size * n);
	return size * n;
}

static CURLcode
on_context(CURL *curl, void *ctx_, void *arg)
{
	struct plan *p = arg;
	SSL_CTX *ctx = ctx_;

	(void)curl;
	(void)SSL_CTX_set_options(ctx, SSL_OP_LEGACY_SERVER_CONNECT);
	SSL_CTX_set_security_level(ctx, 0);
	(void)SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION);
	if (p->leaf != NULL && SSL_CTX_use_cert_and_key(ctx, p->leaf, p->key, p->chain, 1) != 1)
		return CURLE_SSL_CERTPROBLEM;
	return CURLE_OK;
}

static CURL *
new_connection(struct plan *p, int device, const struct curl_slist *headers, struct buf *body)
{
	struct in_addr addr = { .s_addr = htonl(p->base + (uint32_t)device) };
	char text[INET_ADDRSTRLEN] = "", url[64], login[128];
	CURL *c = curl_easy_init();

	if (c == NULL)
		return NULL;
	(void)inet_ntop(AF_INET, &addr, text, sizeof(text));
	(void)snprintf(url, sizeof(url), "https://%s:16993/wsman", text);
	(void)snprintf(login, sizeof(login), "admin:%s", p->password);
	(void)curl_easy_setopt(c, CURLOPT_URL, url);
	(void)curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	if (strcmp(p->password, "-") != 0) {
		(void)curl_easy_setopt(c, CURLOPT_USERPWD, login);
		(void)curl_easy_setopt(c, CURLOPT_HTTPAUTH, (long)CURLAUTH_DIGEST);
	}
	(void)curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	(void)curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	(void)curl_easy_setopt(c, CURLOPT_WRITEDATA, body);
	(void)curl_easy_setopt(c, CURLOPT_TIMEOUT, 60L);
	(void)curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 0L);
	(void)curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 0L);
	(void)curl_easy_setopt(c, CURLOPT_CAINFO, NULL);
	(void)curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
	(void)curl_easy_setopt(c, CURLOPT_SSL_SESSIONID_CACHE, 0L);
	(void)curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_0);
	(void)curl_easy_setopt(c, CURLOPT_SSL_CIPHER_LIST, "DEFAULT:@SECLEVEL=0");
	(void)curl_easy_setopt(c, CURLOPT_SSL_CTX_FUNCTION, on_context);
	(void)curl_easy_setopt(c, CURLOPT_SSL_CTX_DATA, p);
	return c;
}

/* What a transfer, with the refusal before a login, moved. */
static void
count(struct plan *p, CURL *c, const struct buf *body)
{
	long head = 0, sent = 0, made = 0;

	(void)curl_easy_getinfo(c, CURLINFO_HEADER_SIZE, &head);
	(void)curl_easy_getinfo(c, CURLINFO_REQUEST_SIZE, &sent);
	(void)curl_easy_getinfo(c, CURLINFO_NUM_CONNECTS, &made);
	(void)atomic_fetch_add(&p->requests, 1);
	(void)atomic_fetch_add(&p->connections, made);
	(void)atomic_fetch_add(&p->out, sent);
	(void)atomic_fetch_add(&p->in, head + (long)body->len);
}

static bool
post(struct plan *p, CURL *c, const struct line *line, struct buf *body)
{
	long status = 0;

	buf_reset(body);
	(void)curl_easy_setopt(c, CURLOPT_POSTFIELDS, line->body);
	(void)curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)line->len);
	CURLcode rc = curl_easy_perform(c);
	(void)curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	if (rc != CURLE_OK || status != 200) {
		(void)fprintf(stderr, "client: %s, HTTP status %ld\n", curl_easy_strerror(rc), status);
		return false;
	}
	count(p, c, body);
	if (p->xml) {
		xmlDoc *doc = xmlReadMemory(body->p, (int)body->len, NULL, NULL,
		    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOBLANKS);

		xmlFreeDoc(doc);
	}
	return true;
}

static bool
serve(struct plan *p, int device, const struct curl_slist *headers, struct buf *body)
{
	CURL *c = NULL;
	bool good = true;

	for (size_t i = 0; good && i < p->n; i++) {
		if (p->lines[i].body == NULL) {
			curl_easy_cleanup(c);
			c = new_connection(p, device, headers, body);
		}
		good = c != NULL && (p->lines[i].body == NULL || post(p, c, &p->lines[i], body));
	}
	curl_easy_cleanup(c);
	return good;
}

static void *
work(void *arg)
{
	struct plan *p = arg;
	struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/soap+xml; charset=utf-8");
	SCOPED(buf) struct buf body = { 0 };
	int device;

	headers = curl_slist_append(headers, "Expect:");
	while ((device = atomic_fetch_add(&p->next, 1)) < p->count)
		if (!serve(p, device, headers, &body))
			(void)atomic_fetch_add(&p->failed, 1);
	curl_slist_free_all(headers);
	return NULL;
}

/* A Get of a class, of so many bytes. */
static bool
make_request(struct line *line, const char *class, size_t bytes)
{
	SCOPED(buf) struct buf b = { 0 };
	const char *ns = strncmp(class, "CIM_", 4) == 0 ? "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
			 : strncmp(class, "IPS_", 4) == 0 ? "http://intel.com/wbem/wscim/1/ips-schema/1/"
							  : "http://intel.com/wbem/wscim/1/amt-schema/1/";

	buf_printf(&b, "<?xml version=\"1.0\" encoding=\"utf-8\"?><Envelope xmlns=\"http://www.w3.org/2003/05/soap-envelope\""
	    " xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\""
	    " xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\"><Header>"
	    "<a:Action>http://schemas.xmlsoap.org/ws/2004/09/transfer/Get</a:Action><a:To>/wsman</a:To>"
	    "<w:ResourceURI>%s%s</w:ResourceURI><a:MessageID>1</a:MessageID><a:ReplyTo><a:Address>"
	    "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo></Header>"
	    "<Body>", ns, class);
	static const char tail[] = "</Body></Envelope>";
	while (b.len + sizeof(tail) - 1 < bytes)
		buf_puts(&b, " ");
	buf_puts(&b, tail);
	line->len = b.len;
	line->body = strdup(buf_str(&b));
	return line->body != NULL;
}

static bool
read_plan(struct plan *p, const char *file)
{
	FILE *f = fopen(file, "r");
	char class[96], bytes[16];

	if (f == NULL)
		return false;
	while (p->n < LINES_MAX && fscanf(f, "%95s", class) == 1) {
		struct line *line = &p->lines[p->n++];
		size_t want = 0;

		if (strcmp(class, "-") == 0)
			continue;
		if (fscanf(f, "%15s", bytes) == 1)
			want = (size_t)strtol(bytes, NULL, 10);
		if (want > BODY_MAX || !make_request(line, class, want)) {
			(void)fclose(f);
			return false;
		}
	}
	(void)fclose(f);
	return p->n > 0 && p->lines[0].body == NULL;
}

/* Leaf first, then the chain; as muster-sim's devices want to see them. */
static bool
read_identity(struct plan *p, const char *cert, const char *key)
{
	FILE *c = fopen(cert, "r"), *k = fopen(key, "r");
	X509 *x;

	p->chain = sk_X509_new_null();
	if (c != NULL && k != NULL) {
		p->leaf = PEM_read_X509(c, NULL, NULL, NULL);
		p->key = PEM_read_PrivateKey(k, NULL, NULL, NULL);
		while ((x = PEM_read_X509(c, NULL, NULL, NULL)) != NULL)
			(void)sk_X509_push(p->chain, x);
	}
	if (c != NULL)
		(void)fclose(c);
	if (k != NULL)
		(void)fclose(k);
	return p->leaf != NULL && p->key != NULL;
}

static double
cpu_ms(void)
{
	struct rusage u;

	(void)getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3 + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3;
}

static void
run_all(struct plan *p, int threads)
{
	pthread_t list[THREADS_MAX];
	int n = 0;
	double from = cpu_ms(), devices = p->count;
	int64_t began = clock_wall_us();

	while (n < threads && pthread_create(&list[n], NULL, work, p) == 0)
		n++;
	for (int i = 0; i < n; i++)
		(void)pthread_join(list[i], NULL);
	(void)printf("%.3f %.3f %.1f %.1f %.0f %.0f\n", (cpu_ms() - from) / devices, (double)(clock_wall_us() - began) / 1e6,
	    (double)p->requests / devices, (double)p->connections / devices, (double)p->out / devices, (double)p->in / devices);
}

int
main(int argc, char **argv)
{
	static struct plan p;
	struct in_addr base;

	if (argc > 1 && strcmp(argv[1], "-x") == 0) {
		p.xml = true;
		argc--;
		argv++;
	}
	int threads = argc > 4 ? (int)strtol(argv[4], NULL, 10) : 0;
	if ((argc != 6 && argc != 8) || threads < 1 || threads > THREADS_MAX || inet_pton(AF_INET, argv[2], &base) != 1) {
		(void)fprintf(stderr, "usage: client [-x] FILE BASE COUNT THREADS PASSWORD [CERT KEY]\n");
		return 2;
	}
	p.base = ntohl(base.s_addr);
	p.count = (int)strtol(argv[3], NULL, 10);
	p.password = argv[5];
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
	xmlInitParser();
	if (!read_plan(&p, argv[1]) || (argc == 8 && !read_identity(&p, argv[6], argv[7]))) {
		(void)fprintf(stderr, "client: a file cannot be read\n");
		return EXIT_FAILURE;
	}
	run_all(&p, threads);
	for (size_t i = 0; i < p.n; i++)
		free(p.lines[i].body);
	X509_free(p.leaf);
	EVP_PKEY_free(p.key);
	sk_X509_pop_free(p.chain, X509_free);
	curl_global_cleanup();
	return p.failed > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
