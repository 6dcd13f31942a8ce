/* eligible.c - why a node gets no work: each reason by what alone gives it. */
#include "node/eligible.h"
#include "tests/test.h"

#include <string.h>

#define WELL                                                                               \
    "{\"connected\":true,\"registered\":true,\"draining\":false,\"stopping\":false,"       \
    "\"node_state\":\"active\",\"max_concurrent\":2,\"measured\":true,\"can_claim\":true," \
    "\"disk_free\":1000000000,\"running\":[{}],\"last_offer_at\":1000,\"last_declined\":\"\"}"
#define THERE                                                                            \
    "{\"state\":\"active\",\"connected\":true,\"draining\":false,\"paused_until\":null," \
    "\"quota_left\":3,\"reputation_ppm\":500000}"

/* The codes, apart by spaces. */
static const char *codes(const char *base, const char *member, const char *value, bool at_relayer)
{
    static char out[400];
    json_t *s = json_loads(at_relayer ? WELL : base, 0, NULL),
           *r = at_relayer ? json_loads(base, 0, NULL) : NULL;
    if (member != NULL)
        (void)json_object_set_new(at_relayer ? r : s, member,
                                  json_loads(value, JSON_DECODE_ANY, NULL));
    json_t *list = eligible_reasons(s, r, 2000), *e;
    size_t i;
    out[0] = 0;
    json_array_foreach(list, i, e)
    {
        if (i > 0) strcat(out, " ");
        strcat(out, json_string_value(json_object_get(e, "code")));
        if (strlen(json_string_value(json_object_get(e, "text"))) < 10) strcat(out, "?");
    }
    json_decref(list);
    json_decref(s);
    json_decref(r);
    return out;
}

static void is(const char *got, const char *want)
{
    if (strcmp(got, want) != 0) printf("got %s, not %s\n", got, want);
    CHECK(strcmp(got, want) == 0);
}

TEST(each_reason_has_its_fact)
{
    is(codes(WELL, NULL, NULL, false), "");
    is(codes(WELL, "stopping", "true", false), "stopping");
    is(codes(WELL, "key_in_use", "true", false), "key_in_use");
    is(codes(WELL, "draining", "true", false), "draining");
    is(codes(WELL, "connected", "false", false), "not_connected");
    is(codes(WELL, "registered", "false", false), "not_registered");
    is(codes(WELL, "max_concurrent", "1", false), "busy");
    is(codes(WELL, "disk_free", "268435455", false), "disk");
    is(codes(WELL, "disk_free", "268435456", false), "");
    is(codes(WELL, "measured", "false", false), "not_measured");
    is(codes(WELL, "can_claim", "false", false), "no_account");
    is(codes(WELL, "account", "{\"state\":\"unproven\",\"required\":true,\"detail\":\"x\"}", false),
       "account_not_proven");
    is(codes(WELL, "account", "{\"state\":\"pending\",\"required\":true}", false),
       "account_not_proven");
    is(codes(WELL, "account", "{\"state\":\"unproven\",\"required\":false}", false), "");
    is(codes(WELL, "account", "{\"state\":\"proven\",\"required\":true}", false), "");
    is(codes(WELL, "node_state", "\"probation\"", false), "probation");
    is(codes(WELL, "last_declined", "\"deadline\"", false), "declined");
    is(codes(WELL, "last_offer_at", "null", false), "no_offer");
    is(codes(WELL, "last_offer_at", "-3600000", false), "no_offer");
}

TEST(the_relayer_has_reasons_too)
{
    is(codes(THERE, NULL, NULL, true), "");
    is(codes(THERE, "connected", "false", true), "relayer_not_connected");
    is(codes(THERE, "state", "\"banned\"", true), "banned");
    is(codes(THERE, "draining", "true", true), "relayer_draining");
    is(codes(THERE, "paused_until", "\"2030-01-01T00:00:00Z\"", true), "paused");
    is(codes(THERE, "rests_until", "\"2030-01-01T00:00:00Z\"", true), "resting");
    is(codes(THERE, "rests_until", "null", true), "");
    is(codes(THERE, "quota_left", "0", true), "quota");
    is(codes(THERE, "reputation_ppm", "99999", true), "reputation");
}
