/* cases.c - prints random cases and our answers, one a line, for test_packages.py to compare.
 *
 * usage: starknet_cases N SEED. A line is the name of the primitive, its inputs and its outputs,
 * all felts in hexadecimal; lists are preceded by their length. */
#include "starknet/address.h"
#include "starknet/ecdsa.h"
#include "starknet/keccak.h"
#include "starknet/pedersen.h"
#include "starknet/poseidon.h"
#include "starknet/selector.h"
#include "starknet/tx.h"
#include "tests/starknet/util.h"

/* What the test runner has and util.c uses. */
int test_failed, test_skipped;
uint64_t test_seed, test_state;

static void put(felt a)
{
    char text[FELT_HEX];
    felt_write_hex(text, a);
    printf(" %s", text);
}

static felt_span list(felt *room, size_t n)
{
    for (size_t i = 0; i < n; i++) room[i] = felt_random_edge();
    return (felt_span){room, n};
}

static void put_list(felt_span s)
{
    printf(" %zu", s.n);
    for (size_t i = 0; i < s.n; i++) put(s.v[i]);
}

static void hashes(void)
{
    felt room[9], a = felt_random_edge(), b = felt_random_edge(), c = felt_random_edge();
    felt s[3] = {a, b, c};
    poseidon_permute(s);
    printf("hades");
    for (unsigned i = 0; i < 3; i++) put(i == 0 ? a : i == 1 ? b : c);
    for (unsigned i = 0; i < 3; i++) put(s[i]);
    printf("\nposeidon");
    put(a), put(b), put(poseidon_hash(a, b));
    printf("\npedersen");
    put(a), put(b), put(pedersen_hash(a, b));
    felt_span v = list(room, test_rand() % 10);
    printf("\nposeidon_many");
    put_list(v), put(poseidon_hash_many(v));
    v = list(room, test_rand() % 4);
    printf("\npedersen_many");
    put_list(v), put(pedersen_hash_many(v));
    printf("\naddress");
    put(a), put(b), put(c), put_list(v), put(address_of_contract(a, b, c, v));
    printf("\n");
}

static void names(void)
{
    uint8_t data[300] = {0}, out[32];
    size_t n = test_rand() % sizeof data;
    for (size_t i = 0; i < n; i++) data[i] = (uint8_t)test_rand();
    keccak256(out, data, n);
    printf("keccak x");
    for (size_t i = 0; i < n; i++) printf("%02x", data[i]);
    printf(" x");
    for (size_t i = 0; i < 32; i++) printf("%02x", out[i]);
    char name[40];
    n = 1 + test_rand() % (sizeof name - 1);
    for (size_t i = 0; i + 1 < n; i++) name[i] = (char)('a' + test_rand() % 26);
    name[n - 1] = 0;
    printf("\nselector x%s", name);
    put(selector_from_name(name));
    printf("\n");
}

/* Below 2^251, of any length in bits. */
static felt message(void)
{
    uint64_t v[4];
    felt_to_limbs(v, felt_random_edge());
    v[3] &= (UINT64_C(1) << 59) - 1;
    unsigned drop = test_rand() % 4 ? 0 : test_rand() % 252;
    for (; drop; drop--) {
        for (unsigned i = 0; i < 3; i++) v[i] = v[i] >> 1 | v[i + 1] << 63;
        v[3] >>= 1;
    }
    return felt_reduce(v);
}

static void signatures(void)
{
    ecdsa_key key;
    uint8_t be[32];
    do felt_write(be, felt_random_edge());
    while (ecdsa_key_read(&key, be) != SP_OK);
    felt z = message(), pub, r, s, d = scalar_to_felt(&key.d);
    uint64_t seed = test_rand() % 2 ? 0 : test_rand() % 3 ? 32 : test_rand();
    ecdsa_public(&pub, &key);
    if (ecdsa_sign(&r, &s, &key, z, seed) != SP_OK) r = s = felt_zero();
    printf("sign");
    put(z), put(d), put(felt_from_u64(seed)), put(pub), put(r), put(s);
    /* One of the four numbers altered, or none. */
    unsigned alter = test_rand() % 8;
    if (alter == 0) z = message();
    if (alter == 1) r = felt_random_edge();
    if (alter == 2) s = felt_random_edge();
    if (alter == 3) pub = felt_random_edge();
    printf("\nverify");
    put(pub), put(z), put(r), put(s);
    printf(" %d\n", ecdsa_verify(pub, z, r, s) == SP_OK);
}

static void put_u128(u128 v) { put(felt_from_u128(v)); }

static u128 random_u128(void)
{
    u128 v = 0;
    for (unsigned i = 0; i < 4; i++) v = v << 32 | test_rand();
    return v >> test_rand() % 128;
}

static void put_bound(tx_bound b) { put(felt_from_u64(b.max_amount)), put_u128(b.max_price); }

static tx_bound random_bound(void) { return (tx_bound){(uint64_t)random_u128(), random_u128()}; }

static void transactions(void)
{
    felt room[4][9], h;
    tx_common c = {.sender = felt_random_edge(),
                   .chain_id = felt_random_edge(),
                   .nonce = felt_random_edge(),
                   .tip = (uint64_t)random_u128(),
                   .bounds = {random_bound(), random_bound(), random_bound(), false},
                   .nonce_da = (tx_da)(test_rand() % 2),
                   .fee_da = (tx_da)(test_rand() % 2),
                   .paymaster_data = list(room[0], test_rand() % 3),
                   .query = test_rand() % 2};
    tx_invoke invoke = {c, list(room[1], test_rand() % 10), list(room[2], test_rand() % 3),
                        list(room[3], test_rand() % 3)};
    tx_deploy_account deploy = {c, felt_random_edge(), felt_random_edge(), invoke.calldata};
    tx_declare declare = {c, felt_random_edge(), felt_random_edge(),
                          invoke.account_deployment_data};
    printf("tx");
    put(c.sender), put(c.chain_id), put(c.nonce), put(felt_from_u64(c.tip));
    put_bound(c.bounds.l1_gas), put_bound(c.bounds.l2_gas), put_bound(c.bounds.l1_data_gas);
    printf(" %d %d %d", (int)c.nonce_da, (int)c.fee_da, (int)c.query);
    put_list(c.paymaster_data), put_list(invoke.calldata);
    put_list(invoke.account_deployment_data), put_list(invoke.proof_facts);
    put(deploy.class_hash), put(deploy.salt);
    put(declare.class_hash), put(declare.compiled_class_hash);
    if (tx_hash_invoke(&h, &invoke) != SP_OK) h = felt_zero();
    put(h);
    if (tx_hash_deploy_account(&h, &deploy) != SP_OK) h = felt_zero();
    put(h);
    if (tx_hash_declare(&h, &declare) != SP_OK) h = felt_zero();
    put(h);
    printf("\n");
}

int main(int argc, char **argv)
{
    if (argc != 3) return fprintf(stderr, "usage: starknet_cases N SEED\n"), 2;
    unsigned long n = strtoul(argv[1], NULL, 10);
    test_state = strtoull(argv[2], NULL, 10) * UINT64_C(0x9E3779B97F4A7C15) + 0x1234567;
    for (unsigned long i = 0; i < n; i++) {
        hashes();
        names();
        signatures();
        transactions();
    }
    return ferror(stdout) || fflush(stdout) ? 1 : 0;
}
