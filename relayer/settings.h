/* settings.h - defaults, then a file, then the environment, then the command line.
 *
 * The file is INI (libinih): [section] and name = value in lines below 200 bytes; lists (chain.rpc,
 * server.trusted_proxies) are separated by commas, and go on where their name comes again or a line
 * begins with a blank. A variable of the environment is SPROVE_SECTION_NAME in capitals; other
 * variables are not ours. An unknown name, one that comes twice, a value out of range and timers
 * out of order are errors that name the place. Keys are in files of their own; URLs may contain
 * some, and are printed without. docs/operations.md lists all. */
#ifndef RELAYER_SETTINGS_H
#define RELAYER_SETTINGS_H

#include "core/sp.h"

#include <stdio.h>

#define SETTINGS_TEXT 512
#define SETTINGS_WHY 320
#define SETTINGS_URLS 8

typedef struct {
    /* [server] */
    char listen[SETTINGS_TEXT]; /* address:port */
    bool listen_given;          /* somebody wants this one, not the default */
    char data[SETTINGS_TEXT];   /* the folder of everything that is kept */
    char tls_cert[SETTINGS_TEXT], tls_key[SETTINGS_TEXT];
    char metrics[SETTINGS_TEXT]; /* address:port, or empty: none */
    uint64_t port_fallback, max_connections, per_ip, upgrade_rate, min_rate, shutdown_ms;
    uint64_t head_ms, body_ms, send_ms;
    char trusted_proxies[SETTINGS_TEXT], cors_origins[SETTINGS_TEXT];
    char alternate_urls[SETTINGS_TEXT]; /* where nodes may go while this one is away */
    /* [db] */
    char database[SETTINGS_TEXT]; /* empty: relayer.db in the data folder */
    uint64_t group_ms, group_max, readers;
    /* [ws] in milliseconds */
    uint64_t offer_ms, heartbeat_ms, resume_grace_ms, heartbeat_timeout_ms, lease_ms, start_by_ms;
    uint64_t reconnect_ms;
    uint64_t max_message, message_rate, message_burst; /* of one socket, per second */
    uint64_t require_node_signature;
    /* [sched] */
    uint64_t exploration_ppm, max_attempts, weight_spec, weight_history, weight_reputation,
        weight_price, weight_load, weight_geo;
    /* [verify], [audit] */
    uint64_t verifiers, verify_ms, audit_ppm, audit_ms;
    /* [chain] */
    char rpc[SETTINGS_TEXT], chain_id[SETTINGS_TEXT], contract[SETTINGS_TEXT],
        account[SETTINGS_TEXT], keystore[SETTINGS_TEXT], password_file[SETTINGS_TEXT],
        max_fee_fri[SETTINGS_TEXT], l2_price_floor[SETTINGS_TEXT],
        tip[SETTINGS_TEXT];                     /* whole numbers of FRI */
    char token[SETTINGS_TEXT];                  /* that amounts are of */
    uint64_t poll_ms, assign_ms, require_proof; /* of nodes' accounts */
    /* [storage] */
    char blobs[SETTINGS_TEXT]; /* empty: blobs in the data folder */
    uint64_t max_blob, keep_payloads, retention_ms, settled_ms, rows_ms, unused_ms, min_free;
    /* [limits] per second and burst, for one key */
    uint64_t post_rate, post_burst, read_rate, read_burst, open_tasks, unseen_escrows;
    uint64_t uploads, upload_bytes; /* at once; in an hour */
    uint64_t stored_bytes, daily_tasks;
    char daily_spend[SETTINGS_TEXT]; /* FRI a day; empty: any amount */
    /* [auth] */
    uint64_t login_wallets, login_unlisted, login_challenge_ms, login_token_ms, login_rate,
        login_most;
    char login_origin[SETTINGS_TEXT], login_scopes[SETTINGS_TEXT];
    /* [webhooks] */
    uint64_t allow_private_callbacks, hook_legacy_header, hook_timeout_ms, hook_retry_ms;
    char hook_ca_file[SETTINGS_TEXT]; /* empty: the system's */
    /* [backup] */
    char backup_dir[SETTINGS_TEXT]; /* empty: only on demand, into the data folder */
    uint64_t backup_every_ms, backup_keep;
    /* [log] */
    char log_level[SETTINGS_TEXT];
} settings;

/* Defaults; the data folder is $XDG_DATA_HOME/sprove or ~/.local/share/sprove. */
void settings_init(settings *s);
/* SP_ERR_IO: the file cannot be read; SP_ERR_FORMAT: something in it, or in the environment, is
 * wrong. */
SP_MUST_USE sp_status settings_read_file(settings *s, const char *path, char why[SETTINGS_WHY]);
SP_MUST_USE sp_status settings_read_environment(settings *s, char *const *environment,
                                                char why[SETTINGS_WHY]);
/* One of "section.name" as the command line gives it. */
SP_MUST_USE sp_status settings_set(settings *s, const char *name, const char *value,
                                   char why[SETTINGS_WHY]);
/* What settings mean together: timers in their order, an address that can be read. */
SP_MUST_USE sp_status settings_check(const settings *s, char why[SETTINGS_WHY]);
/* Everything from where a process has its settings, in their order, and settings_check. */
typedef struct {
    const char *file; /* NULL: none */
    char *const *environment;
    const char *const *pairs; /* "section.name=value" of the command line */
    size_t n_pairs;
} settings_source;
SP_MUST_USE sp_status settings_load(settings *s, const settings_source *from,
                                    char why[SETTINGS_WHY]);

/* As a file that would set the same, except that of a URL whatever is neither scheme nor host is
 * left out. */
void settings_print(const settings *s, FILE *out);

/* One by one: the i-th of settings_count. */
size_t settings_count(void);
const char *settings_section(size_t i);
const char *settings_name(size_t i);
void settings_print_value(const settings *s, size_t i, FILE *out); /* as settings_print */
bool settings_same(const settings *a, const settings *b, size_t i);
bool settings_is_text(size_t i);
/* A number at once, for settings_now; a text not so. */
void settings_take(settings *to, const settings *from, size_t i);
/* A number that may change while the relayer runs (reload.h). */
static inline uint64_t settings_now(const uint64_t *v)
{
    return __atomic_load_n(v, __ATOMIC_RELAXED);
}

/* "address:port", "[address]:port" */
SP_MUST_USE bool settings_address(char *address, size_t room, unsigned *port, const char *text);

#endif
