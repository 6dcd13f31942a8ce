/* cairo_constants.c - the constants of the Cairo verifier are those of the C code.
 *
 *   cairo_constants contracts/cairo/src
 *
 * Compares the numbers in the text of each constant, and of functions that are tables, with the
 * values here; and that the files of parameters, shapes and points have no constant that it does
 * not know. */
#include "air/air_id.h"
#include "air/proof.h"
#include "core/blake2s.h"
#include "core/circle.h"
#include "core/machine.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_NUMBERS 256
#define MAX_DIGITS 72

/* Numbers as hexadecimal digits without leading zeros. */
typedef struct {
    char digits[MAX_NUMBERS][MAX_DIGITS];
    size_t n;
} numbers;

static const char *directory, *file;
static char text[1 << 20];
static numbers want;
static unsigned n_compared;
static bool failed;

static void open_file(const char *name)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *f = fopen(path, "rb");
    if (!f) perror(path), exit(1);
    const size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = 0;
    file = name;
    n_compared = 0;
}

static void add_digits(numbers *out, const char *hex)
{
    if (out->n == MAX_NUMBERS) abort();
    while (*hex == '0' && hex[1]) hex++;
    (void)snprintf(out->digits[out->n++], MAX_DIGITS, "%s", hex);
}
static void add(uint64_t v)
{
    char hex[20];
    (void)snprintf(hex, sizeof hex, "%" PRIx64, v);
    add_digits(&want, hex);
}
static void add_point(circle_point p) { add(p.x.v), add(p.y.v); }

static bool of_name(char c) { return isalnum((unsigned char)c) || c == '_'; }

/* The numbers from begin to end, without those in comments and names. */
static void read_numbers(numbers *out, const char *begin, const char *end)
{
    out->n = 0;
    for (const char *p = begin; p < end; p++) {
        if (p[0] == '/' && p[1] == '/') {
            while (p < end && *p != '\n') p++;
            continue;
        }
        if (!isdigit((unsigned char)*p) || of_name(p[-1])) continue;
        char digits[MAX_DIGITS];
        size_t n = 0;
        const bool hex = p[0] == '0' && p[1] == 'x';
        for (p += hex ? 2 : 0; of_name(*p); p++)
            if (*p != '_' && n < sizeof digits - 1) digits[n++] = (char)tolower((unsigned char)*p);
        digits[n] = 0;
        if (!hex) (void)snprintf(digits, sizeof digits, "%llx", strtoull(digits, NULL, 10));
        add_digits(out, digits);
        p--;
    }
}

static void fail(const char *name, const char *what)
{
    fprintf(stderr, "cairo_constants: %s: %s: %s\n", file, name, what);
    failed = true;
}

/* The numbers after `key` up to `stop` are the ones that were added. */
static void compare(const char *name, const char *key, const char *from, const char *stop)
{
    static numbers found;
    const char *at = strstr(text, key);
    const char *begin = at ? strstr(at, from) : NULL;
    const char *end = begin ? strstr(begin, stop) : NULL;
    found.n = 0;
    if (end) read_numbers(&found, begin + strlen(from), end);
    if (!end)
        fail(name, "is not there");
    else if (found.n != want.n)
        fail(name, "another count of numbers");
    for (size_t k = 0; end && k < want.n && found.n == want.n; k++)
        if (strcmp(found.digits[k], want.digits[k]) != 0) {
            fprintf(stderr, "  0x%s, in C 0x%s\n", found.digits[k], want.digits[k]);
            fail(name, "another number");
        }
    want.n = 0;
}
static void constant(const char *name)
{
    char key[64];
    (void)snprintf(key, sizeof key, "const %s: ", name);
    n_compared++;
    compare(name, key, " = ", ";\n");
}
static void function(const char *name)
{
    char key[64];
    (void)snprintf(key, sizeof key, "fn %s(", name);
    compare(name, key, "{", "\n}\n");
}
#define CONSTANT(name, value) add(value), constant(name)

/* No constant of the file was left out. */
static void all_compared(void)
{
    unsigned n = 0;
    for (const char *line = text; line; line = strchr(line, '\n')) {
        if (*line == '\n') line++;
        n += strncmp(line, "const ", 6) == 0 || strncmp(line, "pub const ", 10) == 0;
    }
    if (n != n_compared) fail("constants", "there are others than those compared");
}

static void parameters(void)
{
    const params *p = params_by_name("chain");
    char hex[MAX_DIGITS];
    unsigned n_profiles = 0, n = 0;
    while (params_by_id(n_profiles + 1)) n_profiles++;
    open_file("params.cairo");
    CONSTANT("MAGIC", PROOF_MAGIC);
    CONSTANT("VERSION", SP_VERSION);
    CONSTANT("PROFILE", p->id);
    CONSTANT("PROFILES", n_profiles);
    CONSTANT("LOG_BLOWUP", p->log_blowup);
    CONSTANT("QUERIES", p->n_queries);
    CONSTANT("CAP_LOG", p->cap_log);
    CONSTANT("CAP", 1u << p->cap_log);
    CONSTANT("LAST_LAYER_LOG", p->last_layer_log);
    CONSTANT("LAST_LAYER", 1u << p->last_layer_log);
    CONSTANT("MIN_TRACE_LOG", params_min_log(p));
    CONSTANT("MAX_TRACE_LOG", p->max_trace_log);
    CONSTANT("TABLES_LOG", AIR_TABLES_LOG);
    CONSTANT("GRIND_LOOKUP", UINT64_C(1) << p->grind_lookup);
    CONSTANT("GRIND_DEEP", UINT64_C(1) << p->grind_deep);
    CONSTANT("GRIND_COMMIT", UINT64_C(1) << p->grind_commit);
    CONSTANT("GRIND_QUERY", UINT64_C(1) << p->grind_query);
    if (p->grind_oods) fail("oods grind", "not in the Cairo verifier");
    if (p->max_instances != 1) fail("instances", "one a chip in the Cairo verifier");
    for (unsigned k = 7; k-- > 0;)
        n += (unsigned)snprintf(hex + n, sizeof hex - n, "%08" PRIx32, AIR_ID[k]);
    add_digits(&want, hex);
    constant("AIR_ID");
    CONSTANT("HALT_PC", MACHINE_HALT_PC);
    CONSTANT("RAM", MACHINE_RAM);
    CONSTANT("RAM_WORDS", MACHINE_RAM_WORDS);
    CONSTANT("INPUT_ADDR", MACHINE_INPUT_ADDR);
    CONSTANT("OUTPUT_ADDR", MACHINE_OUTPUT_ADDR);
    CONSTANT("WINDOW_BYTES", MACHINE_INPUT_CAP);
    if (MACHINE_INPUT_CAP != MACHINE_OUTPUT_CAP) fail("WINDOW_BYTES", "the windows differ");
    CONSTANT("EXIT_REG", MACHINE_EXIT_REG);
    CONSTANT("DIGEST_REG", MACHINE_DIGEST_REG);
    CONSTANT("MAX_CYCLES", MACHINE_MAX_CYCLES);
    CONSTANT("IO_WORDS", MACHINE_IO_WORDS);
    CONSTANT("IO_DIGEST", MACHINE_IO_DIGEST);
    all_compared();

    /* `if n_max == 18 { .. } else if n_max == 19 { .. } else { .. }` */
    for (unsigned log = AIR_TABLES_LOG; log <= p->max_trace_log; log++) {
        unsigned fold[FRI_MAX_LAYERS];
        const unsigned n_layers = params_fri_schedule(p, log + p->log_blowup, fold);
        if (log < p->max_trace_log) add(log);
        for (unsigned l = 0; l < n_layers; l++) add(fold[l]);
    }
    function("fri_schedule");
    for (unsigned log = AIR_TABLES_LOG; log <= p->max_trace_log; log++) {
        if (log < p->max_trace_log) add(log);
        add(UINT64_C(1) << (log + p->log_blowup));
    }
    function("domain_size");
}

static void shapes(void)
{
    const air_component *c = air_components;
    unsigned main_from_initfin = 0;
    open_file("shape.cairo");
    for (unsigned i = 0; i < AIR_N_COMPONENTS; i++) add(c[i].n_pre);
    constant("PROGRAM");
    for (unsigned i = 0; i < AIR_N_COMPONENTS; i++) add(c[i].n_main);
    constant("MAIN");
    for (unsigned i = 0; i < AIR_N_COMPONENTS; i++) add(4 * (c[i].n_prod + c[i].n_sum));
    constant("INTERACTION");
    for (unsigned i = 0; i < AIR_N_COMPONENTS; i++) add(4 * c[i].n_prod);
    constant("PRODUCTS");
    for (unsigned i = AIR_INITFIN; i < AIR_N_COMPONENTS; i++) main_from_initfin += c[i].n_main;
    CONSTANT("N_COMPONENTS", AIR_N_COMPONENTS);
    CONSTANT("N_SPLIT", AIR_N_SPLIT);
    CONSTANT("INITFIN", AIR_INITFIN);
    CONSTANT("IMAGE", AIR_IMAGE);
    CONSTANT("ROM", AIR_ROM);
    CONSTANT("TABLES", AIR_TABLES);
    CONSTANT("MAIN_FROM_INITFIN", main_from_initfin);
    CONSTANT("COMPOSITION_COLUMNS", SHAPE_COMPOSITION_COLUMNS);
    all_compared();
    for (unsigned i = 0; i < AIR_N_COMPONENTS; i++)
        if (c[i].n_before != (i == AIR_INITFIN ? 2 : 0))
            fail("Before", "the columns read at the row before are others");
    open_file("air.cairo");
    CONSTANT("N_SPLIT", AIR_N_SPLIT);
    CONSTANT("COMPOSITION_COLUMNS", SHAPE_COMPOSITION_COLUMNS);
}

static void points(void)
{
    open_file("circle.cairo");
    for (unsigned k = 0; k < 32; k++) add_point(circle_omega(k));
    constant("OMEGA");
    for (unsigned k = 0; k < 31; k++) add(m31_inv(m31_from_reduced(UINT32_C(1) << k)).v);
    constant("HALVES");
    all_compared();
    open_file("domain.cairo");
    for (unsigned e = 0; e < 96; e++) {
        circle_point p = circle_identity();
        for (unsigned i = 0; i < 4; i++)
            if (e >> i & 1) p = circle_mul(p, circle_omega(e / 16 * 4 + i + 1));
        add_point(p);
    }
    constant("TURNS");
    add(0), add(0);
    constant("NO_PAIR");
    all_compared();
}

static void hashes(void)
{
    static const char *const tag[8][2] = {{"sp_leaf", "spLeaf"},    {"sp_node", "spNode"},
                                          {"sp_node_c", "spNodeC"}, {"sp_cap", "spCap"},
                                          {"sp_mix", "spMix"},      {"sp_draw", "spDraw"},
                                          {"sp_grind", "spGrind"},  {"sp_prog", "spProg"}};
    uint32_t h[8];
    open_file("blake2s.cairo");
    blake2s_start(h, NULL);
    for (unsigned k = 0; k < 6; k++) add(h[k]);
    function("start");
    add(h[6]), add(h[7]);
    function("plain");
    for (unsigned t = 0; t < 8; t++) {
        blake2s_start(h, tag[t][1]);
        add(h[6]), add(h[7]);
        function(tag[t][0]);
    }
}

int main(int argc, char **argv)
{
    if (argc != 2) return fprintf(stderr, "usage: cairo_constants DIRECTORY\n"), 2;
    directory = argv[1];
    parameters();
    shapes();
    points();
    hashes();
    return failed;
}
