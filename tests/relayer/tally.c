/* tally.c - counts of the last minute, hour and day against counting. */
#include "relayer/tally.h"
#include "tests/test.h"

#define N 4000

TEST(tally_counts_what_is_recent)
{
    static tally t;
    static uint64_t at[N];
    uint64_t now = UINT64_C(1700000000000);
    memset(&t, 0, sizeof t);
    CHECK_EQ(tally_minute(&t, now), 0);
    for (size_t i = 0; i < N; i++) {
        now += test_rand() % (i % 100 == 0 ? 7200000 : 40000);
        at[i] = now;
        tally_add(&t, now, 1);
        uint64_t minute = 0, hour = 0, day = 0;
        for (size_t k = 0; k <= i; k++) {
            minute += now / 1000 - at[k] / 1000 < 60;
            hour += now / 60000 - at[k] / 60000 < 60;
            day += now / 60000 - at[k] / 60000 < 1440;
        }
        CHECK_EQ(tally_minute(&t, now), minute);
        CHECK_EQ(tally_minutes(&t, now, 60), hour);
        CHECK_EQ(tally_minutes(&t, now, 1440), day);
    }
    /* Nothing of it is left after a day. */
    CHECK_EQ(tally_minute(&t, now + 59000), 1 + (uint64_t)(at[N - 2] / 1000 == now / 1000));
    CHECK_EQ(tally_minute(&t, now + 60000), 0);
    CHECK_EQ(tally_minutes(&t, now + UINT64_C(86400000), 1440), 0);
}

TEST(tally_takes_what_comes_late)
{
    static tally t;
    const uint64_t now = UINT64_C(1700000000000); /* the start of a second, 20 s into a minute */
    memset(&t, 0, sizeof t);
    tally_add(&t, now, 5);
    tally_add(&t, now - 59000, 3);
    tally_add(&t, now - 60000, 100); /* its second is taken by a newer one */
    CHECK_EQ(tally_minute(&t, now), 8);
    CHECK_EQ(tally_minutes(&t, now, 60), 108);
    tally_add(&t, now - UINT64_C(86400000), 1000); /* so is its minute */
    CHECK_EQ(tally_minutes(&t, now, 1440), 108);
}
