/* pedersen.c - the Pedersen hash by multiplication on the curve, without tables. */
#include "starknet/pedersen.h"

/* x and y, limbs little endian. */
static const uint64_t points[5][2][4] = {
    {{0x551fde4050ca6804u, 0x716b0b1022947733u, 0x00ee1b87eb599f16u, 0x049ee3eba8c16007u},
     {0xd0405d266e10268au, 0x4e621062c0e056c1u, 0xf346d49d06ea0ed3u, 0x03ca0cfe4b3bc6ddu}},
    {{0x1080d17957ebe47bu, 0x8fa8120b6d56eb0cu, 0x969c748655fca9e5u, 0x0234287dcbaffe7fu},
     {0x6ed0268ee89e5615u, 0x940135dd7a6c94ccu, 0x1e889527d41f4e39u, 0x03b056f100f96fb2u}},
    {{0xb7a6932dba8aa378u, 0x99099ec1de5e3018u, 0x3f9dab2656558f33u, 0x04fa56f376c83db3u},
     {0x5168f4e80ff5b54du, 0x562761f92a7a23b4u, 0x8113e0c0e47e4401u, 0x03fa0984c931c9e3u}},
    {{0x3aa372f0bd2d6997u, 0x40c690c74709e90fu, 0x764910f75b45f74bu, 0x04ba4cc166be8decu},
     {0x48151f27b24b219cu, 0xcac5c59a5ce5ae7cu, 0x4b971e46c4ede85fu, 0x0040301cf5c1751fu}},
    {{0xd36ff12c49a58202u, 0x2ca65048d53fb325u, 0x6e44cca8f61a63bbu, 0x054302dcb0e6cc1cu},
     {0x879dcc77e99c2426u, 0xce98ad783c25561au, 0xb348046268d8ae25u, 0x01b77b3e37d13504u}}};

curve_point pedersen_point(unsigned index)
{
    return curve_from_affine(felt_reduce(points[index][0]), felt_reduce(points[index][1]));
}

/* acc += v_lo*points[first] + v_hi*points[first + 1] */
static void add_term(curve_point *acc, felt v, unsigned first)
{
    uint64_t limbs[4], high[4];
    felt_to_limbs(limbs, v);
    high[0] = limbs[3] >> 56; /* < 16: v < 2^252 */
    high[1] = high[2] = high[3] = 0;
    curve_point p = pedersen_point(first), term;
    curve_mul(&term, limbs, 248, &p);
    curve_add(acc, acc, &term);
    p = pedersen_point(first + 1);
    curve_mul(&term, high, 4, &p);
    curve_add(acc, acc, &term);
}

felt pedersen_hash(felt a, felt b)
{
    felt x = felt_zero();
    curve_point acc = pedersen_point(0);
    add_term(&acc, a, 1);
    add_term(&acc, b, 3);
    /* Infinity would be a known relation between the points; the hash is then 0. */
    sp_status finite = curve_affine(&x, NULL, &acc);
    (void)finite;
    return x;
}

felt pedersen_hash_many(felt_span list)
{
    felt h = felt_zero();
    for (size_t i = 0; i < list.n; i++) h = pedersen_hash(h, list.v[i]);
    return pedersen_hash(h, felt_from_u64(list.n));
}
