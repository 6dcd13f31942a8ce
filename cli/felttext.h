/* felttext.h - felts as text: hex words that begin with 0x, apart by white space, or a JSON array
 * of them, quoted or not. */
#ifndef CLI_FELTTEXT_H
#define CLI_FELTTEXT_H

#include "air/felts.h"

bool felttext_space(char c);
/* Reads a zero-terminated text; returns the number of words, at most room. Zero when it is anything
 * else, or empty: *bad is then the index of the first character that does not fit. A word has at
 * most 64 digits; whether it is a felt of a proof is for felts_to_proof to say. */
size_t felttext_read(felt252 *out, size_t room, const char *text, size_t *bad);

#endif
