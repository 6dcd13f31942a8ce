/* private_file.c - files that are their owner's alone, by mode and by access control list. */
#include "starknet/private_file.h"
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define LIST "system.posix_acl_access"
#define NOBODY 0xffffffffu

/* One entry of a list: tag, permissions, id. */
typedef struct {
    unsigned tag, may, id;
} entry;
enum { USER_OBJ = 1, USER = 2, GROUP_OBJ = 4, GROUP = 8, MASK = 16, OTHER = 32 };

static int temporary(void)
{
    char path[] = "/tmp/privateXXXXXX";
    const int fd = mkstemp(path);
    if (fd >= 0) (void)unlink(path);
    return fd;
}

/* 0, or errno. The kernel wants the entries in order, and sets the mode's bits by them. */
static int set_list(int fd, const entry *e, size_t n)
{
    uint8_t list[4 + 8 * 80] = {2, 0, 0, 0}, *p = list + 4;
    for (size_t i = 0; i < n; i++, p += 8) {
        p[0] = (uint8_t)e[i].tag;
        p[2] = (uint8_t)e[i].may;
        for (unsigned k = 0; k < 4; k++) p[4 + k] = (uint8_t)(e[i].id >> 8 * k);
    }
    return fsetxattr(fd, LIST, list, (size_t)(p - list), 0) == 0 ? 0 : errno;
}

TEST(a_mode_without_group_and_others_is_private)
{
    const int fd = temporary();
    CHECK(fd >= 0);
    for (mode_t mode = 0; mode < 01000; mode++) {
        CHECK(fchmod(fd, mode) == 0);
        CHECK_EQ(private_file_check(fd), (mode & 077) == 0);
    }
    (void)close(fd);
    CHECK(!private_file_check(fd));
}

TEST(a_list_that_names_this_user_alone_is_private)
{
    const int fd = temporary();
    const unsigned us = (unsigned)geteuid();
    /* As systemd makes it for a credential. */
    const entry credential[] = {{USER_OBJ, 4, NOBODY},
                                {USER, 4, us},
                                {GROUP_OBJ, 0, NOBODY},
                                {MASK, 4, NOBODY},
                                {OTHER, 0, NOBODY}};
    const struct {
        const char *what;
        entry list[6];
        size_t n;
        bool private;
    } cases[] = {
        {"another user",
         {{USER_OBJ, 4, NOBODY},
          {USER, 4, us + 1},
          {GROUP_OBJ, 0, NOBODY},
          {MASK, 4, NOBODY},
          {OTHER, 0, NOBODY}},
         5,
         false},
        {"another user besides",
         {{USER_OBJ, 4, NOBODY},
          {USER, 4, us},
          {USER, 4, us + 1},
          {GROUP_OBJ, 0, NOBODY},
          {MASK, 4, NOBODY},
          {OTHER, 0, NOBODY}},
         6,
         false},
        {"another who may write alone",
         {{USER_OBJ, 4, NOBODY},
          {USER, 4, us},
          {USER, 2, us + 1},
          {GROUP_OBJ, 0, NOBODY},
          {MASK, 6, NOBODY},
          {OTHER, 0, NOBODY}},
         6,
         false},
        {"another who may nothing",
         {{USER_OBJ, 4, NOBODY},
          {USER, 4, us},
          {USER, 0, us + 1},
          {GROUP_OBJ, 0, NOBODY},
          {MASK, 4, NOBODY},
          {OTHER, 0, NOBODY}},
         6,
         true},
        {"the file's group",
         {{USER_OBJ, 4, NOBODY},
          {USER, 4, us},
          {GROUP_OBJ, 4, NOBODY},
          {MASK, 4, NOBODY},
          {OTHER, 0, NOBODY}},
         5,
         false},
        {"another group",
         {{USER_OBJ, 4, NOBODY},
          {GROUP_OBJ, 0, NOBODY},
          {GROUP, 4, 12345},
          {MASK, 4, NOBODY},
          {OTHER, 0, NOBODY}},
         5,
         false},
        {"all others",
         {{USER_OBJ, 4, NOBODY},
          {USER, 4, us},
          {GROUP_OBJ, 0, NOBODY},
          {MASK, 4, NOBODY},
          {OTHER, 4, NOBODY}},
         5,
         false},
    };
    struct stat st;
    CHECK(fd >= 0);
    const int e = set_list(fd, credential, 5);
    if (e == EOPNOTSUPP || e == EPERM) SKIP("the file system of /tmp has no access control lists");
    CHECK(e == 0 && fstat(fd, &st) == 0 && (st.st_mode & 0777) == 0440);
    CHECK(private_file_check(fd));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CHECK(set_list(fd, cases[i].list, cases[i].n) == 0);
        if (private_file_check(fd) != cases[i].private) printf("%s\n", cases[i].what);
        CHECK(private_file_check(fd) == cases[i].private);
    }
    /* Longer than any that is one user's. */
    entry many[80] = {{USER_OBJ, 4, NOBODY}};
    for (unsigned i = 1; i < 76; i++) many[i] = (entry){USER, 0, us + i};
    many[1] = (entry){USER, 4, us};
    many[76] = (entry){GROUP_OBJ, 0, NOBODY};
    many[77] = (entry){MASK, 4, NOBODY};
    many[78] = (entry){OTHER, 0, NOBODY};
    CHECK(set_list(fd, many, 79) == 0);
    CHECK(!private_file_check(fd));
    (void)close(fd);
}
