/* identity.h - the relayer's own key: what it signs shows that this relayer said it.
 *
 * A Stark key made at the first start and kept in the database (table meta), so that relayers that
 * share one are one to their nodes, and a backup is whole. It signs tickets and callbacks, and
 * holds no money: the account that assigns tasks on a chain has a key of its own. */
#ifndef RELAYER_IDENTITY_H
#define RELAYER_IDENTITY_H

#include "market/digest.h"
#include "relayer/db.h"

typedef struct {
    ecdsa_key key;
    felt pubkey, id; /* digest_relayer_id */
} identity;

/* SP_ERR_IO, SP_ERR_FORMAT: it can be neither read nor made. */
SP_MUST_USE sp_status identity_open(identity *out, db *d);
void identity_wipe(identity *me);

#endif
