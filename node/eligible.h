/* eligible.h - why a node gets no work: from its own status (control.h) and, where a key for it is
 * there, from what the relayer has of it. */
#ifndef NODE_ELIGIBLE_H
#define NODE_ELIGIBLE_H

#include "node/daemon.h"

#include <jansson.h>

/* The relayer's GET /nodes/ID; NULL with a sentence: it was not asked, or gave no answer. */
#define ELIGIBLE_WHY 256
json_t *eligible_ask(const node_options *o, const char *node_id, const char *api_key_file,
                     char why[ELIGIBLE_WHY]);

/* A list of {"code", "text"}, empty when nothing stands in the way. at_relayer may be NULL. */
json_t *eligible_reasons(const json_t *status, const json_t *at_relayer, int64_t now_ms);

#endif
