/* score.c - the filter reason by reason, factors by hand and against Python, picks against sorting.
 */
#include "relayer/score.h"
#include "tests/relayer/vectors_score.h"
#include "tests/test.h"

#include <openssl/sha.h>

#define NOW UINT64_C(1700000000000)
#define NO_DRAW 999999u

static score_rules rules;

/* A node that may have the task below, with room to spare. */
static score_node good_node(uint32_t number)
{
    score_node n;
    memset(&n, 0, sizeof n);
    for (unsigned i = 0; i < 4; i++) n.id[28 + i] = (uint8_t)(number >> (24 - 8 * i));
    memcpy(n.account, n.id, SCORE_ID);
    n.account[0] = 1;
    n.connected = n.is_signed = true;
    n.features = 7;
    n.cpu_threads = 8;
    n.ram_gb = 16;
    n.disk_gb = 100;
    n.region = 2;
    n.continent = 1;
    n.rtt_ms = 30;
    n.capacity = 4;
    n.quota_left = 10;
    n.uptime_ppm = 900000;
    n.success_ppm = 800000;
    n.reputation_ppm = 700000;
    n.speed.exec_rate = 50000000;
    n.speed.prove_rate = 1000000;
    n.price_mcycle = amount_from_u64(1000);
    n.stake = amount_from_u64(5);
    return n;
}

static score_task some_task(void)
{
    score_task t;
    memset(&t, 0, sizeof t);
    t.features = 5;
    t.cpu_threads = 4;
    t.ram_gb = 8;
    t.price_limit = amount_from_u64(UINT64_C(1) << 60);
    t.cycles = 40000000;
    t.rows = t.paid_rows = UINT64_C(1) << 26;
    t.deadline_ms = NOW + 600000;
    t.safety_ms = 5000;
    t.claim_margin_ms = 10000;
    t.max_execution_ms = 300000;
    t.redundancy = 1;
    return t;
}

static score_reason reason(const score_task *t, const score_node *n)
{
    u256 price;
    uint64_t time_ms;
    return score_filter(&price, &time_ms, t, n, NOW);
}

TEST(score_price_and_time_of_an_eligible_node)
{
    const score_task t = some_task();
    score_node n = good_node(1);
    u256 price;
    uint64_t time_ms;
    n.price_base = amount_from_u64(17);
    CHECK(score_filter(&price, &time_ms, &t, &n, NOW) == SCORE_ELIGIBLE);
    CHECK(price.high == 0 && price.low == 17 + 67109); /* ceil(67.108864 * 1000) */
    CHECK_EQ(time_ms, 800 + 67109 + 10000);
}

TEST(score_each_reason_excludes)
{
    static const uint32_t regions[2] = {3, 4};
    static const uint8_t other[SCORE_ID] = {9};
    const score_node good = good_node(1);
    for (unsigned want = 0; want < SCORE_REASONS; want++) {
        score_task t = some_task();
        score_node n = good;
        const score_ids its_id = {good.id, 1};
        const score_ids its_account = {good.account, 1};
        const score_ids others = {other, 1};
        /* Named, and beside others: both lists that do not and do hold it. */
        t.deny = t.tried = t.busy = others;
        t.allow = its_id;
        switch ((score_reason)want) {
        case SCORE_ELIGIBLE: break;
        case SCORE_OFFLINE: n.connected = false; break;
        case SCORE_BANNED: n.banned = true; break;
        case SCORE_DRAINING: n.draining = true; break;
        case SCORE_PAUSED: n.paused_until_ms = NOW + 1; break;
        case SCORE_RESTING: n.rests_until_ms = NOW + 1; break;
        case SCORE_FEATURES: t.features = 8; break;
        case SCORE_UNSIGNED: t.on_chain = true, n.is_signed = false; break;
        case SCORE_NO_PROOF: t.account_proven = true; break;
        case SCORE_TIER: t.tier = 3, n.tier = 2; break;
        case SCORE_TRIED: t.tried = its_id; break;
        case SCORE_UNPROVEN: t.proven_only = true, n.refusals = 1; break;
        case SCORE_ACCOUNT_BUSY: t.busy = its_account; break;
        case SCORE_DENIED: t.deny = its_id; break;
        case SCORE_NOT_ALLOWED: t.allow = others; break;
        case SCORE_REGION: t.regions = regions, t.n_regions = 2; break;
        case SCORE_CPU: t.cpu_threads = 9; break;
        case SCORE_RAM: t.ram_gb = 17; break;
        case SCORE_DISK: t.disk_gb = 101; break;
        case SCORE_GPU: t.gpu_required = true; break;
        case SCORE_VRAM: t.gpu_required = true, n.gpus = 1, t.gpu_vram_gb = 1; break;
        case SCORE_LOW_REPUTATION: t.min_reputation_ppm = 700001; break;
        case SCORE_STAKE: t.min_stake = amount_from_u64(6); break;
        case SCORE_QUOTA: n.quota_left = 0; break;
        case SCORE_FULL: n.running = 4; break;
        case SCORE_TOO_DEAR: t.price_limit = amount_from_u64(67108); break;
        case SCORE_TOO_SLOW: t.max_execution_ms = 67908; break;
        case SCORE_REASONS: break;
        }
        if (reason(&t, &n) != want) printf("%s\n", score_reason_name((score_reason)want));
        CHECK(reason(&t, &n) == want);
    }
}

/* What is exactly enough is enough. */
TEST(score_limits_are_inclusive)
{
    static const uint32_t regions[2] = {3, 2};
    score_task t = some_task();
    score_node n = good_node(1);
    n.gpus = 1;
    n.gpu_vram_gb = 24;
    n.features = t.features;
    n.paused_until_ms = n.rests_until_ms = NOW;
    n.refusals = 3;
    n.running = 3;
    n.quota_left = 1;
    t.cpu_threads = 8;
    t.ram_gb = 16;
    t.disk_gb = 100;
    t.gpu_required = t.on_chain = true;
    t.gpu_vram_gb = 24;
    t.regions = regions;
    t.n_regions = 2;
    t.min_reputation_ppm = 700000;
    t.min_stake = amount_from_u64(5);
    t.price_limit = amount_from_u64(67109);
    t.max_execution_ms = 67909;
    t.deadline_ms = NOW + 67909 + 10000 + 5000;
    CHECK(reason(&t, &n) == SCORE_ELIGIBLE);
    n.region = 3;
    CHECK(reason(&t, &n) == SCORE_ELIGIBLE);
    t.deadline_ms--;
    CHECK(reason(&t, &n) == SCORE_TOO_SLOW);
    t.deadline_ms++;
    n.fetch_rate = 1000;
    CHECK(reason(&t, &n) == SCORE_ELIGIBLE); /* nothing to fetch */
    t.fetch_bytes = 1;
    CHECK(reason(&t, &n) == SCORE_TOO_SLOW);
    t.deadline_ms++;
    CHECK(reason(&t, &n) == SCORE_ELIGIBLE);
    t.max_execution_ms = 0;
    CHECK(reason(&t, &n) == SCORE_ELIGIBLE);
    n.is_signed = false;
    t.on_chain = false;
    CHECK(reason(&t, &n) == SCORE_ELIGIBLE);
    n.price_mcycle = amount_from_u64(7);
    CHECK(reason(&t, &n) == SCORE_ELIGIBLE);
    t.mcycle_limited = true;
    CHECK(reason(&t, &n) == SCORE_TOO_DEAR);
    t.mcycle_limit = amount_from_u64(6);
    CHECK(reason(&t, &n) == SCORE_TOO_DEAR);
    t.mcycle_limit = amount_from_u64(7);
    CHECK(reason(&t, &n) == SCORE_ELIGIBLE);
}

TEST(score_extremes_do_not_wrap)
{
    score_task t = some_task();
    score_node n = good_node(1);
    t.cycles = t.rows = t.paid_rows = UINT64_MAX;
    t.max_execution_ms = 0;
    t.deadline_ms = UINT64_MAX;
    CHECK(reason(&t, &n) == SCORE_TOO_SLOW || reason(&t, &n) == SCORE_ELIGIBLE);
    n.speed.exec_rate = n.speed.prove_rate = 1;
    CHECK(reason(&t, &n) == SCORE_TOO_SLOW);
    t = some_task();
    t.deadline_ms = UINT64_MAX;
    t.claim_margin_ms = UINT64_MAX;
    CHECK(reason(&t, &n) == SCORE_TOO_SLOW);
    t.claim_margin_ms = 0;
    t.safety_ms = UINT64_MAX;
    CHECK(reason(&t, &n) == SCORE_TOO_SLOW);
    t = some_task();
    n = good_node(1);
    n.speed.exec_rate = 0;
    CHECK(reason(&t, &n) == SCORE_TOO_SLOW);
    t.price_limit = (u256){~(u128)0, ~(u128)0};
    n.price_mcycle = t.price_limit;
    CHECK(reason(&t, &n) == SCORE_TOO_DEAR); /* the price itself is 2^256 or more */
}

/* Tasks, nodes and what Python's exact fractions say of them. */
TEST(score_factors_are_what_python_computes)
{
    score_rules_init(&rules);
    for (size_t i = 0; i < SP_COUNT(score_vectors); i++) {
        score_node n[3] = {good_node(1), good_node(2), good_node(3)};
        score_task t = some_task();
        score_candidate room[3];
        score_result r;
        t.cpu_threads = score_vectors[i].need[0];
        t.ram_gb = score_vectors[i].need[1];
        t.disk_gb = score_vectors[i].need[2];
        t.gpu_vram_gb = score_vectors[i].need[3];
        t.gpu_required = t.gpu_vram_gb > 0;
        t.bench_class = 3;
        t.rows = t.paid_rows = 1000000;
        t.price_limit = (u256){~(u128)0, ~(u128)0};
        n[0].cpu_threads = score_vectors[i].have[0];
        n[0].ram_gb = score_vectors[i].have[1];
        n[0].disk_gb = score_vectors[i].have[2];
        n[0].gpu_vram_gb = score_vectors[i].have[3];
        n[0].gpus = 1;
        n[0].bench_class = score_vectors[i].same_class ? 3 : 4;
        n[0].uptime_ppm = score_vectors[i].uptime;
        n[0].success_ppm = score_vectors[i].success;
        n[0].reputation_ppm = score_vectors[i].reputation;
        n[0].speed.prove_rate = score_vectors[i].speed;
        n[0].running = score_vectors[i].running;
        n[0].capacity = score_vectors[i].capacity;
        n[0].rtt_ms = score_vectors[i].rtt;
        rules.median_prove_rate = score_vectors[i].median;
        for (unsigned k = 0; k < 3; k++) {
            const char *text = score_vectors[i].price[k];
            CHECK(amount_read(&n[k].price_mcycle, text, strlen(text)) == SP_OK);
            if (k == 0) continue; /* the others may do it, too: they bound the prices */
            n[k].cpu_threads = n[k].ram_gb = n[k].disk_gb = n[k].gpu_vram_gb = UINT32_MAX;
            n[k].gpus = 1;
        }
        t.deadline_ms = UINT64_C(1) << 62;
        t.max_execution_ms = 0;
        score_pick_nodes(&r, &t, &rules, n, 3, room, NOW, NO_DRAW);
        CHECK_EQ(r.count[SCORE_ELIGIBLE], 3);
        unsigned k = 0;
        while (k < r.n && r.pick[k].node != 0) k++;
        CHECK(k < r.n);
        for (unsigned f = 0; f < SCORE_FACTORS; f++) {
            const uint32_t got = r.pick[k].factor[f], want = score_vectors[i].factor[f];
            /* Each is a quotient rounded down; the mean of fits has up to four of them. */
            const uint32_t slack = f == SCORE_SPEC ? 1 : 0;
            if (got > want || got + slack < want) printf("vector %zu, factor %u\n", i, f);
            CHECK(got <= want && got + slack >= want);
        }
        CHECK(r.pick[k].score + 1 >= score_vectors[i].score);
        CHECK(r.pick[k].score <= score_vectors[i].score);
    }
    rules.median_prove_rate = 0;
}

TEST(score_geography_without_a_time)
{
    static const struct {
        uint16_t task_region, task_continent;
        uint32_t want;
    } some[] = {{2, 1, 1000000}, {3, 1, 600000}, {3, 2, 300000}, {0, 0, 300000}, {2, 9, 1000000}};
    score_node n = good_node(1);
    score_candidate room[1];
    score_result r;
    score_rules_init(&rules);
    n.rtt_ms = SCORE_NO_RTT;
    for (size_t i = 0; i < SP_COUNT(some); i++) {
        score_task t = some_task();
        t.region = some[i].task_region;
        t.continent = some[i].task_continent;
        score_pick_nodes(&r, &t, &rules, &n, 1, room, NOW, NO_DRAW);
        CHECK(r.n == 1 && r.pick[0].factor[SCORE_GEO_TIME] == some[i].want);
    }
    /* Two that do not know where they are, are not in the same place. */
    n.region = n.continent = 0;
    const score_task t = some_task();
    score_pick_nodes(&r, &t, &rules, &n, 1, room, NOW, NO_DRAW);
    CHECK(r.pick[0].factor[SCORE_GEO_TIME] == 300000);
    /* A measured time counts instead; e^-0.2, e^(-1023/150), and 0 from there. */
    static const uint32_t rtt[][2] = {
        {0, 1000000}, {30, 818730}, {1023, 1091}, {1024, 0}, {99999, 0}};
    for (size_t i = 0; i < SP_COUNT(rtt); i++) {
        n.rtt_ms = rtt[i][0];
        score_pick_nodes(&r, &t, &rules, &n, 1, room, NOW, NO_DRAW);
        CHECK_EQ(r.pick[0].factor[SCORE_GEO_TIME], rtt[i][1]);
    }
}

TEST(score_price_is_between_the_least_and_the_greatest)
{
    static const uint32_t prices[][3] = {{10, 20, 30}, {30, 20, 10}, {20, 10, 30}, {20, 30, 10}};
    score_candidate room[3];
    score_result r;
    const score_task t = some_task();
    score_rules_init(&rules);
    for (size_t i = 0; i < SP_COUNT(prices); i++) {
        score_node n[3] = {good_node(1), good_node(2), good_node(3)};
        for (unsigned k = 0; k < 3; k++) {
            n[k].price_mcycle = amount_from_u64(0);
            n[k].price_base = amount_from_u64(prices[i][k]);
        }
        score_pick_nodes(&r, &t, &rules, n, 3, room, NOW, NO_DRAW);
        CHECK(r.n == 3);
        for (unsigned k = 0; k < 3; k++) {
            CHECK_EQ(r.pick[k].price.low, 10 * (k + 1)); /* the cheapest is first */
            CHECK_EQ(r.pick[k].factor[SCORE_PRICE], 1000000 - 500000 * k);
            CHECK_EQ(prices[i][r.pick[k].node], 10 * (k + 1));
        }
    }
}

TEST(score_ties_go_to_the_smaller_hash)
{
    score_node n[9];
    score_candidate room[9];
    score_result r;
    score_task t = some_task();
    score_rules_init(&rules);
    for (unsigned i = 0; i < 9; i++) n[i] = good_node(i);
    for (unsigned round = 0; round < 50; round++) {
        uint8_t best[SHA256_DIGEST_LENGTH];
        size_t winner = 0;
        t.id.b[3] = (uint8_t)round;
        for (size_t i = 0; i < 9; i++) {
            uint8_t text[48], hash[SHA256_DIGEST_LENGTH];
            memcpy(text, t.id.b, 16);
            memcpy(text + 16, n[i].id, 32);
            SHA256(text, sizeof text, hash);
            if (i && memcmp(hash, best, sizeof hash) > 0) continue;
            memcpy(best, hash, sizeof hash);
            winner = i;
        }
        score_pick_nodes(&r, &t, &rules, n, 9, room, NOW, NO_DRAW);
        CHECK(r.n == 3 && r.pick[0].score == r.pick[2].score && r.pick[0].node == winner);
    }
}

/* By scores, and hashes where they are equal. */
static const score_task *sorted_task;
static const score_node *sorted_nodes;
static int compare(const void *a, const void *b)
{
    const score_pick *x = a, *y = b;
    uint8_t text[48], hx[SHA256_DIGEST_LENGTH], hy[SHA256_DIGEST_LENGTH];
    if (x->score != y->score) return x->score > y->score ? -1 : 1;
    memcpy(text, sorted_task->id.b, 16);
    memcpy(text + 16, sorted_nodes[x->node].id, 32);
    SHA256(text, sizeof text, hx);
    memcpy(text + 16, sorted_nodes[y->node].id, 32);
    SHA256(text, sizeof text, hy);
    return memcmp(hx, hy, sizeof hx);
}

enum { MANY = 60 };

static void random_nodes(score_node *n, size_t count, unsigned n_accounts)
{
    for (size_t i = 0; i < count; i++) {
        n[i] = good_node((uint32_t)i + 1);
        n[i].account[1] = (uint8_t)(test_rand() % n_accounts);
        memset(n[i].account + 2, 0, SCORE_ID - 2);
        n[i].connected = test_rand() % 8 != 0;
        n[i].probation = test_rand() % 4 == 0;
        n[i].uptime_ppm = test_rand() % 3 * 500000; /* coarse: ties happen */
        n[i].success_ppm = n[i].reputation_ppm = 500000;
        n[i].running = test_rand() % 5;
        n[i].price_mcycle = amount_from_u64(1000 + test_rand() % 2 * 10);
    }
    n[0].connected = n[1].connected = true; /* both prices are there */
    n[0].running = n[1].running = 0;
    n[0].price_mcycle = amount_from_u64(1000);
    n[1].price_mcycle = amount_from_u64(1010);
}

static bool same_account(const score_node *n, size_t a, size_t b)
{
    return memcmp(n[a].account, n[b].account, SCORE_ID) == 0;
}

TEST(score_picks_are_the_first_of_all_sorted)
{
    static score_node n[MANY];
    score_candidate room[MANY];
    score_result r;
    score_pick all[MANY];
    unsigned repeated = 0, explored = 0;
    /* ceil(67.108864 * 1000) and of 1010: both prices are always there. */
    const u256 cheapest = amount_from_u64(67109), dearest = amount_from_u64(67780);
    score_rules_init(&rules);
    for (unsigned round = 0; round < 600; round++) {
        score_task t = some_task();
        size_t m = 0;
        t.redundancy = 1 + round % 3;
        t.id.b[0] = (uint8_t)round;
        random_nodes(n, MANY, round % 2 ? 3 : 40);
        for (size_t i = 0; i < MANY; i++) {
            score_candidate c;
            c.node = i;
            if (score_filter(&c.price, &c.time_ms, &t, &n[i], NOW) != SCORE_ELIGIBLE) continue;
            all[m++] = score_of(&c, &t, &rules, n, cheapest, dearest);
        }
        sorted_task = &t;
        sorted_nodes = n;
        qsort(all, m, sizeof all[0], compare);
        size_t want[SCORE_TOP], n_want = 0;
        for (size_t i = 0; i < m && n_want < SCORE_TOP; i++) {
            bool seen = false;
            for (size_t k = 0; k < n_want; k++) seen |= same_account(n, want[k], all[i].node);
            if (seen && t.redundancy > 1) continue;
            repeated += seen;
            want[n_want++] = all[i].node;
        }
        score_pick_nodes(&r, &t, &rules, n, MANY, room, NOW, NO_DRAW);
        CHECK(r.n == n_want && r.count[SCORE_ELIGIBLE] == m && !r.explored);
        for (unsigned k = 0; k < r.n; k++) CHECK_EQ(r.pick[k].node, want[k]);
        /* The same with exploration: the best newcomer, then the others in their order. */
        size_t first = SIZE_MAX;
        for (size_t i = m; i-- > 0;)
            if (n[all[i].node].probation) first = all[i].node;
        score_pick_nodes(&r, &t, &rules, n, MANY, room, NOW, 0);
        CHECK(r.n >= n_want);
        if (first == SIZE_MAX || first == want[0]) {
            CHECK(!r.explored && r.pick[0].node == want[0]);
            continue;
        }
        explored++;
        CHECK(r.explored && r.pick[0].node == first && n[first].probation);
        for (unsigned k = 1, w = 0; k < r.n; k++, w++) {
            while (w < n_want &&
                   (want[w] == first || (t.redundancy > 1 && same_account(n, want[w], first))))
                w++;
            CHECK(w < n_want && r.pick[k].node == want[w]);
        }
    }
    CHECK(repeated > 50 && explored > 100);
}

TEST(score_exploration_has_its_share)
{
    score_node n[2] = {good_node(1), good_node(2)};
    score_candidate room[2];
    score_result r;
    score_task t = some_task();
    score_rules_init(&rules);
    n[1].probation = true;
    n[1].reputation_ppm = 0;
    score_pick_nodes(&r, &t, &rules, n, 2, room, NOW, 50000);
    CHECK(r.pick[0].node == 0 && !r.explored);
    score_pick_nodes(&r, &t, &rules, n, 2, room, NOW, 49999);
    CHECK(r.pick[0].node == 1 && r.pick[1].node == 0 && r.n == 2 && r.explored);
    t.strict_deadline = true;
    score_pick_nodes(&r, &t, &rules, n, 2, room, NOW, 49999);
    CHECK(r.pick[0].node == 0 && !r.explored);
}

/* A task that went wrong before asks the proven first, whatever the scores and the draw. */
TEST(score_wary_task_asks_the_proven_first)
{
    score_node n[4] = {good_node(1), good_node(2), good_node(3), good_node(4)};
    score_candidate room[4];
    score_result r;
    score_task t = some_task();
    score_rules_init(&rules);
    for (unsigned i = 0; i < 4; i++)
        n[i].reputation_ppm = 900000 - 200000 * i; /* the last is worst */
    n[0].refusals = 1;
    n[1].probation = true;
    n[2].probation = true;
    n[2].refusals = 1;
    score_pick_nodes(&r, &t, &rules, n, 4, room, NOW, NO_DRAW);
    CHECK(r.pick[0].node == 0 && r.pick[1].node == 1 && r.pick[2].node == 2);
    t.wary = true;
    score_pick_nodes(&r, &t, &rules, n, 4, room, NOW, 0); /* and tries out nobody */
    CHECK(r.pick[0].node == 3 && r.pick[1].node == 1 && r.pick[2].node == 0 && !r.explored);
    t.proven_only = true;
    score_pick_nodes(&r, &t, &rules, n, 4, room, NOW, NO_DRAW);
    CHECK(r.n == 1 && r.pick[0].node == 3 && r.count[SCORE_UNPROVEN] == 3);
}

TEST(score_says_why_nobody_may)
{
    score_node n[5];
    score_candidate room[5];
    score_result r;
    score_task t = some_task();
    score_rules_init(&rules);
    for (unsigned i = 0; i < 5; i++) n[i] = good_node(i);
    n[0].connected = false;
    n[1].cpu_threads = n[2].cpu_threads = 3;
    n[3].banned = true;
    n[3].cpu_threads = 3; /* the first reason counts */
    n[4].running = 4;
    score_pick_nodes(&r, &t, &rules, n, 5, room, NOW, 0);
    CHECK(r.n == 0 && !r.explored && r.count[SCORE_ELIGIBLE] == 0);
    CHECK(r.count[SCORE_OFFLINE] == 1 && r.count[SCORE_CPU] == 2);
    CHECK(r.count[SCORE_BANNED] == 1 && r.count[SCORE_FULL] == 1);
    score_pick_nodes(&r, &t, &rules, n, 0, room, NOW, 0);
    CHECK(r.n == 0 && r.count[SCORE_ELIGIBLE] == 0);
    CHECK(strcmp(score_reason_name(SCORE_CPU), "cpu_threads") == 0);
    CHECK(strcmp(score_reason_name(SCORE_TOO_SLOW), "too_slow") == 0);
    CHECK(strcmp(score_reason_name(SCORE_REASONS), "unknown") == 0);
}

TEST(score_weights_decide)
{
    score_node n[2] = {good_node(1), good_node(2)};
    score_candidate room[2];
    score_result r;
    const score_task t = some_task();
    n[0].running = 3; /* worse by load, better by reputation */
    n[0].reputation_ppm = 900000;
    for (unsigned f = 0; f < 2; f++) {
        score_rules_init(&rules);
        memset(rules.weight, 0, sizeof rules.weight);
        rules.weight[f ? SCORE_LOAD : SCORE_REPUTATION] = 7;
        score_pick_nodes(&r, &t, &rules, n, 2, room, NOW, NO_DRAW);
        CHECK(r.pick[0].node == f);
        CHECK_EQ(r.pick[0].score, f ? 1000000 : 900000);
    }
    uint64_t rates[5] = {9, 1, 5, 3, 7};
    CHECK(score_median(rates, 5) == 5 && score_median(rates, 1) == 1);
}
