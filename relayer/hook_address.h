/* hook_address.h - where a callback may go: which URLs are taken down, and which addresses are
 * dialled. No sockets here.
 *
 * The URL is looked at when it is taken down, so that its owner hears of a mistake at once; what
 * protects is the look at the address that is really dialled, after every resolution of a name. */
#ifndef RELAYER_HOOK_ADDRESS_H
#define RELAYER_HOOK_ADDRESS_H

#include "core/sp.h"

#include <sys/socket.h>

#define HOOK_URL 2000   /* characters of a URL */
#define HOOK_ORIGIN 300 /* scheme://host:port and the zero byte */

/* Whether an address of IPv4 or IPv6 belongs to the public internet: no loopback, private, shared
 * (RFC 6598), link-local, unique-local, multicast, reserved, documentation or benchmark range, none
 * where clouds keep their metadata; of IPv6 only 2000::/3 without what carries an address of IPv4
 * (mapped, compatible, 6to4, Teredo), and 64:ff9b::/96 where the address in it may be dialled. */
SP_MUST_USE bool hook_address_public(const struct sockaddr *a, size_t bytes);

/* NULL: url may be called, and origin holds its scheme, host and port. Else what is wrong with it,
 * a clause such as "must begin with https://". allow_private: http and private addresses may be. */
SP_MUST_USE const char *hook_url_check(char origin[HOOK_ORIGIN], const char *url,
                                       bool allow_private);

#endif
