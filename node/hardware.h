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
    uint32_t vram_mib, used_mib;
    unsigned use_percent; /* of the last moments; HARDWARE_NOT_SAID */
    char compute[8];      /* compute capability, "9.0"; "" when not said */
    char driver[24];      /* version of the driver; "" when not said */
} hardware_gpu;
#define HARDWARE_NOT_SAID 255

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
/* Its answer, lines "name, MiB, MiB in use, percent, capability, driver". Lines of another form are
 * left out. */
void hardware_read_gpus(hardware *h, const char *text, size_t n);

enum hardware_gpu_source { HARDWARE_GPU_NONE, HARDWARE_GPU_NVML, HARDWARE_GPU_SMI };
/* Who is asked, where it is not the system's: NULL. */
typedef struct {
    const char *program; /* sprove-gpus; NULL: beside this program, or in ../libexec/sprove */
    const char *library; /* libnvidia-ml.so.1 */
    const char *smi;     /* nvidia-smi */
    unsigned ask_ms;     /* how long each may take; 0: ten seconds, for it wakes the devices up */
} hardware_gpu_places;
/* Asks NVIDIA's management library by sprove-gpus, and nvidia-smi where that does not answer: in
 * children with a deadline that have their directory under `dir`. Returns who answered; when nobody
 * does there are no graphics processors. */
enum hardware_gpu_source hardware_ask_gpus(hardware *h, const char *dir,
                                           const hardware_gpu_places *where);

/* The `specs` of a register message: cpu_model, cpu_threads, cpu_features, ram_gb and disk_gb
 * (whole GiB, rounded down), gpus of name, vram_gb, cc. NULL: out of memory. */
json_t *hardware_specs(const hardware *h);

#endif
