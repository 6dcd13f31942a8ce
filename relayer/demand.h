/* demand.h - queued tasks: reading them in their order, and what each asks of a node. On the core's
 * thread. */
#ifndef RELAYER_DEMAND_H
#define RELAYER_DEMAND_H

#include "relayer/dispatch.h"
#include "relayer/pool.h"
#include "relayer/slot.h"
#include "relayer/task.h"

typedef struct {
    char id[UUID_TEXT], profile[12], io_mode[8], program[65], program_id[PROGRAM_ID_HEX],
        input_commitment[PROGRAM_DIGEST_HEX], input_sha256[TASK_SHA256], amount[TASK_AMOUNT],
        chain_contract[FELT_HEX], chain_task_id[TASK_AMOUNT];
    char *requirements;
    int64_t version, deadline, attempts, max_attempts, max_cycles, input_bytes;
    int64_t priority, created_at, redundancy;
    slots slot; /* from here on: demand_read */
    uint8_t tried[32][SCORE_ID], busy[SLOT_MOST][SCORE_ID];
    size_t n_tried, n_busy;
} demand;

#define DEMAND_NAMED 100 /* of a list in the requirements: task_parse.c takes no more */

/* Where the lists of a score_task stand. */
typedef struct {
    uint16_t regions[DEMAND_NAMED];
    uint8_t allow[DEMAND_NAMED][SCORE_ID], deny[DEMAND_NAMED][SCORE_ID],
        bound[DEMAND_NAMED][SCORE_ID];
} demand_lists;

/* What is to be looked at in this round: the beginning of the queue (top), or what follows the
 * mark. At most `most` tasks; returns how many. demand_free each. */
size_t demand_queue(core *c, demand *list, size_t most, const dispatch_mark *m, bool top,
                    int64_t now);
/* The first tasks of several demanders, beginning with the one behind `after` in the order of their
 * keys, and around; *after becomes the first of these. None where one alone has tasks in the queue.
 */
size_t demand_heads(core *c, demand *list, size_t most, char after[KEY_ID], int64_t now);
void demand_free(demand *q);
/* Who had it, which slots wait, and what it asks for. */
void demand_read(core *c, score_task *t, demand_lists *lists, demand *q);
/* A demander who has assigned the task on the chain has chosen: while that binds, only nodes with
 * this account are asked, as no other would be paid. False: there is none. What the relayer itself
 * has assigned does not bind it: it is assigned anew when its time is over. */
SP_MUST_USE bool demand_bound(core *c, score_task *t, demand_lists *lists, const demand *q,
                              const pool *p, int64_t now);
/* It is not looked at for so long. */
void demand_put_off(core *c, const demand *q, int64_t ms);

#endif
