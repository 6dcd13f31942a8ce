/* release.c - see release.h. */
#include "market/release.h"

#include "air/air_id.h"
#include "air/statement.h"
#include "core/bytes.h"
#include "market/hex.h"

#include <stdio.h>

void release_vm(char out[RELEASE_VM])
{
    uint8_t id[sizeof AIR_ID];
    char hex[2 * sizeof AIR_ID + 1];
    for (size_t i = 0; i < SP_COUNT(AIR_ID); i++) bytes_put_le32(id + 4 * i, AIR_ID[i]);
    hex_write(hex, id, sizeof id);
    (void)snprintf(out, RELEASE_VM, "%u.%s", (unsigned)SP_VERSION, hex);
}
