/* schema.c - see schema.h.
 *
 * Times are milliseconds since 1970 (UTC). Amounts are decimal text, hashes and ids lower-case hex
 * or UUID text. States and outcomes are the names of relayer/state.h. What is only ever shown again
 * is JSON in a text column; what is searched or compared has a column of its own. An input or
 * output up to SCHEMA_INLINE bytes stands in its row, a longer one is a blob; both are forgotten
 * after settlement when the settings say so. @I, @B and @S are replaced by the dialect's words. */
#include "relayer/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const version_1[] = {
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) @S",

    /* Relayers that run (instance.h), and what one of them at a time does. */
    "CREATE TABLE instance(id TEXT PRIMARY KEY, epoch @I NOT NULL, started_at @I NOT NULL,"
    " lease_until @I NOT NULL, address TEXT NOT NULL) @S",
    "CREATE TABLE duty(name TEXT PRIMARY KEY, instance TEXT, epoch @I NOT NULL) @S",
    "INSERT INTO duty(name, epoch) VALUES('chain', 0), ('callbacks', 0), ('timers', 0),"
    " ('prune', 0), ('backup', 0)",

    /* address: of an account that may log in (wallet.h); it has no secret. listed: an administrator
     * entered it. generation: of the tokens that are good. */
    "CREATE TABLE api_key(id TEXT PRIMARY KEY, secret_hash @B NOT NULL, name TEXT NOT NULL,"
    " scopes TEXT NOT NULL, quota TEXT, created_at @I NOT NULL, expires_at @I, revoked_at @I,"
    " address TEXT UNIQUE, login_at @I, listed @I, generation @I NOT NULL) @S",
    "CREATE INDEX api_key_login ON api_key(login_at) WHERE address IS NOT NULL",
    "CREATE TABLE challenge_used(nonce TEXT PRIMARY KEY, until @I NOT NULL) @S",
    "CREATE INDEX challenge_until ON challenge_used(until)",

    /* ids: by profile and io mode, as JSON. table_rows: of the tables of every proof of it. */
    "CREATE TABLE program(key_id TEXT NOT NULL, sha256 TEXT NOT NULL, name TEXT NOT NULL,"
    " version TEXT NOT NULL, elf_bytes @I NOT NULL, table_rows @I NOT NULL, ids TEXT NOT NULL,"
    " description TEXT NOT NULL, created_at @I NOT NULL, PRIMARY KEY(key_id, sha256), "
    "UNIQUE(key_id, name, version)) @S",

    /* refs counts what keep.h names; one without any is collected (collect.h): then refs is -1
     * until its file is gone. touched_at: when it came, or was last let go. */
    "CREATE TABLE blob(sha256 TEXT PRIMARY KEY, size @I NOT NULL, refs @I NOT NULL,"
    /* for whose requests or tasks it came first (usage.h); by which attempt, where by one */
    " touched_at @I NOT NULL, key_id TEXT NOT NULL, task_id TEXT, attempt @I) @S",
    "CREATE INDEX blob_of_lease ON blob(task_id, attempt) WHERE task_id IS NOT NULL",
    "CREATE INDEX blob_unused ON blob(touched_at) WHERE refs <= 0",

    "CREATE TABLE node(id TEXT PRIMARY KEY, pubkey TEXT NOT NULL, address TEXT NOT NULL,"
    " state TEXT NOT NULL, specs TEXT NOT NULL, bench TEXT NOT NULL, software TEXT NOT NULL,"
    " region TEXT NOT NULL, price_base TEXT NOT NULL, price_mcycle TEXT NOT NULL,"
    " max_concurrent @I NOT NULL, draining @I NOT NULL, quota_day @I NOT NULL, quota_left @I NOT "
    "NULL,"
    " quota_daily @I NOT NULL, connected @I NOT NULL, last_seen @I NOT NULL, banned_until @I,"
    /* where its session is, or was last */
    " instance TEXT, session TEXT,"
    /* the highest tier for which the contract pays its account; 0: not at all; NULL: not known */
    " chain_tier @I, chain_asked_at @I,"
    /* What its account has signed for it (node_payee.h), and what the account said of that: NULL,
     * pending, disputed, proven (until), over, refused, absent. due: when it is asked (again);
     * NULL: not. */
    " payee_proof TEXT, payee_state TEXT, payee_until @I, payee_asked_at @I, payee_due @I,"
    " payee_tries @I,"
    /* since when it has had one without a break; NULL: it has none */
    " up_since @I,"
    /* of state banned: until when (NULL: for ever), and why; banned_until is a pause */
    " ban_until @I, ban_reason TEXT,"
    " version @I NOT NULL, created_at @I NOT NULL,"
    /* sums of reputation_event (relayer/reputation.h), so that a node's score needs no history */
    " rep_good @I NOT NULL, rep_bad @I NOT NULL, rep_at @I NOT NULL, tries_good @I NOT NULL,"
    " tries_all @I NOT NULL, tries_at @I NOT NULL, clean @I NOT NULL,"
    /* offers in a row that it did not answer, or declined and another took; until when it gets
     * none for that */
    " refusals @I NOT NULL DEFAULT 0, rests_until @I NOT NULL DEFAULT 0) @S",
    "CREATE INDEX node_of_account ON node(address)",
    "CREATE INDEX node_payee_due ON node(payee_due) WHERE payee_due IS NOT NULL",
    /* how long its sessions of a day lasted (uptime.h) */
    "CREATE TABLE node_day(node_id TEXT NOT NULL, day @I NOT NULL, up_ms @I NOT NULL,"
    " PRIMARY KEY(node_id, day)) @S",
    "CREATE INDEX node_order ON node(created_at, id)",

    /* For the relayer that has a node's session (node_mail.c). */
    "CREATE TABLE mail(id TEXT PRIMARY KEY, instance TEXT NOT NULL, node_id TEXT NOT NULL,"
    " session TEXT, body TEXT) @S",
    "CREATE INDEX mail_of ON mail(instance, id)",

    "CREATE TABLE reputation_event(node_id TEXT NOT NULL, seq @I NOT NULL, at @I NOT NULL,"
    " kind TEXT NOT NULL, task_id TEXT, attempt @I, PRIMARY KEY(node_id, seq)) @S",
    /* What a node's events up to seq add up to (standing_sum.h), which are gone (rows.h). */
    "CREATE TABLE reputation_base(node_id TEXT PRIMARY KEY, seq @I NOT NULL, until @I NOT NULL,"
    " rep_good @I NOT NULL, rep_bad @I NOT NULL, rep_at @I NOT NULL, tries_good @I NOT NULL,"
    " tries_all @I NOT NULL, tries_at @I NOT NULL, clean @I NOT NULL, daily @I NOT NULL,"
    " fault_at @I NOT NULL) @S",

    /* Two results of one attempt that its node has signed and that say different things: what was
     * signed of each (node_evidence.c). */
    "CREATE TABLE contradiction(task_id TEXT NOT NULL, attempt @I NOT NULL, node_id TEXT NOT NULL,"
    " at @I NOT NULL, first TEXT NOT NULL, second TEXT NOT NULL, PRIMARY KEY(task_id, attempt)) @S",

    "CREATE TABLE task(id TEXT PRIMARY KEY, version @I NOT NULL, state TEXT NOT NULL,"
    " key_id TEXT NOT NULL, creator TEXT, created_at @I NOT NULL, updated_at @I NOT NULL,"
    " deadline @I NOT NULL, priority @I NOT NULL, attempts @I NOT NULL, max_attempts @I NOT NULL,"
    " redundancy @I NOT NULL, next_run_at @I NOT NULL,"
    /* offers in a row that no node took; until others_at only proven nodes are asked */
    " refusals @I NOT NULL, others_at @I NOT NULL,"
    " program TEXT NOT NULL, program_id TEXT NOT NULL, input_commitment TEXT NOT NULL,"
    " input_sha256 TEXT NOT NULL, input_bytes @I NOT NULL, input @B, max_cycles @I NOT NULL, "
    "profile TEXT NOT NULL,"
    " io_mode TEXT NOT NULL, amount TEXT NOT NULL, requirements TEXT NOT NULL, description TEXT "
    "NOT NULL,"
    " metadata TEXT, visibility TEXT NOT NULL, callback_url TEXT, callback_events TEXT, webhook_id "
    "TEXT,"
    /* what is known of the work before it is done; rows 0: nothing, cycles are the demander's word
     * or 0 */
    " work_cycles @I NOT NULL DEFAULT 0, work_rows @I NOT NULL DEFAULT 0,"
    " chain_contract TEXT, chain_task_id TEXT, chain_create_tx TEXT,"
    " output_sha256 TEXT, output_bytes @I, output @B, io_commitment TEXT, proof_sha256 TEXT, "
    "proof_bytes @I,"
    " cycles @I, exec_ms @I, prove_ms @I, verified_at @I, verified_attempt @I,"
    /* as the proof has them; the program that found it good */
    " trace_rows @I, verifier_version TEXT,"
    " failure_code TEXT, failure_detail TEXT, forgotten_at @I) @S",
    "CREATE INDEX task_order ON task(created_at, id)",
    "CREATE INDEX task_of_key ON task(key_id, created_at, id)",
    /* The state comes first, although it is always the same: else SQLite takes task_of_state, and
     * sorts the whole queue for each look at it. */
    "CREATE INDEX task_queue ON task(state, priority DESC, created_at, id) WHERE state = 'queued'",
    "CREATE INDEX task_queue_of_key ON task(state, key_id, priority DESC, created_at, id)"
    " WHERE state = 'queued'",
    "CREATE INDEX task_due_of_key ON task(state, key_id, deadline, id) WHERE state = 'queued'",
    "CREATE INDEX task_state ON task(state, deadline)",
    "CREATE INDEX task_of_state ON task(state, created_at, id)",
    "CREATE INDEX task_kept ON task(state, updated_at) WHERE forgotten_at IS NULL",
    /* Anybody can name any escrow: it is the task's whose escrow the chain says it is, while that
     * lives (SCHEMA_OWNS). */
    "CREATE INDEX task_of_escrow ON task(chain_contract, chain_task_id)"
    " WHERE chain_task_id IS NOT NULL",
    "CREATE UNIQUE INDEX task_on_chain ON task(chain_contract, chain_task_id)"
    " WHERE chain_task_id IS NOT NULL AND " SCHEMA_OWNS,
    "CREATE INDEX task_old ON task(updated_at, id) WHERE forgotten_at IS NOT NULL",
    "CREATE INDEX task_known_work ON task(input_commitment) WHERE cycles IS NOT NULL",
    "CREATE INDEX task_unseen ON task(key_id) WHERE state = 'created'",

    "CREATE TABLE attempt(task_id TEXT NOT NULL REFERENCES task(id), n @I NOT NULL,"
    " slot @I NOT NULL, node_id TEXT NOT NULL, account TEXT NOT NULL, session TEXT NOT NULL,"
    " proven @I NOT NULL DEFAULT 0," /* the account had signed for the node */
    " lease_token TEXT NOT NULL, offered_at @I NOT NULL, offer_until @I NOT NULL, acked_at @I,"
    /* lease_until: what is done when it comes depends on acked_at; NULL once a result is there */
    " started_at @I, start_by @I NOT NULL, work_until @I, lease_until @I, phase TEXT, progress_ppm "
    "@I, eta_ms @I,"
    /* the day of the node's allowance that it counts for; NULL: it was given back */
    " quota_day @I,"
    /* what its node was promised */
    " price TEXT,"
    /* when its node said that it has let go of what was taken from it */
    " released_at @I,"
    /* 1: its node took it, and it is none of the task's tries (refusal.h) */
    " spared @I,"
    /* 1: its result came after the task's max_execution_time */
    " late @I,"
    " outcome TEXT, ended_at @I, failure_code TEXT, failure_detail TEXT, result TEXT,"
    " verifier TEXT," /* the relayer that looks at the result */
    /* signed: a failure's signature; that of a result stands in it */
    " signed TEXT,"
    " ack TEXT, candidates TEXT," /* ack: what a node signed when it took or declined it */
    " job_commitment TEXT,"       /* of its ticket; NULL: it has none */
    /* blobs that it holds a reference to; what a proof that holds says */
    " proof_blob TEXT, output_blob TEXT, output_sha256 TEXT, io_commitment TEXT, cycles @I,"
    " PRIMARY KEY(task_id, n)) @S",
    /* Totals of tasks whose rows are gone (past.h): of each state, and of what nodes were paid. */
    "CREATE TABLE task_past(state TEXT PRIMARY KEY, tasks @I NOT NULL, volume TEXT NOT NULL,"
    " payout TEXT NOT NULL, subsidy TEXT NOT NULL, treasury TEXT NOT NULL) @S",
    "CREATE TABLE earning_past(node_id TEXT PRIMARY KEY, tasks @I NOT NULL, payout TEXT NOT NULL,"
    " subsidy TEXT NOT NULL) @S",

    "CREATE INDEX attempt_open ON attempt(node_id) WHERE outcome IS NULL",
    "CREATE INDEX attempt_due ON attempt(lease_until) WHERE outcome IS NULL",
    "CREATE INDEX attempt_of_node ON attempt(node_id, offered_at)",

    "CREATE TABLE task_event(task_id TEXT NOT NULL, seq @I NOT NULL, at @I NOT NULL,"
    " actor TEXT NOT NULL, from_state TEXT, to_state TEXT NOT NULL, detail TEXT,"
    " PRIMARY KEY(task_id, seq)) @S",

    "CREATE TABLE settlement(task_id TEXT PRIMARY KEY REFERENCES task(id), state TEXT NOT NULL,"
    " provider TEXT, claim_tx TEXT, reported_tx TEXT, assign_tx TEXT, finality TEXT, block_number "
    "@I, payout TEXT,"
    " subsidy TEXT, treasury TEXT, actual_fee TEXT, assigned_to TEXT, assigned_until @I,"
    " assigned_block @I, reason TEXT, updated_at @I NOT NULL,"
    /* what the escrow asks of its provider; a block that is not before the one it was seen in */
    " required_tier @I, seen_block @I,"
    /* when it is looked for again (NULL: it was seen, or nobody waits for it), and how often it was
     * not there */
    " look_at @I, looks @I NOT NULL DEFAULT 0) @S",
    "CREATE INDEX settlement_look ON settlement(look_at) WHERE look_at IS NOT NULL",
    "CREATE INDEX settlement_fee ON settlement(updated_at) WHERE actual_fee IS NOT NULL",
    "CREATE TABLE chain_event(tx_hash TEXT NOT NULL, event_index @I NOT NULL, block_number @I NOT "
    "NULL,"
    " name TEXT NOT NULL, data TEXT NOT NULL, at @I NOT NULL, PRIMARY KEY(tx_hash, event_index)) "
    "@S",
    "CREATE INDEX chain_event_block ON chain_event(block_number)",
    /* A row is one transaction of the relayer's account, or one that is wanted (relayer/assign.h).
     * final: nothing is expected of it any more. n_nonces: how many it stands for, more than 1 only
     * where others used the account. replaced: the row that does the same instead of it. */
    "CREATE TABLE chain_outbox(id @I PRIMARY KEY, kind TEXT NOT NULL, task_id TEXT, attempt @I,"
    " chain_task_id TEXT, provider TEXT, sender TEXT NOT NULL, state TEXT NOT NULL,"
    " created_at @I NOT NULL, nonce @I, n_nonces @I NOT NULL, tx_hash TEXT, signed_tx TEXT,"
    " chain_time @I, assign_until @I, block_number @I, actual_fee TEXT, tries @I NOT NULL,"
    " next_try_at @I NOT NULL, final @I NOT NULL, replaced @I, reason TEXT,"
    " updated_at @I NOT NULL) @S",
    "CREATE UNIQUE INDEX chain_outbox_act ON chain_outbox(task_id, attempt)"
    " WHERE replaced IS NULL AND task_id IS NOT NULL",
    "CREATE UNIQUE INDEX chain_outbox_nonce ON chain_outbox(sender, nonce)"
    " WHERE nonce IS NOT NULL AND state NOT IN ('refused', 'dead')",
    "CREATE INDEX chain_outbox_open ON chain_outbox(nonce, id) WHERE final = 0",
    "CREATE INDEX chain_outbox_task ON chain_outbox(task_id)",

    "CREATE TABLE webhook(id TEXT PRIMARY KEY, key_id TEXT NOT NULL, url TEXT NOT NULL, events "
    "TEXT NOT NULL,"
    " secret TEXT NOT NULL, old_secret TEXT, old_until @I, legacy_header @I NOT NULL, disabled_at "
    "@I,"
    " failures @I NOT NULL, created_at @I NOT NULL) @S",
    "CREATE UNIQUE INDEX webhook_of_key ON webhook(key_id) WHERE url = ''",
    "CREATE INDEX webhook_owner ON webhook(key_id)",
    "CREATE TABLE webhook_outbox(id TEXT PRIMARY KEY, webhook_id TEXT NOT NULL, task_id TEXT,"
    " type TEXT NOT NULL, body TEXT NOT NULL, created_at @I NOT NULL, tries @I NOT NULL, "
    "next_try_at @I,"
    " done_at @I, status @I, reason TEXT) @S",
    "CREATE INDEX webhook_due ON webhook_outbox(next_try_at) WHERE next_try_at IS NOT NULL",
    "CREATE INDEX webhook_due_of ON webhook_outbox(task_id) WHERE next_try_at IS NOT NULL",
    "CREATE INDEX webhook_of ON webhook_outbox(webhook_id, id)",

    "CREATE TABLE idem(key_id TEXT NOT NULL, path TEXT NOT NULL, name TEXT NOT NULL, fingerprint "
    "TEXT NOT NULL,"
    " status @I NOT NULL, location TEXT, body TEXT NOT NULL, expires_at @I NOT NULL,"
    " PRIMARY KEY(key_id, path, name)) @S",
    "CREATE INDEX idem_expiry ON idem(expires_at)",

    /* What a key has used (usage.h); day_...: of the day since 1970. */
    "CREATE TABLE quota(key_id TEXT PRIMARY KEY, open_tasks @I NOT NULL, stored_bytes @I NOT NULL,"
    " day @I, day_tasks @I, day_spend TEXT) @S",

    "CREATE TABLE audit(id TEXT PRIMARY KEY, task_id TEXT NOT NULL, attempt @I NOT NULL, node_id "
    "TEXT NOT NULL,"
    " state TEXT NOT NULL, verdict TEXT, detail TEXT, sig_r TEXT, sig_s TEXT, auditor TEXT,"
    /* asked_by: a key; NULL: drawn. instance: the relayer that runs it. */
    " asked_by TEXT, instance TEXT, tries @I NOT NULL, next_at @I NOT NULL,"
    " created_at @I NOT NULL, ended_at @I) @S",
    "CREATE INDEX audit_open ON audit(created_at) WHERE verdict IS NULL",
    "CREATE INDEX audit_of_task ON audit(task_id)",
    "CREATE INDEX audit_order ON audit(created_at, id)",

    "CREATE TABLE admin_action(id TEXT PRIMARY KEY, at @I NOT NULL, key_id TEXT NOT NULL,"
    " action TEXT NOT NULL, detail TEXT) @S",
    "CREATE INDEX admin_action_order ON admin_action(at, id)",
};

static const char *const *const versions[] = {version_1};
static const size_t lengths[] = {SP_COUNT(version_1)};
_Static_assert(SP_COUNT(versions) == SCHEMA_VERSION,
               "a version of the schema is a list of statements");

/* The statement in a dialect; to be freed. */
static char *dialect(const char *text, bool postgres)
{
    char *out = malloc(2 * strlen(text) + 1); /* the longest word is BIGINT, three times its mark */
    if (out == NULL) return NULL;
    char *to = out;
    for (const char *p = text; *p != 0; p++) {
        if (*p != '@') {
            *to++ = *p;
            continue;
        }
        p++;
        const char *word = *p == 'I'   ? (postgres ? "BIGINT" : "INTEGER")
                           : *p == 'B' ? (postgres ? "BYTEA" : "BLOB")
                                       : (postgres ? "" : "STRICT");
        const size_t n = strlen(word);
        memcpy(to, word, n);
        to += n;
    }
    *to = 0;
    return out;
}

static int64_t current_version(db *d, bool postgres)
{
    db_rows *r = db_query_values(
        d,
        postgres ? "SELECT count(*) FROM information_schema.tables WHERE table_name = 'meta'"
                   " AND table_schema = current_schema()"
                 : "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'meta'",
        NULL, 0);
    const bool there = db_next(r) && db_int(r, 0) > 0;
    db_end(r);
    if (!there) return 0;
    int64_t version = 0;
    r = db_query_values(d, "SELECT value FROM meta WHERE name = 'schema_version'", NULL, 0);
    if (db_next(r)) version = strtoll(db_text(r, 0), NULL, 10);
    db_end(r);
    return version;
}

static void step(db *d, int64_t version, bool postgres)
{
    for (size_t i = 0; i < lengths[version]; i++) {
        char *sql = dialect(versions[version][i], postgres);
        if (sql == NULL || !db_exec(d, sql)) {
            free(sql);
            return;
        }
        free(sql);
    }
}

sp_status schema_apply(db *d, bool postgres, char *why)
{
    if (!db_exec(d, "BEGIN IMMEDIATE")) goto refused;
    if (postgres && !db_exec(d, "SELECT pg_advisory_xact_lock(1936749167)")) goto refused;
    const int64_t version = current_version(d, postgres);
    if (version < 0 || version > SCHEMA_VERSION) {
        (void)db_exec(d, "ROLLBACK");
        (void)snprintf(why, DB_WHY, "the database is of version %lld, this program knows up to %d",
                       (long long)version, SCHEMA_VERSION);
        return SP_ERR_FORMAT;
    }
    for (int64_t v = version; v < SCHEMA_VERSION; v++) step(d, v, postgres);
    if (version < SCHEMA_VERSION) {
        char number[16];
        (void)snprintf(number, sizeof number, "%d", SCHEMA_VERSION);
        (void)db_run(d,
                     "INSERT INTO meta(name, value) VALUES('schema_version', ?)"
                     " ON CONFLICT(name) DO UPDATE SET value = excluded.value",
                     DB_T(number));
    }
    if (db_ok(d) && db_exec(d, "COMMIT")) return SP_OK;
refused:
    (void)snprintf(why, DB_WHY, "%s", db_why(d));
    db_forgive(d);
    (void)db_exec(d, "ROLLBACK");
    db_forgive(d);
    return SP_ERR_IO;
}
