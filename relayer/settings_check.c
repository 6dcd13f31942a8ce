/* settings_check.c - what settings must be together; see settings.h. */
#include "relayer/settings.h"

#include "market/amount.h"
#include "relayer/log.h"
#include "relayer/scope.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Decimal digits and nothing else; a port of 0 is none. */
static bool read_port(unsigned *port, const char *text)
{
    unsigned v = 0;
    if (*text == 0) return false;
    for (; *text != 0; text++) {
        if (*text < '0' || *text > '9' || v > 65535) return false;
        v = 10 * v + (unsigned)(*text - '0');
    }
    *port = v;
    return v > 0 && v <= 65535;
}

bool settings_address(char *address, size_t room, unsigned *port, const char *text)
{
    const char *colon = strrchr(text, ':');
    if (colon == NULL || !read_port(port, colon + 1)) return false;
    size_t n = (size_t)(colon - text);
    if (n >= 2 && text[0] == '[' && text[n - 1] == ']') {
        text++;
        n -= 2;
    } else if (memchr(text, ':', n) != NULL) {
        return false;
    }
    if (n == 0 || n >= room) return false;
    memcpy(address, text, n);
    address[n] = 0;
    return true;
}

static bool is_place(const char *text)
{
    char address[64];
    unsigned port;
    struct in6_addr room; /* for either kind */
    return settings_address(address, sizeof address, &port, text) &&
           (inet_pton(AF_INET, address, &room) == 1 || inet_pton(AF_INET6, address, &room) == 1);
}

static bool are_urls(const char *list)
{
    int n = 0;
    while (*list != 0) {
        list += strspn(list, " ,");
        const size_t len = strcspn(list, " ,");
        const bool http = strncmp(list, "http://", 7) == 0 && len > 7;
        const bool https = strncmp(list, "https://", 8) == 0 && len > 8;
        if (len > 0 && ((!http && !https) || ++n > SETTINGS_URLS)) return false;
        list += len;
    }
    return true;
}

static bool is_fee(const char *text)
{
    u256 v;
    return amount_read(&v, text, strlen(text)) == SP_OK && v.high == 0 && v.low >> 120 == 0;
}

/* http(s)://host or http(s)://host:port, as a browser names an origin; or nothing. */
static bool is_origin(const char *text)
{
    const size_t scheme = strncmp(text, "http://", 7) == 0    ? 7
                          : strncmp(text, "https://", 8) == 0 ? 8
                                                              : 0;
    const char *host = text + scheme;
    const size_t n = strlen(host);
    if (text[0] == 0) return true;
    if (scheme == 0 || n == 0 || scheme + n >= 256 || host[n - 1] == ':') return false;
    for (const char *p = host; *p != 0; p++)
        if (*p <= 0x20 || *p > 0x7e || strchr("/?#@\\\"", *p) != NULL) return false;
    return true;
}

/* Origins with commas between them, or "*" alone. */
static bool are_origins(const char *list)
{
    char one[SETTINGS_TEXT];
    if (strcmp(list, "*") == 0) return true;
    while (*(list += strspn(list, ", ")) != 0) {
        const size_t n = strcspn(list, ", ");
        memcpy(one, list, n); /* < SETTINGS_TEXT, as the list */
        one[n] = 0;
        /* A browser writes hosts in lower case. */
        for (size_t i = 0; i < n; i++)
            if (one[i] >= 'A' && one[i] <= 'Z') return false;
        if (!is_origin(one)) return false;
        list += n;
    }
    return true;
}

/* Scopes that an account may be given by its login: never an administrator's. */
static bool are_scopes(const char *list)
{
    bool known;
    const uint32_t all = scopes_read(list, &known);
    return known && all != 0 && (all & SCOPE_ADMIN) == 0;
}

/* Rows are kept longer than payloads and messages, which are let go of by what the rows say. */
#define ROWS_LATER_MS (2 * UINT64_C(86400000))

sp_status settings_check(const settings *s, char why[SETTINGS_WHY])
{
    const struct {
        const char *name;
        uint64_t ms;
    } order[] = {{"ws.offer", s->offer_ms},
                 {"ws.heartbeat", s->heartbeat_ms},
                 {"ws.resume_grace", s->resume_grace_ms},
                 {"ws.heartbeat_timeout", s->heartbeat_timeout_ms},
                 {"ws.lease", s->lease_ms},
                 {"ws.start_by", s->start_by_ms}};
    for (size_t i = 1; i < SP_COUNT(order); i++)
        if (order[i - 1].ms >= order[i].ms) {
            (void)snprintf(why, SETTINGS_WHY, "%s must be shorter than %s", order[i - 1].name,
                           order[i].name);
            return SP_ERR_FORMAT;
        }
    if (!is_place(s->listen) || (s->metrics[0] != 0 && !is_place(s->metrics))) {
        (void)snprintf(why, SETTINGS_WHY,
                       "%s is not address:port, such as 127.0.0.1:8000 or [::1]:8000",
                       is_place(s->listen) ? "server.metrics" : "server.listen");
        return SP_ERR_FORMAT;
    }
    if (!are_urls(s->rpc)) {
        (void)snprintf(why, SETTINGS_WHY, "chain.rpc is at most %d URLs of http or https",
                       SETTINGS_URLS);
        return SP_ERR_FORMAT;
    }
    if (!are_urls(s->alternate_urls)) {
        (void)snprintf(why, SETTINGS_WHY, "ws.alternate_urls is at most %d URLs of http or https",
                       SETTINGS_URLS);
        return SP_ERR_FORMAT;
    }
    if (!is_fee(s->max_fee_fri) || !is_fee(s->l2_price_floor)) {
        (void)snprintf(why, SETTINGS_WHY, "chain.%s is no whole number of FRI below 2^120",
                       is_fee(s->max_fee_fri) ? "l2_price_floor" : "max_fee_fri");
        return SP_ERR_FORMAT;
    }
    u256 tip;
    if (amount_read(&tip, s->tip, strlen(s->tip)) != SP_OK || tip.high != 0 ||
        tip.low > UINT64_MAX) {
        (void)snprintf(why, SETTINGS_WHY, "chain.tip is no whole number of FRI below 2^64");
        return SP_ERR_FORMAT;
    }
    felt token;
    if (felt_read_hex(&token, s->token, strlen(s->token)) != SP_OK || felt_is_zero(token)) {
        (void)snprintf(why, SETTINGS_WHY, "chain.token is no address");
        return SP_ERR_FORMAT;
    }
    if (s->rows_ms < s->retention_ms + ROWS_LATER_MS) {
        (void)snprintf(why, SETTINGS_WHY,
                       "storage.rows must be two days longer than storage.retention at least");
        return SP_ERR_FORMAT;
    }
    u256 spend;
    if (s->daily_spend[0] != 0 &&
        amount_read(&spend, s->daily_spend, strlen(s->daily_spend)) != SP_OK) {
        (void)snprintf(why, SETTINGS_WHY, "limits.daily_spend is no whole number of FRI");
        return SP_ERR_FORMAT;
    }
    const bool has_account = s->account[0] != 0;
    if (has_account != (s->keystore[0] != 0) || has_account != (s->password_file[0] != 0) ||
        (has_account && s->rpc[0] == 0)) {
        (void)snprintf(why, SETTINGS_WHY,
                       "chain.account, chain.keystore and chain.password_file go together, and "
                       "with chain.rpc");
        return SP_ERR_FORMAT;
    }
    if (!is_origin(s->login_origin) || !are_scopes(s->login_scopes)) {
        (void)snprintf(
            why, SETTINGS_WHY, "%s",
            is_origin(s->login_origin)
                ? "auth.scopes is a list of scopes without admin"
                : "auth.origin is http://HOST or https://HOST, with :PORT if it has one");
        return SP_ERR_FORMAT;
    }
    if (!are_origins(s->cors_origins)) {
        (void)snprintf(
            why, SETTINGS_WHY,
            "server.cors_origins is a list of http(s)://host with :PORT if it has one, or *");
        return SP_ERR_FORMAT;
    }
    if ((s->tls_cert[0] == 0) != (s->tls_key[0] == 0)) {
        (void)snprintf(why, SETTINGS_WHY, "server.tls_cert and server.tls_key go together");
        return SP_ERR_FORMAT;
    }
    if (s->data[0] != '/') {
        (void)snprintf(why, SETTINGS_WHY, "server.data is \"%.200s\", not an absolute path",
                       s->data);
        return SP_ERR_FORMAT;
    }
    if (s->backup_dir[0] != 0 && s->backup_dir[0] != '/') {
        (void)snprintf(why, SETTINGS_WHY, "backup.dir is \"%.200s\", not an absolute path",
                       s->backup_dir);
        return SP_ERR_FORMAT;
    }
    log_level level;
    if (!log_level_of(&level, s->log_level)) {
        (void)snprintf(why, SETTINGS_WHY, "log.level is debug, info, warn or error");
        return SP_ERR_FORMAT;
    }
    const uint64_t weights = s->weight_spec + s->weight_history + s->weight_reputation +
                             s->weight_price + s->weight_load + s->weight_geo;
    if (weights != 1000) {
        (void)snprintf(why, SETTINGS_WHY, "the weights of [sched] sum to %" PRIu64 ", not 1000",
                       weights);
        return SP_ERR_FORMAT;
    }
    return SP_OK;
}
