/* wallet.c - see wallet.h. */
#include "relayer/wallet.h"

#include "market/hex.h"
#include "relayer/app.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#define UNUSED_MS (INT64_C(30) * 24 * 3600000)
#define HOUR_NS (UINT64_C(3600) * 1000000000u)
#define CLOCKS_MS 120000 /* by which the clocks of two relayers may differ */
#define NONCE 32

bool wallet_use_challenge(core *k, const uint8_t *nonce, size_t n, int64_t until_ms)
{
    char text[2 * NONCE + 1];
    if (n > NONCE) return false;
    hex_write(text, nonce, n);
    return db_run(core_db(k),
                  "INSERT INTO challenge_used(nonce, until) VALUES(?, ?) ON CONFLICT DO NOTHING",
                  DB_T(text), DB_I(until_ms + CLOCKS_MS)) == 1;
}

/* False: there is none. */
static bool find(db *d, wallet *w, const char *address, bool *listed)
{
    memset(w, 0, sizeof *w);
    (void)snprintf(w->address, sizeof w->address, "%s", address);
    db_rows *r = db_query(d,
                          "SELECT id, scopes, generation, expires_at, revoked_at, listed FROM"
                          " api_key WHERE address = ?" DB_LOCK,
                          DB_T(address));
    const bool found = db_next(r);
    if (found) {
        (void)snprintf(w->id, sizeof w->id, "%s", db_text(r, 0));
        w->scopes = scopes_read(db_text(r, 1), NULL);
        w->generation = (uint32_t)db_int(r, 2);
        w->expires_at = db_int(r, 3);
        w->revoked = !db_is_null(r, 4);
        *listed = db_int(r, 5) != 0;
    }
    db_end(r);
    return found;
}

/* A row with an id that no key has. */
static bool insert(core *k, wallet *w, const char *name, bool listed)
{
    char scopes[SCOPES_TEXT];
    scopes_write(scopes, w->scopes);
    for (unsigned tries = 0; tries < 8; tries++) {
        uint8_t random[4];
        if (RAND_bytes(random, sizeof random) != 1) return false;
        hex_write(w->id, random, sizeof random);
        const db_value expiry =
            w->expires_at == 0 ? (db_value)DB_NULL : (db_value)DB_I(w->expires_at);
        const db_value values[] = {DB_T(w->id),      DB_B("", 0),       DB_T(name),
                                   DB_T(scopes),     DB_I(core_now(k)), expiry,
                                   DB_T(w->address), DB_I(core_now(k)), DB_I(listed)};
        const int64_t n = db_run_values(
            core_db(k),
            "INSERT INTO api_key(id, secret_hash, name, scopes, created_at, expires_at, address,"
            " login_at, listed, generation) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, 0)"
            " ON CONFLICT DO NOTHING",
            values, SP_COUNT(values));
        if (n == 1) return true;
        if (n < 0) return false;
        bool is_listed;
        wallet other;
        if (find(core_db(k), &other, w->address, &is_listed)) {
            core_again(k); /* at another relayer at this moment */
            return false;
        }
    }
    return false;
}

static bool is_full(db *d, const settings *s)
{
    db_rows *r =
        db_query_values(d, "SELECT count(*) FROM api_key WHERE address IS NOT NULL", NULL, 0);
    const bool full = !db_next(r) || (uint64_t)db_int(r, 0) >= s->login_most;
    db_end(r);
    return full;
}

wallet_verdict wallet_login(core *k, wallet *w, const char *address, const settings *s)
{
    db *d = core_db(k);
    bool listed = false;
    const uint32_t scopes = scopes_read(s->login_scopes, NULL);
    if (!find(d, w, address, &listed)) {
        if (!settings_now(&s->login_unlisted)) return WALLET_UNLISTED;
        if (is_full(d, s)) return WALLET_TOO_MANY;
        w->scopes = scopes;
        w->changed = true;
        return insert(k, w, "wallet", false) ? WALLET_OK : WALLET_FAILED;
    }
    if (w->revoked) return WALLET_REVOKED;
    if (w->expires_at != 0 && w->expires_at <= core_now(k)) return WALLET_EXPIRED;
    if (!listed && !settings_now(&s->login_unlisted)) return WALLET_UNLISTED;
    if (!listed && w->scopes != scopes) {
        w->scopes = scopes;
        w->changed = true;
    }
    char text[SCOPES_TEXT];
    scopes_write(text, w->scopes);
    return db_run(d, "UPDATE api_key SET login_at = ?, scopes = ? WHERE id = ?", DB_I(core_now(k)),
                  DB_T(text), DB_T(w->id)) == 1
               ? WALLET_OK
               : WALLET_FAILED;
}

sp_status wallet_list(core *k, wallet *w, const char *address, const char *name, uint32_t scopes,
                      int64_t expires_at)
{
    bool listed = false;
    char text[SCOPES_TEXT];
    const bool found = find(core_db(k), w, address, &listed);
    w->scopes = scopes;
    w->expires_at = expires_at;
    w->revoked = false;
    w->changed = true;
    if (!found) return insert(k, w, name, true) ? SP_OK : SP_ERR_IO;
    scopes_write(text, scopes);
    const db_value expiry = expires_at == 0 ? (db_value)DB_NULL : (db_value)DB_I(expires_at);
    return db_run(core_db(k),
                  "UPDATE api_key SET name = ?, scopes = ?, expires_at = ?, revoked_at = NULL,"
                  " listed = 1 WHERE id = ?",
                  DB_T(name), DB_T(text), expiry, DB_T(w->id)) == 1
               ? SP_OK
               : SP_ERR_IO;
}

void wallet_new_generation(core *k, const char *id)
{
    (void)db_run(core_db(k),
                 "UPDATE api_key SET generation = generation + 1 WHERE id = ? AND address IS NOT"
                 " NULL",
                 DB_T(id));
}

#define UNUSED                                                                       \
    "SELECT k.id FROM api_key k WHERE k.login_at <= ? AND k.address IS NOT NULL AND" \
    " k.listed = 0 AND k.revoked_at IS NULL"                                         \
    " AND NOT EXISTS (SELECT 1 FROM task t WHERE t.key_id = k.id)"                   \
    " AND NOT EXISTS (SELECT 1 FROM webhook w WHERE w.key_id = k.id)"                \
    " AND NOT EXISTS (SELECT 1 FROM program p WHERE p.key_id = k.id)"                \
    " AND NOT EXISTS (SELECT 1 FROM idem i WHERE i.key_id = k.id)"                   \
    " AND NOT EXISTS (SELECT 1 FROM quota q WHERE q.key_id = k.id AND"               \
    " (q.open_tasks <> 0 OR q.stored_bytes <> 0)) ORDER BY k.login_at, k.id LIMIT 1000"

void wallet_tick(core *k, int64_t now_ms)
{
    app *a = core_user(k);
    db *d = core_db(k);
    (void)db_run(d, "DELETE FROM challenge_used WHERE until <= ?", DB_I(now_ms));
    if (clock_ns() < a->wallets_next_ns) return;
    a->wallets_next_ns = clock_ns() + HOUR_NS;
    /* Their quota first, which is not looked for any more once they are gone. */
    (void)db_run(d, "DELETE FROM quota WHERE key_id IN (" UNUSED ")", DB_I(now_ms - UNUSED_MS));
    (void)db_run(d, "DELETE FROM api_key WHERE id IN (" UNUSED ")", DB_I(now_ms - UNUSED_MS));
}
