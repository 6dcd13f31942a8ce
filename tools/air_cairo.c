/* air_cairo.c - prints the constraints of every component as Cairo, from the recorded graphs.
 *
 *   air_cairo --write DIR      writes DIR/NAME.cairo for every component, each.cairo, fixed.cairo
 * and ops.cairo; says how many products and reductions there are air_cairo --check DIR      fails
 * unless these files are what it would write
 *
 * A value is a QM31 whose coordinates are integers within -2^k .. 2^k (src/lazy.cairo): sums and
 * products are not reduced modulo P but where they would pass 2^CAIRO_CAP. k is known here alone.
 */
#include "tools/air_cairo.h"

#include <stdlib.h>
#include <string.h>

void fail(const char *what)
{
    fprintf(stderr, "air_cairo: %s\n", what);
    exit(1);
}
void writer_open(writer *w)
{
    w->f = open_memstream(&w->text, &w->len);
    if (!w->f) fail("no memory");
}
void writer_close(writer *w)
{
    if (fclose(w->f) != 0) fail("no memory");
}

/* Writes or compares, and frees the text. */
static bool use_file(const char *dir, const char *name, bool check, writer *w)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s.cairo", dir, name);
    FILE *f = fopen(path, check ? "rb" : "wb");
    bool good;
    if (!f) {
        perror(path);
        return false;
    }
    if (check) {
        char *found = malloc(w->len + 1);
        good = found && fread(found, 1, w->len + 1, f) == w->len &&
               memcmp(found, w->text, w->len) == 0;
        free(found);
    } else {
        good = fwrite(w->text, 1, w->len, f) == w->len;
    }
    if (fclose(f) != 0) good = false;
    if (!good && check)
        fprintf(stderr, "air_cairo: %s is not what the constraints give; air_cairo --write %s\n",
                path, dir);
    free(w->text);
    return good;
}

int main(int argc, char **argv)
{
    static air_graph graph;
    static fixed_nodes all;
    static counts n;
    static const char *const names[] = {
#define AIR_X(prefix, NAME) #prefix,
        AIR_COMPONENTS(AIR_X)
#undef AIR_X
    };
    const bool check = argc == 3 && strcmp(argv[1], "--check") == 0;
    const bool write = argc == 3 && strcmp(argv[1], "--write") == 0;
    if (!check && !write) {
        fprintf(stderr, "usage: air_cairo --write DIR | --check DIR\n");
        return 2;
    }
    bool good = true;
    writer w;
    for (int c = 0; c < AIR_N_COMPONENTS; c++) {
        if (!air_record(&graph, (enum air_component_id)c))
            fail("a limit of air/record.h is too small");
        n.n_mul = n.n_reduce = 0;
        print_component(&w, &all, &n, &graph, names[c]);
        if (write)
            printf("%-8s %3u constraints, %3u products, %3u reductions\n", air_components[c].name,
                   graph.n_constraints, n.n_mul, n.n_reduce);
        good &= use_file(argv[2], names[c], check, &w);
    }
    print_fixed(&w, &all, &n);
    good &= use_file(argv[2], "fixed", check, &w);
    print_each(&w, names);
    good &= use_file(argv[2], "each", check, &w);
    return good ? 0 : 1;
}
