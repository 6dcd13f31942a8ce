/* programs.c - see programs.h. */
#include "relayer/programs.h"

#include "air/statement.h"
#include "core/bytes.h"
#include "market/hex.h"
#include "prover/prove.h"

#include <pthread.h>
#include <string.h>

#define MAX_IDS 128u /* jobs x profiles x modes, with room */

const sp_job *program_of_algorithm(const char *algorithm)
{
    if (strcmp(algorithm, "sha256") == 0 || strcmp(algorithm, "blake2s") == 0)
        return sp_job_find("hash");
    return sp_job_find(algorithm);
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
    const sp_job *job;
    enum profile_id profile;
    enum machine_io_mode mode;
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
    vm_program program;
    vm_error ve;
    prove_error pe;
    uint32_t id[7];
    SP_TRY(vm_program_init(&program, job->elf, job->elf_bytes, mode, &ve));
    const sp_status s = prove_program_id(id, &program, mode, p, backend_find("auto"), &pe);
    if (s == SP_OK) words_hex(out, id, 28);
    vm_program_free(&program);
    return s;
}

sp_status program_id_of(char out[PROGRAM_ID_HEX], const sp_job *job, const char *profile,
                        const char *io_mode)
{
    const params *p = params_by_name(profile);
    const bool words = strcmp(io_mode, "words") == 0;
    if (p == NULL || !p->sound || (!words && strcmp(io_mode, "digest") != 0)) return SP_ERR_ARG;
    const enum machine_io_mode mode = words ? MACHINE_IO_WORDS : MACHINE_IO_DIGEST;
    sp_status s = SP_OK;
    (void)pthread_mutex_lock(&lock);
    size_t i = 0;
    while (i < n_known &&
           (known[i].job != job || known[i].profile != p->id || known[i].mode != mode))
        i++;
    if (i == n_known) {
        s = i == MAX_IDS ? SP_ERR_LIMIT : compute(known[i].hex, job, p, mode);
        if (s == SP_OK) {
            known[i].job = job;
            known[i].profile = p->id;
            known[i].mode = mode;
            n_known++;
        }
    }
    if (s == SP_OK) memcpy(out, known[i].hex, PROGRAM_ID_HEX);
    (void)pthread_mutex_unlock(&lock);
    return s;
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
