/* escrow.c - what a node compares of an escrow with the offer: each by what alone is refused. */
#include "node/parts.h"
#include "starknet/escrow.h"
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* 100 in the escrow: 85 and 3 go to the provider. */
#define OFFER                                                                         \
    "{\"job\":{\"program_id\":\"aa\",\"input_commitment\":\"bb\",\"context\":\"cc\"," \
    "\"max_cycles\":\"1000\"},\"price\":\"88\",\"deadline\":1700000000999}"
#define ESCROW                                                                             \
    "{\"payable\":\"yes\",\"program_id\":\"aa\",\"input_hash\":\"bb\",\"context\":\"cc\"," \
    "\"max_cycles\":1000,\"token\":\"" ESCROW_STRK                                         \
    "\",\"amount\":\"100\",\"deadline\":1700000000}"

static void with(char out[100], const char *of_offer, const char *of_escrow)
{
    felt strk;
    CHECK(felt_read_hex(&strk, ESCROW_STRK, strlen(ESCROW_STRK)) == SP_OK);
    json_t *o = json_loads(OFFER, 0, NULL), *e = json_loads(ESCROW, 0, NULL),
           *a = json_loads(of_offer, 0, NULL), *b = json_loads(of_escrow, 0, NULL);
    CHECK(o != NULL && e != NULL && a != NULL && b != NULL);
    (void)json_object_update_recursive(o, a);
    (void)json_object_update(e, b);
    const char *said = escrow_differs(e, o, "0xacc", strk);
    (void)snprintf(out, 100, "%s", said == NULL ? "" : said);
    json_decref(o);
    json_decref(e);
    json_decref(a);
    json_decref(b);
}

static void is(const char *of_offer, const char *of_escrow, const char *want)
{
    char got[100] = "?";
    with(got, of_offer, of_escrow);
    if (strcmp(got, want) != 0) printf("got \"%s\", want \"%s\"\n", got, want);
    CHECK(strcmp(got, want) == 0);
}

TEST(what_an_escrow_must_say)
{
    is("{}", "{}", "");
    is("{}", "{\"payable\":\"the task is paid already\"}", "the task is paid already");
    is("{}", "{\"payable\":null}", "the chain does not say that it is payable");
    is("{}", "{\"program_id\":\"ab\"}", "it is for another program");
    is("{}", "{\"program_id\":null}", "it is for another program");
    is("{}", "{\"input_hash\":\"ba\"}", "it is for another input");
    is("{}", "{\"context\":\"cb\"}", "a proof for the offer's context would not be paid");
    is("{}", "{\"max_cycles\":999}", "it allows fewer cycles");
    is("{\"job\":{\"max_cycles\":\"1001\"}}", "{}", "it allows fewer cycles");
    is("{}", "{\"max_cycles\":-1}", "it allows fewer cycles");
    is("{}", "{\"token\":\"0x1\"}", "it holds another token");
    is("{}", "{\"token\":7}", "it holds another token");
    is("{}", "{\"amount\":\"98\"}", "it pays less than the price of the offer");
    is("{\"price\":\"89\"}", "{}", "it pays less than the price of the offer");
    is("{}", "{\"amount\":\"x\"}", "it names no amount");
    is("{\"price\":\"\"}", "{}", "it names no amount");
    is("{}", "{\"deadline\":1699999999}", "its deadline is earlier");
    is("{\"deadline\":1700000001000}", "{}", "its deadline is earlier");
    is("{\"deadline\":-1}", "{}", "its deadline is earlier");
    /* Another's until a time by which the relayer promises that it is this account's. */
#define OTHERS_UNTIL(deadline)                                                         \
    "{\"payable\":\"it is another's\",\"status\":\"assigned\",\"provider\":\"0xbad\"," \
    "\"assign_deadline\":1600000000,\"deadline\":" deadline "}"
#define OTHERS OTHERS_UNTIL("1700000000")
#define PROMISED "{\"chain\":{\"assign\":true,\"assign_by\":1600000000000}}"
    is(PROMISED, OTHERS, "");
    is("{}", OTHERS, "it is another's");
    is("{\"chain\":{\"assign\":false,\"assign_by\":1600000000000}}", OTHERS, "it is another's");
    is("{\"chain\":{\"assign\":true,\"assign_by\":1599999999999}}", OTHERS, "it is another's");
    /* The other's lasts until the escrow's deadline, or nearly: there is no time for a claim. */
#define SOON "\"deadline\":1500000000000,"
    is("{" SOON "\"chain\":{\"assign\":true,\"assign_by\":1600000000000}}",
       OTHERS_UNTIL("1600000300"), "");
    is("{" SOON "\"chain\":{\"assign\":true,\"assign_by\":1600000000000}}",
       OTHERS_UNTIL("1600000299"), "it is another's");
    is("{" SOON "\"chain\":{\"assign\":true,\"assign_by\":1600000000000}}",
       OTHERS_UNTIL("1600000000"), "it is another's");
    is(PROMISED, "{\"payable\":\"no\",\"status\":\"assigned\",\"provider\":\"0xbad\"}", "no");
    is(PROMISED,
       "{\"payable\":\"no\",\"status\":\"assigned\",\"provider\":\"0xacc\",\"assign_deadline\":1}",
       "no");
    is(PROMISED,
       "{\"payable\":\"no\",\"status\":\"created\",\"provider\":\"0xbad\",\"assign_deadline\":1}",
       "no");
    is(PROMISED, "{\"payable\":\"no\",\"status\":\"assigned\",\"assign_deadline\":1}", "no");
    /* More than is asked for is no difference. */
    is("{\"price\":\"0\"}", "{\"max_cycles\":\"18446744073709551616\",\"deadline\":1800000000}",
       "");
}

TEST(the_token_of_a_deployment)
{
    static node_options o;
    char why[256] = "";
    felt token, strk;
    CHECK(felt_read_hex(&strk, ESCROW_STRK, strlen(ESCROW_STRK)) == SP_OK);
    CHECK(escrow_token(&token, &o, why) && felt_eq(token, strk));
    char path[] = "/tmp/deployment.XXXXXX";
    const int fd = mkstemp(path);
    CHECK(fd >= 0);
    (void)snprintf(o.deployment, sizeof o.deployment, "%s", path);
    CHECK(!escrow_token(&token, &o, why) && why[0] != 0);
    CHECK(write(fd, "{\"token\":\"0x7\"}", 15) == 15);
    CHECK(escrow_token(&token, &o, why) && felt_eq(token, felt_from_u64(7)));
    CHECK(ftruncate(fd, 0) == 0 && pwrite(fd, "{\"contract\":\"0x7\"}", 18, 0) == 18);
    CHECK(!escrow_token(&token, &o, why) && strcmp(why, "it names no token") == 0);
    CHECK(close(fd) == 0 && unlink(path) == 0);
    CHECK(!escrow_token(&token, &o, why) && strstr(why, path) != NULL);
}
