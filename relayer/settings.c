/* settings.c - see settings.h. */
#include "relayer/settings.h"

#include "starknet/escrow.h"

#include <ctype.h>
#include <ini.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

typedef enum { TEXT, LIST, URL, URLS, NUMBER, MILLISECONDS, BYTES, YES_NO } kind;

typedef struct {
    const char *section, *name;
    kind kind;
    size_t at;
    uint64_t low, high; /* of a number, in its smallest unit */
    const char *value;  /* the default */
} setting;

#define AT(member) offsetof(settings, member)
#define HOUR_MS UINT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)

static const setting table[] = {
    {"server", "listen", TEXT, AT(listen), 0, 0, "0.0.0.0:8000"},
    {"server", "data", TEXT, AT(data), 0, 0, ""},
    {"server", "tls_cert", TEXT, AT(tls_cert), 0, 0, ""},
    {"server", "tls_key", TEXT, AT(tls_key), 0, 0, ""},
    {"server", "metrics", TEXT, AT(metrics), 0, 0, "127.0.0.1:9464"},
    {"server", "port_fallback", YES_NO, AT(port_fallback), 0, 1, "yes"},
    {"server", "max_connections", NUMBER, AT(max_connections), 16, 1000000, "20000"},
    {"server", "per_ip", NUMBER, AT(per_ip), 1, 1000000, "100"},
    {"server", "upgrade_rate", NUMBER, AT(upgrade_rate), 1, 1000000, "30"},
    {"server", "min_rate", BYTES, AT(min_rate), 1, 1 << 30, "10000"},
    {"server", "trusted_proxies", LIST, AT(trusted_proxies), 0, 0, ""},
    {"server", "cors_origins", LIST, AT(cors_origins), 0, 0, ""},
    {"server", "shutdown_timeout", MILLISECONDS, AT(shutdown_ms), 1000, HOUR_MS, "60s"},
    {"server", "head_timeout", MILLISECONDS, AT(head_ms), 1000, HOUR_MS, "10s"},
    {"server", "body_timeout", MILLISECONDS, AT(body_ms), 100, HOUR_MS, "10s"},
    {"server", "send_timeout", MILLISECONDS, AT(send_ms), 100, HOUR_MS, "30s"},
    {"db", "database", URL, AT(database), 0, 0, ""},
    {"db", "group_commit", MILLISECONDS, AT(group_ms), 0, 1000, "2ms"},
    {"db", "group_commit_max", NUMBER, AT(group_max), 1, 100000, "256"},
    {"db", "readers", NUMBER, AT(readers), 1, 64, "2"},
    {"ws", "offer", MILLISECONDS, AT(offer_ms), 10, DAY_MS, "10s"},
    {"ws", "heartbeat", MILLISECONDS, AT(heartbeat_ms), 10, DAY_MS, "30s"},
    {"ws", "resume_grace", MILLISECONDS, AT(resume_grace_ms), 10, DAY_MS, "60s"},
    {"ws", "heartbeat_timeout", MILLISECONDS, AT(heartbeat_timeout_ms), 10, DAY_MS, "95s"},
    {"ws", "lease", MILLISECONDS, AT(lease_ms), 10, DAY_MS, "120s"},
    {"ws", "start_by", MILLISECONDS, AT(start_by_ms), 10, DAY_MS, "180s"},
    {"ws", "reconnect_every", MILLISECONDS, AT(reconnect_ms), 0, HOUR_MS, "10s"},
    {"ws", "max_message", BYTES, AT(max_message), 4096, 16 << 20, "256KiB"},
    {"ws", "alternate_urls", URLS, AT(alternate_urls), 0, 0, ""},
    {"ws", "message_rate", NUMBER, AT(message_rate), 1, 1000000, "100"},
    {"ws", "message_burst", NUMBER, AT(message_burst), 1, 1000000, "1000"},
    {"ws", "require_node_signature", YES_NO, AT(require_node_signature), 0, 1, "yes"},
    {"sched", "exploration_ppm", NUMBER, AT(exploration_ppm), 0, 1000000, "50000"},
    {"sched", "max_attempts", NUMBER, AT(max_attempts), 1, 100, "3"},
    {"sched", "weight_spec", NUMBER, AT(weight_spec), 0, 1000, "150"},
    {"sched", "weight_history", NUMBER, AT(weight_history), 0, 1000, "250"},
    {"sched", "weight_reputation", NUMBER, AT(weight_reputation), 0, 1000, "200"},
    {"sched", "weight_price", NUMBER, AT(weight_price), 0, 1000, "200"},
    {"sched", "weight_load", NUMBER, AT(weight_load), 0, 1000, "100"},
    {"sched", "weight_geo", NUMBER, AT(weight_geo), 0, 1000, "100"},
    {"verify", "workers", NUMBER, AT(verifiers), 1, 256, "2"},
    {"verify", "timeout", MILLISECONDS, AT(verify_ms), 100, HOUR_MS, "30s"},
    {"audit", "rate_ppm", NUMBER, AT(audit_ppm), 0, 1000000, "100000"},
    {"audit", "timeout", MILLISECONDS, AT(audit_ms), 100, HOUR_MS, "60s"},
    {"chain", "rpc", URLS, AT(rpc), 0, 0, ""},
    {"chain", "chain_id", TEXT, AT(chain_id), 0, 0, ""},
    {"chain", "contract", TEXT, AT(contract), 0, 0, ""},
    {"chain", "account", TEXT, AT(account), 0, 0, ""},
    {"chain", "keystore", TEXT, AT(keystore), 0, 0, ""},
    {"chain", "password_file", TEXT, AT(password_file), 0, 0, ""},
    {"chain", "max_fee_fri", TEXT, AT(max_fee_fri), 0, 0, "1000000000000000000"},
    {"chain", "l2_price_floor", TEXT, AT(l2_price_floor), 0, 0, "3000000000"},
    {"chain", "tip", TEXT, AT(tip), 0, 0, "0"},
    {"chain", "assign_for", MILLISECONDS, AT(assign_ms), 1000, DAY_MS, "15m"},
    {"chain", "token", TEXT, AT(token), 0, 0, ESCROW_STRK},
    {"chain", "require_proof", YES_NO, AT(require_proof), 0, 1, "yes"},
    {"chain", "poll", MILLISECONDS, AT(poll_ms), 50, HOUR_MS, "2s"},
    {"storage", "blobs", TEXT, AT(blobs), 0, 0, ""},
    {"storage", "max_blob", BYTES, AT(max_blob), 1 << 20, UINT64_C(1) << 40, "1GiB"},
    {"storage", "keep_payloads", YES_NO, AT(keep_payloads), 0, 1, "no"},
    {"storage", "retention", MILLISECONDS, AT(retention_ms), 1000, 36500 * DAY_MS, "30d"},
    {"storage", "settled", MILLISECONDS, AT(settled_ms), 1000, 36500 * DAY_MS, "1d"},
    {"storage", "rows", MILLISECONDS, AT(rows_ms), 3 * DAY_MS, 36500 * DAY_MS, "365d"},
    {"storage", "unused", MILLISECONDS, AT(unused_ms), 1000, 36500 * DAY_MS, "1h"},
    {"storage", "min_free", BYTES, AT(min_free), 0, UINT64_C(1) << 50, "256MiB"},
    {"limits", "post_rate", NUMBER, AT(post_rate), 1, 1000000, "20"},
    {"limits", "post_burst", NUMBER, AT(post_burst), 1, 1000000, "40"},
    {"limits", "read_rate", NUMBER, AT(read_rate), 1, 1000000, "100"},
    {"limits", "read_burst", NUMBER, AT(read_burst), 1, 1000000, "200"},
    {"limits", "uploads", NUMBER, AT(uploads), 1, 1000000, "10"},
    {"limits", "upload_bytes", BYTES, AT(upload_bytes), 1 << 20, UINT64_C(1) << 41, "1GiB"},
    {"limits", "stored_bytes", BYTES, AT(stored_bytes), 0, UINT64_C(1) << 50, "100GiB"},
    {"limits", "daily_tasks", NUMBER, AT(daily_tasks), 0, UINT64_C(1) << 40, "1000000"},
    {"limits", "daily_spend", TEXT, AT(daily_spend), 0, 0, ""},
    {"limits", "open_tasks", NUMBER, AT(open_tasks), 1, UINT64_C(1) << 40, "1000000"},
    {"limits", "unseen_escrows", NUMBER, AT(unseen_escrows), 1, 1000000, "100"},
    {"auth", "wallets", YES_NO, AT(login_wallets), 0, 1, "yes"},
    {"auth", "unlisted", YES_NO, AT(login_unlisted), 0, 1, "yes"},
    {"auth", "origin", TEXT, AT(login_origin), 0, 0, ""},
    {"auth", "scopes", LIST, AT(login_scopes), 0, 0, "demander"},
    {"auth", "challenge", MILLISECONDS, AT(login_challenge_ms), 1000, HOUR_MS, "5m"},
    {"auth", "token", MILLISECONDS, AT(login_token_ms), 1000, 7 * DAY_MS, "1h"},
    {"auth", "rate", NUMBER, AT(login_rate), 1, 1000000, "30"},
    {"auth", "most", NUMBER, AT(login_most), 1, 50000, "20000"},
    {"webhooks", "allow_private", YES_NO, AT(allow_private_callbacks), 0, 1, "no"},
    {"webhooks", "legacy_header", YES_NO, AT(hook_legacy_header), 0, 1, "no"},
    {"webhooks", "timeout", MILLISECONDS, AT(hook_timeout_ms), 100, 60000, "10s"},
    {"webhooks", "first_retry", MILLISECONDS, AT(hook_retry_ms), 10, HOUR_MS, "5s"},
    {"webhooks", "ca_file", TEXT, AT(hook_ca_file), 0, 0, ""},
    {"backup", "dir", TEXT, AT(backup_dir), 0, 0, ""},
    {"backup", "every", MILLISECONDS, AT(backup_every_ms), 0, 7 * DAY_MS, "10m"},
    {"backup", "keep", NUMBER, AT(backup_keep), 1, 1000, "12"},
    {"log", "level", TEXT, AT(log_level), 0, 0, "info"},
};

static bool is_text(kind k) { return k == TEXT || k == LIST || k == URL || k == URLS; }

static bool is_list(kind k) { return k == LIST || k == URLS; }

static void *member(settings *s, const setting *t) { return (char *)s + t->at; }

static const void *const_member(const settings *s, const setting *t)
{
    return (const char *)s + t->at;
}

typedef struct {
    const char *name;
    uint64_t factor;
} unit;

static const unit time_units[] = {
    {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", HOUR_MS}, {"d", DAY_MS}};
static const unit byte_units[] = {
    {"", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", UINT64_C(1) << 40}};
static const unit no_units[] = {{"", 1}};

/* A decimal number and one of the units. */
static bool read_number(uint64_t *out, const char *text, const unit *units, size_t n_units)
{
    uint64_t v = 0;
    if (*text < '0' || *text > '9') return false;
    for (; *text >= '0' && *text <= '9'; text++) {
        if (v > UINT64_C(1) << 50) return false;
        v = 10 * v + (uint64_t)(*text - '0');
    }
    while (*text == ' ') text++;
    for (size_t i = 0; i < n_units; i++)
        if (strcmp(text, units[i].name) == 0) {
            if (v > (UINT64_C(1) << 62) / units[i].factor) return false;
            *out = v * units[i].factor;
            return true;
        }
    return false;
}

static bool parse(uint64_t *v, const setting *t, const char *text)
{
    switch (t->kind) {
    case MILLISECONDS: return read_number(v, text, time_units, SP_COUNT(time_units));
    case BYTES: return read_number(v, text, byte_units, SP_COUNT(byte_units));
    case YES_NO:
        *v = strcmp(text, "yes") == 0 || strcmp(text, "true") == 0;
        return *v || strcmp(text, "no") == 0 || strcmp(text, "false") == 0;
    default: return read_number(v, text, no_units, SP_COUNT(no_units));
    }
}

static const char *form(kind k)
{
    return k == MILLISECONDS ? "a time such as 500ms, 30s, 5m, 1h, 2d"
           : k == BYTES      ? "a size such as 4096, 256KiB, 1GiB"
           : k == YES_NO     ? "yes or no"
                             : "a whole number";
}

static void write_number(char *out, size_t room, const setting *t, uint64_t v)
{
    const unit *units = t->kind == MILLISECONDS ? time_units
                        : t->kind == BYTES      ? byte_units
                                                : no_units;
    size_t n = t->kind == MILLISECONDS ? SP_COUNT(time_units)
               : t->kind == BYTES      ? SP_COUNT(byte_units)
                                       : 1;
    if (t->kind == YES_NO) {
        (void)snprintf(out, room, "%s", v ? "yes" : "no");
        return;
    }
    while (n > 1 && (v == 0 || v % units[n - 1].factor != 0)) n--;
    (void)snprintf(out, room, "%" PRIu64 "%s", v / units[n - 1].factor, units[n - 1].name);
}

/* What cannot be said in a file: control characters, blanks around it, and " ;", where a comment
 * would begin. */
static bool is_plain(const char *text)
{
    const size_t n = strlen(text);
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f) return false;
    return n == 0 ||
           (text[0] != ' ' && text[0] != ';' && text[n - 1] != ' ' && strstr(text, " ;") == NULL);
}

static sp_status set(settings *s, const setting *t, const char *value, char why[SETTINGS_WHY])
{
    if (is_text(t->kind)) {
        const char *wrong = strlen(value) >= SETTINGS_TEXT ? "is too long"
                            : !is_plain(value) ? "contains a control character, \" ;\", or a blank "
                                                 "at an end"
                                               : NULL;
        if (wrong != NULL) {
            (void)snprintf(why, SETTINGS_WHY, "%s.%s %s", t->section, t->name, wrong);
            return SP_ERR_FORMAT;
        }
        (void)snprintf(member(s, t), SETTINGS_TEXT, "%s", value);
        if (t->at == AT(listen)) s->listen_given = true;
        return SP_OK;
    }
    uint64_t v = 0;
    if (!parse(&v, t, value)) {
        (void)snprintf(why, SETTINGS_WHY, "%s.%s is \"%.60s\", not %s", t->section, t->name, value,
                       form(t->kind));
        return SP_ERR_FORMAT;
    }
    if (v < t->low || v > t->high) {
        char low[32], high[32];
        write_number(low, sizeof low, t, t->low);
        write_number(high, sizeof high, t, t->high);
        (void)snprintf(why, SETTINGS_WHY, "%s.%s is %.60s; it is %s to %s", t->section, t->name,
                       value, low, high);
        return SP_ERR_FORMAT;
    }
    memcpy(member(s, t), &v, sizeof v);
    return SP_OK;
}

static const setting *find(const char *section, size_t section_bytes, const char *name)
{
    for (size_t i = 0; i < SP_COUNT(table); i++)
        if (strlen(table[i].section) == section_bytes &&
            strncmp(table[i].section, section, section_bytes) == 0 &&
            strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

void settings_init(settings *s)
{
    char why[SETTINGS_WHY];
    memset(s, 0, sizeof *s);
    for (size_t i = 0; i < SP_COUNT(table); i++)
        if (set(s, &table[i], table[i].value, why) != SP_OK)
            SP_ASSERT(table[i].section == NULL); /* a default is out of its range */
    s->listen_given = false;
    const char *xdg = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    if (xdg != NULL && xdg[0] == '/')
        (void)snprintf(s->data, sizeof s->data, "%s/sprove", xdg);
    else
        (void)snprintf(s->data, sizeof s->data, "%s/.local/share/sprove", home != NULL ? home : "");
}

sp_status settings_set(settings *s, const char *name, const char *value, char why[SETTINGS_WHY])
{
    const char *dot = strchr(name, '.');
    const setting *t = dot == NULL ? NULL : find(name, (size_t)(dot - name), dot + 1);
    if (t != NULL) return set(s, t, value, why);
    (void)snprintf(why, SETTINGS_WHY, "there is no setting \"%.80s\"", name);
    return SP_ERR_FORMAT;
}

typedef struct {
    settings *s;
    FILE *in;
    int line, failed_at;
    char *why;
    bool failed;
    bool seen[SP_COUNT(table)];
} reading;

static int refuse(reading *r, const char *what)
{
    (void)snprintf(r->why, SETTINGS_WHY, "%s", what);
    r->failed = true;
    r->failed_at = r->line;
    return 0;
}

/* As fgets. libinih would take the rest of a long line for a line of its own, and would not see
 * what follows a zero byte. */
static char *read_line(char *line, int room, void *stream)
{
    reading *r = stream;
    int n = 0, c = 0;
    if (r->failed) return NULL;
    while (c != '\n' && (c = getc(r->in)) != EOF) {
        const bool fits = n + 1 < room;
        if (n == 0) r->line++;
        if (!fits || c == 0) {
            (void)refuse(r, fits ? "it contains a zero byte" : "this line is too long");
            return NULL;
        }
        line[n++] = (char)c;
    }
    line[n] = 0;
    return n > 0 ? line : NULL;
}

static sp_status append(settings *s, const setting *t, const char *value, char why[SETTINGS_WHY])
{
    char all[2 * SETTINGS_TEXT];
    const char *before = const_member(s, t);
    const size_t n = strlen(before);
    const char *comma = n > 0 && before[n - 1] != ',' ? "," : "";
    if (snprintf(all, sizeof all, "%s%s%s", before, comma, value) < (int)sizeof all)
        return set(s, t, all, why);
    (void)snprintf(why, SETTINGS_WHY, "%s.%s is too long", t->section, t->name);
    return SP_ERR_FORMAT;
}

static int on_pair(void *user, const char *section, const char *name, const char *value)
{
    reading *r = user;
    char what[SETTINGS_WHY];
    if (r->failed) return 0;
    const setting *t = find(section, strlen(section), name);
    if (t == NULL) {
        (void)snprintf(what, sizeof what, "there is no setting \"%.80s\" in [%.80s]", name,
                       section);
        return refuse(r, what);
    }
    bool *seen = &r->seen[t - table];
    if (*seen && !is_list(t->kind)) {
        (void)snprintf(what, sizeof what, "%s.%s comes twice", t->section, t->name);
        return refuse(r, what);
    }
    const sp_status s = *seen ? append(r->s, t, value, what) : set(r->s, t, value, what);
    *seen = true;
    return s == SP_OK ? 1 : refuse(r, what);
}

sp_status settings_read_file(settings *s, const char *path, char why[SETTINGS_WHY])
{
    settings next = *s;
    char what[SETTINGS_WHY] = "";
    reading r = {.s = &next, .in = fopen(path, "r"), .why = what};
    int line = 0;
    bool readable = r.in != NULL;
    if (readable) {
        line = ini_parse_stream(read_line, &r, on_pair, &r);
        readable = line >= 0 && ferror(r.in) == 0;
        (void)fclose(r.in);
    }
    if (!readable) {
        (void)snprintf(why, SETTINGS_WHY, "%.200s: cannot be read", path);
        return SP_ERR_IO;
    }
    if (line == 0 && !r.failed) {
        *s = next;
        return SP_OK;
    }
    /* The first error: that of libinih, or ours. */
    const bool syntax = line > 0 && (!r.failed || line < r.failed_at);
    (void)snprintf(why, SETTINGS_WHY, "%.100s:%d: %.180s", path, syntax ? line : r.failed_at,
                   syntax ? "it is no INI" : what);
    return SP_ERR_FORMAT;
}

sp_status settings_read_environment(settings *s, char *const *environment, char why[SETTINGS_WHY])
{
    settings next = *s;
    for (; *environment != NULL; environment++) {
        for (size_t i = 0; i < SP_COUNT(table); i++) {
            char name[96];
            int n = snprintf(name, sizeof name, "SPROVE_%s_%s=", table[i].section, table[i].name);
            for (int k = 0; k < n; k++) name[k] = (char)toupper((unsigned char)name[k]);
            if (strncmp(*environment, name, (size_t)n) != 0) continue;
            char what[SETTINGS_WHY];
            if (set(&next, &table[i], *environment + n, what) != SP_OK) {
                (void)snprintf(why, SETTINGS_WHY, "environment: %.280s", what);
                return SP_ERR_FORMAT;
            }
        }
    }
    *s = next;
    return SP_OK;
}

/* Scheme and host; *** stands for the rest, where a key or a password may be. */
static void print_url(const char *url, size_t n, FILE *out)
{
    const char *scheme = n == 0 ? NULL : strstr(url, "://");
    if (scheme == NULL || scheme >= url + n) {
        fputs("***", out);
        return;
    }
    const char *host = scheme + 3, *end = url + n;
    const char *rest = host + strcspn(host, "/?#");
    if (rest > end) rest = end;
    for (const char *p = host; p < rest; p++)
        if (*p == '@') host = p + 1; /* after the last one: a password may contain it */
    if (memchr(rest, '@', (size_t)(end - rest)) != NULL) { /* a password with a slash? */
        fprintf(out, "%.*s://***", (int)(scheme - url), url);
        return;
    }
    fprintf(out, "%.*s://%.*s", (int)(scheme - url), url, (int)(rest - host), host);
    if (host != scheme + 3 || rest + 1 < end) fputs("/***", out);
}

static void print_text(const setting *t, const char *text, FILE *out)
{
    /* A database without a scheme is the path of a file. */
    if (t->kind == TEXT || t->kind == LIST || (t->kind == URL && strstr(text, "://") == NULL)) {
        fputs(text, out);
        return;
    }
    if (t->kind == URL) {
        print_url(text, strlen(text), out);
        return;
    }
    for (int i = 0; *text != 0; i++) {
        text += strspn(text, " ,");
        const size_t n = strcspn(text, " ,");
        if (n == 0) break;
        if (i > 0) fputs(",", out);
        print_url(text, n, out);
        text += n;
    }
}

void settings_print_value(const settings *s, size_t i, FILE *out)
{
    const setting *t = &table[i];
    char text[32];
    uint64_t v;
    if (is_text(t->kind)) {
        print_text(t, const_member(s, t), out);
        return;
    }
    memcpy(&v, const_member(s, t), sizeof v);
    write_number(text, sizeof text, t, v);
    fputs(text, out);
}

void settings_print(const settings *s, FILE *out)
{
    const char *section = "";
    for (size_t i = 0; i < SP_COUNT(table); i++) {
        const setting *t = &table[i];
        if (strcmp(section, t->section) != 0) {
            fprintf(out, "%s[%s]\n", i == 0 ? "" : "\n", t->section);
            section = t->section;
        }
        fprintf(out, "%s = ", t->name);
        settings_print_value(s, i, out);
        fputs("\n", out);
    }
}

size_t settings_count(void) { return SP_COUNT(table); }

const char *settings_section(size_t i) { return table[i].section; }

const char *settings_name(size_t i) { return table[i].name; }

bool settings_same(const settings *a, const settings *b, size_t i)
{
    const setting *t = &table[i];
    return is_text(t->kind) ? strcmp(const_member(a, t), const_member(b, t)) == 0
                            : memcmp(const_member(a, t), const_member(b, t), 8) == 0;
}

bool settings_is_text(size_t i) { return is_text(table[i].kind); }

void settings_take(settings *to, const settings *from, size_t i)
{
    const setting *t = &table[i];
    uint64_t v;
    if (is_text(t->kind)) {
        memcpy(member(to, t), const_member(from, t), SETTINGS_TEXT);
        return;
    }
    memcpy(&v, const_member(from, t), sizeof v);
    __atomic_store_n((uint64_t *)member(to, t), v, __ATOMIC_RELAXED);
}

sp_status settings_load(settings *s, const settings_source *from, char why[SETTINGS_WHY])
{
    settings_init(s);
    if (from->file != NULL) SP_TRY(settings_read_file(s, from->file, why));
    SP_TRY(settings_read_environment(s, from->environment, why));
    for (size_t i = 0; i < from->n_pairs; i++) {
        char name[128];
        const char *equals = strchr(from->pairs[i], '=');
        const size_t n = equals == NULL ? sizeof name : (size_t)(equals - from->pairs[i]);
        if (n >= sizeof name) {
            (void)snprintf(why, SETTINGS_WHY, "--set takes SECTION.NAME=VALUE");
            return SP_ERR_FORMAT;
        }
        memcpy(name, from->pairs[i], n);
        name[n] = 0;
        SP_TRY(settings_set(s, name, equals + 1, why));
    }
    return settings_check(s, why);
}
