/* weak_prover.c - a proof of a built-in job under a profile `chain` of the prover's own: fewer
 * queries, or nonces without work. usage: chain_weak_prover JOB QUERIES work|idle CONTEXT <
 * PAYLOAD; the felts of the proof on standard output. It is a proof: the verifier of this program,
 * which has the same parameters, accepts it. */
#include "air/felts.h"
#include "include/sprove.h"
#include "tests/chain/weak_params.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fail(const char *why)
{
    fprintf(stderr, "chain_weak_prover: %s\n", why);
    return 1;
}

static bool read_context(uint8_t out[28], const char *text)
{
    if (strlen(text) != 56) return false;
    for (unsigned i = 0; i < 28; i++) {
        const char digits[3] = {text[2 * i], text[2 * i + 1], 0};
        char *end;
        out[i] = (uint8_t)strtoul(digits, &end, 16); /* two digits: below 256 */
        if (*end) return false;
    }
    return true;
}

static bool print_felts(const sp_bytes *proof)
{
    static proof_view view;
    static proof_shape shape;
    proof_error err;
    size_t n = proof->n / 4 + 1;
    felt252 *felts = calloc(n, sizeof *felts);
    const bool ok =
        felts && felts_from_proof(felts, &n, proof->at, proof->n, &view, &shape, &err) == SP_OK;
    for (size_t i = 0; ok && i < n; i++) {
        printf("0x");
        for (unsigned k = 8; k--;) printf("%08x", felts[i].w[k]);
        printf("\n");
    }
    free(felts);
    return ok && fflush(stdout) == 0;
}

int main(int argc, char **argv)
{
    static char payload[65536], why[SP_WHY];
    sp_options o = sp_options_default();
    sp_program *p;
    sp_bytes input, proof, output;
    uint8_t id[28];
    if (argc != 5 || !read_context(o.context, argv[4]))
        return fail("usage: chain_weak_prover JOB QUERIES work|idle CONTEXT < PAYLOAD");
    weak_set((unsigned)strtoul(argv[2], NULL, 10), strcmp(argv[3], "work") == 0);
    o.profile = "chain";
    const size_t n = fread(payload, 1, sizeof payload, stdin);
    if (sp_program_job(&p, argv[1], SP_IO_WORDS, why) != SP_OK ||
        sp_encode(&input, p, payload, n, why) != SP_OK ||
        sp_prove(&proof, &output, NULL, p, input.at, input.n, &o, why) != SP_OK ||
        sp_program_id(id, p, "chain", why) != SP_OK)
        return fail(why);
    const sp_expect e = {.profile = "chain",
                         .program_id = id,
                         .context = o.context,
                         .input = input.at,
                         .input_bytes = input.n,
                         .output = output.at,
                         .output_bytes = output.n};
    if (sp_verify(NULL, proof.at, proof.n, &e, why) != SP_OK) return fail(why);
    if (!print_felts(&proof)) return fail("the proof has no felts");
    sp_free(&input);
    sp_free(&proof);
    sp_free(&output);
    sp_program_delete(p);
    return 0;
}
