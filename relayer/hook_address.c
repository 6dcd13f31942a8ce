/* hook_address.c - see hook_address.h. */
#include "relayer/hook_address.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static bool v4_public(uint32_t a)
{
    static const struct {
        uint32_t net;
        unsigned bits;
    } refused[] = {{0x00000000u, 8},  /* this host */
                   {0x0a000000u, 8},  /* private */
                   {0x64400000u, 10}, /* shared by customers of a provider */
                   {0x7f000000u, 8},  /* loopback */
                   {0xa83f8110u, 32}, /* 168.63.129.16: the metadata of a cloud */
                   {0xa9fe0000u, 16}, /* link-local, with metadata */
                   {0xac100000u, 12}, /* private */
                   {0xc0000000u, 24}, /* protocols; 192.0.0.192: metadata */
                   {0xc0000200u, 24}, /* documentation */
                   {0xc0586300u, 24}, /* 6to4 relays */
                   {0xc0a80000u, 16}, /* private */
                   {0xc6120000u, 15}, /* benchmarks */
                   {0xc6336400u, 24}, /* documentation */
                   {0xcb007100u, 24}, /* documentation */
                   {0xe0000000u, 3}}; /* multicast, reserved, broadcast */
    for (size_t i = 0; i < SP_COUNT(refused); i++)
        if ((a ^ refused[i].net) >> (32 - refused[i].bits) == 0) return false;
    return true;
}

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool v6_public(const uint8_t a[16])
{
    static const uint8_t nat64[12] = {0, 0x64, 0xff, 0x9b};
    if (memcmp(a, nat64, sizeof nat64) == 0) return v4_public(be32(a + 12));
    if (a[0] >> 5 != 1) return false; /* 2000::/3 */
    const uint32_t high = be32(a);
    if (high >> 9 == 0x20010000u >> 9) return false;                /* 2001::/23: Teredo, ORCHID */
    if (high == 0x20010db8u || high >> 16 == 0x2002u) return false; /* documentation; 6to4 */
    return high >> 12 != 0x3fff0000u >> 12;                         /* 3fff::/20: documentation */
}

bool hook_address_public(const struct sockaddr *a, size_t bytes)
{
    if (a->sa_family == AF_INET && bytes >= sizeof(struct sockaddr_in)) {
        struct sockaddr_in v4;
        memcpy(&v4, a, sizeof v4);
        return v4_public(ntohl(v4.sin_addr.s_addr));
    }
    if (a->sa_family == AF_INET6 && bytes >= sizeof(struct sockaddr_in6)) {
        struct sockaddr_in6 v6;
        memcpy(&v6, a, sizeof v6);
        return v6_public(v6.sin6_addr.s6_addr);
    }
    return false;
}

/* A host that is an address, in whatever form curl reads one (0x7f.1, 2130706433, [::1]). */
static bool host_is_refused(const char *host)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    char plain[HOOK_ORIGIN];
    memset(&v4, 0, sizeof v4);
    memset(&v6, 0, sizeof v6);
    v4.sin_family = AF_INET;
    v6.sin6_family = AF_INET6;
    if (inet_pton(AF_INET, host, &v4.sin_addr) == 1)
        return !hook_address_public((const struct sockaddr *)&v4, sizeof v4);
    if (host[0] != '[') return strcmp(host, "localhost") == 0;
    (void)snprintf(plain, sizeof plain, "%.*s", (int)strcspn(host + 1, "]%"), host + 1);
    return inet_pton(AF_INET6, plain, &v6.sin6_addr) != 1 ||
           !hook_address_public((const struct sockaddr *)&v6, sizeof v6);
}

static const char *part_check(CURLU *u, char origin[HOOK_ORIGIN], bool allow_private)
{
    char *scheme = NULL, *host = NULL, *port = NULL, *user = NULL, *password = NULL;
    const char *wrong = NULL;
    if (curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
        curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK ||
        curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) != CURLUE_OK)
        wrong = "is no URL";
    else if (strcmp(scheme, "https") != 0 && (strcmp(scheme, "http") != 0 || !allow_private))
        wrong = "must begin with https://";
    else if (curl_url_get(u, CURLUPART_USER, &user, 0) == CURLUE_OK ||
             curl_url_get(u, CURLUPART_PASSWORD, &password, 0) == CURLUE_OK)
        wrong = "must not contain a user or a password";
    else if (!allow_private && host_is_refused(host))
        wrong = "is an address that callbacks do not go to";
    else if (snprintf(origin, HOOK_ORIGIN, "%s://%s:%s", scheme, host, port) >= HOOK_ORIGIN)
        wrong = "has a host that is too long";
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    curl_free(user);
    curl_free(password);
    return wrong;
}

const char *hook_url_check(char origin[HOOK_ORIGIN], const char *url, bool allow_private)
{
    const size_t n = strlen(url);
    origin[0] = 0;
    if (n > HOOK_URL) return "is too long";
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)url[i] <= 0x20 || (unsigned char)url[i] >= 0x7f)
            return "must be ASCII without blanks";
    if (strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0)
        return "must begin with https://";
    if (strstr(url, "://")[3] == '/') return "has no host"; /* curl would look further for one */
    CURLU *u = curl_url();
    if (u == NULL) return "cannot be looked at: out of memory";
    const char *wrong = curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK
                            ? "is no URL"
                            : part_check(u, origin, allow_private);
    curl_url_cleanup(u);
    if (wrong != NULL) origin[0] = 0;
    return wrong;
}
