/* calldata.h - values as the felts that Cairo entry points take and return.
 *
 * A writer fills memory of the caller's and never passes its end or the network's limit; after the
 * first failure it stays as it was, and every further write fails with the same status, so that one
 * check at the end suffices. A reader takes felts from a node, which it does not trust: a value out
 * of range or past the end is SP_ERR_FORMAT. Encodings: the Cairo documentation, serialization. */
#ifndef STARKNET_CALLDATA_H
#define STARKNET_CALLDATA_H

#include "starknet/felt.h"

/* An unsigned number of 256 bits; two felts in calldata, the low half first. */
typedef struct {
    u128 low, high;
} u256;

/* Decimal digits, or "0x" and hexadecimal ones. SP_ERR_FORMAT and *out untouched: no digit,
 * anything else, or 2^256 and more. */
SP_MUST_USE sp_status u256_read_text(u256 *out, const char *text);
#define U256_TEXT 79 /* 78 digits and the zero byte */
/* Decimal, without leading zeros. */
void u256_write_text(char out[U256_TEXT], u256 a);

typedef struct {
    felt *v;
    size_t n, room; /* room at most TX_MAX_CALLDATA */
    sp_status failed;
    size_t call_len; /* index of the length of the call under way; 0 = none */
} calldata_writer;

/* At most min(room, TX_MAX_CALLDATA) felts into v, which must outlive c. */
void calldata_init(calldata_writer *c, felt *v, size_t room);
/* SP_OK, or why a write failed: SP_ERR_LIMIT no room, SP_ERR_ARG wrong use. */
SP_MUST_USE sp_status calldata_status(const calldata_writer *c);
felt_span calldata_span(const calldata_writer *c);

void calldata_felt(calldata_writer *c, felt a);
void calldata_u64(calldata_writer *c, uint64_t a); /* u8, u16, u32, u64, bool */
void calldata_u128(calldata_writer *c, u128 a);
void calldata_u256(calldata_writer *c, u256 a);
/* As they are, without a length: a struct or a tuple. */
void calldata_felts(calldata_writer *c, felt_span list);
/* Span<felt252> or Array<felt252>: the length, then the elements. */
void calldata_list(calldata_writer *c, felt_span list);
/* ByteArray: the number of full words, words of 31 bytes, the rest, the number of its bytes. */
void calldata_bytes(calldata_writer *c, const void *data, size_t bytes);

/* The argument of __execute__ of an account: the number of calls, then for each the contract, the
 * selector, the number of felts and the felts. begin once with the number of calls, then as many
 * call_open, writes, call_close. SP_ERR_ARG in calldata_status when not closed or nested. */
void calldata_calls(calldata_writer *c, size_t n_calls);
void calldata_call_open(calldata_writer *c, felt to, felt selector);
void calldata_call_close(calldata_writer *c);

typedef struct {
    felt_span list;
    size_t at;
} calldata_reader;

SP_MUST_USE sp_status calldata_read_felt(calldata_reader *r, felt *out);
SP_MUST_USE sp_status calldata_read_u64(calldata_reader *r, uint64_t *out);
SP_MUST_USE sp_status calldata_read_u128(calldata_reader *r, u128 *out);
SP_MUST_USE sp_status calldata_read_u256(calldata_reader *r, u256 *out);
SP_MUST_USE sp_status calldata_read_bool(calldata_reader *r, bool *out); /* 0 or 1 */
/* A length and that many felts, as a view into the reader's list. */
SP_MUST_USE sp_status calldata_read_list(calldata_reader *r, felt_span *out);
/* ByteArray into out; *bytes on entry: room, on exit: length. SP_ERR_LIMIT when it does not fit. */
SP_MUST_USE sp_status calldata_read_bytes(calldata_reader *r, uint8_t *out, size_t *bytes);
/* SP_ERR_FORMAT unless everything was read. */
SP_MUST_USE sp_status calldata_read_end(const calldata_reader *r);

#endif
