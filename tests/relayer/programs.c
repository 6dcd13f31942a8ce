/* programs.c - an id that is being computed keeps nobody from those that are known. */
#include "relayer/programs.h"

#include "tests/test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

static atomic_bool over;

/* The ids of all jobs under a profile that nobody has asked for. */
static void *compute_all(void *arg)
{
    size_t n;
    const sp_job *list = sp_job_list(&n);
    char id[PROGRAM_ID_HEX];
    (void)arg;
    for (size_t i = 0; i < n; i++)
        if (program_id_of(id, &list[i], "proven", "words") != SP_OK) break;
    over = true;
    return NULL;
}

TEST(programs_known_ids_do_not_wait)
{
    const struct timespec moment = {0, 1000000};
    const sp_job *job = program_of_algorithm("fibonacci");
    char id[PROGRAM_ID_HEX], again[PROGRAM_ID_HEX];
    size_t n_jobs, answers = 0;
    pthread_t other;
    (void)sp_job_list(&n_jobs);
    CHECK(program_id_of(id, job, "fast", "words") == SP_OK);
    over = false;
    CHECK(pthread_create(&other, NULL, compute_all, NULL) == 0);
    while (!over) {
        CHECK(program_id_of(again, job, "fast", "words") == SP_OK);
        CHECK(strcmp(id, again) == 0);
        (void)nanosleep(&moment, NULL);
        answers++;
    }
    (void)pthread_join(other, NULL);
    /* Who waits has one answer for each of the others' ids, and perhaps one between two of them. */
    CHECK(answers > 2 * n_jobs + 2);
}
