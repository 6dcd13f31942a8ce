/* gen_curve.c - writes multiples of the generator of the Stark curve as a C table, at build time:
 * row i has (2 j + 1)*16^i times the generator for j of 0..7, affine. usage: gen_curve OUT */
#include "starknet/curve.h"

#include <stdio.h>

#define ROWS 64

static void print(FILE *f, felt a)
{
    fprintf(f, "{{0x%016llx, 0x%016llx, 0x%016llx, 0x%016llx}}", (unsigned long long)a.l[0],
            (unsigned long long)a.l[1], (unsigned long long)a.l[2], (unsigned long long)a.l[3]);
}

int main(int argc, char **argv)
{
    curve_point row = curve_generator();
    FILE *f = argc == 2 ? fopen(argv[1], "w") : NULL;
    if (!f) return fprintf(stderr, "usage: gen_curve OUT\n"), 2;
    bool ok = curve_is_on(row.x, row.y);
    fprintf(f,
            "/* Made by gen_curve.c: odd multiples of the generator, in Montgomery form. */\n"
            "static const curve_affine_point curve_multiples[%d][8] = {\n",
            ROWS);
    for (unsigned i = 0; i < ROWS; i++) {
        curve_point p = row, twice;
        curve_double(&twice, &row);
        fprintf(f, "{\n");
        for (unsigned j = 0; j < 8; j++) {
            felt x, y;
            ok = ok && curve_affine(&x, &y, &p) == SP_OK && curve_is_on(x, y);
            if (!ok) return fprintf(stderr, "gen_curve: this is no point\n"), 1;
            fprintf(f, "    {");
            print(f, x);
            fprintf(f, ",\n     ");
            print(f, y);
            fprintf(f, "},\n");
            curve_add(&p, &p, &twice);
        }
        fprintf(f, "},\n");
        for (unsigned k = 0; k < 4; k++) curve_double(&row, &row);
    }
    fprintf(f, "};\n");
    return fclose(f) ? 1 : 0;
}
