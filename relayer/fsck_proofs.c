/* fsck_proofs.c - I7 to its end: the proof of every verified task is verified again, against what
 * the task's row says, in the sandboxed child that verified it. Some milliseconds for each. */
#include "relayer/fsck_parts.h"

#include "market/hex.h"
#include "market/work.h"
#include "relayer/blob.h"
#include "relayer/programs.h"
#include "relayer/uploader.h"
#include "relayer/verify.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CHILD_MEMORY ((uint64_t)1 << 30)
#define CHILD_REQUESTS 1000

/* False: it cannot be known. */
static bool context_of(uint8_t out[28], const fsck *f, const db_rows *r)
{
    char hex[57];
    memset(out, 0, 28);
    if (db_is_null(r, 7)) return true;
    if (felt_is_zero(f->proofs->chain_id)) return false;
    verify_context_hex(hex, f->proofs->chain_id, fsck_text(r, 6), fsck_text(r, 7), fsck_text(r, 8));
    return hex_read(out, 28, hex);
}

static void check_one(fsck *f, work_server *child, const db_rows *r)
{
    const char *task = fsck_text(r, 0);
    work_request q;
    work_result v;
    size_t n = 0;
    memset(&q, 0, sizeof q);
    q.kind = WORK_VERIFY;
    q.profile = fsck_text(r, 2);
    q.has_io_commitment = true;
    q.memory = CHILD_MEMORY;
    if (!hex_read(q.program_id, 28, fsck_text(r, 3)) ||
        !hex_read(q.io_commitment, 31, fsck_text(r, 4))) {
        fsck_violation(f, "task", task, "its program_id or io_commitment is none");
        return;
    }
    if (!context_of(q.context, f, r)) {
        fsck_violation(f, "task", task, "its proof cannot be verified without chain.chain_id");
        return;
    }
    uint8_t *proof = blob_read(f->blobs, fsck_text(r, 1), (size_t)UPLOADER_LEASE_BLOB, &n);
    if (proof == NULL) {
        fsck_violation(f, "task", task, "its proof cannot be read");
        return;
    }
    q.proof = proof;
    q.proof_bytes = n;
    work_call(child, &q, f->proofs->verify_ms, &v);
    free(proof);
    if (v.code != WORK_SUCCESS)
        fsck_violation(f, "task", task, "its proof %s: %s",
                       v.code == WORK_PROOF_INVALID || v.code == WORK_NONZERO_EXIT
                           ? "does not verify"
                           : "could not be verified",
                       v.detail);
    else if (v.cycles != (uint64_t)db_int(r, 5) || v.trace_rows != (uint64_t)db_int(r, 9))
        fsck_violation(f, "task", task,
                       "its proof has %" PRIu64 " cycles and %" PRIu64 " rows, not %" PRId64
                       " and %" PRId64,
                       v.cycles, v.trace_rows, db_int(r, 5), db_int(r, 9));
}

sp_status fsck_check_proofs(fsck *f)
{
    const work_server_options o = {.program = f->proofs->worker,
                                   .dir = f->proofs->dir,
                                   .memory = CHILD_MEMORY,
                                   .threads = 1,
                                   .max_requests = CHILD_REQUESTS};
    work_server *child = NULL;
    SP_TRY(work_server_new(&child, &o));
    db_rows *r =
        fsck_all(f, "SELECT t.id, t.proof_sha256, t.profile, t.program_id, t.io_commitment,"
                    " t.cycles, t.chain_contract, t.chain_task_id, a.account, t.trace_rows"
                    " FROM task t LEFT JOIN attempt a ON a.task_id = t.id"
                    " AND a.n = t.verified_attempt"
                    " WHERE t.verified_at IS NOT NULL AND t.forgotten_at IS NULL"
                    " ORDER BY t.created_at, t.id");
    while (db_next(r)) check_one(f, child, r);
    db_end(r);
    work_server_delete(child);
    return SP_OK;
}
