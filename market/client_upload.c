/* client_upload.c - blobs and programs that go to a relayer. See include/sprove_client.h. */
#include "market/client_parts.h"
#include "market/hex.h"
#include "market/sha256.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PART ((size_t)4 << 20)
#define MOST_CORRECTIONS \
    5                  /* times in a row that the relayer says it has other bytes than it took */
#define IDENTIFY_S 600 /* eight ids, at most a minute each, and a queue before them */

typedef struct {
    sp_client *c;
    const uint8_t *bytes;
    size_t n;
    char name[SP_SHA256_HEX], path[80];
    sp_client_sent *sent;
    void *user;
    char *why;
} upload;

static void tell(const upload *u, size_t at)
{
    if (u->sent != NULL) u->sent(u->user, at, u->n);
}

/* What the relayer has; *whole: all of it. A key that may not read is told nothing: from the
 * beginning then, and the relayer says so if that is wrong. */
static sp_status offset_of(const upload *u, size_t *at, bool *whole)
{
    sp_client_answer a;
    *at = 0;
    *whole = false;
    const sp_client_request q = {.method = "HEAD", .path = u->path, .bytes = true};
    sp_status s = sp_client_call(u->c, &a, &q, u->why);
    if (s == SP_OK)
        *whole = a.status == 200;
    else if (s == SP_ERR_REJECT && a.status >= 400)
        s = SP_OK;
    if (s == SP_OK && !*whole && a.has_offset && a.offset < u->n) *at = (size_t)a.offset;
    sp_client_answer_free(&a);
    return s;
}

/* Sends one part from *at on, or all where that is one. *whole: the relayer has it all now. */
static sp_status send_part(const upload *u, size_t *at, bool *whole, unsigned *corrections)
{
    char range[80];
    sp_client_answer a;
    const size_t n = u->n - *at < PART ? u->n - *at : PART;
    sp_client_request q = {.method = "PUT",
                           .path = u->path,
                           .body = n > 0 ? (const void *)(u->bytes + *at) : "",
                           .body_bytes = n,
                           .content_type = "application/octet-stream"};
    (void)snprintf(range, sizeof range, "bytes %zu-%zu/%zu", *at, *at + n - 1, u->n);
    if (n < u->n) q.content_range = range;
    sp_status s = sp_client_call(u->c, &a, &q, u->why);
    if (s == SP_OK && (a.status == 200 || a.status == 201)) {
        *whole = true;
        *at = u->n;
    } else if (s == SP_OK && (!a.has_offset || a.offset != *at + n || a.offset >= u->n)) {
        s = client_say(SP_ERR_FORMAT, u->why,
                       "the relayer took a part, and says that it has others");
    } else if (s == SP_OK) {
        *at += n;
        *corrections = 0;
    } else if (s == SP_ERR_REJECT && a.status == 409 && q.content_range != NULL &&
               ++*corrections <= MOST_CORRECTIONS) {
        /* An answer was lost - of the last part, perhaps: then it has all - or the same is being
         * sent from elsewhere. */
        size_t said;
        s = offset_of(u, &said, whole);
        if (said == 0 && a.has_offset && a.offset < u->n) said = (size_t)a.offset;
        if (s == SP_OK && !*whole && said == *at) client_pause(u->c, 1000);
        *at = said;
    }
    sp_client_answer_free(&a);
    return s;
}

static sp_status run_upload(const upload *u)
{
    size_t at = 0;
    bool whole = false;
    unsigned corrections = 0;
    size_t left = 4 * (u->n / PART) + 4 * MOST_CORRECTIONS; /* requests */
    tell(u, 0);
    SP_TRY(offset_of(u, &at, &whole));
    while (!whole) {
        if (left-- == 0)
            return client_say(SP_ERR_FORMAT, u->why, "the relayer takes parts and forgets them");
        tell(u, at);
        SP_TRY(send_part(u, &at, &whole, &corrections));
    }
    tell(u, u->n);
    return SP_OK;
}

static void begin(upload *u, sp_client *c, const void *bytes, size_t n, sp_client_sent *sent,
                  void *user, char *why)
{
    uint8_t hash[SHA256_BYTES];
    *u = (upload){.c = c, .bytes = bytes, .n = n, .sent = sent, .user = user, .why = why};
    sha256_hash(hash, bytes, n);
    hex_write(u->name, hash, sizeof hash);
    (void)snprintf(u->path, sizeof u->path, "/blobs/%s", u->name);
}

sp_status sp_client_upload(sp_client *c, char name[SP_SHA256_HEX], const void *bytes, size_t n,
                           sp_client_sent *sent, void *user, char *why)
{
    upload u;
    name[0] = 0;
    begin(&u, c, bytes, n, sent, user, why);
    SP_TRY(run_upload(&u));
    memcpy(name, u.name, sizeof u.name);
    return SP_OK;
}

/* Whether this key has the program. */
static sp_status is_registered(const upload *u, bool *known)
{
    char path[96], said[SP_SHA256_HEX];
    sp_client_answer a;
    *known = false;
    (void)snprintf(path, sizeof path, "/programs/%s", u->name);
    const sp_client_request q = {.method = "GET", .path = path};
    sp_status s = sp_client_call(u->c, &a, &q, u->why);
    if (s == SP_OK) {
        json_t *j = client_json(&a);
        client_text(said, sizeof said, j, "elf_sha256");
        *known = strcmp(said, u->name) == 0;
        json_decref(j);
        if (!*known)
            s = client_say(SP_ERR_FORMAT, u->why,
                           "the relayer shows another program than was asked");
    } else if (s == SP_ERR_REJECT && a.status == 404) {
        s = SP_OK;
    }
    sp_client_answer_free(&a);
    return s;
}

/* Letters, digits, '-', '_' and '.' of it; what relayers take as a name of a program. */
static void label_of(char out[64], const char *label)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    size_t n = 0;
    for (; label != NULL && *label && n < 40; label++)
        if (strchr(allowed, *label) != NULL) out[n++] = *label;
    out[n] = 0;
    if (n == 0) (void)snprintf(out, 64, "program");
}

static sp_status register_program(const upload *u, const char *label)
{
    char name[64], version[17], body[400], said[SP_SHA256_HEX];
    sp_client_answer a;
    label_of(name, label);
    (void)snprintf(version, sizeof version, "%.16s", u->name);
    (void)snprintf(body, sizeof body,
                   "{\"name\":\"%s.elf\",\"version\":\"%s\",\"elf_sha256\":\"%s\"}", name, version,
                   u->name);
    const sp_client_request q = {.method = "POST",
                                 .path = "/programs",
                                 .body = body,
                                 .body_bytes = strlen(body),
                                 .wait_s = IDENTIFY_S};
    sp_status s = sp_client_call(u->c, &a, &q, u->why);
    if (s == SP_OK) {
        json_t *j = client_json(&a);
        client_text(said, sizeof said, j, "elf_sha256");
        json_decref(j);
        if (strcmp(said, u->name) != 0)
            s = client_say(SP_ERR_FORMAT, u->why, "the relayer registered another program");
    }
    sp_client_answer_free(&a);
    return s;
}

sp_status sp_client_program(sp_client *c, char name[SP_SHA256_HEX], const void *elf, size_t n,
                            const char *label, sp_client_sent *sent, void *user, char *why)
{
    upload u;
    bool known;
    name[0] = 0;
    begin(&u, c, elf, n, sent, user, why);
    SP_TRY(is_registered(&u, &known));
    if (!known) {
        SP_TRY(run_upload(&u));
        SP_TRY(register_program(&u, label));
    }
    memcpy(name, u.name, sizeof u.name);
    return SP_OK;
}
