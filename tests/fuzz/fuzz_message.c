/* fuzz_message.c - fuzz entry of what nodes say over their WebSocket: each line is a message of one
 * session, to a core with a real database, in which the node holds the lease of a task. */
#include "relayer/app.h"
#include "relayer/log.h"
#include "relayer/rest.h"
#include "relayer/server_internal.h"
#include "relayer/task.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TASK "01a1feea-67ac-713a-89e0-708fe43b0b3c"
#define TOKEN "0123456789abcdef0123456789abcdef"
#define FENCE "\"task_id\":\"" TASK "\",\"attempt\":1,\"lease_token\":\"" TOKEN "\""
#define HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static const char seed[] =
    "{\"message_type\":\"register\",\"id\":\"r\",\"specs\":{\"cpu_model\":\"x\",\"cpu_threads\":8,"
    "\"ram_gb\":16,"
    "\"disk_gb\":10,\"gpus\":[{\"name\":\"g\",\"vram_gb\":8,\"cc\":\"9.0\"}]},\"bench\":{\"exec_"
    "mcycles_s\":100,"
    "\"prove_krows_s\":1000},\"region\":\"EU-DE\",\"address\":\"0x123\",\"price\":{\"base_fri\":"
    "\"1\","
    "\"per_mcycle_fri\":\"10\"},\"capacity\":{\"max_concurrent\":4}}\n"
    "{\"message_type\":\"heartbeat\",\"seq\":7,\"cpu_ppm\":5,\"mem_ppm\":5,\"load1_ppm\":7,\"disk_"
    "free_gb\":9,"
    "\"gpu\":[{\"util_ppm\":1,\"mem_ppm\":2}],\"running\":[{" FENCE
    ",\"phase\":\"prove\",\"progress_ppm\":7}]}\n"
    "{\"message_type\":\"node_update\",\"draining\":true}\n"
    "{\"message_type\":\"task_ack\"," FENCE ",\"accept\":true,\"ts\":1700000000000}\n"
    "{\"message_type\":\"task_progress\"," FENCE
    ",\"phase\":\"prove\",\"progress_ppm\":500000,\"eta_ms\":100}\n"
    "{\"message_type\":\"claim_submitted\"," FENCE ",\"tx_hash\":\"0x1\"}\n"
    "{\"message_type\":\"task_cancelled\"," FENCE "}\n"
    "{\"message_type\":\"account_proof\",\"address\":\"0x1\",\"issued\":1,\"expires\":"
    "\"4000000000\","
    "\"signature\":[\"0x1\",\"0x2\"]}\n"
    "{\"message_type\":\"task_result\",\"id\":\"1\"," FENCE
    ",\"status\":\"success\",\"output\":{\"sha256\":\"" HASH "\","
    "\"size\":0},\"io_commitment\":\"00\",\"proof\":{\"sha256\":\"" HASH
    "\",\"size\":9},\"usage\":{\"cycles\":1,"
    "\"exec_ms\":1,\"prove_ms\":1},\"signature\":[\"0x1\",\"0x2\"]}\n"
    "{\"message_type\":\"task_result\",\"id\":\"2\"," FENCE
    ",\"status\":\"failure\",\"error\":{\"code\":\"nonzero_exit\","
    "\"class\":\"task_fault\",\"detail\":\"1\"}}\n";

static app a;
static rest parts;
static char folder[64] = "/dev/shm/fuzz_message.XXXXXX";

static void require(bool ok)
{
    if (!ok) abort();
}

static void nothing(core *c, void *user, int64_t now_ms)
{
    (void)c;
    (void)user;
    (void)now_ms;
}

static void fatal(void *user, const char *why)
{
    (void)user;
    (void)fprintf(stderr, "fuzz_message: %s\n", why);
    abort();
}

/* ---- jobs of the core that are waited for ---- */

typedef struct {
    job j;
    void (*what)(core *c);
    bool is_over;
} step;

static void run_step(job *j, void *with)
{
    step *s = (step *)j;
    if (s->what != NULL) s->what(with);
}

static void step_done(job *j)
{
    step *s = (step *)j;
    require(!j->failed);
    s->is_over = true;
}

/* What was posted before it is committed, too, and what it says to sockets is dropped. */
static void wait_for(void (*what)(core *c))
{
    step s = {.j = {.run = run_step, .done = step_done}, .what = what};
    require(core_post(a.core, &s.j));
    while (!s.is_over) (void)uv_run(&a.loop, UV_RUN_ONCE);
}

/* ---- the world before each input ---- */

static void begin(core *c)
{
    static const char *const empty[] = {
        "contradiction", "reputation_event", "node_day", "webhook_outbox", "task_event",
        "attempt",       "settlement",       "quota",    "task",           "node"};
    static char nobody[] = "{}", text[] = "";
    char sql[80];
    db *d = core_db(c);
    const int64_t now = core_now(c);
    for (size_t i = 0; i < SP_COUNT(empty); i++) {
        (void)snprintf(sql, sizeof sql, "DELETE FROM %s", empty[i]);
        require(db_exec(d, sql));
    }
    const task_new t = {.id = TASK,
                        .key_id = "00000000",
                        .program = "fibonacci",
                        .program_id = "00",
                        .input_commitment = "00",
                        .input_sha256 = HASH,
                        .input = (uint8_t *)text,
                        .max_cycles = 1000,
                        .deadline = now + 3600000,
                        .max_attempts = 3,
                        .redundancy = 1,
                        .profile = "fast",
                        .io_mode = "words",
                        .amount = "1000",
                        .requirements = nobody,
                        .description = text,
                        .visibility = "private"};
    task_insert(c, &t);
    require(
        db_run(d,
               "INSERT INTO attempt(task_id, n, slot, node_id, account, session, lease_token,"
               " offered_at, offer_until, start_by, lease_until) VALUES(?, 1, 0, 'fuzz', '', '',"
               " ?, ?, ?, ?, ?)",
               DB_T(TASK), DB_T(TOKEN), DB_I(now), DB_I(now + 60000), DB_I(now + 60000),
               DB_I(now + 60000)) == 1);
    require(db_run(d, "UPDATE task SET state = 'offered', attempts = 1 WHERE id = ?", DB_T(TASK)) ==
            1);
}

static void remove_folder(void)
{
    char command[100];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command) != 0) (void)fprintf(stderr, "%s is left\n", folder);
}

static void open_world(void)
{
    static char database[100], why[DB_WHY];
    if (mkdtemp(folder) == NULL) {
        (void)snprintf(folder, sizeof folder, "/tmp/fuzz_message.XXXXXX");
        require(mkdtemp(folder) != NULL);
    }
    (void)atexit(remove_folder);
    (void)snprintf(database, sizeof database, "%s/relayer.db", folder);
    log_set_level(LOG_ERROR);
    settings_init(&a.set);
    a.set.require_node_signature = false;
    (void)snprintf(a.blobs, sizeof a.blobs, "%s", folder);
    a.rest = &parts;
    meters_init(&parts.meters);
    a.server = calloc(1, sizeof *a.server);
    require(a.server != NULL && uv_loop_init(&a.loop) == 0 &&
            port_init(&a.port, &a.loop) == SP_OK && nodes_new(&a.nodes) == SP_OK);
    const core_config c = {.database = database,
                           .group_max = 64,
                           .queue_room = 10000,
                           .tick_ms = 1000000,
                           .user = &a,
                           .tick = nothing,
                           .fatal = fatal};
    require(core_new(&a.core, &c, &a.port, why) == SP_OK && core_start(a.core) == SP_OK);
}

/* ---- an input ---- */

static unsigned good;

static void look(core *c)
{
    db_rows *r = db_query_values(core_db(c),
                                 "SELECT count(*) FROM attempt WHERE outcome IS NOT NULL", NULL, 0);
    require(db_next(r));
    good = (unsigned)db_int(r, 0);
    db_end(r);
    /* Whatever was said, the history leads to the state. */
    r = db_query(core_db(c),
                 "SELECT t.version, count(e.seq), max(e.seq) FROM task t JOIN task_event e"
                 " ON e.task_id = t.id WHERE t.id = ? GROUP BY t.id, t.version",
                 DB_T(TASK));
    require(db_next(r) && db_int(r, 1) == db_int(r, 0) && db_int(r, 2) == db_int(r, 0));
    db_end(r);
}

static unsigned run(const uint8_t *data, size_t size)
{
    static server_handle h;
    if (a.core == NULL) open_world();
    wait_for(begin);
    h++;
    node_on_open(&a, h, "fuzz", "127.0.0.1");
    while (size > 0) {
        const uint8_t *end = memchr(data, '\n', size);
        const size_t n = end == NULL ? size : (size_t)(end - data);
        char *text = malloc(n + 1);
        require(text != NULL);
        memcpy(text, data, n);
        text[n] = 0;
        node_on_message(&a, h, text, n, 1000);
        data += end == NULL ? n : n + 1;
        size -= end == NULL ? n : n + 1;
    }
    wait_for(look);
    node_on_close(&a, h);
    wait_for(NULL);
    return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void)run(data, size);
    return 0;
}

size_t fuzz_seed(uint8_t *data, size_t cap)
{
    if (sizeof seed - 1 > cap) return 0;
    memcpy(data, seed, sizeof seed - 1);
    return sizeof seed - 1;
}

/* Its attempt has ended by what it says. */
bool fuzz_seed_is_good(const uint8_t *data, size_t size) { return run(data, size) == 1; }
