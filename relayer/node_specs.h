/* node_specs.h - what a node says of its machine and its programs, as it is kept: members that are
 * known, in their form and bounded, whoever registers. Others are left out: older and newer nodes
 * may say more. An error (check.h) where a known member has another form. */
#ifndef RELAYER_NODE_SPECS_H
#define RELAYER_NODE_SPECS_H

#include "relayer/check.h"

#define NODE_SPECS_GPUS 64
#define NODE_SPECS_TEXT 128 /* bytes of a name */

/* To be freed; NULL without memory. m: the register message. */
char *node_specs_text(check *k, const json_t *m);
char *node_bench_text(check *k, const json_t *m);
char *node_software_text(check *k, const json_t *m);

#endif
