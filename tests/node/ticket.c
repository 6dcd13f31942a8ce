/* ticket.c - a node takes the relayer's tickets as they are, and nothing else. */
#include "node/ticket.h"
#include "relayer/ticket.h"

#include "market/amount.h"
#include "tests/test.h"

#include <string.h>

#define TASK "0192f0c1-0000-7000-8000-000000000001"
#define PROGRAM "00112233445566778899aabbccddeeff00112233445566778899aabb"
#define INPUT "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static identity me;

static bool make_identity(void)
{
    if (ecdsa_key_new(&me.key) != SP_OK) return false;
    ecdsa_public(&me.pubkey, &me.key);
    me.id = digest_relayer_id(me.pubkey);
    return true;
}

/* As dispatch.c sends it. */
static json_t *offer_of(felt chain, const char *node)
{
    ticket_facts f = {.chain_id = chain,
                      .contract = "0xabc",
                      .task = TASK,
                      .node = node,
                      .program_id = PROGRAM,
                      .input_sha256 = INPUT,
                      .profile = "chain",
                      .io = "public",
                      .attempt = 2,
                      .max_cycles = 1000000,
                      .lease_until_ms = 1763726400123};
    f.price = amount_from_u64(17);
    return json_pack("{s:s, s:i, s:{s:s, s:s, s:s, s:s, s:s}, s:s, s:{s:s, s:s}, s:o}", "task_id",
                     TASK, "attempt", 2, "job", "program_id", PROGRAM, "input_sha256", INPUT,
                     "profile", "chain", "io", "public", "max_cycles", "1000000", "price", "17",
                     "chain", "contract", "0xabc", "task_id", "7", "ticket", ticket_make(&me, &f));
}

TEST(ticket_of_the_relayer_holds)
{
    const felt chain = felt_from_u64(5), node = felt_from_u64(0x123);
    CHECK(make_identity());
    json_t *m = offer_of(chain, "0x123");
    CHECK(m != NULL && ticket_check(m, chain, node, me.pubkey) == NULL);
    /* Another chain, node or relayer. */
    CHECK(ticket_check(m, felt_one(), node, me.pubkey) != NULL);
    CHECK(ticket_check(m, chain, felt_one(), me.pubkey) != NULL);
    const felt first = me.pubkey;
    CHECK(make_identity());
    CHECK(ticket_check(m, chain, node, me.pubkey) != NULL);
    CHECK(ticket_check(m, chain, node, first) == NULL);
    json_decref(m);
}

typedef struct {
    const char *object, *name, *value, *why; /* value NULL: left out */
} change;

TEST(ticket_of_another_offer_does_not)
{
    static const change changes[] = {
        {NULL, "task_id", "0192f0c1-0000-7000-8000-000000000002", "sign"},
        {NULL, "task_id", "x", "malformed"},
        {NULL, "price", "18", "price"},
        {NULL, "ticket", NULL, "none"},
        {"job", "program_id", "10112233445566778899aabbccddeeff00112233445566778899aabb", "job"},
        {"job", "program_id", "00", "malformed"},
        {"job", "input_sha256", PROGRAM "00000001", "job"},
        {"job", "max_cycles", "1000001", "job"},
        {"job", "max_cycles", "-1", "malformed"},
        {"job", "max_cycles", "99999999999999999999999", "malformed"},
        {"job", "profile", "fast", "job"},
        {"job", "io", "hidden", "job"},
        {"chain", "contract", "0xabd", "sign"},
        {"ticket", "price", "18", "price"},
        {"ticket", "job_commitment", "0x1", "job"},
        {"ticket", "job_commitment", NULL, "job"},
        {"ticket", "signature", NULL, "malformed"},
    };
    const felt chain = felt_from_u64(5), node = felt_from_u64(0x123);
    CHECK(make_identity());
    for (size_t i = 0; i < SP_COUNT(changes); i++) {
        json_t *m = offer_of(chain, "0x123");
        json_t *o = changes[i].object != NULL ? json_object_get(m, changes[i].object) : m;
        if (changes[i].value == NULL)
            (void)json_object_del(o, changes[i].name);
        else
            (void)json_object_set_new(o, changes[i].name, json_string(changes[i].value));
        const char *why = ticket_check(m, chain, node, me.pubkey);
        CHECK(why != NULL && strstr(why, changes[i].why) != NULL);
        if (why == NULL || strstr(why, changes[i].why) == NULL)
            printf("change %zu: %s\n", i, why != NULL ? why : "taken");
        json_decref(m);
    }
    /* A number more. */
    for (int i = 0; i < 2; i++) {
        json_t *m = offer_of(chain, "0x123");
        json_t *o = i == 0 ? m : json_object_get(m, "ticket");
        const char *name = i == 0 ? "attempt" : "lease_until";
        (void)json_object_set_new(o, name,
                                  json_integer(json_integer_value(json_object_get(o, name)) + 1));
        CHECK(ticket_check(m, chain, node, me.pubkey) != NULL);
        json_decref(m);
    }
    /* A price that both say, but the relayer did not sign. */
    json_t *m = offer_of(chain, "0x123");
    (void)json_object_set_new(m, "price", json_string("18"));
    (void)json_object_set_new(json_object_get(m, "ticket"), "price", json_string("18"));
    CHECK(ticket_check(m, chain, node, me.pubkey) != NULL);
    json_decref(m);
}
