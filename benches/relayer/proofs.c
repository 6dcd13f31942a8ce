/* proofs.c - see proofs.h. */
#include "proofs.h"

#include "air/proof.h"
#include "market/base64.h"
#include "market/hex.h"
#include "relayer/programs.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint8_t *read_file(const char *folder, size_t number, const char *kind, size_t *n)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%.400s/%zu.%s", folder, number, kind);
    FILE *f = fopen(path, "rb");
    if (f == NULL) return NULL;
    uint8_t *p = NULL;
    if (fseek(f, 0, SEEK_END) == 0) {
        const long size = ftell(f);
        rewind(f);
        p = size < 0 ? NULL : malloc((size_t)size + 1);
        if (p != NULL && fread(p, 1, (size_t)size, f) != (size_t)size) {
            free(p);
            p = NULL;
        }
        if (p != NULL) {
            p[size] = 0;
            *n = (size_t)size;
        }
    }
    (void)fclose(f);
    return p;
}

static void clear(made *m)
{
    free(m->payload);
    free(m->output_b64);
    free(m->proof);
    memset(m, 0, sizeof *m);
}

static bool read_one(made *m, const char *folder, size_t number)
{
    size_t payload_bytes = 0, in_bytes = 0, out_bytes = 0;
    char h_in[PROGRAM_DIGEST_HEX], h_out[PROGRAM_DIGEST_HEX];
    uint8_t hash[32];
    uint8_t *in = read_file(folder, number, "in", &in_bytes),
            *out = read_file(folder, number, "out", &out_bytes);
    m->payload = (char *)read_file(folder, number, "json", &payload_bytes);
    m->proof = read_file(folder, number, "proof", &m->proof_bytes);
    m->output_b64 = malloc(BASE64_TEXT(out_bytes));
    proof_view view;
    proof_shape shape;
    proof_error error;
    const bool ok = in != NULL && out != NULL && m->payload != NULL && m->proof != NULL &&
                    m->output_b64 != NULL &&
                    proof_read(&view, &shape, m->proof, m->proof_bytes, &error) == SP_OK;
    if (ok) {
        m->cycles = view.st.cycles;
        (void)SHA256(in, in_bytes, hash);
        hex_write(m->input_sha256, hash, 32);
        (void)SHA256(out, out_bytes, m->output_hash);
        hex_write(m->output_sha256, m->output_hash, 32);
        (void)SHA256(m->proof, m->proof_bytes, m->proof_hash);
        hex_write(m->proof_sha256, m->proof_hash, 32);
        program_hash_io(h_in, in, in_bytes);
        program_hash_io(h_out, out, out_bytes);
        program_io_commitment(m->io_commitment, h_in, h_out);
        (void)base64_write(m->output_b64, out, out_bytes);
    }
    free(in);
    free(out);
    if (!ok) clear(m);
    return ok;
}

bool proofs_read(proofs *p, const char *folder)
{
    memset(p, 0, sizeof *p);
    while (p->n < PROOFS_MOST && read_one(&p->v[p->n], folder, p->n + 1)) p->n++;
    return p->n > 0;
}

const made *proofs_find(const proofs *p, const char *input_sha256)
{
    for (size_t i = 0; i < p->n; i++)
        if (strcmp(p->v[i].input_sha256, input_sha256) == 0) return &p->v[i];
    return NULL;
}

void proofs_free(proofs *p)
{
    for (size_t i = 0; i < p->n; i++) clear(&p->v[i]);
    p->n = 0;
}
