/* hostile_traces.c - the hostile traces of hostile_{memory,program,public}.c as complete proofs:
 * those files are compiled once more, with these judges in place of the row checkers. A trace that
 * breaks a constraint fails at the OODS point, one that looks up what no table holds has sums that
 * are not 0, one that does not balance has a product that is not 1; without that one check the proof
 * is accepted, if the trace breaks nothing else. */
#include "tests/soundness/hostile_prover.h"

static hostile now;

STEP(state_public)
{
    const air_public *pub = &h->s.t.pub;
    statement *st = &pv->st;
    (void)i;
    if (step == STEP_SETUP) pv->ph.entry = pub->entry;
    if (step != STEP_STATEMENT) return;
    pv->pub = *pub;
    st->cycles = pub->cycles;
    st->exit_code = pub->exit_code;
    if (pub->mode == MACHINE_IO_DIGEST) return; /* no hashes are known that give another digest */
    statement_hash_io(st->h_in, pub->input, pub->input_bytes);
    statement_hash_io(st->h_out, pub->output, pub->output_bytes);
    statement_io_commitment(st->io_commitment, st->h_in, st->h_out);
}

static bool proved(const scene *s)
{
    free(now.proof);
    memset(&now, 0, sizeof now);
    now.s = *s; /* lent */
    now.p = params_by_name("bench");
    now.trace = true;
    now.step = state_public;
    if (s->o.input_bytes > sizeof now.input) return false;
    if (s->o.input_bytes) memcpy(now.input, s->o.input, s->o.input_bytes);
    now.input_bytes = s->o.input_bytes;
    if (!hostile_prove(&now)) return false;
    if (s->o.mode == MACHINE_IO_WORDS) {
        now.e.input = s->t.pub.input;
        now.e.input_bytes = s->t.pub.input_bytes;
        now.e.output = s->t.pub.output;
        now.e.output_bytes = s->t.pub.output_bytes;
    } else {
        now.e.output = s->run.output;
        now.e.output_bytes = s->run.output_bytes;
    }
    return true;
}

static enum verify_check check_of(const char *rule)
{
    if (!strcmp(rule, "balance")) return CHECK_PRODUCT;
    return strchr(rule, ' ') ? CHECK_OODS : CHECK_SUM;
}

/* Rejected by one of the three. */
static bool judged_anyhow(void)
{
    static verify_scratch scratch;
    verify_reason why;
    const sp_status st = verify(now.proof, now.proof_bytes, &now.e, &scratch, &why);
    const bool ok = st == SP_ERR_REJECT && (why.check == CHECK_PRODUCT || why.check == CHECK_SUM ||
                                            why.check == CHECK_OODS);
    if (!ok) printf("  proof: %s\n", st == SP_OK ? "accepted" : why.name);
    return ok;
}

bool scene_rejected(scene *s, const char *rule, const char *const *off)
{
    if (!proved(s)) return false;
    if (!off) return judged_anyhow();
    enum verify_check first = check_of(rule);
    bool one = true;
    for (; *off; off++) {
        const enum verify_check c = check_of(*off);
        one &= c == first;
        if (c < first) first = c;
    }
    return hostile_judged(&now, first, one);
}

bool scene_unbalanced(scene *s, uint32_t n_tuples)
{
    (void)n_tuples;
    return proved(s) && hostile_judged(&now, CHECK_PRODUCT, true);
}
