/* relay.c - see relay.h. */
#include "cli/relay.h"

#include "cli/file.h"
#include "cli/logins.h"
#include "cli/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_PATIENCE_S (7 * 86400u)

static bool stop(void *user)
{
    (void)user;
    return signals_stopped();
}

static void tell(void *user, const char *sentence)
{
    (void)user;
    (void)cli_fail(0, "%s", sentence);
}

/* The key, in line or in the environment; NULL: none. */
static int read_key(const char **key, char line[SECRET_MAX], const char *file)
{
    const char *given = getenv("SPROVE_API_KEY");
    *key = NULL;
    if (file != NULL) {
        const int code = secret_line(line, file, "API key");
        *key = line;
        return code;
    }
    if (given != NULL && *given != 0) *key = given;
    return 0;
}

typedef enum { OF_NOBODY, OF_LOGIN, OF_ANY, OF_ANY_NEEDED } whose;

static int no_key(const char *url, const logins_entry *e)
{
    if (e->token[0])
        return cli_fail(EXIT_USAGE, "the login at %s as %s was good until %s: `sprove login` again",
                        url, e->address, e->expires_at);
    return cli_fail(EXIT_USAGE,
                    "no API key: name the file of one by --api-key-file, or put it into "
                    "SPROVE_API_KEY; a relayer's first start says where it wrote one; or log in "
                    "with an account (sprove help login)");
}

static int begin(relay *r, const cli_args *a, const char *url, unsigned patience_s, whose key)
{
    uint64_t patience = patience_s;
    char line[SECRET_MAX] = "";
    logins_entry login;
    memset(r, 0, sizeof *r);
    memset(&login, 0, sizeof login);
    int code = settings_read(&r->set, a);
    if (!code) code = cli_u64(a, OPT_PATIENCE, 1, MOST_PATIENCE_S, &patience);
    if (code) return code;
    const char *file = r->set.value[SET_API_KEY_FILE], *at = r->set.value[SET_RELAYER];
    if (!at) at = url ? url : SP_CLIENT_URL;
    size_t n = strlen(at);
    while (n && at[n - 1] == '/') n--;
    snprintf(r->url, sizeof r->url, "%.*s", (int)(n < RELAY_URL ? n : RELAY_URL - 1), at);
    sp_client_options o = sp_client_options_default();
    if (key >= OF_ANY) code = read_key(&o.key, line, file);
    if (!code && key != OF_NOBODY && !o.key && logins_read(&login, r->url) && !login.over)
        o.key = login.token;
    if (!code && key == OF_ANY_NEEDED && !o.key) code = no_key(r->url, &login);
    if (!code) {
        o.url = at;
        o.ca_file = r->set.value[SET_CA_FILE];
        o.patience_ms = 1000 * patience;
        o.stop = stop;
        o.tell = tell;
        const sp_status s = sp_client_new(&r->c, &o, r->why);
        if (s == SP_ERR_ARG)
            code = cli_fail(EXIT_USAGE, "--relayer %s: %s", at, r->why);
        else if (s == SP_ERR_FORMAT)
            code = cli_fail(EXIT_USAGE, "%s holds no API key: one line such as spk_...",
                            file ? file : "SPROVE_API_KEY");
        else if (s != SP_OK)
            code = relay_code(r, s);
    }
    ct_wipe(line, sizeof line);
    ct_wipe(&login, sizeof login);
    return code;
}

int relay_init(relay *r, const cli_args *a, const char *url, unsigned patience_s, bool needs_key)
{
    return begin(r, a, url, patience_s, needs_key ? OF_ANY_NEEDED : OF_ANY);
}

int relay_init_stranger(relay *r, const cli_args *a, unsigned patience_s)
{
    return begin(r, a, NULL, patience_s, OF_NOBODY);
}

int relay_init_login(relay *r, const cli_args *a, unsigned patience_s)
{
    return begin(r, a, NULL, patience_s, OF_LOGIN);
}

void relay_free(relay *r)
{
    sp_client_delete(r->c);
    settings_free(&r->set);
    memset(r, 0, sizeof *r);
}

int relay_code(relay *r, sp_status s)
{
    switch (s) {
    case SP_OK: return 0;
    case SP_ERR_CANCEL: return EXIT_INTERRUPTED;
    case SP_ERR_REJECT: return cli_fail(EXIT_CHAIN, "%s", r->why);
    case SP_ERR_NOMEM: return cli_fail(EXIT_LIMIT, "%s", r->why);
    case SP_ERR_ARG: return cli_fail(EXIT_USAGE, "%s", r->why);
    default: return cli_fail(EXIT_IO, "%s", r->why);
    }
}

int relay_json(relay *r, json_t **j, const char *method, const char *path, const char *body)
{
    sp_client_answer a;
    *j = NULL;
    const sp_client_request q = {
        .method = method, .path = path, .body = body, .body_bytes = body ? strlen(body) : 0};
    const int code = relay_code(r, sp_client_call(r->c, &a, &q, r->why));
    if (!code) *j = client_json(&a);
    sp_client_answer_free(&a);
    if (!code && !*j) return cli_fail(EXIT_LIMIT, "not enough memory for the answer");
    return code;
}

int relay_task_id(char out[UUID_TEXT], const char *text)
{
    uuid u;
    if (uuid_read(&u, text, strlen(text)) != SP_OK)
        return cli_fail(EXIT_USAGE,
                        "%s: is no id of a task, which is 36 characters such as "
                        "0192f0c1-5a3b-7c4d-8e5f-0123456789ab",
                        text);
    uuid_write(out, u);
    return 0;
}
