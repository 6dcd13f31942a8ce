/* settings.c - see settings.h. */
#include "cli/settings.h"

#include "cli/file.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILE 65536
#define MAX_PATH 4096

const char *const setting_names[N_SETTINGS] = {
#define SETTING_NAME(id, name, ...) name,
    SETTINGS(SETTING_NAME)
#undef SETTING_NAME
};

static const struct {
    enum cli_option_id option;
    const char *variable;
    bool is_path;
} table[N_SETTINGS] = {
#define SETTING_ROW(id, name, option, variable, is_path) {option, variable, is_path},
    SETTINGS(SETTING_ROW)
#undef SETTING_ROW
};

static int no_memory(void) { return cli_fail(EXIT_LIMIT, "not enough memory"); }

static const char *variable(const char *name)
{
    const char *v = name ? getenv(name) : NULL;
    return v && *v ? v : NULL;
}

/* A copy that lives as long as the settings. */
static const char *keep(settings *s, const char *text, size_t n)
{
    char *p = s->n_owned < SP_COUNT(s->owned) ? strndup(text, n) : NULL;
    if (p) s->owned[s->n_owned++] = p;
    return p;
}

static int add_rpc(settings *s, const char *url, size_t n, const char *where)
{
    if (s->n_rpc == CLI_MAX_REPEATED)
        return cli_fail(EXIT_USAGE, "%s: more than %u endpoints", where, CLI_MAX_REPEATED);
    const char *p = keep(s, url, n);
    if (!p) return no_memory();
    s->rpc[s->n_rpc++] = p;
    s->value[SET_RPC] = s->rpc[0];
    return 0;
}

/* URLs apart by white space. */
static int add_rpcs(settings *s, const char *text, const char *where)
{
    int code = 0;
    while (!code && *(text += strspn(text, " \t\r\n"))) {
        const size_t n = strcspn(text, " \t\r\n");
        code = add_rpc(s, text, n, where);
        text += n;
    }
    return code;
}

static void from(settings *s, unsigned id, const char *where)
{
    snprintf(s->from[id], sizeof s->from[id], "%s", where);
}

/* The line in which the object's k-th name stands. jansson keeps the order of names. */
static unsigned line_of(const char *text, size_t k)
{
    unsigned line = 1, depth = 0;
    bool name = false; /* a string here would be a name */
    for (; *text; text++) {
        if (*text == '\n') line++;
        if (*text == '{' || *text == '[') name = ++depth == 1;
        if (*text == '}' || *text == ']') depth--;
        if (*text == ',') name = depth == 1;
        if (*text != '"') continue;
        if (name && k-- == 0) return line;
        name = false;
        for (text++; *text && *text != '"'; text++)
            if (*text == '\\' && text[1]) text++;
        if (!*text) break;
    }
    return line;
}

static bool is_secret(const char *name)
{
    static const char *const words[] = {"password", "private", "secret", "mnemonic", "seed"};
    for (size_t i = 0; i < SP_COUNT(words); i++)
        if (strstr(name, words[i])) return true;
    return strcmp(name, "key") == 0;
}

/* A path in the file starts at the file's folder. */
static const char *resolved(settings *s, const char *value)
{
    const char *slash = strrchr(s->file, '/');
    const size_t n = slash ? (size_t)(slash - s->file) + 1 : 0;
    char path[MAX_PATH];
    if (*value == '/' || !strcmp(value, "-") || n + strlen(value) >= sizeof path)
        return keep(s, value, strlen(value));
    snprintf(path, sizeof path, "%.*s%s", (int)n, s->file, value);
    return keep(s, path, strlen(path));
}

static int take(settings *s, unsigned id, const json_t *v, unsigned line)
{
    const char *text = json_string_value(v);
    char number[32];
    if (id == SET_RPC && json_is_array(v)) {
        size_t i;
        const json_t *e;
        if (s->value[id]) return 0;
        from(s, id, "file");
        json_array_foreach(v, i, e)
        {
            text = json_string_value(e);
            if (!text || !*text)
                return cli_fail(EXIT_FORMAT, "%s: line %u: rpc: must be URLs", s->file, line);
            const int code = add_rpc(s, text, strlen(text), s->file);
            if (code) return code;
        }
        return 0;
    }
    if (id == SET_MAX_FEE && json_is_integer(v) && json_integer_value(v) >= 0) {
        snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
        text = number;
    }
    if (!text || !*text)
        return cli_fail(EXIT_FORMAT, "%s: line %u: %s: must be a text", s->file, line,
                        setting_names[id]);
    if (s->value[id]) return 0;
    from(s, id, "file");
    if (id == SET_RPC) return add_rpc(s, text, strlen(text), s->file);
    s->value[id] = table[id].is_path ? resolved(s, text) : keep(s, text, strlen(text));
    return s->value[id] ? 0 : no_memory();
}

static int read_object(settings *s, const char *text, json_t *j)
{
    const char *name;
    json_t *v;
    size_t k = 0;
    int code = 0;
    if (!json_is_object(j)) return cli_fail(EXIT_FORMAT, "%s: must be a JSON object", s->file);
    json_object_foreach(j, name, v)
    {
        const unsigned line = line_of(text, k++);
        unsigned id = 0;
        while (id < N_SETTINGS && strcmp(name, setting_names[id])) id++;
        if (id < N_SETTINGS) {
            code = take(s, id, v, line);
        } else if (is_secret(name)) {
            code = cli_fail(EXIT_FORMAT,
                            "%s: line %u: %s: secrets do not stand here; keystore names the file "
                            "of the key, which is under a password",
                            s->file, line, name);
        } else {
            const char *near = cli_nearest(name, setting_names, N_SETTINGS);
            code = cli_fail(EXIT_FORMAT, "%s: line %u: no setting is named %s%s%s%s", s->file, line,
                            name, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
        }
        if (code) return code;
    }
    return 0;
}

/* The place of the file; *must: it was named. NULL and no failure: there is no home. */
static int find_file(settings *s, const cli_args *a, bool *must)
{
    const char *named = a->value[OPT_CONFIG] ? a->value[OPT_CONFIG] : variable("SPROVE_CONFIG");
    const char *home = variable("XDG_CONFIG_HOME"), *rest = "/sprove/config";
    char path[MAX_PATH];
    *must = named != NULL;
    if (!named && (!home || *home != '/')) {
        home = variable("HOME");
        rest = "/.config/sprove/config";
    }
    if (!named && !home) return 0;
    const int n = snprintf(path, sizeof path, "%s%s", named ? named : home, named ? "" : rest);
    if (n < 0 || (size_t)n >= sizeof path) return cli_fail(EXIT_USAGE, "--config is too long");
    s->file = strdup(path);
    return s->file ? 0 : no_memory();
}

static int read_file(settings *s, const cli_args *a)
{
    file_bytes b = {NULL, 0};
    json_error_t e;
    bool must;
    int code = find_file(s, a, &must);
    if (code || !s->file) return code;
    if (!must) { /* absent, or a folder that nobody may look into: as if it were empty */
        FILE *there = fopen(s->file, "rb");
        if (!there) {
            free(s->file);
            s->file = NULL;
            return 0;
        }
        fclose(there);
    }
    code = file_read(&b, s->file, "the configuration", MAX_FILE);
    if (code) return code;
    json_t *j = json_loadb((const char *)b.at, b.n, JSON_REJECT_DUPLICATES, &e);
    if (!j)
        code = cli_fail(EXIT_FORMAT, "%s: not JSON: line %d, column %d: %s", s->file, e.line,
                        e.column, e.text);
    else
        code = read_object(s, (const char *)b.at, j);
    json_decref(j);
    free(b.at);
    return code;
}

int settings_read(settings *s, const cli_args *a)
{
    memset(s, 0, sizeof *s);
    int code = 0;
    for (unsigned i = 0; i < a->n_repeated && !code; i++)
        code = add_rpc(s, a->repeated[i], strlen(a->repeated[i]), "--rpc");
    for (unsigned id = 0; id < N_SETTINGS && !code; id++) {
        const char *name = cli_options[table[id].option].name, *env = table[id].variable;
        char option[32];
        snprintf(option, sizeof option, "--%s", name);
        if (id == SET_RPC && !variable(env)) env = "STARKNET_RPC"; /* as other tools have it */
        if (a->value[table[id].option]) {
            from(s, id, option);
            if (id != SET_RPC) s->value[id] = a->value[table[id].option];
        } else if (variable(env)) {
            from(s, id, env);
            if (id == SET_RPC)
                code = add_rpcs(s, variable(env), env);
            else
                s->value[id] = variable(env);
        }
    }
    return code ? code : read_file(s, a);
}

void settings_free(settings *s)
{
    for (unsigned i = 0; i < s->n_owned; i++) free(s->owned[i]);
    free(s->file);
    memset(s, 0, sizeof *s);
}

void settings_host(char *out, size_t room, const char *url)
{
    const char *host = strstr(url, "://");
    host = host ? host + 3 : url;
    const size_t n = strcspn(host, "/?#");
    const char *user = memchr(host, '@', n); /* name and password of the URL */
    const char *last = user;
    while (last && (last = memchr(last + 1, '@', n - (size_t)(last + 1 - host))) != NULL)
        user = last;
    const char *start = user ? user + 1 : host;
    snprintf(out, room, "%.*s%.*s", (int)(host - url), url, (int)(n - (size_t)(start - host)),
             start);
}
