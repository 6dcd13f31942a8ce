/* chain_report.c - what the commands of the marketplace print: receipts, events, views. */
#include "cli/chain_session.h"
#include "cli/task.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool session_event(const session *s, const chain_receipt *r, escrow_event_kind kind,
                   escrow_event *out)
{
    for (size_t i = 0; i < r->n_events; i++) {
        escrow_event e;
        if (felt_eq(r->events[i].from, s->contract) &&
            escrow_parse_event(&e, r->events[i].keys, r->events[i].data) == SP_OK &&
            e.kind == kind) {
            *out = e;
            return true;
        }
    }
    return false;
}

json_t *session_json_felt(felt a)
{
    char text[FELT_HEX];
    felt_write_hex(text, a);
    return json_string(text);
}

json_t *session_json_number(u256 a)
{
    char text[U256_TEXT];
    u256_write_text(text, a);
    return json_string(text);
}

void report_hex(json_t *j, const char *name, felt a, size_t bytes)
{
    uint8_t b[32];
    char text[65];
    memset(b, 0, sizeof b);
    if (escrow_bytes(b, bytes, a) != SP_OK) return;
    for (size_t i = 0; i < bytes; i++) snprintf(text + 2 * i, 3, "%02x", b[i]);
    json_object_set_new(j, name, json_string(text));
}

static json_t *event_json(const escrow_event *e)
{
    json_t *j = json_object();
    const char *name = NULL;
    json_object_set_new(j, "task", session_json_number(e->task_id));
    switch (e->kind) {
    case ESCROW_TASK_CREATED: name = "TaskCreated"; break;
    case ESCROW_TASK_ASSIGNED: name = "TaskAssigned"; break;
    case ESCROW_TASK_CANCELLED: name = "TaskCancelled"; break;
    case ESCROW_TASK_EXPIRED: name = "TaskExpired"; break;
    case ESCROW_PROOF_VERIFIED:
        name = "ProofVerified";
        json_object_set_new(j, "statement_hash", session_json_felt(e->hash));
        json_object_set_new(j, "cycles", json_integer((json_int_t)e->time));
        break;
    case ESCROW_TASK_COMPLETED:
        name = "TaskCompleted";
        json_object_set_new(j, "provider", session_json_felt(e->who));
        json_object_set_new(j, "result_hash", session_json_felt(e->hash));
        break;
    case ESCROW_FEE_COLLECTED:
        name = "FeeCollected";
        json_object_set_new(j, "treasury_fee", session_json_number(e->split.treasury_fee));
        json_object_set_new(j, "gas_subsidy", session_json_number(e->split.gas_subsidy));
        json_object_set_new(j, "provider_payout", session_json_number(e->split.provider_payout));
        break;
    case ESCROW_PAYOUT:
        name = "PayoutReleased";
        json_object_set_new(j, "provider", session_json_felt(e->who));
        json_object_set_new(j, "amount", session_json_number(e->amount));
        break;
    default: break;
    }
    json_object_set_new(j, "event", json_string(name ? name : "other"));
    return j;
}

json_t *session_receipt_json(const session *s, const chain_receipt *r, size_t felts)
{
    json_t *j = json_object(), *list = json_array();
    if (r->n_events) json_object_set_new(j, "transaction", session_json_felt(r->events[0].tx_hash));
    json_object_set_new(j, "block", json_integer((json_int_t)r->block_number));
    json_object_set_new(j, "calldata_felts", json_integer((json_int_t)felts));
    json_object_set_new(j, "l2_gas", json_integer((json_int_t)r->l2_gas));
    json_object_set_new(j, "l1_data_gas", json_integer((json_int_t)r->l1_data_gas));
    json_object_set_new(j, "fee", session_json_number((u256){r->actual_fee, 0}));
    for (size_t i = 0; i < r->n_events; i++) {
        escrow_event e;
        if (felt_eq(r->events[i].from, s->contract) &&
            escrow_parse_event(&e, r->events[i].keys, r->events[i].data) == SP_OK &&
            e.kind != ESCROW_OTHER)
            json_array_append_new(list, event_json(&e));
    }
    json_object_set_new(j, "events", list);
    return j;
}

int report_print(const cli_args *a, json_t *j)
{
    json_t *v, *e;
    const char *key;
    size_t i;
    if (a->value[OPT_JSON]) return task_print_json(j);
    json_object_foreach(j, key, v)
    {
        if (json_is_string(v)) printf("%-19s %s\n", key, json_string_value(v));
        if (json_is_integer(v))
            printf("%-19s %" JSON_INTEGER_FORMAT "\n", key, json_integer_value(v));
        json_array_foreach(v, i, e)
        {
            char *text = json_dumps(e, JSON_COMPACT);
            if (text) printf("%-19s %s\n", key, text);
            free(text);
        }
    }
    json_decref(j);
    return fflush(stdout) == EOF ? cli_fail(EXIT_IO, "cannot write to standard output") : 0;
}
