/* claim.c - see claim.h. */
#include "node/claim.h"

#include "node/command.h"

#include <stdlib.h>

typedef struct {
    void (*done)(void *user, int code, const char *tx, const char *why);
    void *user;
} node_claim;

static void ended(void *user, int code, const json_t *said, const char *why)
{
    node_claim *c = user;
    const char *tx = json_string_value(json_object_get(said, "transaction"));
    c->done(c->user, code, tx != NULL ? tx : "", why);
    free(c);
}

sp_status claim_start(uv_loop_t *loop, const claim_spec *s,
                      void (*done)(void *user, int code, const char *tx, const char *why),
                      void *user)
{
    const char *words[COMMAND_WORDS] = {s->sprove, "claim", s->proof, "--json"};
    size_t n = 4;
    command_option(words, &n, "--task", s->task);
    command_chain(words, &n, s->rpc, s->deployment, s->contract, s->network);
    command_option(words, &n, "--account", s->account);
    command_option(words, &n, "--keystore", s->keystore);
    command_option(words, &n, "--password-file", s->password_file);
    command_option(words, &n, "--journal", s->state);
    command_option(words, &n, "--keep", s->keep);
    if (s->assigned) words[n++] = "--assigned";
    words[n] = NULL;
    node_claim *c = calloc(1, sizeof *c);
    if (c == NULL) return SP_ERR_NOMEM;
    c->done = done;
    c->user = user;
    const sp_status st = command_start(loop, words, ended, c);
    if (st != SP_OK) free(c);
    return st;
}
