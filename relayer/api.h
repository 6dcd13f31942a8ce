/* api.h - the handlers of the routes. */
#ifndef RELAYER_API_H
#define RELAYER_API_H

#include "relayer/call.h"
#include "relayer/hook.h"
#include "relayer/task.h"

/* api_answer.c: a time as it is shown, null for 0; errors of a body (check.h) as 400. */
json_t *api_time_json(int64_t ms);
struct check;
void api_refuse_fields(call *c, const struct check *m);
/* 422, with the pointer of the one thing that is wrong. */
void api_refuse_one(call *c, const char *pointer, const char *code, const char *detail);
/* Where a body says what hook_task_accept refused: one of a task, or the callback alone. */
const char *api_callback_at(const task_new *t, bool in_task);

/* api_system.c */
void api_version(call *c, db *d, core *k);
void api_live(call *c, db *d, core *k);
void api_ready(call *c, db *d, core *k);

/* openapi.c */
void api_openapi(call *c, db *d, core *k);

/* api_health.c */
void api_health(call *c, db *d, core *k);
void api_stats(call *c, db *d, core *k);
/* Bytes that wait to be moved from the database's log into its file; -1: it is elsewhere. */
int64_t api_wal_bytes(const app *a);

/* dashboard.c */
void api_dashboard(call *c, db *d, core *k);
void api_dashboard_css(call *c, db *d, core *k);
void api_dashboard_js(call *c, db *d, core *k);
void api_dashboard_svg(call *c, db *d, core *k);

/* api_task.c */
void api_task_create_prepare(call *c, db *d, core *k);
void api_task_create(call *c, db *d, core *k);
void api_task_create_drop(void *prepared);
void api_task_show(call *c, db *d, core *k);
void api_task_cancel(call *c, db *d, core *k);
void api_task_retry(call *c, db *d, core *k);
bool api_is_admin(const call *c);
void api_no_such_task(call *c);
/* Whether the caller may see a task of this key: its own, a public one, or any as an administrator.
 */
bool api_may_see(const call *c, const char *key_id, const char *visibility);
/* The task of the path, when it is the caller's. False: c is answered. */
SP_MUST_USE bool api_own_task(call *c, db *d, task_brief *t);

#define API_LOCATION (32 + UUID_TEXT)
/* For api_batch.c: an Idempotency-Key of the right form (false: answered); the hash of the body; an
 * answer given before to this key of this request (true: answered again); one that is kept; whether
 * the key may have one more open task (amount NULL: one that it had before; false: why, and when it
 * may again); a task that is taken down, as it is answered (NULL: no id can be made). */
bool api_idem_check(call *c, bool required);
void api_idem_fingerprint(char out[65], const call *c);
bool api_idem_replayed(call *c, db *d, const char *fingerprint);
void api_idem_store(call *c, db *d, core *k, const char *fingerprint, const char *key,
                    const char *location);
bool api_may_open(const call *c, db *d, core *k, const char *amount, const char **why,
                  uint64_t *retry_s);
#define API_UNSEEN "this key has as many tasks whose escrow was not seen yet as it may have"
/* Whether a task with this escrow can be taken at all; false: why. A task that names no contract
 * gets the relayer's. */
/* Whose programs and blobs a body may name. */
task_asker api_asker(const call *c, db *d);
/* As how many more posts one counts, for the bytes that a reader had to hash for it. */
unsigned api_cost_of(const task_asker *who);
bool api_chain_takes(const call *c, task_new *t, task_refusal *why);
/* The task is the caller's; its creator is the account that has logged in. False: it names another.
 */
bool api_task_owner(const call *c, task_new *t, task_refusal *why);
/* The answer. NULL: it is refused (why), or cannot be stored (why is ""). */
json_t *api_task_insert(call *c, core *k, task_new *t, char why[HOOK_REASON]);

/* api_batch.c */
void api_task_batch_prepare(call *c, db *d, core *k);
void api_task_batch(call *c, db *d, core *k);
void api_task_batch_drop(void *prepared);

/* api_estimate.c */
void api_estimate(call *c, db *d, core *k);

/* api_list.c, api_events.c */
void api_task_list(call *c, db *d, core *k);
void api_task_events(call *c, db *d, core *k);

/* api_node.c */
void api_node_list(call *c, db *d, core *k);
void api_node_show(call *c, db *d, core *k);
void api_node_tasks(call *c, db *d, core *k);
void api_node_reputation(call *c, db *d, core *k);

/* api_node_edit.c */
void api_node_patch(call *c, db *d, core *k);
void api_node_earnings(call *c, db *d, core *k);

/* api_chain.c */
void api_chain_task(call *c, db *d, core *k);
void api_chain_user(call *c, db *d, core *k);
void api_chain_earnings(call *c, db *d, core *k);
void api_chain_node(call *c, db *d, core *k);

/* api_auth.c */
void api_auth_challenge(call *c, db *d, core *k);
void api_auth_token_prepare(call *c, db *d, core *k);
void api_auth_token(call *c, db *d, core *k);
void api_auth_end(call *c, db *d, core *k);

/* api_key.c, api_program.c */
json_t *api_scopes_json(uint32_t scopes);
/* In the unit that changed the table of keys: they are known before its owner is told, and as they
 * were when it is undone. False: c is answered. */
SP_MUST_USE bool api_keys_changed(call *c, db *d, core *k);
void api_key_create(call *c, db *d, core *k);
void api_key_patch(call *c, db *d, core *k);
void api_key_list(call *c, db *d, core *k);
void api_key_revoke(call *c, db *d, core *k);
void api_me(call *c, db *d, core *k);
void api_me_usage(call *c, db *d, core *k);
/* api_own_program.c */
void api_own_program_prepare(call *c, db *d, core *k);
void api_own_program_create(call *c, db *d, core *k);
void api_own_program_drop(void *prepared);
void api_own_program_delete(call *c, db *d, core *k);

void api_program_list(call *c, db *d, core *k);
void api_program_show(call *c, db *d, core *k);

/* api_audit.c */
void api_audit_create(call *c, db *d, core *k);
void api_audit_list(call *c, db *d, core *k);
void api_audit_show(call *c, db *d, core *k);

/* api_webhook.c */
void api_webhook_create(call *c, db *d, core *k);
void api_webhook_list(call *c, db *d, core *k);
void api_webhook_show(call *c, db *d, core *k);
void api_webhook_delete(call *c, db *d, core *k);
void api_webhook_rotate(call *c, db *d, core *k);
void api_webhook_test(call *c, db *d, core *k);
void api_webhook_deliveries(call *c, db *d, core *k);
void api_webhook_redeliver(call *c, db *d, core *k);

/* api_blob.c: "bytes=A-B", "bytes=A-", "bytes=-N": one range. 0: none asked for, or one that is to
 * be ignored; 1: this one; -1: none of the bytes. */
int api_range_read(const char *text, uint64_t size, uint64_t *from, uint64_t *n);

/* contradiction.c */
void api_contradiction_list(call *c, db *d, core *k);

/* api_bundle.c */
void api_task_bundle(call *c, db *d, core *k);

/* api_callback.c */
void api_task_callback(call *c, db *d, core *k);

/* api_blob.c */
void api_blob_put_prepare(call *c, db *d, core *k);
void api_blob_put(call *c, db *d, core *k);
void api_blob_get(call *c, db *d, core *k);
void api_task_proof(call *c, db *d, core *k);
void api_task_output(call *c, db *d, core *k);
void api_task_result(call *c, db *d, core *k);

/* api_admin.c */
void api_admin_backup(call *c, db *d, core *k);
void api_admin_backup_show(call *c, db *d, core *k);
void api_admin_optional(call *c, db *d, core *k); /* prepare: a body that may be left out */
void api_admin_drain(call *c, db *d, core *k);
void api_admin_rescan(call *c, db *d, core *k);
void api_admin_reload_prepare(call *c, db *d, core *k);
void api_admin_reload(call *c, db *d, core *k);
void api_admin_requeue(call *c, db *d, core *k);
void api_admin_ban(call *c, db *d, core *k);
void api_admin_unban(call *c, db *d, core *k);
/* Whether new tasks are taken; false: answered with 503. From any thread. */
bool api_takes_tasks(call *c);

/* api_admin_view.c */
void api_admin_queue(call *c, db *d, core *k);
void api_admin_sessions(call *c, db *d, core *k);
void api_admin_config(call *c, db *d, core *k);
void api_admin_actions(call *c, db *d, core *k);

#endif
