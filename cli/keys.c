/* keys.c - `sprove keys`: keystores made and looked at, and the addresses of their accounts. */
#include "cli/chain_session.h"
#include "cli/commands.h"
#include "cli/secret.h"
#include "starknet/address.h"
#include "starknet/keystore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Account contracts, by their constructors. The classes are those that the Starknet Foundry book
 * (sncast account create) gives for OpenZeppelin 1.0.0 and Argent 0.4.0. */
static const struct {
    const char *name, *class_hash;
} kinds[] = {
    {"openzeppelin", "0x5b4b537eaa2399e3aa99c4e2e0208ebd6c71bc1467938cd52c798c601e43564"},
    {"argent", "0x36078334509b514626504edc9fb252328d1a240e4e948bef8d0c08dff45927f"},
};

/* The account's address: class, salt and what its constructor is given. */
static int add_address(json_t *j, const cli_args *a, felt pub)
{
    const char *kind = a->value[OPT_KIND] ? a->value[OPT_KIND] : kinds[0].name;
    felt class_hash, salt = pub, calldata[3];
    size_t n = 0;
    const bool argent = strcmp(kind, kinds[1].name) == 0;
    const char *text = kinds[argent].class_hash;
    if (felt_read_hex(&class_hash, text, strlen(text)) != SP_OK) return EXIT_UNSAT;
    int code = session_felt(a, OPT_CLASS, &class_hash);
    if (!code) code = session_felt(a, OPT_SALT, &salt);
    if (code) return code;
    if (argent) calldata[n++] = felt_zero(); /* the owner: a Signer, its variant Starknet */
    calldata[n++] = pub;
    if (argent) calldata[n++] = felt_one(); /* the guardian: an Option, its variant None */
    json_object_set_new(j, "kind", json_string(kind));
    json_object_set_new(j, "class", session_json_felt(class_hash));
    json_object_set_new(j, "salt", session_json_felt(salt));
    json_object_set_new(j, "address",
                        session_json_felt(address_of_contract(felt_zero(), salt, class_hash,
                                                              (felt_span){calldata, n})));
    return 0;
}

static int print(const cli_args *a, felt pub)
{
    json_t *j = json_object();
    json_object_set_new(j, "public_key", session_json_felt(pub));
    const int code = add_address(j, a, pub);
    if (!code) return report_print(a, j);
    json_decref(j);
    return code;
}

/* Writes the key to a new file. */
static int seal(const ecdsa_key *key, const char *path, const char *password_file)
{
    char password[SECRET_MAX] = "", *json = NULL;
    uint8_t be[KEYSTORE_SECRET];
    int code = secret_new_password(password, password_file);
    if (!code) {
        ecdsa_key_write(be, key);
        const sp_status st = keystore_seal(&json, be, password, strlen(password), KEYSTORE_LOG_N);
        ct_wipe(be, sizeof be);
        if (st != SP_OK) code = cli_fail(cli_code(st), "the key cannot be put under the password");
    }
    ct_wipe(password, sizeof password);
    if (!code && keystore_file_write(path, json) != SP_OK)
        code = cli_fail(EXIT_IO, "%s: cannot be written, or exists", path);
    free(json);
    return code;
}

/* Hex digits, 0x first or not; false: anything else, or more than 32 bytes. */
static bool key_bytes(uint8_t be[KEYSTORE_SECRET], const char *text)
{
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) text += 2;
    const size_t n = strlen(text);
    if (!n || n > 2 * KEYSTORE_SECRET) return false;
    memset(be, 0, KEYSTORE_SECRET);
    for (size_t i = 0; i < n; i++) {
        const char c = text[n - 1 - i];
        unsigned v = (unsigned)(c - '0');
        if (c >= 'a' && c <= 'f') v = (unsigned)(c - 'a') + 10;
        if (c >= 'A' && c <= 'F') v = (unsigned)(c - 'A') + 10;
        if (v > 15) return false;
        be[KEYSTORE_SECRET - 1 - i / 2] |= (uint8_t)(v << 4 * (i % 2));
    }
    return true;
}

static int read_key(ecdsa_key *key, const char *path)
{
    char line[SECRET_MAX] = "";
    uint8_t be[KEYSTORE_SECRET];
    int code = secret_line(line, path, "private key");
    if (!code && !key_bytes(be, line))
        code = cli_fail(EXIT_FORMAT, "the private key must be up to 64 hex digits");
    if (!code && ecdsa_key_read(key, be) != SP_OK)
        code = cli_fail(EXIT_FORMAT, "the private key is 0, or not below the order of the curve");
    ct_wipe(line, sizeof line);
    ct_wipe(be, sizeof be);
    return code;
}

static int make(const cli_args *a, const settings *set, bool import, felt *pub)
{
    ecdsa_key key;
    const char *path = set->value[SET_KEYSTORE];
    int code = 0;
    if (!path) return cli_fail(EXIT_USAGE, "--keystore is needed: the file to make");
    if (access(path, F_OK) == 0)
        return cli_fail(EXIT_IO, "%s: exists; a keystore is never replaced", path);
    memset(&key, 0, sizeof key);
    if (import)
        code = read_key(&key, a->value[OPT_KEY_FILE]);
    else if (ecdsa_key_new(&key) != SP_OK)
        code = cli_fail(EXIT_IO, "the system gives no random numbers");
    if (!code) code = seal(&key, path, set->value[SET_PASSWORD_FILE]);
    if (!code) ecdsa_public(pub, &key);
    ecdsa_key_wipe(&key);
    return code;
}

static int public_of(const cli_args *a, const settings *set, felt *pub)
{
    ecdsa_key key;
    if (a->value[OPT_PUBLIC_KEY]) return session_felt(a, OPT_PUBLIC_KEY, pub);
    memset(&key, 0, sizeof key);
    const int code = secret_unlock(&key, set->value[SET_KEYSTORE], set->value[SET_PASSWORD_FILE]);
    if (!code) ecdsa_public(pub, &key);
    ecdsa_key_wipe(&key);
    return code;
}

int command_keys(const cli_args *a)
{
    static const char *const actions[] = {"new", "import", "show", "address"};
    settings set;
    felt pub;
    unsigned which = 0;
    const char *action = a->operand[0];
    while (which < SP_COUNT(actions) && strcmp(action, actions[which])) which++;
    if (which == SP_COUNT(actions))
        return cli_fail(EXIT_USAGE, "keys %s: must be new, import, show or address", action);
    if (a->value[OPT_PUBLIC_KEY] && which != 3)
        return cli_fail(EXIT_USAGE, "--public-key is for keys address");
    if (a->value[OPT_KEY_FILE] && which != 1)
        return cli_fail(EXIT_USAGE, "--key-file is for keys import");
    int code = settings_read(&set, a);
    if (!code) code = which < 2 ? make(a, &set, which == 1, &pub) : public_of(a, &set, &pub);
    if (!code) code = print(a, pub);
    settings_free(&set);
    return code;
}
