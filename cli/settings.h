/* settings.h - what the commands of the marketplace are told once: by the command line, else by the
 * environment, else by a file. None of the three holds a secret. */
#ifndef CLI_SETTINGS_H
#define CLI_SETTINGS_H

#include "cli/args.h"

/* X(ID, name in the file, option, environment or NULL, whether it names a file) */
#define SETTINGS(X)                                                                \
    X(RPC, "rpc", OPT_RPC, "SPROVE_RPC", false)                                    \
    X(NETWORK, "network", OPT_NETWORK, "SPROVE_NETWORK", false)                    \
    X(DEPLOYMENT, "deployment", OPT_DEPLOYMENT, "SPROVE_DEPLOYMENT", true)         \
    X(CONTRACT, "contract", OPT_CONTRACT, "SPROVE_CONTRACT", false)                \
    X(TOKEN, "token", OPT_TOKEN, "SPROVE_TOKEN", false)                            \
    X(ACCOUNT, "account", OPT_ACCOUNT, "SPROVE_ACCOUNT", false)                    \
    X(KEYSTORE, "keystore", OPT_KEYSTORE, "SPROVE_KEYSTORE", true)                 \
    X(PASSWORD_FILE, "password_file", OPT_PASSWORD_FILE, NULL, true)               \
    X(MAX_FEE, "max_fee", OPT_MAX_FEE, "SPROVE_MAX_FEE", false)                    \
    X(JOURNAL, "journal", OPT_JOURNAL, "SPROVE_JOURNAL", true)                     \
    X(RELAYER, "relayer", OPT_RELAYER, "RELAYER_API_URL", false)                   \
    X(API_KEY_FILE, "api_key_file", OPT_API_KEY_FILE, "SPROVE_API_KEY_FILE", true) \
    X(CA_FILE, "ca_file", OPT_CA_FILE, "SPROVE_CA_FILE", true)

enum setting_id {
#define SETTING_ID(id, ...) SET_##id,
    SETTINGS(SETTING_ID)
#undef SETTING_ID
        N_SETTINGS
};

extern const char *const setting_names[N_SETTINGS];

typedef struct {
    const char *value[N_SETTINGS]; /* NULL: from nowhere; of rpc the first */
    char from[N_SETTINGS][32];     /* "--account", "SPROVE_ACCOUNT", "file" */
    const char *rpc[CLI_MAX_REPEATED];
    unsigned n_rpc;
    char *file; /* the file that was read, or NULL */
    char *owned[N_SETTINGS + 2 * CLI_MAX_REPEATED];
    unsigned n_owned;
} settings;

/* The file is --config, else $SPROVE_CONFIG, else sprove/config in $XDG_CONFIG_HOME or
 * $HOME/.config if it is there: a JSON object; relative paths in it start at its folder. An option
 * that the command does not have may still stand in the file or in the environment. Prints its
 * failure and returns the exit code; to be freed in any case. */
int settings_read(settings *s, const cli_args *a);
void settings_free(settings *s);

/* A URL without what may be a secret: scheme, host and port. out: room bytes. */
void settings_host(char *out, size_t room, const char *url);

#endif
