/* sprove_client.h - the public interface to a relayer: have something computed and proved, wait for
 * it, fetch what came out, and check the callbacks of a relayer. docs/client.md, docs/relayer.md.
 *
 * C11 and C++17. Nothing prints, exits or reads the environment. Bodies and answers are the JSON of
 * the relayer's REST (docs/openapi.json) as text; times are milliseconds unless their name says
 * otherwise; sizes are bytes. A relayer is not trusted: what it answers is bounded in length and
 * read strictly, and what it gives as a result is worth what its proof is, which sp_verify of
 * sprove.h says.
 *
 * What fails returns an sp_status, of which only SP_OK is success; then every output is zeroed, and
 * one sentence of printable ASCII is written to `why`, an array of SP_CLIENT_WHY bytes, or NULL:
 *   SP_ERR_REJECT  the relayer refuses (4xx), in its words, or redirects, which is not followed
 *   SP_ERR_IO      no usable answer has come for as long as the options' patience
 *   SP_ERR_FORMAT  an answer came that is not what it must be
 *   SP_ERR_LIMIT   an answer is longer than it may be
 *   SP_ERR_CANCEL  the caller's `stop` said so
 *   SP_ERR_NOMEM, SP_ERR_ARG
 *
 * An sp_client is used by one thread at a time; several clients may be used at once. The first is
 * made before there are threads. */
#ifndef INCLUDE_SPROVE_CLIENT_H
#define INCLUDE_SPROVE_CLIENT_H

#include "sprove.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SP_CLIENT_WHY 1024
#define SP_CLIENT_URL "http://127.0.0.1:8000"
#define SP_TASK_ID 37    /* characters of a task's id, with the zero byte */
#define SP_SHA256_HEX 65 /* of a hash as lower-case digits, with the zero byte */

typedef struct sp_client sp_client;

/* Start from sp_client_options_default. Texts are copied. */
typedef struct {
    const char *url;      /* http://HOST:PORT or https://HOST:PORT; NULL: SP_CLIENT_URL */
    const char *key;      /* an API key; NULL: none */
    const char *ca_file;  /* whom an https relayer's certificate must be from, in PEM; NULL: the
                             system's */
    uint64_t patience_ms; /* each call gives up when no usable answer came for so long (10000) */
    /* Asked several times a second from within calls; true ends the call. May be NULL. */
    bool (*stop)(void *user);
    /* Told once that answers do not come and it is tried again. May be NULL. */
    void (*tell)(void *user, const char *sentence);
    void *user;
} sp_client_options;

SP_API sp_client_options sp_client_options_default(void);

/* SP_ERR_ARG: no URL of a relayer. SP_ERR_FORMAT: the key cannot be one. Nothing is asked yet. */
SP_MUST_USE SP_API sp_status sp_client_new(sp_client **c, const sp_client_options *o, char *why);
SP_API void sp_client_delete(sp_client *c); /* NULL is accepted */
/* Of bytes that a function of this header gave; those of sprove.h are given to sp_free. */
SP_API void sp_client_free(sp_bytes *b);

/* ---- tasks ---- */

/* Posts the body of POST /tasks. id: of the task. answer: the relayer's JSON (state, deadline, the
 * secret of a callback), or NULL. key: the same key and body make no second task for a day;
 * NULL: one of this call, so that an answer that was lost makes none. */
SP_MUST_USE SP_API sp_status sp_client_submit(sp_client *c, char id[SP_TASK_ID], sp_bytes *answer,
                                              const char *json, const char *key, char *why);

/* The task as the relayer has it, JSON. */
SP_MUST_USE SP_API sp_status sp_client_task(sp_client *c, sp_bytes *json, const char *id,
                                            char *why);

enum sp_task_end {
    SP_TASK_UNDER_WAY,
    SP_TASK_RESULT, /* verified, settling or settled: output and proof are there */
    SP_TASK_NOTHING /* failed, expired, cancelled or refunded */
};
/* Of the member "state" of a task. */
SP_API enum sp_task_end sp_client_task_end(const char *state);

/* Asks until the task has ended. task: as it was last, also when it ended without a result; to be
 * freed. look: called with each answer, whether or not something has changed; may be NULL.
 * SP_ERR_IO also when the task's deadline is over by the patience and it has still not ended. */
SP_MUST_USE SP_API sp_status sp_client_wait(sp_client *c, sp_bytes *task, const char *id,
                                            void (*look)(void *user, const char *json), void *user,
                                            char *why);

/* The public output and the proof of a task with a result. Nothing of them is checked here. */
SP_MUST_USE SP_API sp_status sp_client_output(sp_client *c, sp_bytes *output, const char *id,
                                              char *why);
SP_MUST_USE SP_API sp_status sp_client_proof(sp_client *c, sp_bytes *proof, const char *id,
                                             char *why);

/* Takes the task back; task: as it is then, JSON, or NULL. */
SP_MUST_USE SP_API sp_status sp_client_cancel(sp_client *c, sp_bytes *task, const char *id,
                                              char *why);

/* ---- inputs and programs that are longer than a request ---- */

/* Called now and then while bytes go out. */
typedef void sp_client_sent(void *user, uint64_t sent, uint64_t total);

/* Makes these bytes a blob of the relayer, in parts: what it has of them is not sent again. name:
 * their SHA-256, by which a task names them: "job": {"input": {"sha256": NAME}}. The key needs the
 * scopes blobs:read and blobs:write. sent may be NULL. */
SP_MUST_USE SP_API sp_status sp_client_upload(sp_client *c, char name[SP_SHA256_HEX],
                                              const void *bytes, size_t n, sp_client_sent *sent,
                                              void *user, char *why);

/* Registers an ELF for RV32IM, unless this key has it: "job": {"program": {"sha256": NAME}}. label:
 * its name for people; letters, digits, '-', '_' and '.' are taken over; the version is the
 * beginning of the hash. The relayer reads the program meanwhile, which takes seconds. Scope
 * programs:write, and those of an upload. */
SP_MUST_USE SP_API sp_status sp_client_program(sp_client *c, char name[SP_SHA256_HEX],
                                               const void *elf, size_t n, const char *label,
                                               sp_client_sent *sent, void *user, char *why);

/* ---- everything else that a relayer can be asked ---- */

/* Start from zeros; "method" and "path" are needed. */
typedef struct {
    const char *method;
    const char *path; /* from /api/v1 on, as "/tasks?limit=10" */
    const void *body;
    size_t body_bytes;
    const char *content_type; /* NULL: application/json where there is a body */
    const char *idempotency_key, *if_none_match, *content_range;
    size_t most;     /* bytes of the answer; 0: 1 MiB */
    unsigned wait_s; /* seconds that the relayer may take longer than usual */
    bool bytes;      /* the answer is bytes, not a JSON object */
} sp_client_request;

typedef struct {
    int status;    /* of HTTP: 2xx, 304, or of a refusal 3xx and 4xx */
    sp_bytes body; /* a zero byte follows */
    bool has_offset;
    uint64_t offset; /* the header Upload-Offset */
} sp_client_answer;

/* One request, tried again with growing random pauses while no usable answer comes: none at all,
 * 408, 429, 5xx, no JSON where it must be. So only what may be done twice is asked for in this way.
 * With SP_ERR_REJECT *a is the refusal. In any case it is to be freed. */
SP_MUST_USE SP_API sp_status sp_client_call(sp_client *c, sp_client_answer *a,
                                            const sp_client_request *q, char *why);
SP_API void sp_client_answer_free(sp_client_answer *a);

/* ---- callbacks ---- */

/* Whether a callback is a relayer's: one of the secrets ("whsec_..."; two while one is replaced, at
 * most four) made one of its signatures, and its time is at most 300 seconds from now_s,
 * time(NULL). The headers webhook-id, webhook-timestamp and webhook-signature as they came, NULL
 * for one that is missing; the body as the bytes that came. Drop a message whose webhook-id came
 * before: callbacks are sent again until they are answered with 2xx. docs/callbacks.md. */
SP_MUST_USE SP_API bool sprove_webhook_verify(const char *const *secrets, size_t n_secrets,
                                              const char *id, const char *timestamp,
                                              const char *signature, const void *body,
                                              size_t body_bytes, int64_t now_s);

#ifdef __cplusplus
}
#endif

#endif
