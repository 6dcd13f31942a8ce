/* node.h - provider nodes: their sessions, what they say, what they are asked. On the core's
 * thread.
 *
 * The messages are those of docs/node-protocol.md (sprove-node.v1). Everything a node says about a
 * task is fenced by the lease token of its attempt, and saying it again changes nothing. */
#ifndef RELAYER_NODE_H
#define RELAYER_NODE_H

#include "market/digest.h"
#include "relayer/core.h"
#include "relayer/reputation.h"
#include "relayer/score.h"
#include "relayer/server.h"
#include "relayer/vitals.h"

#include <jansson.h>

/* Bits of score_node.features. */
#define NODE_HAS_ACCOUNT 1u /* that a contract can pay */

#define NODE_ID 67 /* 0x, 64 digits and the zero byte */

typedef struct node_session {
    struct node_session *next, *next_id; /* with the same hash of handle, of id */
    server_handle handle;
    char id[NODE_ID], peer[46], session[UUID_TEXT];
    felt nonce; /* that the register message must sign */
    bool registered;
    bool over; /* its socket is being closed: what was on its way is not read any more */
    digest_key key;
    char address[FELT_HEX];
    int64_t opened_ms, seen_ms; /* node_clock */
    unsigned malformed;
    score_node node; /* running: offered, leased or running */
    reputation rep;
    success_rate tries;
    uint64_t clean; /* verified results without a fault */
    allowance quota;
    int64_t payee_until_ms; /* until when its account has signed for it; node.account_proven */
    uint32_t disk_gb;       /* as it registered; node.disk_gb is what is free of it */
    int64_t rtt_us;         /* below 0: not known */
    int64_t counted_ms;     /* node_clock, of its uptime */
    /* Of a message that came without a socket: what would be sent stays here, one message. */
    json_t **said;
} node_session;

typedef struct nodes nodes;

sp_status nodes_new(nodes **out);
void nodes_delete(nodes *n);
/* What nodes said of themselves; any thread. */
vitals_table *nodes_vitals(nodes *n);
/* Milliseconds of a clock that nobody sets. */
int64_t node_clock(void);
/* Those that are registered. */
size_t nodes_count(const nodes *n);
node_session *nodes_find(nodes *n, const char *id);
/* All sessions, one after the other: *at starts as 0. */
node_session *nodes_each(nodes *n, size_t *at);

/* Jobs of the loop's thread. text is taken over. False: the core is full (the socket is closed). */
struct app;
void node_on_open(struct app *a, server_handle h, const char *id, const char *peer);
/* rtt_us: how long its socket takes to answer; below 0: not known. */
void node_on_message(struct app *a, server_handle h, char *text, size_t n, int64_t rtt_us);
void node_on_close(struct app *a, server_handle h);
/* The relayer stops: every node is told to come back, not all at once, and its socket is closed. */
void node_on_drain(struct app *a);

/* Sends after the commit; takes the reference. */
void node_send(core *c, const node_session *s, json_t *message);
void node_close(core *c, const node_session *s, unsigned code, const char *reason);
void node_error(core *c, const node_session *s, const char *re, const char *code, bool is_fatal,
                const char *detail);

/* The error node_banned, with until when; and the socket is closed. */
void node_say_banned(core *c, const node_session *s, const char *re);

/* To a node wherever its session is, after the commit; takes the reference. Lost where it has none:
 * only for what the node hears otherwise, too. */
void node_tell(core *c, const char *node, json_t *message);
/* Something other than its session has changed the row of a node (banned it, ended an attempt): who
 * has the session reads it again. */
void node_changed(core *c, const char *node);
void node_read_again(core *c, node_session *s);
/* What a unit changes of a session in memory is read again should the unit be undone. */
void node_keep_in_step(core *c, const node_session *s);
/* A node has registered here: a session that another relayer has of it is closed. */
void node_replaced(core *c, const char *node, const char *session);
/* Whether no other relayer has a newer session of this node; so it stays until the end of the
 * transaction. */
bool node_is_ours(core *c, const node_session *s);
/* What other relayers have for the sessions of this one. */
void node_read_mail(core *c);

/* An attempt of this task that is under way ends with this outcome, and its node is told. */
void node_task_ended(core *c, const char *task, attempt_outcome outcome);
/* Ends one attempt: outcome, events of reputation, the node's count. False: it had ended already.
 */
bool node_attempt_end(core *c, const char *task, int64_t attempt, const char *node,
                      attempt_outcome outcome, const char *failure, const char *detail);
/* The task goes back into the queue, or fails when it has had its tries. */
void node_task_retry(core *c, const char *task, failure_code why, const char *detail);
/* The same after an offer that its node did not take, which costs the task no try (refusal.h). */
void node_task_refused(core *c, const char *task, const char *node, bool declined,
                       const char *detail);

/* Per message; re is the message's id or NULL. */
void node_register(core *c, node_session *s, const json_t *m, const char *re);
void node_heartbeat(core *c, node_session *s, const json_t *m, const char *re);
void node_ack(core *c, node_session *s, const json_t *m, const char *re);
void node_progress(core *c, node_session *s, const json_t *m, const char *re);
void node_result(core *c, node_session *s, const json_t *m, const char *re);
void node_update(core *c, node_session *s, const json_t *m, const char *re);
void node_cancelled(core *c, node_session *s, const json_t *m, const char *re);
void node_claim(core *c, node_session *s, const json_t *m, const char *re);
/* A result of an attempt that has one already: held against the node where it signed both and they
 * differ. */
void node_contradicts(core *c, node_session *s, const char *task, int64_t n, const json_t *m);
/* From now on the session is its node's; an older one of the same node is closed. */
void node_session_registered(core *c, node_session *s);

/* A node's id as score_node has it: a felt, or a name of the older protocol as its characters. */
void node_id_bytes(uint8_t out[SCORE_ID], const char *id);
/* Whom a node works for, as score_node has it: its account, or where it has none itself. */
void node_account(uint8_t out[SCORE_ID], const char *address, const char *id);
/* The number that stands for a region in score_node. */
uint32_t node_region(const char *name);
/* And for its continent, which is the name up to the first hyphen. */
void node_regions(uint32_t *region, uint32_t *continent, const char *name);

/* What a node had under way when its socket went, after the time of grace. */
void node_lost(core *c, const char *node);

/* node_signed.c: whether a task_result is signed by the node's key; of a task_ack what is to be
 * kept of it, or NULL. On NULL the unit may have failed (memory). */
SP_MUST_USE char *node_signed_ack(core *c, node_session *s, const char *task, int64_t n,
                                  const json_t *m);
SP_MUST_USE bool node_signed_result(core *c, node_session *s, const char *task, int64_t n,
                                    const json_t *m);

/* node_resume.c: what a node that registers is held to, and whether it goes on with it (its word is
 * `resume` of the register message); then, what it is told again: what it does not name, and offers
 * of which no answer came. Only a node that sends `resume` is. */
#define NODE_MOST_RUNNING 1024
#define NODE_MOST_AGAIN 64
SP_MUST_USE bool node_resume_is_well_formed(const json_t *m);
json_t *node_leases(core *c, const node_session *s, const json_t *m);
void node_resume(core *c, const node_session *s, const json_t *m);

/* node_count.c: an attempt has ended, counted after the commit; a node's signature, timed. */
void node_count_ended(core *c, attempt_outcome o);
SP_MUST_USE sp_status node_check_signature(core *c, digest_key *key, felt z,
                                           const digest_signature *s);

#endif
