/* vectors.c - a directory of proofs and its index. */
#include "tools/vectors.h"

#include "core/bytes.h"

FILE *vectors_create(const vectors *v, const char *file)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s", v->directory, file);
    FILE *f = fopen(path, "wb");
    if (!f) perror(path), exit(1);
    return f;
}

void vectors_open(vectors *v, const char *directory)
{
    memset(v, 0, sizeof *v);
    v->directory = directory;
    v->index = vectors_create(v, "index.json");
    fprintf(v->index, "{\"version\": %u, \"vectors\": [", SP_VERSION);
}

bool vectors_close(vectors *v)
{
    fprintf(v->index, "\n]}\n");
    if (fclose(v->index) != 0) perror("index.json"), exit(1);
    return !v->wrong;
}

static void put_hex(FILE *f, const char *key, const uint8_t *b, size_t n)
{
    fprintf(f, ", \"%s\": \"", key);
    for (size_t k = 0; k < n; k++) fprintf(f, "%02x", b[k]);
    fputc('"', f);
}
static void put_words(FILE *f, const char *key, const uint32_t *w, size_t n)
{
    uint8_t b[32] = {0};
    for (size_t k = 0; w && k < n; k++) bytes_put_le32(b + 4 * k, w[k]);
    put_hex(f, key, b, 4 * n);
}

/* What is required of the proof, and the verdict. */
static void put_entry(vectors *v, const char *name, const char *about, const verify_expect *e,
                      const uint8_t *proof, size_t n, const char *check)
{
    static verify_scratch scratch;
    verify_reason why;
    const sp_status st = verify(proof, n, e, &scratch, &why);
    if (check ? st == SP_OK || strcmp(why.name, check) != 0 : st != SP_OK) {
        fprintf(stderr, "%s: %s (%s), expected %s\n", name, st == SP_OK ? "accepted" : why.name,
                st == SP_OK ? "" : why.text, check ? check : "accepted");
        v->wrong = true;
    }
    fprintf(v->index, "%s\n  {\"name\": \"%s\", \"about\": \"%s\", \"verdict\": \"%s\"",
            v->n++ ? "," : "", name, about, check ? "rejected" : "accepted");
    if (check) fprintf(v->index, ", \"check\": \"%s\", \"text\": \"%s\"", check, why.text);
    fprintf(v->index, ",\n   \"profile\": \"%s\", \"allow_unsound\": %s",
            params_by_id(e->profile)->name, e->allow_unsound ? "true" : "false");
    put_words(v->index, "program_id", e->program_id, 7);
    put_words(v->index, "context", e->context, 7);
    if (e->has_io) {
        put_hex(v->index, "input", e->input, e->input_bytes);
        put_hex(v->index, "output", e->output, e->output_bytes);
    } else {
        put_words(v->index, "io_commitment", e->io_commitment, 8);
    }
    fprintf(v->index, ", \"exit_code\": %u", (unsigned)e->exit_code);
}

void vectors_put(vectors *v, const hostile *h, const char *name, const char *about,
                 const char *check, bool alone)
{
    char file[128];
    (void)snprintf(file, sizeof file, "%s.proof", name);
    FILE *f = vectors_create(v, file);
    if (fwrite(h->proof, 1, h->proof_bytes, f) != h->proof_bytes || fclose(f) != 0)
        perror(file), exit(1);
    put_entry(v, name, about, &h->e, h->proof, h->proof_bytes, check);
    fprintf(v->index, ",%s\n   \"file\": \"%s\"}", alone ? " \"alone\": true," : "", file);
}

void vectors_put_patched(vectors *v, const hostile *h, const char *base, const char *name,
                         const char *about, const char *check, const vector_patch *p,
                         size_t n_patches, size_t length)
{
    uint8_t *b = calloc(1, length > h->proof_bytes ? length : h->proof_bytes);
    if (!b) exit(1);
    memcpy(b, h->proof, h->proof_bytes);
    for (size_t k = 0; k < n_patches; k++) memcpy(b + p[k].at, p[k].bytes, p[k].n);
    put_entry(v, name, about, &h->e, b, length, check);
    fprintf(v->index, ",\n   \"base\": \"%s\", \"length\": %zu, \"patch\": [", base, length);
    for (size_t k = 0; k < n_patches; k++) {
        fprintf(v->index, "%s{\"at\": %zu", k ? ", " : "", p[k].at);
        put_hex(v->index, "bytes", p[k].bytes, p[k].n);
        fputc('}', v->index);
    }
    fprintf(v->index, "]}");
    free(b);
}
