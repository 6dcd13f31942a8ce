/* kill.h - rows that one constraint alone rejects. */
#ifndef TESTS_AIR_KILL_H
#define TESTS_AIR_KILL_H

#include "tests/air/rows.h"

#define KILL_HALF (1u << 15) /* 2^-16 */

/* A real row whose cells but e are 0, to start from. */
void kill_real(row *r, enum air_component_id id);
/* A padding row where the cell c is 5. */
void kill_pad5(row *r, enum air_component_id id, unsigned c);

/* A row that own constraint k of a component rejects and nothing else does, merge columns not yet
 * filled; false: there is none. */
bool kill_row(row *r, enum air_component_id id, uint32_t k);
bool kill_muldiv(row *r, uint32_t k);

#endif
