/* ecdsa.c - the curve, keys, nonces and signatures. */
#include "starknet/curve.h"
#include "starknet/ecdsa.h"
#include "starknet/poseidon.h"
#include "starknet/public_sum.h"
#include "tests/starknet/util.h"
#include "tests/starknet/vectors_ecdsa.h"

static const uint64_t order_limbs[4] = {0x1e66a241adc64d2fu, 0xb781126dcae7b232u,
                                        0xffffffffffffffffu, 0x0800000000000010u};

static bool same_point(const curve_point *a, const curve_point *b)
{
    felt ax, ay, bx, by;
    if (curve_affine(&ax, &ay, a) != SP_OK) return curve_affine(&bx, &by, b) != SP_OK;
    return curve_affine(&bx, &by, b) == SP_OK && felt_eq(ax, bx) && felt_eq(ay, by);
}

static ecdsa_key key_of(const char *text)
{
    ecdsa_key key = {{{1, 0, 0, 0}}};
    uint8_t be[32];
    felt_write(be, felt_of(text));
    if (ecdsa_key_read(&key, be) != SP_OK) {
        printf("%s is no key\n", text);
        test_failed = 1;
    }
    return key;
}

static ecdsa_key key_random(void)
{
    ecdsa_key key;
    uint8_t be[32];
    do felt_write(be, felt_random_edge());
    while (ecdsa_key_read(&key, be) != SP_OK);
    return key;
}

static felt message_random(void)
{
    felt z;
    scalar s;
    do z = felt_random_edge();
    while (scalar_from_felt(&s, z) != SP_OK || !scalar_below_2_251(&s));
    return z;
}

TEST(curve_constants)
{
    curve_point g = curve_generator(), twice, sum, order_g;
    felt beta = felt_of("0x06f21413efbe40de150e596d72f7a8c5609ad26c15c915c1f4cdfcb99cee9e89"), y;
    CHECK(curve_is_on(g.x, g.y) && !curve_is_on(g.x, felt_one()));
    CHECK(curve_is_on(felt_zero(), felt_zero()) == felt_is_zero(beta));
    CHECK(curve_lift_x(&y, g.x) == SP_OK && (felt_eq(y, g.y) || felt_eq(y, felt_neg(g.y))));
    CHECK_HEX(g.x, "0x1ef15c18599971b7beced415a40f0c7deacfd9b0d1819e03d723d8bc943cfca");
    CHECK_HEX(g.y, "0x5668060aa49730b7be4801df46ec62de53ecd11abe43a32873000c36e8dc1f");
    /* The complete formulas contain 3*beta: doubling by the affine rule agrees with them. */
    curve_double(&twice, &g);
    felt three = felt_from_u64(3), two = felt_from_u64(2), x, y2;
    felt slope = felt_mul(felt_add(felt_mul(three, felt_sqr(g.x)), felt_one()),
                          felt_inv(felt_mul(two, g.y)));
    felt x3 = felt_sub(felt_sqr(slope), felt_mul(two, g.x));
    CHECK(curve_affine(&x, &y2, &twice) == SP_OK && felt_eq(x, x3));
    CHECK(felt_eq(y2, felt_sub(felt_mul(slope, felt_sub(g.x, x3)), g.y)));
    /* Order n. */
    curve_mul(&order_g, order_limbs, 252, &g);
    CHECK(curve_affine(&x, &y, &order_g) == SP_ERR_REJECT);
    curve_add(&sum, &order_g, &g);
    CHECK(same_point(&sum, &g));
}

TEST(curve_formulas_have_no_exceptions)
{
    curve_point g = curve_generator(), p, minus, infinity, r, s;
    for (unsigned i = 0; i < 20; i++) {
        uint64_t k[4], v[4];
        felt_to_limbs(k, felt_random_edge());
        curve_mul(&p, k, 252, &g);
        curve_neg(&minus, &p);
        curve_add(&infinity, &p, &minus);
        CHECK(felt_is_zero(infinity.z));
        curve_add(&r, &p, &infinity);
        CHECK(same_point(&r, &p));
        curve_add(&r, &infinity, &infinity);
        CHECK(felt_is_zero(r.z) && !felt_is_zero(r.y));
        curve_double(&r, &infinity);
        CHECK(felt_is_zero(r.z) && !felt_is_zero(r.y));
        curve_add(&r, &p, &p);
        curve_double(&s, &p);
        CHECK(same_point(&r, &s));
        /* (k+1)*g = k*g + g */
        felt_to_limbs(v, felt_zero());
        u128 c = 1;
        for (unsigned j = 0; j < 4; j++) {
            c += k[j];
            v[j] = (uint64_t)c;
            c >>= 64;
        }
        curve_mul(&r, v, 252, &g);
        curve_add(&s, &p, &g);
        CHECK(same_point(&r, &s));
    }
}

TEST(scalar_constants)
{
    /* -1/n mod 2^64, through (n - 1)*(n - 1) = 1, and 2^512 through a product with 1. */
    scalar minus, one = {{1, 0, 0, 0}}, r;
    uint8_t be[32];
    felt_write(be, felt_reduce((const uint64_t[4]){order_limbs[0] - 1, order_limbs[1],
                                                   order_limbs[2], order_limbs[3]}));
    CHECK(scalar_read(&minus, be) == SP_OK);
    r = scalar_mul(&minus, &minus);
    CHECK_BYTES(r.l, one.l, sizeof r.l);
    r = scalar_add(&minus, &one);
    CHECK(scalar_is_zero(&r));
    r = scalar_inv(&minus);
    CHECK_BYTES(r.l, minus.l, sizeof r.l);
    be[31]++; /* n */
    CHECK(scalar_read(&r, be) == SP_ERR_FORMAT);
    memset(be, 0xff, 32);
    CHECK(scalar_read(&r, be) == SP_ERR_FORMAT);
}

/* 0, 1, 2, .. and n - 1, n - 2, .., or random. */
static scalar scalar_edge(void)
{
    scalar s = {{test_rand() % 34, 0, 0, 0}};
    const uint32_t kind = test_rand() % 4;
    if (kind == 0) {
        memcpy(s.l, order_limbs, sizeof s.l);
        s.l[0] -= 1 + test_rand() % 34;
    } else if (kind < 3) {
        while (scalar_from_felt(&s, felt_random()) != SP_OK) {}
    }
    return s;
}

TEST(generator_multiples_are_those_of_the_point)
{
    const curve_point g = curve_generator();
    for (unsigned i = 0; i < 400; i++) {
        const scalar k = scalar_edge();
        curve_point fast, slow;
        int8_t digit[GENERATOR_DIGITS];
        generator_mul(&fast, &k);
        curve_mul(&slow, k.l, 252, &g);
        CHECK(same_point(&fast, &slow));
        generator_digits(digit, &k);
        for (unsigned j = 0; j < GENERATOR_DIGITS; j++)
            CHECK(digit[j] % 2 != 0 && digit[j] >= -15 && digit[j] <= 15);
    }
}

/* Q being a small multiple of G, the sums are often of a point with itself, or with its negative.
 */
TEST(public_sums_have_no_exceptions)
{
    const curve_point g = curve_generator();
    unsigned met = 0;
    for (unsigned i = 0; i < 400; i++) {
        const scalar v = scalar_edge(), n = {{1 + test_rand() % 3, 0, 0, 0}},
                     u = i % 2 ? scalar_edge() : scalar_mul(&n, &v);
        curve_point q, a, b, minus, sum, difference;
        felt x, y, want, other;
        curve_mul(&q, n.l, 252, &g);
        CHECK(curve_affine(&x, &y, &q) == SP_OK);
        curve_mul(&a, u.l, 252, &g);
        curve_mul(&b, v.l, 252, &q);
        curve_neg(&minus, &b);
        curve_add(&sum, &a, &b);
        curve_add(&difference, &a, &minus);
        met += same_point(&a, &b);
        /* With no x there is nothing that it could be. */
        const bool some = curve_affine(&want, NULL, &sum) == SP_OK,
                   others = curve_affine(&other, NULL, &difference) == SP_OK;
        if (!some) want = felt_random_edge();
        if (!others) other = felt_random_edge();
        CHECK(public_sum_has_x(&u, &v, x, y, want).plus == some);
        CHECK(public_sum_has_x(&u, &v, x, y, other).minus == others);
        CHECK(!public_sum_has_x(&u, &v, x, y, felt_add(want, felt_one())).plus);
        CHECK(!public_sum_has_x(&u, &v, x, y, felt_add(other, felt_one())).minus);
    }
    CHECK(met > 0);
}

TEST(keys_are_in_range)
{
    ecdsa_key key = key_of("7"), other;
    uint8_t be[32] = {0}, out[32];
    CHECK(ecdsa_key_read(&key, be) == SP_ERR_FORMAT);
    felt_write(be, felt_reduce(order_limbs));
    CHECK(ecdsa_key_read(&key, be) == SP_ERR_FORMAT);
    ecdsa_key_write(out, &key);
    CHECK_EQ(out[31], 7);
    be[31]--;
    CHECK(ecdsa_key_read(&key, be) == SP_OK);
    ecdsa_key_write(out, &key);
    CHECK_BYTES(out, be, 32);
    CHECK(ecdsa_key_new(&key) == SP_OK && ecdsa_key_new(&other) == SP_OK);
    CHECK(memcmp(&key, &other, sizeof key));
    ecdsa_key_wipe(&key);
    CHECK(scalar_is_zero(&key.d));
}

/* 252 bits: the two uppermost of new keys both occur, nothing is n or more. */
TEST(new_keys_use_the_whole_range)
{
    unsigned high = 0;
    for (unsigned i = 0; i < 200; i++) {
        ecdsa_key key;
        CHECK(ecdsa_key_new(&key) == SP_OK);
        CHECK(!scalar_is_zero(&key.d));
        high += (unsigned)(key.d.l[3] >> 58 & 1);
    }
    CHECK(high > 50 && high < 150);
}

TEST(public_keys_published)
{
    felt pub;
    for (size_t i = 0; i < SP_COUNT(key_vectors); i++) {
        ecdsa_key key = key_of(key_vectors[i][0]);
        ecdsa_public(&pub, &key);
        CHECK_HEX(pub, key_vectors[i][1]);
    }
    /* crypto-cpp's Go tests, starknet.js ellipticalCurve.test.ts, and the account of relayer tests
     */
    static const char *const more[][2] = {
        {"0x3c1e9550e66958296d11b60f8e8e7a7ad990d07fa65d5f7652c4a6c87d4e3cc",
         "0x77a3b314db07c45076d11f62b6f9e748a39790441823307743cf00d6597ea43"},
        {"0x12", "0x19661066e96a8b9f06a1d136881ee924dfb6a885239caa5fd3f87a54c6b25c4"},
        {"0x19800ea6a9a73f94aee6a3d2edf018fc770443e90c7ba121e8303ec6b349279",
         "0x33f45f07e1bd1a51b45fc24ec8c8c9908db9e42191be9e169bfcac0c0d99745"},
        {"0x1234567", "0x2202275e27873286b71dae62930bbf6420d2e933bbc7cb08e09019e7218ad9c"}};
    for (size_t i = 0; i < SP_COUNT(more); i++) {
        ecdsa_key key = key_of(more[i][0]);
        ecdsa_public(&pub, &key);
        CHECK_HEX(pub, more[i][1]);
    }
}

static bool nonce_is(const char *key, const char *z, const uint8_t *extra, size_t n,
                     const char *want)
{
    ecdsa_key d = key_of(key);
    scalar k;
    return ecdsa_nonce(&k, &d, felt_of(z), extra, n) == SP_OK &&
           felt_eq(scalar_to_felt(&k), felt_of(want));
}

TEST(nonces_published)
{
    for (size_t i = 0; i < SP_COUNT(nonce_vectors); i++) {
        uint8_t seed[32];
        size_t skip = 0;
        felt_write(seed, felt_of(nonce_vectors[i][2]));
        while (skip < 32 && !seed[skip]) skip++;
        CHECK(nonce_is(nonce_vectors[i][1], nonce_vectors[i][0], seed + skip, 32 - skip,
                       nonce_vectors[i][3]));
    }
    const char *key = "0xb137668388dbe9acdfa3bc734cc2c469";
    const char *z = "0x201b46d454508c105d6f24d06f272c89a2f0ec9b987ab4dd2244ddb48daeee3";
    const uint8_t seed = 32;
    CHECK(nonce_is(key, z, NULL, 0,
                   "0x2607992955206fe0c5d68ccef0735e5fb33903c6f57676981d39ccda45649e3"));
    CHECK(nonce_is(key, z, &seed, 1,
                   "0x616ad4cf8080b84fd30c2d34092ec66438e1b8f8442cfadac5ed87f92f884a8"));
}

TEST(signatures_published)
{
    ecdsa_key key = key_of("0xb137668388dbe9acdfa3bc734cc2c469");
    felt z = felt_of("0x201b46d454508c105d6f24d06f272c89a2f0ec9b987ab4dd2244ddb48daeee3"), r, s;
    CHECK(ecdsa_sign(&r, &s, &key, z, 0) == SP_OK);
    CHECK_HEX(r, "0xfb71614daafdd9d01f9a79e3f537aa1b839fac454bce13b3a39bfe41e7a0a0");
    CHECK_HEX(s, "0x76758f53cb5a232a033a73925e176e4cfee6757916b0f402ab20eeb54c646c");
    CHECK(ecdsa_sign(&r, &s, &key, z, 32) == SP_OK);
    CHECK_HEX(r, "0x4df661a1abbe0952f66710238d6dec545c00c9ac30c0ddc5c2ea7181b178fe3");
    CHECK_HEX(s, "0x41455ffb952bd0ee6a279f5b501e165af9856da208e5a74cf6f3f73bd8ddaad");
}

/* crypto-cpp's Go tests, ported in starknet-rs, starknet-crypto/src/ecdsa.rs. */
TEST(verification_published)
{
    felt r = felt_of("0x411494b501a98abd8262b0da1351e17899a0c4ef23dd2f96fec5ba847310b20");
    felt s = felt_of("0x405c3191ab3883ef2b763af35bc5f5d15b3b4e99461d70e84c654a351a7c81b");
    felt two = felt_from_u64(2);
    CHECK(ecdsa_verify(curve_generator().x, two, r, s) == SP_OK);
    CHECK(ecdsa_verify(
              felt_of("0x77a4b314db07c45076d11f62b6f9e748a39790441823307743cf00d6597ea43"),
              felt_of("0x397e76d1667c4454bfb83514e120583af836f8e32a516765497823eabe16a3f"),
              felt_of("0x173fd03d8b008ee7432977ac27d1e9d1a1f6c98b1a2f05fa84a21c84c44e882"),
              felt_of("0x1f2c44a7798f55192f153b4c48ea5c1241fbb69e6132cc8a0da9c5b62a4286e")) ==
          SP_ERR_REJECT);
    CHECK(ecdsa_verify(felt_of("0x3ee9bffffffffff26ffffffff60ffffffffffffffffffffffffffff004accff"),
                       two, r, s) == SP_ERR_FORMAT);
}

TEST(own_signatures_verify_and_altered_ones_do_not)
{
    for (unsigned i = 0; i < 100; i++) {
        ecdsa_key key = key_random(), other = key_random();
        felt z = message_random(), r, s, pub, wrong;
        CHECK(ecdsa_sign(&r, &s, &key, z, test_rand() % 3) == SP_OK);
        ecdsa_public(&pub, &key);
        ecdsa_public(&wrong, &other);
        CHECK(ecdsa_verify(pub, z, r, s) == SP_OK);
        CHECK(ecdsa_verify(pub, felt_add(z, felt_one()), r, s) == SP_ERR_REJECT);
        CHECK(ecdsa_verify(pub, z, felt_add(r, felt_one()), s) == SP_ERR_REJECT);
        CHECK(ecdsa_verify(pub, z, r, felt_add(s, felt_one())) == SP_ERR_REJECT);
        CHECK(ecdsa_verify(pub, z, s, r) == SP_ERR_REJECT);
        if (!felt_eq(pub, wrong)) CHECK(ecdsa_verify(wrong, z, r, s) == SP_ERR_REJECT);
    }
}

/* The point that a signature is by, told by the first, checks the others; its negative does not. */
TEST(signatures_verify_by_a_known_point)
{
    for (unsigned i = 0; i < 100; i++) {
        ecdsa_key key = key_random();
        felt z = message_random(), r, s, pub, y = felt_zero();
        if (felt_is_zero(z)) z = felt_one(); /* of 0 both points are */
        CHECK(ecdsa_sign(&r, &s, &key, z, 0) == SP_OK);
        ecdsa_public(&pub, &key);
        CHECK(ecdsa_verify_lift(&y, pub, z, r, s) == SP_OK && curve_is_on(pub, y));
        curve_point p, g = curve_generator();
        felt x_of, y_of;
        curve_mul(&p, key.d.l, 252, &g);
        CHECK(curve_affine(&x_of, &y_of, &p) == SP_OK && felt_eq(y, y_of));
        for (unsigned k = 0; k < 5; k++) {
            CHECK(ecdsa_verify_point(pub, y, z, r, s) == SP_OK);
            CHECK(ecdsa_verify_point(pub, felt_neg(y), z, r, s) ==
                  (felt_is_zero(z) ? SP_OK : SP_ERR_REJECT)); /* u1 = 0: x is the same */
            CHECK(ecdsa_verify_point(pub, y, felt_add(z, felt_one()), r, s) == SP_ERR_REJECT);
            CHECK(ecdsa_verify_point(pub, y, z, felt_add(r, felt_one()), s) == SP_ERR_REJECT);
            CHECK(ecdsa_verify_point(pub, y, z, r, felt_add(s, felt_one())) == SP_ERR_REJECT);
            CHECK(ecdsa_verify_point(pub, y, z, s, r) == SP_ERR_REJECT);
            CHECK(ecdsa_verify_point(pub, y, z, felt_zero(), s) == SP_ERR_REJECT);
            CHECK(ecdsa_verify_point(pub, y, z, r, felt_zero()) == SP_ERR_REJECT);
            z = k == 3 ? felt_zero() : k == 2 ? felt_one() : message_random();
            CHECK(ecdsa_sign(&r, &s, &key, z, k) == SP_OK);
        }
    }
    /* The generator's own key, of which u1 and u2 meet the same multiples; and keys near 0. */
    for (unsigned i = 1; i < 40; i++) {
        uint8_t be[32] = {0};
        ecdsa_key key;
        felt r, s, pub, y;
        be[31] = (uint8_t)i;
        CHECK(ecdsa_key_read(&key, be) == SP_OK);
        ecdsa_public(&pub, &key);
        CHECK(curve_lift_x(&y, pub) == SP_OK);
        for (uint64_t m = 0; m < 20; m++) {
            const felt z = felt_from_u64(m);
            CHECK(ecdsa_sign(&r, &s, &key, z, 0) == SP_OK);
            if (m > 0) CHECK(ecdsa_verify_lift(&y, pub, z, r, s) == SP_OK);
            CHECK(ecdsa_verify_point(pub, y, z, r, s) == SP_OK);
            CHECK(ecdsa_verify_point(pub, felt_neg(y), z, r, s) ==
                  (felt_is_zero(z) ? SP_OK : SP_ERR_REJECT));
        }
    }
}

TEST(signature_numbers_out_of_range_are_rejected)
{
    ecdsa_key key = key_of("12345");
    felt z = felt_from_u64(99), r, s, pub,
         top = felt_reduce((const uint64_t[4]){0, 0, 0, UINT64_C(1) << 59});
    ecdsa_public(&pub, &key);
    CHECK(ecdsa_sign(&r, &s, &key, z, 0) == SP_OK);
    CHECK(ecdsa_verify(pub, z, felt_zero(), s) == SP_ERR_REJECT);
    CHECK(ecdsa_verify(pub, z, r, felt_zero()) == SP_ERR_REJECT);
    CHECK(ecdsa_verify(pub, z, top, s) == SP_ERR_REJECT);
    CHECK(ecdsa_verify(pub, z, r, top) == SP_ERR_REJECT);
    CHECK(ecdsa_verify(pub, top, r, s) == SP_ERR_REJECT);
    CHECK(ecdsa_verify(pub, z, r, felt_neg(felt_one())) == SP_ERR_REJECT);
    felt before = r;
    CHECK(ecdsa_sign(&r, &s, &key, top, 0) == SP_ERR_ARG && felt_eq(r, before));
    CHECK(ecdsa_sign(&r, &s, &key, felt_sub(top, felt_one()), 0) == SP_OK);
    CHECK(ecdsa_verify(pub, felt_sub(top, felt_one()), r, s) == SP_OK);
    CHECK(ecdsa_sign(&r, &s, &key, felt_zero(), 0) == SP_OK);
    CHECK(ecdsa_verify(pub, felt_zero(), r, s) == SP_OK);
}
