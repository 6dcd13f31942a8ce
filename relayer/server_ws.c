/* server_ws.c - sockets of nodes: whole text messages in, a bounded queue of messages out. */
#include "relayer/server_internal.h"

#include "relayer/guard.h"
#include "relayer/queue.h"

#include <stdlib.h>
#include <string.h>

#define REASON 124

typedef struct message {
    struct message *next;
    size_t n;
    uint8_t at[]; /* LWS_PRE bytes, then n */
} message;

#define SHORT_ROOM                                                                \
    16384u /* bytes of a message in parts that no bound on all of them applies to \
            */

typedef struct ws_socket {
    struct ws_socket *next, **link; /* of all; NULL: it is in no list */
    server *s;
    struct lws *wsi;
    server_handle handle;
    peer_sockets *forwarded; /* of a socket that came by a proxy */
    uint64_t valid_ms;       /* when it opened, or answered a ping */
    bool pinged, ping, dead; /* ping: one is to be written */
    uint64_t pinged_ns;      /* when the last ping was written */
    int64_t rtt_us;          /* until it was answered, smoothed; -1: none was yet */
    uint64_t full_at_ns;     /* when it may send a whole burst again */
    char *in;                /* of the message that is coming in */
    size_t in_bytes, in_room;
    message *first, **end;
    size_t n_queued, queued_bytes;
    unsigned close_code; /* 0: stay open */
    unsigned peer_code;  /* of the close frame that came; 0: none */
    char close_reason[REASON];
} ws_socket;

static void fail(ws_socket *w, unsigned code, const char *reason)
{
    w->close_code = code; /* which closed() tells, and after which nothing is heard or sent */
    lws_close_reason(w->wsi, (enum lws_close_status)code, (unsigned char *)(uintptr_t)reason,
                     strlen(reason));
}

static void drop_queue(ws_socket *w)
{
    while (w->first != NULL) {
        message *m = w->first;
        w->first = m->next;
        free(m);
    }
    w->s->counts.ws_queued_bytes -= w->queued_bytes;
    w->end = &w->first;
    w->n_queued = w->queued_bytes = 0;
}

static void take_room(ws_socket *w, size_t room)
{
    w->s->counts.ws_coming_bytes += room;
    w->s->counts.ws_coming_bytes -= w->in_room;
    w->in_room = room;
}

/* At the end of the list, which so is in the order of valid_ms; and out of it. */
static void enter(ws_socket *w)
{
    server *s = w->s;
    w->next = NULL;
    w->link = s->sockets_end;
    *w->link = w;
    s->sockets_end = &w->next;
}

static void leave(ws_socket *w)
{
    *w->link = w->next;
    if (w->next != NULL)
        w->next->link = w->link;
    else
        w->s->sockets_end = w->link;
}

static int opened(struct lws *wsi, ws_socket **pss)
{
    server *s = server_of(wsi);
    ws_socket *w = calloc(1, sizeof *w);
    char path[HTTP_MAX_PATH], peer[HTTP_PEER];
    *pss = w;
    if (w == NULL) return -1;
    w->s = s;
    w->wsi = wsi;
    w->end = &w->first;
    w->rtt_us = -1;
    w->valid_ms = uv_now(s->loop);
    enter(w);
    w->handle = server_slot_take(s, wsi, w, true);
    s->counts.ws_now++;
    s->counts.ws_opened++;
    const char *uri = server_header(wsi, path, sizeof path, WSI_TOKEN_GET_URI);
    (void)lws_get_peer_simple(wsi, peer, sizeof peer);
    uint8_t address[16];
    const size_t forwarded = server_forwarded(s, wsi, address);
    if (forwarded > 0) w->forwarded = peers_take(&s->peers, address, forwarded);
    if (w->handle == 0 || uri == NULL || strlen(uri) <= strlen(GUARD_WS_PATH)) {
        fail(w, 1013, "too many connections");
        return -1;
    }
    s->e.ws_open(s->e.user, w->handle, uri + strlen(GUARD_WS_PATH), peer);
    return 0;
}

static void closed(ws_socket *w)
{
    server *s = w->s;
    const server_handle h = w->handle;
    leave(w);
    const unsigned code = w->close_code != 0 ? w->close_code : w->peer_code;
    drop_queue(w);
    take_room(w, 0);
    peers_release(&s->peers, w->forwarded);
    free(w->in);
    free(w);
    s->counts.ws_now--;
    server_slot_release(s, h);
    if (h != 0) s->e.ws_close(s->e.user, h);
    if (s->e.ws_ended != NULL) s->e.ws_ended(s->e.user, code != 0 ? code : 1006);
}

/* Of one socket: so many messages a second, and so many at once. */
static bool is_flood(ws_socket *w)
{
    const server_config *c = &w->s->c;
    if (c->message_rate == 0) return false;
    const uint64_t now = clock_ns(), period = UINT64_C(1000000000) / c->message_rate;
    if (w->full_at_ns < now) w->full_at_ns = now;
    w->full_at_ns += period;
    return w->full_at_ns - now > period * c->message_burst;
}

static int received(ws_socket *w, const char *in, size_t n)
{
    if (w->close_code != 0) return 0;
    if (lws_frame_is_binary(w->wsi)) {
        fail(w, 1003, "text only");
        return -1;
    }
    if (w->in_bytes + n > w->s->c.max_message) {
        fail(w, 1009, "message too long");
        return -1;
    }
    if (w->in_bytes + n + 1 > w->in_room) {
        const size_t room = 2 * (w->in_bytes + n) + 1;
        /* Many that each send a part of a long message, and wait, would take all memory. What is
         * short is heard all the same: it is bounded by the number of sockets. */
        if (room > SHORT_ROOM &&
            w->s->counts.ws_coming_bytes - w->in_room + room > SERVER_WS_COMING_BYTES) {
            fail(w, 1013, "too many long messages at once");
            return -1;
        }
        char *more = realloc(w->in, room);
        if (more == NULL) return -1;
        w->in = more;
        take_room(w, room);
    }
    if (n > 0) memcpy(w->in + w->in_bytes, in, n);
    w->in_bytes += n;
    if (!lws_is_final_fragment(w->wsi) || lws_remaining_packet_payload(w->wsi) > 0) return 0;
    w->s->counts.ws_messages++;
    if (is_flood(w)) {
        fail(w, 4429, "too many messages");
        return -1;
    }
    char *text = w->in;
    const size_t whole = w->in_bytes;
    if (text == NULL) return 0; /* an empty message */
    text[whole] = 0;
    w->in = NULL;
    w->in_bytes = 0;
    take_room(w, 0);
    w->s->e.ws_message(w->s->e.user, w->handle, text, whole, w->rtt_us);
    return 0;
}

static int writable(ws_socket *w)
{
    message *m = w->first;
    if (w->ping) { /* one write for each call; an empty answer is not told of */
        uint8_t frame[LWS_PRE + 1] = {0};
        w->ping = false;
        frame[LWS_PRE] = '?';
        w->pinged_ns = clock_ns();
        if (lws_write(w->wsi, frame + LWS_PRE, 1, LWS_WRITE_PING) < 1) return -1;
        if (m != NULL || w->close_code != 0) lws_callback_on_writable(w->wsi);
        return 0;
    }
    if (m != NULL) {
        w->first = m->next;
        if (w->first == NULL) w->end = &w->first;
        w->n_queued--;
        w->queued_bytes -= m->n;
        w->s->counts.ws_queued_bytes -= m->n;
        const bool ok = lws_write(w->wsi, m->at + LWS_PRE, m->n, LWS_WRITE_TEXT) >= (int)m->n;
        free(m);
        if (!ok) return -1;
    }
    if (w->first != NULL) {
        lws_callback_on_writable(w->wsi);
        return 0;
    }
    if (w->close_code == 0) return 0;
    if (m != NULL) { /* the last message goes first */
        lws_callback_on_writable(w->wsi);
        return 0;
    }
    /* libwebsockets 4.1.6 sends no close frame when it is told to close from here; from a timer it
     * does. */
    lws_set_timer_usecs(w->wsi, 1);
    return 0;
}

static int on_timer(ws_socket *w)
{
    if (w->dead) return -1;
    if (w->close_code == 0 || w->first != NULL) return 0;
    fail(w, w->close_code, w->close_reason);
    return -1;
}

void server_ws_alive(server *s)
{
    const uint64_t now = uv_now(s->loop), hangup = (uint64_t)s->c.hangup_s * 1000;
    for (ws_socket *w = s->sockets; w != NULL; w = w->next) {
        const uint64_t silent = now - w->valid_ms;
        if (silent <= hangup / 3) break; /* and so are all that follow */
        /* Only an answered ping counts: three times the time between two may pass. */
        if (silent > hangup && !w->dead) {
            w->dead = true;
            lws_set_timer_usecs(w->wsi, 1);
        } else if (!w->pinged) {
            w->pinged = w->ping = true;
            lws_callback_on_writable(w->wsi);
        }
    }
}

static int answered_ping(ws_socket *w)
{
    if (w->pinged && w->pinged_ns != 0) { /* not one that nobody asked for */
        const int64_t us = (int64_t)((clock_ns() - w->pinged_ns) / 1000u);
        w->rtt_us = w->rtt_us < 0 ? us : (7 * w->rtt_us + us) / 8;
        w->pinged_ns = 0;
    }
    w->valid_ms = uv_now(w->s->loop);
    w->pinged = false;
    leave(w);
    enter(w);
    return 0;
}

int server_ws_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                       size_t len)
{
    ws_socket **pss = user;
    ws_socket *w = pss != NULL ? *pss : NULL;
    switch (reason) {
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE: return server_confirm_upgrade(wsi);
    case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED:
        server_peer_came(server_of(wsi), wsi);
        return 0;
    case LWS_CALLBACK_ESTABLISHED: return opened(wsi, pss);
    case LWS_CALLBACK_RECEIVE_PONG: return w == NULL ? 0 : answered_ping(w);
    case LWS_CALLBACK_RECEIVE: return w == NULL ? -1 : received(w, in, len);
    case LWS_CALLBACK_SERVER_WRITEABLE: return w == NULL ? 0 : writable(w);
    case LWS_CALLBACK_TIMER: return w == NULL ? 0 : on_timer(w);
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        if (w != NULL && len >= 2)
            w->peer_code = (unsigned)((const uint8_t *)in)[0] << 8 | ((const uint8_t *)in)[1];
        return 0;
    case LWS_CALLBACK_CLOSED:
        if (w != NULL) closed(w);
        if (pss != NULL) *pss = NULL;
        return 0;
    /* A plain request can only reach this protocol by a mistake of ours. */
    case LWS_CALLBACK_HTTP: return -1;
    default: return 0;
    }
}

bool server_send(server *s, server_handle h, const char *text, size_t n)
{
    ws_socket *w = server_slot_find(s, h, true);
    if (w == NULL || w->close_code != 0) return false;
    message *m = w->n_queued < SERVER_WS_QUEUE && w->queued_bytes + n <= SERVER_WS_QUEUE_BYTES
                     ? malloc(sizeof *m + LWS_PRE + n)
                     : NULL;
    if (m == NULL) { /* what was promised may not be left out silently */
        drop_queue(w);
        server_close(s, h, 1008, "reads too slowly");
        return false;
    }
    m->next = NULL;
    m->n = n;
    memcpy(m->at + LWS_PRE, text, n);
    *w->end = m;
    w->end = &m->next;
    w->n_queued++;
    w->queued_bytes += n;
    s->counts.ws_queued_bytes += n;
    lws_callback_on_writable(w->wsi);
    return true;
}

void server_close(server *s, server_handle h, unsigned code, const char *reason)
{
    ws_socket *w = server_slot_find(s, h, true);
    if (w == NULL || w->close_code != 0) return;
    w->close_code = code;
    strncpy(w->close_reason, reason, REASON - 1);
    lws_callback_on_writable(w->wsi);
}
