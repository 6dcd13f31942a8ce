/* identity.c - see identity.h. */
#include "relayer/identity.h"

#include "market/hex.h"

#include <openssl/crypto.h>
#include <string.h>

sp_status identity_open(identity *out, db *d)
{
    uint8_t be[32];
    char hex[65] = "";
    ecdsa_key made;
    SP_TRY(ecdsa_key_new(&made));
    ecdsa_key_write(be, &made);
    hex_write(hex, be, sizeof be);
    ecdsa_key_wipe(&made);
    /* Of two relayers that start at once one writes it, and both read it. */
    (void)db_run(d,
                 "INSERT INTO meta(name, value) VALUES('relayer_key', ?)"
                 " ON CONFLICT(name) DO NOTHING",
                 DB_T(hex));
    OPENSSL_cleanse(hex, sizeof hex);
    db_rows *r = db_query_values(d, "SELECT value FROM meta WHERE name = 'relayer_key'", NULL, 0);
    const bool found = db_next(r);
    const bool ok = found && strlen(db_text(r, 0)) == 64 &&
                    hex_read(be, sizeof be, db_text(r, 0)) &&
                    ecdsa_key_read(&out->key, be) == SP_OK;
    db_end(r);
    OPENSSL_cleanse(be, sizeof be);
    if (!db_ok(d)) return SP_ERR_IO;
    if (!ok) return SP_ERR_FORMAT;
    ecdsa_public(&out->pubkey, &out->key);
    out->id = digest_relayer_id(out->pubkey);
    return SP_OK;
}

void identity_wipe(identity *me) { ecdsa_key_wipe(&me->key); }
