/* programs.c - see programs.h. */
#include "relayer/programs.h"

#include "air/statement.h"
#include "core/bytes.h"
#include "market/hex.h"
#include "prover/program.h"
#include "prover/prove.h"
#include "relayer/estimate.h"

#include <openssl/sha.h>
#include <pthread.h>
#include <string.h>

#define MAX_IDS 128u /* jobs x profiles x modes, with room */
#define MAX_JOBS 64u

const sp_job *program_of_algorithm(const char *algorithm)
{
    if (strcmp(algorithm, "sha256") == 0 || strcmp(algorithm, "blake2s") == 0)
        return sp_job_find("hash");
    return sp_job_find(algorithm);
}

/* Of what is known, and held for no longer than it takes to look; what is not is computed, which
 * takes up to seconds, by one at a time. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t computing = PTHREAD_MUTEX_INITIALIZER;

typedef struct {
    const sp_job *job;
    enum profile_id profile;
    enum machine_io_mode mode;
} program_key;

static struct {
    program_key key;
    char hex[PROGRAM_ID_HEX];
} known[MAX_IDS];
static size_t n_known;

static void words_hex(char *out, const uint32_t *words, size_t bytes)
{
    uint8_t b[32];
    for (size_t i = 0; 4 * i < bytes; i++) bytes_put_le32(b + 4 * i, words[i]);
    hex_write(out, b, bytes);
}

static sp_status compute(char out[PROGRAM_ID_HEX], const sp_job *job, const params *p,
                         enum machine_io_mode mode)
{
    vm_program vm;
    vm_error ve;
    prove_error pe;
    uint32_t id[7];
    SP_TRY(vm_program_init(&vm, job->elf, job->elf_bytes, mode, &ve));
    const sp_status s = prove_program_id(id, &vm, mode, p, backend_find("auto"), &pe);
    if (s == SP_OK) words_hex(out, id, 28);
    vm_program_free(&vm);
    return s;
}

static bool look(char out[PROGRAM_ID_HEX], const program_key *k)
{
    (void)pthread_mutex_lock(&lock);
    size_t i = 0;
    while (i < n_known && (known[i].key.job != k->job || known[i].key.profile != k->profile ||
                           known[i].key.mode != k->mode))
        i++;
    const bool found = i < n_known;
    if (found) memcpy(out, known[i].hex, PROGRAM_ID_HEX);
    (void)pthread_mutex_unlock(&lock);
    return found;
}

static bool keep(const char hex[PROGRAM_ID_HEX], const program_key *k)
{
    (void)pthread_mutex_lock(&lock);
    const bool room = n_known < MAX_IDS;
    if (room) {
        known[n_known].key = *k;
        memcpy(known[n_known++].hex, hex, PROGRAM_ID_HEX);
    }
    (void)pthread_mutex_unlock(&lock);
    return room;
}

sp_status program_id_of(char out[PROGRAM_ID_HEX], const sp_job *job, const char *profile,
                        const char *io_mode)
{
    const params *p = params_by_name(profile);
    const bool words = strcmp(io_mode, "words") == 0;
    if (p == NULL || !p->sound || (!words && strcmp(io_mode, "digest") != 0)) return SP_ERR_ARG;
    const program_key k = {job, p->id, words ? MACHINE_IO_WORDS : MACHINE_IO_DIGEST};
    if (look(out, &k)) return SP_OK;
    (void)pthread_mutex_lock(&computing);
    sp_status s = SP_OK;
    if (!look(out, &k)) { /* nobody else has meanwhile */
        s = compute(out, job, p, k.mode);
        if (s == SP_OK && !keep(out, &k)) s = SP_ERR_LIMIT;
    }
    (void)pthread_mutex_unlock(&computing);
    return s;
}

static uint64_t count_tables(const sp_job *job)
{
    vm_program vm;
    program p;
    vm_error e;
    uint64_t rows = ESTIMATE_TABLE_ROWS; /* where memory is short */
    if (vm_program_init(&vm, job->elf, job->elf_bytes, MACHINE_IO_WORDS, &e) != SP_OK) return rows;
    if (program_setup(&p, &vm, MACHINE_IO_WORDS, &e) == SP_OK) {
        rows = (UINT64_C(1) << AIR_TABLES_LOG) + (UINT64_C(1) << p.image_log) +
               (UINT64_C(1) << p.rom_log);
        program_free(&p);
    }
    vm_program_free(&vm);
    return rows;
}

/* In the order of sp_job_list. */
static size_t place_of(const sp_job *job)
{
    size_t n;
    return (size_t)(job - sp_job_list(&n));
}

uint64_t program_table_rows(const sp_job *job)
{
    static uint64_t rows[MAX_JOBS];
    const size_t at = place_of(job);
    if (at >= SP_COUNT(rows)) return ESTIMATE_TABLE_ROWS;
    (void)pthread_mutex_lock(&lock);
    uint64_t of = rows[at];
    (void)pthread_mutex_unlock(&lock);
    if (of != 0) return of;
    of = count_tables(job); /* soon done: that two do it at once is no harm */
    (void)pthread_mutex_lock(&lock);
    rows[at] = of;
    (void)pthread_mutex_unlock(&lock);
    return of;
}

void program_sha256(char out[PROGRAM_SHA256_HEX], const sp_job *job)
{
    static char hex[MAX_JOBS][PROGRAM_SHA256_HEX];
    uint8_t hash[SHA256_DIGEST_LENGTH];
    const size_t at = place_of(job);
    (void)pthread_mutex_lock(&lock);
    const bool is_known = at < SP_COUNT(hex) && hex[at][0] != 0;
    if (is_known) memcpy(out, hex[at], PROGRAM_SHA256_HEX);
    (void)pthread_mutex_unlock(&lock);
    if (is_known) return;
    (void)SHA256(job->elf, job->elf_bytes, hash);
    hex_write(out, hash, sizeof hash);
    if (at >= SP_COUNT(hex)) return;
    (void)pthread_mutex_lock(&lock);
    memcpy(hex[at], out, PROGRAM_SHA256_HEX);
    (void)pthread_mutex_unlock(&lock);
}

const sp_job *program_of_sha256(const char *sha256)
{
    size_t n;
    const sp_job *list = sp_job_list(&n);
    for (size_t i = 0; i < n; i++) {
        char of[PROGRAM_SHA256_HEX];
        program_sha256(of, &list[i]);
        if (strcmp(of, sha256) == 0) return &list[i];
    }
    return NULL;
}

void program_hash_io(char out[PROGRAM_DIGEST_HEX], const uint8_t *bytes, size_t n)
{
    uint32_t h[8];
    statement_hash_io(h, bytes, (uint32_t)n); /* an input is at most MACHINE_INPUT_CAP */
    words_hex(out, h, 31);
}

static void digest_words(uint32_t words[8], const char *hex)
{
    uint8_t b[32] = {0};
    (void)hex_read(b, 31, hex);
    for (size_t i = 0; i < 8; i++) words[i] = bytes_le32(b + 4 * i);
}

void program_io_commitment(uint8_t out[31], const char *h_in, const char *h_out)
{
    uint32_t in[8], o[8], c[8];
    uint8_t b[32];
    digest_words(in, h_in);
    digest_words(o, h_out);
    statement_io_commitment(c, in, o);
    for (size_t i = 0; i < 8; i++) bytes_put_le32(b + 4 * i, c[i]);
    memcpy(out, b, 31);
}
