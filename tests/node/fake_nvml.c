/* fake_nvml.c - libnvidia-ml.so.1 as it may be: FAKE says how. Built once for each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define API __attribute__((visibility("default")))
enum { /* as the list in CMakeLists.txt */
       FINE,
       NO_DEVICE,
       NO_DRIVER,
       LOST,
       OLD,
       SHORT,
       HANGS,
       CRASHES,
       LOUD
};

typedef struct {
    unsigned long long total, free, used;
} memory_info;
typedef struct {
    unsigned gpu, memory;
} utilization;

API int nvmlInit_v2(void);
API int nvmlShutdown(void);
API int nvmlDeviceGetCount_v2(unsigned *n);
API int nvmlDeviceGetHandleByIndex_v2(unsigned i, void **d);
API int nvmlDeviceGetName(void *d, char *out, unsigned room);
API int nvmlDeviceGetMemoryInfo(void *d, memory_info *m);
API int nvmlDeviceGetUtilizationRates(void *d, utilization *u);
API int nvmlDeviceGetCudaComputeCapability(void *d, int *major, int *minor);
API int nvmlSystemGetDriverVersion(char *out, unsigned room);

static char devices[2]; /* what handles point to */

int nvmlInit_v2(void)
{
    if (FAKE == HANGS)
        for (;;) (void)pause();
    if (FAKE == CRASHES) abort();
    if (FAKE == LOUD) {
        (void)puts("Printed, 1024, 0, 0, 9.0, 1.0");
        (void)fflush(stdout);
    }
    return FAKE == NO_DRIVER ? 9 : 0;
}

int nvmlShutdown(void) { return 0; }

int nvmlDeviceGetCount_v2(unsigned *n)
{
    *n = FAKE == NO_DEVICE ? 0 : 2;
    return 0;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned i, void **d)
{
    if (i > 1 || (FAKE == LOST && i == 0)) return 15;
    *d = &devices[i];
    return 0;
}

int nvmlDeviceGetName(void *d, char *out, unsigned room)
{
    const char *const name = d == &devices[0] ? "NVIDIA H200" : "Tesla K80, the second";
    if (FAKE == LOUD) {
        memset(out, 'x', room); /* no end */
        return 0;
    }
    return snprintf(out, room, "%s", name) > 0 ? 0 : 7;
}

#if FAKE != 5 /* SHORT */
int nvmlDeviceGetMemoryInfo(void *d, memory_info *m)
{
    m->total = d == &devices[0] ? 143771ull << 20 : 11441ull << 20;
    m->used = d == &devices[0] ? 512ull << 20 : 0;
    m->free = m->total - m->used;
    return 0;
}
#endif

#if FAKE != 4 /* OLD */
int nvmlDeviceGetUtilizationRates(void *d, utilization *u)
{
    u->gpu = 37;
    u->memory = 12;
    return d == &devices[0] ? 0 : 3; /* not supported */
}

int nvmlDeviceGetCudaComputeCapability(void *d, int *major, int *minor)
{
    *major = d == &devices[0] ? 9 : 3;
    *minor = d == &devices[0] ? 0 : 7;
    return 0;
}

int nvmlSystemGetDriverVersion(char *out, unsigned room)
{
    return snprintf(out, room, "550.54.15") > 0 ? 0 : 7;
}
#endif
