/* gmp.c - field and scalars against GMP, 10,000 random cases each. */
#include "starknet/scalar.h"
#include "tests/starknet/util.h"

#ifdef SP_HAVE_GMP
#include <gmp.h>

static mpz_t modulus, a_, b_, r_, is_;

static void set(mpz_t z, const uint8_t be[32]) { mpz_import(z, 32, 1, 1, 1, 0, be); }

static void set_felt(mpz_t z, felt a)
{
    uint8_t be[32];
    felt_write(be, a);
    set(z, be);
}

static bool felt_is(felt a)
{
    mpz_mod(r_, r_, modulus);
    set_felt(is_, a);
    return mpz_cmp(is_, r_) == 0;
}

static bool scalar_is(scalar a)
{
    uint8_t be[32];
    mpz_mod(r_, r_, modulus);
    scalar_write(be, &a);
    set(is_, be);
    return mpz_cmp(is_, r_) == 0;
}

static void begin(const char *text)
{
    mpz_init_set_str(modulus, text, 16);
    mpz_inits(a_, b_, r_, is_, NULL);
}

static void end(void) { mpz_clears(modulus, a_, b_, r_, is_, NULL); }

static bool felts_agree(void)
{
    felt a = felt_random_edge(), b = felt_random_edge();
    set_felt(a_, a);
    set_felt(b_, b);
    mpz_add(r_, a_, b_);
    if (!felt_is(felt_add(a, b))) return false;
    mpz_sub(r_, a_, b_);
    if (!felt_is(felt_sub(a, b))) return false;
    mpz_mul(r_, a_, b_);
    if (!felt_is(felt_mul(a, b))) return false;
    mpz_mul(r_, a_, a_);
    if (!felt_is(felt_sqr(a))) return false;
    if (!mpz_invert(r_, a_, modulus)) mpz_set_ui(r_, 0);
    if (!felt_is(felt_inv(a))) return false;
    felt root;
    return (felt_sqrt(&root, a) == SP_OK) == (mpz_legendre(a_, modulus) >= 0);
}

TEST(felt_agrees_with_gmp)
{
    begin("800000000000011000000000000000000000000000000000000000000000001");
    bool ok = true;
    for (unsigned i = 0; i < 10000 && ok; i++) ok = felts_agree();
    end();
    CHECK(ok);
}

static scalar random_scalar(void)
{
    scalar s;
    while (scalar_from_felt(&s, felt_random_edge()) != SP_OK) {}
    return s;
}

static bool scalars_agree(void)
{
    uint8_t be[32];
    scalar a = random_scalar(), b = random_scalar();
    scalar_write(be, &a);
    set(a_, be);
    scalar_write(be, &b);
    set(b_, be);
    mpz_add(r_, a_, b_);
    if (!scalar_is(scalar_add(&a, &b))) return false;
    mpz_mul(r_, a_, b_);
    if (!scalar_is(scalar_mul(&a, &b))) return false;
    if (!mpz_invert(r_, a_, modulus)) mpz_set_ui(r_, 0);
    return scalar_is(scalar_inv(&a));
}

TEST(scalar_agrees_with_gmp)
{
    begin("800000000000010ffffffffffffffffb781126dcae7b2321e66a241adc64d2f");
    bool ok = true;
    for (unsigned i = 0; i < 10000 && ok; i++) ok = scalars_agree();
    end();
    CHECK(ok);
}
#else
TEST(felt_agrees_with_gmp) { SKIP("no GMP (package libgmp-dev)"); }
TEST(scalar_agrees_with_gmp) { SKIP("no GMP (package libgmp-dev)"); }
#endif
