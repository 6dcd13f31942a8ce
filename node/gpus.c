/* gpus.c - the program sprove-gpus: graphics processors as NVIDIA's management library (NVML) knows
 * them.
 *
 *   sprove-gpus [LIBRARY]
 *
 * A line for each, in the form of `nvidia-smi --query-gpu=... --format=csv,noheader,nounits` with
 * the fields of hardware_gpu_query; what the library does not say is [N/A]. Exit code 1: there is
 * no library, or it does not answer.
 *
 * A program of its own, with nothing of the node's in its memory: loading a library runs its code,
 * and a broken driver makes it hang or crash. The declarations are those of NVIDIA's public
 * reference of NVML, of the functions that are used. */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NVML_SUCCESS 0
#define TEXT 96 /* NVML_DEVICE_NAME_V2_BUFFER_SIZE */
#define MAX_DEVICES 64

typedef struct nvml_device *device;
typedef struct {
    unsigned long long total, free, used; /* bytes */
} memory_info;
typedef struct {
    unsigned gpu, memory; /* percent of the time */
} utilization;

static struct {
    int (*init)(void);
    int (*shutdown)(void);
    int (*count)(unsigned *n);
    int (*handle)(unsigned i, device *d);
    int (*name)(device d, char *out, unsigned room);
    int (*memory)(device d, memory_info *m);
    /* May be missing. */
    int (*use)(device d, utilization *u);
    int (*capability)(device d, int *major, int *minor);
    int (*driver)(char *out, unsigned room);
} nvml;

static void find(void *library, const char *name, void *pointer)
{
    void *p = dlsym(library, name);
    memcpy(pointer, &p, sizeof p); /* POSIX: a function's address fits */
}

static bool load(const char *given)
{
    static const char *const places[] = {"libnvidia-ml.so.1", "/usr/lib/wsl/lib/libnvidia-ml.so.1"};
    void *library = NULL;
    if (given != NULL)
        library = dlopen(given, RTLD_NOW | RTLD_LOCAL);
    else
        for (size_t i = 0; library == NULL && i < sizeof places / sizeof places[0]; i++)
            library = dlopen(places[i], RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) return false;
    find(library, "nvmlInit_v2", &nvml.init);
    find(library, "nvmlShutdown", &nvml.shutdown);
    find(library, "nvmlDeviceGetCount_v2", &nvml.count);
    find(library, "nvmlDeviceGetHandleByIndex_v2", &nvml.handle);
    find(library, "nvmlDeviceGetName", &nvml.name);
    find(library, "nvmlDeviceGetMemoryInfo", &nvml.memory);
    find(library, "nvmlDeviceGetUtilizationRates", &nvml.use);
    find(library, "nvmlDeviceGetCudaComputeCapability", &nvml.capability);
    find(library, "nvmlSystemGetDriverVersion", &nvml.driver);
    return nvml.init != NULL && nvml.shutdown != NULL && nvml.count != NULL &&
           nvml.handle != NULL && nvml.name != NULL && nvml.memory != NULL;
}

/* A device that is lost, or does not say its name and memory, is none. */
static void print(FILE *out, unsigned i, const char *driver)
{
    device d = NULL;
    memory_info m = {0, 0, 0};
    utilization u = {0, 0};
    int major = 0, minor = 0;
    char name[TEXT] = "";
    if (nvml.handle(i, &d) != NVML_SUCCESS || nvml.name(d, name, sizeof name) != NVML_SUCCESS ||
        nvml.memory(d, &m) != NVML_SUCCESS)
        return;
    name[sizeof name - 1] = 0;
    name[strcspn(name, "\r\n")] = 0;
    (void)fprintf(out, "%s, %llu, %llu, ", name, m.total >> 20, m.used >> 20);
    if (nvml.use != NULL && nvml.use(d, &u) == NVML_SUCCESS)
        (void)fprintf(out, "%u, ", u.gpu);
    else
        (void)fputs("[N/A], ", out);
    if (nvml.capability != NULL && nvml.capability(d, &major, &minor) == NVML_SUCCESS)
        (void)fprintf(out, "%d.%d, ", major, minor);
    else
        (void)fputs("[N/A], ", out);
    (void)fprintf(out, "%s\n", driver);
}

int main(int argc, char **argv)
{
    unsigned n = 0;
    char driver[TEXT] = "[N/A]";
    /* Whatever the library prints is not our answer. */
    const int fd = dup(STDOUT_FILENO);
    FILE *out = fd >= 0 && dup2(STDERR_FILENO, STDOUT_FILENO) >= 0 ? fdopen(fd, "w") : NULL;
    if (argc > 2 || out == NULL) return 2;
    if (!load(argv[1]) || nvml.init() != NVML_SUCCESS) return 1;
    if (nvml.count(&n) != NVML_SUCCESS) return 1;
    if (nvml.driver != NULL && nvml.driver(driver, sizeof driver) != NVML_SUCCESS)
        (void)snprintf(driver, sizeof driver, "[N/A]");
    driver[sizeof driver - 1] = 0;
    driver[strcspn(driver, "\r\n,")] = 0;
    for (unsigned i = 0; i < n && i < MAX_DEVICES; i++) print(out, i, driver);
    if (fclose(out) != 0) return 1;
    (void)nvml.shutdown();
    return 0;
}
