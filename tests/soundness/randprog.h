/* randprog.h - random straight-line guests that reach every instruction and edge operands. */
#ifndef TESTS_SOUNDNESS_RANDPROG_H
#define TESTS_SOUNDNESS_RANDPROG_H

#include "tests/soundness/guest.h"

extern const uint32_t edge_words[16];
/* Half of the time an edge word, else any; from test_rand. */
uint32_t random_word(void);

extern const enum vm_op ops_r[18];    /* rd, rs1, rs2 */
extern const enum vm_op ops_i[6];     /* rd, rs1, imm */
extern const enum vm_op ops_shift[3]; /* rd, rs1, amount */
extern const enum vm_op ops_branch[6];
extern const enum vm_op ops_load[5];
extern const enum vm_op ops_store[3];

/* About n instructions on x0..x13 from edge and random words, with forward jumps, loads and stores
 * all over RAM, the windows and the code, then an output of 0 to 20 bytes and the halt. */
void random_guest(guest *g, unsigned n);

#endif
