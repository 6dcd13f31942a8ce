/* journal.c - entries survive, in order, and what was altered is not sent. */
#include "starknet/journal.h"
#include "tests/starknet/util.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[64];

static bool fresh(void)
{
    strcpy(dir, "/tmp/journalXXXXXX");
    return mkdtemp(dir) && rmdir(dir) == 0;
}

static void clean(void)
{
    char path[400];
    DIR *d = opendir(dir);
    if (!d) return;
    for (const struct dirent *e; (e = readdir(d)) != NULL;) {
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        if (e->d_name[0] != '.') unlink(path);
    }
    closedir(d);
    rmdir(dir);
}

static account_signed entry(uint64_t hash, uint64_t nonce, char *params)
{
    return (account_signed){.method = "starknet_addInvokeTransaction",
                            .params = params,
                            .hash = felt_from_u64(hash),
                            .nonce = felt_from_u64(nonce)};
}

TEST(journal_keeps_the_bytes_in_order_of_nonces)
{
    journal j, second;
    account_signed *list, a = entry(0x70, 300, "{\"a\": 1}"), b = entry(0x90, 2, "{\"b\":2}");
    size_t n;
    struct stat s;
    CHECK(fresh());
    CHECK(journal_open(&j, dir) == SP_OK);
    CHECK(stat(dir, &s) == 0 && (s.st_mode & 0777) == 0700);
    CHECK(journal_open(&second, dir) == SP_ERR_LIMIT);
    CHECK(journal_list(&j, &list, &n) == SP_OK && n == 0);
    journal_free(list, n);
    CHECK(journal_add(&j, &a) == SP_OK && journal_add(&j, &b) == SP_OK);
    CHECK(journal_add(&j, &a) == SP_OK);
    journal_close(&j);
    journal_close(&j);
    CHECK(journal_open(&j, dir) == SP_OK);
    CHECK(journal_list(&j, &list, &n) == SP_OK && n == 2);
    CHECK(felt_eq(list[0].hash, b.hash) && felt_eq(list[0].nonce, b.nonce));
    CHECK(!strcmp(list[1].params, "{\"a\": 1}") && !strcmp(list[1].method, a.method));
    journal_free(list, n);
    CHECK(journal_remove(&j, b.hash) == SP_OK && journal_remove(&j, b.hash) == SP_OK);
    CHECK(journal_list(&j, &list, &n) == SP_OK && n == 1 && felt_eq(list[0].hash, a.hash));
    journal_free(list, n);
    journal_close(&j);
    clean();
}

TEST(journal_refuses_what_was_altered)
{
    journal j;
    account_signed *list, a = entry(0x70, 1, "{}");
    char path[200], other[200], text[400];
    size_t n;
    CHECK(fresh());
    CHECK(journal_open(&j, dir) == SP_OK && journal_add(&j, &a) == SP_OK);
    snprintf(path, sizeof path, "%s/0x70.tx", dir);
    snprintf(other, sizeof other, "%s/0x71.tx", dir);
    FILE *f = fopen(path, "rb");
    CHECK(f);
    size_t len = fread(text, 1, sizeof text, f);
    fclose(f);
    for (size_t i = 0; i < len; i++) { /* each byte, and each shorter file */
        for (unsigned cut = 0; cut < 2; cut++) {
            f = fopen(path, "wb");
            CHECK(f);
            text[i] ^= 1;
            fwrite(text, 1, cut ? i : len, f);
            text[i] ^= 1;
            fclose(f);
            CHECK(journal_list(&j, &list, &n) == SP_ERR_FORMAT && list == NULL && n == 0);
        }
    }
    CHECK(journal_add(&j, &a) == SP_OK);
    CHECK(journal_list(&j, &list, &n) == SP_OK && n == 1);
    journal_free(list, n);
    CHECK(rename(path, other) == 0); /* under another hash */
    CHECK(journal_list(&j, &list, &n) == SP_ERR_FORMAT);
    CHECK(unlink(other) == 0);
    /* What was being written when the program stopped is not there. */
    snprintf(other, sizeof other, "%s/0x72.new", dir);
    f = fopen(other, "wb");
    CHECK(f && fclose(f) == 0);
    CHECK(journal_list(&j, &list, &n) == SP_OK && n == 0);
    journal_free(list, n);
    journal_close(&j);
    clean();
    CHECK(journal_open(&j, "/nonexistent/journal") == SP_ERR_IO);
    journal_close(&j);
}

TEST(journal_gives_back_the_calldata)
{
    felt *v;
    size_t n;
    char good[] = "{\"invoke_transaction\":{\"type\":\"INVOKE\",\"calldata\":[\"0x1\",\"0x2f\"]}}";
    char empty[] = "{\"invoke_transaction\":{\"calldata\":[]}}";
    char *bad[] = {(char[]){"{}"}, (char[]){"{\"invoke_transaction\":{\"calldata\":[1]}}"},
                   (char[]){"{\"deploy_account_transaction\":{\"constructor_calldata\":[]}}"},
                   (char[]){"["}};
    account_signed tx = {.params = good};
    CHECK(journal_calldata(&v, &n, &tx) == SP_OK && n == 2 && felt_eq(v[1], felt_from_u64(0x2f)));
    free(v);
    tx.params = empty;
    CHECK(journal_calldata(&v, &n, &tx) == SP_OK && n == 0);
    free(v);
    for (size_t i = 0; i < SP_COUNT(bad); i++) {
        tx.params = bad[i];
        CHECK(journal_calldata(&v, &n, &tx) == SP_ERR_FORMAT && !v && !n);
    }
}
