/* chain_prove.c - see chain_prove.h. */
#include "cli/chain_prove.h"

#include "cli/chain_session.h"
#include "core/bytes.h"

#include <string.h>

int chain_digests(felt *program_id, felt *input_commitment, const task *t)
{
    prove_error e = {""};
    uint32_t id[7], h_in[8];
    uint8_t bytes[32];
    const sp_status st = prove_program_id(id, &t->program, t->mode, params_by_name("chain"),
                                          backend_find("auto"), &e);
    if (st != SP_OK) return cli_fail(EXIT_LIMIT, "%s: %s", t->name, e.text);
    statement_hash_io(h_in, t->input, (uint32_t)t->input_bytes); /* <= TASK_MAX_INPUT */
    for (size_t i = 0; i < 7; i++) bytes_put_le32(bytes + 4 * i, id[i]);
    *program_id = escrow_felt(bytes, ESCROW_PROGRAM_BYTES);
    for (size_t i = 0; i < 8; i++) bytes_put_le32(bytes + 4 * i, h_in[i]);
    *input_commitment = escrow_felt(bytes, ESCROW_DIGEST_BYTES);
    return 0;
}

/* The task asks for what is going to be run. */
static int compare(const escrow_task *t, const escrow_task_ext *x, const task *run, uint64_t *most)
{
    felt program, input;
    const int code = chain_digests(&program, &input, run);
    if (code) return code;
    if (felt_is_zero(x->program_id)) { /* only a hash of the three is stored */
        if (felt_eq(escrow_task_hash(program, input, *most), t->task_hash)) return 0;
        return cli_fail(EXIT_USAGE, "the task is for another program, --io, input or --max-cycles");
    }
    if (!felt_eq(program, x->program_id))
        return cli_fail(EXIT_USAGE, "the task is for another program, or another --io");
    if (!felt_eq(input, x->input_commitment))
        return cli_fail(EXIT_USAGE, "the task is for another input");
    if (*most > x->max_cycles) *most = x->max_cycles;
    return 0;
}

static int ask(session *s, const task *run, u256 id, prove_options *o, uint64_t *most)
{
    escrow_task t;
    escrow_task_ext x;
    escrow_statement want;
    uint8_t context[32];
    const char *why;
    felt provider = s->who.address;
    int code = session_felt(s->args, OPT_PROVIDER, &provider);
    if (!code && felt_is_zero(provider))
        code = cli_fail(EXIT_USAGE, "--provider or --account is needed with --task");
    if (!code) code = session_task(s, id, &t, &x);
    if (!code) code = session_payable(s, &t, &x, provider, &why);
    if (!code && why) code = cli_fail(EXIT_CHAIN, "%s", why);
    if (!code) code = session_verifier(s);
    if (!code) code = session_statement(s, id, provider, felt_one(), &want);
    if (!code) code = compare(&t, &x, run, most);
    if (code) return code;
    memset(context, 0, sizeof context);
    if (escrow_bytes(context, ESCROW_CONTEXT_BYTES, want.context) != SP_OK)
        return cli_fail(EXIT_UNSAT, "the context is too long");
    bytes_read_words(o->context, context, ESCROW_CONTEXT_BYTES / 4);
    return 0;
}

int chain_for_task(const cli_args *a, const task *t, prove_options *o, uint64_t *max_cycles)
{
    session s;
    u256 id;
    const char *profile = a->value[OPT_PROFILE];
    if (a->value[OPT_CONTEXT])
        return cli_fail(EXIT_USAGE, "--task gives the context: leave --context away");
    if (profile && strcmp(profile, "chain"))
        return cli_fail(EXIT_USAGE, "--task is proved with --profile chain");
    o->p = params_by_name("chain");
    int code = session_number("--task", a->value[OPT_TASK], &id);
    if (code) return code;
    code = session_open(&s, a, SESSION_NETWORK);
    if (!code) code = ask(&s, t, id, o, max_cycles);
    session_close(&s);
    return code;
}
