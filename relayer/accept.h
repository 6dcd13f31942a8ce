/* accept.h - whether a client takes what would be sent (RFC 9110, 12.5.1). */
#ifndef RELAYER_ACCEPT_H
#define RELAYER_ACCEPT_H

#include "core/sp.h"

/* header: of Accept, NULL: anything. type: "application/json". Of the ranges that name it the most
 * exact one counts, and q=0 says no; parameters beside q are not looked at. What is no list of
 * media ranges excludes nothing. */
bool accept_allows(const char *header, const char *type);

#endif
