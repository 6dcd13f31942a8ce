/* demand.h - queued tasks: reading them in their order, and what each asks of a node. On the core's
 * thread. */
#ifndef RELAYER_DEMAND_H
#define RELAYER_DEMAND_H

#include "relayer/dispatch.h"
#include "relayer/pool.h"
#include "relayer/slot.h"
#include "relayer/task.h"

#define DEMAND_TRIED 128 /* nodes that a task remembers; of more the last */

typedef struct {
    char id[UUID_TEXT], key[KEY_ID], profile[12], io_mode[8], program[65],
        program_id[PROGRAM_ID_HEX], input_commitment[PROGRAM_DIGEST_HEX], input_sha256[TASK_SHA256],
        amount[TASK_AMOUNT], chain_contract[FELT_HEX], chain_task_id[TASK_AMOUNT];
    char *requirements;
    int64_t version, deadline, attempts, max_attempts, max_cycles, input_bytes;
    int64_t priority, created_at, redundancy, work_cycles, work_rows;
    int64_t refusals, others_at; /* refusal.h */
    slots slot;                  /* from here on: demand_read */
    uint8_t tried[DEMAND_TRIED][SCORE_ID], busy[2 * SLOT_MOST][SCORE_ID];
    size_t n_tried, n_busy;
    bool wary; /* one that took it did not deliver, or PATIENCE_FREE in a row did not take it */
} demand;

#define DEMAND_NAMED 100 /* of a list in the requirements: task_parse.c takes no more */

/* Where the lists of a score_task stand. */
typedef struct {
    uint32_t regions[DEMAND_NAMED];
    uint8_t allow[DEMAND_NAMED][SCORE_ID], deny[DEMAND_NAMED][SCORE_ID],
        bound[DEMAND_NAMED][SCORE_ID];
} demand_lists;

/* Before a deadline; and for a claim. */
#define DEMAND_SAFETY_MS 2000u
#define DEMAND_CLAIM_MS 60000u
/* Until a task has run nobody knows its cycles: it is taken to be small, and the lease bounds the
 * rest. */
#define DEMAND_USUAL_CYCLES 100000
uint64_t demand_cycles(int64_t max_cycles);
uint64_t demand_rows(const char *profile, uint64_t cycles);

/* What is to be looked at in this round: the beginning of the queue (top), or what follows the
 * mark. At most `most` tasks; returns how many. demand_free each. */
size_t demand_queue(core *c, demand *list, size_t most, const dispatch_mark *m, bool top,
                    int64_t now);
/* The first tasks of several demanders (by urgency.h), beginning with the one behind `after` in the
 * order of their keys, and around; *after becomes the first of these. Where one alone has tasks in
 * the queue, those of its first ones that have no more than URGENCY_SOON_MS.
 */
size_t demand_heads(core *c, demand *list, size_t most, char after[KEY_ID], int64_t now);
/* Of several demanders each the task that is in the greatest hurry, the earliest deadline first. */
size_t demand_hurried(core *c, demand *list, size_t most, int64_t now);
void demand_free(demand *q);
/* A task in whatever state: demand_free it. False: there is none. */
SP_MUST_USE bool demand_find(core *c, demand *q, const char *task);
/* Who had it, which slots wait, and what it asks for. */
void demand_read(core *c, score_task *t, demand_lists *lists, demand *q);
/* Whether a task with an escrow still has it - it does not while blocks are undone -, and the tier
 * that it asks of its provider. */
SP_MUST_USE bool demand_escrow(core *c, uint32_t *tier, const demand *q);
/* A demander who has assigned the task on the chain has chosen: while that binds, only nodes with
 * this account are asked, as no other would be paid. False: there is none. What the relayer itself
 * has assigned does not bind it: it is assigned anew when its time is over. */
SP_MUST_USE bool demand_bound(core *c, score_task *t, demand_lists *lists, const demand *q,
                              const pool *p, int64_t now);
/* It is not looked at for so long. */
void demand_put_off(core *c, const demand *q, int64_t ms);

#endif
