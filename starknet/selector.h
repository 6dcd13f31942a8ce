/* selector.h - names as felts: entry points and events, and short strings. Public data. */
#ifndef STARKNET_SELECTOR_H
#define STARKNET_SELECTOR_H

#include "starknet/felt.h"

/* Keccak-256 of the name modulo 2^250; 0 for __default__ and __l1_default__. Events likewise. */
felt selector_from_name(const char *name);

#define SHORTSTRING_MAX 31

/* The bytes as a big-endian number. SP_ERR_FORMAT: more than 31 bytes, or a byte that is not
 * printable ASCII (0x20..0x7e). */
SP_MUST_USE sp_status shortstring_read(felt *out, const char *text);
/* The text of a felt, with a zero byte. SP_ERR_FORMAT as above; out is then untouched. 0 is "". */
SP_MUST_USE sp_status shortstring_write(char out[SHORTSTRING_MAX + 1], felt a);

#endif
