/* daemon.h - the provider node: registers with a relayer, takes the tasks that it can do in time,
 * delivers results until they are acknowledged. What it has promised outlives a crash (journal.h).
 */
#ifndef NODE_DAEMON_H
#define NODE_DAEMON_H

#include "core/sp.h"
#include "market/account_key.h"

#define NODE_TEXT 512

typedef struct {
    char relayer[NODE_TEXT]; /* http://host:port */
    char ca_file[NODE_TEXT]; /* whom https trusts; "": the system's */
    char data[NODE_TEXT];    /* folder of key, journal, results */
    char address[NODE_TEXT]; /* the account that is paid; "": off-chain tasks alone */
    char region[17];
    char price_base[80], price_mcycle[80]; /* FRI, decimal */
    unsigned max_concurrent;
    unsigned threads; /* for one proof; 0: all */
    uint64_t memory;  /* bytes for one proof; 0: what is free, less a part */
    bool no_bench;    /* register without measuring */
    bool quiet;
    char log_file[NODE_TEXT + 16]; /* "": none */
    /* How a claim is sent: the program sprove, and what it needs; "" where there is none. */
    char sprove[NODE_TEXT], deployment[NODE_TEXT], rpc[NODE_TEXT], network[NODE_TEXT],
        keystore[NODE_TEXT], password_file[NODE_TEXT];
} node_options;

void node_options_init(node_options *o);
/* The files of the account's key, by the names of these options. */
account_key_files node_account_files(const node_options *o);
#define NODE_EXIT_DISK 70
/* Runs until SIGTERM or SIGINT. Exit code: 0, 1 a failure (said on standard error), 2 options,
 * NODE_EXIT_DISK when the disk refused a write to the journal. */
int node_run(const node_options *o);

#endif
