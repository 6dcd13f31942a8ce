/* log.c - each line is one JSON object, whatever is said; a flood is counted instead. */
#include "relayer/log.h"

#include "relayer/queue.h"
#include "tests/test.h"

#include <jansson.h>
#include <unistd.h>

#define MOST (1 << 20)

static char said[MOST];
static int kept = -1;
static char path[64];

static bool capture(void)
{
    (void)snprintf(path, sizeof path, "/tmp/sprove-log.XXXXXX");
    const int fd = mkstemp(path);
    (void)fflush(stderr);
    kept = dup(2);
    return fd >= 0 && kept >= 0 && dup2(fd, 2) == 2 && close(fd) == 0;
}

/* How many lines were said since capture; -1 when one is no JSON object, or something is between.
 */
static int captured(void)
{
    (void)fflush(stderr);
    (void)dup2(kept, 2);
    (void)close(kept);
    FILE *f = fopen(path, "r");
    if (f == NULL) return -1;
    const size_t n = fread(said, 1, MOST - 1, f);
    said[n] = 0;
    (void)fclose(f);
    (void)unlink(path);
    int lines = 0;
    for (const char *at = said; *at != 0; lines++) {
        const char *end = strchr(at, '\n');
        if (end == NULL) return -1;
        json_t *j = json_loadb(at, (size_t)(end - at), JSON_REJECT_DUPLICATES, NULL);
        const bool ok = json_is_object(j) && json_is_string(json_object_get(j, "ts")) &&
                        json_is_string(json_object_get(j, "level")) &&
                        json_is_string(json_object_get(j, "event"));
        json_decref(j);
        if (!ok) {
            printf("%.*s\n", (int)(end - at), at);
            return -1;
        }
        at = end + 1;
    }
    return lines;
}

/* The first line's member. */
static bool first_says(const char *name, const char *value)
{
    json_t *j = json_loads(said, JSON_DISABLE_EOF_CHECK, NULL);
    const char *s = json_string_value(json_object_get(j, name));
    const bool ok = value == NULL ? s == NULL : s != NULL && strcmp(s, value) == 0;
    json_decref(j);
    return ok;
}

TEST(a_line_says_what_it_was_given)
{
    CHECK(capture());
    log_event(LOG_WARN, "given", "a", "x y", "none", NULL, "b", "2", NULL);
    log_event(LOG_DEBUG, "not_at_this_level", NULL);
    CHECK_EQ(captured(), 1);
    CHECK(first_says("event", "given") && first_says("level", "warn"));
    CHECK(first_says("a", "x y") && first_says("b", "2") && first_says("none", NULL));
}

TEST(hostile_values_stay_values)
{
    char bytes[256];
    for (int i = 0; i < 255; i++) bytes[i] = (char)(i + 1);
    bytes[255] = 0;
    CHECK(capture());
    log_event(LOG_INFO, "hostile1", "v", bytes, NULL);
    log_event(LOG_INFO, "hostile2", "v", "\"}\n{\"event\":\"forged\"}\n", NULL);
    log_event(LOG_INFO, "hostile3", "v", "\\", "w", "\\\"", NULL);
    log_event(LOG_INFO, "hostile4", "v", "\xff\xfe\xc3", NULL);
    log_event(LOG_INFO, "hostile5", "v", "", NULL);
    CHECK_EQ(captured(), 5);
    CHECK(strstr(said, "\"forged\"") == NULL);
}

TEST(long_values_are_cut_and_lines_stay_whole)
{
    static char value[5000];
    static const char fills[] = {'a', '"', '\n', (char)0xff};
    CHECK(capture());
    int lines = 0;
    for (size_t f = 0; f < sizeof fills; f++)
        for (size_t n = 1700; n < sizeof value; n += n < 2100 ? 1 : 700) {
            memset(value, fills[f], n);
            value[n] = 0;
            log_event(LOG_INFO, lines % 2 ? "long1" : "long2", "v", value, "after", "b", NULL);
            lines++;
        }
    for (size_t f = 0; f < sizeof fills; f++) {
        memset(value, fills[f], sizeof value - 1);
        log_event(LOG_INFO, "long3", "v", value, "w", value, value, "x", "y", value, NULL);
    }
    const int n = captured();
    CHECK(n >= 44 && n <= lines + 4); /* 20 of each, at least, and the last four */
}

TEST(every_length_of_a_line_is_right)
{
    static char value[2100];
    static const char *const names[] = {"edge0", "edge1", "edge2", "edge3", "edge4",
                                        "edge5", "edge6", "edge7", "edge8", "edge9"};
    CHECK(capture());
    int n = 0;
    for (size_t len = 1870; len < 2060; len++, n++) { /* 19 of each event */
        memset(value, 'a', len);
        value[len] = 0;
        log_event(LOG_INFO, names[n % 10], "v", value, "w", "x", NULL);
    }
    CHECK_EQ(captured(), n);
}

TEST(a_flood_is_counted)
{
    /* Within one second: begin shortly after one has begun. */
    while (clock_ns() % 1000000000u > 300000000u) (void)usleep(5000);
    CHECK(capture());
    for (int i = 0; i < 1000; i++) log_event(LOG_INFO, "flood", NULL);
    log_event(LOG_INFO, "other", NULL);
    const int first = captured();
    CHECK_EQ(first, LOG_BURST + 1);
    while (clock_ns() % 1000000000u < 900000000u) (void)usleep(5000);
    while (clock_ns() % 1000000000u > 500000000u) (void)usleep(5000);
    CHECK(capture());
    log_event(LOG_INFO, "flood", NULL);
    log_event(LOG_INFO, "flood", NULL);
    CHECK_EQ(captured(), 2);
    json_t *j = json_loads(said, JSON_DISABLE_EOF_CHECK, NULL);
    CHECK_EQ(json_integer_value(json_object_get(j, "left_out")), 1000 - LOG_BURST);
    json_decref(j);
    CHECK(strstr(strchr(said, '\n'), "left_out") == NULL); /* said once */
}

TEST(levels_have_names)
{
    log_level l;
    CHECK(log_level_of(&l, "debug") && l == LOG_DEBUG);
    CHECK(log_level_of(&l, "error") && l == LOG_ERROR);
    CHECK(!log_level_of(&l, "fatal") && !log_level_of(&l, "") && !log_level_of(&l, "Info"));
    CHECK(capture());
    log_set_level(LOG_ERROR);
    log_event(LOG_WARN, "below", NULL);
    log_event(LOG_ERROR, "at", NULL);
    log_set_level(LOG_INFO);
    CHECK_EQ(captured(), 1);
}
