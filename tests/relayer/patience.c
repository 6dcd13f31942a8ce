/* The pauses after offers that nobody took. */
#include "relayer/patience.h"
#include "tests/test.h"

#define HOUR INT64_C(3600000)

TEST(patience_doubles_up_to_its_end)
{
    CHECK_EQ(patience_ms(0, 1000, 5000), 1000);
    CHECK_EQ(patience_ms(2, 1000, 5000), 4000);
    CHECK_EQ(patience_ms(3, 1000, 5000), 5000);
    CHECK_EQ(patience_ms(INT64_MAX, 1000, 5000), 5000);
    CHECK_EQ(patience_ms(-1, 1000, 5000), 1000);
    CHECK_EQ(patience_ms(0, 1000, 0), 1);
    CHECK_EQ(patience_ms(5, 0, 100), 32);
}

TEST(patience_of_nodes_and_tasks_begins_with_the_third)
{
    for (int64_t n = 0; n < PATIENCE_FREE; n++)
        CHECK(patience_of_node_ms(n) == 0 && patience_of_task_ms(n, HOUR) == 0);
    CHECK_EQ(patience_of_node_ms(3), 1000);
    CHECK_EQ(patience_of_node_ms(11), 256000);
    CHECK_EQ(patience_of_node_ms(12), PATIENCE_NODE_MS);
    CHECK_EQ(patience_of_task_ms(3, HOUR), 1000);
    CHECK_EQ(patience_of_task_ms(10, HOUR), 128000);
    CHECK_EQ(patience_of_task_ms(11, HOUR), 225000); /* a sixteenth */
    CHECK_EQ(patience_of_task_ms(20, 100 * HOUR), HOUR);
    CHECK_EQ(patience_of_task_ms(20, 32000), 2000);
    CHECK_EQ(patience_of_task_ms(20, 0), 1000);
    CHECK_EQ(patience_of_task_ms(20, -5), 1000);
}

TEST(patience_of_a_pair_is_never_less_than_its_first)
{
    CHECK_EQ(patience_of_pair_ms(1, HOUR, 95000), 95000);
    CHECK_EQ(patience_of_pair_ms(2, HOUR, 95000), 190000);
    CHECK_EQ(patience_of_pair_ms(3, HOUR, 95000), 225000);
    CHECK_EQ(patience_of_pair_ms(3, 100000, 95000), 95000);
    CHECK_EQ(patience_of_pair_ms(30, 1000 * HOUR, 95000), HOUR);
}

/* However long a task waits and whoever refuses it: so many offers to the unproven, and no more. */
TEST(patience_bounds_the_offers_of_a_task)
{
    static const int64_t lives[] = {HOUR, 24 * HOUR, 366 * 24 * HOUR};
    static const int64_t most[] = {110, 165, 8925};
    for (unsigned i = 0; i < 3; i++) {
        int64_t n = 0, left = lives[i];
        for (; left > 0; n++) left -= patience_of_task_ms(n, left);
        CHECK(n <= most[i]);
    }
}
