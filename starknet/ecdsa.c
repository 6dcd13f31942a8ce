/* ecdsa.c - keys, deterministic nonces, signing and verification on the Stark curve. */
#include "starknet/ecdsa.h"

#include "starknet/curve.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>
#include <sys/random.h>

static bool below_2_251(felt a)
{
    uint64_t v[4];
    felt_to_limbs(v, a);
    return v[3] >> 59 == 0;
}

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

/* k*G; the caller wipes it. */
static void multiply_generator(curve_point *out, const scalar *k)
{
    curve_point g = curve_generator();
    curve_mul(out, k->l, 252, &g);
}

void ecdsa_public(felt *pub, const ecdsa_key *key)
{
    curve_point q;
    multiply_generator(&q, &key->d);
    sp_status finite = curve_affine(pub, NULL, &q); /* 1 <= d < n: never infinity */
    (void)finite;
    ct_wipe(&q, sizeof q);
}

static sp_status hmac(uint8_t out[32], const uint8_t key[32], const uint8_t *m, size_t bytes)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    bool ok = HMAC(EVP_sha256(), key, 32, m, bytes, digest, &n) != NULL && n == 32;
    if (ok) memcpy(out, digest, 32);
    ct_wipe(digest, sizeof digest);
    return ok ? SP_OK : SP_ERR_NOMEM;
}

typedef struct {
    uint8_t k[32], v[32];
} drbg;

/* K = HMAC(K, V || mark || data), V = HMAC(K, V). */
static sp_status drbg_update(drbg *g, uint8_t mark, const uint8_t *data, size_t bytes)
{
    uint8_t m[32 + 1 + 96];
    memcpy(m, g->v, 32);
    m[32] = mark;
    if (bytes) memcpy(m + 33, data, bytes);
    sp_status st = hmac(g->k, g->k, m, 33 + bytes);
    ct_wipe(m, sizeof m);
    return st == SP_OK ? hmac(g->v, g->k, g->v, 32) : st;
}

sp_status ecdsa_nonce(scalar *k, const ecdsa_key *key, felt z, const uint8_t *extra,
                      size_t extra_bytes)
{
    drbg g;
    uint8_t data[96], t[32]; /* key, z, extra */
    if (extra_bytes > 32) return SP_ERR_ARG;
    scalar_write(data, &key->d);
    felt_write(data + 32, z);
    if (extra_bytes) memcpy(data + 64, extra, extra_bytes);
    memset(g.k, 0, 32);
    memset(g.v, 1, 32);
    sp_status st = drbg_update(&g, 0, data, 64 + extra_bytes);
    if (st == SP_OK) st = drbg_update(&g, 1, data, 64 + extra_bytes);
    while (st == SP_OK) {
        st = hmac(g.v, g.k, g.v, 32);
        if (st != SP_OK) break;
        for (unsigned i = 32; i-- > 0;) /* the upper 252 bits */
            t[i] = (uint8_t)(g.v[i] >> 4 | (i ? g.v[i - 1] << 4 : 0));
        ecdsa_key candidate;
        if (ecdsa_key_read(&candidate, t) == SP_OK) { /* 1 <= k < n */
            *k = candidate.d;
            ecdsa_key_wipe(&candidate);
            break;
        }
        st = drbg_update(&g, 0, NULL, 0);
    }
    ct_wipe(&g, sizeof g);
    ct_wipe(data, sizeof data);
    ct_wipe(t, sizeof t);
    return st;
}

/* One try with the nonce k. SP_ERR_REJECT: another nonce is needed. */
static sp_status sign_with(felt *r, felt *s, const ecdsa_key *key, const scalar *z, const scalar *k)
{
    felt x;
    scalar rx, sum, inv, out;
    curve_point p;
    multiply_generator(&p, k);
    sp_status st = curve_affine(&x, NULL, &p);
    ct_wipe(&p, sizeof p);
    SP_TRY(st);
    /* x is r, which the signature shows (or which nobody will know of, when it is not used). */
    SP_CT_PUBLIC(&x, sizeof x);
    if (felt_is_zero(x) || !below_2_251(x)) return SP_ERR_REJECT;
    SP_TRY(scalar_from_felt(&rx, x));
    sum = scalar_mul(&rx, &key->d);
    sum = scalar_add(&sum, z);
    inv = scalar_inv(k);
    out = scalar_mul(&sum, &inv);
    ct_wipe(&sum, sizeof sum);
    ct_wipe(&inv, sizeof inv);
    SP_CT_PUBLIC(&out, sizeof out);
    inv = scalar_inv(&out);
    if (scalar_is_zero(&out) || !scalar_below_2_251(&out) || !scalar_below_2_251(&inv))
        return SP_ERR_REJECT;
    *r = x;
    *s = scalar_to_felt(&out);
    return SP_OK;
}

sp_status ecdsa_sign(felt *r, felt *s, const ecdsa_key *key, felt z, uint64_t seed)
{
    scalar zs, k;
    if (!below_2_251(z)) return SP_ERR_ARG;
    SP_TRY(scalar_from_felt(&zs, z));
    sp_status st;
    do {
        uint8_t extra[8];
        unsigned n = 0;
        for (unsigned shift = 64; shift > 0; shift -= 8)
            if (seed >> (shift - 8)) extra[n++] = (uint8_t)(seed >> (shift - 8));
        st = ecdsa_nonce(&k, key, z, extra, n);
        if (st != SP_OK) break;
        st = sign_with(r, s, key, &zs, &k);
        seed++;
    } while (st == SP_ERR_REJECT);
    ct_wipe(&k, sizeof k);
    return st;
}

sp_status ecdsa_verify(felt pub, felt z, felt r, felt s)
{
    scalar zs, rs, ss, w, u1, u2;
    felt y;
    curve_point a, b, minus, sum;
    if (curve_lift_x(&y, pub) != SP_OK) return SP_ERR_FORMAT;
    if (!below_2_251(z) || !below_2_251(r) || !below_2_251(s) || felt_is_zero(r) || felt_is_zero(s))
        return SP_ERR_REJECT;
    SP_TRY(scalar_from_felt(&zs, z));
    SP_TRY(scalar_from_felt(&rs, r));
    SP_TRY(scalar_from_felt(&ss, s));
    w = scalar_inv(&ss);
    if (!scalar_below_2_251(&w)) return SP_ERR_REJECT;
    u1 = scalar_mul(&zs, &w);
    u2 = scalar_mul(&rs, &w);
    multiply_generator(&a, &u1);
    b = curve_from_affine(pub, y);
    curve_mul(&b, u2.l, 252, &b);
    curve_neg(&minus, &b);
    curve_add(&sum, &a, &b);
    if (!felt_is_zero(sum.z) && felt_eq(sum.x, felt_mul(r, sum.z))) return SP_OK;
    curve_add(&sum, &a, &minus);
    if (!felt_is_zero(sum.z) && felt_eq(sum.x, felt_mul(r, sum.z))) return SP_OK;
    return SP_ERR_REJECT;
}
