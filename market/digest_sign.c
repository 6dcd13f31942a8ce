/* digest_sign.c - apart from digest.c, since who only verifies needs no HMAC. */
#include "market/digest.h"

sp_status digest_sign(digest_signature *out, const ecdsa_key *key, felt z)
{
    digest_signature s;
    if (!digest_fits(z)) return SP_ERR_LIMIT;
    SP_TRY(ecdsa_sign(&s.r, &s.s, key, z, 0));
    *out = s;
    return SP_OK;
}
