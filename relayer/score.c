/* score.c - filter, factors and the best three. */
/* The calls of SHA-256 that need no memory and cannot fail; the newer ones look the algorithm up
 * under a lock each time, which takes several times as long as the hash. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "relayer/score.h"

#include "relayer/fixed.h"

#include <openssl/sha.h>
#include <string.h>

#define MILLION 1000000u

void score_rules_init(score_rules *r)
{
    static const uint32_t weights[SCORE_FACTORS] = {150, 250, 200, 200, 100, 100};
    memset(r, 0, sizeof *r);
    memcpy(r->weight, weights, sizeof weights);
    r->exploration_ppm = 50000;
    /* e^(-k/150) = 2^(-k*c/2^56), c = floor(2^56*log2(e)/150); off by less than k*2^-56. */
    const uint64_t c = UINT64_C(693047557179391);
    for (unsigned k = 0; k < SCORE_GEO; k++)
        r->geo_ppm[k] = (uint32_t)fixed_mul(MILLION, fixed_exp2_neg(k * c));
}

uint64_t score_median(uint64_t *rates, size_t n) { return estimate_percentile_time(rates, n, 50); }

const char *score_reason_name(score_reason r)
{
    static const char *const names[] = {
        "eligible",     "offline",  "banned",      "draining",   "paused",      "resting",
        "features",     "unsigned", "no_proof",    "tier",       "tried",       "unproven",
        "account_busy", "denied",   "not_allowed", "region",     "cpu_threads", "ram",
        "disk",         "gpu",      "gpu_vram",    "reputation", "stake",       "quota",
        "full",         "price",    "too_slow"};
    _Static_assert(SP_COUNT(names) == SCORE_REASONS, "a name for each reason");
    return r < SCORE_REASONS ? names[r] : "unknown";
}

static bool among(score_ids list, const uint8_t id[SCORE_ID])
{
    for (size_t i = 0; i < list.n; i++)
        if (memcmp(list.v + i * SCORE_ID, id, SCORE_ID) == 0) return true;
    return false;
}

static bool region_allowed(const score_task *t, uint32_t region)
{
    for (size_t i = 0; i < t->n_regions; i++)
        if (t->regions[i] == region) return true;
    return t->n_regions == 0;
}

bool score_is_proven(const score_node *n) { return !n->probation && n->refusals == 0; }

/* What does not depend on prices and times. */
static score_reason filter_fixed(const score_task *t, const score_node *n, uint64_t now_ms)
{
    if (!n->connected) return SCORE_OFFLINE;
    if (n->banned) return SCORE_BANNED;
    if (n->draining) return SCORE_DRAINING;
    if (n->paused_until_ms > now_ms) return SCORE_PAUSED;
    if (n->rests_until_ms > now_ms) return SCORE_RESTING;
    if (t->features & ~n->features) return SCORE_FEATURES;
    if (t->on_chain && !n->is_signed) return SCORE_UNSIGNED;
    if (t->account_proven && !n->account_proven) return SCORE_NO_PROOF;
    if (n->tier < t->tier) return SCORE_TIER;
    if (among(t->tried, n->id)) return SCORE_TRIED;
    if (t->proven_only && !score_is_proven(n)) return SCORE_UNPROVEN;
    if (among(t->busy, n->account)) return SCORE_ACCOUNT_BUSY;
    if (among(t->deny, n->id)) return SCORE_DENIED;
    if (t->allow.n && !among(t->allow, n->id)) return SCORE_NOT_ALLOWED;
    if (!region_allowed(t, n->region)) return SCORE_REGION;
    if (n->cpu_threads < t->cpu_threads) return SCORE_CPU;
    if (n->ram_gb < t->ram_gb) return SCORE_RAM;
    if (n->disk_gb < t->disk_gb) return SCORE_DISK;
    if (t->gpu_required && n->gpus == 0) return SCORE_GPU;
    if (t->gpu_required && n->gpu_vram_gb < t->gpu_vram_gb) return SCORE_VRAM;
    if (n->reputation_ppm < t->min_reputation_ppm) return SCORE_LOW_REPUTATION;
    if (amount_cmp(n->stake, t->min_stake) < 0) return SCORE_STAKE;
    if (n->quota_left == 0) return SCORE_QUOTA;
    if (n->running >= n->capacity) return SCORE_FULL;
    return SCORE_ELIGIBLE;
}

/* a + b, or the largest number. */
static uint64_t plus(uint64_t a, uint64_t b) { return a + b < a ? UINT64_MAX : a + b; }

score_reason score_filter(u256 *price, uint64_t *time_ms, const score_task *t, const score_node *n,
                          uint64_t now_ms)
{
    const score_reason fixed = filter_fixed(t, n, now_ms);
    if (fixed != SCORE_ELIGIBLE) return fixed;
    u256 p;
    if (estimate_price(&p, n->price_base, n->price_mcycle, t->paid_rows) != SP_OK ||
        amount_cmp(p, t->price_limit) > 0 ||
        (t->mcycle_limited && amount_cmp(n->price_mcycle, t->mcycle_limit) > 0))
        return SCORE_TOO_DEAR;
    const uint64_t work = estimate_time_ms(n->speed, t->cycles, t->rows);
    if (t->max_execution_ms && work > t->max_execution_ms) return SCORE_TOO_SLOW;
    uint64_t all = plus(work, t->claim_margin_ms);
    if (n->fetch_rate) {
        /* Fetching is work of one kind, at one speed. */
        const estimate_speed fetch = {n->fetch_rate, 1};
        all = plus(all, estimate_time_ms(fetch, t->fetch_bytes, 0));
    }
    const uint64_t end = plus(plus(now_ms, t->safety_ms), all);
    if (end == UINT64_MAX || end > t->deadline_ms) return SCORE_TOO_SLOW;
    *price = p;
    *time_ms = all;
    return SCORE_ELIGIBLE;
}

static uint32_t fit_ppm(const score_task *t, const score_node *n)
{
    const uint32_t need[4] = {t->cpu_threads, t->ram_gb, t->disk_gb,
                              t->gpu_required ? t->gpu_vram_gb : 0};
    const uint32_t have[4] = {n->cpu_threads, n->ram_gb, n->disk_gb, n->gpu_vram_gb};
    uint64_t sum = 0;
    unsigned kinds = 0;
    for (unsigned i = 0; i < 4; i++) {
        if (need[i] == 0) continue;
        const uint64_t twice = 2 * (uint64_t)need[i];
        sum += have[i] <= twice ? MILLION : twice * MILLION / have[i]; /* < 2^53 */
        kinds++;
    }
    uint64_t fit = kinds ? sum / kinds : MILLION;
    if (t->bench_class && t->bench_class == n->bench_class) fit += MILLION / 10;
    return fit < MILLION ? (uint32_t)fit : MILLION;
}

static uint32_t history_ppm(const score_rules *r, const score_node *n)
{
    uint64_t speed = MILLION;
    /* Below twice the median, which is below 2^65. */
    if (r->median_prove_rate && n->speed.prove_rate / 2 < r->median_prove_rate)
        speed = (uint64_t)((u128)n->speed.prove_rate * MILLION / ((u128)r->median_prove_rate * 2));
    return (uint32_t)((5 * (uint64_t)n->uptime_ppm + 3 * (uint64_t)n->success_ppm + 2 * speed) /
                      10);
}

static uint32_t geo_ppm(const score_rules *r, const score_task *t, const score_node *n)
{
    if (n->rtt_ms != SCORE_NO_RTT) return n->rtt_ms < SCORE_GEO ? r->geo_ppm[n->rtt_ms] : 0;
    if (t->region && t->region == n->region) return MILLION;
    return t->continent && t->continent == n->continent ? 600000 : 300000;
}

/* How many bits a number has beyond 64. */
static unsigned bits_beyond_64(u256 a)
{
    const uint64_t limb[3] = {(uint64_t)(a.high >> 64), (uint64_t)a.high, (uint64_t)(a.low >> 64)};
    for (unsigned i = 0; i < 3; i++)
        if (limb[i]) return 64 * (3 - i) - (unsigned)__builtin_clzll(limb[i]);
    return 0;
}

/* The lowest 64 bits of a >> bits, bits <= 192. */
static uint64_t shifted(u256 a, unsigned bits)
{
    if (bits >= 128) return (uint64_t)(a.high >> (bits - 128));
    return (uint64_t)(bits ? a.low >> bits | a.high << (128 - bits) : a.low);
}

static u256 minus(u256 a, u256 b) /* b <= a */
{
    u256 r = a;
    const sp_status st = amount_sub(&r, a, b);
    SP_ASSERT(st == SP_OK);
    (void)st;
    return r;
}

/* (dearest - price)/(dearest - cheapest). Of numbers beyond 64 bits the lowest are cut off alike,
 * which changes the quotient by less than 2^-61. */
static uint32_t price_ppm(u256 price, u256 cheapest, u256 dearest)
{
    const u256 range = minus(dearest, cheapest);
    if (amount_is_zero(range)) return MILLION;
    const unsigned cut = bits_beyond_64(range);
    return (uint32_t)((u128)shifted(minus(dearest, price), cut) * MILLION / shifted(range, cut));
}

score_pick score_of(const score_candidate *c, const score_task *t, const score_rules *r,
                    const score_node *nodes, u256 cheapest, u256 dearest)
{
    const score_node *n = &nodes[c->node];
    score_pick p;
    p.node = c->node;
    p.price = c->price;
    p.time_ms = c->time_ms;
    p.factor[SCORE_SPEC] = fit_ppm(t, n);
    p.factor[SCORE_HISTORY] = history_ppm(r, n);
    p.factor[SCORE_REPUTATION] = n->reputation_ppm;
    p.factor[SCORE_PRICE] = price_ppm(c->price, cheapest, dearest);
    /* running < capacity, or it would be full */
    p.factor[SCORE_LOAD] = MILLION - (uint32_t)((uint64_t)n->running * MILLION / n->capacity);
    p.factor[SCORE_GEO_TIME] = geo_ppm(r, t, n);
    uint64_t sum = 0, weights = 0;
    for (unsigned i = 0; i < SCORE_FACTORS; i++) {
        sum += (uint64_t)r->weight[i] * p.factor[i]; /* < 2^31 * 2^20 */
        weights += r->weight[i];
    }
    p.score = (uint32_t)(sum / weights);
    return p;
}

/* A pick on its way to the result, with the hash that decides among equals once it was needed. */
typedef struct {
    score_pick p;
    bool hashed;
    uint8_t hash[SHA256_DIGEST_LENGTH];
} ranked;

typedef struct {
    const score_task *t;
    const score_node *nodes;
    ranked top[SCORE_TOP]; /* best first */
    unsigned n;
} ranking;

static const uint8_t *tie_break(ranked *a, const ranking *k)
{
    if (!a->hashed) {
        SHA256_CTX c;
        (void)SHA256_Init(&c);
        (void)SHA256_Update(&c, k->t->id.b, UUID_BYTES);
        (void)SHA256_Update(&c, k->nodes[a->p.node].id, SCORE_ID);
        (void)SHA256_Final(a->hash, &c);
        a->hashed = true;
    }
    return a->hash;
}

/* Of a task that went wrong before: the lower, the sooner. */
static unsigned class_of(const score_node *n) { return n->refusals > 0 ? 2 : n->probation ? 1 : 0; }

static bool before(ranked *a, ranked *b, const ranking *k)
{
    if (k->t->wary) {
        const unsigned x = class_of(&k->nodes[a->p.node]), y = class_of(&k->nodes[b->p.node]);
        if (x != y) return x < y;
    }
    if (a->p.score != b->p.score) return a->p.score > b->p.score;
    return memcmp(tie_break(a, k), tie_break(b, k), SHA256_DIGEST_LENGTH) < 0;
}

static void remove_at(ranking *k, unsigned i)
{
    k->n--;
    for (; i < k->n; i++) k->top[i] = k->top[i + 1];
}

static void insert_at(ranking *k, unsigned i, const ranked *a)
{
    if (k->n < SCORE_TOP) k->n++;
    for (unsigned j = k->n - 1; j > i; j--) k->top[j] = k->top[j - 1];
    k->top[i] = *a;
}

/* The place of the pick with the same account; k->n: there is none, or accounts may repeat. */
static unsigned place_of_account(const ranking *k, const ranked *a)
{
    const uint8_t *account = k->nodes[a->p.node].account;
    unsigned i = 0;
    if (k->t->redundancy < 2) return k->n;
    while (i < k->n && memcmp(k->nodes[k->top[i].p.node].account, account, SCORE_ID) != 0) i++;
    return i;
}

/* Keeps the best SCORE_TOP seen so far. One that was pushed out never comes back: where a pick is
 * taken out for a better one of its account, that better one takes a place. */
static void consider(ranking *k, ranked *a)
{
    if (k->n == SCORE_TOP && !before(a, &k->top[SCORE_TOP - 1], k)) return;
    const unsigned same = place_of_account(k, a);
    if (same < k->n) {
        if (!before(a, &k->top[same], k)) return;
        remove_at(k, same);
    }
    unsigned i = k->n;
    while (i > 0 && before(a, &k->top[i - 1], k)) i--;
    if (i < SCORE_TOP) insert_at(k, i, a);
}

/* Puts a pick first; the one of its account, or else the last, makes room. */
static void put_first(ranking *k, const ranked *a)
{
    for (unsigned i = 0; i < k->n; i++)
        if (k->top[i].p.node == a->p.node) {
            remove_at(k, i);
            break;
        }
    const unsigned same = place_of_account(k, a);
    if (same < k->n) remove_at(k, same);
    insert_at(k, 0, a);
}

void score_pick_nodes(score_result *out, const score_task *t, const score_rules *r,
                      const score_node *nodes, size_t n, score_candidate *room, uint64_t now_ms,
                      uint32_t draw)
{
    const bool explore = draw < r->exploration_ppm && !t->strict_deadline && !t->wary;
    u256 cheapest = {0, 0}, dearest = {0, 0};
    ranking k = {.t = t, .nodes = nodes, .n = 0};
    ranked newcomer;
    bool any_newcomer = false;
    size_t m = 0;
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < n; i++) {
        score_candidate *c = &room[m];
        const score_reason why = score_filter(&c->price, &c->time_ms, t, &nodes[i], now_ms);
        out->count[why]++;
        if (why != SCORE_ELIGIBLE) continue;
        c->node = i;
        if (m == 0 || amount_cmp(c->price, cheapest) < 0) cheapest = c->price;
        if (m == 0 || amount_cmp(c->price, dearest) > 0) dearest = c->price;
        m++;
    }
    for (size_t i = 0; i < m; i++) {
        ranked a;
        a.hashed = false;
        a.p = score_of(&room[i], t, r, nodes, cheapest, dearest);
        consider(&k, &a);
        if (!explore || !nodes[a.p.node].probation) continue;
        if (any_newcomer && !before(&a, &newcomer, &k)) continue;
        newcomer = a;
        any_newcomer = true;
    }
    if (any_newcomer && k.top[0].p.node != newcomer.p.node) {
        put_first(&k, &newcomer);
        out->explored = true;
    }
    out->n = k.n;
    for (unsigned i = 0; i < k.n; i++) out->pick[i] = k.top[i].p;
}
