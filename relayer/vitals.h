/* vitals.h - what nodes said of themselves last, in their heartbeats, and how far away they are:
 * kept in memory by the relayer that has their sessions, for whoever asks. No row is written for
 * it. Any thread. */
#ifndef RELAYER_VITALS_H
#define RELAYER_VITALS_H

#include "core/sp.h"

#include <jansson.h>

#define VITALS_GPUS 16
#define VITALS_UNKNOWN (-1)

/* Each VITALS_UNKNOWN where it was not said. */
typedef struct {
    int64_t at_ms;
    int32_t cpu_ppm, mem_ppm, load1_milli, disk_free_gb;
    int64_t rtt_us;
    unsigned n_gpus;
    struct {
        int32_t util_ppm, mem_ppm;
    } gpu[VITALS_GPUS];
} vitals;

/* Of a heartbeat. False: something in it is not as it must be; why is a sentence of 100 bytes. */
SP_MUST_USE bool vitals_read(vitals *v, const json_t *heartbeat, char why[100]);
/* As GET /nodes/ID shows it. */
json_t *vitals_json(const vitals *v);

typedef struct vitals_table vitals_table;
SP_MUST_USE sp_status vitals_new(vitals_table **out);
void vitals_delete(vitals_table *t);
/* Of a node's session; a later session of the same node has its own. Nothing when out of memory. */
void vitals_put(vitals_table *t, const char *node, uint64_t session, const vitals *v);
void vitals_forget(vitals_table *t, const char *node, uint64_t session);
SP_MUST_USE bool vitals_get(vitals_table *t, vitals *v, const char *node);

#endif
