/* client_webhook.c - callbacks, for their receivers. See include/sprove_client.h. */
#include "include/sprove_client.h"
#include "market/webhook.h"

#include <string.h>

bool sprove_webhook_verify(const char *const *secrets, size_t n_secrets, const char *id,
                           const char *timestamp, const char *signature, const void *body,
                           size_t body_bytes, int64_t now_s)
{
    webhook_secret key[WEBHOOK_SECRETS];
    const webhook_headers h = {id, timestamp, signature};
    if (n_secrets < 1 || n_secrets > WEBHOOK_SECRETS || now_s < 0) return false;
    for (size_t i = 0; i < n_secrets; i++)
        if (webhook_secret_read(&key[i], secrets[i], strlen(secrets[i])) != SP_OK) return false;
    const sp_status s = webhook_verify(&h, body, body_bytes, key, n_secrets, (uint64_t)now_s);
    volatile uint8_t *p = (volatile uint8_t *)key;
    for (size_t i = 0; i < sizeof key; i++) p[i] = 0;
    return s == SP_OK;
}
