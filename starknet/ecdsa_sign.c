/* ecdsa_sign.c - deterministic nonces and signing; apart from ecdsa.c, since who only verifies
 * needs no HMAC. */
#include "starknet/ecdsa.h"
#include "starknet/ecdsa_parts.h"
#include "starknet/generator.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

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
    scalar rx, sum, both, inv, out;
    curve_point p;
    generator_mul(&p, k);
    sp_status st = curve_affine(&x, NULL, &p);
    ct_wipe(&p, sizeof p);
    SP_TRY(st);
    /* x is r, which the signature shows (or which nobody will know of, when it is not used). */
    SP_CT_PUBLIC(&x, sizeof x);
    if (felt_is_zero(x) || !felt_below_2_251(x)) return SP_ERR_REJECT;
    SP_TRY(scalar_from_felt(&rx, x));
    sum = scalar_mul(&rx, &key->d);
    sum = scalar_add(&sum, z);
    /* s = sum/k and 1/s = k/sum, of one inversion: that of k*sum. */
    both = scalar_mul(k, &sum);
    both = scalar_inv(&both);
    out = scalar_mul(&both, &sum);
    out = scalar_mul(&out, &sum);
    inv = scalar_mul(&both, k);
    inv = scalar_mul(&inv, k);
    ct_wipe(&sum, sizeof sum);
    ct_wipe(&both, sizeof both);
    SP_CT_PUBLIC(&out, sizeof out);
    SP_CT_PUBLIC(&inv, sizeof inv);
    if (scalar_is_zero(&out) || !scalar_below_2_251(&out) || !scalar_below_2_251(&inv))
        return SP_ERR_REJECT;
    *r = x;
    *s = scalar_to_felt(&out);
    return SP_OK;
}

sp_status ecdsa_sign(felt *r, felt *s, const ecdsa_key *key, felt z, uint64_t seed)
{
    scalar zs, k;
    if (!felt_below_2_251(z)) return SP_ERR_ARG;
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
