/* inputs.h - the hashes by which statements name inputs that were uploaded: a long one that many
 * tasks name is read for the first of them. From any thread. */
#ifndef RELAYER_INPUTS_H
#define RELAYER_INPUTS_H

#include "relayer/programs.h"

#include <stdbool.h>
#include <stdint.h>

/* Of the bytes with this SHA-256 (hex); false: not known, or not any more. */
SP_MUST_USE bool inputs_find(char commitment[PROGRAM_DIGEST_HEX], const char *sha256);
void inputs_note(const char *sha256, const char *commitment);

#endif
