/* settings.c - what settings take, and that each error names its place. */
#include "relayer/settings.h"

#include "tests/test.h"

#include <unistd.h>

static char path[64], why[SETTINGS_WHY];
static settings s;

static bool write_bytes(const char *text, size_t n)
{
    (void)snprintf(path, sizeof path, "/tmp/sprove-settings.XXXXXX");
    const int fd = mkstemp(path);
    if (fd < 0) return false;
    const bool ok = write(fd, text, n) == (ssize_t)n;
    return close(fd) == 0 && ok;
}

static sp_status read_text(const char *text)
{
    why[0] = 0;
    settings_init(&s);
    if (!write_bytes(text, strlen(text))) return SP_ERR_IO;
    const sp_status status = settings_read_file(&s, path, why);
    (void)unlink(path);
    return status;
}

/* Whether the text is refused, at this line and for this reason, and nothing of it is taken. */
static bool refused(const char *text, int line, const char *reason)
{
    char place[96];
    settings before;
    settings_init(&before);
    const sp_status status = read_text(text);
    (void)snprintf(place, sizeof place, "%s:%d: ", path, line);
    const bool ok = status == SP_ERR_FORMAT && strncmp(why, place, strlen(place)) == 0 &&
                    strstr(why, reason) != NULL && memcmp(&before, &s, sizeof s) == 0;
    if (!ok)
        printf("%s: status %d, \"%s\", wanted line %d, \"%s\"\n", text, status, why, line, reason);
    return ok;
}

TEST(defaults_are_right)
{
    settings_init(&s);
    CHECK_EQ(settings_check(&s, why), SP_OK);
    CHECK(strcmp(s.listen, "0.0.0.0:8000") == 0);
    CHECK(!s.listen_given);
    CHECK_EQ(s.shutdown_ms, 60000);
    CHECK_EQ(s.max_blob, UINT64_C(1) << 30);
    CHECK(s.data[0] == '/');
}

TEST(the_data_folder_follows_xdg)
{
    CHECK_EQ(setenv("XDG_DATA_HOME", "/some/where", 1), 0);
    settings_init(&s);
    CHECK(strcmp(s.data, "/some/where/sprove") == 0);
    CHECK_EQ(setenv("XDG_DATA_HOME", "not/absolute", 1), 0); /* to be ignored, says XDG */
    CHECK_EQ(setenv("HOME", "/home/x", 1), 0);
    settings_init(&s);
    CHECK(strcmp(s.data, "/home/x/.local/share/sprove") == 0);
    CHECK_EQ(unsetenv("XDG_DATA_HOME"), 0);
    CHECK_EQ(unsetenv("HOME"), 0);
    settings_init(&s);
    CHECK(s.data[0] == '/');
}

TEST(a_file_sets_what_it_names)
{
    CHECK_EQ(read_text("# comment\n; another\n[server]\nlisten = [::1]:9000 ; behind a value\n"
                       "port_fallback=no\r\n\n[ws]\nlease = 2m\n[storage]\nmax_blob= 5 MiB\n"
                       "retention=2d\n[db]\ngroup_commit = 0ms\n"),
             SP_OK);
    CHECK(strcmp(s.listen, "[::1]:9000") == 0);
    CHECK(s.listen_given);
    CHECK_EQ(s.port_fallback, 0);
    CHECK_EQ(s.lease_ms, 120000);
    CHECK_EQ(s.max_blob, 5 << 20);
    CHECK_EQ(s.retention_ms, 2 * 86400000);
    CHECK_EQ(s.group_ms, 0);
    CHECK_EQ(settings_check(&s, why), SP_OK);
}

TEST(lists_go_on)
{
    CHECK_EQ(read_text("[chain]\nrpc = http://a:1,\n  http://b:2\nrpc = https://c/d\n"), SP_OK);
    CHECK(strcmp(s.rpc, "http://a:1,http://b:2,https://c/d") == 0);
    CHECK_EQ(settings_check(&s, why), SP_OK);
    CHECK_EQ(read_text("[server]\ntrusted_proxies = 10.0.0.1\ntrusted_proxies = 10.0.0.2\n"),
             SP_OK);
    CHECK(strcmp(s.trusted_proxies, "10.0.0.1,10.0.0.2") == 0);
}

TEST(every_error_of_a_file_names_its_line)
{
    char text[SETTINGS_TEXT + 600];
    CHECK(refused("[server]\nlistn = x\n", 2, "\"listn\" in [server]"));
    CHECK(refused("listen = x\n", 1, "\"listen\" in []"));
    CHECK(refused("[nowhere]\nlisten = x\n", 2, "[nowhere]"));
    CHECK(refused("\n\nthis is no pair\n", 3, "no INI"));
    CHECK(refused("[server\nlisten = x\n", 1, "no INI"));
    CHECK(refused("[ws]\noffer = 1x\n", 2, "ws.offer is \"1x\", not a time"));
    CHECK(refused("[ws]\noffer = 10\n", 2, "not a time")); /* 10 of what? */
    CHECK(refused("[ws]\noffer = -1s\n", 2, "ws.offer"));
    CHECK(refused("[ws]\noffer = 9ms\n", 2, "10ms to 1d"));
    CHECK(refused("[ws]\noffer = 2d\n", 2, "10ms to 1d"));
    CHECK(refused("[ws]\noffer = 99999999999999999999d\n", 2, "ws.offer"));
    CHECK(refused("[ws]\noffer = 1125899906842624d\n", 2, "ws.offer"));
    CHECK(refused("[ws]\noffer =\n", 2, "ws.offer is \"\""));
    CHECK(refused("[storage]\nmax_blob = 1GB\n", 2, "a size such as"));
    CHECK(refused("[storage]\nmax_blob = 1\n", 2, "1MiB to 1TiB"));
    CHECK(refused("[db]\nreaders = 2.5\n", 2, "a whole number"));
    CHECK(refused("[db]\nreaders = 0x10\n", 2, "a whole number"));
    CHECK(refused("[server]\nport_fallback = maybe\n", 2, "yes or no"));
    CHECK(refused("[db]\nreaders = 2\n[ws]\n[db]\nreaders = 2\n", 5, "db.readers comes twice"));
    CHECK(refused("[log]\nlevel = info\n  debug\n", 3, "log.level comes twice"));
    CHECK(refused("[server]\ndata = a\tb\n", 2, "server.data contains"));
    /* The first of several. */
    CHECK(refused("[server]\nx = 1\ny = 2\n", 2, "\"x\""));
    /* A line that libinih would cut in two. */
    (void)snprintf(text, sizeof text, "[server]\ndata = /%0*d\n", 300, 0);
    CHECK(refused(text, 2, "too long"));
    (void)snprintf(text, sizeof text, "[chain]\n%0*d\n", 400, 0);
    CHECK(refused(text, 2, "too long"));
    /* A list of lines that is too long as a whole. */
    size_t n = (size_t)snprintf(text, sizeof text, "[chain]\n");
    for (int i = 0; i < 4; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "rpc = http://%0150d\n", i);
    CHECK(refused(text, 5, "chain.rpc is too long"));
}

TEST(a_zero_byte_in_a_file_is_refused)
{
    static const char text[] = "[db]\nreaders = 2\0000\n[ws]\nnothing\n";
    settings_init(&s);
    CHECK(write_bytes(text, sizeof text - 1));
    const sp_status status = settings_read_file(&s, path, why);
    (void)unlink(path);
    CHECK_EQ(status, SP_ERR_FORMAT);
    CHECK(strstr(why, ":2: ") != NULL);
    CHECK_EQ(s.readers, 2);
}

TEST(a_file_that_cannot_be_read_is_named)
{
    settings_init(&s);
    CHECK_EQ(settings_read_file(&s, "/no/such/file", why), SP_ERR_IO);
    CHECK(strstr(why, "/no/such/file") != NULL);
    CHECK_EQ(settings_read_file(&s, "/tmp", why), SP_ERR_IO); /* a folder */
    CHECK(strstr(why, "/tmp") != NULL);
}

TEST(the_command_line_names_the_setting)
{
    settings_init(&s);
    CHECK_EQ(settings_set(&s, "db.readers", "3", why), SP_OK);
    CHECK_EQ(s.readers, 3);
    CHECK_EQ(settings_set(&s, "server.listen", "127.0.0.1:1", why), SP_OK);
    CHECK(s.listen_given);
    static const char *const wrong[] = {
        "readers",      "db.",        ".readers",   "",
        "db.readers.x", "d.breaders", "dbreaders.", "server.listen_given"};
    for (size_t i = 0; i < SP_COUNT(wrong); i++) {
        why[0] = 0;
        CHECK_EQ(settings_set(&s, wrong[i], "3", why), SP_ERR_FORMAT);
        CHECK(strstr(why, wrong[i]) != NULL);
    }
    CHECK_EQ(settings_set(&s, "db.readers", "0", why), SP_ERR_FORMAT);
    CHECK(strstr(why, "db.readers is 0; it is 1 to 64") != NULL);
    CHECK_EQ(s.readers, 3);
    static const char *const texts[] = {"a\nb = c", "a\x7f", " a", "a ", "a ;b", ";a", "\t"};
    for (size_t i = 0; i < SP_COUNT(texts); i++) {
        CHECK_EQ(settings_set(&s, "server.data", texts[i], why), SP_ERR_FORMAT);
        CHECK(strstr(why, "server.data") != NULL);
    }
    char text[SETTINGS_TEXT + 1];
    memset(text, 'a', sizeof text - 1);
    text[SETTINGS_TEXT] = 0;
    CHECK_EQ(settings_set(&s, "server.data", text, why), SP_ERR_FORMAT);
    text[SETTINGS_TEXT - 1] = 0;
    CHECK_EQ(settings_set(&s, "server.data", text, why), SP_OK);
}

TEST(the_environment_is_taken_or_refused_whole)
{
    char *good[] = {"PATH=/bin",
                    "SPROVE_DB_READERS=7",
                    "SPROVE_WS_MAX_MESSAGE=1MiB",
                    "SPROVE_SERVER_TLS_CERT=/c",
                    "SPROVE_OTHER=1",
                    NULL};
    char *bad[] = {"SPROVE_DB_READERS=9", "SPROVE_WS_LEASE=long", NULL};
    settings_init(&s);
    CHECK_EQ(settings_read_environment(&s, good, why), SP_OK);
    CHECK_EQ(s.readers, 7);
    CHECK_EQ(s.max_message, 1 << 20);
    CHECK(strcmp(s.tls_cert, "/c") == 0);
    CHECK_EQ(settings_read_environment(&s, bad, why), SP_ERR_FORMAT);
    CHECK(strstr(why, "environment") != NULL && strstr(why, "ws.lease") != NULL);
    CHECK_EQ(s.readers, 7);
}

TEST(timers_out_of_order_are_refused)
{
    static const char *const names[] = {"ws.offer",        "ws.heartbeat",
                                        "ws.resume_grace", "ws.heartbeat_timeout",
                                        "ws.lease",        "ws.start_by"};
    for (size_t i = 1; i < SP_COUNT(names); i++) {
        settings_init(&s);
        for (size_t k = 0; k < SP_COUNT(names); k++) {
            char ms[16]; /* 1 s, 2 s, ..., and the i-th as long as the one before it */
            (void)snprintf(ms, sizeof ms, "%zus", k + 1 - (k == i));
            CHECK_EQ(settings_set(&s, names[k], ms, why), SP_OK);
        }
        CHECK_EQ(settings_check(&s, why), SP_ERR_FORMAT);
        CHECK(strstr(why, names[i - 1]) != NULL && strstr(why, names[i]) != NULL);
    }
}

TEST(settings_that_contradict_each_other_are_refused)
{
    static const struct {
        const char *name, *value, *said;
    } wrong[] = {{"server.listen", "8000", "server.listen"},
                 {"server.listen", ":8000", "server.listen"},
                 {"server.listen", "127.0.0.1:0", "server.listen"},
                 {"server.listen", "127.0.0.1:65536", "server.listen"},
                 {"server.listen", "127.0.0.1:80x", "server.listen"},
                 {"server.listen", "::1:8000", "server.listen"},
                 {"server.listen", "[::1]8000", "server.listen"},
                 {"server.listen", "localhost:8000", "server.listen"},
                 {"server.metrics", "nowhere", "server.metrics"},
                 {"server.tls_cert", "/c", "server.tls_key"},
                 {"server.tls_key", "/k", "server.tls_cert"},
                 {"server.data", "relative", "server.data"},
                 {"sched.weight_geo", "99", "[sched]"},
                 {"chain.account", "0x1", "go together"},
                 {"chain.keystore", "/k", "go together"},
                 {"chain.password_file", "/p", "go together"},
                 {"chain.max_fee_fri", "1.5", "chain.max_fee_fri"},
                 {"chain.max_fee_fri", "", "chain.max_fee_fri"},
                 {"chain.max_fee_fri", "1329227995784915872903807060280344576", "below 2^120"},
                 {"chain.l2_price_floor", "-1", "chain.l2_price_floor"},
                 {"chain.tip", "18446744073709551616", "chain.tip"},
                 {"chain.tip", "", "chain.tip"},
                 {"chain.rpc", "example.org/rpc", "chain.rpc"},
                 {"chain.rpc", "http://", "chain.rpc"},
                 {"chain.rpc", "ftp://a", "chain.rpc"},
                 {"chain.rpc", "http://a,b", "chain.rpc"},
                 {"storage.rows", "31d", "storage.rows"},
                 {"storage.retention", "364d", "storage.rows"},
                 {"chain.rpc",
                  "http://a,http://b,http://c,http://d,http://e,http://f,http://g,"
                  "http://h,http://i",
                  "chain.rpc"}};
    for (size_t i = 0; i < SP_COUNT(wrong); i++) {
        settings_init(&s);
        CHECK_EQ(settings_set(&s, wrong[i].name, wrong[i].value, why), SP_OK);
        why[0] = 0;
        if (settings_check(&s, why) != SP_ERR_FORMAT || strstr(why, wrong[i].said) == NULL) {
            printf("%s=%s: \"%s\"\n", wrong[i].name, wrong[i].value, why);
            CHECK(false);
        }
    }
    settings_init(&s);
    CHECK_EQ(settings_set(&s, "storage.rows", "71h", why), SP_ERR_FORMAT);
    CHECK_EQ(settings_set(&s, "storage.rows", "32d", why), SP_OK);
    CHECK_EQ(settings_set(&s, "server.metrics", "", why), SP_OK); /* none */
    CHECK_EQ(settings_check(&s, why), SP_OK);
}

TEST(addresses_are_read)
{
    char a[16];
    unsigned port = 0;
    CHECK(settings_address(a, sizeof a, &port, "1.2.3.4:65535"));
    CHECK(strcmp(a, "1.2.3.4") == 0);
    CHECK_EQ(port, 65535);
    CHECK(settings_address(a, sizeof a, &port, "[::1]:1"));
    CHECK(strcmp(a, "::1") == 0);
    CHECK_EQ(port, 1);
    CHECK(settings_address(a, sizeof a, &port, "123456789012345:1"));
    CHECK(!settings_address(a, sizeof a, &port, "1234567890123456:1"));
    CHECK(!settings_address(a, sizeof a, &port, "[]:1"));
    CHECK(!settings_address(a, sizeof a, &port, "a:"));
    CHECK(!settings_address(a, sizeof a, &port, "a:+1"));
    CHECK(!settings_address(a, sizeof a, &port, ""));
}

static char *printed(const settings *of)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    if (f == NULL) return NULL;
    settings_print(of, f);
    return fclose(f) == 0 ? text : NULL;
}

TEST(what_is_printed_reads_back)
{
    static const char *const pairs[][2] = {{"server.listen", "127.0.0.1:8123"},
                                           {"server.data", "/a b/c=d#e"},
                                           {"db.database", "/x/y.db"},
                                           {"ws.lease", "119s"},
                                           {"ws.offer", "1234ms"},
                                           {"storage.max_blob", "3MiB"},
                                           {"storage.min_free", "0"},
                                           {"storage.keep_payloads", "yes"},
                                           {"chain.rpc", "http://a:5050"},
                                           {"chain.chain_id", "SN_SEPOLIA"},
                                           {"log.level", "debug"},
                                           {"storage.retention", "36h"},
                                           {"limits.open_tasks", "1"}};
    settings_init(&s);
    for (size_t i = 0; i < SP_COUNT(pairs); i++)
        CHECK_EQ(settings_set(&s, pairs[i][0], pairs[i][1], why), SP_OK);
    CHECK_EQ(settings_check(&s, why), SP_OK);
    char *text = printed(&s);
    CHECK(text != NULL);
    const settings first = s;
    CHECK_EQ(read_text(text), SP_OK);
    CHECK(memcmp(&first, &s, sizeof s) == 0);
    free(text);
}

TEST(no_key_of_a_url_is_printed)
{
    static const struct {
        const char *name, *value, *line;
    } cases[] = {{"chain.rpc", "https://h.example:1/v2/SECRET", "rpc = https://h.example:1/***\n"},
                 {"chain.rpc", "https://h.example?key=SECRET", "rpc = https://h.example/***\n"},
                 {"chain.rpc", "https://h.example#SECRET", "rpc = https://h.example/***\n"},
                 {"chain.rpc", "https://u:SECRET@h.example", "rpc = https://h.example/***\n"},
                 {"chain.rpc", "https://u:SEC@RET@h.example/", "rpc = https://h.example/***\n"},
                 {"chain.rpc", "https://u:SEC/RET@h.example/", "rpc = https://***\n"},
                 {"chain.rpc", "https://h.example/@SECRET", "rpc = https://***\n"},
                 {"chain.rpc", "https://h.example/", "rpc = https://h.example\n"},
                 {"chain.rpc", "http://a, https://b/SECRET,", "rpc = http://a,https://b/***\n"},
                 {"chain.rpc", "SECRET", "rpc = ***\n"},
                 {"db.database", "postgresql://u:SECRET@h:5432/name?sslmode=require",
                  "database = postgresql://h:5432/***\n"},
                 {"db.database", "postgresql:///name?host=/run&password=SECRET",
                  "database = postgresql:///***\n"},
                 {"db.database", "/var/lib/a.db", "database = /var/lib/a.db\n"}};
    for (size_t i = 0; i < SP_COUNT(cases); i++) {
        settings_init(&s);
        CHECK_EQ(settings_set(&s, cases[i].name, cases[i].value, why), SP_OK);
        char *text = printed(&s);
        CHECK(text != NULL);
        if (strstr(text, cases[i].line) == NULL || strstr(text, "SEC") != NULL) {
            printf("%s\n%s", cases[i].value, text);
            CHECK(false);
        }
        free(text);
    }
}
