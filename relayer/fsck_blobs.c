/* fsck_blobs.c - files and payloads: what a row names is there, whole, and as often referred to as
 * it is needed. */
#include "relayer/fsck_parts.h"

#include "market/hex.h"
#include "relayer/blob.h"

#include <inttypes.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool has_hash(const char *name, const uint8_t *bytes, size_t n)
{
    uint8_t hash[SHA256_DIGEST_LENGTH];
    char hex[BLOB_NAME];
    (void)SHA256(bytes, n, hash);
    hex_write(hex, hash, sizeof hash);
    return strcmp(hex, name) == 0;
}

static void check_file(fsck *f, const char *name, int64_t size)
{
    uint64_t there;
    size_t n;
    const int fd = blob_open(f->blobs, name, &there);
    if (fd < 0) {
        fsck_violation(f, "blob", name, "its file is not there");
        return;
    }
    (void)close(fd);
    if (there != (uint64_t)size) {
        fsck_violation(f, "blob", name, "its file has %" PRIu64 " bytes, not %" PRId64, there,
                       size);
        return;
    }
    uint8_t *bytes = blob_read(f->blobs, name, SIZE_MAX - 1, &n);
    if (bytes == NULL)
        fsck_violation(f, "blob", name, "its file cannot be read");
    else if (!has_hash(name, bytes, n))
        fsck_violation(f, "blob", name, "its file has another SHA-256");
    free(bytes);
}

static void check_inline(fsck *f, const char *what, const db_rows *r, int bytes, int64_t size,
                         const char *sha256)
{
    static const uint8_t none[1];
    size_t n = 0;
    const uint8_t *b = db_bytes(r, bytes, &n);
    if (n != (uint64_t)size || !has_hash(sha256, n > 0 ? b : none, n))
        fsck_violation(f, "task", fsck_text(r, 0), "its %s has another length or SHA-256", what);
}

/* As keep.h says who refers to a blob. */
#define NEEDS                                                                        \
    "SELECT name, count(*) AS n FROM ("                                              \
    " SELECT input_sha256 AS name FROM task WHERE input IS NULL AND input_bytes > 0" \
    "  AND forgotten_at IS NULL"                                                     \
    " UNION ALL SELECT program FROM task WHERE length(program) = 64"                 \
    "  AND forgotten_at IS NULL"                                                     \
    " UNION ALL SELECT proof_blob FROM attempt WHERE proof_blob IS NOT NULL"         \
    " UNION ALL SELECT output_blob FROM attempt WHERE output_blob IS NOT NULL"       \
    " UNION ALL SELECT sha256 FROM program) AS every_need GROUP BY name"

static void check_refs(fsck *f)
{
    db_rows *r = fsck_all(f, "SELECT b.sha256, b.refs, coalesce(c.n, 0) FROM blob b LEFT JOIN"
                             " (" NEEDS ") AS c ON c.name = b.sha256");
    while (db_next(r)) {
        const int64_t refs = db_int(r, 1), needs = db_int(r, 2);
        /* -1: its file is being removed. */
        if (refs < 0 ? needs > 0 || refs < -1 : refs != needs)
            fsck_violation(f, "blob", fsck_text(r, 0), "has %" PRId64 " refs, %" PRId64 " need it",
                           refs, needs);
    }
    db_end(r);
    fsck_rule(f, "attempt",
              "SELECT a.task_id, 'needs a blob that is not there' FROM attempt a LEFT JOIN blob p"
              " ON p.sha256 = a.proof_blob LEFT JOIN blob o ON o.sha256 = a.output_blob WHERE"
              " (a.proof_blob IS NOT NULL AND p.sha256 IS NULL) OR"
              " (a.output_blob IS NOT NULL AND o.sha256 IS NULL)");
    fsck_rule(f, "program",
              "SELECT p.sha256, 'its ELF is no blob' FROM program p LEFT JOIN blob b"
              " ON b.sha256 = p.sha256 WHERE b.sha256 IS NULL");
}

void fsck_blobs(fsck *f)
{
    db_rows *r = fsck_all(f, "SELECT sha256, size FROM blob WHERE refs >= 0");
    while (db_next(r)) check_file(f, fsck_text(r, 0), db_int(r, 1));
    db_end(r);
    fsck_rule(f, "task",
              "SELECT t.id, 'is ' || t.state || ', but no attempt is verified' FROM task t"
              " LEFT JOIN attempt a ON a.task_id = t.id AND a.n = t.verified_attempt"
              " AND a.outcome = 'verified' WHERE a.n IS NULL"
              " AND t.state IN ('verified', 'settling', 'settled')");
    fsck_rule(
        f, "task",
        "SELECT t.id, 'its proof is no blob of its length that is kept' FROM task t"
        " LEFT JOIN blob b ON b.sha256 = t.proof_sha256 AND b.size = t.proof_bytes AND b.refs > 0"
        " WHERE b.sha256 IS NULL AND t.forgotten_at IS NULL AND t.state IN ('verified', "
        "'settling', 'settled')");
    fsck_rule(f, "task",
              "SELECT t.id, 'its output is neither in its row nor a blob that is kept' FROM task t"
              " LEFT JOIN blob b ON b.sha256 = t.output_sha256 AND b.size = t.output_bytes"
              " AND b.refs > 0 WHERE b.sha256 IS NULL AND t.forgotten_at IS NULL"
              " AND t.output IS NULL AND t.output_bytes > 0");
    fsck_rule(f, "task",
              "SELECT t.id, 'its input is neither in its row nor a blob that is kept' FROM task t"
              " LEFT JOIN blob b ON b.sha256 = t.input_sha256 AND b.size = t.input_bytes"
              " AND b.refs > 0"
              " WHERE b.sha256 IS NULL AND t.forgotten_at IS NULL AND t.input IS NULL AND "
              "t.input_bytes > 0");
    fsck_rule(f, "task",
              "SELECT t.id, 'has not a verified attempt for each slot' FROM task t WHERE t.state IN"
              " ('verified', 'settling', 'settled') AND t.redundancy > 1 AND t.redundancy <>"
              " (SELECT count(DISTINCT a.slot) FROM attempt a WHERE a.task_id = t.id"
              " AND a.outcome = 'verified')");
    fsck_rule(f, "attempt",
              "SELECT a.task_id, 'a slot holds another result than the task' FROM attempt a"
              " JOIN task t ON t.id = a.task_id WHERE a.outcome = 'verified'"
              " AND t.state IN ('verified', 'settling', 'settled')"
              " AND (coalesce(a.output_sha256, '') <> t.output_sha256"
              " OR coalesce(a.io_commitment, '') <> t.io_commitment"
              " OR coalesce(a.cycles, -1) <> t.cycles)");
    fsck_rule(f, "task",
              "SELECT id, 'is forgotten, but its input or output is there' FROM task"
              " WHERE forgotten_at IS NOT NULL AND (input IS NOT NULL OR output IS NOT NULL)");
    fsck_rule(
        f, "task",
        "SELECT id, 'is forgotten, but not over' FROM task WHERE forgotten_at IS NOT NULL AND"
        " state NOT IN ('verified', 'settled', 'cancelled', 'expired', 'failed', 'refunded')");
    r = fsck_all(f,
                 "SELECT id, input_bytes, input_sha256, input, output_bytes, output_sha256, output"
                 " FROM task WHERE input IS NOT NULL OR output IS NOT NULL");
    while (db_next(r)) {
        if (!db_is_null(r, 3)) check_inline(f, "input", r, 3, db_int(r, 1), fsck_text(r, 2));
        if (!db_is_null(r, 6)) check_inline(f, "output", r, 6, db_int(r, 4), fsck_text(r, 5));
    }
    db_end(r);
    check_refs(f);
}
