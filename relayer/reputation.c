/* reputation.c - decaying counts and the lower bounds of what they say. */
#include "relayer/reputation.h"

#include "relayer/fixed.h"

#include <openssl/sha.h>
#include <string.h>

#define ONE (UINT64_C(1) << 40)
#define MOST (UINT64_C(1) << 60)
#define MILLION 1000000u
#define DAY_MS UINT64_C(86400000)

static const struct {
    const char *name;
    int quarters_good;
    unsigned quarters_bad;
    uint64_t pause_ms;
} kinds[REPUTATION_KINDS] = {
    [REPUTATION_VERIFIED] = {"verified", 4, 0, 0},
    [REPUTATION_LATE] = {"late", -1, 0, 0},
    [REPUTATION_LEASE_LOST] = {"lease_lost", 0, 2, 0},
    [REPUTATION_ABORTED] = {"aborted", 0, 2, 0},
    [REPUTATION_PROOF_INVALID] = {"proof_invalid", 0, 40, DAY_MS},
    [REPUTATION_AUDIT_FAILED] = {"audit_failed", 0, 200, UINT64_MAX},
    [REPUTATION_FALSE_FAULT] = {"false_fault", 0, 40, DAY_MS},
    [REPUTATION_INFRA] = {"infra", 0, 0, 0},
    [REPUTATION_CONTRADICTION] = {"contradiction", 0, 200, UINT64_MAX},
    [REPUTATION_TIME_LIMIT] = {"time_limit", 0, 0, 0},
};

const char *reputation_kind_name(reputation_kind k)
{
    return k < REPUTATION_KINDS ? kinds[k].name : "unknown";
}

bool reputation_kind_read(reputation_kind *out, const char *name)
{
    for (unsigned i = 0; i < REPUTATION_KINDS; i++) {
        if (strcmp(kinds[i].name, name) != 0) continue;
        *out = (reputation_kind)i;
        return true;
    }
    return false;
}

bool reputation_of_outcome(reputation_kind *out, attempt_outcome o)
{
    switch (o) {
    case OUTCOME_VERIFIED: *out = REPUTATION_VERIFIED; return true;
    case OUTCOME_NODE_LOST:
    case OUTCOME_LEASE_EXPIRED: *out = REPUTATION_LEASE_LOST; return true;
    case OUTCOME_ABORTED: *out = REPUTATION_ABORTED; return true;
    case OUTCOME_INFRA_FAILED: *out = REPUTATION_INFRA; return true;
    case OUTCOME_TIME_LIMIT: *out = REPUTATION_TIME_LIMIT; return true;
    case OUTCOME_PROOF_INVALID: *out = REPUTATION_PROOF_INVALID; return true;
    default: return false;
    }
}

bool reputation_is_fault(reputation_kind k)
{
    return k != REPUTATION_VERIFIED && k != REPUTATION_LATE && k != REPUTATION_INFRA &&
           k != REPUTATION_TIME_LIMIT;
}

uint64_t reputation_pause_ms(reputation_kind k)
{
    return k < REPUTATION_KINDS ? kinds[k].pause_ms : 0;
}

/* Two counts and their time, brought to a later time. */
static void decay(uint64_t *a, uint64_t *b, uint64_t *at_ms, uint64_t now_ms, uint64_t half_life_ms)
{
    if (now_ms <= *at_ms) return;
    const uint64_t dt = now_ms - *at_ms;
    *at_ms = now_ms;
    /* After 63 half-lives nothing is left; below that x is under 63*2^56. */
    const u128 x = ((u128)dt << 56) / half_life_ms;
    const uint64_t factor = dt / half_life_ms < 63 ? fixed_exp2_neg((uint64_t)x) : 0;
    *a = fixed_mul(*a, factor);
    *b = fixed_mul(*b, factor);
}

static uint64_t plus(uint64_t count, uint64_t more) /* both at most 2^60 */
{
    return count + more < MOST ? count + more : MOST;
}

void reputation_add(reputation *r, reputation_kind k, uint64_t at_ms)
{
    if (k >= REPUTATION_KINDS) return;
    decay(&r->good, &r->bad, &r->at_ms, at_ms, 30 * DAY_MS);
    const int good = kinds[k].quarters_good;
    const uint64_t part = (uint64_t)(good < 0 ? -good : good) * (ONE / 4);
    if (good < 0)
        r->good = r->good > part ? r->good - part : 0;
    else
        r->good = plus(r->good, part);
    r->bad = plus(r->bad, kinds[k].quarters_bad * (ONE / 4));
}

/* (top - 1.64*sqrt(x))/bottom in parts of a million; all in parts of ONE and at most 2^62. */
static uint32_t bound_ppm(uint64_t top, uint64_t x, uint64_t bottom)
{
    const uint64_t root = fixed_sqrt((u128)x << 40);
    const uint64_t off = (uint64_t)((u128)root * 41 / 25);
    if (off >= top) return 0;
    const u128 ppm = (u128)(top - off) * MILLION / bottom;
    return ppm < MILLION ? (uint32_t)ppm : MILLION;
}

uint32_t reputation_ppm(const reputation *r, uint64_t now_ms)
{
    reputation now = *r;
    decay(&now.good, &now.bad, &now.at_ms, now_ms, 30 * DAY_MS);
    const uint64_t a = 2 * ONE + now.good, b = 2 * ONE + now.bad, n = a + b; /* < 2^62 */
    /* The bound times n: a - z*sqrt(a*b/(n + 1)). */
    return bound_ppm(a, (uint64_t)((u128)a * b / (n + ONE)), n);
}

void success_rate_add(success_rate *s, bool good, uint64_t at_ms)
{
    decay(&s->good, &s->all, &s->at_ms, at_ms, 14 * DAY_MS);
    /* No longer counted at the top, so that good is never more than all. */
    if (s->all >= MOST - ONE) return;
    s->all += ONE;
    if (good) s->good += ONE;
}

uint32_t success_rate_ppm(const success_rate *s, uint64_t now_ms)
{
    success_rate now = *s;
    decay(&now.good, &now.all, &now.at_ms, now_ms, 14 * DAY_MS);
    const uint64_t g = now.good, n = now.all;
    if (n == 0) return 0;
    /* Wilson: (g + z^2/2 - z*sqrt(g(n - g)/n + z^2/4))/(n + z^2), z^2 = 1681/625. */
    const uint64_t under = (uint64_t)((u128)g * (n - g) / n) + (uint64_t)((u128)ONE * 1681 / 2500);
    return bound_ppm(g + (uint64_t)((u128)ONE * 1681 / 1250), under,
                     n + (uint64_t)((u128)ONE * 1681 / 625));
}

uint32_t reputation_quota(uint32_t quota, bool node_fault, uint32_t max)
{
    if (node_fault)
        quota /= 2;
    else if (quota < max)
        quota++;
    if (quota > max) quota = max;
    return quota ? quota : 1;
}

void allowance_renew(allowance *q, int64_t now_ms)
{
    const int64_t day = now_ms / (int64_t)DAY_MS;
    if (day <= q->day) return;
    q->day = day;
    q->left = q->daily;
}

void allowance_take(allowance *q, int64_t now_ms)
{
    allowance_renew(q, now_ms);
    if (q->left > 0) q->left--;
}

void allowance_give_back(allowance *q, int64_t day, int64_t now_ms)
{
    allowance_renew(q, now_ms);
    if (q->day == day && q->left < q->daily) q->left++;
}

void allowance_end(allowance *q, bool node_fault, uint32_t max, int64_t now_ms)
{
    allowance_renew(q, now_ms);
    q->daily = reputation_quota(q->daily, node_fault, max);
    if (!node_fault) q->left++;
    if (q->left > q->daily) q->left = q->daily;
}

uint32_t audit_rate_ppm(uint64_t clean, uint32_t usual_ppm)
{
    const uint32_t least = clean < REPUTATION_PROBATION ? MILLION : clean < 50 ? MILLION / 4 : 0;
    return least > usual_ppm ? least : usual_ppm;
}

bool audit_picks(const uint8_t salt[32], uuid task, uint32_t ppm)
{
    uint8_t text[32 + UUID_BYTES], hash[SHA256_DIGEST_LENGTH];
    uint64_t first = 0;
    memcpy(text, salt, 32);
    memcpy(text + 32, task.b, UUID_BYTES);
    SHA256(text, sizeof text, hash);
    for (unsigned i = 0; i < 8; i++) first = first << 8 | hash[i];
    return (u128)first * MILLION < (u128)ppm << 64;
}
