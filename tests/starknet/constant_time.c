/* constant_time.c - signs with a key that valgrind's memcheck holds for undefined memory.
 *
 * Every jump and every address that depends on the key, the nonce or anything computed from them is
 * then an error that memcheck reports; what may be known is marked in the code by SP_CT_PUBLIC. Not
 * seen are instructions whose own time depends on their operands: there are none but additions,
 * shifts, logic and 64-bit multiplications. With the argument "leak" it branches on the key, which
 * must be reported: the check of the check. */
#include "starknet/ecdsa.h"

#include <stdio.h>
#include <string.h>

static int run(const char *what)
{
    uint8_t be[32] = {0};
    ecdsa_key key;
    felt pub, r, s, z = felt_from_u64(0x1234567);
    for (unsigned i = 1; i < 32; i++) be[i] = (uint8_t)(37 * i);
    SP_CT_SECRET(be, sizeof be);
    if (ecdsa_key_read(&key, be) != SP_OK) return 1;
    if (!strcmp(what, "leak")) {
        if (key.d.l[0] & 1) puts("odd");
        return 0;
    }
    ecdsa_public(&pub, &key);
    SP_CT_PUBLIC(&pub, sizeof pub);
    for (uint64_t seed = 0; seed < 3; seed++) {
        if (ecdsa_sign(&r, &s, &key, z, seed) != SP_OK) return 1;
        if (ecdsa_verify(pub, z, r, s) != SP_OK) return 1;
    }
    ecdsa_key_wipe(&key);
    if (ecdsa_key_new(&key) != SP_OK) return 1;
    SP_CT_SECRET(&key, sizeof key);
    if (ecdsa_sign(&r, &s, &key, z, 0) != SP_OK) return 1;
    ecdsa_key_wipe(&key);
    return 0;
}

int main(int argc, char **argv) { return run(argc == 2 ? argv[1] : "sign"); }
