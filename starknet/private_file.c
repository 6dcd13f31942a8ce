/* private_file.c - see private_file.h. */
#include "starknet/private_file.h"

#include "core/sp.h"

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/* The kernel's form of a list (linux/posix_acl_xattr.h), little-endian: the version in 4 bytes,
 * then entries of a tag in 2, permissions in 2 and an id in 4. */
#define LIST "system.posix_acl_access"
#define VERSION 2u
#define HEAD 4u
#define ENTRY 8u
#define MOST_ENTRIES 64u /* a longer one is no list of a single user */
#define TAG_USER 0x02u
#define TAG_GROUP_OBJ 0x04u
#define TAG_GROUP 0x08u

static uint32_t number(const uint8_t *p, unsigned bytes)
{
    uint32_t v = 0;
    while (bytes-- > 0) v = v << 8 | p[bytes];
    return v;
}

/* What the mask takes away is not looked at: a list that a program needs is given none too much. */
static bool names_us_alone(const uint8_t *list, size_t n)
{
    if (n < HEAD || (n - HEAD) % ENTRY != 0 || number(list, 4) != VERSION) return false;
    for (const uint8_t *e = list + HEAD; e < list + n; e += ENTRY) {
        const uint32_t tag = number(e, 2), may = number(e + 2, 2), id = number(e + 4, 4);
        if (may == 0) continue;
        if (tag == TAG_GROUP_OBJ || tag == TAG_GROUP) return false;
        if (tag == TAG_USER && id != (uint32_t)geteuid()) return false;
    }
    return true;
}

bool private_file_check(int fd)
{
    uint8_t list[HEAD + ENTRY * MOST_ENTRIES];
    struct stat st;
    if (fstat(fd, &st) != 0 || (st.st_mode & 007) != 0) return false;
    if ((st.st_mode & 070) == 0) return true;
    const ssize_t n = fgetxattr(fd, LIST, list, sizeof list);
    return n > 0 && names_us_alone(list, (size_t)n);
}
