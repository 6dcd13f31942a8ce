/* work_server.c - children that serve many requests, and the bytes between them and us. */
#include "core/bytes.h"
#include "market/work_wire.h"
#include "tests/market/worked.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#define FIBONACCI "{\"algorithm\":\"fibonacci\",\"n\":50}"

static work_server *server_of(unsigned max_requests)
{
    const work_server_options o = {worker_path(), "/tmp", 512 * MIB, 1, max_requests, NULL};
    work_server *s = NULL;
    return work_server_new(&s, &o) == SP_OK ? s : NULL;
}

TEST(a_server_serves_and_is_replaced_when_it_served_enough)
{
    uint8_t *input;
    work_request q = job_request(WORK_EXECUTE, "fibonacci", FIBONACCI, &input);
    work_server *s = server_of(3);
    work_job *alone = work_to_end(&q, 60000);
    work_result first, r;
    CHECK(alone && came_to(work_done(alone), WORK_SUCCESS));
    CHECK(s && work_server_started(s) == 0);
    for (unsigned i = 0; i < 7; i++) {
        work_call(s, &q, 60000, i ? &r : &first);
        CHECK(came_to(i ? &r : &first, WORK_SUCCESS));
        CHECK_EQ(work_server_started(s), i / 3 + 1);
        if (i) CHECK(memcmp(first.h_out, r.h_out, 31) == 0 && first.cycles == r.cycles);
        CHECK_BYTES((i ? &r : &first)->output_sha256, work_done(alone)->output_sha256, 32);
    }
    work_delete(alone);
    work_server_delete(s);
    free(input);
}

TEST(requests_longer_than_a_pipe_and_of_many_kinds_follow_each_other)
{
    struct guest g = {0};
    uint8_t *elf, *input = calloc(1, 3000000), *small;
    guest_li(&g, MACHINE_EXIT_REG, 0);
    guest_halt(&g);
    work_request big = guest_request(WORK_EXECUTE, &g, &elf), q;
    work_server *s = server_of(100);
    work_result r;
    CHECK(input && s);
    q = job_request(WORK_EXECUTE, "fibonacci", FIBONACCI, &small);
    big.input = input;
    for (unsigned i = 0; i < 4; i++) {
        big.input_bytes = 3000000 - i;
        work_call(s, &big, 60000, &r);
        CHECK(came_to(&r, WORK_SUCCESS));
        work_call(s, &q, 60000, &r);
        CHECK(came_to(&r, WORK_SUCCESS));
        q.max_cycles = 10;
        work_call(s, &q, 60000, &r);
        CHECK(came_to(&r, WORK_CYCLE_LIMIT_EXCEEDED));
        q.max_cycles = 0;
        q.kind = WORK_PROVE;
        work_call(s, &q, 60000, &r);
        CHECK(came_to(&r, WORK_BAD_REQUEST));
        q.kind = WORK_EXECUTE;
    }
    CHECK_EQ(work_server_started(s), 1);
    work_server_delete(s);
    guest_free(&g);
    free(elf);
    free(input);
    free(small);
}

/* The child's process: the only one whose parent we are. */
static int child_of_ours(void)
{
    char path[64];
    int pid = -1;
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    FILE *f = fopen(path, "r");
    if (f && fscanf(f, "%d", &pid) != 1) pid = -1;
    if (f) fclose(f);
    return pid;
}

TEST(a_server_that_crashed_or_hangs_is_replaced)
{
    struct guest g = {0};
    uint8_t *elf, *small;
    char why[SANDBOX_WHY];
    guest_op(&g, OP_jal, 0, 0, 0, 0);
    work_request endless = guest_request(WORK_EXECUTE, &g, &elf);
    work_request q = job_request(WORK_EXECUTE, "fibonacci", FIBONACCI, &small);
    work_server *s = server_of(100);
    work_result r;
    CHECK(s);
    CHECK_EQ(work_server_start(s, why), SP_OK);
    const int pid = child_of_ours();
    CHECK(pid > 0 && kill(pid, SIGKILL) == 0);
    work_call(s, &q, 60000, &r);
    CHECK(came_to(&r, WORK_WORKER_CRASHED));
    work_call(s, &q, 60000, &r);
    CHECK(came_to(&r, WORK_SUCCESS));
    CHECK_EQ(work_server_started(s), 2);
    work_call(s, &endless, 200, &r);
    CHECK(came_to(&r, WORK_TIME_LIMIT));
    work_call(s, &q, 60000, &r);
    CHECK(came_to(&r, WORK_SUCCESS));
    CHECK_EQ(work_server_started(s), 3);
    work_server_delete(s);
    CHECK_EQ(child_of_ours(), -1);
    guest_free(&g);
    free(elf);
    free(small);
}

static _Atomic bool unwanted;

static void *want_no_more(void *arg)
{
    const struct timespec pause = {0, 50000000};
    (void)arg;
    (void)nanosleep(&pause, NULL);
    unwanted = true;
    return NULL;
}

TEST(a_request_that_nobody_wants_any_more_ends)
{
    struct guest g = {0};
    uint8_t *elf, *small;
    pthread_t thread;
    guest_op(&g, OP_jal, 0, 0, 0, 0);
    work_request endless = guest_request(WORK_EXECUTE, &g, &elf);
    work_request q = job_request(WORK_EXECUTE, "fibonacci", FIBONACCI, &small);
    const work_server_options o = {worker_path(), "/tmp", 512 * MIB, 1, 100, &unwanted};
    work_server *s = NULL;
    work_result r;
    unwanted = false;
    CHECK_EQ(work_server_new(&s, &o), SP_OK);
    work_call(s, &q, 60000, &r);
    CHECK(came_to(&r, WORK_SUCCESS));
    CHECK_EQ(pthread_create(&thread, NULL, want_no_more, NULL), 0);
    work_call(s, &endless, 600000, &r);
    CHECK(came_to(&r, WORK_CANCELLED));
    CHECK_EQ(child_of_ours(), -1);
    CHECK_EQ(pthread_join(thread, NULL), 0);
    work_call(s, &q, 60000, &r);
    CHECK(came_to(&r, WORK_CANCELLED));
    work_server_delete(s);
    guest_free(&g);
    free(elf);
    free(small);
}

TEST(a_server_without_its_program_says_so)
{
    const work_server_options o = {"/nowhere/sprove-worker", "/tmp", MIB, 1, 1, NULL};
    work_server *s;
    work_request q;
    work_result r;
    memset(&q, 0, sizeof q);
    CHECK_EQ(work_server_new(&s, &o), SP_OK);
    work_call(s, &q, 1000, &r);
    CHECK(came_to(&r, WORK_WORKER_CRASHED) && strstr(r.detail, "cannot be opened"));
    work_server_delete(s);
}

/* ---- bytes ---- */

static work_request full_request(void)
{
    work_request q;
    memset(&q, 0, sizeof q);
    q.kind = WORK_VERIFY;
    q.job = "job";
    q.backend = "avx2";
    q.profile = "proven";
    q.elf = (const uint8_t *)"elf";
    q.elf_bytes = 3;
    q.input = (const uint8_t *)"in";
    q.input_bytes = 2;
    q.hint = (const uint8_t *)"hint";
    q.hint_bytes = 4;
    q.proof = (const uint8_t *)"proof";
    q.proof_bytes = 5;
    q.output = (const uint8_t *)"output";
    q.output_bytes = 6;
    q.digest = q.prove_failure = q.has_io_commitment = q.has_io = q.allow_unsound = true;
    q.max_cycles = UINT64_MAX;
    q.threads = 1024;
    q.memory = UINT64_MAX - 1;
    q.exit_code = UINT32_MAX;
    memset(q.context, 1, sizeof q.context);
    memset(q.program_id, 2, sizeof q.program_id);
    memset(q.io_commitment, 3, sizeof q.io_commitment);
    return q;
}

TEST(a_request_survives_its_bytes_and_nothing_shorter_does)
{
    const work_request q = full_request();
    work_request r;
    uint8_t *frame;
    size_t n, rest;
    CHECK_EQ(work_frame_write(&frame, &n, &q), SP_OK);
    CHECK_EQ(work_head_read(&rest, frame), SP_OK);
    CHECK_EQ(rest, n - WORK_HEAD_BYTES);
    const uint8_t *b = frame + WORK_HEAD_BYTES;
    CHECK_EQ(work_frame_read(&r, b, rest), SP_OK);
    CHECK(r.kind == q.kind && r.digest && r.prove_failure && r.has_io_commitment && r.has_io &&
          r.allow_unsound);
    CHECK(!strcmp(r.job, "job") && !strcmp(r.backend, "avx2") && !strcmp(r.profile, "proven"));
    CHECK(r.elf_bytes == 3 && r.input_bytes == 2 && r.hint_bytes == 4 && r.proof_bytes == 5 &&
          r.output_bytes == 6);
    CHECK(!memcmp(r.elf, "elf", 3) && !memcmp(r.input, "in", 2) && !memcmp(r.hint, "hint", 4) &&
          !memcmp(r.proof, "proof", 5) && !memcmp(r.output, "output", 6));
    CHECK(r.max_cycles == q.max_cycles && r.threads == q.threads && r.memory == q.memory &&
          r.exit_code == q.exit_code);
    CHECK(!memcmp(r.context, q.context, 28) && !memcmp(r.program_id, q.program_id, 28) &&
          !memcmp(r.io_commitment, q.io_commitment, 31));
    for (size_t k = 0; k < rest; k++) {
        uint8_t *part = malloc(k + 1); /* of its exact size, for the sanitizer */
        memcpy(part, b, k);
        CHECK_EQ(work_frame_read(&r, part, k), SP_ERR_FORMAT);
        free(part);
    }
    uint8_t *more = calloc(1, rest + 1);
    memcpy(more, b, rest);
    CHECK_EQ(work_frame_read(&r, more, rest + 1), SP_ERR_FORMAT);
    for (unsigned i = 0; i < 20000; i++) { /* whatever it says, it stays inside */
        memcpy(more, b, rest);
        more[test_rand() % rest] ^= (uint8_t)(1u << test_rand() % 8);
        (void)!work_frame_read(&r, more, rest);
    }
    free(more);
    frame[10] ^= 1;
    CHECK_EQ(work_head_read(&rest, frame), SP_ERR_REJECT); /* of another version */
    frame[0] ^= 1;
    CHECK_EQ(work_head_read(&rest, frame), SP_ERR_FORMAT);
    frame[0] ^= 1;
    frame[10] ^= 1;
    bytes_put_le32(frame + 32, (uint32_t)WORK_MAX_FRAME + 1);
    CHECK_EQ(work_head_read(&rest, frame), SP_ERR_FORMAT);
    free(frame);
}

TEST(requests_beyond_the_limit_are_not_sent)
{
    work_request q = full_request();
    uint8_t *frame;
    size_t n;
    q.elf_bytes = WORK_MAX_FRAME + 1;
    CHECK_EQ(work_frame_write(&frame, &n, &q), SP_ERR_LIMIT);
    q.elf_bytes = WORK_MAX_FRAME;
    CHECK_EQ(work_frame_write(&frame, &n, &q), SP_ERR_LIMIT);
    q.elf_bytes = 3;
    q.input_bytes = SIZE_MAX - 2;
    CHECK_EQ(work_frame_write(&frame, &n, &q), SP_ERR_LIMIT);
}

TEST(a_result_survives_its_bytes_and_is_not_believed_in_form)
{
    work_result a, b;
    uint8_t record[WORK_RECORD_BYTES];
    memset(&a, 0, sizeof a);
    a.code = WORK_PROOF_INVALID;
    strcpy(a.detail, "why");
    a.exit_code = UINT32_MAX;
    a.cycles = 1;
    a.trace_rows = 2;
    a.exec_us = 3;
    a.prove_us = 4;
    a.verify_us = 5;
    a.peak_bytes = 6;
    a.grind_us = 12;
    a.output_bytes = 7;
    a.proof_bytes = UINT64_MAX;
    memset(a.program_id, 8, sizeof a.program_id);
    memset(a.h_in, 9, sizeof a.h_in);
    memset(a.h_out, 10, sizeof a.h_out);
    memset(a.io_commitment, 11, sizeof a.io_commitment);
    memset(a.output_sha256, 12, sizeof a.output_sha256);
    work_record_write(record, &a);
    CHECK_EQ(work_record_read(&b, record), SP_OK);
    CHECK(b.code == a.code && !strcmp(a.detail, b.detail) && a.exit_code == b.exit_code);
    CHECK(b.cycles == 1 && b.trace_rows == 2 && b.exec_us == 3 && b.prove_us == 4 &&
          b.verify_us == 5 && b.peak_bytes == 6 && b.grind_us == 12 && b.output_bytes == 7 &&
          b.proof_bytes == UINT64_MAX);
    CHECK(!memcmp(a.program_id, b.program_id, 28) && !memcmp(a.h_in, b.h_in, 31) &&
          !memcmp(a.h_out, b.h_out, 31) && !memcmp(a.io_commitment, b.io_commitment, 31) &&
          !memcmp(a.output_sha256, b.output_sha256, 32));
    memset(record + 16, 0xff, sizeof a.detail); /* no end, nothing printable */
    CHECK_EQ(work_record_read(&b, record), SP_OK);
    CHECK_EQ(strlen(b.detail), sizeof b.detail - 1);
    CHECK(b.detail[0] == '?');
    record[8] = N_WORK_CODES;
    CHECK_EQ(work_record_read(&b, record), SP_ERR_FORMAT);
    record[8] = 0;
    record[0] ^= 1;
    CHECK_EQ(work_record_read(&b, record), SP_ERR_FORMAT);
}

TEST(progress_lines_are_read_strictly)
{
    static const char *const none[] = {"",
                                       "progress",
                                       "progress fri 1",
                                       "progress fri 2 1",
                                       "progress fri 1 2 3",
                                       "progress fri 1 2x",
                                       "progress what 1 2",
                                       "refused system call 41"};
    enum work_phase phase;
    uint64_t done, total;
    CHECK(work_progress_read("progress fri 1 2", &phase, &done, &total));
    CHECK(phase == WORK_PHASE_FRI && done == 1 && total == 2);
    for (unsigned i = 0; i < sizeof none / sizeof none[0]; i++)
        CHECK(!work_progress_read(none[i], &phase, &done, &total));
}
