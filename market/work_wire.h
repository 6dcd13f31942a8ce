/* work_wire.h - requests and results as bytes, between a parent and sprove-worker. */
#ifndef MARKET_WORK_WIRE_H
#define MARKET_WORK_WIRE_H

#include "market/work.h"

/* A request is a head of this size, which says how long the rest is, and the rest. */
#define WORK_HEAD_BYTES 40u
/* A result has this size. */
#define WORK_RECORD_BYTES 640u
/* Before a line of progress on descriptor 2: "progress PHASE DONE TOTAL". */
#define WORK_PROGRESS "progress"

/* Descriptors of the child. */
enum { WORK_FD_REQUEST = 0, WORK_FD_RESULT = 1, WORK_FD_OUTPUT = 3, WORK_FD_PROOF = 4 };

/* *frame is malloc'ed: head and rest. SP_ERR_LIMIT: longer than WORK_MAX_FRAME. */
SP_MUST_USE sp_status work_frame_write(uint8_t **frame, size_t *n, const work_request *r);
/* Bytes after the head. SP_ERR_FORMAT: no head; SP_ERR_REJECT: of another version. */
SP_MUST_USE sp_status work_head_read(size_t *rest, const uint8_t head[WORK_HEAD_BYTES]);
/* The rest, of which r's pointers are views. SP_ERR_FORMAT. */
SP_MUST_USE sp_status work_frame_read(work_request *r, const uint8_t *rest, size_t n);

void work_record_write(uint8_t out[WORK_RECORD_BYTES], const work_result *r);
/* Takes nothing on trust: detail is printable, the code is one of ours. SP_ERR_FORMAT. */
SP_MUST_USE sp_status work_record_read(work_result *r, const uint8_t in[WORK_RECORD_BYTES]);

/* The line as phase and numbers; false: it is no progress. */
bool work_progress_read(const char *line, enum work_phase *phase, uint64_t *done, uint64_t *total);

/* The work itself, in the child (work_run.c). Output and proof go to the descriptors, unless -1. */
void work_run(const work_request *r, int output_fd, int proof_fd, work_result *result);

#endif
