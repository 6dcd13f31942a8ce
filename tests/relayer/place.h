/* place.h - a database of a test's own: a file, or what SPROVE_TEST_DATABASE names, emptied. */
#ifndef TESTS_RELAYER_PLACE_H
#define TESTS_RELAYER_PLACE_H

#include "relayer/db.h"

#include <stdlib.h>

typedef struct {
    char folder[64];
    char where[512];
    bool postgres;
} place;

/* False: it cannot be made. file_only: a file, whatever the environment says. */
bool place_make(place *p, bool file_only);
void place_remove(place *p);
/* The single number that a query gives on a connection of its own; -1 on failure. */
int64_t place_number(const place *p, const char *sql);

#endif
