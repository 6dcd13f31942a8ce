/* chain_task.c - `sprove task`: tasks of the marketplace as demander and provider see them. */
#include "cli/amount.h"
#include "cli/chain_prove.h"
#include "cli/chain_session.h"
#include "cli/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM 64 /* felts of the calls here */

static const char *const status_name[] = {"created", "assigned", "completed", "cancelled",
                                          "settled"};

/* Program, input and limit of a task, from --program (or --job), --input, --max-cycles. */
static int terms_of(escrow_terms *terms, const cli_args *a, const char *program)
{
    task t;
    uint64_t max_cycles = MACHINE_MAX_CYCLES;
    memset(&t, 0, sizeof t);
    int code = cli_u64(a, OPT_MAX_CYCLES, 1, MACHINE_MAX_CYCLES, &max_cycles);
    if (!code) code = task_load(&t, program, task_mode(a));
    if (!code) code = task_read_input(&t, a);
    if (!code) code = chain_digests(&terms->program_id, &terms->input_commitment, &t);
    terms->max_cycles = max_cycles;
    task_free(&t);
    return code;
}

/* Sends, and prints the receipt with the number of the task. */
static int send(session *s, const calldata_writer *c)
{
    chain_receipt r;
    bool sent;
    escrow_event e;
    size_t felts;
    int code = session_transact(s, c, &r, &sent, &felts);
    if (code || !sent) return code;
    json_t *j = session_receipt_json(s, &r, felts);
    const bool created = session_event(s, &r, ESCROW_TASK_CREATED, &e);
    if (created) json_object_set_new(j, "task", session_json_number(e.task_id));
    chain_receipt_free(&r);
    code = report_print(s->args, j);
    if (!code && created && !s->args->value[OPT_JSON]) {
        char id[U256_TEXT];
        u256_write_text(id, e.task_id);
        printf("watch it with: sprove task show %s\n", id);
        if (fflush(stdout) == EOF) code = cli_fail(EXIT_IO, "cannot write to standard output");
    }
    return code;
}

/* "strk" is the name of it. */
static bool is_strk(felt token)
{
    felt a;
    return felt_read_hex(&a, ESCROW_STRK, strlen(ESCROW_STRK)) == SP_OK && felt_eq(a, token);
}

static int create(session *s)
{
    const cli_args *a = s->args;
    felt room[ROOM];
    calldata_writer c;
    escrow_terms terms = {.token = s->token, .required_tier = 1};
    const char *program = a->value[OPT_JOB] ? a->value[OPT_JOB] : a->value[OPT_PROGRAM];
    if (a->value[OPT_JOB] && a->value[OPT_PROGRAM])
        return cli_fail(EXIT_USAGE, "--job and --program are the same: give one");
    if (!program || !a->value[OPT_AMOUNT])
        return cli_fail(EXIT_USAGE, "task create needs --job (or --program) and --amount");
    if (felt_is_zero(s->token)) return cli_fail(EXIT_USAGE, "--token is needed");
    int code = amount_read("--amount", a->value[OPT_AMOUNT], is_strk(s->token), &terms.amount);
    if (!code && !terms.amount.low && !terms.amount.high)
        code = cli_fail(EXIT_USAGE, "--amount 0: must be above 0");
    if (!code) code = amount_deadline(a, 86400, 60, &terms.deadline);
    if (!code) code = session_verifier(s);
    if (!code) code = terms_of(&terms, a, program);
    if (code) return code;
    calldata_init(&c, room, ROOM);
    calldata_calls(&c, 2);
    escrow_create_proved_task(&c, s->contract, &terms);
    return send(s, &c);
}

static int assign(session *s, u256 id)
{
    felt room[ROOM], provider = s->who.address;
    calldata_writer c;
    uint64_t deadline;
    if (!s->args->value[OPT_PROVIDER]) return cli_fail(EXIT_USAGE, "task assign needs --provider");
    int code = session_felt(s->args, OPT_PROVIDER, &provider);
    if (!code) code = amount_deadline(s->args, 3600, 1, &deadline);
    if (code) return code;
    calldata_init(&c, room, ROOM);
    calldata_calls(&c, 1);
    escrow_assign_task(&c, s->contract, id, provider, deadline);
    return send(s, &c);
}

static int end(session *s, u256 id, const char *name)
{
    felt room[ROOM];
    calldata_writer c;
    calldata_init(&c, room, ROOM);
    calldata_calls(&c, 1);
    escrow_end_task(&c, s->contract, name, id);
    return send(s, &c);
}

static int show(session *s, u256 id)
{
    escrow_task t;
    escrow_task_ext x;
    escrow_statement st;
    const char *why = NULL;
    felt provider = s->told ? s->who.address : felt_zero(); /* a context depends on the network */
    int code = session_task(s, id, &t, &x);
    if (!code) code = session_felt(s->args, OPT_PROVIDER, &provider);
    if (!code && !felt_is_zero(provider))
        code = session_statement(s, id, provider, x.result_hash, &st);
    if (!code && !felt_is_zero(provider)) code = session_payable(s, &t, &x, provider, &why);
    if (code) return code;
    json_t *j = json_object();
    json_object_set_new(j, "task", session_json_number(id));
    json_object_set_new(j, "status", json_string(status_name[t.status]));
    json_object_set_new(j, "creator", session_json_felt(t.creator));
    json_object_set_new(j, "token", session_json_felt(t.token));
    json_object_set_new(j, "amount", session_json_number(t.amount));
    json_object_set_new(j, "required_tier", json_integer(t.required_tier));
    json_object_set_new(j, "deadline", json_integer((json_int_t)x.deadline));
    if (!felt_is_zero(x.program_id)) {
        report_hex(j, "program_id", x.program_id, ESCROW_PROGRAM_BYTES);
        report_hex(j, "input_hash", x.input_commitment, ESCROW_DIGEST_BYTES);
        json_object_set_new(j, "max_cycles", json_integer((json_int_t)x.max_cycles));
    } else {
        json_object_set_new(j, "task_hash", session_json_felt(t.task_hash));
    }
    if (!felt_is_zero(x.provider))
        json_object_set_new(j, "provider", session_json_felt(x.provider));
    if (x.assign_deadline)
        json_object_set_new(j, "assign_deadline", json_integer((json_int_t)x.assign_deadline));
    if (!felt_is_zero(provider)) {
        report_hex(j, "context", st.context, ESCROW_CONTEXT_BYTES);
        json_object_set_new(j, "payable", json_string(why ? why : "yes"));
    }
    if (t.status == ESCROW_COMPLETED) {
        report_hex(j, "output_hash", x.result_hash, ESCROW_DIGEST_BYTES);
        json_object_set_new(j, "cycles", json_integer((json_int_t)x.cycles));
        json_object_set_new(j, "provider_payout", session_json_number(x.split.provider_payout));
        json_object_set_new(j, "gas_subsidy", session_json_number(x.split.gas_subsidy));
        json_object_set_new(j, "treasury_fee", session_json_number(x.split.treasury_fee));
    }
    return report_print(s->args, j);
}

/* The tasks that --account created, a page of the contract at a time. */
static int list(session *s)
{
    u256 ids[100];
    rpc_error e;
    int code = 0;
    size_t n = SP_COUNT(ids);
    if (felt_is_zero(s->who.address)) return cli_fail(EXIT_USAGE, "task list needs --account");
    json_t *all = json_array();
    for (uint64_t from = 0; !code && n == SP_COUNT(ids); from += n) {
        const sp_status st =
            escrow_get_user_tasks(s->node, ids, &n, s->contract, s->who.address, from, &e);
        if (st != SP_OK) code = session_failed(st, &e, "get_user_tasks");
        for (size_t i = 0; i < n && !code; i++) {
            escrow_task t;
            escrow_task_ext x;
            code = session_task(s, ids[i], &t, &x);
            if (code) break;
            json_t *j = json_object();
            json_object_set_new(j, "task", session_json_number(ids[i]));
            json_object_set_new(j, "status", json_string(status_name[t.status]));
            json_object_set_new(j, "amount", session_json_number(t.amount));
            json_object_set_new(j, "deadline", json_integer((json_int_t)x.deadline));
            json_array_append_new(all, j);
        }
    }
    if (code) {
        json_decref(all);
        return code;
    }
    json_t *j = json_object();
    json_object_set_new(j, "tasks", all);
    return report_print(s->args, j);
}

int command_task(const cli_args *a)
{
    static const char *const actions[] = {"create", "list",   "show",    "assign",
                                          "cancel", "refund", "unassign"};
    session s;
    u256 id = {0, 0};
    const char *action = a->operand[0];
    unsigned which = 0;
    while (which < SP_COUNT(actions) && strcmp(action, actions[which])) which++;
    if (which == SP_COUNT(actions)) {
        const char *near = cli_nearest(action, actions, SP_COUNT(actions));
        return cli_fail(EXIT_USAGE, "task %s: %s%s; see --help", action,
                        near ? "did you mean " : "no such action", near ? near : "");
    }
    const bool numbered = which > 1;
    if (!numbered && a->n_operands != 1)
        return cli_fail(EXIT_USAGE, "task %s takes no number", action);
    if (numbered && a->n_operands != 2)
        return cli_fail(EXIT_USAGE, "task %s needs the number of the task", action);
    int code = numbered ? session_number("task", a->operand[1], &id) : 0;
    if (code) return code;
    const bool context = which == 2 && (a->value[OPT_PROVIDER] != NULL);
    const session_use use = which > 2 || which == 0 ? SESSION_SEND
                            : context               ? SESSION_NETWORK
                                                    : SESSION_LOOK;
    code = session_open(&s, a, use);
    if (!code) switch (which) {
        case 0: code = create(&s); break;
        case 1: code = list(&s); break;
        case 2: code = show(&s, id); break;
        case 3: code = assign(&s, id); break;
        case 4: code = end(&s, id, "cancel_task"); break;
        case 5: code = end(&s, id, "claim_expired"); break;
        default: code = end(&s, id, "unassign_expired");
        }
    session_close(&s);
    return code;
}
