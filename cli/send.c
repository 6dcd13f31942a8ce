/* send.c - see send.h. */
#include "cli/send.h"

#include "market/hex.h"
#include "market/sha256.h"

#include <string.h>

static void name_of(char out[SP_SHA256_HEX], const void *bytes, size_t n)
{
    uint8_t hash[SHA256_BYTES];
    sha256_hash(hash, bytes, n);
    hex_write(out, hash, sizeof hash);
}

void send_name(send_names *n, const task *t)
{
    memset(n, 0, sizeof *n);
    if (!t->job) name_of(n->program, t->elf.at, t->elf.n);
    if (t->input_bytes > SEND_INLINE) name_of(n->input, t->input, t->input_bytes);
}

static void sent_program(void *user, uint64_t sent, uint64_t total)
{
    (void)progress_work(user, "upload program", sent, total);
}

static void sent_input(void *user, uint64_t sent, uint64_t total)
{
    (void)progress_work(user, "upload input", sent, total);
}

int send_all(relay *at, const send_names *n, const task *t, progress *p)
{
    char name[SP_SHA256_HEX];
    sp_status s = SP_OK;
    if (n->program[0]) {
        const char *label = strrchr(t->name, '/');
        char base[41];
        snprintf(base, sizeof base, "%.40s", label ? label + 1 : t->name);
        const size_t len = strlen(base);
        if (len > 4 && !strcmp(base + len - 4, ".elf")) base[len - 4] = 0;
        s = sp_client_program(at->c, name, t->elf.at, t->elf.n, base, sent_program, p, at->why);
    }
    if (s == SP_OK && n->input[0])
        s = sp_client_upload(at->c, name, t->input, t->input_bytes, sent_input, p, at->why);
    progress_end(p);
    return relay_code(at, s);
}
