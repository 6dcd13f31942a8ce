/* tx.c - transaction hashes of the networks, and the fee. */
#include "starknet/tx.h"
#include "starknet/address.h"
#include "starknet/ecdsa.h"
#include "starknet/poseidon.h"
#include "starknet/selector.h"
#include "tests/starknet/util.h"

/* Felts from texts, in a buffer that a test may use some times before it wraps. */
static felt_span list_of(const char *const *text, size_t n)
{
    static felt buffer[64];
    static size_t at;
    if (at + n > SP_COUNT(buffer)) at = 0;
    felt *v = buffer + at;
    for (size_t i = 0; i < n; i++) v[i] = felt_of(text[i]);
    at += n;
    return (felt_span){v, n};
}

#define LIST(...)                               \
    list_of((const char *const[]){__VA_ARGS__}, \
            sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static felt chain(const char *name)
{
    felt f = felt_zero();
    if (shortstring_read(&f, name) != SP_OK) test_failed = 1;
    return f;
}

TEST(fee_hash_of_blockifier)
{
    tx_bounds b = {
        .l1_gas = {0x1000, 0x2000}, .l2_gas = {0x3000, 0x4000}, .l1_data_gas = {0x5000, 0x6000}};
    CHECK_HEX(tx_hash_fee(&b, 0),
              "0x3d848944220686a0d567e2a3895f3651ad616d4eccb473a03a93150c40b5e13");
    b.l1_data_gas = (tx_bound){0, 0};
    CHECK_HEX(tx_hash_fee(&b, 0),
              "0x6916420cf10b91926a408900e0e8f5548bbd3baccb11b2e0ad1a58246b0ffe0");
}

/* A transfer of STRK that starknet-devnet 0.10.1 accepted. */
TEST(invoke_of_devnet)
{
    tx_invoke tx = {
        .common = {.sender = felt_of(
                       "0x034ba56f92265f0868c57d3fe72ecab144fc96f97954bbbc4252cef8e8a979ba"),
                   .chain_id = chain("SN_SEPOLIA"),
                   .nonce = felt_one(),
                   .tip = 7,
                   .bounds = {.l1_gas = {0, 0x59682f00},
                              .l2_gas = {0x4c4b40, 0x59682f00},
                              .l1_data_gas = {0x3e8, 0x59682f00}}},
        .calldata = LIST("0x1", "0x4718f5a0fc34cc1af16a1cdee98ffb20c31f5cd61d6ab07201858f4287c938d",
                         "0x83afd3f4caedc6eebf44246fe54e38c95e3179a5ec9ea81740eca5b482d12e", "0x3",
                         "0x2939f2dc3f80cc7d620e8a86f2e69c1e187b7ff44b74056647368b5c49dc370",
                         "0x3039", "0x0")};
    felt h, other;
    CHECK(tx_hash_invoke(&h, &tx) == SP_OK);
    CHECK_HEX(h, "0x201b46d454508c105d6f24d06f272c89a2f0ec9b987ab4dd2244ddb48daeee3");
    /* Every field is hashed. */
    for (unsigned i = 0; i < 12; i++) {
        tx_invoke t = tx;
        const felt one = felt_one();
        const felt_span extra = {&one, 1};
        if (i == 0) t.common.sender = one;
        if (i == 1) t.common.chain_id = one;
        if (i == 2) t.common.nonce = felt_zero();
        if (i == 3) t.common.tip = 8;
        if (i == 4) t.common.bounds.l1_gas.max_amount = 1;
        if (i == 5) t.common.bounds.l1_data_gas.max_price++;
        if (i == 6) t.common.nonce_da = TX_DA_L2;
        if (i == 7) t.common.fee_da = TX_DA_L2;
        if (i == 8) t.common.paymaster_data = extra;
        if (i == 9) t.common.query = true;
        if (i == 10) t.account_deployment_data = extra;
        if (i == 11) t.proof_facts = extra;
        CHECK(tx_hash_invoke(&other, &t) == SP_OK && !felt_eq(other, h));
    }
}

/* starknet-devnet 0.10.1 accepted it. */
TEST(deploy_account_of_devnet)
{
    ecdsa_key key;
    uint8_t be[32];
    felt pub, h;
    felt_write(be, felt_of("0x1234567"));
    CHECK(ecdsa_key_read(&key, be) == SP_OK);
    ecdsa_public(&pub, &key);
    tx_deploy_account tx = {
        .common = {.chain_id = chain("SN_SEPOLIA"),
                   .bounds = {.l1_gas = {0, 1500000000},
                              .l2_gas = {50000000, 1500000000},
                              .l1_data_gas = {1000, 1500000000}}},
        .class_hash = felt_of("0x5b4b537eaa2399e3aa99c4e2e0208ebd6c71bc1467938cd52c798c601e43564"),
        .salt = felt_from_u64(99),
        .constructor_calldata = {&pub, 1}};
    tx.common.sender =
        address_of_contract(felt_zero(), tx.salt, tx.class_hash, tx.constructor_calldata);
    CHECK(tx_hash_deploy_account(&h, &tx) == SP_OK);
    CHECK_HEX(h, "0xed8f3b94c2c822ec7192246c6a9751dcc796f2775f01adb4bdc4461ed52553");
}

/* starknet_api, resources/transaction_hash.json: mainnet blocks 636864 and 630721, two-bounds form;
 * the hash of the transaction and of the query. */
TEST(invoke_of_mainnet)
{
    tx_invoke tx = {
        .common = {.sender =
                       felt_of("0x69c0f9bcd79697bdceaf7748e3ff8f34aa39e4063ce44896af664c0c96f6c10"),
                   .chain_id = chain("SN_MAIN"),
                   .nonce = felt_of("0x9d"),
                   .bounds = {.l1_gas = {0xa9e, 0x7f2a1ad4f2f1}, .without_l1_data = true}},
        .calldata = LIST("0x1", "0x4c0a5193d58f74fbace4b74dcf65481e734ed1714121bdc571da345540efa05",
                         "0x3943907ef0ef6f9d2e2408b05e520a66daaf74293dbf665e5a20b117676170e", "0x2",
                         "0x49d36570d4e46f48e99674bd3fcc84644ddd6b96f7c741b1562b82f9e004dc7",
                         "0x16345785d8a0000")};
    felt h;
    CHECK(tx_hash_invoke(&h, &tx) == SP_OK);
    CHECK_HEX(h, "0x1d4735f4ba73a67be2f648d9b21cab3783383b8c229566b46b027c46012219");
    tx.common.query = true;
    CHECK(tx_hash_invoke(&h, &tx) == SP_OK);
    CHECK_HEX(h, "0x63548034064bb4bc4aff845f0350e286e695225480627c1048d3216735bc9af");
    tx.proof_facts = LIST("0x1", "0x2", "0x3");
    CHECK(tx_hash_invoke(&h, &tx) == SP_OK);
    CHECK_HEX(h, "0x4f6d9d6a88c714904736ad22f9ebda8fa93958c6a3be3bd23a5a0d7b6e67668");
    tx.common.query = false;
    CHECK(tx_hash_invoke(&h, &tx) == SP_OK);
    CHECK_HEX(h, "0x6d885b1a2b7cb7946480c63aa1697888a33e9ccd0b1516f41c41731a1628726");
}

TEST(declare_of_mainnet)
{
    tx_declare tx = {
        .common = {.sender =
                       felt_of("0x46d3a562c606077c14c3479946e4145b7a372538875eb4e635e758fcd1d2c80"),
                   .chain_id = chain("SN_MAIN"),
                   .nonce = felt_from_u64(3),
                   .bounds = {.l1_gas = {0xe38c2, 0x24e2649cc098}, .without_l1_data = true}},
        .class_hash = felt_of("0x7a9d1cd5dcf3d47b10e638eb1330d101f7d471f08eff9664b42dfa90f6973bf"),
        .compiled_class_hash =
            felt_of("0x4fc6444f59a2fb0b2c67e1e22caba0edc3b48727e8a9cc19e59e5c3e5dc8270")};
    felt h;
    CHECK(tx_hash_declare(&h, &tx) == SP_OK);
    CHECK_HEX(h, "0x50ca961fd1b5f7f1ea1e8620ac980cc3c3fb4e434f0661c3a2d50893082b9fb");
    tx.common.query = true;
    CHECK(tx_hash_declare(&h, &tx) == SP_OK);
    CHECK_HEX(h, "0x71aa91a887080fa2fb1e473713123dca182eae42433c5422bbada8125819dc9");
}

TEST(deploy_account_of_mainnet)
{
    tx_deploy_account tx = {
        .common = {.chain_id = chain("SN_MAIN"),
                   .bounds = {.l1_gas = {0x4c, 0x8ab967606cb9}, .without_l1_data = true}},
        .class_hash = felt_of("0x13bfe114fb1cf405bfc3a7f8dbe2d91db146c17521d40dcf57e16d6b59fa8e6"),
        .salt = felt_of("0x1f218cfa725d1679ff028c53d094a765dfd1de632787cab37ffe10f3915dcc7"),
        .constructor_calldata =
            LIST("0x1f218cfa725d1679ff028c53d094a765dfd1de632787cab37ffe10f3915dcc7")};
    tx.common.sender =
        address_of_contract(felt_zero(), tx.salt, tx.class_hash, tx.constructor_calldata);
    felt h;
    CHECK(tx_hash_deploy_account(&h, &tx) == SP_OK);
    CHECK_HEX(h, "0x25cbbc1e197e1e6dd8886b4b359c2dbe26245a282547624d7e54e7c3e2cf15");
    tx.common.query = true;
    CHECK(tx_hash_deploy_account(&h, &tx) == SP_OK);
    CHECK_HEX(h, "0xe035fefb0a5f799d4c4b651f86937a848e1394fb161c80148024e143f6839c");
}

/* starknet.py, tests/unit/hash/transaction_test.py. */
static const tx_bounds starknet_py_bounds = {
    .l1_gas = {100000, 10000000000000},
    .l2_gas = {10000000000, (u128)10000000000 * 10000000000},
    .l1_data_gas = {100000, 10000000000000}};

TEST(invoke_of_starknet_py)
{
    tx_invoke tx = {
        .common = {.sender =
                       felt_of("0x35ACD6DD6C5045D18CA6D0192AF46B335A5402C02D41F46E4E77EA2C951D9A3"),
                   .chain_id = chain("SN_GOERLI"),
                   .nonce = felt_from_u64(5),
                   .bounds = starknet_py_bounds},
        .calldata = LIST("0x2", "0x6359ED638DF79B82F2F9DBF92ABBCB41B57F9DD91EAD86B1C85D2DEE192C",
                         "0xB17D8A2731BA7CA1816631E6BE14F0FC1B8390422D649FA27F0FBB0C91EEA8", "0x0",
                         "0x3FE8E4571772BBE0065E271686BD655EFD1365A5D6858981E582F82F2C10313",
                         "0x2FD9126EE011F3A837CEA02E32AE4EE73342D827E216998E5616BAB88D8B7EA", "0x1",
                         "0x2FD9126EE011F3A837CEA02E32AE4EE73342D827E216998E5616BAB88D8B7EA")};
    felt h;
    CHECK(tx_hash_invoke(&h, &tx) == SP_OK);
    CHECK_HEX(h, "0x119386B4AAAEF905BF027D3DD2734474C5E944942BF3FBD8FDB442704D32B8B");
}

TEST(invoke_with_proof_facts_of_integration)
{
    tx_invoke tx = {
        .common = {.sender =
                       felt_of("0x7BFCD6BD5B220A1D46921D92924DDEC46BB7E49D05354C76A8714B41269B2F8"),
                   .chain_id = chain("SN_INTEGRATION_SEPOLIA"),
                   .nonce = felt_from_u64(0x25),
                   .bounds = {.l1_gas = {0, 0x15D3EF79800},
                              .l2_gas = {0x7757FAC, 0x2CB417800},
                              .l1_data_gas = {0xC0, 0x5DC}}},
        .calldata =
            LIST("0x1", "0x70A5DA4F557B77A9C54546E4BCC900806E28793D8E3EAAA207428D2387249B7",
                 "0x31341177714D81AD9CCD0C903211BC056A60E8AF988D0FD918CC43874549653", "0x0"),
        .proof_facts =
            LIST("0x50524F4F4630", "0x5649525455414C5F534E4F53",
                 "0x3E98C2D7703B03A7EDB73ED7F075F97F1DCBAA8F717CDF6E1A57BF058265473",
                 "0x5649525455414C5F534E4F5330", "0x2256B2",
                 "0x4272EA7D22D1B1E91D4D6EB1C55FCB5769B676DF746CF2FE77AF8FFFB86EEF2",
                 "0x6989A681C469D769F3A706C56550A63741A4B2D32BEF4B1209A26DAAD1DBB6", "0x0")};
    felt h;
    CHECK(tx_hash_invoke(&h, &tx) == SP_OK);
    CHECK_HEX(h, "0x7C173B8A109AB589694C89431E2C6070EA8662087B012F62081FAB6BACA4F6E");
}

TEST(declare_of_starknet_py)
{
    tx_declare tx = {
        .common = {.sender =
                       felt_of("0x52125C1E043126C637D1436D9551EF6C4F6E3E36945676BBD716A56E3A41B7A"),
                   .chain_id = chain("SN_GOERLI"),
                   .nonce = felt_from_u64(0x675),
                   .bounds = starknet_py_bounds},
        .class_hash = felt_of("0x2338634F11772EA342365ABD5BE9D9DC8A6F44F159AD782FDEBD3DB5D969738"),
        .compiled_class_hash =
            felt_of("0x17B5169C770D0E49100AB0FC672A49CA90CC572F21F79A640B5227B19D3A447")};
    felt h;
    CHECK(tx_hash_declare(&h, &tx) == SP_OK);
    CHECK_HEX(h, "0x16081C54C3BEDC5079E0024896BFD85ED7E57FFD52B138CBC73AF0F34C7FCCE");
}

TEST(calldata_limit_is_enforced)
{
    static felt many[TX_MAX_CALLDATA + 1];
    felt h = felt_one();
    tx_invoke tx = {.calldata = {many, TX_MAX_CALLDATA + 1}};
    CHECK(tx_hash_invoke(&h, &tx) == SP_ERR_LIMIT && felt_eq(h, felt_one()));
    tx.calldata.n--;
    CHECK(tx_hash_invoke(&h, &tx) == SP_OK);
    tx_deploy_account deploy = {.constructor_calldata = {many, TX_MAX_CALLDATA + 1}};
    CHECK(tx_hash_deploy_account(&h, &deploy) == SP_ERR_LIMIT);
}

TEST(fee_of_devnet_and_its_bounds)
{
    u128 fee = 1;
    tx_bounds b = {.l2_gas = {1447040, 1000000000}, .l1_data_gas = {192, 1000000000}};
    CHECK(tx_max_fee(&fee, &b, 7) == SP_OK && fee == 1447232010129280); /* measured on devnet */
    b = (tx_bounds){.l1_gas = {~UINT64_C(0), (u128)1 << 64}, .l2_gas = {1, ~UINT64_C(0)}};
    CHECK(tx_max_fee(&fee, &b, 0) == SP_OK &&
          fee == ~(u128)0 - (((u128)1 << 64) - 1) + ~UINT64_C(0));
    b.l2_gas.max_price++; /* 2^128 */
    fee = 5;
    CHECK(tx_max_fee(&fee, &b, 0) == SP_ERR_LIMIT && fee == 5);
    b.l2_gas.max_price--;
    CHECK(tx_max_fee(&fee, &b, 1) == SP_ERR_LIMIT);
    b.l1_gas.max_price++;
    CHECK(tx_max_fee(&fee, &b, 0) == SP_ERR_LIMIT);
    b = (tx_bounds){.l1_data_gas = {2, ~(u128)0}};
    CHECK(tx_max_fee(&fee, &b, 0) == SP_ERR_LIMIT);
    b.without_l1_data = true;
    CHECK(tx_max_fee(&fee, &b, 0) == SP_OK && fee == 0);
}

TEST(bounds_from_an_estimate_are_capped)
{
    const tx_estimate e = {.l2_gas = 1447041,
                           .l1_data_gas = 192,
                           .l1_gas_price = 7,
                           .l2_gas_price = 1000000000,
                           .l1_data_gas_price = 3};
    tx_bounds b = {.l1_gas = {1, 1}};
    CHECK(tx_bounds_from_estimate(&b, &e, 150, 0, 0, ~(u128)0) == SP_OK);
    CHECK(b.l2_gas.max_amount == 2170562 && b.l2_gas.max_price == 1500000000);
    CHECK(b.l1_data_gas.max_amount == 288 && b.l1_data_gas.max_price == 5);
    CHECK(b.l1_gas.max_amount == 0 && b.l1_gas.max_price == 11);
    CHECK(tx_bounds_from_estimate(&b, &e, 150, 3000000000u, 5, ~(u128)0) == SP_OK);
    CHECK(b.l2_gas.max_price == 3000000000u);
    u128 fee;
    CHECK(tx_max_fee(&fee, &b, 5) == SP_OK);
    CHECK(tx_bounds_from_estimate(&b, &e, 150, 3000000000u, 5, fee) == SP_OK);
    b.l1_gas.max_amount = 77;
    CHECK(tx_bounds_from_estimate(&b, &e, 150, 3000000000u, 5, fee - 1) == SP_ERR_LIMIT);
    CHECK(tx_bounds_from_estimate(&b, &e, 150, 3000000000u, 6, fee) == SP_ERR_LIMIT); /* the tip */
    tx_estimate hostile = e;
    hostile.l2_gas_price *= 1000;
    CHECK(tx_bounds_from_estimate(&b, &hostile, 150, 3000000000u, 5, fee) == SP_ERR_LIMIT);
    hostile.l2_gas_price = ~(u128)0;
    CHECK(tx_bounds_from_estimate(&b, &hostile, 150, 0, 0, ~(u128)0) == SP_ERR_LIMIT);
    hostile = e;
    hostile.l2_gas = ~UINT64_C(0);
    CHECK(tx_bounds_from_estimate(&b, &hostile, 150, 0, 0, ~(u128)0) == SP_ERR_LIMIT);
    CHECK(b.l1_gas.max_amount == 77);
}
