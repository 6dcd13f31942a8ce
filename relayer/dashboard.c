/* dashboard.c - the page at / : four files that are part of the program. They show what anybody may
 * ask for, take no key and set no cookie. */
#include "relayer/api.h"

#include "relayer/dashboard_files.h" /* made by tools/embed.cmake */

#include <stdlib.h>
#include <string.h>

/* Nothing from elsewhere, no code within the page, no frame around it, nowhere to send anything. */
#define POLICY                                                                              \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src " \
    "'self'; "                                                                              \
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

static void give(call *c, const char *type, const unsigned char *text, size_t n)
{
    c->s.status = 200;
    c->s.content_type = type;
    c->s.body = malloc(n);
    if (c->s.body == NULL) {
        c->s.broken = true;
        return;
    }
    memcpy(c->s.body, text, n);
    c->s.body_bytes = n;
    http_add_header(&c->s, "Content-Security-Policy", "%s", POLICY);
    http_add_header(&c->s, "Referrer-Policy", "no-referrer");
    http_add_header(&c->s, "X-Frame-Options", "DENY");
    http_add_header(&c->s, "Cross-Origin-Opener-Policy", "same-origin");
    http_add_header(&c->s, "Cross-Origin-Resource-Policy", "same-origin");
}

void api_dashboard(call *c, db *d, core *k)
{
    (void)d;
    (void)k;
    give(c, "text/html; charset=utf-8", file_index_html, sizeof file_index_html);
}

void api_dashboard_css(call *c, db *d, core *k)
{
    (void)d;
    (void)k;
    give(c, "text/css; charset=utf-8", file_dashboard_css, sizeof file_dashboard_css);
}

void api_dashboard_js(call *c, db *d, core *k)
{
    (void)d;
    (void)k;
    give(c, "text/javascript; charset=utf-8", file_dashboard_js, sizeof file_dashboard_js);
}

void api_dashboard_svg(call *c, db *d, core *k)
{
    (void)d;
    (void)k;
    give(c, "image/svg+xml", file_dashboard_svg, sizeof file_dashboard_svg);
}
