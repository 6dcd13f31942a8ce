/* standing_sum.c - what a node is held to stays the same to the last bit when its first events
 * become a base; totals of tasks that are gone. On a file and on a server. */
#include "relayer/standing_sum.h"

#include "relayer/fsck.h"
#include "relayer/past.h"
#include "relayer/rows.h"
#include "relayer/schema.h"
#include "relayer/standing.h"
#include "starknet/escrow.h"
#include "tests/relayer/place.h"
#include "tests/test.h"

#define DAY INT64_C(86400000)
#define EVENTS 700

/* CHECK returns from the test; what it leaves is in /tmp of a run that failed. */
static place here;
static db *d;
static char why[DB_WHY];

#define OPEN()                                                \
    do {                                                      \
        CHECK(place_make(&here, false));                      \
        CHECK_EQ(db_open(&d, here.where, false, why), SP_OK); \
        CHECK_EQ(schema_apply(d, here.postgres, why), SP_OK); \
    } while (0)
#define CLOSE()              \
    do {                     \
        db_close(d);         \
        place_remove(&here); \
    } while (0)

static struct {
    reputation_kind kind;
    int64_t at;
} made[EVENTS];

static void make_events(size_t n, bool evidence, uint32_t faults)
{
    int64_t at = 1000 * DAY;
    for (size_t i = 0; i < n; i++) {
        /* Mostly good; the clock stands still, goes on, and is sometimes set back. */
        made[i].kind = test_rand() % 3 >= faults
                           ? REPUTATION_VERIFIED
                           : (reputation_kind)(test_rand() % REPUTATION_KINDS);
        /* Of these fsck wants to see what they come from, which never goes. */
        if (!evidence &&
            (made[i].kind == REPUTATION_AUDIT_FAILED || made[i].kind == REPUTATION_CONTRADICTION))
            made[i].kind = REPUTATION_ABORTED;
        const uint32_t draw = test_rand();
        if (draw % 16 == 0)
            at -= (int64_t)(test_rand() % 100000);
        else if (draw % 4 != 0)
            at += (int64_t)(test_rand() % (uint32_t)(2 * DAY));
        made[i].at = at;
    }
}

/* As reputation.h and standing.h say it, apart from standing_sum.c. */
static standing_sum sum_of(size_t n)
{
    standing_sum s = {.daily = 1000};
    for (size_t i = 0; i < n; i++) {
        const reputation_kind k = made[i].kind;
        reputation_add(&s.rep, k, (uint64_t)made[i].at);
        if (made[i].at > s.until) s.until = made[i].at;
        s.seq = (int64_t)i + 1;
        if (k == REPUTATION_LATE) continue;
        success_rate_add(&s.tries, k == REPUTATION_VERIFIED, (uint64_t)made[i].at);
        if (k == REPUTATION_INFRA || k == REPUTATION_TIME_LIMIT) continue;
        s.clean = k == REPUTATION_VERIFIED ? s.clean + 1 : 0;
        s.daily = reputation_quota(s.daily, reputation_is_fault(k), 100000);
        if (reputation_is_fault(k) && made[i].at > s.fault_at) s.fault_at = made[i].at;
    }
    return s;
}

static bool same(const standing_sum *a, const standing_sum *b)
{
    return a->rep.good == b->rep.good && a->rep.bad == b->rep.bad && a->rep.at_ms == b->rep.at_ms &&
           a->tries.good == b->tries.good && a->tries.all == b->tries.all &&
           a->tries.at_ms == b->tries.at_ms && a->clean == b->clean && a->daily == b->daily &&
           a->seq == b->seq && a->until == b->until && a->fault_at == b->fault_at;
}

static void store(const char *node, size_t n)
{
    const standing_sum s = sum_of(n);
    (void)db_run(
        d,
        "INSERT INTO node(id, pubkey, address, state, specs, bench, software, region,"
        " price_base, price_mcycle, max_concurrent, draining, quota_day, quota_left,"
        " quota_daily, connected, last_seen, version, created_at, rep_good, rep_bad, rep_at,"
        " tries_good, tries_all, tries_at, clean) VALUES(?, '', '', 'active', '', '', '',"
        " '', '0', '0', 1, 0, 0, 0, ?, 0, 0, 1, 0, ?, ?, ?, ?, ?, ?, ?)",
        DB_T(node), DB_I(s.daily), DB_I(s.rep.good), DB_I(s.rep.bad), DB_I(s.rep.at_ms),
        DB_I(s.tries.good), DB_I(s.tries.all), DB_I(s.tries.at_ms), DB_I(s.clean));
    for (size_t i = 0; i < n; i++)
        (void)db_run(d,
                     "INSERT INTO reputation_event(node_id, seq, at, kind, task_id, attempt)"
                     " VALUES(?, ?, ?, ?, 'gone', 1)",
                     DB_T(node), DB_I(i + 1), DB_I(made[i].at),
                     DB_T(reputation_kind_name(made[i].kind)));
}

/* Base and what follows it. */
static standing_sum read_again(const char *node)
{
    standing_sum s;
    standing_base_read(&s, d, node);
    db_rows *r = db_query(d, "SELECT kind, at FROM reputation_event WHERE node_id = ? ORDER BY seq",
                          DB_T(node));
    while (db_next(r)) {
        reputation_kind k;
        if (reputation_kind_read(&k, db_text(r, 0)))
            standing_sum_add(&s, k, (uint64_t)db_int(r, 1));
    }
    db_end(r);
    return s;
}

static int64_t number(const char *sql)
{
    int64_t v = -1;
    db_rows *r = db_query_values(d, sql, NULL, 0);
    if (db_next(r)) v = db_int(r, 0);
    db_end(r);
    return v;
}

/* What --fsck says of it, and whether a line of that has these words. */
static uint64_t violations_with(const char *words, bool *has)
{
    uint64_t n = UINT64_MAX;
    char line[512];
    FILE *out = tmpfile();
    *has = false;
    if (out == NULL) return n;
    if (fsck_run(&n, here.where, here.folder, NULL, out, why) != SP_OK) n = UINT64_MAX;
    rewind(out);
    while (fgets(line, sizeof line, out) != NULL) *has = *has || strstr(line, words) != NULL;
    (void)fclose(out);
    return n;
}

static uint64_t violations(void)
{
    bool has;
    return violations_with("", &has);
}

static bool is_said(const char *words)
{
    bool has;
    return violations_with(words, &has) != UINT64_MAX && has;
}

TEST(a_base_and_the_events_after_it_are_all_events_bit_for_bit)
{
    OPEN();
    for (int round = 0; round < 7; round++) {
        char node[16];
        /* The last one makes no mistake: all that it was before counts to the end. */
        const size_t n = round < 6 ? 1 + test_rand() % EVENTS : EVENTS;
        (void)snprintf(node, sizeof node, "n%d", round);
        make_events(n, round < 3, round < 6);
        CHECK(db_exec(d, "BEGIN"));
        store(node, n);
        CHECK(db_exec(d, "COMMIT"));
        const standing_sum all = sum_of(n);
        int64_t until = 1000 * DAY - 1, gone = 0;
        for (int step = 0; step < 40; step++) {
            until += (int64_t)(test_rand() % (uint32_t)(40 * DAY));
            const int64_t most = 1 + (int64_t)(test_rand() % 200);
            const int64_t taken = standing_base_take(d, node, until, most);
            CHECK(taken >= 0 && taken <= most);
            for (int64_t i = gone; i < gone + taken; i++) CHECK(made[i].at <= until);
            gone += taken;
            CHECK(gone == 0 || gone + STANDING_INFRA_OF <= (int64_t)n);
            standing_sum base, want = sum_of((size_t)gone);
            standing_base_read(&base, d, node);
            CHECK(same(&base, &want));
            const standing_sum again = read_again(node);
            CHECK(same(&again, &all));
        }
        /* What is kept at the end is what may be kept. */
        while (standing_base_take(d, node, INT64_MAX, 100) > 0) {}
        const standing_sum again = read_again(node);
        CHECK(same(&again, &all));
        db_rows *r =
            db_query(d, "SELECT count(*) FROM reputation_event WHERE node_id = ?", DB_T(node));
        CHECK(db_next(r));
        CHECK_EQ(db_int(r, 0), n < STANDING_INFRA_OF ? n : STANDING_INFRA_OF);
        db_end(r);
    }
    CHECK(db_ok(d));
    CHECK(db_exec(d, "DELETE FROM node WHERE id < 'n3'; DELETE FROM reputation_base WHERE node_id <"
                     " 'n3'; DELETE FROM reputation_event WHERE node_id < 'n3'"));
    /* The events are of tasks that are gone, which is no violation once rows may be. */
    CHECK(violations() > 0);
    CHECK(db_exec(d, "INSERT INTO meta(name, value) VALUES('rows_gone_until', '9000000000000')"));
    CHECK_EQ(violations(), 0);
    /* Nor is anything of a base left to itself. */
    static const char *const columns[] = {"rep_good",  "rep_bad",  "rep_at", "tries_good",
                                          "tries_all", "tries_at", "clean",  "daily"};
    CHECK(number("SELECT count(*) FROM reputation_base") > 0);
    for (size_t i = 0; i < SP_COUNT(columns); i++) {
        char sql[160];
        /* A count that is later than the events is not moved by them. */
        const int64_t by = i == 2 || i == 5 ? INT64_C(1000000) * DAY : INT64_C(1) << 50;
        (void)snprintf(sql, sizeof sql, "UPDATE reputation_base SET %s = %s + %" PRId64, columns[i],
                       columns[i], i < 6 ? by : 3);
        CHECK(db_exec(d, sql));
        const uint64_t found = violations();
        if (found == 0) printf("%s is not missed\n", columns[i]);
        CHECK(found > 0);
        (void)snprintf(sql, sizeof sql, "UPDATE reputation_base SET %s = %s - %" PRId64, columns[i],
                       columns[i], i < 6 ? by : 3);
        CHECK(db_exec(d, sql));
        CHECK_EQ(violations(), 0);
    }
    /* An end that counts for nothing is one of the time that is summed up, or an error. */
    CHECK(number("SELECT min(until) FROM reputation_base WHERE node_id = 'n6'") > 0);
    CHECK(db_exec(
        d,
        "INSERT INTO task(id, version, state, key_id, created_at, updated_at, deadline, priority,"
        " attempts, max_attempts, redundancy, next_run_at, refusals, others_at, program, "
        "program_id,"
        " input_commitment, input_sha256, input_bytes, max_cycles, profile, io_mode, amount,"
        " requirements, description, visibility) VALUES('t', 1, 'cancelled', 'k', 1, 1, 1, 0, 1, 1,"
        " 1, 1, 0, 0, '', '', '', '', 0, 1, '', '', '0', '', '', '');"
        "INSERT INTO attempt(task_id, n, slot, node_id, account, session, lease_token, offered_at,"
        " offer_until, start_by, outcome, ended_at) SELECT 't', 1, 0, 'n6', '', '', '', 1, 1, 1,"
        " 'aborted', until FROM reputation_base WHERE node_id = 'n6'"));
    CHECK(!is_said("counts 0 times"));
    CHECK(db_exec(d, "UPDATE attempt SET ended_at = ended_at + 1"));
    CHECK(is_said("counts 0 times"));
    CHECK(db_exec(d, "DELETE FROM attempt; DELETE FROM task"));
    /* So is what an event stands for. */
    CHECK(!is_said("no attempt of the node ended so"));
    CHECK(db_exec(d, "UPDATE meta SET value = '1' WHERE name = 'rows_gone_until'"));
    CHECK(is_said("no attempt of the node ended so"));
    CHECK(db_exec(d, "UPDATE meta SET value = '9000000000000' WHERE name = 'rows_gone_until'"));
    CHECK_EQ(violations(), 0);
    CHECK(db_exec(d, "DELETE FROM reputation_event WHERE seq <= (SELECT b.seq + 1 FROM"
                     " reputation_base b WHERE b.node_id = reputation_event.node_id)"));
    CHECK(violations() > 0);
    CLOSE();
}

TEST(totals_of_what_is_gone_are_sums)
{
    OPEN();
    u256 volume = amount_from_u64(0), part[3] = {volume, volume, volume};
    for (int i = 0; i < 60; i++) {
        char text[U256_TEXT];
        const u256 v = {((u128)test_rand() << 70) | test_rand(), i % 5 == 0 ? test_rand() : 0};
        const escrow_split s = escrow_split_of(v);
        u256_write_text(text, v);
        past_add_task(d, TASK_SETTLED, text);
        past_add_task(d, TASK_CANCELLED, text);
        CHECK_EQ(amount_add(&volume, volume, v), SP_OK);
        CHECK_EQ(amount_add(&part[0], part[0], s.provider_payout), SP_OK);
        CHECK_EQ(amount_add(&part[1], part[1], s.gas_subsidy), SP_OK);
        CHECK_EQ(amount_add(&part[2], part[2], s.treasury_fee), SP_OK);
    }
    db_rows *r = db_query_values(d,
                                 "SELECT tasks, volume, payout, subsidy, treasury, state FROM"
                                 " task_past ORDER BY state",
                                 NULL, 0);
    CHECK(db_next(r));
    CHECK(strcmp(db_text(r, 5), "cancelled") == 0 && strcmp(db_text(r, 1), "0") == 0);
    CHECK_EQ(db_int(r, 0), 60);
    CHECK(db_next(r));
    CHECK_EQ(db_int(r, 0), 60);
    for (int i = 0; i < 4; i++) {
        char text[U256_TEXT];
        u256_write_text(text, i == 0 ? volume : part[i - 1]);
        CHECK(strcmp(db_text(r, i + 1), text) == 0);
    }
    db_end(r);
    CHECK_EQ(violations(), 0);
    CHECK(db_exec(d, "UPDATE task_past SET treasury = '1' WHERE state = 'settled'"));
    CHECK_EQ(violations(), 1);
    CHECK(db_exec(
        d, "UPDATE task_past SET state = 'running', treasury = '0' WHERE state = 'settled'"));
    CHECK_EQ(violations(), 1);
    past_add_earning(d, "somebody", "85", NULL);
    past_add_earning(d, "somebody", "10", "5");
    CHECK_EQ(number("SELECT tasks FROM earning_past WHERE payout = '95' AND subsidy = '5'"), 2);
    CHECK_EQ(violations(), 2); /* of no node */
    CLOSE();
}

TEST(a_block_is_deep_below_ten_thousand_others)
{
    OPEN();
    CHECK_EQ(rows_deep_block(d), -1);
    CHECK(db_exec(d, "INSERT INTO meta(name, value) VALUES('chain_cursor', '10000 5 0x1')"));
    CHECK_EQ(rows_deep_block(d), -1);
    /* 10001 is the next one: 1 to 10000 are after 0. */
    CHECK(db_exec(d, "UPDATE meta SET value = '10001' WHERE name = 'chain_cursor'"));
    CHECK_EQ(rows_deep_block(d), 0);
    CHECK(db_exec(d, "UPDATE meta SET value = '20000 37 0x1 99 0x2' WHERE name = 'chain_cursor'"));
    CHECK_EQ(rows_deep_block(d), 9999);
    CLOSE();
}
