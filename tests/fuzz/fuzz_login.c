/* fuzz_login.c - fuzz entry of what a relayer asks an account to sign: JSON that is taken for a
 * login must be what is made of it again, so that nothing else is ever signed. */
#include "market/login.h"
#include "starknet/selector.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static bool take(const uint8_t *data, size_t size)
{
    login m;
    json_t *j = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
    const bool taken = login_read(&m, j) == SP_OK;
    if (taken) {
        json_t *again = login_typed_data(&m);
        const felt z = login_digest(&m);
        login back;
        if (again == NULL || json_equal(again, j) != 1) abort();
        if (login_read(&back, again) != SP_OK || !felt_eq(login_digest(&back), z)) abort();
        json_decref(again);
    }
    json_decref(j);
    return taken;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void)take(data, size);
    return 0;
}

size_t fuzz_seed(uint8_t *data, size_t cap)
{
    login m;
    memset(&m, 0, sizeof m);
    if (shortstring_read(&m.chain_id, "SN_SEPOLIA") != SP_OK) return 0;
    m.relayer = felt_from_u64(5);
    m.address = felt_from_u64(6);
    memcpy(m.origin, "https://relayer.example", 24);
    memset(m.nonce, 0x5a, sizeof m.nonce);
    m.issued = 1763750000;
    m.expires = 1763750300;
    json_t *j = login_typed_data(&m);
    const size_t n = json_dumpb(j, (char *)data, cap, JSON_COMPACT);
    json_decref(j);
    return n <= cap ? n : 0;
}

bool fuzz_seed_is_good(const uint8_t *data, size_t size) { return take(data, size); }
