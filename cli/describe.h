/* describe.h - what a proof states, for people and as JSON. */
#ifndef CLI_DESCRIBE_H
#define CLI_DESCRIBE_H

#include "cli/sizes.h"

#include <jansson.h>

json_t *describe_security_json(const security_bits *s);
/* The fields of the statement, as an object. */
json_t *describe_statement_json(const statement *st);
void describe_statement(const statement *st, const security_bits *s);

#endif
