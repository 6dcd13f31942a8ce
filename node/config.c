/* config.c - see config.h. */
#include "node/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE 1024
#define MOST 64 /* options of a file */

static char *trimmed(char *text)
{
    text += strspn(text, " \t");
    size_t n = strlen(text);
    while (n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL) n--;
    text[n] = 0;
    return text;
}

static const struct option *find(const struct option *options, const char *const *not_here,
                                 const char *name)
{
    for (; *not_here != NULL; not_here++)
        if (strcmp(*not_here, name) == 0) return NULL;
    while (options->name != NULL && strcmp(options->name, name) != 0) options++;
    return options->name != NULL ? options : NULL;
}

typedef struct {
    const struct option *options, *seen[MOST];
    const char *const *not_here;
    char *word[MOST];
    size_t n, n_seen;
    const char *wrong; /* a sentence, or NULL */
    sp_status status;
} reading;

static void add(reading *r, const char *name, const char *value)
{
    const size_t room = strlen(name) + (value != NULL ? strlen(value) : 0) + 4;
    char *word = malloc(room);
    if (word == NULL) {
        r->status = SP_ERR_NOMEM;
        r->wrong = "out of memory";
        return;
    }
    (void)snprintf(word, room, value != NULL ? "--%s=%s" : "--%s", name, value);
    r->word[r->n++] = word;
}

static void take(reading *r, char *line)
{
    char *name = trimmed(line), *equals = strchr(name, '=');
    if (name[0] == 0 || name[0] == '#' || name[0] == ';' || strcmp(name, "[node]") == 0) return;
    r->status = SP_ERR_FORMAT;
    if (equals == NULL) {
        r->wrong = "is not name = value";
        return;
    }
    *equals = 0;
    name = trimmed(name);
    const char *value = trimmed(equals + 1);
    const struct option *o = find(r->options, r->not_here, name);
    for (size_t i = 0; i < r->n_seen; i++)
        if (r->seen[i] == o) r->wrong = "names an option for the second time";
    if (o == NULL) r->wrong = "names no option that may be in a file";
    if (r->wrong == NULL && r->n_seen == MOST) r->wrong = "is one option too many";
    if (r->wrong != NULL) return;
    r->seen[r->n_seen++] = o;
    r->status = SP_OK;
    if (o->has_arg == required_argument) {
        add(r, name, value);
    } else if (strcmp(value, "yes") == 0) {
        add(r, name, NULL);
    } else if (strcmp(value, "no") != 0) {
        r->status = SP_ERR_FORMAT;
        r->wrong = "must be yes or no";
    }
}

sp_status config_read(char ***out, int *n, const char *path, int argc, char **argv,
                      const struct option *options, const char *const *not_here,
                      char why[CONFIG_WHY])
{
    reading r = {.options = options, .not_here = not_here, .status = SP_OK};
    char line[LINE];
    unsigned number = 0;
    FILE *f = fopen(path, "r");
    if (f == NULL) {
        (void)snprintf(why, CONFIG_WHY, "%.200s: cannot be read", path);
        return SP_ERR_IO;
    }
    while (r.wrong == NULL && fgets(line, sizeof line, f) != NULL) {
        number++;
        if (strchr(line, '\n') == NULL && !feof(f)) {
            r.status = SP_ERR_FORMAT;
            r.wrong = "is too long, or has a zero byte";
        } else {
            take(&r, line);
        }
    }
    if (r.wrong == NULL && ferror(f)) {
        r.status = SP_ERR_IO;
        r.wrong = "cannot be read";
    }
    (void)fclose(f);
    char **all = r.wrong == NULL ? calloc((size_t)argc + r.n + 1, sizeof *all) : NULL;
    if (r.wrong == NULL && all == NULL) {
        r.status = SP_ERR_NOMEM;
        r.wrong = "out of memory";
    }
    if (r.wrong != NULL) {
        (void)snprintf(why, CONFIG_WHY, "%.200s:%u: this line %s", path, number, r.wrong);
        while (r.n > 0) free(r.word[--r.n]);
        return r.status;
    }
    all[0] = argv[0];
    memcpy(all + 1, r.word, r.n * sizeof *all);
    memcpy(all + 1 + r.n, argv + 1, (size_t)(argc - 1) * sizeof *all);
    *out = all;
    *n = argc + (int)r.n;
    return SP_OK;
}
