/* sandboxed.c - see sandboxed.h. */
#include "tests/market/sandboxed.h"

#include <dirent.h>
#include <unistd.h>

char why[SANDBOX_WHY];

void say(const char *text)
{
    const ssize_t n = write(1, text, strlen(text));
    (void)n;
}

sandbox_spec spec_of(enum sandbox_level level, int (*fn)(void *))
{
    sandbox_spec s;
    memset(&s, 0, sizeof s);
    s.level = level;
    s.fn = fn;
    s.dir = "/tmp";
    s.input = -1;
    s.wall_ms = 20000;
    s.result_bytes = 4096;
    s.open_files = 64;
    return s;
}

sandbox *run(const sandbox_spec *spec)
{
    sandbox *s;
    if (sandbox_start(&s, spec, why) != SP_OK) {
        printf("not started: %s\n", why);
        return NULL;
    }
    while (!sandbox_step(s, 1000)) {}
    return s;
}

bool says(const sandbox *s, const char *text)
{
    size_t n;
    const uint8_t *b = sandbox_output(s, &n);
    if (n == strlen(text) && memcmp(b, text, n) == 0) return true;
    printf("said \"%.*s\", ended %s %d\n", (int)n, (const char *)b,
           sandbox_end_name[sandbox_ended(s)], sandbox_code(s));
    return false;
}

bool ends(const sandbox *s, enum sandbox_end end, int code)
{
    if (s && sandbox_ended(s) == end && sandbox_code(s) == code) return true;
    if (s) {
        size_t n;
        const uint8_t *b = sandbox_output(s, &n);
        printf("ended %s %d, said \"%.*s\"\n", sandbox_end_name[sandbox_ended(s)], sandbox_code(s),
               (int)n, (const char *)b);
    }
    return false;
}

bool group_lives(int pgid)
{
    bool lives = false;
    DIR *proc = opendir("/proc");
    for (const struct dirent *e; proc && !lives && (e = readdir(proc)) != NULL;) {
        char path[300], state;
        int parent, group;
        snprintf(path, sizeof path, "/proc/%s/stat", e->d_name);
        FILE *f = e->d_name[0] > '0' && e->d_name[0] <= '9' ? fopen(path, "r") : NULL;
        if (f && fscanf(f, "%*d %*s %c %d %d", &state, &parent, &group) == 3)
            lives = group == pgid && state != 'Z';
        if (f) fclose(f);
    }
    if (proc) closedir(proc);
    return lives;
}
