/* doctor.h - `sprove node doctor`: what a provider's machine and settings are like, before it takes
 * work or when it gets none. A line for each thing: ok, warn or fail, and what to do. */
#ifndef NODE_DOCTOR_H
#define NODE_DOCTOR_H

#include "node/daemon.h"

/* Changes nothing but what it makes and removes in the work folder. 0: nothing fails; 1. */
int doctor(const node_options *o, bool json);

#endif
