/* check_callback.c - whether a callback's sprove-signature is by this key: exit code 0, or 1.
 *
 * usage: check_callback PUBLIC_KEY CHAIN_ID R,S <BODY */
#include "market/digest.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

static bool read_felt(felt *out, const char *text, size_t n)
{
    return felt_read_hex(out, text, n) == SP_OK;
}

int main(int argc, char **argv)
{
    static char body[1 << 20];
    felt pubkey, z;
    digest_callback m;
    digest_signature s;
    if (argc != 4) return 2;
    const char *comma = strchr(argv[3], ',');
    const size_t n = fread(body, 1, sizeof body, stdin);
    (void)SHA256((const uint8_t *)body, n, m.body);
    return comma != NULL && read_felt(&pubkey, argv[1], strlen(argv[1])) &&
                   read_felt(&m.chain_id, argv[2], strlen(argv[2])) &&
                   read_felt(&s.r, argv[3], (size_t)(comma - argv[3])) &&
                   read_felt(&s.s, comma + 1, strlen(comma + 1)) &&
                   digest_of_callback(&z, &m) == SP_OK && digest_verify(pubkey, z, &s) == SP_OK
               ? 0
               : 1;
}
