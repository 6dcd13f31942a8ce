/* doctor_parts.h - what the parts of the doctor share: lines of the report. */
#ifndef NODE_DOCTOR_PARTS_H
#define NODE_DOCTOR_PARTS_H

#include "node/daemon.h"

#include <jansson.h>

enum verdict { VERDICT_OK, VERDICT_WARN, VERDICT_FAIL };

typedef struct {
    const node_options *o;
    bool json, failed;
    json_t *list;
    char work[NODE_TEXT + 16], worker[NODE_TEXT];
    char chain_id[64]; /* of the relayer, "" when it has none */
} visit;

/* remedy: what to do, or "". The text follows the format. */
void visit_say(visit *v, enum verdict how, const char *check, const char *remedy,
               const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The machine: folders, keys, worker, sandbox, a proof, memory, disk, graphics processors. */
void doctor_machine(visit *v);
/* What it talks to: relayer, clock, the chain's node, account, keystore. */
void doctor_network(visit *v);

#endif
