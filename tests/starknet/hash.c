/* hash.c - Poseidon, Pedersen, Keccak, selectors, short strings, addresses: published values. */
#include "starknet/address.h"
#include "starknet/keccak.h"
#include "starknet/pedersen.h"
#include "starknet/poseidon.h"
#include "starknet/selector.h"
#include "tests/starknet/util.h"

/* Poseidon of up to 8 values given as text. */
static felt poseidon_of(const char *const *text, size_t n)
{
    felt v[8];
    for (size_t i = 0; i < n; i++) v[i] = felt_of(text[i]);
    return poseidon_hash_many((felt_span){v, n});
}

static felt pedersen_of(const char *const *text, size_t n)
{
    felt v[8];
    for (size_t i = 0; i < n; i++) v[i] = felt_of(text[i]);
    return pedersen_hash_many((felt_span){v, n});
}

TEST(poseidon_published_values)
{
    felt s[3] = {felt_zero(), felt_zero(), felt_zero()};
    poseidon_permute(s);
    CHECK_HEX(s[0], "0x79e8d1e78258000a28fc9d49e233bc6852357968577b1e386550ed6a9086133");
    CHECK_HEX(s[1], "0x3840d003d0f3f96dbb796ff6aa6a63be5b5404b91ccaabca256154cbb6fb984");
    CHECK_HEX(s[2], "0x1eb39da3f7d3b04142d0ac83d9da00c9325a61fb2ef326e50b70eaa8a3c7cc7");
    CHECK_HEX(poseidon_of(NULL, 0),
              "0x2272be0f580fd156823304800919530eaa97430e972d7213ee13f4fbf7a5dbc");
    static const char *const list[] = {"1", "2"};
    CHECK_HEX(poseidon_of(list, 1),
              "0x579e8877c7755365d5ec1ec7d3a94a457eff5d1f40482bbe9729c064cdead2");
    CHECK_HEX(poseidon_of(list, 2),
              "0x371cb6995ea5e7effcd2e174de264b5b407027a75a231a70c2c8d196107f0e7");
    CHECK_HEX(poseidon_hash(felt_one(), felt_from_u64(2)),
              "0x5d44a3decb2b2e0cc71071f7b802f45dd792d064f0fc7316c46514f70f9891a");
}

/* starknet-rs, starknet-crypto/src/poseidon_hash.rs (made with cairo-lang). */
TEST(poseidon_of_cairo_lang)
{
    static const char *const pairs[][3] = {
        {"0xb662f9017fa7956fd70e26129b1833e10ad000fd37b4d9f4e0ce6884b7bbe",
         "0x1fe356bf76102cdae1bfbdc173602ead228b12904c00dad9cf16e035468bea",
         "0x75540825a6ecc5dc7d7c2f5f868164182742227f1367d66c43ee51ec7937a81"},
        {"0xf4e01b2032298f86b539e3d3ac05ced20d2ef275273f9325f8827717156529",
         "0x587bc46f5f58e0511b93c31134652a689d761a9e7f234f0f130c52e4679f3a",
         "0xbdb3180fdcfd6d6f172beb401af54dd71b6569e6061767234db2b777adf98b"}};
    for (size_t i = 0; i < SP_COUNT(pairs); i++)
        CHECK_HEX(poseidon_hash(felt_of(pairs[i][0]), felt_of(pairs[i][1])), pairs[i][2]);
    static const char *const singles[][2] = {
        {"0x9dad5d6f502ccbcb6d34ede04f0337df3b98936aaf782f4cc07d147e3a4fd6",
         "0x11222854783f17f1c580ff64671bc3868de034c236f956216e8ed4ab7533455"},
        {"0x3164a8e2181ff7b83391b4a86bc8967f145c38f10f35fc74e9359a0c78f7b6",
         "0x79ad7aa7b98d47705446fa01865942119026ac748d67a5840f06948bce2306b"}};
    for (size_t i = 0; i < SP_COUNT(singles); i++) {
        felt s[3] = {felt_of(singles[i][0]), felt_zero(), felt_one()};
        poseidon_permute(s);
        CHECK_HEX(s[0], singles[i][1]);
    }
    static const char *const three[] = {
        "0x9bf52404586087391c5fbb42538692e7ca2149bac13c145ae4230a51a6fc47",
        "0x40304159ee9d2d611120fbd7c7fb8020cc8f7a599bfa108e0e085222b862c0",
        "0x46286e4f3c450761d960d6a151a9c0988f9e16f8a48d4c0a85817c009f806a"};
    CHECK_HEX(poseidon_of(three, 3),
              "0x1ec38b38dc88bac7b0ed6ff6326f975a06a59ac601b417745fd412a5d38e4f7");
    static const char *const four[] = {
        "0xbdace8883922662601b2fd197bb660b081fcf383ede60725bd080d4b5f2fd3",
        "0x1eb1daaf3fdad326b959dec70ced23649cdf8786537cee0c5758a1a4229097",
        "0x869ca04071b779d6f940cdf33e62d51521e19223ab148ef571856ff3a44ff1",
        "0x533e6df8d7c4b634b1f27035c8676a7439c635e1fea356484de7f0de677930"};
    CHECK_HEX(poseidon_of(four, 4),
              "0x2520b8f910174c3e650725baacad4efafaae7623c69a0b5513d75e500f36624");
}

TEST(pedersen_points_are_on_the_curve)
{
    for (unsigned i = 0; i < 5; i++) {
        curve_point p = pedersen_point(i);
        CHECK(curve_is_on(p.x, p.y));
    }
}

/* starknet.py, tests/unit/hash/utils_test.py. */
TEST(pedersen_published_values)
{
    static const char *const pairs[][3] = {
        {"0", "13289654017234601382751",
         "1606983897751845338544875557254529092665736388485573456407652201602816719974"},
        {"32108945712395", "0",
         "2286557865806578472402728224133061485859287443532833874408098272076626850762"},
        {"0", "0", "2089986280348253421170679821480865132823066470938446095505822317253594081284"},
        {"0", "0", "0x49ee3eba8c1600700ee1b87eb599f16716b0b1022947733551fde4050ca6804"},
        {"1", "1", "1321142004022994845681377299801403567378503530250467610343381590909832171180"},
        {"132490123765801925", "19324857132905126",
         "351268190682426987433778012669634681582518614860795408913953487271166523161"},
        {"1321142004022994845681377299801403567378503530250467610343381590909832171180",
         "351268190682426987433778012669634681582518614860795408913953487271166523161",
         "167060788452737184339236199176292038116565645273096529093530464707363566091"}};
    for (size_t i = 0; i < SP_COUNT(pairs); i++)
        CHECK_HEX(pedersen_hash(felt_of(pairs[i][0]), felt_of(pairs[i][1])), pairs[i][2]);
    static const char *const five[] = {"1", "2", "3", "4", "5"}, *const other[] = {"28", "15", "39",
                                                                                   "74"};
    CHECK_HEX(pedersen_of(five, 5),
              "3442134774288875752012730520904650962184640568595562887119811371865001706826");
    CHECK_HEX(pedersen_of(other, 4),
              "1457535610401978056129941705021139155249904351968558303142914517100335003071");
    CHECK_HEX(pedersen_of(NULL, 0),
              "0x49ee3eba8c1600700ee1b87eb599f16716b0b1022947733551fde4050ca6804");
    /* starknet.js, __tests__/utils/ellipticalCurve.test.ts */
    CHECK_HEX(pedersen_hash(felt_of("0x12773"), felt_of("0x872362")),
              "0x5ed2703dfdb505c587700ce2ebfcab5b3515cd7e6114817e6026ec9d4b364ca");
    CHECK_HEX(pedersen_hash(felt_of("0x12773"), felt_zero()),
              "0x1a5c561f97b52c17a19f34c4499a745cd4e8412e29e4ed5e91e4481c7d53935");
    CHECK_HEX(pedersen_of(five, 4),
              "0x66bd4335902683054d08a0572747ea78ebd9e531536fb43125424ca9f902084");
    CHECK_HEX(pedersen_of(five, 2),
              "0x501a3a8e6cd4f5241c639c74052aaa34557aafa84dd4ba983d6443c590ab7df");
}

static bool keccak_is(const void *data, size_t n, const char *want)
{
    uint8_t h[32];
    char hex[65];
    keccak256(h, data, n);
    for (unsigned i = 0; i < 32; i++) snprintf(hex + 2 * i, 3, "%02x", h[i]);
    return !strcmp(hex, want);
}

/* starknet.py, tests/unit/hash/utils_test.py; the lengths around the rate of 136 from
 * pycryptodome 3.24.1. */
TEST(keccak_published_values)
{
    CHECK(keccak_is("", 0, "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"));
    CHECK(keccak_is("test", 4, "9c22ff5f21f0b81b113e63f7db6da94fedef11b2119b4088b89664fb9a3cb658"));
    CHECK(keccak_is("longer test string", 18,
                    "47bed17bfbbc08d6b5a0f603eff1b3e932c37c10b865847a7bc73d55b260f32a"));
    uint8_t number[32] = {0};
    number[31] = 4;
    CHECK(
        keccak_is(number, 32, "8a35acfbc15ff81a39ae7d344fd709f28e8600b4aa8c65c6b64bfe7fe36bd19b"));
    number[31] = 5;
    CHECK(
        keccak_is(number, 32, "036b6384b5eca791c62761152d0c79bb0604c104a5fb6f4eb0703f3154bb3db0"));
    char text[300];
    memset(text, 'a', sizeof text);
    CHECK(keccak_is(text, 135, "34367dc248bbd832f4e3e69dfaac2f92638bd0bbd18f2912ba4ef454919cf446"));
    CHECK(keccak_is(text, 136, "a6c4d403279fe3e0af03729caada8374b5ca54d8065329a3ebcaeb4b60aa386e"));
    CHECK(keccak_is(text, 137, "d869f639c7046b4929fc92a4d988a8b22c55fbadb802c0c66ebcd484f1915f39"));
    CHECK(keccak_is(text, 271, "132f47effd6c8b1b299efa53fe68aece77ec8ae4eb2e294f668eec94f76001e1"));
    CHECK(keccak_is(text, 272, "cf7fcd4f705ee749930d19ca84561a9bf62516bd90a471545fa2f49fdc7e63c8"));
    CHECK(keccak_is(text, 273, "5a7b8187d2778e614097fac3097573de1fee4d972304d3360796a857029bb176"));
}

TEST(selectors_published_values)
{
    static const char *const names[][2] = {
        {"submit_proof_and_claim",
         "0x75c888494131c67e4692c484df4ea5760d83ba1742cee7fc92b55c21fe7891"},
        {"create_task", "0x23165f4ff824061ce4ce5fa6c82659044b938193ae3626e8fde4d3f1b28eca"},
        {"assign_task", "0xebb1ca8e4eca446f7dac587c055e24b67355111a2e4668c8763dcaf3850239"},
        {"cancel_task", "0x35ecf4b8e92b8a10b3b4acb9b7d5a82dde68cd387ab761c87067da185daf9e8"},
        {"register_node", "0x1b153426c4e0741fc8f0e37991e8aa12a3d72dc169b172e638b0f43b631e471"},
        {"get_task", "0x2000c638e1d39e2865a5e2c19cfe1e5aaf6db60dd0fd50fe1473d3105f6716f"},
        {"get_user_tasks", "0xd9b6724c31de99d026043cd0c4c76c3b0324f35e13cc2e5090b4ee6a0376f8"},
        {"get_user_earnings", "0x296f4135ec73c1d86d8f78622c691eaaba2aa7e199b57bc37230c746eac1996"},
        {"get_node_status", "0x153ea48b9d889d5a2a3784353c7dfdb71c01464245e40ad65d5774a179114d0"},
        {"transfer", "0x83afd3f4caedc6eebf44246fe54e38c95e3179a5ec9ea81740eca5b482d12e"},
        {"approve", "0x219209e083275171774dab1df80982e9df2096516f06319c5c6d71ae0a8480c"},
        {"__execute__", "0x15d40a3d6ca2ac30f4031e42be28da9b056fef9bb7357ac5e85627ee876e5ad"},
        {"constructor", "0x28ffe4ff0f226a9107253e17a904099aa4f63a02a5621de0576e5aa71bc5194"},
        {"Transfer", "0x99cd8bde557814842a3121e8ddfd433a539b8c9f14bf31ebf108d12e6196e9"},
        /* starknet.py, tests/unit/hash/selector_test.py */
        {"__default__", "0"},
        {"__l1_default__", "0"},
        {"a", "1247650000417123719142308899207783949116295758836619114717800638088997106123"},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         "1639766182393060139699536825713183380146349476460289054183902158918808727042"},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         "96895255643671738432263532767971916031595176428400706637069408720254155666"},
        {"function_name",
         "1149639848148111379680850217760201712915686151121335401965830059977414798617"},
        {"another_function_name",
         "185510097891389418066086344733255734231442981008241915970875484770947426608"}};
    for (size_t i = 0; i < SP_COUNT(names); i++)
        CHECK_HEX(selector_from_name(names[i][0]), names[i][1]);
}

TEST(short_strings_are_bounded_ascii)
{
    felt f = felt_one();
    char text[SHORTSTRING_MAX + 1];
    CHECK(shortstring_read(&f, "SN_SEPOLIA") == SP_OK);
    CHECK_HEX(f, "0x534e5f5345504f4c4941");
    CHECK(shortstring_read(&f, "hello") == SP_OK);
    CHECK_HEX(f, "448378203247"); /* starknet.js, __tests__/utils/shortString.test.ts */
    CHECK(shortstring_write(text, f) == SP_OK && !strcmp(text, "hello"));
    CHECK(shortstring_read(&f, "") == SP_OK && felt_is_zero(f));
    CHECK(shortstring_write(text, f) == SP_OK && !strcmp(text, ""));
    const char *longest = "1234567890123456789012345678901"; /* 31 */
    CHECK(shortstring_read(&f, longest) == SP_OK);
    CHECK(shortstring_write(text, f) == SP_OK && !strcmp(text, longest));
    f = felt_one();
    CHECK(shortstring_read(&f, "12345678901234567890123456789012") == SP_ERR_FORMAT);
    CHECK(shortstring_read(&f, "a\n") == SP_ERR_FORMAT);
    CHECK(shortstring_read(&f, "h\xc3\xa9") == SP_ERR_FORMAT);
    CHECK(felt_eq(f, felt_one()));
    text[0] = 'x';
    CHECK(shortstring_write(text, felt_one()) == SP_ERR_FORMAT); /* byte 1 */
    CHECK(shortstring_write(text, felt_of("0x6100")) == SP_ERR_FORMAT);
    CHECK(shortstring_write(text, felt_neg(felt_one())) == SP_ERR_FORMAT);
    CHECK(text[0] == 'x');
}

/* starknet.py, hash/address_test.py. */
TEST(contract_addresses_published_values)
{
    felt data[2] = {felt_from_u64(21), felt_from_u64(37)};
    felt class_hash =
        felt_of("951442054899045155353616354734460058868858519055082696003992725251069061570");
    felt_span calldata = {data, 2};
    CHECK_HEX(address_of_contract(felt_zero(), felt_from_u64(1111), class_hash, calldata),
              "1357105550695717639826158786311415599375114169232402161465584707209611368775");
    CHECK_HEX(address_of_contract(felt_from_u64(1234), felt_from_u64(1111), class_hash, calldata),
              "3179899882984850239687045389724311807765146621017486664543269641150383510696");
    felt pub = felt_of("0x2202275e27873286b71dae62930bbf6420d2e933bbc7cb08e09019e7218ad9c");
    class_hash = felt_of("0x5b4b537eaa2399e3aa99c4e2e0208ebd6c71bc1467938cd52c798c601e43564");
    CHECK_HEX(address_of_contract(felt_zero(), felt_from_u64(99), class_hash, (felt_span){&pub, 1}),
              "0x6dbeb3131fcf27b3dc2aaa3dac82a9c740f739ec1886c4349a21cbb458d58e9");
}

TEST(addresses_are_reduced)
{
    felt bound = felt_reduce((const uint64_t[4]){0 - UINT64_C(256), ~UINT64_C(0), ~UINT64_C(0),
                                                 (UINT64_C(1) << 59) - 1});
    felt below = felt_sub(bound, felt_one());
    CHECK(felt_is_zero(address_reduce(bound)));
    CHECK(felt_eq(address_reduce(below), below));
    CHECK(felt_eq(address_reduce(felt_add(bound, felt_from_u64(255))), felt_from_u64(255)));
    CHECK(felt_eq(address_reduce(felt_add(bound, felt_from_u64(256))), felt_from_u64(256)));
    CHECK(felt_eq(address_reduce(felt_neg(felt_one())), felt_sub(felt_neg(felt_one()), bound)));
    CHECK(felt_is_zero(address_reduce(felt_zero())));
}
