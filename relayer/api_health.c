/* api_health.c - how the relayer is, and what it has done. Neither looks at more than a few rows.
 */
#include "relayer/api.h"

#include "market/amount.h"
#include "relayer/app.h"
#include "relayer/check.h"
#include "relayer/rest.h"
#include "relayer/sender.h"
#include "relayer/watch.h"
#include "starknet/calldata.h"

#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

int64_t api_wal_bytes(const app *a)
{
    char path[SETTINGS_TEXT + 16];
    struct stat st;
    if (db_is_postgres(a->set.database)) return -1;
    (void)snprintf(path, sizeof path, "%s%s-wal",
                   a->set.database[0] != 0 ? a->set.database : a->set.data,
                   a->set.database[0] != 0 ? "" : "/relayer.db");
    return stat(path, &st) == 0 ? (int64_t)st.st_size : 0;
}

static json_t *wal_bytes(const app *a)
{
    const int64_t n = api_wal_bytes(a);
    return n < 0 ? json_null() : json_integer(n);
}

static json_t *check_db(const app *a, db *d, bool *ok)
{
    const uint64_t start = clock_ns();
    db_rows *r =
        db_query_values(d, "SELECT value FROM meta WHERE name = 'schema_version'", NULL, 0);
    *ok = db_next(r);
    db_end(r);
    *ok = *ok && db_ok(d);
    db_forgive(d);
    const core_counts n = core_count(a->core);
    return json_pack("{s:b, s:I, s:I, s:I, s:o}", "ok", *ok, "latency_us",
                     (json_int_t)((clock_ns() - start) / 1000), "last_commit_us",
                     (json_int_t)(n.commit_ns_last / 1000), "queued", (json_int_t)n.queued,
                     "wal_bytes", wal_bytes(a));
}

static json_t *check_storage(const app *a, bool *ok)
{
    struct statvfs v;
    uint64_t bytes = 0;
    *ok = statvfs(a->blobs, &v) == 0;
    if (*ok) bytes = (uint64_t)v.f_bavail * v.f_frsize;
    *ok = *ok && bytes >= a->set.min_free;
    return json_pack("{s:b, s:I}", "ok", *ok, "free_bytes", (json_int_t)bytes);
}

static json_t *check_starknet(app *a, bool *ok)
{
    const watch_health h = watch_look(a);
    const sender_health s = sender_look(a);
    const bool wrong = h.mismatch[0] != 0;
    *ok = !h.configured || (h.ok && !wrong && !s.held);
    if (!h.configured) return json_pack("{s:b, s:s}", "ok", 1, "status", "not configured");
    const int64_t age = h.at_ms == 0 ? 0 : clock_ms() - h.at_ms;
    const char *why = wrong ? h.mismatch : h.why;
    json_t *j = json_pack("{s:b, s:s, s:s?, s:s, s:I, s:I, s:o, s:s?, s:s?}", "ok", *ok, "status",
                          wrong    ? "another contract"
                          : !h.ok  ? "does not answer"
                          : s.held ? "cannot assign"
                                   : "ok",
                          "detail", why[0] != 0 ? why : NULL, "chain_id", a->set.chain_id, "block",
                          (json_int_t)h.block, "age_ms", (json_int_t)age, "lag_s",
                          h.lag_s < 0 ? json_null() : json_integer((json_int_t)h.lag_s),
                          "spec_version", h.spec[0] != 0 ? h.spec : NULL, "verifier",
                          h.verifier[0] != 0 ? h.verifier : NULL);
    if (s.has_account)
        (void)json_object_set_new(
            j, "account",
            json_pack("{s:s, s:b, s:s?, s:I, s:o}", "address", s.account, "ok", !s.held, "detail",
                      s.held ? s.why : NULL, "in_flight", (json_int_t)s.in_flight, "last_nonce",
                      s.nonce < 0 ? json_null() : json_integer((json_int_t)s.nonce)));
    return j;
}

void api_health(call *c, db *d, core *k)
{
    app *a = c->a;
    bool db_good, storage, chain;
    (void)k;
    json_t *checks = json_object();
    const stats_view v = stats_look(&rest_of(a)->stats, clock_ms());
    (void)json_object_set_new(checks, "db", check_db(a, d, &db_good));
    (void)json_object_set_new(
        checks, "websocket",
        json_pack("{s:b, s:I}", "ok", 1, "sessions", (json_int_t)rest_of(a)->sessions));
    (void)json_object_set_new(checks, "starknet", check_starknet(a, &chain));
    (void)json_object_set_new(checks, "storage", check_storage(a, &storage));
    (void)json_object_set_new(
        checks, "verifier",
        json_pack("{s:b, s:I, s:I}", "ok", a->n_verifiers > 0, "workers",
                  (json_int_t)a->n_verifiers, "queue",
                  (json_int_t)(v.tasks[TASK_RESULT_RECEIVED] + v.tasks[TASK_VERIFYING])));
    const bool up = db_good && storage;
    http_json(&c->s, up ? 200 : 503,
              json_pack("{s:s, s:s, s:I, s:o}", "status",
                        !up     ? "down"
                        : chain ? "ok"
                                : "degraded",
                        "version", SPROVE_VERSION, "uptime_s",
                        (json_int_t)((clock_ns() - a->start_ns) / 1000000000u), "checks", checks));
}

static json_t *amount(u256 v)
{
    char text[U256_TEXT];
    u256_write_text(text, v);
    return json_string(text);
}

static json_t *rates(uint64_t minute, uint64_t hour, uint64_t day)
{
    return json_pack("{s:I, s:I, s:I}", "1m", (json_int_t)minute, "1h", (json_int_t)hour, "24h",
                     (json_int_t)day);
}

static json_t *median(stats *s, stats_span span)
{
    uint64_t ms;
    return stats_median_ms(s, span, &ms) ? json_integer((json_int_t)ms) : json_null();
}

static json_t *when(int64_t ms)
{
    char text[CHECK_TIME];
    time_write(text, ms);
    return ms == 0 ? json_null() : json_string(text);
}

void api_stats(call *c, db *d, core *k)
{
    (void)k;
    stats *all = &rest_of(c->a)->stats;
    const stats_view v = stats_look_with_nodes(all, d, clock_ms());
    json_t *tasks = json_object();
    uint64_t total = 0;
    for (unsigned s = 0; s < TASK_STATES; s++) {
        (void)json_object_set_new(tasks, task_state_name((task_state)s),
                                  json_integer((json_int_t)v.tasks[s]));
        total += v.tasks[s];
    }
    http_json(&c->s, 200,
              json_pack("{s:{s:I, s:o}, s:{s:I, s:I}, s:{s:o, s:o}, s:{s:o, s:o, s:o, s:o},"
                        " s:{s:o, s:o, s:o}, s:{s:o, s:o, s:o}}",
                        "tasks", "total", (json_int_t)total, "by_state", tasks, "nodes", "total",
                        (json_int_t)v.nodes, "active", (json_int_t)v.nodes_active, "throughput",
                        "created", rates(v.made_minute, v.made_hour, v.made_day), "verified",
                        rates(v.verified_minute, v.verified_hour, v.verified_day), "settlement",
                        "volume", amount(v.volume), "provider_payout",
                        amount(v.split.provider_payout), "gas_subsidy", amount(v.split.gas_subsidy),
                        "treasury_fee", amount(v.split.treasury_fee), "median_ms", "queue",
                        median(all, SPAN_QUEUE), "prove", median(all, SPAN_PROVE), "settle",
                        median(all, SPAN_SETTLE), "last", "created_at", when(v.made_at),
                        "verified_at", when(v.verified_at), "settled_at", when(v.settled_at)));
}
