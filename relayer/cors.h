/* cors.h - pages of other origins in a browser: what the operator has named may read answers.
 *
 * A key is sent by the page itself, in Authorization, never by the browser on its own: so
 * credentials of the browser are not asked for, and "*" gives a page nothing that any program has
 * not. Pure. */
#ifndef RELAYER_CORS_H
#define RELAYER_CORS_H

#include "relayer/http.h"

/* list: origins ("https://wallet.example"), separated by commas, or "*" alone; "" or NULL: none. To
 * every answer, whatever it says. origin: the request's, or NULL. */
void cors_answer(http_response *r, const char *list, const char *origin);

/* The answer to a browser's question before its request; methods: those of the path, with commas.
 */
void cors_preflight(http_response *r, const char *methods);

#endif
