/* sign_webhook.c - ID TIMESTAMP SECRET... with the body on standard input: prints the value of
 * webhook-signature and, on a second line, of the older form. For test_webhook.py. */
#include "market/webhook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint8_t body[1 << 21];

int main(int argc, char **argv)
{
    webhook_secret s[WEBHOOK_SECRETS];
    char signature[WEBHOOK_SIGNATURE], old[WEBHOOK_OLD_FORM];
    size_t n = 0;
    if (argc < 4 || argc > 3 + WEBHOOK_SECRETS) return 2;
    for (int i = 3; i < argc; i++)
        if (webhook_secret_read(&s[n++], argv[i], strlen(argv[i])) != SP_OK) return 3;
    const webhook_message m = {argv[1], strtoull(argv[2], NULL, 10), body,
                               fread(body, 1, sizeof body, stdin)};
    if (webhook_sign(signature, &m, s, n) != SP_OK || webhook_sign_old(old, &m, s, n) != SP_OK)
        return 4;
    printf("%s\n%s\n", signature, old);
    return 0;
}
