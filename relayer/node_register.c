/* node_register.c - who a node is: its key, its machine, its price. */
#include "relayer/node.h"

#include "market/amount.h"
#include "market/digest.h"
#include "market/release.h"
#include "relayer/app.h"
#include "relayer/check.h"
#include "relayer/log.h"
#include "relayer/node_specs.h"
#include "relayer/uptime.h"
#include "relayer/node_ban.h"
#include "relayer/node_payee.h"
#include "relayer/standing.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SKEW_MS 120000
#define DAY_MS INT64_C(86400000)

static bool read_felt(felt *out, const json_t *m, const char *name)
{
    const json_t *v = json_object_get(m, name);
    return json_is_string(v) &&
           felt_read_hex(out, json_string_value(v), json_string_length(v)) == SP_OK;
}

/* A signed register message binds the key to this session: NULL, or the code of what is wrong. */
static const char *check_signature(core *c, node_session *s, const json_t *m)
{
    const app *a = core_user(c);
    digest_register d = {.chain_id = a->chain_id, .relayer_id = a->me.id};
    digest_signature sig;
    felt nonce, z;
    const json_t *pair = json_object_get(m, "signature");
    const int64_t ts = json_integer_value(json_object_get(m, "ts"));
    s->key.known = false;
    if (!read_felt(&s->key.pubkey, m, "node_pubkey") || !read_felt(&nonce, m, "session_nonce"))
        return "malformed";
    const char *r = json_string_value(json_array_get(pair, 0));
    const char *t = json_string_value(json_array_get(pair, 1));
    if (r == NULL || t == NULL || felt_read_hex(&sig.r, r, strlen(r)) != SP_OK ||
        felt_read_hex(&sig.s, t, strlen(t)) != SP_OK)
        return "malformed";
    if (ts < core_now(c) - SKEW_MS || ts > core_now(c) + SKEW_MS) return "clock_skew";
    if (!felt_eq(nonce, s->nonce)) return "bad_nonce";
    d.node_id = digest_node_id(s->key.pubkey);
    char id[FELT_HEX];
    (void)felt_write_hex(id, d.node_id);
    if (strcmp(id, s->id) != 0) return "wrong_node_id";
    d.session_nonce = nonce;
    d.ts_ms = (uint64_t)ts;
    if (digest_of_register(&z, &d) != SP_OK || node_check_signature(c, &s->key, z, &sig) != SP_OK)
        return "invalid_signature";
    return NULL;
}

/* A number for a name (FNV-1a); 0 for "" and what is too long. A node says itself where it is: one
 * that finds a name with the number of another gains nothing by it, and nothing is kept that names
 * could fill. */
static uint32_t number_of(const char *name, size_t n)
{
    uint32_t h = 2166136261u;
    if (n == 0 || n >= APP_REGION) return 0;
    for (size_t i = 0; i < n; i++) h = (h ^ (uint8_t)name[i]) * 16777619u;
    return h != 0 ? h : 1;
}

void node_id_bytes(uint8_t out[SCORE_ID], const char *id)
{
    felt f;
    memset(out, 0, SCORE_ID);
    if (felt_read_hex(&f, id, strlen(id)) == SP_OK)
        felt_write(out, f);
    else
        (void)snprintf((char *)out, SCORE_ID, "%.31s", id);
}

void node_account(uint8_t out[SCORE_ID], const char *address, const char *id)
{
    felt account;
    if (felt_read_hex(&account, address, strlen(address)) == SP_OK && !felt_is_zero(account))
        felt_write(out, account);
    else
        node_id_bytes(out, id);
}

uint32_t node_region(const char *name) { return number_of(name, strlen(name)); }

void node_regions(uint32_t *region, uint32_t *continent, const char *name)
{
    *region = number_of(name, strlen(name));
    *continent = number_of(name, strcspn(name, "-"));
}

/* Whether this id has been registered by a key: then nobody has it without that key. */
static bool has_key(db *d, const char *id)
{
    db_rows *r = db_query(d, "SELECT pubkey FROM node WHERE id = ?", DB_T(id));
    const bool signs = db_next(r) && strcmp(db_text(r, 0), "0x0") != 0;
    db_end(r);
    return signs;
}

static void read_machine(check *k, node_session *s, const json_t *m)
{
    score_node *n = &s->node;
    const json_t *specs = check_object(k, m, "", "specs", true);
    const json_t *bench = check_object(k, m, "", "bench", false);
    const json_t *price = check_object(k, m, "", "price", false);
    const json_t *capacity = check_object(k, m, "", "capacity", false);
    const char *region = check_text(k, m, "", "region", APP_REGION - 1, false);
    const json_t *gpus = json_object_get(specs, "gpus");
    n->cpu_threads = (uint32_t)check_int(k, specs, "/specs", "cpu_threads", 1, 65536, 1);
    n->ram_gb = (uint32_t)check_int(k, specs, "/specs", "ram_gb", 0, 1 << 20, 0);
    n->disk_gb = (uint32_t)check_int(k, specs, "/specs", "disk_gb", 0, 1 << 30, 0);
    n->gpus = (uint32_t)json_array_size(gpus);
    size_t i;
    json_t *gpu;
    n->gpu_vram_gb = 0;
    json_array_foreach((json_t *)(uintptr_t)gpus, i, gpu)
    {
        const uint32_t vram = (uint32_t)check_int(k, gpu, "/specs/gpus", "vram_gb", 0, 1 << 20, 0);
        if (vram > n->gpu_vram_gb) n->gpu_vram_gb = vram;
    }
    n->speed.exec_rate =
        (uint64_t)check_int(k, bench, "/bench", "exec_mcycles_s", 0, 1000000, 0) * 1000000u;
    n->speed.prove_rate =
        (uint64_t)check_int(k, bench, "/bench", "prove_krows_s", 0, 10000000, 0) * 1000u;
    (void)check_amount(k, &n->price_base, price, "/price", "base_fri", false);
    (void)check_amount(k, &n->price_mcycle, price, "/price", "per_mcycle_fri", false);
    n->capacity = (uint32_t)check_int(k, capacity, "/capacity", "max_concurrent", 1, 1024, 1);
    n->rtt_ms = SCORE_NO_RTT;
    s->disk_gb = n->disk_gb;
    if (region != NULL) node_regions(&n->region, &n->continent, region);
    (void)check_felt(k, s->address, m, "", "address", false);
    free(node_specs_text(k, m));
    free(node_bench_text(k, m));
    free(node_software_text(k, m));
}

/* A node without a rate by its own benchmark is taken to be slow, not infinitely slow: it may still
 * earn a history. */
static void set_default_speed(score_node *n)
{
    if (n->speed.exec_rate == 0) n->speed.exec_rate = 10000000;
    if (n->speed.prove_rate == 0) n->speed.prove_rate = 50000;
}

/* What its row says of it, and how much it has under way. */
static void read_standing(core *c, node_session *s)
{
    db *d = core_db(c);
    db_rows *r = db_query(
        d,
        "SELECT state, draining, quota_left, banned_until, rep_good, rep_bad, rep_at,"
        " tries_good, tries_all, tries_at, clean, quota_day, quota_daily, price_base, price_mcycle,"
        " max_concurrent, region, chain_tier, refusals, rests_until, " PAYEE_COLUMNS
        " FROM node WHERE id = ?",
        DB_T(s->id));
    if (db_next(r)) {
        const char *state = db_text(r, 0);
        score_node *n = &s->node;
        n->probation = strcmp(state, "probation") == 0;
        n->banned = strcmp(state, "banned") == 0;
        n->draining = db_int(r, 1) != 0;
        s->quota = (allowance){db_int(r, 11), (uint32_t)db_int(r, 2), (uint32_t)db_int(r, 12)};
        allowance_renew(&s->quota, core_now(c));
        n->quota_left = s->quota.left;
        n->paused_until_ms = (uint64_t)db_int(r, 3);
        n->refusals = (uint32_t)db_int(r, 18);
        n->rests_until_ms = (uint64_t)db_int(r, 19);
        s->rep =
            (reputation){(uint64_t)db_int(r, 4), (uint64_t)db_int(r, 5), (uint64_t)db_int(r, 6)};
        s->tries =
            (success_rate){(uint64_t)db_int(r, 7), (uint64_t)db_int(r, 8), (uint64_t)db_int(r, 9)};
        s->clean = (uint64_t)db_int(r, 10);
        n->reputation_ppm = reputation_ppm(&s->rep, (uint64_t)core_now(c));
        n->success_ppm = success_rate_ppm(&s->tries, (uint64_t)core_now(c));
        /* As it said itself, or an administrator since (api_node_edit.c). */
        const char *region = db_text(r, 16);
        (void)!amount_read(&n->price_base, db_text(r, 13), strlen(db_text(r, 13)));
        (void)!amount_read(&n->price_mcycle, db_text(r, 14), strlen(db_text(r, 14)));
        n->capacity = (uint32_t)db_int(r, 15);
        n->tier = db_is_null(r, 17) ? SCORE_NO_TIER : (uint32_t)db_int(r, 17);
        if (region[0] != 0) node_regions(&n->region, &n->continent, region);
        const payee_view v = payee_read(r, 20, core_now(c));
        n->account_proven = v.proven;
        s->payee_until_ms = v.until_ms;
    }
    db_end(r);
    r = db_query(d, "SELECT count(*) FROM attempt WHERE node_id = ? AND outcome IS NULL",
                 DB_T(s->id));
    if (db_next(r)) s->node.running = (uint32_t)db_int(r, 0);
    db_end(r);
    s->node.uptime_ppm = uptime_ppm(d, s->id, core_now(c));
    s->counted_ms = node_clock();
}

/* What is known of an account is known of this one alone. */
#define SAME(column) \
    " " column " = CASE WHEN node.address = excluded.address THEN node." column " END,"
#define SAME_ACCOUNT       \
    SAME("chain_tier")     \
    SAME("chain_asked_at") \
    SAME("payee_proof")    \
    SAME("payee_state")    \
    SAME("payee_until") SAME("payee_asked_at") SAME("payee_due") SAME("payee_tries")

/* What is remembered of the node, or its first row. */
static void load(core *c, node_session *s, const json_t *m)
{
    db *d = core_db(c);
    char key[FELT_HEX], base[U256_TEXT], mcycle[U256_TEXT];
    check k; /* read_machine has found them in order */
    check_init(&k);
    char *specs = node_specs_text(&k, m), *bench = node_bench_text(&k, m),
         *software = node_software_text(&k, m);
    if (!check_ok(&k) || specs == NULL || bench == NULL || software == NULL) core_fail(c);
    check_free(&k);
    const char *region = json_string_value(json_object_get(m, "region"));
    const app *a = core_user(c);
    db_end(db_query(d, "SELECT id FROM node WHERE id = ?" DB_LOCK, DB_T(s->id)));
    node_replaced(c, s->id, s->session);
    (void)felt_write_hex(key, s->key.pubkey);
    u256_write_text(base, s->node.price_base);
    u256_write_text(mcycle, s->node.price_mcycle);
    (void)db_run(
        d,
        "INSERT INTO node(id, pubkey, address, state, specs, bench, software, region, price_base,"
        " price_mcycle, max_concurrent, draining, quota_day, quota_left, quota_daily, connected, "
        "last_seen,"
        " version, created_at, rep_good, rep_bad, rep_at, tries_good, tries_all, tries_at, clean,"
        " instance, session, up_since)"
        " VALUES(?, ?, ?, 'probation', ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, 1, ?, 1, ?, 0, 0, 0, 0, 0, "
        "0, 0, ?, ?, ?)"
        " ON CONFLICT(id) DO UPDATE SET pubkey = excluded.pubkey,"
        " address = excluded.address," SAME_ACCOUNT
        " specs = excluded.specs, bench = excluded.bench, software = excluded.software,"
        " region = excluded.region, price_base = excluded.price_base,"
        " price_mcycle = excluded.price_mcycle, max_concurrent = excluded.max_concurrent,"
        " connected = 1, last_seen = excluded.last_seen, version = node.version + 1,"
        " instance = excluded.instance, session = excluded.session,"
        " up_since = coalesce(node.up_since, excluded.up_since)",
        DB_T(s->id), DB_T(key), DB_T(s->address), DB_T(specs), DB_T(bench), DB_T(software),
        DB_T(region != NULL ? region : ""), DB_T(base), DB_T(mcycle), DB_I(s->node.capacity),
        DB_I(core_now(c) / DAY_MS), DB_I(STANDING_QUOTA), DB_I(STANDING_QUOTA), DB_I(core_now(c)),
        DB_I(core_now(c)), DB_T(a->instance.id), DB_T(s->session), DB_I(core_now(c)));
    free(specs);
    free(bench);
    free(software);
    node_ban_over(c, s->id);
    read_standing(c, s);
}

void node_say_banned(core *c, const node_session *s, const char *re)
{
    char text[CHECK_TIME + 64] = "this node is banned";
    db_rows *r = db_query(core_db(c), "SELECT ban_until FROM node WHERE id = ?", DB_T(s->id));
    if (db_next(r) && !db_is_null(r, 0)) {
        char until[CHECK_TIME];
        time_write(until, db_int(r, 0));
        (void)snprintf(text, sizeof text, "this node is banned until %s", until);
    }
    db_end(r);
    node_error(c, s, re, "node_banned", true, text);
    node_close(c, s, 4403, "banned");
}

void node_read_again(core *c, node_session *s)
{
    const bool was_banned = s->node.banned;
    read_standing(c, s);
    if (!s->node.is_signed) s->node.probation = true;
    payee_owner(s->node.account, core_user(c), s->address, s->id, s->node.account_proven);
    if (s->node.banned && !was_banned) node_say_banned(c, s, NULL);
}

/* What it speaks, and the proofs that it makes, must be those of this relayer: else its work would
 * fail, and count against it. Nodes that do not say it are taken for ours. True: it is sent away.
 */
static bool is_other_release(core *c, node_session *s, const json_t *m, const char *re)
{
    char ours[RELEASE_VM], text[400];
    const char *protocol = json_string_value(json_object_get(m, "protocol")),
               *vm = json_string_value(json_object_get(json_object_get(m, "software"), "vm"));
    release_vm(ours);
    if ((protocol == NULL || strcmp(protocol, RELEASE_PROTOCOL) == 0) &&
        (vm == NULL || strcmp(vm, ours) == 0))
        return false;
    (void)snprintf(text, sizeof text,
                   "this relayer (%s) speaks protocol %s and takes proofs %s; the node protocol "
                   "%.16s and proofs %.72s",
                   SPROVE_VERSION, RELEASE_PROTOCOL, ours, protocol != NULL ? protocol : "?",
                   vm != NULL ? vm : "?");
    log_event(LOG_WARN, "other_release", "node_id", s->id, "peer", s->peer, "detail", text, NULL);
    node_error(c, s, re, "other_release", true, text);
    node_close(c, s, 4426, "other release");
    return true;
}

void node_register(core *c, node_session *s, const json_t *m, const char *re)
{
    app *a = core_user(c);
    check k;
    if (s->registered) {
        node_error(c, s, re, "already_registered", false, "this session is registered already");
        return;
    }
    if (is_other_release(c, s, m, re)) return;
    const bool is_signed = json_object_get(m, "signature") != NULL;
    const char *bad = is_signed ? check_signature(c, s, m) : NULL;
    if (!is_signed && (a->set.require_node_signature || has_key(core_db(c), s->id)))
        bad = "missing_signature";
    if (bad != NULL) {
        node_error(c, s, re, bad, true, "the register message is not signed as it must be");
        node_close(c, s, 4401, bad);
        s->over = true; /* each further one would cost a look at a signature */
        return;
    }
    memset(&s->node, 0, sizeof s->node);
    check_init(&k);
    read_machine(&k, s, m);
    if (!node_resume_is_well_formed(m))
        check_error(&k, "/resume", "wrong_type", "resume.running must be an array of attempts");
    if (!check_ok(&k)) {
        const char *detail =
            json_string_value(json_object_get(json_array_get(k.errors, 0), "detail"));
        node_error(c, s, re, "malformed", true,
                   detail != NULL ? detail : "the register message is malformed");
        node_close(c, s, 4400, "malformed");
        s->over = true;
        check_free(&k);
        return;
    }
    check_free(&k);
    set_default_speed(&s->node);
    uint8_t random[UUID_RANDOM];
    uuid session;
    if (RAND_bytes(random, sizeof random) != 1 ||
        uuid_next(&a->ids, &session, (uint64_t)core_now(c), random) != SP_OK) {
        core_fail(c);
        return;
    }
    uuid_write(s->session, session);
    load(c, s, m);
    s->node.is_signed = is_signed;
    s->node.features = s->address[0] != 0 ? NODE_HAS_ACCOUNT : 0;
    s->node.connected = true;
    if (!is_signed) s->node.probation = true;
    node_id_bytes(s->node.id, s->id);
    payee_owner(s->node.account, a, s->address, s->id, s->node.account_proven);
    if (s->node.banned) {
        uptime_end(core_db(c), s->id, core_now(c));
        (void)db_run(core_db(c), "UPDATE node SET connected = 0 WHERE id = ?", DB_T(s->id));
        node_say_banned(c, s, re);
        return;
    }
    if (!db_ok(core_db(c))) return; /* what is in memory follows what is in the database */
    node_session_registered(c, s);
    log_event(LOG_INFO, "node_registered", "node_id", s->id, "session_id", s->session, "peer",
              s->peer, NULL);
    const char *state = s->node.draining ? "draining" : s->node.probation ? "probation" : "active";
    json_t *said =
        json_pack("{s:s, s:s?, s:s, s:b, s:s, s:o, s:s}", "message_type", "registered", "re", re,
                  "session_id", s->session, "resumed", s->node.running > 0, "node_state", state,
                  "leases", node_leases(c, s, m), "upload_base", "/api/v1/blobs/");
    json_t *account = payee_told(c, s);
    if (said != NULL && account != NULL) (void)json_object_set(said, "account", account);
    json_decref(account);
    node_send(c, s, said);
    node_resume(c, s, m);
}

void node_update(core *c, node_session *s, const json_t *m, const char *re)
{
    check k;
    check_init(&k);
    const json_t *price = check_object(&k, m, "", "price", false);
    const json_t *capacity = check_object(&k, m, "", "capacity", false);
    score_node n = s->node;
    if (price != NULL) {
        (void)check_amount(&k, &n.price_base, price, "/price", "base_fri", false);
        (void)check_amount(&k, &n.price_mcycle, price, "/price", "per_mcycle_fri", false);
    }
    if (capacity != NULL)
        n.capacity =
            (uint32_t)check_int(&k, capacity, "/capacity", "max_concurrent", 1, 1024, n.capacity);
    n.draining = check_bool(&k, m, "", "draining", n.draining);
    const bool ok = check_ok(&k);
    check_free(&k);
    if (!ok) {
        node_error(c, s, re, "malformed", false,
                   "price, capacity or draining is not as it must be");
        return;
    }
    char base[U256_TEXT], mcycle[U256_TEXT];
    u256_write_text(base, n.price_base);
    u256_write_text(mcycle, n.price_mcycle);
    s->node = n;
    (void)db_run(
        core_db(c),
        "UPDATE node SET price_base = ?, price_mcycle = ?, max_concurrent = ?, draining = ?,"
        " version = version + 1 WHERE id = ?",
        DB_T(base), DB_T(mcycle), DB_I(n.capacity), DB_I(n.draining), DB_T(s->id));
    node_send(
        c, s,
        json_pack("{s:s, s:s?, s:b}", "message_type", "node_ack", "re", re, "accepted", true));
}
