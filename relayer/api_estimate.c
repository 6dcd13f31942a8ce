/* api_estimate.c - what a task would cost and how long it would take, by the nodes that are here.
 *
 * The body is that of POST /tasks; token_amount may be absent. With "cycles" nothing is run;
 * otherwise the program is (execute.h), and takes the cycles that it takes; where it is no long run
 * the rows that a proof commits to are counted, too, else they are estimated. */
#include "relayer/api.h"

#include "core/machine.h"
#include "core/params.h"
#include "market/amount.h"
#include "relayer/app.h"
#include "relayer/blob.h"
#include "relayer/check.h"
#include "relayer/estimate.h"
#include "relayer/gas.h"
#include "relayer/own_program.h"
#include "relayer/possible.h"
#include "relayer/quote.h"
#include "relayer/rest.h"
#include "starknet/calldata.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_NODES POSSIBLE_NODES

typedef struct {
    u256 price[MOST_NODES];
    uint64_t time[MOST_NODES];
    size_t n, n_times;
} offers;

typedef struct {
    uint64_t cycles, rows, cells; /* rows 0: not counted */
    bool executed;
} work;

/* False: c is answered. */
static bool count_work(call *c, const task_new *t, work *w)
{
    work_request q;
    work_result r;
    memset(&q, 0, sizeof q);
    q.kind = WORK_EXECUTE;
    uint8_t *elf = NULL;
    if (own_program_is(t->program))
        q.elf = elf = blob_read(c->a->blobs, t->program, OWN_PROGRAM_MOST_BYTES, &q.elf_bytes);
    else
        q.job = t->program;
    q.input = t->input;
    q.input_bytes = t->input_bytes;
    q.digest = strcmp(t->io_mode, "digest") == 0;
    q.profile = t->profile;
    q.count_rows = true;
    q.max_cycles = (uint64_t)t->max_cycles;
    q.memory = (uint64_t)1 << 30;
    execute_run(&rest_of(c->a)->executor, &q, EXECUTE_MS, &r);
    free(elf);
    if (r.code == WORK_SUCCESS) {
        w->cycles = r.cycles;
        w->rows = r.trace_rows;
        w->cells = r.trace_cells;
        w->executed = true;
        return true;
    }
    const char *class = work_code_class(r.code);
    if (strcmp(class, "task_fault") == 0)
        http_problem(&c->s, &c->q, 422, work_code_name[r.code], "the program does not succeed: %s",
                     r.detail);
    else if (r.code == WORK_TIME_LIMIT)
        http_problem(&c->s, &c->q, 422, work_code_name[r.code],
                     "the program runs longer than an estimate may take: say its cycles");
    else
        http_problem(&c->s, &c->q, 503, "overloaded", "the program cannot be run here now");
    return false;
}

static void ask_nodes(offers *o, db *d, const json_t *need, uint64_t cycles, uint64_t rows,
                      int64_t now)
{
    db_rows *r = db_query(d, POSSIBLE_SELECT, DB_I(now));
    while (o->n < MOST_NODES && db_next(r)) {
        u256 base, mcycle;
        json_t *specs = json_loads(db_text(r, 0), 0, NULL),
               *bench = json_loads(db_text(r, 1), 0, NULL);
        if (possible_fits(r, specs, need, now) &&
            amount_read(&base, db_text(r, 2), strlen(db_text(r, 2))) == SP_OK &&
            amount_read(&mcycle, db_text(r, 3), strlen(db_text(r, 3))) == SP_OK &&
            estimate_price(&o->price[o->n], base, mcycle, rows) == SP_OK) {
            o->n++;
            const uint64_t ms = estimate_time_ms(possible_speed(bench), cycles, rows);
            if (ms != UINT64_MAX) o->time[o->n_times++] = ms;
        }
        json_decref(specs);
        json_decref(bench);
    }
    db_end(r);
}

static json_t *amount_json(u256 v)
{
    char text[U256_TEXT];
    u256_write_text(text, v);
    return json_string(text);
}

static json_t *whole(uint64_t v)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)v);
    return json_string(text);
}

/* By the cycles alone: SP_ERR_LIMIT. */
static sp_status guess_rows(uint64_t *rows, db *d, const task_new *t, uint64_t cycles)
{
    const params *p = params_by_name(t->profile);
    uint64_t tables = own_program_is(t->program) ? own_program_table_rows(d, t->program)
                                                 : program_table_rows(sp_job_find(t->program));
    if (tables == 0) tables = ESTIMATE_TABLE_ROWS; /* deleted meanwhile */
    return p == NULL
               ? SP_ERR_LIMIT
               : estimate_rows(rows, cycles, tables, estimate_rows_per_1000(p->max_instances));
}

static void answer(call *c, db *d, const task_new *t, const work *w)
{
    static const char *const lines[] = {"compute_cost", "network_fee", "treasury_fee",
                                        "gas_subsidy",  "total",       "price_p50",
                                        "price_p90",    "eta_ms_p50",  "eta_ms_p90"};
    json_t *value[SP_COUNT(lines)] = {NULL};
    uint64_t rows = w->rows;
    estimate_quote quote;
    char promise[QUOTE_TEXT] = "", ends[CHECK_TIME] = "";
    offers *o = calloc(1, sizeof *o);
    json_t *need = json_loads(t->requirements, 0, NULL);
    if (o == NULL || (rows == 0 && guess_rows(&rows, d, t, w->cycles) != SP_OK)) {
        http_problem(&c->s, &c->q, 422, "validation_failed", "so many cycles cannot be proved");
        goto out;
    }
    ask_nodes(o, d, need, w->cycles, rows, clock_ms());
    if (o->n > 0) {
        const u256 p90 = estimate_percentile_price(o->price, o->n, 90),
                   p50 = estimate_percentile_price(o->price, o->n, 50);
        value[5] = amount_json(p50);
        value[6] = amount_json(p90);
        if (estimate_quote_of(&quote, p50) == SP_OK) {
            value[0] = amount_json(quote.compute_cost);
            value[1] = amount_json(quote.network_fee);
            value[2] = amount_json(quote.treasury_fee);
            value[3] = amount_json(quote.gas_subsidy);
            value[4] = amount_json(quote.total);
            const int64_t until = clock_ms() + QUOTE_MS;
            time_write(ends, until);
            task_new q = *t;
            q.work_cycles = (int64_t)w->cycles;
            q.work_rows = w->executed ? (int64_t)rows : 0;
            if (quote_write(promise, &q, quote.total, until, rest_cursor_secret(c->a)) != SP_OK)
                promise[0] = 0;
        }
    }
    if (o->n_times > 0) {
        value[7] = whole(estimate_percentile_time(o->time, o->n_times, 50));
        value[8] = whole(estimate_percentile_time(o->time, o->n_times, 90));
    }
    json_t *j =
        json_pack("{s:s, s:o, s:b, s:o, s:b, s:o, s:I}", "program", t->program, "cycles",
                  whole(w->cycles), "executed", w->executed, "padded_rows", whole(rows),
                  "rows_counted", w->rows != 0, "committed_cells",
                  w->rows != 0 ? whole(w->cells) : json_null(), "eligible_nodes", (json_int_t)o->n);
    for (size_t i = 0; i < SP_COUNT(lines) && j != NULL; i++)
        (void)json_object_set_new(j, lines[i], value[i] != NULL ? value[i] : json_null());
    u256 gas;
    if (j != NULL)
        (void)json_object_set_new(j, "gas_estimate_fri",
                                  gas_estimate(&gas, d, c->a) ? amount_json(gas) : json_null());
    const bool promised = promise[0] != 0;
    if (j != NULL) {
        (void)json_object_set_new(j, "quote_id", promised ? json_string(promise) : json_null());
        (void)json_object_set_new(j, "expires_at", promised ? json_string(ends) : json_null());
    }
    http_json(&c->s, 200, j);
out:
    json_decref(need);
    free(o);
}

void api_estimate(call *c, db *d, core *k)
{
    task_new t;
    task_refusal why;
    check m;
    (void)k;
    check_init(&m);
    work w = {0, 0, 0, false};
    w.cycles = (uint64_t)check_int(&m, c->body, "", "cycles", 1, MACHINE_MAX_CYCLES, 0);
    if (!check_ok(&m)) {
        http_problem_with(&c->s, &c->q, 400, m.code, json_pack("{s:O}", "errors", m.errors),
                          "cycles is not as it must be");
        check_free(&m);
        return;
    }
    check_free(&m);
    (void)json_object_del(c->body, "cycles");
    if (json_object_get(c->body, "token_amount") == NULL)
        (void)json_object_set_new(c->body, "token_amount", json_string("0"));
    task_asker who = api_asker(c, d);
    who.reads_inputs = true;
    if (!task_parse(&t, c->body, &who, clock_ms(), 1, &why)) {
        json_t *more = why.errors == NULL ? NULL : json_pack("{s:o}", "errors", why.errors);
        http_problem_with(&c->s, &c->q, why.status, why.code, more, why.detail);
        return;
    }
    if (w.cycles != 0 || count_work(c, &t, &w)) answer(c, d, &t, &w);
    task_new_free(&t);
}
