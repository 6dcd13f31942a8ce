/* api.h - the handlers of the routes. */
#ifndef RELAYER_API_H
#define RELAYER_API_H

#include "relayer/call.h"

/* api_system.c */
void api_version(call *c, db *d, core *k);
void api_live(call *c, db *d, core *k);
void api_ready(call *c, db *d, core *k);

#endif
