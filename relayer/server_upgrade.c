/* server_upgrade.c - whether a connection may become a WebSocket. */
#include "relayer/server_internal.h"

#include "relayer/guard.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Answers a handshake that is refused, and ends the connection. */
static int refuse_upgrade(server *s, struct lws *wsi, int status, const char *code,
                          uint64_t retry_s, const char *detail)
{
    http_request q;
    http_response r;
    uint8_t room[LWS_PRE + 1024];
    memset(&q, 0, sizeof q);
    http_response_init(&r);
    s->counts.refused++;
    http_problem(&r, &q, status, code, "%s", detail);
    const int n = snprintf((char *)room + LWS_PRE, sizeof room - LWS_PRE,
                           "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
                           "Retry-After: %" PRIu64 "\r\nConnection: close\r\n\r\n%.*s",
                           status, http_reason(status), r.content_type, r.body_bytes, retry_s,
                           (int)r.body_bytes, (const char *)r.body);
    if (!r.broken && n > 0 && (size_t)n < sizeof room - LWS_PRE)
        (void)lws_write(wsi, room + LWS_PRE, (size_t)n, LWS_WRITE_HTTP);
    http_response_free(&r);
    return -1;
}

static int check_peer(server *s, struct lws *wsi, const char *node)
{
    uint8_t address[16];
    const peer_sockets *one = lws_get_opaque_user_data(wsi);
    size_t n = server_forwarded(s, wsi, address);
    if (s->first_free == 0)
        return refuse_upgrade(s, wsi, 503, "overloaded", 5, "too many connections");
    if (server_peer_too_many(s, wsi) ||
        (n > 0 && s->c.per_ip != 0 && peers_count(&s->peers, address, n) >= s->c.per_ip))
        return refuse_upgrade(s, wsi, 429, "rate_limited", 60,
                              "too many connections come from this address");
    if (one != NULL) { /* as it is counted */
        n = one->key[0];
        memset(address, 0, sizeof address);
        memcpy(address, one->key + 1, n == 4 ? 4 : 8);
    }
    const uint64_t now = (uint64_t)lws_now_usecs() * 1000;
    uint64_t wait = s->c.upgrade_rate == 0 ? 0 : peers_upgrade(&s->peers, address, n, now);
    if (wait > 0)
        return refuse_upgrade(s, wsi, 429, "rate_limited", wait,
                              "too many handshakes come from this address");
    wait = s->c.node_ms == 0 ? 0 : peers_node(&s->peers, address, n, node, now);
    return wait == 0
               ? 0
               : refuse_upgrade(s, wsi, 429, "rate_limited", wait, "this node connects too often");
}

int server_confirm_upgrade(struct lws *wsi)
{
    server *s = server_of(wsi);
    char upgrade[32], version[8], protocol[128], named[HTTP_MAX_PATH];
    char *path = NULL;
    int path_bytes = 0;
    if (lws_http_get_uri_and_method(wsi, &path, &path_bytes) != LWSHUMETH_GET) return -1;
    if (path_bytes >= (int)sizeof named) return -1;
    memcpy(named, path, (size_t)path_bytes);
    named[path_bytes] = 0;
    if (lws_hdr_total_length(wsi, WSI_TOKEN_PROTOCOL) >= (int)sizeof protocol) return -1;
    const bool good =
        guard_check_upgrade(server_header(wsi, upgrade, sizeof upgrade, WSI_TOKEN_UPGRADE), named,
                            server_header(wsi, version, sizeof version, WSI_TOKEN_VERSION),
                            server_header(wsi, protocol, sizeof protocol, WSI_TOKEN_PROTOCOL));
    if (!good) return -1;
    if (s->draining)
        return refuse_upgrade(s, wsi, 503, "draining", 5, "this relayer is being stopped");
    return check_peer(s, wsi, named + strlen(GUARD_WS_PATH));
}
