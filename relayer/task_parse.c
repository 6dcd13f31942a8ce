/* task_parse.c - the body of POST /api/v1/tasks. */
#include "relayer/task.h"

#include "core/machine.h"
#include "core/params.h"
#include "market/base64.h"
#include "market/hex.h"
#include "relayer/blob.h"
#include "relayer/check.h"
#include "relayer/hook.h"
#include "relayer/inputs.h"
#include "relayer/own_program.h"
#include "relayer/schema.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_DESCRIPTION 1000
#define MAX_METADATA 4096
#define MAX_URL 2000
#define DEFAULT_SECONDS 300
#define GRACE_MS \
    INT64_C(3600000) /* of a deadline that is not given, beyond the time that the work may take */

void task_new_free(task_new *t)
{
    free(t->input);
    free(t->requirements);
    free(t->description);
    free(t->metadata);
    free(t->callback_url);
    free(t->callback_events);
    free(t->webhook_id);
    memset(t, 0, sizeof *t);
}

static void refuse(task_refusal *why, int status, const char *code, const char *detail)
{
    why->status = status;
    why->code = code;
    (void)snprintf(why->detail, sizeof why->detail, "%s", detail);
}

/* With the place of what is wrong. */
static void refuse_at(task_refusal *why, const char *pointer, const char *code, const char *detail)
{
    refuse(why, 422, code, detail);
    why->errors = check_one(pointer, code, why->detail);
}

/* at: where the request has it. */
static bool set_input(task_new *t, const char *at, task_refusal *why)
{
    uint8_t hash[SHA256_DIGEST_LENGTH];
    if (t->input_bytes > MACHINE_INPUT_CAP) {
        refuse_at(why, at, "validation_failed", "the input is longer than the machine takes");
        return false;
    }
    (void)SHA256(t->input, t->input_bytes, hash);
    hex_write(t->input_sha256, hash, sizeof hash);
    program_hash_io(t->input_commitment, t->input, t->input_bytes);
    return true;
}

static bool set_built_in(task_new *t, const sp_job *program, task_refusal *why)
{
    (void)snprintf(t->program, sizeof t->program, "%s", program->name);
    if (program_id_of(t->program_id, program, t->profile, t->io_mode) == SP_OK) return true;
    refuse(why, 500, "internal", "the id of the program cannot be computed");
    return false;
}

/* "payload": the job's own encoder reads it, so that demander and node hash the same bytes. */
static bool parse_payload(task_new *t, const json_t *payload, task_refusal *why)
{
    const char *algorithm = json_string_value(json_object_get(payload, "algorithm"));
    const sp_job *program = algorithm == NULL ? NULL : program_of_algorithm(algorithm);
    if (program == NULL) {
        refuse_at(why, "/payload/algorithm", "program_unknown",
                  algorithm == NULL ? "payload.algorithm is missing, or no text"
                                    : "there is no job for payload.algorithm: GET /api/v1/programs "
                                      "lists them");
        return false;
    }
    (void)snprintf(t->program, sizeof t->program, "%s", program->name);
    char *text = json_dumps(payload, JSON_COMPACT), err[200] = "";
    if (text == NULL) {
        refuse(why, 503, "overloaded", "out of memory");
        return false;
    }
    const sp_status s =
        program->encode(text, strlen(text), &t->input, &t->input_bytes, err, sizeof err);
    free(text);
    if (s != SP_OK) {
        char detail[256];
        (void)snprintf(detail, sizeof detail, "payload: %s",
                       err[0] != 0 ? err : "cannot be encoded");
        if (s == SP_ERR_NOMEM)
            refuse(why, 503, "overloaded", detail);
        else
            refuse_at(why, "/payload", "validation_failed", detail);
        return false;
    }
    return set_built_in(t, program, why) && set_input(t, "/payload", why);
}

/* A built-in program by its name, one that this key registered, or a built-in one by its SHA-256
 * (the same bytes may be both). */
static bool set_program(task_new *t, const task_asker *who, const char *name, const char *version,
                        const char *sha256, task_refusal *why)
{
    own_program own;
    const sp_job *program = sha256 == NULL && name != NULL ? sp_job_find(name) : NULL;
    if (program != NULL && version == NULL) return set_built_in(t, program, why);
    if (program == NULL && who->key_id[0] != 0 &&
        own_program_find(who->d, &own, who->key_id, sha256, name, version, t->profile,
                         t->io_mode)) {
        memcpy(t->program, own.sha256, sizeof t->program);
        memcpy(t->program_id, own.id, sizeof t->program_id);
        return true;
    }
    if (program == NULL && sha256 != NULL) {
        program = program_of_sha256(sha256);
        if (program != NULL && name != NULL && strcmp(name, program->name) != 0) program = NULL;
        if (program != NULL && version == NULL) return set_built_in(t, program, why);
    }
    refuse_at(why, program != NULL ? "/job/program/version" : "/job/program", "program_unknown",
              program != NULL ? "the built-in programs have no versions"
                              : "this key has no such program, and none is built in");
    return false;
}

/* One that stays where it is, and whose hashes are known. */
static bool is_known(task_new *t, const char *blobs, const char *sha256)
{
    uint64_t size = 0;
    if (!inputs_find(t->input_commitment, sha256)) return false;
    const int fd = blob_open(blobs, sha256, &size);
    if (fd < 0) return false;
    (void)close(fd);
    if (size <= SCHEMA_INLINE || size > MACHINE_INPUT_CAP) return false;
    t->input_bytes = (size_t)size;
    memcpy(t->input_sha256, sha256, sizeof t->input_sha256);
    return true;
}

/* An input that was uploaded before. To name it is to read it: its hash is no secret. */
static bool take_blob(task_new *t, task_asker *who, const char *sha256, task_refusal *why)
{
    if (who->blobs == NULL) {
        refuse(why, 403, "insufficient_scope", "an input by its hash needs the scope blobs:read");
        return false;
    }
    t->named_blob = true;
    if (!who->reads_inputs && is_known(t, who->blobs, sha256)) return true;
    t->input = blob_read(who->blobs, sha256, MACHINE_INPUT_CAP, &t->input_bytes);
    if (t->input != NULL && !set_input(t, "/job/input", why)) return false;
    who->read_bytes += t->input_bytes;
    /* Else the disk has changed it. */
    if (t->input != NULL && strcmp(t->input_sha256, sha256) == 0) {
        inputs_note(sha256, t->input_commitment);
        return true;
    }
    refuse_at(why, "/job/input/sha256", "input_unknown",
              "job.input: there is no such blob here, or it is longer than the machine takes");
    return false;
}

/* "job": a program and its input as bytes, or as the name of a blob. */
static bool parse_job(check *c, task_new *t, task_asker *who, const json_t *j, task_refusal *why)
{
    static const char *const program_names[] = {"name", "version", "sha256", NULL};
    static const char *const input_names[] = {"sha256", NULL};
    const json_t *named = check_object(c, j, "/job", "program", true);
    const char *name = NULL, *version = NULL, *sha256 = NULL;
    if (named != NULL) {
        check_known(c, named, "/job/program", program_names);
        name = check_text(c, named, "/job/program", "name", 64, false);
        version = check_text(c, named, "/job/program", "version", 64, false);
        sha256 = check_hex(c, named, "/job/program", "sha256", 64, false);
        if (check_ok(c) && name == NULL && sha256 == NULL)
            check_error(c, "/job/program", "missing", "needs name or sha256");
    }
    const json_t *by_name = check_object(c, j, "/job", "input", false);
    const char *b64 = check_text(c, j, "/job", "inline_input_b64", SIZE_MAX, by_name == NULL);
    const char *blob = NULL;
    if (by_name != NULL) {
        check_known(c, by_name, "/job/input", input_names);
        blob = check_hex(c, by_name, "/job/input", "sha256", 64, true);
        if (b64 != NULL)
            check_error(c, "/job/input", "conflict",
                        "input and inline_input_b64 exclude each other");
    }
    if (!check_ok(c) || (b64 == NULL && blob == NULL)) return true; /* reported with the others */
    if (!set_program(t, who, name, version, sha256, why)) return false;
    if (blob != NULL) return take_blob(t, who, blob, why);
    const size_t len = strlen(b64);
    t->input_bytes = len / 4 * 3 + 3;
    t->input = malloc(t->input_bytes);
    if (t->input == NULL || base64_read(t->input, &t->input_bytes, b64, len) != SP_OK) {
        check_error(c, "/job/inline_input_b64", "not_base64",
                    "must be base64 (RFC 4648) with padding");
        return true;
    }
    return set_input(t, "/job/inline_input_b64", why);
}

static void parse_options(check *c, task_new *t, const json_t *j, bool on_chain)
{
    static const char *const names[] = {"program", "input", "inline_input_b64", "max_cycles", "vm",
                                        "profile", "io",    "public_output",    NULL};
    if (j != NULL) check_known(c, j, "/job", names);
    const char *vm = j == NULL ? NULL : check_text(c, j, "/job", "vm", 20, false);
    if (vm != NULL && strcmp(vm, "rv32im-v1") != 0)
        check_error(c, "/job/vm", "unknown_value", "the only machine is rv32im-v1");
    const char *profile = j == NULL ? NULL : check_text(c, j, "/job", "profile", 11, false);
    const char *io = j == NULL ? NULL : check_text(c, j, "/job", "io", 7, false);
    t->max_cycles = j == NULL ? (int64_t)MACHINE_MAX_CYCLES
                              : check_int(c, j, "/job", "max_cycles", 1,
                                          (int64_t)MACHINE_MAX_CYCLES, (int64_t)MACHINE_MAX_CYCLES);
    if (profile == NULL) profile = on_chain ? "chain" : "balanced";
    if (io == NULL) io = "words";
    const params *p = params_by_name(profile);
    if (p == NULL || !p->sound)
        check_error(c, "/job/profile", "unknown_value", "must be fast, balanced, proven or chain");
    if (on_chain && strcmp(profile, "chain") != 0)
        check_error(c, "/job/profile", "unknown_value",
                    "a task with an escrow is proved under the profile chain");
    if (strcmp(io, "words") != 0 && strcmp(io, "digest") != 0)
        check_error(c, "/job/io", "unknown_value", "must be words or digest");
    (void)snprintf(t->profile, sizeof t->profile, "%s", profile);
    (void)snprintf(t->io_mode, sizeof t->io_mode, "%s", io);
}

static char *copy_json(const json_t *j) { return json_dumps(j, JSON_COMPACT | JSON_SORT_KEYS); }

/* max_price_per_mcycle and strict_deadline are kept with what else a node must satisfy. */
static char *with_price(check *c, const json_t *requirements, const json_t *body)
{
    u256 price;
    char text[U256_TEXT];
    json_t *all =
        requirements == NULL ? json_object() : json_copy((json_t *)(uintptr_t)requirements);
    if (check_amount(c, &price, body, "", "max_price_per_mcycle", false)) {
        u256_write_text(text, price);
        (void)json_object_set_new(all, "max_price_per_mcycle", json_string(text));
    }
    if (check_bool(c, body, "", "strict_deadline", false))
        (void)json_object_set_new(all, "strict_deadline", json_true());
    char *out = all == NULL ? NULL : copy_json(all);
    json_decref(all);
    return out;
}

/* A number as a text becomes a number: nobody who reads requirements later looks for texts. */
static int64_t read_number(check *c, const json_t *r, const char *name, int64_t low, int64_t high,
                           int64_t absent)
{
    const int64_t v = check_int(c, r, "/requirements", name, low, high, absent);
    if (json_is_string(json_object_get(r, name)))
        (void)json_object_set_new((json_t *)(uintptr_t)r, name, json_integer(v));
    return v;
}

/* Parts of a million; or a text with a point, "0.5", which becomes them. */
static void read_ratio(check *c, const json_t *r, const char *name)
{
    static const char at[] = "/requirements";
    const char *text = json_string_value(json_object_get(r, name));
    const char *point = text == NULL ? NULL : strchr(text, '.');
    int64_t ppm = 0, unit = 1000000;
    char pointer[64];
    if (point == NULL) {
        (void)read_number(c, r, name, 0, 1000000, 0);
        return;
    }
    const char *p = point + 1;
    for (; *p >= '0' && *p <= '9' && unit > 1; p++) {
        unit /= 10;
        ppm += unit * (*p - '0');
    }
    if (point == text + 1 && (text[0] == '0' || text[0] == '1') && p > point + 1 && *p == 0)
        ppm += 1000000 * (text[0] - '0');
    else
        ppm = -1;
    (void)snprintf(pointer, sizeof pointer, "%s/%s", at, name);
    if (ppm < 0 || ppm > 1000000)
        check_error(c, pointer, "out_of_range", "must be 0.0 to 1.0 with at most six digits");
    else
        (void)json_object_set_new((json_t *)(uintptr_t)r, name, json_integer(ppm));
}

/* Seconds that the work may take. */
static int64_t parse_requirements(check *c, task_new *t, const json_t *body)
{
    static const char *const names[] = {
        "cpu_threads", "ram_gb",         "gpu_required",       "gpu_vram_gb", "disk_gb",
        "regions",     "min_reputation", "max_execution_time", "node_allow",  "node_deny",
        NULL};
    static const char at[] = "/requirements";
    const json_t *r = check_object(c, body, "", "requirements", false);
    if (r == NULL) {
        t->requirements = with_price(c, NULL, body);
        return DEFAULT_SECONDS;
    }
    check_known(c, r, at, names);
    (void)read_number(c, r, "cpu_threads", 1, 4096, 1);
    (void)read_number(c, r, "ram_gb", 1, 65536, 1);
    (void)check_bool(c, r, at, "gpu_required", false);
    (void)read_number(c, r, "gpu_vram_gb", 0, 65536, 0);
    (void)read_number(c, r, "disk_gb", 0, 1 << 20, 0);
    read_ratio(c, r, "min_reputation");
    static const char *const lists[] = {"regions", "node_allow", "node_deny"};
    for (size_t i = 0; i < SP_COUNT(lists); i++) {
        const json_t *list = json_object_get(r, lists[i]);
        size_t k;
        json_t *v;
        char pointer[64];
        (void)snprintf(pointer, sizeof pointer, "%s/%s", at, lists[i]);
        if (list != NULL && (!json_is_array(list) || json_array_size(list) > 100))
            check_error(c, pointer, "wrong_type", "must be an array of at most 100 strings");
        json_array_foreach((json_t *)(uintptr_t)list, k, v)
        {
            if (!json_is_string(v) || json_string_length(v) > 66) {
                check_error(c, pointer, "wrong_type",
                            "must be an array of strings of at most 66 characters");
                break;
            }
        }
    }
    const int64_t seconds =
        read_number(c, r, "max_execution_time", 1, 30 * 24 * 3600, DEFAULT_SECONDS);
    t->requirements = with_price(c, r, body);
    return seconds;
}

void task_parse_callback(check *c, task_new *t, const json_t *cb, const char *at)
{
    static const char *const names[] = {"url", "events", "webhook_id", NULL};
    char where[32];
    check_known(c, cb, at, names);
    const char *url = check_text(c, cb, at, "url", MAX_URL, false);
    const char *id = check_text(c, cb, at, "webhook_id", 64, false);
    if ((url == NULL) == (id == NULL))
        check_error(c, at, "missing", "needs either url or webhook_id");
    (void)snprintf(where, sizeof where, "%s/url", at);
    if (url != NULL && strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0)
        check_error(c, where, "not_a_url", "must begin with https://");
    const json_t *events = json_object_get(cb, "events");
    const char *wrong = events == NULL ? NULL : hook_events_check(events);
    (void)snprintf(where, sizeof where, "%s/events", at);
    if (wrong != NULL) check_error(c, where, "unknown_value", "%s", wrong);
    t->callback_url = url == NULL ? NULL : strdup(url);
    t->webhook_id = id == NULL ? NULL : strdup(id);
    t->callback_events = events == NULL ? NULL : copy_json(events);
}

static bool parse_chain(check *c, task_new *t, const json_t *body)
{
    static const char *const names[] = {"contract", "task_id", "create_tx", NULL};
    const json_t *chain = check_object(c, body, "", "chain", false);
    u256 id;
    if (chain == NULL) return false;
    check_known(c, chain, "/chain", names);
    (void)check_felt(c, t->chain_contract, chain, "/chain", "contract", false);
    if (check_u256(c, &id, chain, "/chain", "task_id", true)) u256_write_text(t->chain_task_id, id);
    (void)check_felt(c, t->chain_create_tx, chain, "/chain", "create_tx", false);
    return true;
}

static void parse_rest(check *c, task_new *t, const json_t *body, int64_t now_ms,
                       int64_t max_attempts)
{
    const int64_t seconds = parse_requirements(c, t, body);
    t->deadline = check_time(c, body, "", "deadline");
    if (t->deadline == 0 && json_object_get(body, "deadline") == NULL)
        t->deadline = now_ms + 1000 * seconds + GRACE_MS;
    else if (t->deadline != 0 &&
             (t->deadline <= now_ms || t->deadline > now_ms + TASK_MAX_DEADLINE_MS))
        check_error(c, "/deadline", "out_of_range", "must be in the future, within a year");
    t->priority = check_int(c, body, "", "priority", -100, 100, 0);
    t->redundancy = check_int(c, body, "", "redundancy", 1, SLOT_MOST, 1);
    t->max_attempts = check_int(c, body, "", "max_attempts", 1, 20, max_attempts * t->redundancy);
    if (t->max_attempts < t->redundancy)
        check_error(c, "/max_attempts", "out_of_range",
                    "counts the attempts in all slots: at least redundancy");
    const char *visibility = check_text(c, body, "", "visibility", 7, false);
    const json_t *work = json_object_get(body, "job");
    const bool said = json_object_get(work, "public_output") != NULL,
               shown = check_bool(c, work, "/job", "public_output", false);
    if (said && visibility != NULL && shown != (strcmp(visibility, "public") == 0))
        check_error(c, "/job/public_output", "conflict", "says other than visibility");
    if (visibility == NULL) visibility = shown ? "public" : "private";
    if (strcmp(visibility, "private") != 0 && strcmp(visibility, "public") != 0)
        check_error(c, "/visibility", "unknown_value", "must be private or public");
    (void)snprintf(t->visibility, sizeof t->visibility, "%s", visibility);
    const char *description = check_text(c, body, "", "description", MAX_DESCRIPTION, false);
    t->description = strdup(description != NULL ? description : "");
    (void)check_felt(c, t->creator, body, "", "creator", false);
    const json_t *metadata = check_object(c, body, "", "metadata", false);
    if (metadata != NULL) t->metadata = copy_json(metadata);
    if (t->metadata != NULL && strlen(t->metadata) > MAX_METADATA)
        check_error(c, "/metadata", "too_long", "must be at most %d bytes", MAX_METADATA);
    const json_t *callback = check_object(c, body, "", "callback", false);
    if (callback != NULL) task_parse_callback(c, t, callback, "/callback");
}

bool task_parse(task_new *t, const json_t *body, task_asker *who, int64_t now_ms,
                int64_t max_attempts, task_refusal *why)
{
    static const char *const names[] = {
        "payload",         "job",        "requirements", "token_amount",
        "deadline",        "priority",   "redundancy",   "max_attempts",
        "metadata",        "visibility", "description",  "callback",
        "chain",           "creator",    "quote_id",     "max_price_per_mcycle",
        "strict_deadline", NULL};
    check c;
    u256 amount;
    memset(t, 0, sizeof *t);
    memset(why, 0, sizeof *why);
    check_init(&c);
    check_known(&c, body, "", names);
    const json_t *payload = check_object(&c, body, "", "payload", false);
    const json_t *work = check_object(&c, body, "", "job", false);
    if (payload == NULL && work == NULL)
        check_error(&c, "", "missing", "either payload or job is required");
    if (payload != NULL && work != NULL && json_object_get(work, "program") != NULL)
        check_error(&c, "/job/program", "conflict", "payload and job.program exclude each other");
    if (payload != NULL && json_object_get(work, "inline_input_b64") != NULL)
        check_error(&c, "/job/inline_input_b64", "conflict",
                    "payload and job.inline_input_b64 exclude each other");
    if (payload != NULL && json_object_get(work, "input") != NULL)
        check_error(&c, "/job/input", "conflict", "payload and job.input exclude each other");
    const char *quote = check_text(&c, body, "", "quote_id", sizeof t->quote_id - 1, false);
    if (quote != NULL && quote[0] == 0)
        check_error(&c, "/quote_id", "out_of_range", "must not be empty");
    (void)snprintf(t->quote_id, sizeof t->quote_id, "%s", quote != NULL ? quote : "");
    if (check_amount(&c, &amount, body, "", "token_amount", quote == NULL))
        u256_write_text(t->amount, amount);
    const bool on_chain = parse_chain(&c, t, body);
    parse_options(&c, t, work, on_chain);
    parse_rest(&c, t, body, now_ms, max_attempts);
    bool ok = check_ok(&c);
    if (ok && on_chain && t->redundancy > 1) {
        ok = false;
        refuse_at(why, "/redundancy", "validation_failed",
                  "redundancy: the contract pays one node, so a task with an escrow has one");
    }
    if (ok && payload != NULL) ok = parse_payload(t, payload, why);
    if (ok && payload == NULL) ok = parse_job(&c, t, who, work, why);
    if (!check_ok(&c)) {
        ok = false;
        refuse(why, 400, c.code, "the request has fields that are missing, unknown or wrong");
        why->errors = json_incref(c.errors);
    }
    if (ok && (t->requirements == NULL || t->description == NULL)) {
        ok = false;
        refuse(why, 503, "overloaded", "out of memory");
    }
    check_free(&c);
    if (!ok) task_new_free(t);
    return ok;
}
