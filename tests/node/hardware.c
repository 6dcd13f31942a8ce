/* hardware.c - recorded machines, as the system's files and nvidia-smi describe them. */
#include "node/hardware.h"

#include "market/sandbox.h"
#include "tests/test.h"

#include <sys/stat.h>
#include <unistd.h>

#define GIB ((uint64_t)1 << 30)

/* A root folder with some files in it, removed by the next call or at the end of the test. */
static char root[] = "/tmp/hardware-XXXXXX";

static void begin(void)
{
    strcpy(root, "/tmp/hardware-XXXXXX");
    if (!mkdtemp(root)) abort();
}

static void end(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", root);
    if (system(command) != 0) abort();
}

static void put(const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s%s", root, name);
    for (char *p = path + strlen(root) + 1; (p = strchr(p, '/')) != NULL; p++) {
        *p = 0;
        (void)mkdir(path, 0700);
        *p = '/';
    }
    FILE *f = fopen(path, "w");
    if (!f || fputs(text, f) < 0 || fclose(f)) abort();
}

static const char meminfo[] = "MemTotal:       24681904 kB\nMemFree:        17841596 kB\n"
                              "MemAvailable:   20972000 kB\n";

TEST(processor_and_memory_are_read)
{
    hardware h;
    begin();
    put("/proc/cpuinfo",
        "processor\t: 0\nvendor_id\t: AuthenticAMD\nmodel name\t: AMD EPYC 9654 96-Core Processor  "
        "\n"
        "flags\t\t: fpu vme avx avx2 bmi1 avx512vl\n\nprocessor\t: 1\nmodel name\t: another\n");
    put("/proc/meminfo", meminfo);
    hardware_read(&h, root, "/tmp");
    CHECK(strcmp(h.cpu_model, "AMD EPYC 9654 96-Core Processor") == 0);
    CHECK(h.avx2 && !h.avx512);
    CHECK_EQ(h.memory_total, UINT64_C(24681904) << 10);
    CHECK_EQ(h.memory_available, UINT64_C(20972000) << 10);
    CHECK(h.threads >= 1 && h.disk_free > 0 && h.n_gpus == 0);
    put("/proc/cpuinfo", "flags\t\t: xavx2 avx512f\n");
    hardware_read(&h, root, "/nowhere");
    CHECK(!h.avx2 && h.avx512 && h.cpu_model[0] && h.disk_free == 0);
    end();
}

TEST(a_machine_that_says_nothing_is_not_made_up)
{
    hardware h;
    begin();
    hardware_read(&h, root, "/tmp");
    CHECK(h.threads >= 1 && !h.avx2 && !h.avx512);
    CHECK_EQ(h.memory_total, 0);
    CHECK_EQ(h.memory_available, 0);
    end();
}

/* The limit of the group, or of one it lies in, whichever is lower. */
TEST(memory_is_that_of_the_control_group_version_2)
{
    hardware h;
    begin();
    put("/proc/cpuinfo", "");
    put("/proc/meminfo", meminfo);
    put("/proc/self/cgroup", "0::/a.slice/b.service\n");
    put("/sys/fs/cgroup/a.slice/memory.max", "8589934592\n");
    put("/sys/fs/cgroup/a.slice/memory.current", "3221225472\n");
    put("/sys/fs/cgroup/a.slice/memory.stat", "anon 1\ninactive_file 1073741824\n");
    put("/sys/fs/cgroup/a.slice/b.service/memory.max", "max\n");
    put("/sys/fs/cgroup/a.slice/b.service/cpu.max", "max 100000\n");
    put("/sys/fs/cgroup/a.slice/cpu.max", "50000 100000\n");
    hardware_read(&h, root, "/tmp");
    CHECK_EQ(h.memory_total, 8 * GIB);
    CHECK_EQ(h.memory_available, 6 * GIB); /* 8 - (3 - 1) */
    CHECK_EQ(h.threads, 1);
    put("/sys/fs/cgroup/a.slice/b.service/memory.max", "1073741824\n");
    put("/sys/fs/cgroup/a.slice/b.service/memory.current", "2147483648\n");
    hardware_read(&h, root, "/tmp");
    CHECK_EQ(h.memory_total, GIB);
    CHECK_EQ(h.memory_available, 1); /* nothing left is not "unknown" */
    end();
}

TEST(memory_is_that_of_the_control_group_version_1)
{
    hardware h;
    begin();
    put("/proc/meminfo", meminfo);
    put("/proc/self/cgroup",
        "4:memory:/docker/1\n2:cpuset,cpu,cpuacct:/docker/1\n1:name=systemd:/x\n0::/\n");
    put("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    put("/sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes", "4294967296\n");
    put("/sys/fs/cgroup/memory/docker/1/memory.usage_in_bytes", "1073741824\n");
    put("/sys/fs/cgroup/cpu/docker/1/cpu.cfs_quota_us", "100000\n");
    put("/sys/fs/cgroup/cpu/docker/1/cpu.cfs_period_us", "100000\n");
    hardware_read(&h, root, "/tmp");
    CHECK_EQ(h.memory_total, 4 * GIB);
    CHECK_EQ(h.memory_available, 3 * GIB);
    CHECK_EQ(h.threads, 1);
    put("/sys/fs/cgroup/cpu/docker/1/cpu.cfs_quota_us", "-1\n");
    const unsigned before = h.threads;
    hardware_read(&h, root, "/tmp");
    CHECK(h.threads >= before);
    end();
}

TEST(this_machine_is_read)
{
    hardware h;
    hardware_read(&h, "", "/tmp");
    CHECK(h.threads >= 1 && h.cpu_model[0] && h.memory_total > 0);
    CHECK(h.memory_available > 0 && h.memory_available <= h.memory_total);
    (void)hardware_ask_gpus(&h, "/tmp", NULL);
    CHECK(h.n_gpus <= HARDWARE_MAX_GPUS);
}

TEST(nvidia_smi_is_read)
{
    static const char text[] =
        "NVIDIA H200, 143771, 512, 37, 9.0, 550.54.15\n"
        "NVIDIA GeForce RTX 4090, the best, 24564, 99999999, 101, 8.9, none\r\n"
        "Tesla K80, 11441, [N/A], [N/A], [N/A], [N/A]\n";
    hardware h;
    memset(&h, 0, sizeof h);
    hardware_read_gpus(&h, text, strlen(text));
    CHECK_EQ(h.n_gpus, 3);
    CHECK(!strcmp(h.gpu[0].name, "NVIDIA H200") && !strcmp(h.gpu[0].compute, "9.0"));
    CHECK(h.gpu[0].vram_mib == 143771 && h.gpu[0].used_mib == 512 && h.gpu[0].use_percent == 37);
    CHECK(!strcmp(h.gpu[0].driver, "550.54.15"));
    CHECK(!strcmp(h.gpu[1].name, "NVIDIA GeForce RTX 4090, the best"));
    CHECK(!strcmp(h.gpu[1].compute, "8.9") && !h.gpu[1].driver[0]);
    CHECK(h.gpu[1].used_mib == 0 && h.gpu[1].use_percent == HARDWARE_NOT_SAID);
    CHECK(!strcmp(h.gpu[2].name, "Tesla K80") && !h.gpu[2].compute[0] && !h.gpu[2].driver[0]);
    CHECK(h.gpu[2].used_mib == 0 && h.gpu[2].use_percent == HARDWARE_NOT_SAID);
}

/* NVIDIA's library in the state `kind`, and an nvidia-smi that is as `smi` says; NULL: none. */
static enum hardware_gpu_source asked(hardware *h, const char *kind, const char *smi)
{
    char library[512], program[64];
    snprintf(library, sizeof library, SP_TEST_NVML "/libnvml_%s.so", kind);
    snprintf(program, sizeof program, "%s/%s", root, smi ? smi : "absent");
    if (smi && symlink(SP_TEST_SMI, program) != 0 && access(program, X_OK) != 0) abort();
    const unsigned ask_ms = strcmp(kind, "hangs") == 0 ? 1000 : 0;
    const hardware_gpu_places where = {SP_TEST_GPUS, library, program, ask_ms};
    memset(h, 0, sizeof *h);
    return hardware_ask_gpus(h, root, &where);
}

TEST(nvidias_library_is_asked)
{
    hardware h;
    begin();
    /* Were the fallback asked, there would be another answer. */
    CHECK_EQ(asked(&h, "fine", "fine"), HARDWARE_GPU_NVML);
    CHECK_EQ(h.n_gpus, 2);
    CHECK(!strcmp(h.gpu[0].name, "NVIDIA H200") && !strcmp(h.gpu[0].compute, "9.0"));
    CHECK(h.gpu[0].vram_mib == 143771 && h.gpu[0].used_mib == 512 && h.gpu[0].use_percent == 37);
    CHECK(!strcmp(h.gpu[0].driver, "550.54.15"));
    CHECK(!strcmp(h.gpu[1].name, "Tesla K80, the second") && !strcmp(h.gpu[1].compute, "3.7"));
    CHECK(h.gpu[1].vram_mib == 11441 && h.gpu[1].use_percent == HARDWARE_NOT_SAID);

    CHECK_EQ(asked(&h, "no_device", "fine"), HARDWARE_GPU_NVML);
    CHECK_EQ(h.n_gpus, 0);

    CHECK_EQ(asked(&h, "lost", "fine"), HARDWARE_GPU_NVML);
    CHECK(h.n_gpus == 1 && h.gpu[0].vram_mib == 11441);

    /* A driver from before these functions. */
    CHECK_EQ(asked(&h, "old", "fine"), HARDWARE_GPU_NVML);
    CHECK(h.n_gpus == 2 && h.gpu[0].vram_mib == 143771 && h.gpu[0].used_mib == 512);
    CHECK(!h.gpu[0].compute[0] && !h.gpu[0].driver[0]);
    CHECK_EQ(h.gpu[0].use_percent, HARDWARE_NOT_SAID);

    /* What it prints itself is no device, and a name without an end has one. */
    CHECK_EQ(asked(&h, "loud", "fine"), HARDWARE_GPU_NVML);
    CHECK(h.n_gpus == 2 && strspn(h.gpu[0].name, "x") == strlen(h.gpu[0].name));
    end();
}

TEST(nvidia_smi_is_asked_where_the_library_does_not_answer)
{
    static const char *const kinds[] = {"no_driver", "short", "crashes", "hangs", "absent"};
    hardware h;
    begin();
    for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        CHECK_EQ(asked(&h, kinds[i], "fine"), HARDWARE_GPU_SMI);
        CHECK(h.n_gpus == 1 && !strcmp(h.gpu[0].name, "fallback"));
    }
    CHECK_EQ(asked(&h, "absent", NULL), HARDWARE_GPU_NONE);
    CHECK_EQ(h.n_gpus, 0);
    CHECK_EQ(asked(&h, "absent", "fails"), HARDWARE_GPU_NONE);
    CHECK_EQ(h.n_gpus, 0);
    CHECK_EQ(asked(&h, "hangs", "hangs"), HARDWARE_GPU_NONE);
    CHECK_EQ(h.n_gpus, 0);
    /* Nothing is left behind. */
    CHECK_EQ(sandbox_sweep(root), 0);
    end();
}

TEST(what_nvidia_smi_says_otherwise_is_no_gpu)
{
    static const char *const none[] = {
        "",
        "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n",
        "No devices were found\n",
        "name, [N/A], 0, 0, 9.0, 1.0\n",
        ", 100, 0, 0, 9.0, 1.0\n",
        "name, 0, 0, 0, 9.0, 1.0\n",
        "name, -5, 0, 0, 9.0, 1.0\n",
        "name, 99999999999999999999, 0, 0, 9.0, 1.0\n",
        "name, 100, 0, 9.0, 1.0\n"};
    hardware h;
    memset(&h, 0, sizeof h);
    for (unsigned i = 0; i < sizeof none / sizeof none[0]; i++) {
        hardware_read_gpus(&h, none[i], strlen(none[i]));
        CHECK_EQ(h.n_gpus, 0);
    }
    char many[1024] = "";
    for (unsigned i = 0; i < 20; i++) strcat(many, "g, 1024, 0, 0, 7.5, 1\n");
    hardware_read_gpus(&h, many, strlen(many));
    CHECK_EQ(h.n_gpus, HARDWARE_MAX_GPUS);
    for (unsigned i = 0; i < 20000; i++) { /* any bytes */
        char b[64];
        const size_t n = test_rand() % sizeof b;
        for (size_t k = 0; k < n; k++) b[k] = (char)test_rand();
        hardware_read_gpus(&h, b, n);
    }
}

TEST(specs_are_those_of_the_register_message)
{
    hardware h;
    memset(&h, 0, sizeof h);
    strcpy(h.cpu_model, "cpu");
    h.threads = 16;
    h.avx2 = true;
    h.memory_total = 64 * GIB - 1;
    h.disk_free = 100 * GIB;
    hardware_read_gpus(&h, "NVIDIA H200, 143771, 0, 0, 9.0, 1.0\n", 36);
    json_t *j = hardware_specs(&h);
    char *text = j ? json_dumps(j, JSON_COMPACT | JSON_PRESERVE_ORDER) : NULL;
    CHECK(text &&
          !strcmp(text, "{\"cpu_model\":\"cpu\",\"cpu_threads\":16,\"cpu_features\":[\"avx2\"],"
                        "\"ram_gb\":63,\"disk_gb\":100,\"gpus\":[{\"name\":\"NVIDIA H200\","
                        "\"vram_gb\":140,\"cc\":\"9.0\"}]}"));
    free(text);
    json_decref(j);
}
