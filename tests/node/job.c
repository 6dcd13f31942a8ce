/* job.c - tasks on this machine: files that are what they should be or not, results that stay, each
 * end. */
#include "guest/host/jobs.h"
#include "include/sprove.h"
#include "node/job.h"
#include "tests/market/worked.h"

#include <dirent.h>
#include <openssl/evp.h>
#include <unistd.h>

static char dir[] = "/tmp/job-XXXXXX";
static char input_path[64], program_path[64];

static void hash_of(uint8_t out[32], const uint8_t *b, size_t n)
{
    if (EVP_Digest(b, n, out, NULL, EVP_sha256(), NULL) != 1) abort();
}

static void put(const char *path, const uint8_t *b, size_t n)
{
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(b, 1, n, f) != n || fclose(f)) abort();
}

static unsigned files_in_dir(void)
{
    unsigned n = 0;
    DIR *d = opendir(dir);
    for (const struct dirent *e; d && (e = readdir(d)) != NULL;) n += e->d_name[0] != '.';
    if (d) closedir(d);
    return n;
}

static void begin(void)
{
    strcpy(dir, "/tmp/job-XXXXXX");
    if (!mkdtemp(dir)) abort();
    snprintf(input_path, sizeof input_path, "%s/input", dir);
    snprintf(program_path, sizeof program_path, "%s/program", dir);
}

static void end(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", dir);
    if (system(command) != 0) abort();
}

static job_options options(void)
{
    const job_options o = {worker_path(), dir, dir, 0};
    return o;
}

/* A built-in job with the public input of json in a file. */
static job_spec spec_of_job(const char *name, const char *json)
{
    job_spec s;
    uint8_t *input;
    const sp_job *found = sp_job_find(name);
    memset(&s, 0, sizeof s);
    work_request q = job_request(WORK_PROVE, name, json, &input);
    hash_of(s.program_sha256, found->elf, found->elf_bytes);
    hash_of(s.input_sha256, input, q.input_bytes);
    put(input_path, input, q.input_bytes);
    free(input);
    s.name = "task-1";
    s.input_path = input_path;
    s.profile = "bench";
    s.threads = 1;
    s.memory = 2048 * MIB;
    s.wall_ms = 300000;
    return s;
}

/* A guest in a file, without input. */
static job_spec spec_of_guest(const struct guest *g)
{
    job_spec s;
    size_t n;
    memset(&s, 0, sizeof s);
    uint8_t *elf = guest_elf(g, &n);
    hash_of(s.program_sha256, elf, n);
    hash_of(s.input_sha256, elf, 0);
    put(program_path, elf, n);
    free(elf);
    s.name = "task-2";
    s.program_path = program_path;
    s.profile = "bench";
    s.threads = 1;
    s.memory = 1024 * MIB;
    s.wall_ms = 300000;
    return s;
}

static bool run(const job_spec *s, job_result *r)
{
    char why[SANDBOX_WHY];
    node_job *j;
    const job_options o = options();
    if (job_start(&j, s, &o, why) != SP_OK) {
        printf("not started: %s\n", why);
        return false;
    }
    while (!job_step(j, 1000)) {}
    *r = *job_done(j);
    job_delete(j);
    return true;
}

static bool failed_with(const job_result *r, const char *code, const char *class)
{
    if (!r->success && !strcmp(r->code, code) && !strcmp(r->class, class) && r->detail[0])
        return true;
    printf("%d %s %s: %s\n", r->success, r->code, r->class, r->detail);
    return false;
}

#define FIBONACCI "{\"algorithm\":\"fibonacci\",\"n\":50}"

TEST(a_task_leaves_output_and_proof_that_verify)
{
    begin();
    job_spec s = spec_of_job("fibonacci", FIBONACCI);
    char why[SANDBOX_WHY], path[96], text[SP_WHY];
    const job_options o = options();
    node_job *j;
    job_progress before = {0}, now;
    memset(s.context, 9, sizeof s.context);
    s.expected_ms = 1u << 30;
    CHECK_EQ(job_start(&j, &s, &o, why), SP_OK);
    CHECK(!job_done(j) && job_now(j).eta_ms > 0);
    while (!job_step(j, 10)) {
        struct pollfd fds[3];
        unsigned timeout;
        CHECK(job_poll(j, fds, &timeout) > 0);
        now = job_now(j);
        CHECK(now.phase >= before.phase && now.ppm >= before.ppm && now.ppm <= 1000000);
        before = now;
    }
    const job_result *r = job_done(j);
    if (!r->success) printf("%s: %s\n", r->code, r->detail);
    CHECK(r->success && !strcmp(r->code, "success") && !r->class[0]);
    CHECK_EQ(job_now(j).ppm, 1000000);
    CHECK_EQ(before.cycles_done, r->cycles); /* as soon as it had run */
    CHECK_EQ(files_in_dir() - 1, 3);         /* input, output, proof; the private directory still */

    size_t n_proof, n_output;
    snprintf(path, sizeof path, "%s/task-1.proof", dir);
    FILE *f = fopen(path, "rb");
    CHECK(f);
    uint8_t *proof = file_bytes_of(fileno(f), &n_proof), h[32];
    fclose(f);
    snprintf(path, sizeof path, "%s/task-1.output", dir);
    f = fopen(path, "rb");
    CHECK(f);
    uint8_t *output = file_bytes_of(fileno(f), &n_output);
    fclose(f);
    hash_of(h, proof, n_proof);
    CHECK(n_proof == r->proof_bytes && !memcmp(h, r->proof_sha256, 32));
    hash_of(h, output, n_output);
    CHECK(n_output == r->output_bytes && !memcmp(h, r->output_sha256, 32));
    const sp_expect e = {.profile = "bench",
                         .allow_unsound = true,
                         .program_id = r->program_id,
                         .context = s.context,
                         .io_commitment = r->io_commitment,
                         .exit_code = r->exit_code};
    CHECK_EQ(sp_verify(NULL, proof, n_proof, &e, text), SP_OK);
    free(proof);
    free(output);

    json_t *u = job_usage_json(r);
    CHECK(json_string_value(json_object_get(u, "cycles")) &&
          strtoull(json_string_value(json_object_get(u, "cycles")), NULL, 10) == r->cycles);
    CHECK_EQ(json_integer_value(json_object_get(u, "proof_bytes")), r->proof_bytes);
    json_decref(u);
    job_delete(j);
    CHECK_EQ(files_in_dir(), 3);
    end();
}

TEST(files_that_are_not_what_their_hash_says_are_not_used)
{
    begin();
    job_result r;
    job_spec s = spec_of_job("fibonacci", FIBONACCI);
    s.input_sha256[31] ^= 1;
    CHECK(run(&s, &r) && failed_with(&r, "io_mismatch", "infra"));
    s.input_sha256[31] ^= 1;
    s.program_sha256[0] ^= 1;
    CHECK(run(&s, &r) && failed_with(&r, "image_mismatch", "infra"));
    CHECK(job_builtin(s.program_sha256) == NULL);
    s.program_sha256[0] ^= 1;
    CHECK(!strcmp(job_builtin(s.program_sha256), "fibonacci"));
    s.program_path = input_path; /* some other file */
    CHECK(run(&s, &r) && failed_with(&r, "image_mismatch", "infra"));
    s.program_path = "/nowhere";
    CHECK(run(&s, &r) && failed_with(&r, "storage_failed", "infra"));
    s.program_path = NULL;
    s.input_path = "/nowhere";
    CHECK(run(&s, &r) && failed_with(&r, "storage_failed", "infra"));
    s.input_path = dir; /* no file */
    CHECK(run(&s, &r) && failed_with(&r, "storage_failed", "infra"));
    s.input_path = NULL; /* of an input that is not empty */
    CHECK(run(&s, &r) && failed_with(&r, "io_mismatch", "infra"));
    CHECK_EQ(files_in_dir(), 1);
    end();
}

TEST(names_that_are_paths_are_refused)
{
    static const char *const names[] = {
        "",        "../x", "a/b",
        ".hidden", "a b",  "0123456789012345678901234567890123456789012345678901234567890123"};
    char why[SANDBOX_WHY];
    node_job *j;
    begin();
    job_spec s = spec_of_job("fibonacci", FIBONACCI);
    const job_options o = options();
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        s.name = names[i];
        CHECK_EQ(job_start(&j, &s, &o, why), SP_ERR_ARG);
        CHECK(!j && why[0]);
    }
    end();
}

TEST(a_program_that_fails_is_its_own_fault)
{
    begin();
    struct guest g = {0};
    job_result r;
    guest_li(&g, MACHINE_EXIT_REG, 3);
    guest_halt(&g);
    job_spec s = spec_of_guest(&g);
    CHECK(run(&s, &r) && failed_with(&r, "nonzero_exit", "task_fault"));
    CHECK_EQ(r.exit_code, 3);
    json_t *e = job_error_json(&r);
    CHECK(!strcmp(json_string_value(json_object_get(e, "class")), "task_fault"));
    json_decref(e);
    CHECK_EQ(files_in_dir(), 1); /* only the program: nothing came of it */
    guest_free(&g);
    end();
}

TEST(a_task_out_of_time_and_one_called_off)
{
    begin();
    struct guest g = {0};
    job_result r;
    char why[SANDBOX_WHY];
    const job_options o = options();
    node_job *j;
    guest_op(&g, OP_jal, 0, 0, 0, 0);
    job_spec s = spec_of_guest(&g);
    s.memory = 8192 * MIB;
    s.wall_ms = 100;
    CHECK(run(&s, &r) && failed_with(&r, "time_limit_exceeded", "expired"));
    s.wall_ms = 0;
    for (unsigned late = 0; late < 2; late++) {
        CHECK_EQ(job_start(&j, &s, &o, why), SP_OK);
        CHECK(!job_step(j, 50));
        job_cancel(j, late);
        while (!job_step(j, 1000)) {}
        CHECK(failed_with(job_done(j), late ? "time_limit_exceeded" : "cancelled",
                          late ? "expired" : "cancelled"));
        struct pollfd fds[3];
        unsigned timeout;
        CHECK_EQ(job_poll(j, fds, &timeout), 0);
        job_delete(j);
    }
    guest_free(&g);
    end();
}

TEST(a_result_that_cannot_be_kept_is_a_failure)
{
    begin();
    job_spec s = spec_of_job("fibonacci", FIBONACCI);
    char why[SANDBOX_WHY];
    job_options o = options();
    node_job *j;
    o.results_dir = "/nowhere";
    CHECK_EQ(job_start(&j, &s, &o, why), SP_OK);
    while (!job_step(j, 1000)) {}
    CHECK(failed_with(job_done(j), "storage_failed", "infra"));
    CHECK_EQ(job_done(j)->proof_bytes, 0);
    job_delete(j);
    CHECK_EQ(files_in_dir(), 1);
    o = options();
    o.worker = "/nowhere";
    CHECK(job_start(&j, &s, &o, why) == SP_ERR_IO && !j && why[0]);
    end();
}

TEST(remaining_time_is_what_the_rest_takes_at_the_same_pace)
{
    CHECK_EQ(job_eta_ms(1000, 50, 100), 1000);
    CHECK_EQ(job_eta_ms(1000, 25, 100), 3000);
    CHECK_EQ(job_eta_ms(1000, 100, 100), 0);
    CHECK_EQ(job_eta_ms(1000, 1, 100), 0); /* too early to tell */
    CHECK_EQ(job_eta_ms(1000, 0, 0), 0);
    CHECK_EQ(job_eta_ms(1000, 2, 1), 0);
    CHECK_EQ(job_eta_ms(1000, (uint64_t)1 << 62, (uint64_t)1 << 63), 1000);
}
