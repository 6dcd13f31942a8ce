/* work_wire.c - see work_wire.h. Numbers are little endian. */
#include "market/work_wire.h"

#include "core/bytes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const work_code_name[N_WORK_CODES] = {
#define WORK_X(id, code, class) code,
    WORK_CODES(WORK_X)
#undef WORK_X
};
const char *const work_phase_name[N_WORK_PHASES] = {
#define WORK_X(id, name) name,
    WORK_PHASES(WORK_X)
#undef WORK_X
};

enum { CLASS_NONE, CLASS_TASK, CLASS_NODE, CLASS_INFRA, CLASS_EXPIRED, CLASS_CANCELLED };

const char *work_code_class(enum work_code code)
{
    static const char *const name[] = {"",      "task_fault", "node_fault",
                                       "infra", "expired",    "cancelled"};
    static const uint8_t class_of[N_WORK_CODES] = {
#define WORK_X(id, code_name, class) CLASS_##class,
        WORK_CODES(WORK_X)
#undef WORK_X
    };
    return name[class_of[code]];
}

static const char magic[8] = "SPWORK1";
#define VERSION_BYTES 24u /* of SPROVE_VERSION, padded with zeros */

/* ---- requests ---- */

typedef struct {
    uint8_t *at; /* NULL: only counts */
    size_t n;
} writer;

static void put_bytes(writer *w, const void *b, size_t n)
{
    if (w->at && n) memcpy(w->at + w->n, b, n);
    w->n += n;
}

static void put_u64(writer *w, uint64_t v)
{
    uint8_t b[8];
    bytes_put_le32(b, (uint32_t)v);
    bytes_put_le32(b + 4, (uint32_t)(v >> 32));
    put_bytes(w, b, 8);
}

static void put_blob(writer *w, const void *b, size_t n)
{
    put_u64(w, n);
    put_bytes(w, b, n);
}

/* With its zero. */
static void put_text(writer *w, const char *text)
{
    put_blob(w, text, text ? strlen(text) + 1 : 0);
}

static void put_request(writer *w, const work_request *r)
{
    const uint64_t flags = (uint64_t)r->digest | (uint64_t)r->prove_failure << 1 |
                           (uint64_t)r->has_io_commitment << 2 | (uint64_t)r->has_io << 3 |
                           (uint64_t)r->allow_unsound << 4 | (uint64_t)r->count_rows << 5;
    put_u64(w, (uint64_t)r->kind);
    put_u64(w, flags);
    put_u64(w, r->max_cycles);
    put_u64(w, r->threads);
    put_u64(w, r->exit_code);
    put_u64(w, r->memory);
    put_bytes(w, r->context, sizeof r->context);
    put_bytes(w, r->program_id, sizeof r->program_id);
    put_bytes(w, r->io_commitment, sizeof r->io_commitment);
    put_text(w, r->job);
    put_text(w, r->backend);
    put_text(w, r->profile);
    put_blob(w, r->elf, r->elf_bytes);
    put_blob(w, r->input, r->input_bytes);
    put_blob(w, r->hint, r->hint_bytes);
    put_blob(w, r->proof, r->proof_bytes);
    put_blob(w, r->output, r->output_bytes);
}

static void put_version(writer *w)
{
    char version[VERSION_BYTES] = {0};
    snprintf(version, sizeof version, "%s", SPROVE_VERSION);
    put_bytes(w, magic, sizeof magic);
    put_bytes(w, version, sizeof version);
}

sp_status work_frame_write(uint8_t **frame, size_t *n, const work_request *r)
{
    const size_t sizes[] = {r->elf_bytes, r->input_bytes, r->hint_bytes, r->proof_bytes,
                            r->output_bytes};
    size_t sum = 0;
    writer w = {NULL, 0};
    *frame = NULL;
    *n = 0;
    for (unsigned i = 0; i < SP_COUNT(sizes); i++) {
        if (sizes[i] > WORK_MAX_FRAME - sum) return SP_ERR_LIMIT;
        sum += sizes[i];
    }
    put_request(&w, r);
    if (w.n > WORK_MAX_FRAME) return SP_ERR_LIMIT;
    const size_t rest = w.n;
    w.at = malloc(WORK_HEAD_BYTES + rest);
    if (!w.at) return SP_ERR_NOMEM;
    w.n = 0;
    put_version(&w);
    put_u64(&w, rest);
    put_request(&w, r);
    *frame = w.at;
    *n = w.n;
    return SP_OK;
}

/* Reads past the end give zeros and set bad. */
typedef struct {
    const uint8_t *at;
    size_t n;
    bool bad;
} reader;

static const uint8_t *get_bytes(reader *r, size_t n)
{
    if (r->bad || n > r->n) {
        r->bad = true;
        return NULL;
    }
    const uint8_t *b = r->at;
    r->at += n;
    r->n -= n;
    return b;
}

static uint64_t get_u64(reader *r)
{
    const uint8_t *b = get_bytes(r, 8);
    return b ? bytes_le32(b) | (uint64_t)bytes_le32(b + 4) << 32 : 0;
}

static void get_array(reader *r, uint8_t *out, size_t n)
{
    const uint8_t *b = get_bytes(r, n);
    if (b) memcpy(out, b, n);
}

static const uint8_t *get_blob(reader *r, size_t *n)
{
    const uint64_t k = get_u64(r);
    const uint8_t *b = k <= WORK_MAX_FRAME ? get_bytes(r, (size_t)k) : NULL;
    if (!b) r->bad = true;
    *n = b ? (size_t)k : 0;
    return *n ? b : NULL;
}

static const char *get_text(reader *r)
{
    size_t n;
    const uint8_t *b = get_blob(r, &n);
    if (b && b[n - 1] != 0) r->bad = true;
    return (const char *)b;
}

sp_status work_head_read(size_t *rest, const uint8_t head[WORK_HEAD_BYTES])
{
    uint8_t ours[WORK_HEAD_BYTES];
    writer w = {ours, 0};
    reader r = {head + sizeof magic + VERSION_BYTES, 8, false};
    put_version(&w);
    *rest = 0;
    if (memcmp(head, ours, sizeof magic) != 0) return SP_ERR_FORMAT;
    if (memcmp(head, ours, sizeof magic + VERSION_BYTES) != 0) return SP_ERR_REJECT;
    const uint64_t n = get_u64(&r);
    if (n > WORK_MAX_FRAME) return SP_ERR_FORMAT;
    *rest = (size_t)n;
    return SP_OK;
}

sp_status work_frame_read(work_request *q, const uint8_t *rest, size_t n)
{
    reader r = {rest, n, false};
    memset(q, 0, sizeof *q);
    const uint64_t kind = get_u64(&r), flags = get_u64(&r);
    q->max_cycles = get_u64(&r);
    const uint64_t threads = get_u64(&r), exit_code = get_u64(&r);
    q->memory = get_u64(&r);
    get_array(&r, q->context, sizeof q->context);
    get_array(&r, q->program_id, sizeof q->program_id);
    get_array(&r, q->io_commitment, sizeof q->io_commitment);
    q->job = get_text(&r);
    q->backend = get_text(&r);
    q->profile = get_text(&r);
    q->elf = get_blob(&r, &q->elf_bytes);
    q->input = get_blob(&r, &q->input_bytes);
    q->hint = get_blob(&r, &q->hint_bytes);
    q->proof = get_blob(&r, &q->proof_bytes);
    q->output = get_blob(&r, &q->output_bytes);
    if (r.bad || r.n || kind > WORK_IDENTIFY || flags >> 6 || threads > 1024 ||
        exit_code > UINT32_MAX) {
        memset(q, 0, sizeof *q);
        return SP_ERR_FORMAT;
    }
    q->kind = (enum work_kind)kind;
    q->threads = (unsigned)threads;
    q->exit_code = (uint32_t)exit_code;
    q->digest = flags & 1;
    q->prove_failure = flags >> 1 & 1;
    q->has_io_commitment = flags >> 2 & 1;
    q->has_io = flags >> 3 & 1;
    q->allow_unsound = flags >> 4 & 1;
    q->count_rows = flags >> 5 & 1;
    return SP_OK;
}

/* ---- results ---- */

void work_record_write(uint8_t out[WORK_RECORD_BYTES], const work_result *r)
{
    writer w = {out, 0};
    memset(out, 0, WORK_RECORD_BYTES);
    put_bytes(&w, magic, sizeof magic);
    put_u64(&w, (uint64_t)r->code);
    put_bytes(&w, r->detail, sizeof r->detail);
    put_u64(&w, r->exit_code);
    put_u64(&w, r->cycles);
    put_u64(&w, r->trace_rows);
    put_u64(&w, r->trace_cells);
    put_u64(&w, r->exec_us);
    put_u64(&w, r->prove_us);
    put_u64(&w, r->verify_us);
    put_u64(&w, r->peak_bytes);
    put_u64(&w, r->grind_us);
    put_bytes(&w, r->program_id, sizeof r->program_id);
    put_bytes(&w, r->h_in, sizeof r->h_in);
    put_bytes(&w, r->h_out, sizeof r->h_out);
    put_bytes(&w, r->io_commitment, sizeof r->io_commitment);
    put_u64(&w, r->output_bytes);
    put_u64(&w, r->proof_bytes);
    put_bytes(&w, r->output_sha256, sizeof r->output_sha256);
    SP_ASSERT(w.n <= WORK_RECORD_BYTES);
}

sp_status work_record_read(work_result *out, const uint8_t in[WORK_RECORD_BYTES])
{
    reader r = {in, WORK_RECORD_BYTES, false};
    const uint8_t *mark = get_bytes(&r, sizeof magic);
    const uint64_t code = get_u64(&r);
    memset(out, 0, sizeof *out);
    get_array(&r, (uint8_t *)out->detail, sizeof out->detail);
    const uint64_t exit_code = get_u64(&r);
    out->cycles = get_u64(&r);
    out->trace_rows = get_u64(&r);
    out->trace_cells = get_u64(&r);
    out->exec_us = get_u64(&r);
    out->prove_us = get_u64(&r);
    out->verify_us = get_u64(&r);
    out->peak_bytes = get_u64(&r);
    out->grind_us = get_u64(&r);
    get_array(&r, out->program_id, sizeof out->program_id);
    get_array(&r, out->h_in, sizeof out->h_in);
    get_array(&r, out->h_out, sizeof out->h_out);
    get_array(&r, out->io_commitment, sizeof out->io_commitment);
    out->output_bytes = get_u64(&r);
    out->proof_bytes = get_u64(&r);
    get_array(&r, out->output_sha256, sizeof out->output_sha256);
    if (r.bad || memcmp(mark, magic, sizeof magic) != 0 || code >= N_WORK_CODES ||
        exit_code > UINT32_MAX) {
        memset(out, 0, sizeof *out);
        return SP_ERR_FORMAT;
    }
    out->code = (enum work_code)code;
    out->exit_code = (uint32_t)exit_code;
    out->detail[sizeof out->detail - 1] = 0;
    for (char *c = out->detail; *c; c++)
        if (*c < 32 || *c > 126) *c = '?';
    return SP_OK;
}

bool work_progress_read(const char *line, enum work_phase *phase, uint64_t *done, uint64_t *total)
{
    char name[16];
    int end = 0;
    if (sscanf(line, WORK_PROGRESS " %15s %" SCNu64 " %" SCNu64 "%n", name, done, total, &end) !=
            3 ||
        line[end] != 0 || *done > *total)
        return false;
    for (unsigned i = 0; i < N_WORK_PHASES; i++)
        if (strcmp(name, work_phase_name[i]) == 0) {
            *phase = (enum work_phase)i;
            return true;
        }
    return false;
}
