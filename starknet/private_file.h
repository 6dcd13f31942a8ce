/* private_file.h - whether a file with a secret is closed to other users. */
#ifndef STARKNET_PRIVATE_FILE_H
#define STARKNET_PRIVATE_FILE_H

#include <stdbool.h>

/* Whether nobody may open the file but its owner and the user of this process: a mode without bits
 * for group and others, or an access control list that names this user alone. By such a list
 * systemd hands its credentials to a service; the bits of the group (0440) are then the list's
 * mask and no group's. False where it cannot be told. */
bool private_file_check(int fd);

#endif
