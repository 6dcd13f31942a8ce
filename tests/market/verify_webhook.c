/* verify_webhook.c - examples/webhook_verify.c over the client library: the same arguments, the
 * same exit codes. */
#include "include/sprove_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int main(int argc, char **argv)
{
    const char *secrets[8];
    size_t n = 0, len = 0, got;
    char *given = getenv("SPROVE_WEBHOOK_SECRETS");
    static char body[4 << 20];
    if (argc != 4 || !given) return 2;
    for (char *s = strtok(given, " "); s && n < 8; s = strtok(NULL, " ")) secrets[n++] = s;
    while ((got = fread(body + len, 1, sizeof body - len, stdin)) > 0) len += got;
    return sprove_webhook_verify(secrets, n, argv[1], argv[2], argv[3], body, len,
                                 (int64_t)time(NULL))
               ? 0
               : 1;
}
