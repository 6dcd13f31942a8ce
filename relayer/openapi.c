/* openapi.c - the description of the API, which is part of the program. */
#include "relayer/api.h"

#include "relayer/openapi_file.h" /* made by tools/embed.cmake from docs/openapi.json */

#include <stdlib.h>
#include <string.h>

void api_openapi(call *c, db *d, core *k)
{
    (void)d;
    (void)k;
    c->s.body = malloc(sizeof file_openapi_json);
    if (c->s.body == NULL) {
        c->s.broken = true;
        return;
    }
    c->s.status = 200;
    c->s.content_type = "application/json";
    memcpy(c->s.body, file_openapi_json, sizeof file_openapi_json);
    c->s.body_bytes = sizeof file_openapi_json;
}
