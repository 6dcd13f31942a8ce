/* doctor_network.c - the doctor's part of what a node talks to. */
#include "node/doctor_parts.h"

#include "market/sandbox.h"
#include "market/transfer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SKEW_WARN_S 20
#define SKEW_FAIL_S 120 /* a relayer refuses signatures beyond it */
#define CHILD_MS 60000

static json_t *get(const visit *v, const char *path, long *status, char why[TRANSFER_WHY])
{
    char url[NODE_TEXT + 64];
    transfer_response r;
    (void)snprintf(url, sizeof url, "%s%s", v->o->relayer, path);
    const transfer_request q = {.method = "GET",
                                .url = url,
                                .ca_file = v->o->ca_file[0] != 0 ? v->o->ca_file : NULL,
                                .body_fd = -1,
                                .total_ms = 10000};
    *status = 0;
    if (transfer_run(&r, &q, why) != SP_OK) return NULL;
    *status = r.status;
    json_t *j = json_loadb((const char *)r.body, r.n, JSON_REJECT_DUPLICATES, NULL);
    transfer_response_free(&r);
    if (!json_is_object(j)) {
        (void)snprintf(why, TRANSFER_WHY, "it answers %ld, and no JSON: is it a relayer?", *status);
        json_decref(j);
        return NULL;
    }
    return j;
}

static void check_clock(visit *v, const json_t *version)
{
    const json_t *at = json_object_get(version, "server_time_ms");
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    if (!json_is_integer(at)) {
        visit_say(v, VERDICT_WARN, "clock", "", "the relayer does not say what time it is");
        return;
    }
    const int64_t skew = (int64_t)now.tv_sec - json_integer_value(at) / 1000,
                  size = skew < 0 ? -skew : skew;
    visit_say(v,
              size >= SKEW_FAIL_S   ? VERDICT_FAIL
              : size >= SKEW_WARN_S ? VERDICT_WARN
                                    : VERDICT_OK,
              "clock",
              size >= SKEW_WARN_S ? "set the clock by NTP; beyond 120 s nothing is accepted" : "",
              "%lld s %s the relayer's", (long long)size, skew < 0 ? "behind" : "ahead of");
}

static void check_relayer(visit *v)
{
    char why[TRANSFER_WHY] = "";
    long status;
    json_t *version = get(v, "/api/v1/version", &status, why);
    const char *number = json_string_value(json_object_get(version, "version"));
    if (number == NULL) {
        visit_say(v, VERDICT_FAIL, "relayer", "--relayer, RELAYER_API_URL, --ca-file, firewall",
                  "%s: %s", v->o->relayer, why[0] != 0 ? why : "is no relayer");
        json_decref(version);
        return;
    }
    json_t *health = get(v, "/api/v1/health", &status, why);
    const char *state = json_string_value(json_object_get(health, "status"));
    const json_t *chain = json_object_get(json_object_get(health, "checks"), "starknet");
    const char *id = json_string_value(json_object_get(chain, "chain_id"));
    (void)snprintf(v->chain_id, sizeof v->chain_id, "%.63s", id != NULL ? id : "");
    const bool same = strcmp(number, SPROVE_VERSION) == 0;
    const bool well = state != NULL && strcmp(state, "ok") == 0;
    visit_say(v, same && well ? VERDICT_OK : VERDICT_WARN, "relayer",
              !same  ? "programs of another version may have other ids: install the same"
              : well ? ""
                     : "its operator knows more",
              "%s, version %s (this is %s), %s", v->o->relayer, number, SPROVE_VERSION,
              state != NULL ? state : "its health is not known");
    check_clock(v, version);
    json_decref(health);
    json_decref(version);
}

/* ---- being paid ---- */

static const char *keystore_remedy(sp_status s)
{
    switch (s) {
    case SP_ERR_IO: return "both files must be there, and readable by the user that runs the node";
    case SP_ERR_REJECT: return "--password-file: its first line is the password of this keystore";
    case SP_ERR_NOMEM: return "opening it takes as much as its maker chose, mostly 256 MiB";
    default: return "a keystore of `sprove keys new`, and a file with its password, both chmod 600";
    }
}

static void check_keystore(visit *v)
{
    const account_key_files files = node_account_files(v->o);
    char why[ACCOUNT_KEY_WHY] = "";
    ecdsa_key key;
    const sp_status s = account_key_read(&key, &files, why);
    ecdsa_key_wipe(&key);
    if (s == SP_OK)
        visit_say(v, VERDICT_OK, "keystore", "", "%s opens", v->o->keystore);
    else
        visit_say(v, VERDICT_FAIL, "keystore", keystore_remedy(s), "%s", why);
}

static void last_line(void *user, const char *text)
{
    if (text[0] != 0) (void)snprintf(user, SANDBOX_LINE, "%s", text);
}

/* `sprove chain status`, as claims are sent by `sprove claim`: the same settings, the same words.
 */
static void check_chain(visit *v)
{
    const char *argv[20] = {v->o->sprove, "chain", "status", "--json", "--account", v->o->address};
    char why[SANDBOX_WHY] = "", said[SANDBOX_LINE] = "";
    size_t n = 6, bytes;
    sandbox *s = NULL;
    const char *const more[][2] = {
        {"--rpc", v->o->rpc}, {"--deployment", v->o->deployment}, {"--network", v->o->network}};
    for (size_t i = 0; i < SP_COUNT(more); i++)
        if (more[i][1][0] != 0) argv[n++] = more[i][0], argv[n++] = more[i][1];
    argv[n] = NULL;
    const sandbox_spec spec = {.level = SANDBOX_LIMITS,
                               .argv = argv,
                               .dir = v->work,
                               .input = -1,
                               .wall_ms = CHILD_MS,
                               .result_bytes = 65536,
                               .on_line = last_line,
                               .line_user = said};
    if (access(v->o->sprove, X_OK) != 0 || sandbox_start(&s, &spec, why) != SP_OK) {
        visit_say(v, VERDICT_FAIL, "chain", "--sprove PROGRAM", "%s cannot be run: %s",
                  v->o->sprove, why[0] != 0 ? why : "there is no such program");
        return;
    }
    while (!sandbox_step(s, 1000)) {}
    const uint8_t *out = sandbox_output(s, &bytes);
    json_t *j =
        sandbox_ended(s) == SANDBOX_DONE ? json_loadb((const char *)out, bytes, 0, NULL) : NULL;
    const char *network = json_string_value(json_object_get(j, "network")),
               *provider = json_string_value(json_object_get(j, "provider"));
    if (j == NULL) {
        visit_say(v, VERDICT_FAIL, "chain",
                  "--rpc, --deployment, --network: as of `sprove chain status`", "%s",
                  said[0] != 0 ? said : "no answer in time");
    } else {
        const bool other =
            network != NULL && v->chain_id[0] != 0 && strcmp(network, v->chain_id) != 0;
        visit_say(v, other ? VERDICT_FAIL : VERDICT_OK, "chain",
                  other ? "the relayer settles on another chain: --rpc, --deployment" : "",
                  "network %s%s%s", network != NULL ? network : "?",
                  other ? ", the relayer's is " : "", other ? v->chain_id : "");
        const bool active = provider != NULL && strcmp(provider, "active") == 0;
        visit_say(v, active ? VERDICT_OK : VERDICT_FAIL, "account",
                  active ? "" : "`sprove chain register` with this account",
                  "%s is %s as a provider", v->o->address,
                  provider != NULL ? provider : "not known");
    }
    json_decref(j);
    sandbox_delete(s);
}

void doctor_network(visit *v)
{
    check_relayer(v);
    if (v->o->address[0] == 0 && v->o->keystore[0] == 0) {
        visit_say(v, VERDICT_OK, "account", "", "none: it takes tasks without an escrow alone");
        return;
    }
    if (v->o->address[0] == 0 || v->o->keystore[0] == 0)
        visit_say(v, VERDICT_FAIL, "account", "both are needed to be paid",
                  "%s is given without %s", v->o->address[0] != 0 ? "--address" : "--keystore",
                  v->o->address[0] != 0 ? "--keystore" : "--address");
    if (v->o->keystore[0] != 0) check_keystore(v);
    if (v->o->address[0] != 0) check_chain(v);
}
