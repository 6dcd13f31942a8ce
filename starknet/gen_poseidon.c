/* gen_poseidon.c - writes the round constants of the Hades permutation as a C table, at build time.
 *
 * Constant 3r+c of round r is SHA-256("Hades" and the decimal number) as a big-endian integer
 * modulo P. The first and the last are compared with the published ones, so that a table that is
 * wrong never gets compiled. usage: gen_poseidon OUT */
#include "starknet/felt.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    const char *first = "0x6861759ea556a2339dd92f9562a30b9e58e2ad98109ae4780b7fd8eac77fe6f";
    const char *last = "0x61fc552b8eb75e17ad0fb7aaa4ca528f415e14f0d9cdbed861a8db0bfff0c5b";
    FILE *f = argc == 2 ? fopen(argv[1], "w") : NULL;
    if (!f) return fprintf(stderr, "usage: gen_poseidon OUT\n"), 2;
    fprintf(f,
            "/* Made by gen_poseidon.c: Hades round constants in Montgomery form. */\n"
            "static const felt poseidon_rc[%d] = {\n",
            91 * 3);
    for (int i = 0; i < 91 * 3; i++) {
        char text[16], hex[FELT_HEX];
        uint8_t digest[32];
        uint64_t v[4] = {0, 0, 0, 0};
        int n = snprintf(text, sizeof text, "Hades%d", i);
        SHA256((const unsigned char *)text, (size_t)n, digest);
        for (unsigned j = 0; j < 32; j++) v[3 - j / 8] = v[3 - j / 8] << 8 | digest[j];
        felt rc = felt_reduce(v);
        felt_write_hex(hex, rc);
        if ((i == 0 && strcmp(hex, first)) || (i == 91 * 3 - 1 && strcmp(hex, last))) {
            fprintf(stderr, "gen_poseidon: constant %d is %s, not the published one\n", i, hex);
            fclose(f);
            remove(argv[1]);
            return 1;
        }
        fprintf(f, "    {{0x%016llx, 0x%016llx, 0x%016llx, 0x%016llx}},\n",
                (unsigned long long)rc.l[0], (unsigned long long)rc.l[1],
                (unsigned long long)rc.l[2], (unsigned long long)rc.l[3]);
    }
    fprintf(f, "};\n");
    return fclose(f) ? 1 : 0;
}
