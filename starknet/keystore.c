/* keystore.c - Web3 Secret Storage with OpenSSL's scrypt and AES. */
#include "starknet/keystore.h"

#include "starknet/ct.h"
#include "starknet/disk.h"
#include "starknet/keccak.h"
#include "starknet/private_file.h"

#include <fcntl.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_SCRYPT_BYTES (UINT64_C(1) << 30)
#define SALT_MAX 64

typedef struct {
    uint64_t n;
    uint64_t r, p;
    uint8_t salt[SALT_MAX], iv[16], mac[32], ciphertext[KEYSTORE_SECRET];
    size_t salt_bytes;
} sealed;

static void put_hex(char *out, const uint8_t *p, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[p[i] >> 4];
        out[2 * i + 1] = digits[p[i] & 15];
    }
    out[2 * n] = 0;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* Whole bytes, min..max of them. */
static sp_status get_hex(uint8_t *out, size_t *n, size_t min, size_t max, const json_t *v)
{
    const char *s = json_string_value(v);
    size_t len = s ? strlen(s) : 1;
    if (len % 2 || len / 2 < min || len / 2 > max) return SP_ERR_FORMAT;
    for (size_t i = 0; i < len / 2; i++) {
        int high = digit(s[2 * i]), low = digit(s[2 * i + 1]);
        if (high < 0 || low < 0) return SP_ERR_FORMAT;
        out[i] = (uint8_t)(high << 4 | low);
    }
    if (n) *n = len / 2;
    return SP_OK;
}

static bool text_is(const json_t *v, const char *want)
{
    const char *s = json_string_value(v);
    return s && !strcmp(s, want);
}

/* The memory is checked before it is asked for. */
static sp_status get_cost(sealed *k, const json_t *params)
{
    const json_t *n = json_object_get(params, "n"), *r = json_object_get(params, "r");
    const json_t *p = json_object_get(params, "p"), *dklen = json_object_get(params, "dklen");
    if (!json_is_integer(n) || !json_is_integer(r) || !json_is_integer(p) ||
        !json_is_integer(dklen) || json_integer_value(dklen) != 32)
        return SP_ERR_FORMAT;
    json_int_t nv = json_integer_value(n), rv = json_integer_value(r), pv = json_integer_value(p);
    if (nv < 2 || (nv & (nv - 1)) || rv < 1 || pv < 1) return SP_ERR_FORMAT;
    if (nv > 1 << 24 || rv > 64 || pv > 16) return SP_ERR_LIMIT;
    if (rv == 1 && nv >= 1 << 16) return SP_ERR_FORMAT; /* RFC 7914, 2: n < 2^(16*r) */
    k->n = (uint64_t)nv;
    k->r = (uint64_t)rv;
    k->p = (uint64_t)pv;
    return 128 * k->n * k->r > MAX_SCRYPT_BYTES ? SP_ERR_LIMIT : SP_OK;
}

static sp_status get_sealed(sealed *k, const json_t *root)
{
    const json_t *crypto = json_object_get(root, "crypto"),
                 *version = json_object_get(root, "version");
    const json_t *params = json_object_get(crypto, "kdfparams");
    size_t n;
    if (!json_is_integer(version) || json_integer_value(version) != 3 ||
        !text_is(json_object_get(crypto, "cipher"), "aes-128-ctr") ||
        !text_is(json_object_get(crypto, "kdf"), "scrypt"))
        return SP_ERR_FORMAT;
    SP_TRY(get_cost(k, params));
    SP_TRY(get_hex(k->salt, &k->salt_bytes, 1, SALT_MAX, json_object_get(params, "salt")));
    SP_TRY(
        get_hex(k->iv, &n, 16, 16, json_object_get(json_object_get(crypto, "cipherparams"), "iv")));
    SP_TRY(get_hex(k->mac, &n, 32, 32, json_object_get(crypto, "mac")));
    return get_hex(k->ciphertext, &n, KEYSTORE_SECRET, KEYSTORE_SECRET,
                   json_object_get(crypto, "ciphertext"));
}

static sp_status derive(uint8_t key[32], const sealed *k, const char *password, size_t password_len)
{
    /* scrypt's own bound on memory: 128*r*(n + p + 2) and a little. */
    uint64_t most = 128 * k->r * (k->n + k->p + 2) + 4096;
    return EVP_PBE_scrypt(password, password_len, k->salt, k->salt_bytes, k->n, k->r, k->p, most,
                          key, 32) == 1
               ? SP_OK
               : SP_ERR_NOMEM;
}

/* Encrypts or, which is the same, decrypts. */
static sp_status apply_cipher(uint8_t out[32], const uint8_t in[32], const uint8_t key[16],
                              const uint8_t iv[16])
{
    int n = 0;
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    bool ok = c && EVP_EncryptInit_ex(c, EVP_aes_128_ctr(), NULL, key, iv) == 1 &&
              EVP_EncryptUpdate(c, out, &n, in, 32) == 1 && n == 32;
    EVP_CIPHER_CTX_free(c);
    return ok ? SP_OK : SP_ERR_NOMEM;
}

static void check_value(uint8_t mac[32], const uint8_t key[32], const uint8_t ciphertext[32])
{
    uint8_t m[48];
    memcpy(m, key + 16, 16);
    memcpy(m + 16, ciphertext, 32);
    keccak256(mac, m, sizeof m);
    ct_wipe(m, sizeof m);
}

sp_status keystore_open(uint8_t secret[KEYSTORE_SECRET], const char *json, size_t len,
                        const char *password, size_t password_len)
{
    sealed k;
    uint8_t key[32], mac[32], plain[32];
    memset(&k, 0, sizeof k);
    if (len > KEYSTORE_MAX_BYTES) return SP_ERR_LIMIT;
    json_t *root = json_loadb(json, len, JSON_REJECT_DUPLICATES, NULL);
    sp_status st = root ? get_sealed(&k, root) : SP_ERR_FORMAT;
    json_decref(root);
    SP_TRY(st);
    st = derive(key, &k, password, password_len);
    if (st == SP_OK) {
        check_value(mac, key, k.ciphertext);
        if (CRYPTO_memcmp(mac, k.mac, sizeof mac)) st = SP_ERR_REJECT;
    }
    if (st == SP_OK) st = apply_cipher(plain, k.ciphertext, key, k.iv);
    if (st == SP_OK) memcpy(secret, plain, sizeof plain);
    ct_wipe(key, sizeof key);
    ct_wipe(plain, sizeof plain);
    return st;
}

static sp_status random_bytes(uint8_t *p, size_t n)
{
    return getrandom(p, n, 0) == (ssize_t)n ? SP_OK : SP_ERR_IO; /* never short up to 256 */
}

#define TEXT_ROOM 1024 /* the text below has fewer than 700 bytes */

static void write_text(char *out, const sealed *k, const uint8_t id[16])
{
    char iv[33], ciphertext[65], salt[2 * SALT_MAX + 1], mac[65], u[33];
    put_hex(iv, k->iv, 16);
    put_hex(ciphertext, k->ciphertext, 32);
    put_hex(salt, k->salt, k->salt_bytes);
    put_hex(mac, k->mac, 32);
    put_hex(u, id, 16);
    snprintf(out, TEXT_ROOM,
             "{\"crypto\":{\"cipher\":\"aes-128-ctr\",\"cipherparams\":{\"iv\":\"%s\"},"
             "\"ciphertext\":\"%s\",\"kdf\":\"scrypt\",\"kdfparams\":{\"dklen\":32,\"n\":%llu,"
             "\"p\":%llu,\"r\":%llu,\"salt\":\"%s\"},\"mac\":\"%s\"},"
             "\"id\":\"%.8s-%.4s-%.4s-%.4s-%.12s\",\"version\":3}\n",
             iv, ciphertext, (unsigned long long)k->n, (unsigned long long)k->p,
             (unsigned long long)k->r, salt, mac, u, u + 8, u + 12, u + 16, u + 20);
}

sp_status keystore_seal(char **json, const uint8_t secret[KEYSTORE_SECRET], const char *password,
                        size_t password_len, unsigned log_n)
{
    sealed k;
    uint8_t key[32], id[16];
    *json = NULL;
    if (log_n < 10 || log_n > 20) return SP_ERR_ARG;
    memset(&k, 0, sizeof k);
    k.n = UINT64_C(1) << log_n;
    k.r = 8;
    k.p = 1;
    k.salt_bytes = 32;
    SP_TRY(random_bytes(k.salt, 32));
    SP_TRY(random_bytes(k.iv, 16));
    SP_TRY(random_bytes(id, 16));
    id[6] = (uint8_t)((id[6] & 15) | 0x40); /* a random UUID: version 4, variant 1 (RFC 4122) */
    id[8] = (uint8_t)((id[8] & 63) | 0x80);
    char *text = malloc(TEXT_ROOM);
    if (!text) return SP_ERR_NOMEM;
    sp_status st = derive(key, &k, password, password_len);
    if (st == SP_OK) st = apply_cipher(k.ciphertext, secret, key, k.iv);
    if (st == SP_OK) {
        check_value(k.mac, key, k.ciphertext);
        write_text(text, &k, id);
        *json = text;
    } else {
        free(text);
    }
    ct_wipe(key, sizeof key);
    return st;
}

/* The folder's entry of a new file is on the disk, too. */
static bool sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    const int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    const bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0) close(fd);
    free(folder);
    return ok;
}

sp_status keystore_file_write(const char *path, const char *json)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return SP_ERR_IO;
    bool ok = fchmod(fd, 0600) == 0; /* whatever the umask */
    ok = disk_write_close(fd, json, ok ? strlen(json) : 0) && ok;
    ok = ok && sync_folder(path);
    if (!ok) unlink(path);
    return ok ? SP_OK : SP_ERR_IO;
}

sp_status keystore_file_read(char **json, size_t *len, bool *others, const char *path)
{
    struct stat s;
    *json = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe does not hold us up */
    if (fd < 0) return SP_ERR_IO;
    sp_status st = SP_OK;
    char *p = NULL;
    size_t n = 0;
    if (fstat(fd, &s) || !S_ISREG(s.st_mode))
        st = SP_ERR_IO;
    else if (!(p = malloc(KEYSTORE_MAX_BYTES + 1)))
        st = SP_ERR_NOMEM;
    while (st == SP_OK && n <= KEYSTORE_MAX_BYTES) {
        ssize_t k = read(fd, p + n, KEYSTORE_MAX_BYTES + 1 - n);
        if (k < 0) st = SP_ERR_IO;
        if (k <= 0) break;
        n += (size_t)k;
    }
    const bool open_to_others = !private_file_check(fd);
    close(fd);
    if (st == SP_OK && n > KEYSTORE_MAX_BYTES) st = SP_ERR_LIMIT;
    if (st != SP_OK) {
        free(p);
        return st;
    }
    *json = p;
    *len = n;
    *others = open_to_others;
    return SP_OK;
}
