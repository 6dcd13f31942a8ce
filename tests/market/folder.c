/* folder.c - folders, and files that are whole or not there. */
#include "market/folder.h"
#include "tests/test.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[64];

static size_t entries(const char *path)
{
    size_t n = 0;
    DIR *d = opendir(path);
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
        n += e->d_name[0] != '.' || strlen(e->d_name) > 2;
    if (d != NULL) (void)closedir(d);
    return n;
}

static bool holds(const char *path, const char *text)
{
    char got[64] = "";
    FILE *f = fopen(path, "r");
    const size_t n = f == NULL ? 0 : fread(got, 1, sizeof got - 1, f);
    if (f != NULL) (void)fclose(f);
    return n == strlen(text) && strcmp(got, text) == 0;
}

TEST(files_are_whole_private_and_replaced)
{
    char deep[128], path[192], other[192];
    struct stat st;
    (void)snprintf(root, sizeof root, "/tmp/sprove_folder_XXXXXX");
    CHECK(mkdtemp(root) != NULL);
    (void)snprintf(deep, sizeof deep, "%s/a/b", root);
    (void)snprintf(path, sizeof path, "%s/key", deep);
    CHECK(!folder_put(deep, "key", "one", 3)); /* no such folder */
    CHECK(folder_make(deep) && folder_make(deep));
    CHECK(stat(deep, &st) == 0 && (st.st_mode & 0777) == 0700);
    CHECK(folder_put(deep, "key", "one", 3));
    CHECK(holds(path, "one"));
    CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
    /* What a killed process left does not stay, and does not stand in the way. */
    (void)snprintf(other, sizeof other, "%s/.key.new", deep);
    FILE *f = fopen(other, "w");
    CHECK(f != NULL && fclose(f) == 0);
    CHECK(folder_put(deep, "key", "two and longer", 14));
    CHECK(holds(path, "two and longer"));
    CHECK_EQ(entries(deep), 1);
    /* A link is replaced: what it leads to is not written to. */
    (void)snprintf(other, sizeof other, "%s/other", root);
    CHECK(unlink(path) == 0 && symlink(other, path) == 0);
    CHECK(folder_put(deep, "key", "three", 5));
    CHECK(lstat(path, &st) == 0 && S_ISREG(st.st_mode) && access(other, F_OK) != 0);
    /* What cannot take its place leaves nothing. */
    (void)snprintf(other, sizeof other, "%s/taken", deep);
    CHECK(mkdir(other, 0700) == 0);
    CHECK(!folder_put(deep, "taken", "x", 1));
    CHECK_EQ(entries(deep), 2);
    CHECK(holds(path, "three"));
    CHECK(rmdir(other) == 0 && unlink(path) == 0 && rmdir(deep) == 0);
    (void)snprintf(other, sizeof other, "%s/a", root);
    CHECK(rmdir(other) == 0 && rmdir(root) == 0);
}
