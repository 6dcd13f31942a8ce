/* sverify_bundle.c - `sverify --bundle`: everything that a bundle says is held against the proof in
 * it, against its hashes and against the node's signature.
 *
 * What a bundle cannot show by itself: that its program is the one that somebody meant, unless it
 * is a built-in job (--program-id says so), and whose the node's key is, beyond its node_id. */
#include "cli/hex.h"
#include "cli/signed.h"
#include "cli/sverify.h"
#include "core/bytes.h"
#include "market/bundle.h"
#include "market/digest.h"
#include "market/hex.h"
#include "market/sha256.h"
#include "prover/prove.h"
#include "starknet/escrow.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HASH_TEXT (2 * SHA256_BYTES + 1)

typedef struct {
    sverify *s;
    bundle b;
    json_t *task, *by, *lies; /* lies: contradictions.json */
    json_t *liars;            /* what was found to be true of it */
    char hash[BUNDLE_PARTS][HASH_TEXT];
    digest_result d;
    felt node_id, pubkey, account;
    digest_signature sig;
    uint64_t max_cycles;
    const params *p;
    const char *program; /* a built-in job's name, or the hash of the ELF */
} inspection;

static int malformed(inspection *x, const char *name, const char *text)
{
    return sverify_refuse(x->s, VERIFY_MALFORMED, name, text);
}

static int rejected(inspection *x, const char *name, const char *text)
{
    return sverify_refuse(x->s, VERIFY_REJECTED, name, text);
}

/* ---- what it says ---- */

static json_t *json_of(const inspection *x, enum bundle_part p)
{
    json_t *j =
        json_loadb((const char *)x->b.part[p].at, x->b.part[p].n, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(j)) return j;
    json_decref(j);
    return NULL;
}

/* The members of signed.json, each of which is there and no other. */
static bool read_signed(inspection *x)
{
    static const char *const names[] = {"chain_id",    "attempt",       "node_id",  "account",
                                        "node_pubkey", "status",        "output",   "proof",
                                        "usage",       "io_commitment", "signature"};
    const json_t *j = x->by;
    uint64_t attempt;
    for (unsigned i = 0; i < SP_COUNT(names); i++)
        if (!json_object_get(j, names[i])) return false;
    if (json_object_size(j) != SP_COUNT(names)) return false;
    const char *id = signed_text(x->task, NULL, "task_id"),
               *account = signed_text(j, NULL, "account");
    if (!id || !account || uuid_read(&x->d.task, id, strlen(id)) != SP_OK ||
        !signed_result(&x->d, &x->sig, j) ||
        !signed_felt(&x->d.chain_id, signed_text(j, NULL, "chain_id")) ||
        !signed_felt(&x->node_id, signed_text(j, NULL, "node_id")) ||
        !signed_felt(&x->pubkey, signed_text(j, NULL, "node_pubkey")) ||
        !signed_number(&attempt, json_object_get(j, "attempt")) || attempt > UINT32_MAX)
        return false;
    x->account = felt_zero();
    if (*account && !signed_felt(&x->account, account)) return false;
    x->d.attempt = (uint32_t)attempt;
    return true;
}

static bool read_task(inspection *x)
{
    const char *profile = signed_text(x->task, "job", "profile"),
               *id = signed_text(x->task, "job", "program_id");
    x->program = signed_text(x->task, "job", "program");
    x->p = profile ? params_by_name(profile) : NULL;
    return x->p && x->program && id && hex_read(x->d.program, 28, id) &&
           signed_decimal(&x->max_cycles,
                          json_object_get(json_object_get(x->task, "job"), "max_cycles"));
}

static int read_texts(inspection *x)
{
    x->task = json_of(x, BUNDLE_TASK);
    x->by = json_of(x, BUNDLE_SIGNED);
    x->lies = json_of(x, BUNDLE_CONTRADICTIONS);
    if (!x->task || !read_task(x)) return malformed(x, "task.json", "it does not describe a task");
    if (!x->by || !read_signed(x))
        return malformed(x, "signed.json", "it is not the result that a node signed");
    return 0;
}

/* ---- whether it is so ---- */

static bool has_hash(const inspection *x, enum bundle_part p, const char *said)
{
    return said && strcmp(x->hash[p], said) == 0;
}

static int hashes(inspection *x)
{
    const json_t *t = x->task;
    for (unsigned p = 0; p < BUNDLE_PARTS; p++) {
        uint8_t h[SHA256_BYTES];
        sha256_hash(h, x->b.part[p].at, x->b.part[p].n);
        hex_write(x->hash[p], h, sizeof h);
    }
    if (!has_hash(x, BUNDLE_INPUT, signed_text(t, "job", "input_sha256")))
        return rejected(x, "input", "task.json has another hash of it");
    if (!has_hash(x, BUNDLE_OUTPUT, signed_text(t, "result", "output_sha256")) ||
        !has_hash(x, BUNDLE_OUTPUT, signed_text(x->by, "output", "sha256")))
        return rejected(x, "output", "the node signed, or task.json has, another hash of it");
    if (!has_hash(x, BUNDLE_PROOF, signed_text(t, "result", "proof_sha256")) ||
        !has_hash(x, BUNDLE_PROOF, signed_text(x->by, "proof", "sha256")) ||
        x->d.proof_bytes != x->b.part[BUNDLE_PROOF].n)
        return rejected(x, "proof", "the node signed, or task.json has, another hash of it");
    (void)hex_read(x->d.input, 32, x->hash[BUNDLE_INPUT]); /* it is our own text */
    const sp_job *job = sp_job_find(x->program);
    if (job && (job->elf_bytes != x->b.part[BUNDLE_PROGRAM].n ||
                memcmp(job->elf, x->b.part[BUNDLE_PROGRAM].at, job->elf_bytes)))
        return rejected(x, "program", "it is not the built-in job of this version");
    if (!job && !has_hash(x, BUNDLE_PROGRAM, x->program))
        return rejected(x, "program", "task.json has another hash of it");
    return 0;
}

/* The context that the proof must have, and that verify.sh asks for no other question. */
static int question(inspection *x)
{
    sverify *s = x->s;
    const json_t *t = x->task;
    const char *contract = signed_text(t, "settlement", "contract"),
               *number = signed_text(t, "settlement", "chain_task_id");
    uint8_t context[28] = {0};
    char hex[57], text[BUNDLE_QUESTION_MAX];
    felt at;
    u256 id;
    if (contract || number) {
        if (!signed_felt(&at, contract) || !number || u256_read_text(&id, number) != SP_OK)
            return malformed(x, "task.json", "its settlement names no task of a contract");
        escrow_context(context, x->d.chain_id, at, id, x->account);
    }
    hex_write(hex, context, sizeof context);
    bundle_question(text, x->p->name, hex);
    if (strlen(text) != x->b.part[BUNDLE_QUESTION].n ||
        memcmp(text, x->b.part[BUNDLE_QUESTION].at, strlen(text)))
        return rejected(x, "verify.sh", "it asks for something else than task.json says");
    uint32_t words[7];
    bytes_read_words(words, context, 7);
    if (s->a->value[OPT_CONTEXT] && memcmp(words, s->context, sizeof words))
        return rejected(x, "context", "it is another than --context");
    if (s->a->value[OPT_PROFILE] && strcmp(s->a->value[OPT_PROFILE], x->p->name))
        return rejected(x, "profile", "it is another than --profile");
    memcpy(s->context, words, sizeof words);
    return 0;
}

static int program(inspection *x)
{
    sverify *s = x->s;
    vm_error bad;
    prove_error err = {""};
    uint32_t id[7], said[7];
    const enum machine_io_mode mode = (enum machine_io_mode)s->scratch->view.st.io_mode;
    const sp_status v = vm_program_init(&s->t.program, x->b.part[BUNDLE_PROGRAM].at,
                                        x->b.part[BUNDLE_PROGRAM].n, mode, &bad);
    if (v == SP_ERR_NOMEM) return cli_fail(VERIFY_USAGE, "not enough memory for the program");
    if (v != SP_OK) return malformed(x, "program", "it is no program that can be proved");
    if (prove_program_id(id, &s->t.program, mode, x->p, backend_find("auto"), &err) != SP_OK)
        return cli_fail(VERIFY_USAGE, "program.elf: %s", err.text);
    bytes_read_words(said, x->d.program, 7);
    if (memcmp(id, said, sizeof id))
        return rejected(x, "program", "task.json has another id of it");
    if (s->a->value[OPT_PROGRAM_ID] && memcmp(id, s->id, sizeof id))
        return rejected(x, "program", "it is another than --program-id");
    memcpy(s->id, id, sizeof id);
    return 0;
}

static int proof(inspection *x)
{
    sverify *s = x->s;
    s->e.profile = (uint32_t)x->p->id;
    s->e.program_id = s->id;
    s->e.context = s->context;
    s->e.has_io = true;
    s->e.input = x->b.part[BUNDLE_INPUT].at;
    s->e.input_bytes = (uint32_t)x->b.part[BUNDLE_INPUT].n; /* <= bundle_most */
    s->e.output = x->b.part[BUNDLE_OUTPUT].at;
    s->e.output_bytes = (uint32_t)x->b.part[BUNDLE_OUTPUT].n;
    const int code = sverify_proof(s);
    if (code) return code;
    const statement *st = &s->scratch->view.st;
    char io[63];
    hex_words(io, st->io_commitment, 31);
    const char *said = signed_text(x->by, NULL, "io_commitment");
    if (strcmp(io, said)) return rejected(x, "io_commitment", "the node signed another");
    if (st->cycles != x->d.cycles) return rejected(x, "cycles", "the node signed another number");
    if (st->cycles > x->max_cycles) return rejected(x, "cycles", "they are more than max_cycles");
    return 0;
}

static int signature(inspection *x)
{
    felt z;
    if (!felt_eq(digest_node_id(x->pubkey), x->node_id))
        return rejected(x, "signature", "node_pubkey is not the key of node_id");
    if (digest_of_result(&z, &x->d) != SP_OK || digest_verify(x->pubkey, z, &x->sig) != SP_OK)
        return rejected(x, "signature", "the node did not sign this result");
    return 0;
}

/* Nobody is accused by a bundle without two signatures of his own. */
static int contradictions(inspection *x)
{
    switch (signed_contradictions(&x->liars, x->lies, &x->d)) {
    case SIGNED_HOLDS: return 0;
    case SIGNED_MALFORMED:
        return malformed(x, bundle_name[BUNDLE_CONTRADICTIONS], "it is no list of contradictions");
    default:
        return rejected(x, bundle_name[BUNDLE_CONTRADICTIONS],
                        "a node has not signed two results that contradict each other");
    }
}

/* Only what was computed here is printed. */
static int describe(inspection *x)
{
    sverify *s = x->s;
    char id[UUID_TEXT], node[FELT_HEX], line[700], liars[80] = "";
    uuid_write(id, x->d.task);
    (void)felt_write_hex(node, x->node_id);
    const sp_job *job = sp_job_find(x->program);
    const char *name = job ? job->name : "an ELF";
    if (json_array_size(x->liars) > 0)
        (void)snprintf(liars, sizeof liars, "%-14s %zu, each signed by its node\n",
                       "contradictions", json_array_size(x->liars));
    (void)snprintf(
        line, sizeof line,
        "%-14s %s\n%-14s %s, attempt %" PRIu32 ", which signed it\n%-14s %s, SHA-256 %s\n%s",
        "task", id, "node", node, x->d.attempt, "program", name, x->hash[BUNDLE_PROGRAM], liars);
    s->by = strdup(line);
    s->bundle_json = json_pack(
        "{s:s, s:s, s:I, s:s, s:s, s:s, s:s, s:b, s:O}", "task_id", id, "node_id", node, "attempt",
        (json_int_t)x->d.attempt, "program_sha256", x->hash[BUNDLE_PROGRAM], "input_sha256",
        x->hash[BUNDLE_INPUT], "output_sha256", x->hash[BUNDLE_OUTPUT], "proof_sha256",
        x->hash[BUNDLE_PROOF], "signature", 1, "contradictions", x->liars);
    if (!s->by || !s->bundle_json) return cli_fail(VERIFY_USAGE, "not enough memory");
    return 0;
}

static int inspect(inspection *x)
{
    sverify *s = x->s;
    int code = read_texts(x);
    if (!code) code = hashes(x);
    if (!code) code = question(x);
    if (!code) code = contradictions(x); /* with the program's id that program() then looks at */
    if (code) return code;
    s->proof.at = s->bundle.at + (x->b.part[BUNDLE_PROOF].at - s->bundle.at);
    s->proof.n = x->b.part[BUNDLE_PROOF].n;
    code = sverify_form(s);
    if (!code) code = program(x);
    if (!code) code = proof(x);
    if (!code) code = signature(x);
    if (!code) code = describe(x);
    if (!code) code = sverify_answer(s, VERIFY_ACCEPTED);
    return code;
}

int sverify_bundle(sverify *s)
{
    inspection x;
    bundle_error err = {"", "", 0};
    char text[FILE_WHY];
    memset(&x, 0, sizeof x);
    x.s = s;
    int code =
        file_read_why(&s->bundle, s->path, "the bundle", bundle_most_bytes(), EXIT_FORMAT, text);
    if (code == EXIT_FORMAT) return malformed(&x, "bundle", text);
    if (code)
        return cli_fail(VERIFY_USAGE, "%s: %s", strcmp(s->path, "-") ? s->path : "standard input",
                        text);
    if (bundle_read(&x.b, s->bundle.at, s->bundle.n, &err) != SP_OK) {
        s->why.field = err.name;
        s->why.offset = err.offset;
        return malformed(&x, "bundle", err.text);
    }
    code = inspect(&x);
    s->proof.at = NULL; /* it was a part of the bundle */
    json_decref(x.task);
    json_decref(x.by);
    json_decref(x.lies);
    json_decref(x.liars);
    return code;
}
