/* field.h - what field.c times of each ISA. */
#ifndef BENCHES_FIELD_H
#define BENCHES_FIELD_H

#include <stdint.h>

#define FIELD_WORDS 512 /* of each of eight arrays: 16 KiB */

typedef struct {
    void (*mul)(uint32_t *const v[8]);  /* v[0] *= v[1] */
    void (*add)(uint32_t *const v[8]);  /* v[0] += v[1] */
    void (*qmul)(uint32_t *const v[8]); /* v[0..3] *= v[4..7] */
} field_kernels;

#endif
