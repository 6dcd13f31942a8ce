/* snip12.h - typed data of SNIP-12, revision 1: what wallets of Starknet show and sign. Only as far
 * as our messages need it. */
#ifndef MARKET_SNIP12_H
#define MARKET_SNIP12_H

#include "starknet/felt.h"

#define SNIP12_NAME "sprove"
#define SNIP12_VERSION "v1"
#define SNIP12_REVISION "1" /* hashed as the number */

/* A name of ours, of at most 31 characters, as a short string. */
felt snip12_name(const char *name);

/* What the account's is_valid_signature is asked about: a message of our domain on this chain.
 * type: as SNIP-12 encodes it, "Name"("member":"type",...); members: their values in its order,
 * each encoded. */
felt snip12_digest(felt chain_id, felt account, const char *type, felt_span members);

#endif
