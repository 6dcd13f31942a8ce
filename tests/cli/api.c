/* api.c - the public interface, used as a stranger would: through sprove.h alone. */
#include "include/sprove.h"
#include "tests/test.h"

static const char payload[] = "{\"algorithm\":\"matrix_multiplication\",\"matrix_a\":[[1,2],[3,4]],"
                              "\"matrix_b\":[[5,6],[7,8]]}";

TEST(a_job_runs_and_decodes)
{
    sp_program *p;
    sp_bytes in, out, json;
    sp_run_info info;
    char why[SP_WHY];
    const sp_options o = sp_options_default();
    CHECK(sp_program_job(&p, "matrix_multiplication", SP_IO_WORDS, why) == SP_OK);
    CHECK(sp_encode(&in, p, payload, strlen(payload), why) == SP_OK);
    CHECK(sp_run(&out, &info, p, in.at, in.n, &o, why) == SP_OK);
    CHECK_EQ(info.exit_code, 0);
    CHECK(info.cycles > 100);
    CHECK(sp_decode(&json, p, out.at, out.n, why) == SP_OK);
    CHECK(strcmp((char *)json.at, "{\"result\":[[19,22],[43,50]]}") == 0);
    sp_free(&in);
    sp_free(&out);
    sp_free(&json);
    CHECK(sp_encode(&in, p, "{", 1, why) == SP_ERR_FORMAT && why[0] && !in.at);
    sp_program_delete(p);
}

TEST(bad_arguments_are_refused_with_a_sentence)
{
    sp_program *p;
    uint8_t id[28];
    char why[SP_WHY] = "";
    CHECK(sp_program_job(&p, "nothing", SP_IO_WORDS, why) == SP_ERR_ARG && why[0] && !p);
    CHECK(sp_program_load(&p, (const uint8_t *)"no ELF", 6, SP_IO_WORDS, why) == SP_ERR_FORMAT &&
          !p);
    CHECK(sp_program_job(&p, "fibonacci", SP_IO_WORDS, NULL) == SP_OK);
    CHECK(sp_program_id(id, p, "quick", why) == SP_ERR_ARG);
    sp_program_delete(p);
    sp_program_delete(NULL);
    const sp_expect e = {0};
    CHECK(sp_verify(NULL, id, sizeof id, &e, why) == SP_ERR_ARG);
}

static bool count(void *user, const char *phase, uint64_t done, uint64_t total)
{
    (void)phase;
    (void)done;
    (void)total;
    return ++*(int *)user < 1000000;
}

TEST(a_proof_is_accepted_for_its_statement_and_for_no_other)
{
    sp_program *p;
    sp_bytes in, out, proof;
    sp_run_info info;
    sp_verified v;
    uint8_t id[28];
    char why[SP_WHY] = "";
    int calls = 0;
    sp_options o = sp_options_default();
    o.profile = "bench";
    o.progress = count;
    o.user = &calls;
    o.context[3] = 9;
    CHECK(sp_program_job(&p, "matrix_multiplication", SP_IO_WORDS, why) == SP_OK);
    CHECK(sp_encode(&in, p, payload, strlen(payload), why) == SP_OK);
    CHECK(sp_prove(&proof, &out, &info, p, in.at, in.n, &o, why) == SP_OK);
    CHECK(calls > 3);
    CHECK(sp_program_id(id, p, "bench", why) == SP_OK);

    sp_expect e;
    memset(&e, 0, sizeof e);
    e.profile = "bench";
    e.allow_unsound = true;
    e.program_id = id;
    e.context = o.context;
    e.input = in.at;
    e.input_bytes = in.n;
    e.output = out.at;
    e.output_bytes = out.n;
    CHECK(sp_verify(&v, proof.at, proof.n, &e, why) == SP_OK);
    CHECK_EQ(v.cycles, info.cycles);
    CHECK_EQ(v.legacy, 13);

    e.exit_code = 1;
    CHECK(sp_verify(&v, proof.at, proof.n, &e, why) == SP_ERR_REJECT);
    CHECK_EQ(v.cycles, 0);
    e.exit_code = 0;
    /* An io commitment, alone and beside input and output: all that is given counts. */
    uint8_t *const io = info.io_commitment;
    e.io_commitment = io;
    CHECK(sp_verify(NULL, proof.at, proof.n, &e, why) == SP_OK);
    e.output_bytes--;
    CHECK(sp_verify(NULL, proof.at, proof.n, &e, why) == SP_ERR_REJECT);
    e.output_bytes++;
    io[30] ^= 1;
    CHECK(sp_verify(NULL, proof.at, proof.n, &e, why) == SP_ERR_REJECT);
    io[30] ^= 1;
    e.input = e.output = NULL;
    e.input_bytes = e.output_bytes = 0;
    CHECK(sp_verify(NULL, proof.at, proof.n, &e, why) == SP_OK);
    e.io_commitment = NULL; /* then both are required to be empty */
    CHECK(sp_verify(NULL, proof.at, proof.n, &e, why) == SP_ERR_REJECT);
    e.input = in.at;
    e.input_bytes = in.n;
    e.output = out.at;
    e.output_bytes = out.n;
    e.context = NULL;
    CHECK(sp_verify(NULL, proof.at, proof.n, &e, why) == SP_ERR_REJECT);
    e.context = o.context;
    e.allow_unsound = false;
    CHECK(sp_verify(NULL, proof.at, proof.n, &e, why) == SP_ERR_REJECT);
    e.allow_unsound = true;
    out.at[0] ^= 1;
    CHECK(sp_verify(NULL, proof.at, proof.n, &e, why) == SP_ERR_REJECT);
    out.at[0] ^= 1;
    id[0] ^= 1;
    CHECK(sp_verify(NULL, proof.at, proof.n, &e, why) == SP_ERR_REJECT);
    id[0] ^= 1;
    CHECK(sp_verify(NULL, proof.at, proof.n - 1, &e, why) == SP_ERR_FORMAT);
    CHECK(sp_verify(NULL, proof.at, proof.n, &e, NULL) == SP_OK);
    sp_free(&in);
    sp_free(&out);
    sp_free(&proof);
    sp_program_delete(p);
}
