/* open.air.h - what an evaluator of interaction columns keeps in its air_cx: the product column and
 * the sum column that are being put together. Needs fe and ef only. */
#ifndef AIR_OPEN_H
#define AIR_OPEN_H

/* Product of one or two pairs (R, W), for column k. */
typedef struct {
    ef r, w;
    unsigned n_open, k;
} air_open_pair;

enum { AIR_NUM_ONE, AIR_NUM_FE, AIR_NUM_EF };

/* A numerator, in the cheapest form that it has. */
typedef struct {
    unsigned kind;
    fe f;
    ef e;
} air_num;

/* One or two fractions, for column k. */
typedef struct {
    air_num num[2];
    ef den[2];
    unsigned n_open, k;
} air_open_sum;

#endif
