/* hook.c - where callbacks may go: addresses at both ends of every refused range, and URLs. */
#include "relayer/hook_address.h"

#include "tests/test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static bool is_public(const char *text)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    memset(&v4, 0, sizeof v4);
    memset(&v6, 0, sizeof v6);
    v4.sin_family = AF_INET;
    v6.sin6_family = AF_INET6;
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        return hook_address_public((const struct sockaddr *)&v4, sizeof v4);
    return inet_pton(AF_INET6, text, &v6.sin6_addr) == 1 &&
           hook_address_public((const struct sockaddr *)&v6, sizeof v6);
}

TEST(ranges_end_where_they_end)
{
    static const char *const refused[] = {"0.0.0.0",
                                          "0.255.255.255",
                                          "10.0.0.0",
                                          "10.255.255.255",
                                          "100.64.0.0",
                                          "100.127.255.255",
                                          "127.0.0.0",
                                          "127.255.255.255",
                                          "168.63.129.16",
                                          "169.254.0.0",
                                          "169.254.169.254",
                                          "169.254.255.255",
                                          "172.16.0.0",
                                          "172.31.255.255",
                                          "192.0.0.0",
                                          "192.0.0.255",
                                          "192.0.2.0",
                                          "192.0.2.255",
                                          "192.88.99.0",
                                          "192.88.99.255",
                                          "192.168.0.0",
                                          "192.168.255.255",
                                          "198.18.0.0",
                                          "198.19.255.255",
                                          "198.51.100.0",
                                          "198.51.100.255",
                                          "203.0.113.0",
                                          "203.0.113.255",
                                          "224.0.0.0",
                                          "239.255.255.255",
                                          "240.0.0.0",
                                          "255.255.255.255",
                                          "::",
                                          "::1",
                                          "::ffff:8.8.8.8",
                                          "::8.8.8.8",
                                          "::ffff:0:8.8.8.8",
                                          "64:ff9b::127.0.0.1",
                                          "64:ff9b::10.1.2.3",
                                          "64:ff9b::169.254.169.254",
                                          "64:ff9b:1::8.8.8.8",
                                          "100::1",
                                          "1fff:ffff::1",
                                          "2001::1",
                                          "2001:1ff:ffff::1",
                                          "2001:db8::1",
                                          "2001:db8:ffff::1",
                                          "2002::1",
                                          "2002:808:808::1",
                                          "3fff::1",
                                          "3fff:fff:ffff::1",
                                          "4000::1",
                                          "fc00::1",
                                          "fd00:ec2::254",
                                          "fdff:ffff::1",
                                          "fe80::1",
                                          "febf::1",
                                          "fec0::1",
                                          "ff02::1",
                                          "ffff::1"};
    static const char *const allowed[] = {
        "1.0.0.0",        "8.8.8.8",         "9.255.255.255",        "11.0.0.0",
        "100.63.255.255", "100.128.0.0",     "126.255.255.255",      "128.0.0.0",
        "168.63.129.15",  "168.63.129.17",   "169.253.255.255",      "169.255.0.0",
        "172.15.255.255", "172.32.0.0",      "191.255.255.255",      "192.0.1.0",
        "192.0.3.0",      "192.88.98.255",   "192.88.100.0",         "192.167.255.255",
        "192.169.0.0",    "198.17.255.255",  "198.20.0.0",           "198.51.99.255",
        "198.51.101.0",   "203.0.112.255",   "203.0.114.0",          "223.255.255.255",
        "2000::1",        "2001:200::1",     "2001:4860:4860::8888", "2001:db7:ffff::1",
        "2001:db9::1",    "2003::1",         "2606:4700::1",         "3ffe:ffff::1",
        "3fff:1000::1",   "64:ff9b::8.8.8.8"};
    for (size_t i = 0; i < SP_COUNT(refused); i++) CHECK(!is_public(refused[i]));
    for (size_t i = 0; i < SP_COUNT(allowed); i++) CHECK(is_public(allowed[i]));
}

TEST(other_families_and_short_addresses_are_refused)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    memset(&v4, 0, sizeof v4);
    memset(&v6, 0, sizeof v6);
    v4.sin_family = AF_UNIX;
    v4.sin_addr.s_addr = htonl(0x08080808u);
    CHECK(!hook_address_public((const struct sockaddr *)&v4, sizeof v4));
    v4.sin_family = AF_INET;
    CHECK(hook_address_public((const struct sockaddr *)&v4, sizeof v4));
    CHECK(!hook_address_public((const struct sockaddr *)&v4, sizeof v4 - 1));
    v6.sin6_family = AF_INET6;
    CHECK_EQ(inet_pton(AF_INET6, "2606:4700::1", &v6.sin6_addr), 1);
    CHECK(hook_address_public((const struct sockaddr *)&v6, sizeof v6));
    CHECK(!hook_address_public((const struct sockaddr *)&v6, sizeof v6 - 1));
}

TEST(urls_are_https_and_public_unless_private_ones_are_allowed)
{
    static const struct {
        const char *url, *origin; /* NULL: refused */
        bool private_only;
    } cases[] = {{"https://example.com/a?b=c", "https://example.com:443", false},
                 {"https://example.com:8443", "https://example.com:8443", false},
                 {"https://8.8.8.8/", "https://8.8.8.8:443", false},
                 {"https://[2606:4700::1]:1/", "https://[2606:4700::1]:1", false},
                 {"http://example.com/", "http://example.com:80", true},
                 {"https://127.0.0.1/", "https://127.0.0.1:443", true},
                 {"https://0x7f.1/", "https://127.0.0.1:443", true},
                 {"https://2130706433/", "https://127.0.0.1:443", true},
                 {"https://localhost/", "https://localhost:443", true},
                 {"https://[::1]/", "https://[::1]:443", true},
                 {"https://[::ffff:8.8.8.8]/", "https://[::ffff:8.8.8.8]:443", true},
                 {"", NULL, false},
                 {"example.com", NULL, false},
                 {"HTTPS://example.com/", NULL, false},
                 {"ftp://example.com/", NULL, false},
                 {"https://", NULL, false},
                 {"https:///path", NULL, false},
                 {"https://u@example.com/", NULL, false},
                 {"https://u:p@example.com/", NULL, false},
                 {"https://example.com/ ", NULL, false},
                 {"https://example.com/\n", NULL, false},
                 {"https://ex\xc3\xa4mple.com/", NULL, false},
                 {"https://example.com:65536/", NULL, false}};
    char origin[HOOK_ORIGIN];
    for (size_t i = 0; i < SP_COUNT(cases); i++)
        for (int allowed = 0; allowed < 2; allowed++) {
            const bool good = cases[i].origin != NULL && (allowed || !cases[i].private_only);
            memset(origin, 'x', sizeof origin);
            const char *wrong = hook_url_check(origin, cases[i].url, allowed != 0);
            if ((wrong == NULL) != good) fprintf(stderr, "%s\n", cases[i].url);
            CHECK_EQ(wrong == NULL, good);
            if (good && !strchr(cases[i].origin, 'f')) CHECK(strcmp(origin, cases[i].origin) == 0);
            if (!good) CHECK(origin[0] == 0);
        }
}

TEST(lengths_of_urls)
{
    static char url[HOOK_URL + 2];
    char origin[HOOK_ORIGIN];
    memset(url, 'a', sizeof url - 1);
    memcpy(url, "https://a.b/", 12);
    CHECK(hook_url_check(origin, url, false) != NULL);
    url[HOOK_URL] = 0;
    CHECK(hook_url_check(origin, url, false) == NULL);
    memset(url, 'a', 400);
    memcpy(url, "https://", 8);
    url[400] = 0;
    CHECK(hook_url_check(origin, url, false) != NULL);
    CHECK(origin[0] == 0);
}
