/* hardware.h - what machine this is, as a node tells its relayer and decides by: processor, memory
 * and disk, within the limits of the control group that the process is in, and graphics processors.
 */
#ifndef NODE_HARDWARE_H
#define NODE_HARDWARE_H

#include "core/sp.h"

#include <jansson.h>

#define HARDWARE_MAX_GPUS 16
#define HARDWARE_NAME 96

typedef struct {
    char name[HARDWARE_NAME];
    uint32_t vram_mib;
    char compute[8]; /* compute capability, "9.0"; "" when not said */
} hardware_gpu;

typedef struct {
    char cpu_model[HARDWARE_NAME]; /* printable ASCII */
    unsigned threads;              /* logical processors that this process may use, at least 1 */
    bool avx2, avx512;             /* AVX-512 F */
    uint64_t memory_total, memory_available, disk_free; /* bytes */
    hardware_gpu gpu[HARDWARE_MAX_GPUS];
    unsigned n_gpus;
} hardware;

/* Everything but graphics processors. The system's files are read under `root` ("" outside of
 * tests); disk_path is where work is done. What the system does not say is 0 or "". */
void hardware_read(hardware *h, const char *root, const char *disk_path);

/* The arguments that nvidia-smi is asked with, after its name. */
extern const char *const hardware_gpu_query[3];
/* Its answer, lines "name, MiB, capability". Lines of another form are left out. */
void hardware_read_gpus(hardware *h, const char *text, size_t n);
/* Asks the nvidia-smi of the system, in a child with a deadline that has its directory under `dir`.
 * False: there is none, or it did not answer; then there are no graphics processors. */
bool hardware_ask_gpus(hardware *h, const char *dir);

/* The `specs` of a register message: cpu_model, cpu_threads, cpu_features, ram_gb and disk_gb
 * (whole GiB, rounded down), gpus of name, vram_gb, cc. NULL: out of memory. */
json_t *hardware_specs(const hardware *h);

#endif
