/* pay.c - when a claim is made: how long it waits for the promised assignment, and when it is tried
 * again. */
#include "node/parts.h"
#include "tests/test.h"

#include <stdio.h>
#include <string.h>

#define MINUTE INT64_C(60000)
#define NOW INT64_C(1700000000000)

TEST(a_claim_waits_for_its_assignment_but_not_too_long)
{
    const int64_t by = NOW + 16 * MINUTE;
    CHECK(pay_waits_until(by, NOW + 24 * 60 * MINUTE) == by);
    CHECK(pay_waits_until(by, by + PAY_LAST_MS) == by);
    CHECK(pay_waits_until(by, by + PAY_LAST_MS - 1) == by - 1);
    /* The deadline is nearer than what the relayer needs at the most: there is time for a claim. */
    CHECK(pay_waits_until(by, NOW + 10 * MINUTE) == NOW + 10 * MINUTE - PAY_LAST_MS);
    CHECK(pay_waits_until(by, NOW) < NOW);
}

TEST(pauses_double_up_to_some_minutes)
{
    static const int64_t want[] = {5, 10, 20, 40, 80, 160, 320, 320, 320};
    for (unsigned k = 0; k < SP_COUNT(want); k++)
        CHECK(pay_pause(NOW, NOW + 60 * MINUTE, k) == 1000 * want[k]);
    CHECK(pay_pause(NOW, NOW + 60 * MINUTE, ~0u) == 320000);
}

TEST(a_claim_is_tried_up_to_the_deadline)
{
    /* At the most half of the time that is left. */
    CHECK(pay_pause(NOW, NOW + 640000, 6) == 320000);
    CHECK(pay_pause(NOW, NOW + 320000, 6) == 160000);
    CHECK(pay_pause(NOW, NOW + 8000, 6) == 4000 && pay_pause(NOW, NOW + 8000, 0) == 4000);
    CHECK(pay_pause(NOW, NOW + 1, 6) == 1000);
    /* A little longer: the chain's clock decides. */
    CHECK(pay_pause(NOW, NOW, 6) == 5000 && pay_pause(NOW, NOW - MINUTE + 1, 6) == 5000);
    CHECK(pay_pause(NOW, NOW - MINUTE, 0) == -1 && pay_pause(NOW, 0, 6) == -1);
    /* From any moment on there is a try within the last two seconds. */
    for (int64_t left = 1; left < 700000; left = left * 5 / 4 + 7) {
        int64_t now = NOW, last = -1;
        for (unsigned tries = 3; now < NOW + left; tries++) {
            last = now;
            now += pay_pause(now, NOW + left, tries);
        }
        CHECK(left <= 2000 || NOW + left - last <= 2000);
    }
}

TEST(what_the_contract_pays_until_is_not_before_the_deadline_of_the_offer)
{
    static node_task t;
    t.deadline_ms = NOW;
    t.assignment = json_object();
    CHECK(pay_until(&t) == NOW);
    CHECK(json_object_set_new(t.assignment, "pays_until", json_integer(NOW + 5)) == 0);
    CHECK(pay_until(&t) == NOW + 5);
    CHECK(json_object_set_new(t.assignment, "pays_until", json_integer(7)) == 0);
    CHECK(pay_until(&t) == NOW);
    json_decref(t.assignment);
}
