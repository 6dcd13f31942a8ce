/* login.c - what accounts sign to log in, against starknet-py's SNIP-12. */
#include "market/login.h"
#include "starknet/selector.h"
#include "tests/market/vectors_login.h"
#include "tests/starknet/util.h"

static login of_vector(size_t i)
{
    const char *const *v = logins[i];
    uint8_t be[FELT_BYTES];
    login m;
    memset(&m, 0, sizeof m);
    if (strncmp(v[0], "0x", 2) == 0)
        m.chain_id = felt_of(v[0]);
    else if (shortstring_read(&m.chain_id, v[0]) != SP_OK)
        test_failed = 1;
    m.relayer = felt_of(v[1]);
    (void)snprintf(m.origin, sizeof m.origin, "%s", v[2]);
    m.address = felt_of(v[3]);
    felt_write(be, felt_of(v[4]));
    memcpy(m.nonce, be + FELT_BYTES - LOGIN_NONCE, LOGIN_NONCE);
    m.issued = strtoull(v[5], NULL, 10);
    m.expires = strtoull(v[6], NULL, 10);
    return m;
}

TEST(login_digest_is_that_of_starknet_py)
{
    for (size_t i = 0; i < SP_COUNT(logins); i++) {
        const login m = of_vector(i);
        CHECK_HEX(login_digest(&m), logins[i][7]);
    }
}

TEST(login_typed_data_is_what_was_hashed)
{
    for (size_t i = 0; i < SP_COUNT(logins); i++) {
        const login m = of_vector(i);
        login back;
        json_t *made = login_typed_data(&m), *want = json_loads(logins[i][8], 0, NULL);
        CHECK(made != NULL && want != NULL);
        CHECK(json_equal(made, want));
        CHECK_EQ(login_read(&back, want), SP_OK);
        CHECK_HEX(login_digest(&back), logins[i][7]);
        CHECK(strcmp(back.origin, m.origin) == 0 && back.issued == m.issued);
        json_decref(made);
        json_decref(want);
    }
}

/* Every member: left out, of another type, another value, or one more: nothing of it is signed. */
static bool refused(const json_t *whole, size_t *n)
{
    login before, out;
    memset(&before, 7, sizeof before);
    out = before;
    ++*n;
    return login_read(&out, whole) == SP_ERR_FORMAT && memcmp(&out, &before, sizeof out) == 0;
}

static bool damaged_object(const json_t *whole, json_t *part, size_t *n)
{
    bool all = true;
    const char *names[16];
    size_t n_names = 0;
    const char *name;
    json_t *value;
    (void)json_object_set_new(part, "more", json_string("x"));
    all &= refused(whole, n);
    (void)json_object_del(part, "more");
    json_object_foreach(part, name, value) names[n_names++] = strdup(name);
    for (size_t k = 0; k < n_names; k++) {
        static const char *const others[] = {"",   "0x", "0x00",    "-1", "StarkNetDomain",
                                             "v2", "01", "\xc3\xa4"};
        json_t *kept = json_incref(json_object_get(part, names[k]));
        (void)json_object_del(part, names[k]);
        all &= refused(whole, n);
        for (size_t i = 0; i < SP_COUNT(others); i++) {
            (void)json_object_set_new(part, names[k], json_string(others[i]));
            /* Some members may be other texts: then it is another login, of this very form. */
            login out;
            if (login_read(&out, whole) == SP_OK) {
                json_t *made = login_typed_data(&out);
                all &= json_equal(made, whole) == 1;
                json_decref(made);
            }
        }
        (void)json_object_set_new(part, names[k], json_integer(1));
        all &= refused(whole, n);
        (void)json_object_set_new(part, names[k], json_null());
        all &= refused(whole, n);
        (void)json_object_set_new(part, names[k], kept);
        free((void *)(uintptr_t)names[k]);
    }
    return all;
}

TEST(login_read_takes_nothing_else)
{
    static const char *const fixed[][2] = {
        {"domain", "name"},     {"domain", "version"},    {"domain", "revision"},
        {"message", "purpose"}, {"message", "no member"}, {"types", "Login"},
    };
    json_t *whole = json_loads(logins[2][8], 0, NULL);
    login out;
    size_t n = 0;
    CHECK_EQ(login_read(&out, whole), SP_OK);
    CHECK(damaged_object(whole, json_object_get(whole, "domain"), &n));
    CHECK(damaged_object(whole, json_object_get(whole, "message"), &n));
    CHECK(damaged_object(whole, json_object_get(whole, "types"), &n));
    CHECK(damaged_object(whole, whole, &n));
    for (size_t i = 0; i < SP_COUNT(fixed); i++) {
        json_t *copy = json_deep_copy(whole);
        (void)json_object_set_new(json_object_get(copy, fixed[i][0]), fixed[i][1],
                                  json_string("other"));
        CHECK(refused(copy, &n));
        json_decref(copy);
    }
    /* Types in another order, or of another name, are another message to a wallet. */
    json_t *list = json_object_get(json_object_get(whole, "types"), "Login");
    json_t *first = json_incref(json_array_get(list, 0));
    (void)json_array_remove(list, 0);
    CHECK(refused(whole, &n));
    (void)json_array_append_new(list, first);
    CHECK(refused(whole, &n));
    CHECK_EQ(login_read(&out, whole), SP_ERR_FORMAT);
    CHECK_EQ(login_read(&out, NULL), SP_ERR_FORMAT);
    CHECK(n > 40);
    json_decref(whole);
}

TEST(every_value_of_a_login_is_signed)
{
    const login m = of_vector(2);
    const felt z = login_digest(&m);
    for (unsigned i = 0; i < 8; i++) {
        login o = m;
        if (i == 0) o.chain_id = felt_add(o.chain_id, felt_one());
        if (i == 1) o.relayer = felt_add(o.relayer, felt_one());
        if (i == 2) o.origin[strlen(o.origin) - 1]++;
        if (i == 3) o.address = felt_add(o.address, felt_one());
        if (i == 4) o.nonce[0] ^= 1;
        if (i == 5) o.issued++;
        if (i == 6) o.expires++;
        if (i == 7) o.nonce[15] ^= 1;
        CHECK(!felt_eq(login_digest(&o), z));
    }
}
