/* demander.c - has a job proved by whoever takes it, and believes nobody: libsprove-client asks the
 * relayer, libsprove checks what comes back. The same in Python: demander.py.
 *
 *     cc -o demander demander.c $(pkg-config --cflags --libs sprove-client) -lsprove -fopenmp
 *     SPROVE_API_KEY=spk_... ./demander http://localhost:8000 matrix_multiplication in.json
 * out.json proof.bin
 *
 * in.json is the job's payload as `sprove jobs` describes it. out.json and proof.bin are written
 * only after the proof holds for this job, this input and this output. Exit code: 0 proved, 1 not.
 */
#include <sprove.h>
#include <sprove_client.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROFILE "balanced"
#define AMOUNT "1000000000000000000" /* FRI: one STRK */

static char why[SP_CLIENT_WHY];

static void need(bool ok, const char *what)
{
    if (ok) return;
    (void)fprintf(stderr, "%s%s%s\n", what, *why ? ": " : "", why);
    exit(1);
}

static char *read_file(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    char *text = f != NULL ? malloc(1 << 20) : NULL;
    *n = text != NULL ? fread(text, 1, (1 << 20) - 1, f) : 0;
    need(text != NULL && feof(f), path);
    (void)fclose(f);
    text[*n] = 0;
    return text;
}

static void write_file(const char *path, const sp_bytes *b)
{
    FILE *f = fopen(path, "wb");
    need(f != NULL && fwrite(b->at, 1, b->n, f) == b->n && fclose(f) == 0, path);
}

/* The payload becomes a part of the request: it is JSON, and the job's encoder has taken it. */
static char *request(const char *payload)
{
    static const char form[] =
        "{\"payload\":%s,\"job\":{\"profile\":\"" PROFILE "\"},\"token_amount\":\"" AMOUNT "\"}";
    const size_t room = sizeof form + strlen(payload);
    char *body = malloc(room);
    need(body != NULL && snprintf(body, room, form, payload) > 0, "no memory");
    return body;
}

int main(int argc, char **argv)
{
    sp_program *job;
    sp_client *relayer;
    sp_bytes input, task, output, proof, json;
    sp_expect e;
    char id[SP_TASK_ID];
    uint8_t program[28];
    size_t n;
    if (argc != 6) {
        (void)fprintf(stderr, "usage: %s URL JOB IN.json OUT.json PROOF\n", argv[0]);
        return 2;
    }

    /* What must be proved is known here, before anybody is asked. */
    char *payload = read_file(argv[3], &n);
    need(sp_program_job(&job, argv[2], SP_IO_WORDS, why) == SP_OK, argv[2]);
    need(sp_encode(&input, job, payload, n, why) == SP_OK, argv[3]);
    need(sp_program_id(program, job, PROFILE, why) == SP_OK, argv[2]);

    sp_client_options o = sp_client_options_default();
    o.url = argv[1];
    o.key = getenv("SPROVE_API_KEY");
    o.patience_ms = 300000;
    need(sp_client_new(&relayer, &o, why) == SP_OK, argv[1]);
    char *body = request(payload);
    need(sp_client_submit(relayer, id, NULL, body, NULL, why) == SP_OK, "submit");
    printf("%s\n", id);
    (void)fflush(stdout);
    need(sp_client_wait(relayer, &task, id, NULL, NULL, why) == SP_OK, "wait");
    /* Without a result this says why there is none. */
    need(sp_client_output(relayer, &output, id, why) == SP_OK, "output");
    need(sp_client_proof(relayer, &proof, id, why) == SP_OK, "proof");

    memset(&e, 0, sizeof e);
    e.profile = PROFILE;
    e.program_id = program;
    e.input = input.at;
    e.input_bytes = input.n;
    e.output = output.at;
    e.output_bytes = output.n;
    need(sp_verify(NULL, proof.at, proof.n, &e, why) == SP_OK, "the proof does not hold");
    need(sp_decode(&json, job, output.at, output.n, why) == SP_OK, "output");
    write_file(argv[4], &json);
    write_file(argv[5], &proof);

    sp_free(&input);
    sp_free(&json);
    sp_client_free(&task);
    sp_client_free(&output);
    sp_client_free(&proof);
    sp_client_delete(relayer);
    sp_program_delete(job);
    free(payload);
    free(body);
    return 0;
}
