/* chain_claim.c - `sprove claim`: a proof checked here, then sent to the contract that pays for it.
 */
#include "cli/chain_session.h"
#include "cli/commands.h"
#include "cli/prooffile.h"
#include "cli/task.h"
#include "core/bytes.h"
#include "starknet/tx.h"
#include "verifier/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    file_bytes proof;
    verify_scratch *scratch;
    felt252 *words; /* of the proof, then as felts of the chain */
    felt *felts, *calldata;
    size_t n_felts; /* three before the proof when the task stores only its hash */
} claim;

static felt digest(const uint32_t *words, size_t bytes)
{
    uint8_t b[32];
    for (size_t i = 0; i < (bytes + 3) / 4; i++) bytes_put_le32(b + 4 * i, words[i]);
    return escrow_felt(b, bytes);
}

static void to_words(uint32_t out[8], felt a, size_t bytes)
{
    uint8_t b[32];
    memset(b, 0, sizeof b);
    if (escrow_bytes(b, bytes, a) != SP_OK) memset(b, 0, sizeof b); /* then nothing equals it */
    bytes_read_words(out, b, 8);
}

static int read_proof(claim *c, const char *path)
{
    char why[FILE_WHY];
    proof_error err = {NULL, 0, NULL};
    int code = prooffile_read(&c->proof, path, NULL, why);
    if (code) return cli_fail(code, "%s: %s", path, why);
    size_t n = c->proof.n / 4 + 1; /* a felt holds four bytes at the least */
    c->scratch = malloc(sizeof *c->scratch);
    c->words = malloc(n * sizeof *c->words);
    c->felts = malloc((n + 3) * sizeof *c->felts);
    c->calldata = malloc(TX_MAX_CALLDATA * sizeof *c->calldata);
    if (!c->scratch || !c->words || !c->felts || !c->calldata)
        return cli_fail(EXIT_LIMIT, "not enough memory for the proof");
    if (felts_from_proof(c->words, &n, c->proof.at, c->proof.n, &c->scratch->view,
                         &c->scratch->shape, &err) != SP_OK)
        return cli_fail(EXIT_FORMAT, "%s: not a proof: %s", path, err.text);
    if (c->scratch->shape.p != params_by_name("chain"))
        return cli_fail(EXIT_USAGE, "%s: is of the profile %s; the contract takes --profile chain",
                        path, c->scratch->shape.p->name);
    c->n_felts = n;
    return 0;
}

/* The proof as the contract takes it, after what a task that stores only a hash wants before it. */
static int make_felts(claim *c, const session *s, const escrow_task *t, const escrow_task_ext *x)
{
    const statement *st = &c->scratch->view.st;
    size_t at = 0;
    if (felt_is_zero(x->program_id)) {
        uint64_t max_cycles = MACHINE_MAX_CYCLES;
        const int code = cli_u64(s->args, OPT_MAX_CYCLES, 1, MACHINE_MAX_CYCLES, &max_cycles);
        if (code) return code;
        c->felts[0] = digest(st->program_id, ESCROW_PROGRAM_BYTES);
        c->felts[1] = digest(st->h_in, ESCROW_DIGEST_BYTES);
        c->felts[2] = felt_from_u64(max_cycles);
        if (!felt_eq(escrow_task_hash(c->felts[0], c->felts[1], max_cycles), t->task_hash))
            return cli_fail(EXIT_USAGE, "the task is for another program, input or --max-cycles");
        at = 3;
    }
    for (size_t i = 0; i < c->n_felts; i++) {
        uint64_t limbs[4];
        for (unsigned k = 0; k < 4; k++)
            limbs[k] = c->words[i].w[2 * k] | (uint64_t)c->words[i].w[2 * k + 1] << 32;
        if (felt_from_limbs(&c->felts[at + i], limbs) != SP_OK)
            return cli_fail(EXIT_UNSAT, "felt %zu of the proof is none", i);
    }
    c->n_felts += at;
    return 0;
}

/* The question that the contract will ask, asked here: a refusal there costs a fee. */
static int check(claim *c, const escrow_task_ext *x, const escrow_statement *want)
{
    const statement *st = &c->scratch->view.st;
    const felt id = digest(st->program_id, ESCROW_PROGRAM_BYTES);
    const felt input = digest(st->h_in, ESCROW_DIGEST_BYTES);
    uint32_t program[8], context[8], io[8];
    verify_reason why;
    const bool whole = !felt_is_zero(x->program_id); /* else compared by make_felts */
    if (whole && !felt_eq(id, x->program_id))
        return cli_fail(EXIT_USAGE, "the proof is of another program than the task's");
    if (whole && !felt_eq(input, x->input_commitment))
        return cli_fail(EXIT_USAGE, "the proof is of another input than the task's");
    if (!felt_eq(digest(st->context, ESCROW_CONTEXT_BYTES), want->context))
        return cli_fail(EXIT_USAGE, "the proof's context is of another contract, task or provider; "
                                    "`sprove task show` prints the one to prove with");
    if (whole && st->cycles > x->max_cycles)
        return cli_fail(EXIT_USAGE, "the proof takes more cycles than the task allows");
    to_words(program, id, ESCROW_PROGRAM_BYTES);
    to_words(context, want->context, ESCROW_CONTEXT_BYTES);
    statement_io_commitment(io, st->h_in, st->h_out);
    const verify_expect e = {.profile = c->scratch->shape.p->id,
                             .program_id = program,
                             .context = context,
                             .io_commitment = io};
    if (verify(c->proof.at, c->proof.n, &e, c->scratch, &why) != SP_OK)
        return cli_fail(EXIT_FORMAT, "the proof does not verify: %s: %s", why.name, why.text);
    return 0;
}

static int report(session *s, const chain_receipt *r, size_t felts, u256 id, felt provider)
{
    escrow_event paid;
    if (!session_event(s, r, ESCROW_PAYOUT, &paid) || !felt_eq(paid.who, provider) ||
        paid.task_id.low != id.low || paid.task_id.high != id.high)
        return cli_fail(EXIT_CHAIN, "the transaction went through, but the contract reports no "
                                    "payment to the provider");
    return report_print(s->args, session_receipt_json(s, r, felts));
}

static int submit(session *s, claim *c, u256 id, felt provider, felt result)
{
    calldata_writer w;
    chain_receipt r;
    bool sent;
    size_t felts;
    calldata_init(&w, c->calldata, TX_MAX_CALLDATA);
    calldata_calls(&w, 1);
    escrow_submit_proof(&w, s->contract, id, provider, result, (felt_span){c->felts, c->n_felts});
    int code = session_transact(s, &w, &r, &sent, &felts);
    if (code || !sent) return code;
    code = report(s, &r, felts, id, provider);
    chain_receipt_free(&r);
    return code;
}

/* A claim of an earlier run that may still be executed: before the task is looked at, which that
 * claim may have ended. *done: it was executed. */
static int resume(session *s, u256 id, felt provider, bool *done)
{
    felt room[16];
    calldata_writer w;
    chain_receipt r;
    size_t felts;
    calldata_init(&w, room, SP_COUNT(room));
    calldata_calls(&w, 1);
    escrow_submit_proof(&w, s->contract, id, provider, felt_zero(), (felt_span){NULL, 0});
    int code = session_settle(s, &w, &r, done, &felts);
    if (code || !*done) return code;
    code = report(s, &r, felts, id, provider);
    chain_receipt_free(&r);
    return code;
}

int command_claim(const cli_args *a)
{
    session s;
    claim c;
    u256 id;
    escrow_task t;
    escrow_task_ext x;
    escrow_statement want;
    felt provider;
    bool done = false;
    const char *why = NULL;
    memset(&c, 0, sizeof c);
    if (!a->value[OPT_TASK]) return cli_fail(EXIT_USAGE, "claim needs --task");
    int code = session_number("task", a->value[OPT_TASK], &id);
    if (code) return code;
    code = read_proof(&c, a->operand[0]);
    if (code) goto no_session;
    code = session_open(&s, a, SESSION_SEND);
    provider = s.who.address;
    if (!code) code = session_felt(a, OPT_PROVIDER, &provider);
    if (!code) code = resume(&s, id, provider, &done);
    if (code || done) goto out;
    code = session_task(&s, id, &t, &x);
    if (!code) code = session_payable(&s, &t, &x, provider, &why);
    if (!code && !why && a->value[OPT_ASSIGNED] && t.status != ESCROW_ASSIGNED)
        why = "the task is not assigned yet";
    if (!code && why)
        code = cli_fail(t.status > ESCROW_ASSIGNED ? EXIT_OVER : EXIT_CHAIN, "%s", why);
    if (!code && !a->value[OPT_UNCHECKED]) code = session_verifier(&s);
    if (code) goto out;
    const felt result = digest(c.scratch->view.st.h_out, ESCROW_DIGEST_BYTES);
    code = session_statement(&s, id, provider, result, &want);
    if (!code) code = make_felts(&c, &s, &t, &x);
    if (!code && !a->value[OPT_UNCHECKED]) code = check(&c, &x, &want);
    if (!code) code = submit(&s, &c, id, provider, result);
out:
    session_close(&s);
no_session:
    free(c.proof.at);
    free(c.scratch);
    free(c.words);
    free(c.felts);
    free(c.calldata);
    return code;
}
