/* selfbench.c - see selfbench.h. */
#include "node/selfbench.h"

#include "guest/host/jobs.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Rounds of the job mixed; one takes about 140 cycles. */
#define EXEC_ROUNDS 40000u /* 5.6 million cycles: some tens of milliseconds */
#define PROVE_ROUNDS 2000u /* 280,000 cycles: 600,000 rows */
#define CHAIN_ROUNDS 300u  /* 45,000 cycles: 330,000 rows */
#define DEFAULT_MEMORY (UINT64_C(4) << 30)
#define STAGE_MS 300000u /* a machine that takes longer is none to prove on */

/* ---- measuring ---- */

typedef struct {
    const selfbench_options *o;
    char *why;
    unsigned stage, n_stages;
} bench;

static sp_status measure(bench *t, const char *name, work_request *q, unsigned rounds,
                         work_result *r)
{
    char json[64], err[200] = "", why[SANDBOX_WHY];
    const selfbench_options *o = t->o;
    uint8_t *input = NULL;
    work_job *w;
    if (o->on_stage && !o->on_stage(o->user, t->stage++, t->n_stages, name)) return SP_ERR_CANCEL;
    snprintf(json, sizeof json, "{\"algorithm\":\"mixed\",\"rounds\":%u}", rounds);
    const sp_status encoded =
        sp_job_find("mixed")->encode(json, strlen(json), &input, &q->input_bytes, err, sizeof err);
    if (encoded != SP_OK) return encoded;
    q->job = "mixed";
    q->input = input;
    q->backend = o->backend;
    q->threads = o->threads;
    q->memory = o->memory ? o->memory : DEFAULT_MEMORY;
    const work_options wo = {.program = o->program, .dir = o->dir, .wall_ms = STAGE_MS};
    sp_status s = work_start(&w, q, &wo, why);
    free(input);
    if (s != SP_OK) {
        snprintf(t->why, SELFBENCH_WHY, "%s: %s", name, why);
        return s;
    }
    while (!work_step(w, 1000)) {}
    *r = *work_done(w);
    work_delete(w);
    if (r->code == WORK_SUCCESS) return SP_OK;
    snprintf(t->why, SELFBENCH_WHY, "%s: %s", name, r->detail);
    return SP_ERR_LIMIT;
}

/* n things in us microseconds, by the second. */
static uint64_t rate(uint64_t n, uint64_t us)
{
    return n > UINT64_MAX / 1000000 ? 0 : n * 1000000 / (us ? us : 1);
}

static sp_status measure_rows(bench *t, const char *profile, unsigned rounds, uint64_t *rows)
{
    work_request q;
    work_result r;
    memset(&q, 0, sizeof q);
    q.kind = WORK_PROVE;
    q.profile = profile;
    SP_TRY(measure(t, profile, &q, rounds, &r));
    *rows = rate(r.trace_rows, r.prove_us > r.grind_us ? r.prove_us - r.grind_us : 1);
    return SP_OK;
}

static sp_status measure_all(selfbench *b, bench *t)
{
    work_request q;
    work_result r;
    memset(&q, 0, sizeof q);
    q.kind = WORK_EXECUTE;
    SP_TRY(measure(t, "execute", &q, EXEC_ROUNDS, &r));
    b->exec_cycles = rate(r.cycles, r.exec_us);
    memset(&q, 0, sizeof q);
    q.kind = WORK_GRIND;
    SP_TRY(measure(t, "hash", &q, 1, &r));
    b->hashes = rate(r.cycles, r.prove_us);
    /* Of blowup 2 as the others, with next to no nonces. */
    SP_TRY(measure_rows(t, "bench", PROVE_ROUNDS, &b->rows));
    return t->o->chain ? measure_rows(t, "chain", CHAIN_ROUNDS, &b->chain_rows) : SP_OK;
}

sp_status selfbench_run(selfbench *b, const selfbench_options *o, char why[SELFBENCH_WHY])
{
    bench t = {o, why, 0, o->chain ? 4 : 3};
    memset(b, 0, sizeof *b);
    why[0] = 0;
    snprintf(b->version, sizeof b->version, "%s", SPROVE_VERSION);
    snprintf(b->cpu_model, sizeof b->cpu_model, "%s", o->cpu_model);
    b->threads = o->threads;
    b->date = o->date;
    const sp_status s = measure_all(b, &t);
    if (s != SP_OK) memset(b, 0, sizeof *b);
    return s;
}

/* ---- the file ---- */

sp_status selfbench_write(const selfbench *b, const char *path)
{
    char temporary[PATH_MAX];
    sp_status s = SP_ERR_IO;
    json_t *j =
        json_pack("{s:s,s:s,s:I,s:I,s:I,s:I,s:I,s:I}", "version", b->version, "cpu_model",
                  b->cpu_model, "threads", (json_int_t)b->threads, "date", (json_int_t)b->date,
                  "exec_cycles_s", (json_int_t)b->exec_cycles, "hashes_s", (json_int_t)b->hashes,
                  "rows_s", (json_int_t)b->rows, "chain_rows_s", (json_int_t)b->chain_rows);
    const int n = snprintf(temporary, sizeof temporary, "%s.new", path);
    const int fd = j && n > 0 && (size_t)n < sizeof temporary
                       ? open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)
                       : -1;
    if (fd >= 0) {
        const bool ok =
            json_dumpfd(j, fd, JSON_INDENT(2) | JSON_PRESERVE_ORDER) == 0 && fsync(fd) == 0;
        if (close(fd) == 0 && ok && rename(temporary, path) == 0)
            s = SP_OK;
        else
            (void)unlink(temporary);
    }
    json_decref(j);
    return s;
}

static bool take_text(char *out, size_t room, const json_t *j, const char *name)
{
    const json_t *v = json_object_get(j, name);
    if (!json_is_string(v) || json_string_length(v) >= room) return false;
    strcpy(out, json_string_value(v));
    return true;
}

static bool take_number(uint64_t *out, const json_t *j, const char *name)
{
    const json_t *v = json_object_get(j, name);
    if (!json_is_integer(v) || json_integer_value(v) < 0) return false;
    *out = (uint64_t)json_integer_value(v);
    return true;
}

sp_status selfbench_read(selfbench *b, const char *path)
{
    json_error_t e;
    uint64_t threads = 0, date = 0;
    memset(b, 0, sizeof *b);
    if (access(path, R_OK) != 0) return SP_ERR_IO;
    json_t *j = json_load_file(path, JSON_REJECT_DUPLICATES, &e);
    const bool ok = json_is_object(j) && take_text(b->version, sizeof b->version, j, "version") &&
                    take_text(b->cpu_model, sizeof b->cpu_model, j, "cpu_model") &&
                    take_number(&threads, j, "threads") && threads <= UINT32_MAX &&
                    take_number(&date, j, "date") &&
                    take_number(&b->exec_cycles, j, "exec_cycles_s") &&
                    take_number(&b->hashes, j, "hashes_s") && take_number(&b->rows, j, "rows_s") &&
                    take_number(&b->chain_rows, j, "chain_rows_s");
    json_decref(j);
    b->threads = (unsigned)threads; /* <= UINT32_MAX */
    b->date = (int64_t)date;        /* from a json_int_t */
    if (!ok) memset(b, 0, sizeof *b);
    return ok ? SP_OK : SP_ERR_FORMAT;
}

bool selfbench_holds(const selfbench *b, const char *cpu_model, unsigned threads, bool chain,
                     int64_t now, int64_t max_age_s)
{
    return strcmp(b->version, SPROVE_VERSION) == 0 && strcmp(b->cpu_model, cpu_model) == 0 &&
           b->threads == threads && b->exec_cycles && b->hashes && b->rows &&
           (b->chain_rows || !chain) && b->date <= now && now - b->date <= max_age_s;
}

/* ---- what follows ---- */

/* The byte and range tables, and the smallest tables of everything else. */
#define TABLE_ROWS ((UINT64_C(1) << 18) + (UINT64_C(1) << 14))

uint64_t selfbench_rows(uint64_t cycles)
{
    return cycles > (UINT64_MAX - TABLE_ROWS) / 2 ? UINT64_MAX : 2 * cycles + TABLE_ROWS;
}

/* ceil(n*1000/speed) */
static uint64_t ms(uint64_t n, uint64_t speed)
{
    if (speed == 0 || n > UINT64_MAX / 1000) return UINT64_MAX;
    return n * 1000 / speed + (n * 1000 % speed != 0);
}

static uint64_t sum(uint64_t a, uint64_t b) { return a > UINT64_MAX - b ? UINT64_MAX : a + b; }

uint64_t selfbench_exec_ms(const selfbench *b, uint64_t cycles)
{
    return ms(cycles, b->exec_cycles);
}

static uint64_t tries(unsigned bits) { return bits ? UINT64_C(1) << bits : 0; } /* bits <= 32 */

uint64_t selfbench_prove_ms(const selfbench *b, const params *p, uint64_t rows)
{
    const uint64_t nonces = tries(p->grind_lookup) + tries(p->grind_oods) + tries(p->grind_deep) +
                            FRI_MAX_LAYERS * tries(p->grind_commit) + tries(p->grind_query);
    return sum(ms(rows, p->log_blowup > 1 ? b->chain_rows : b->rows), ms(nonces, b->hashes));
}

#define REFERENCE_ROWS (UINT64_C(1) << 20)

json_t *selfbench_json(const selfbench *b, const params *p)
{
    char date[32] = "";
    struct tm tm;
    const time_t at = (time_t)b->date;
    const uint64_t mcycles = b->exec_cycles / 1000000;
    /* Rows in a millisecond are thousands in a second. */
    const uint64_t time = selfbench_prove_ms(b, p, REFERENCE_ROWS), krows = REFERENCE_ROWS / time;
    if (gmtime_r(&at, &tm)) (void)strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return json_pack("{s:I,s:I,s:s}", "exec_mcycles_s",
                     (json_int_t)(mcycles || !b->exec_cycles ? mcycles : 1), "prove_krows_s",
                     (json_int_t)(krows || time == UINT64_MAX ? krows : 1), "date", date);
}
