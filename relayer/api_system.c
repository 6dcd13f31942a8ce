/* api_system.c - what the relayer says of itself. */
#include "relayer/api.h"

#include "relayer/app.h"

#define SPROVE_API "v1"

void api_version(call *c, db *d, core *k)
{
    char id[FELT_HEX], key[FELT_HEX];
    (void)d;
    (void)k;
    (void)felt_write_hex(id, c->a->me.id);
    (void)felt_write_hex(key, c->a->me.pubkey);
    http_json(&c->s, 200,
              json_pack("{s:s, s:s, s:s, s:s, s:I}", "version", SPROVE_VERSION, "api", SPROVE_API,
                        "relayer_id", id, "relayer_pubkey", key, "server_time_ms",
                        (json_int_t)clock_ms()));
}

void api_live(call *c, db *d, core *k)
{
    (void)d;
    (void)k;
    http_json(&c->s, 200, json_pack("{s:s}", "status", "ok"));
}

void api_ready(call *c, db *d, core *k)
{
    (void)d;
    (void)k;
    const bool ready = !c->a->draining && !c->a->held;
    http_json(&c->s, ready ? 200 : 503, json_pack("{s:s}", "status", ready ? "ok" : "draining"));
}
