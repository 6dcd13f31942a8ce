/* login.c - see login.h. */
#include "market/login.h"

#include "market/snip12.h"
#include "starknet/poseidon.h"
#include "starknet/selector.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define WORD 31 /* bytes of a string in one felt */

#define MESSAGE_TYPE                                                                    \
    "\"Login\"(\"purpose\":\"shortstring\",\"relayer\":\"felt\",\"origin\":\"string\"," \
    "\"address\":\"ContractAddress\",\"nonce\":\"u128\",\"issued\":\"timestamp\","      \
    "\"expires\":\"timestamp\")"

/* The same types as JSON: name and type, one after the other. */
static const char *const domain_members[] = {"name",    "shortstring", "version",  "shortstring",
                                             "chainId", "shortstring", "revision", "shortstring"};
static const char *const message_members[] = {
    "purpose",         "shortstring", "relayer", "felt",   "origin",    "string",  "address",
    "ContractAddress", "nonce",       "u128",    "issued", "timestamp", "expires", "timestamp"};

static felt of_bytes(const char *bytes, size_t n)
{
    uint8_t be[FELT_BYTES] = {0};
    felt f = felt_zero();
    memcpy(be + FELT_BYTES - n, bytes, n); /* n <= 31: below 2^248 */
    const sp_status st = felt_read(&f, be);
    SP_ASSERT(st == SP_OK);
    (void)st;
    return f;
}

/* As Cairo serializes a ByteArray: the whole words, the rest, and the length of the rest. */
static felt string_hash(const char *text)
{
    const size_t n = strlen(text), words = n / WORD;
    poseidon_ctx c;
    poseidon_init(&c);
    poseidon_add(&c, felt_from_u64(words));
    for (size_t i = 0; i < words; i++) poseidon_add(&c, of_bytes(text + WORD * i, WORD));
    poseidon_add(&c, of_bytes(text + WORD * words, n % WORD));
    poseidon_add(&c, felt_from_u64(n % WORD));
    return poseidon_final(&c);
}

static felt nonce_felt(const login *m)
{
    u128 v = 0;
    for (size_t i = 0; i < LOGIN_NONCE; i++) v = v << 8 | m->nonce[i];
    return felt_from_u128(v);
}

felt login_digest(const login *m)
{
    const felt members[] = {snip12_name(LOGIN_PURPOSE),
                            m->relayer,
                            string_hash(m->origin),
                            m->address,
                            nonce_felt(m),
                            felt_from_u64(m->issued),
                            felt_from_u64(m->expires)};
    return snip12_digest(m->chain_id, m->address, MESSAGE_TYPE,
                         (felt_span){members, SP_COUNT(members)});
}

static json_t *types_of(const char *const *member, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i += 2)
        if (json_array_append_new(
                list, json_pack("{s:s, s:s}", "name", member[i], "type", member[i + 1])) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

static json_t *felt_json(felt a)
{
    char text[FELT_HEX];
    (void)felt_write_hex(text, a);
    return json_string(text);
}

/* As text where wallets read it as the short string that it is; a text that begins as a number
 * does would be one to them. */
static json_t *chain_json(felt id)
{
    char text[SHORTSTRING_MAX + 1];
    if (shortstring_write(text, id) == SP_OK &&
        ((text[0] >= 'A' && text[0] <= 'Z') || (text[0] >= 'a' && text[0] <= 'z')))
        return json_string(text);
    return felt_json(id);
}

json_t *login_typed_data(const login *m)
{
    char issued[24], expires[24];
    (void)snprintf(issued, sizeof issued, "%" PRIu64, m->issued);
    (void)snprintf(expires, sizeof expires, "%" PRIu64, m->expires);
    return json_pack(
        "{s:{s:o, s:o}, s:s, s:{s:s, s:s, s:o, s:s}, s:{s:s, s:o, s:s, s:o, s:o, s:s, s:s}}",
        "types", "StarknetDomain", types_of(domain_members, SP_COUNT(domain_members)), "Login",
        types_of(message_members, SP_COUNT(message_members)), "primaryType", "Login", "domain",
        "name", SNIP12_NAME, "version", SNIP12_VERSION, "chainId", chain_json(m->chain_id),
        "revision", SNIP12_REVISION, "message", "purpose", LOGIN_PURPOSE, "relayer",
        felt_json(m->relayer), "origin", m->origin, "address", felt_json(m->address), "nonce",
        felt_json(nonce_felt(m)), "issued", issued, "expires", expires);
}

static bool read_felt(felt *out, const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL && felt_read_hex(out, text, strlen(text)) == SP_OK;
}

/* Seconds, as decimal text without a leading zero; the comparison at the end finds other forms. */
static bool read_seconds(uint64_t *out, const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    uint64_t v = 0;
    if (text == NULL || text[0] == 0 || strlen(text) > 18) return false;
    for (; *text != 0; text++) {
        if (*text < '0' || *text > '9') return false;
        v = 10 * v + (uint64_t)(*text - '0'); /* < 10^18 */
    }
    *out = v;
    return true;
}

static bool read_members(login *m, const json_t *domain, const json_t *message)
{
    const char *chain = json_string_value(json_object_get(domain, "chainId"));
    const char *origin = json_string_value(json_object_get(message, "origin"));
    uint8_t be[FELT_BYTES];
    felt nonce;
    if (chain == NULL || origin == NULL || strlen(origin) >= LOGIN_ORIGIN) return false;
    for (const char *p = origin; *p != 0; p++)
        if (*p < 0x20 || *p > 0x7e) return false;
    (void)snprintf(m->origin, sizeof m->origin, "%s", origin);
    const bool is_felt = strncmp(chain, "0x", 2) == 0;
    if ((is_felt ? felt_read_hex(&m->chain_id, chain, strlen(chain))
                 : shortstring_read(&m->chain_id, chain)) != SP_OK)
        return false;
    if (!read_felt(&m->relayer, message, "relayer") ||
        !read_felt(&m->address, message, "address") || !read_felt(&nonce, message, "nonce") ||
        !read_seconds(&m->issued, message, "issued") ||
        !read_seconds(&m->expires, message, "expires"))
        return false;
    felt_write(be, nonce);
    memcpy(m->nonce, be + FELT_BYTES - LOGIN_NONCE, LOGIN_NONCE);
    return true; /* what did not fit is found by the comparison */
}

sp_status login_read(login *out, const json_t *typed_data)
{
    login m;
    memset(&m, 0, sizeof m);
    if (!read_members(&m, json_object_get(typed_data, "domain"),
                      json_object_get(typed_data, "message")))
        return SP_ERR_FORMAT;
    json_t *made = login_typed_data(&m);
    const bool same = made != NULL && json_equal(made, typed_data) == 1;
    json_decref(made);
    if (!same) return SP_ERR_FORMAT;
    *out = m;
    return SP_OK;
}
