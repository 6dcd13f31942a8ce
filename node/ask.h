/* ask.h - `sprove node status`, `drain` and `logs`: what a node that runs, or its folder, says. */
#ifndef NODE_ASK_H
#define NODE_ASK_H

#include "node/daemon.h"

typedef struct {
    bool json, off, wait, follow;
    unsigned lines;
    const char *api_key_file; /* for the relayer's view of the node; NULL: SPROVE_API_KEY or none */
} ask_options;

/* Exit codes: 0; 1: no node runs with this folder, or it does not answer. */
int ask_status(const node_options *o, const ask_options *a);
int ask_drain(const node_options *o, const ask_options *a);
int ask_logs(const node_options *o, const ask_options *a);

#endif
