/* gen_poseidon.c - writes the round constants of the Hades permutation as C tables, at build time.
 *
 * Constant 3r+c of round r is SHA-256("Hades" and the decimal number) as a big-endian integer
 * modulo P. The first and the last are compared with the published ones, so that a table that is
 * wrong never gets compiled. What partial rounds add to the first two elements passes their cube
 * by: it is taken through their mixing into the constants of the next round, which leaves one
 * constant for each partial round. usage: gen_poseidon OUT */
#include "starknet/felt.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

#define N_ROUNDS 91
#define FIRST_PARTIAL 4
#define END_PARTIAL 87

/* As felt_write_hex gives them: the first and the last. */
static const char first[] = "0x6861759ea556a2339dd92f9562a30b9e58e2ad98109ae4780b7fd8eac77fe6f";
static const char last[] = "0x61fc552b8eb75e17ad0fb7aaa4ca528f415e14f0d9cdbed861a8db0bfff0c5b";

static felt constant(unsigned i)
{
    char text[16];
    uint8_t digest[32];
    uint64_t v[4] = {0, 0, 0, 0};
    const int n = snprintf(text, sizeof text, "Hades%u", i);
    SHA256((const unsigned char *)text, (size_t)n, digest);
    for (unsigned j = 0; j < 32; j++) v[3 - j / 8] = v[3 - j / 8] << 8 | digest[j];
    return felt_reduce(v);
}

static bool is_text(felt a, const char *text)
{
    char hex[FELT_HEX];
    (void)felt_write_hex(hex, a);
    return strcmp(hex, text) == 0;
}

static void print(FILE *f, felt a)
{
    fprintf(f, "    {{0x%016llx, 0x%016llx, 0x%016llx, 0x%016llx}},\n", (unsigned long long)a.l[0],
            (unsigned long long)a.l[1], (unsigned long long)a.l[2], (unsigned long long)a.l[3]);
}

int main(int argc, char **argv)
{
    felt c[N_ROUNDS][3];
    for (unsigned i = 0; i < 3 * N_ROUNDS; i++) c[i / 3][i % 3] = constant(i);
    if (!is_text(c[0][0], first) || !is_text(c[N_ROUNDS - 1][2], last)) {
        fprintf(stderr, "gen_poseidon: these are not the published constants\n");
        return 1;
    }
    for (unsigned r = FIRST_PARTIAL; r < END_PARTIAL; r++) {
        /* [[3,1,1],[1,-1,1],[1,1,-2]] times (a, b, 0) */
        const felt a = c[r][0], b = c[r][1], sum = felt_add(a, b);
        c[r + 1][0] = felt_add(c[r + 1][0], felt_add(sum, felt_add(a, a)));
        c[r + 1][1] = felt_add(c[r + 1][1], felt_sub(a, b));
        c[r + 1][2] = felt_add(c[r + 1][2], sum);
    }
    FILE *f = argc == 2 ? fopen(argv[1], "w") : NULL;
    if (!f) return fprintf(stderr, "usage: gen_poseidon OUT\n"), 2;
    fprintf(
        f,
        "/* Made by gen_poseidon.c: Hades round constants in Montgomery form. Of the full rounds "
        "three\n * each, of the partial rounds one. */\nstatic const felt poseidon_full[%d] = {\n",
        3 * (N_ROUNDS - END_PARTIAL + FIRST_PARTIAL));
    for (unsigned r = 0; r < N_ROUNDS; r++)
        for (unsigned i = 0; i < 3 && (r < FIRST_PARTIAL || r >= END_PARTIAL); i++)
            print(f, c[r][i]);
    fprintf(f, "};\nstatic const felt poseidon_partial[%d] = {\n", END_PARTIAL - FIRST_PARTIAL);
    for (unsigned r = FIRST_PARTIAL; r < END_PARTIAL; r++) print(f, c[r][2]);
    fprintf(f, "};\n");
    return fclose(f) ? 1 : 0;
}
