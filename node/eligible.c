/* eligible.c - see eligible.h. */
#include "node/eligible.h"

#include "market/transfer.h"

#include <openssl/crypto.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LEAST_DISK ((json_int_t)1 << 28) /* as the daemon declines */
#define KEY 320

static bool read_key(char out[KEY], const char *file, char why[ELIGIBLE_WHY])
{
    const char *given = getenv("SPROVE_API_KEY");
    char line[KEY - 16] = "";
    if (file == NULL) file = getenv("SPROVE_API_KEY_FILE");
    if (file != NULL && file[0] != 0) {
        FILE *f = fopen(file, "r");
        const bool ok = f != NULL && fgets(line, sizeof line, f) != NULL;
        if (f != NULL) (void)fclose(f);
        if (!ok) {
            (void)snprintf(why, ELIGIBLE_WHY, "%.200s cannot be read", file);
            return false;
        }
        line[strcspn(line, "\r\n")] = 0;
    } else if (given != NULL) {
        (void)snprintf(line, sizeof line, "%s", given);
    }
    bool good = line[0] != 0;
    for (const char *p = line; *p != 0; p++) good = good && *p > 32 && *p < 127;
    if (good)
        (void)snprintf(out, KEY, "Bearer %s", line);
    else
        (void)snprintf(why, ELIGIBLE_WHY,
                       "the relayer was not asked: it wants an API key with the scope nodes:read "
                       "(--api-key-file)");
    OPENSSL_cleanse(line, sizeof line);
    return good;
}

json_t *eligible_ask(const node_options *o, const char *node_id, const char *api_key_file,
                     char why[ELIGIBLE_WHY])
{
    char key[KEY], url[NODE_TEXT + 120], said[TRANSFER_WHY];
    transfer_response r;
    json_t *j = NULL;
    why[0] = 0;
    if (!read_key(key, api_key_file, why)) return NULL;
    (void)snprintf(url, sizeof url, "%s/api/v1/nodes/%.80s", o->relayer, node_id);
    const transfer_request q = {.method = "GET",
                                .url = url,
                                .authorization = key,
                                .ca_file = o->ca_file[0] != 0 ? o->ca_file : NULL,
                                .body_fd = -1,
                                .total_ms = 5000};
    if (transfer_run(&r, &q, said) != SP_OK) {
        (void)snprintf(why, ELIGIBLE_WHY, "the relayer does not answer: %.200s", said);
    } else {
        if (r.status == 200)
            j = json_loadb((const char *)r.body, r.n, JSON_REJECT_DUPLICATES, NULL);
        if (r.status == 404)
            (void)snprintf(why, ELIGIBLE_WHY, "the relayer has never heard of this node");
        else if (!json_is_object(j))
            (void)snprintf(why, ELIGIBLE_WHY,
                           "the relayer answers %ld to the question for this node", r.status);
        if (!json_is_object(j)) {
            json_decref(j);
            j = NULL;
        }
        transfer_response_free(&r);
    }
    OPENSSL_cleanse(key, sizeof key);
    return j;
}

static __attribute__((format(printf, 3, 4))) void add(json_t *list, const char *code,
                                                      const char *format, ...)
{
    char text[400];
    va_list v;
    va_start(v, format);
    (void)vsnprintf(text, sizeof text, format, v);
    va_end(v);
    for (char *p = text; *p != 0; p++)
        if ((unsigned char)*p < 32 || (unsigned char)*p > 126) *p = '?';
    (void)json_array_append_new(list, json_pack("{s:s, s:s}", "code", code, "text", text));
}

static bool is(const json_t *j, const char *name) { return json_is_true(json_object_get(j, name)); }

static const char *text(const json_t *j, const char *name)
{
    const char *v = json_string_value(json_object_get(j, name));
    return v != NULL ? v : "";
}

static void local_reasons(json_t *list, const json_t *s)
{
    const json_int_t most = json_integer_value(json_object_get(s, "max_concurrent"));
    const size_t running = json_array_size(json_object_get(s, "running"));
    const json_int_t disk = json_integer_value(json_object_get(s, "disk_free"));
    if (is(s, "stopping")) add(list, "stopping", "the node is being stopped");
    if (is(s, "draining"))
        add(list, "draining", "it takes nothing: `sprove node drain --off` ends that");
    if (is(s, "key_in_use"))
        add(list, "key_in_use",
            "another process has connected with this node's key: stop one of the two, or give it a "
            "data folder of its own");
    if (is(s, "banned"))
        add(list, "banned",
            "the relayer has banned it; it asks again every ten minutes at least, and goes on with "
            "its claims");
    else if (!is(s, "connected"))
        add(list, "not_connected", "there is no connection to %s; it is tried again and again",
            text(s, "relayer"));
    else if (!is(s, "registered"))
        add(list, "not_registered", "the relayer has not registered it: see the last failure");
    if (most > 0 && (json_int_t)running >= most)
        add(list, "busy", "it works on %zu of %lld tasks (--max-concurrent)", running,
            (long long)most);
    if (disk != 0 && disk < LEAST_DISK)
        add(list, "disk", "%lld MiB of disk are free, 256 are needed", (long long)(disk >> 20));
    if (!is(s, "measured"))
        add(list, "not_measured",
            "its speed is not known, so others are asked before it: start it without --no-bench");
    if (!is(s, "can_claim"))
        add(list, "no_account",
            "tasks with an escrow need --address and --keystore; it gets others");
    const json_t *account = json_object_get(s, "account");
    if (is(s, "registered") && is(account, "required") &&
        strcmp(text(account, "state"), "proven") != 0)
        add(list, "account_not_proven", "tasks with an escrow go past it: %s",
            text(account, "detail"));
    if (strcmp(text(s, "node_state"), "probation") == 0)
        add(list, "probation",
            "the relayer tries it with few tasks until enough of them were good");
    if (text(s, "last_declined")[0] != 0)
        add(list, "declined", "the last offer that it declined: %s", text(s, "last_declined"));
}

static void relayer_reasons(json_t *list, const json_t *r)
{
    const char *state = text(r, "state"), *paused = text(r, "paused_until");
    const json_t *left = json_object_get(r, "quota_left");
    if (!is(r, "connected")) add(list, "relayer_not_connected", "the relayer has no session of it");
    if (strcmp(state, "banned") == 0) add(list, "banned", "the relayer's operator has banned it");
    if (is(r, "draining")) add(list, "relayer_draining", "the relayer has it as draining");
    if (paused[0] != 0) add(list, "paused", "after faults it gets nothing until %s", paused);
    if (text(r, "rests_until")[0] != 0)
        add(list, "resting",
            "%lld offers in a row it did not answer, or others took them; it gets none until %s",
            (long long)json_integer_value(json_object_get(r, "refusals")), text(r, "rests_until"));
    if (json_is_integer(left) && json_integer_value(left) == 0)
        add(list, "quota", "its tasks of today are used up; more come with good results");
    const json_t *ppm = json_object_get(r, "reputation_ppm");
    if (json_is_integer(ppm) && json_integer_value(ppm) < 100000)
        add(list, "reputation",
            "its reputation is %lld of 1000000: tasks that ask for more go past it",
            (long long)json_integer_value(ppm));
}

json_t *eligible_reasons(const json_t *status, const json_t *at_relayer, int64_t now_ms)
{
    json_t *list = json_array();
    const json_int_t offered = json_integer_value(json_object_get(status, "last_offer_at"));
    local_reasons(list, status);
    if (at_relayer != NULL) relayer_reasons(list, at_relayer);
    if (json_array_size(list) == 0 && offered == 0)
        add(list, "no_offer",
            "nothing stands in its way: there was no task for it yet, or others "
            "are cheaper, faster or better known");
    else if (json_array_size(list) == 0 && now_ms - offered > 3600000)
        add(list, "no_offer", "nothing stands in its way: the last offer came %lld minutes ago",
            (long long)((now_ms - offered) / 60000));
    return list;
}
