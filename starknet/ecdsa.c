/* ecdsa.c - keys and verification on the Stark curve. */
#include "starknet/ecdsa.h"

#include "starknet/ecdsa_parts.h"
#include "starknet/public_sum.h"

#include <string.h>
#include <sys/random.h>

/* The nonce is public in this respect alone: whether it must be drawn again. */
static bool reveal(bool decision)
{
    SP_CT_PUBLIC(&decision, sizeof decision);
    return decision;
}

sp_status ecdsa_key_read(ecdsa_key *key, const uint8_t be[32])
{
    scalar d;
    SP_TRY(scalar_read(&d, be));
    bool zero = reveal(scalar_is_zero(&d));
    if (!zero) key->d = d;
    ct_wipe(&d, sizeof d);
    return zero ? SP_ERR_FORMAT : SP_OK;
}

void ecdsa_key_write(uint8_t be[32], const ecdsa_key *key) { scalar_write(be, &key->d); }

void ecdsa_key_wipe(ecdsa_key *key) { ct_wipe(key, sizeof *key); }

sp_status ecdsa_key_new(ecdsa_key *key)
{
    uint8_t be[32];
    sp_status st = SP_ERR_IO;
    /* A draw of 252 bits is below n with probability 1/2; 256 failures mean a broken source. */
    for (unsigned tries = 0; tries < 256 && st != SP_OK; tries++) {
        if (getrandom(be, sizeof be, 0) != (ssize_t)sizeof be) break; /* never short up to 256 */
        be[0] &= 15;
        st = ecdsa_key_read(key, be);
    }
    ct_wipe(be, sizeof be);
    return st == SP_OK ? SP_OK : SP_ERR_IO;
}

void ecdsa_public(felt *pub, const ecdsa_key *key)
{
    curve_point q;
    generator_mul(&q, &key->d);
    sp_status finite = curve_affine(pub, NULL, &q); /* 1 <= d < n: never infinity */
    (void)finite;
    ct_wipe(&q, sizeof q);
}

/* u1 = z/s and u2 = r/s of a signature whose numbers are in range. */
static sp_status take(scalar *u1, scalar *u2, felt z, felt r, felt s)
{
    scalar zs, rs, ss;
    if (!felt_below_2_251(z) || !felt_below_2_251(r) || !felt_below_2_251(s) || felt_is_zero(r) ||
        felt_is_zero(s))
        return SP_ERR_REJECT;
    SP_TRY(scalar_from_felt(&zs, z));
    SP_TRY(scalar_from_felt(&rs, r));
    SP_TRY(scalar_from_felt(&ss, s));
    const scalar w = scalar_inv(&ss);
    if (!scalar_below_2_251(&w)) return SP_ERR_REJECT;
    *u1 = scalar_mul(&zs, &w);
    *u2 = scalar_mul(&rs, &w);
    return SP_OK;
}

sp_status ecdsa_verify_lift(felt *y_out, felt pub, felt z, felt r, felt s)
{
    scalar u1, u2;
    felt y;
    if (curve_lift_x(&y, pub) != SP_OK) return SP_ERR_FORMAT;
    SP_TRY(take(&u1, &u2, z, r, s));
    const public_sum is = public_sum_has_x(&u1, &u2, pub, y, r);
    if (!is.plus && !is.minus) return SP_ERR_REJECT;
    *y_out = is.plus ? y : felt_neg(y);
    return SP_OK;
}

sp_status ecdsa_verify(felt pub, felt z, felt r, felt s)
{
    felt y;
    return ecdsa_verify_lift(&y, pub, z, r, s);
}

sp_status ecdsa_verify_point(felt x, felt y, felt z, felt r, felt s)
{
    scalar u1, u2;
    SP_TRY(take(&u1, &u2, z, r, s));
    return public_sum_has_x(&u1, &u2, x, y, r).plus ? SP_OK : SP_ERR_REJECT;
}
