/* hostile_prover.h - complete proofs by a prover that cheats at chosen steps and is otherwise
 * honest (same transcript, same openings), and the verifiers that judge them: the real one, and one
 * built with SP_VERIFY_SKIP in which a single check is left out.
 *
 * CHEAT(name, CHECK) { ... } makes TEST(name_is_rejected): the proof that the body makes must be
 * rejected by exactly that check. CHEAT_ALONE also demands that it is accepted when that check alone
 * is left out, and counts for the coverage of VERIFY_CHECKS. */
#ifndef TESTS_SOUNDNESS_HOSTILE_PROVER_H
#define TESTS_SOUNDNESS_HOSTILE_PROVER_H

#include "prover/state.h"
#include "tests/soundness/scene.h"
#include "tests/test.h"
#include "verifier/verify.h"

typedef struct hostile hostile;
typedef void hostile_step(hostile *h, prover *pv, enum prove_step step, unsigned i);

struct hostile {
    const char *cheat;      /* name of the CHEAT, when it is judged */
    guest g;
    scene s;                /* guest, run, trace */
    bool trace;             /* prove the columns of s.t, counted anew, instead of filling them */
    bool counted;           /* with trace: multiplicities are s.t's too */
    const params *p;        /* HOSTILE_PROFILE, unless changed before hostile_prove */
    uint32_t context[7];
    hostile_step *step;     /* or NULL */
    unsigned idle_nonce;    /* n > 0: the nth grind of the proof does no work */
    unsigned n_grinds;
    uint32_t at[8], n;      /* for the body and its step */
    uint8_t *keep;          /* the same; freed */
    uint8_t *proof;
    size_t proof_bytes;
    verify_expect e;        /* set by hostile_prove from the run; the body may change it */
    uint32_t program_id[7]; /* what e.program_id points to: of the program as proved */
    uint32_t io[8];
    uint8_t input[64], output[64]; /* of the run */
    uint32_t input_bytes, output_bytes;
    uint32_t hint[9];
    verify_reason why; /* of the last judgement */
};

/* The input of the guests below; the input word is 77. */
#define HOSTILE_INPUT 77u

/* A guest that uses input, hint, image data, RAM, every kind of boundary, and its run:
 * output = (input + hint) * 5 with hint = 3, one word; exit code 0. */
bool hostile_words(hostile *h);
/* A guest of digest mode that takes the io digest from its hint and touches no RAM. */
bool hostile_digest(hostile *h);
/* The same with the guest in h->g: input one word HOSTILE_INPUT, hint one word 3. */
bool hostile_run(hostile *h);
/* Fills h->s.t from the (edited) record, to be edited further and proved as it is. */
bool hostile_fill(hostile *h);
/* The proof; prints why not. */
bool hostile_prove(hostile *h);
void hostile_free(hostile *h);

/* Where the fields of a proof stand, in order. */
typedef struct {
    enum proof_field f;
    enum proof_kind kind;
    size_t offset, bytes;
} hostile_span;
#define HOSTILE_MAX_SPANS 512
/* Fills out[HOSTILE_MAX_SPANS] and the shape; returns the number, 0 when it is no proof. */
unsigned hostile_spans(hostile_span *out, proof_shape *shape, const uint8_t *proof, size_t n);
/* The word of the proof at a field without indices. */
uint8_t *hostile_field(hostile *h, enum proof_field f);
/* Adds d to the 32-bit word at b, modulo 2^32. */
void hostile_add(uint8_t *b, uint32_t d);
/* A cell of the first instance of a component in the prover's main columns. */
uint32_t *hostile_cell(prover *pv, enum air_component_id id, unsigned column, size_t position);

/* The full verifier rejects by this check; alone: and without it the proof is accepted. Prints what
 * is otherwise. */
bool hostile_judged(hostile *h, enum verify_check check, bool alone);

sp_status verify_skip(const uint8_t *proof, size_t n_bytes, const verify_expect *e,
                      verify_scratch *s, verify_reason *reason);

extern bool hostile_covered[N_VERIFY_CHECKS];

#define CHEAT_(name, CHECK_ID, alone)                                                  \
    static bool cheat_##name(hostile *h);                                              \
    __attribute__((constructor)) static void cover_##name(void)                        \
    {                                                                                  \
        if (alone) hostile_covered[CHECK_ID] = true;                                   \
    }                                                                                  \
    TEST(name##_is_rejected)                                                           \
    {                                                                                  \
        static hostile h;                                                              \
        bool ok = cheat_##name(&h);                                                    \
        h.cheat = #name;                                                               \
        ok = ok && hostile_judged(&h, CHECK_ID, alone);                                \
        hostile_free(&h);                                                              \
        CHECK(ok);                                                                     \
    }                                                                                  \
    static bool cheat_##name(hostile *h)
#define CHEAT(name, check) CHEAT_(name, CHECK_##check, false)
#define CHEAT_ALONE(name, check) CHEAT_(name, CHECK_##check, true)
#define STEP(name) static void name(hostile *h, prover *pv, enum prove_step step, unsigned i)
#define UNUSED_STEP ((void)h, (void)pv, (void)step, (void)i)

#endif
