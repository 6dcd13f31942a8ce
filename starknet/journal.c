/* journal.c - entries as files that are whole or absent, and what becomes of them. */
#define _DEFAULT_SOURCE /* flock */
#include "starknet/journal.h"

#include "starknet/chain_parse.h"
#include "starknet/disk.h"
#include "starknet/keccak.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NAME_ROOM 80 /* a hash, ".tx" or ".new", and the zero byte */

static void name_of(char name[NAME_ROOM], felt hash, const char *suffix)
{
    char hex[FELT_HEX];
    felt_write_hex(hex, hash);
    snprintf(name, NAME_ROOM, "%s%s", hex, suffix);
}

sp_status journal_open(journal *j, const char *path)
{
    j->dir = j->lock = -1;
    (void)mkdir(path, 0700); /* what matters is whether it opens */
    j->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (j->dir < 0) return SP_ERR_IO;
    j->lock = openat(j->dir, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    sp_status st = j->lock < 0 ? SP_ERR_IO : SP_OK;
    if (st == SP_OK && flock(j->lock, LOCK_EX | LOCK_NB)) st = SP_ERR_LIMIT;
    if (st != SP_OK) journal_close(j);
    return st;
}

void journal_close(journal *j)
{
    if (j->lock >= 0) close(j->lock);
    if (j->dir >= 0) close(j->dir);
    j->dir = j->lock = -1;
}

static void digest_hex(char out[65], const char *text, size_t n)
{
    uint8_t h[32];
    keccak256(h, text, n);
    for (unsigned i = 0; i < 32; i++) snprintf(out + 2 * i, 3, "%02x", h[i]);
}

static sp_status write_file(int dir, const char *name, const char *text, size_t n)
{
    int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return SP_ERR_IO;
    return disk_write_close(fd, text, n) ? SP_OK : SP_ERR_IO;
}

sp_status journal_add(journal *j, const account_signed *tx)
{
    char hash[FELT_HEX], nonce[FELT_HEX], name[NAME_ROOM], temp[NAME_ROOM];
    size_t room = strlen(tx->params) + strlen(tx->method) + 65 + 2 * FELT_HEX + 8;
    if (room > JOURNAL_MAX_BYTES) return SP_ERR_LIMIT;
    char *text = malloc(room);
    if (!text) return SP_ERR_NOMEM;
    felt_write_hex(hash, tx->hash);
    felt_write_hex(nonce, tx->nonce);
    int n = snprintf(text + 65, room - 65, "%s\n%s\n%s\n%s\n", tx->method, hash, nonce, tx->params);
    digest_hex(text, text + 65, (size_t)n);
    text[64] = '\n';
    name_of(name, tx->hash, ".tx");
    name_of(temp, tx->hash, ".new");
    sp_status st = write_file(j->dir, temp, text, 65 + (size_t)n);
    free(text);
    if (st == SP_OK && (renameat(j->dir, temp, j->dir, name) || fsync(j->dir))) st = SP_ERR_IO;
    if (st != SP_OK) (void)unlinkat(j->dir, temp, 0);
    return st;
}

uint64_t journal_age(const journal *j, felt hash)
{
    char name[NAME_ROOM];
    struct stat st;
    name_of(name, hash, ".tx");
    const time_t now = time(NULL);
    if (fstatat(j->dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0 || st.st_mtime >= now) return 0;
    return (uint64_t)(now - st.st_mtime);
}

sp_status journal_remove(journal *j, felt hash)
{
    char name[NAME_ROOM];
    name_of(name, hash, ".tx");
    if (unlinkat(j->dir, name, 0) && faccessat(j->dir, name, F_OK, 0) == 0) return SP_ERR_IO;
    return fsync(j->dir) ? SP_ERR_IO : SP_OK;
}

/* The whole file, with a zero byte behind it; to be freed. */
static sp_status read_file(char **text, size_t *len, int dir, const char *name)
{
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return SP_ERR_IO;
    char *p = malloc(JOURNAL_MAX_BYTES + 1);
    sp_status st = p ? SP_OK : SP_ERR_NOMEM;
    size_t n = 0;
    while (st == SP_OK && n < JOURNAL_MAX_BYTES) {
        ssize_t k = read(fd, p + n, JOURNAL_MAX_BYTES - n);
        if (k < 0) st = SP_ERR_IO;
        if (k <= 0) break;
        n += (size_t)k;
    }
    close(fd);
    if (st == SP_OK && n >= JOURNAL_MAX_BYTES) st = SP_ERR_FORMAT;
    if (st != SP_OK) {
        free(p);
        return st;
    }
    p[n] = 0;
    *text = p;
    *len = n;
    return SP_OK;
}

/* Cuts the line at *at off, and returns it; NULL when there is none. */
static char *line(char **at)
{
    char *start = *at, *end = strchr(start, '\n');
    if (!end) return NULL;
    *end = 0;
    *at = end + 1;
    return start;
}

static sp_status parse(account_signed *out, char *text, size_t len)
{
    static const char *const methods[] = {"starknet_addInvokeTransaction",
                                          "starknet_addDeployAccountTransaction"};
    account_signed s;
    char want[65], *at = text;
    memset(&s, 0, sizeof s);
    if (len < 66 || text[64] != '\n' || strlen(text) != len) return SP_ERR_FORMAT;
    digest_hex(want, text + 65, len - 65);
    if (memcmp(want, text, 64)) return SP_ERR_FORMAT;
    (void)line(&at);
    const char *method = line(&at), *hash = line(&at), *nonce = line(&at), *params = line(&at);
    if (!method || !hash || !nonce || !params || *at) return SP_ERR_FORMAT;
    for (size_t i = 0; i < SP_COUNT(methods); i++)
        if (!strcmp(method, methods[i])) s.method = methods[i];
    if (!s.method) return SP_ERR_FORMAT;
    SP_TRY(felt_read_hex(&s.hash, hash, strlen(hash)));
    SP_TRY(felt_read_hex(&s.nonce, nonce, strlen(nonce)));
    s.params = strdup(params);
    if (!s.params) return SP_ERR_NOMEM;
    *out = s;
    return SP_OK;
}

static int by_nonce(const void *a, const void *b)
{
    const account_signed *const x = a, *const y = b;
    uint8_t xb[32], yb[32];
    felt_write(xb, x->nonce);
    felt_write(yb, y->nonce);
    return memcmp(xb, yb, 32);
}

static sp_status read_entry(account_signed *out, int dir, const char *name)
{
    char *text, expected[NAME_ROOM];
    size_t len;
    SP_TRY(read_file(&text, &len, dir, name));
    sp_status st = parse(out, text, len);
    free(text);
    SP_TRY(st);
    name_of(expected, out->hash, ".tx");
    if (!strcmp(expected, name)) return SP_OK;
    account_signed_free(out);
    return SP_ERR_FORMAT;
}

sp_status journal_list(journal *j, account_signed **list, size_t *n)
{
    account_signed *all = NULL;
    size_t count = 0;
    sp_status st = SP_OK;
    *list = NULL;
    *n = 0;
    int fd = openat(j->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* closedir closes it */
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    if (!d) {
        if (fd >= 0) close(fd);
        return SP_ERR_IO;
    }
    for (const struct dirent *e; st == SP_OK && (e = readdir(d)) != NULL;) {
        const char *end = strrchr(e->d_name, '.');
        if (!end || strcmp(end, ".tx")) continue; /* ".new": never sent */
        account_signed *more = realloc(all, (count + 1) * sizeof *all);
        if (more) all = more;
        if (!more)
            st = SP_ERR_NOMEM;
        else if (count == JOURNAL_MAX_ENTRIES)
            st = SP_ERR_LIMIT;
        else
            st = read_entry(&all[count], j->dir, e->d_name);
        if (st == SP_OK) count++;
    }
    closedir(d);
    if (st != SP_OK) {
        journal_free(all, count);
        return st;
    }
    if (count) qsort(all, count, sizeof *all, by_nonce);
    *list = all;
    *n = count;
    return SP_OK;
}

void journal_free(account_signed *list, size_t n)
{
    for (size_t i = 0; i < n; i++) account_signed_free(&list[i]);
    free(list);
}

sp_status journal_calldata(felt **out, size_t *n, const account_signed *tx)
{
    *out = NULL;
    *n = 0;
    json_t *root = json_loads(tx->params, JSON_REJECT_DUPLICATES, NULL);
    const json_t *list = json_object_get(json_object_get(root, "invoke_transaction"), "calldata");
    size_t room = json_array_size(list);
    sp_status st = json_is_array(list) ? SP_OK : SP_ERR_FORMAT;
    felt *felts = st == SP_OK ? malloc((room + 1) * sizeof *felts) : NULL;
    if (st == SP_OK) st = felts ? chain_parse_felts(felts, &room, list) : SP_ERR_NOMEM;
    json_decref(root);
    if (st != SP_OK) {
        free(felts);
        return st;
    }
    *out = felts;
    *n = room;
    return SP_OK;
}

sp_status journal_advance(rpc *r, journal_fate *fate, chain_status *status,
                          const account_signed *tx, felt account_address, rpc_error *err)
{
    rpc_error own;
    felt nonce;
    if (!err) err = &own;
    sp_status st = chain_tx_status(r, status, tx->hash, err);
    if (st == SP_OK) {
        bool in_block = status->finality >= CHAIN_ACCEPTED_ON_L2;
        if (!status->executed)
            *fate = JOURNAL_PENDING;
        else if (!in_block)
            *fate = JOURNAL_CONFIRMED;
        else
            *fate = status->reverted ? JOURNAL_REVERTED : JOURNAL_DONE;
        return SP_OK;
    }
    if (st != SP_ERR_REJECT || err->code != RPC_TX_NOT_FOUND) return st;
    memset(status, 0, sizeof *status);
    uint8_t now[32], ours[32];
    st = chain_nonce(r, &nonce, account_address, err);
    bool no_account = st == SP_ERR_REJECT && err->code == RPC_CONTRACT_NOT_FOUND;
    if (st != SP_OK && !no_account) return st; /* an account to be deployed has no nonce yet */
    felt_write(now, st == SP_OK ? nonce : felt_zero());
    felt_write(ours, tx->nonce);
    *fate = memcmp(now, ours, 32) > 0 ? JOURNAL_DEAD : JOURNAL_PENDING;
    return *fate == JOURNAL_DEAD ? SP_OK : account_send(r, tx, err);
}
