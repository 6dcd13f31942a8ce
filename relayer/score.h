/* score.h - which nodes are asked to do a task: who may, how good each is, and the best three.
 *
 * Nothing here is measured or remembered: the same task, rules and nodes give the same answer on
 * every machine. Shares and scores are in parts of a million. A node that passes the filter has
 *
 *   score = sum of weight*factor / sum of weights, rounded down, with the factors
 *   spec        mean over what the task needs (threads, memory, disk, GPU memory; 1 when nothing)
 * of 1 where the node has up to twice as much and 2*need/have beyond, so that large nodes stay free
 * for large tasks; 0.1 more, at most 1, for the task's class of benchmark history     0.5*uptime +
 * 0.3*success + 0.2*min(1, speed/(2*median speed of all nodes)) reputation  its lower bound
 * (reputation.h) price       (dearest - price)/(dearest - cheapest) of those that may; 1 when equal
 *   load        1 - running/capacity
 *   geo         e^(-rtt/150 ms), 0 from 1024 ms on; without a time: 1 in the region of the task,
 * 0.6 on its continent, else 0.3
 *
 * For a task that went wrong before, proven nodes come first, then those without refusals, then
 * the others. Within these the highest score is first; of equal scores the one with the smaller
 * SHA-256(task id, node id).
 */
#ifndef RELAYER_SCORE_H
#define RELAYER_SCORE_H

#include "market/uuid.h"
#include "relayer/estimate.h"

#define SCORE_ID 32 /* bytes of a node id or an account: a felt, big endian */
#define SCORE_TOP 3
#define SCORE_GEO 1024
#define SCORE_NO_RTT UINT32_MAX
#define SCORE_NO_TIER UINT32_MAX /* not known: not held against a node */

typedef struct {
    uint8_t id[SCORE_ID], account[SCORE_ID];
    bool connected, draining, banned, probation;
    bool is_signed;      /* its session is by its node key */
    bool account_proven; /* its account has signed for it */
    uint32_t tier;       /* the highest that its account is paid for; 0: it is not */
    uint32_t features;   /* bits of what it speaks: virtual machine, profile, protocol */
    uint64_t paused_until_ms;
    uint64_t rests_until_ms; /* after offers that it should have taken (refusal.h), */
    uint32_t refusals;       /* so many in a row */
    uint32_t cpu_threads, ram_gb, disk_gb, gpus, gpu_vram_gb; /* of the largest GPU */
    uint32_t bench_class;
    uint32_t region, continent; /* numbers of the caller's; 0 is unknown */
    uint32_t rtt_ms;            /* or SCORE_NO_RTT */
    uint32_t running, capacity; /* unanswered offers run, too */
    uint32_t quota_left;        /* tasks that it may still get today */
    uint32_t uptime_ppm, success_ppm, reputation_ppm;
    estimate_speed speed;
    /* Bytes a second; 0 is unknown: fetching is taken to be free. No node says it, nor a class. */
    uint64_t fetch_rate;
    u256 price_base, price_mcycle, stake;
} score_node;

/* n ids of SCORE_ID bytes, one after the other. */
typedef struct {
    const uint8_t *v;
    size_t n;
} score_ids;

typedef struct {
    uuid id;
    uint32_t features;
    uint32_t cpu_threads, ram_gb, disk_gb, gpu_vram_gb;
    bool gpu_required;
    uint32_t bench_class;    /* 0: none */
    const uint32_t *regions; /* where it may run; none: anywhere */
    size_t n_regions;
    uint32_t region, continent; /* where its demander is; 0 is unknown */
    score_ids allow, deny;      /* nodes; nothing allowed by name: all are */
    score_ids tried, busy;      /* nodes that failed it; accounts that are at it already */
    uint32_t min_reputation_ppm;
    bool on_chain;        /* only nodes with a signed session */
    bool account_proven;  /* only nodes whose account has signed for them */
    uint32_t tier;        /* of its escrow; 0: it has none */
    bool strict_deadline; /* no exploration */
    bool wary;            /* it went wrong before: the proven come first, no exploration */
    bool proven_only;
    u256 price_limit, min_stake;
    u256 mcycle_limit; /* of a node's price for a million rows; mcycle_limited */
    bool mcycle_limited;
    uint64_t cycles, rows, fetch_bytes;
    uint64_t paid_rows; /* that the price is for */
    uint64_t deadline_ms, safety_ms, claim_margin_ms;
    uint64_t max_execution_ms; /* 0: no limit but the deadline */
    unsigned redundancy;       /* 1 to SCORE_TOP */
} score_task;

enum {
    SCORE_SPEC,
    SCORE_HISTORY,
    SCORE_REPUTATION,
    SCORE_PRICE,
    SCORE_LOAD,
    SCORE_GEO_TIME,
    SCORE_FACTORS
};

typedef struct {
    uint32_t weight[SCORE_FACTORS]; /* their sum is at least 1 and below 2^31 */
    uint32_t exploration_ppm;
    uint64_t median_prove_rate; /* of all nodes; 0 where there is none: then speed counts as 1 */
    uint32_t geo_ppm[SCORE_GEO];
} score_rules;
/* Weights 150, 250, 200, 200, 100, 100 and 5 % exploration, no median. */
void score_rules_init(score_rules *r);
/* The median of n >= 1 rates, which are sorted. */
uint64_t score_median(uint64_t *rates, size_t n);

/* Why a node may not have a task: the first reason in this order. */
typedef enum {
    SCORE_ELIGIBLE,
    SCORE_OFFLINE,
    SCORE_BANNED,
    SCORE_DRAINING,
    SCORE_PAUSED,
    SCORE_RESTING,
    SCORE_FEATURES,
    SCORE_UNSIGNED,
    SCORE_NO_PROOF,
    SCORE_TIER, /* the contract would not pay its account for the task */
    SCORE_TRIED,
    SCORE_UNPROVEN,
    SCORE_ACCOUNT_BUSY,
    SCORE_DENIED,
    SCORE_NOT_ALLOWED,
    SCORE_REGION,
    SCORE_CPU,
    SCORE_RAM,
    SCORE_DISK,
    SCORE_GPU,
    SCORE_VRAM,
    SCORE_LOW_REPUTATION,
    SCORE_STAKE,
    SCORE_QUOTA,
    SCORE_FULL,
    SCORE_TOO_DEAR,
    SCORE_TOO_SLOW, /* for the deadline, or for the task's own limit */
    SCORE_REASONS
} score_reason;
const char *score_reason_name(score_reason r);
/* It has earned its place by results, and took what it was last offered. */
bool score_is_proven(const score_node *n);

/* Of an eligible node also the price and the time until its claim, in ms. */
score_reason score_filter(u256 *price, uint64_t *time_ms, const score_task *t, const score_node *n,
                          uint64_t now_ms);

typedef struct {
    size_t node; /* index */
    u256 price;
    uint64_t time_ms;
    uint32_t score, factor[SCORE_FACTORS];
} score_pick;

typedef struct {
    score_pick pick[SCORE_TOP]; /* best first */
    unsigned n;
    bool explored;
    size_t count[SCORE_REASONS]; /* how many nodes had each reason; [0]: how many may */
} score_result;

/* What one node needs while picking; uninitialised. */
typedef struct {
    size_t node;
    u256 price;
    uint64_t time_ms;
} score_candidate;

/* The factors and the score of a candidate, given the least and the greatest price of all. */
score_pick score_of(const score_candidate *c, const score_task *t, const score_rules *r,
                    const score_node *nodes, u256 cheapest, u256 dearest);

/* The best SCORE_TOP nodes, or as many as there are. With redundancy above 1 no two of one account.
 * draw is a random number of the caller's in 0..999999: below exploration_ppm, and without a strict
 * deadline, the best node in probation comes first whatever its score, so that new nodes can earn
 * one. room has n elements. */
void score_pick_nodes(score_result *out, const score_task *t, const score_rules *r,
                      const score_node *nodes, size_t n, score_candidate *room, uint64_t now_ms,
                      uint32_t draw);

#endif
