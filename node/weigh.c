/* weigh.c - see weigh.h. */
#include "node/weigh.h"

#include "air/components.h"
#include "core/machine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PPM 1000000u
#define LEAST_ROWS (UINT64_C(1) << AIR_TABLES_LOG)
/* What the points of the domain grow by from the profiles with blowup 2 to `chain` with 16. */
#define CHAIN_TIMES 8u

/* Decimal text; 0: it is none. */
static uint64_t number_of(const json_t *o, const char *name)
{
    const char *text = json_string_value(json_object_get(o, name));
    char *end;
    if (text == NULL || text[0] < '0' || text[0] > '9') return 0;
    errno = 0;
    const uint64_t v = strtoull(text, &end, 10);
    return *end == 0 && errno == 0 ? v : 0;
}

static uint64_t most_cycles(const json_t *assignment)
{
    const uint64_t most = number_of(json_object_get(assignment, "job"), "max_cycles");
    return most != 0 && most < MACHINE_MAX_CYCLES ? most : MACHINE_MAX_CYCLES;
}

/* What the relayer has measured; false: nothing. */
static bool measured(weigh_work *w, const json_t *assignment)
{
    const json_t *said = json_object_get(assignment, "work");
    w->cycles = number_of(said, "cycles");
    w->rows = number_of(said, "rows");
    return w->cycles != 0 && w->rows != 0;
}

weigh_work weigh_task(const json_t *assignment, uint64_t executed)
{
    weigh_work w;
    if (measured(&w, assignment) && (executed == 0 || executed == w.cycles)) return w;
    w.cycles = most_cycles(assignment);
    if (w.cycles > WEIGH_ASSUMED_CYCLES) w.cycles = WEIGH_ASSUMED_CYCLES;
    if (executed != 0) w.cycles = executed;
    w.rows = selfbench_rows(w.cycles);
    return w;
}

uint64_t weigh_left_ms(const selfbench *b, const json_t *assignment, uint64_t executed,
                       uint32_t done_ppm)
{
    const char *profile =
        json_string_value(json_object_get(json_object_get(assignment, "job"), "profile"));
    const params *p = params_by_name(profile == NULL ? "balanced" : profile);
    selfbench speed = *b;
    if (b->exec_cycles == 0) return 0;
    if (p == NULL) return UINT64_MAX;
    if (speed.chain_rows == 0) speed.chain_rows = speed.rows / CHAIN_TIMES;
    const weigh_work w = weigh_task(assignment, executed);
    const uint64_t exec = selfbench_exec_ms(&speed, w.cycles),
                   prove = selfbench_prove_ms(&speed, p, w.rows);
    if (exec >> 43 || prove >> 43) return UINT64_MAX; /* three centuries: no product overflows */
    return (exec + prove) * (done_ppm < PPM ? PPM - done_ppm : 0) / PPM;
}

bool weigh_is_paid(const json_t *assignment, u256 base, u256 per_mcycle)
{
    const char *price = json_string_value(json_object_get(assignment, "price"));
    u256 offered, work, least;
    weigh_work w;
    uint64_t rows = LEAST_ROWS;
    if (measured(&w, assignment))
        rows = w.rows > rows ? w.rows : rows;
    else if (json_object_get(assignment, "chain") != NULL)
        rows += most_cycles(assignment);
    return price != NULL && amount_read(&offered, price, strlen(price)) == SP_OK &&
           amount_scale(&work, per_mcycle, rows, PPM) == SP_OK &&
           amount_add(&least, base, work) == SP_OK && amount_cmp(offered, least) >= 0;
}
