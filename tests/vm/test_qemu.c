/* test_qemu.c - random instruction streams against qemu-riscv32, an implementation of others. */
#include "tests/vm/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define QEMU "qemu-riscv32"

static bool find_qemu(void)
{
    const char *path = getenv("PATH");
    char file[1024];
    while (path && *path) {
        const size_t n = strcspn(path, ":");
        snprintf(file, sizeof file, "%.*s/" QEMU, (int)n, path);
        if (access(file, X_OK) == 0) return true;
        path += n + (path[n] == ':');
    }
    return false;
}

/* What the ELF writes to its standard output when qemu runs it; its length, or -1. */
static long run_qemu(const char *elf, uint8_t *out, size_t cap)
{
    int fd[2], status;
    size_t n = 0;
    ssize_t got;
    if (pipe(fd) != 0) return -1;
    const pid_t pid = fork();
    if (pid < 0) return -1;
    if (pid == 0) {
        dup2(fd[1], 1);
        close(fd[0]);
        close(fd[1]);
        execlp(QEMU, QEMU, elf, (char *)NULL);
        _exit(127);
    }
    close(fd[1]);
    while (n < cap && ((got = read(fd[0], out + n, cap - n)) > 0 || (got < 0 && errno == EINTR)))
        if (got > 0) n += (size_t)got;
    close(fd[0]);
    if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return -1;
    return (long)n;
}

static bool write_file(const char *path, const uint8_t *b, size_t n)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0700);
    if (fd < 0) return false;
    const bool ok = write(fd, b, n) == (ssize_t)n;
    return close(fd) == 0 && ok;
}

static void explain(const uint8_t *vm, const uint8_t *qemu)
{
    for (uint32_t k = 0; k < STREAM_BUFFER_BYTES; k += 4)
        if (memcmp(vm + k, qemu + k, 4) != 0) {
            const uint32_t dump = 1024 + STREAM_DUMP;
            if (k >= dump)
                printf("  x%u differs\n", (k - dump) / 4);
            else
                printf("  buffer word at %u differs\n", k);
        }
}

TEST(random_streams_end_as_in_qemu)
{
    const char *tmp = getenv("TMPDIR");
    char dir[512], path[600];
    uint64_t n_op[VM_N_OPS] = {0};
    bool ok = true;
    if (!find_qemu()) SKIP(QEMU " is not installed");
    snprintf(dir, sizeof dir, "%s/sprove-qemu-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    CHECK(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/guest", dir);
    for (int k = 0; ok && k < 200; k++) {
        static uint8_t data[STREAM_BUFFER_BYTES], out[STREAM_BUFFER_BYTES + 1];
        struct guest g = {0}, h = {0};
        struct stream s;
        vm_options o = {0};
        vm_result r;
        vm_error err = {""};
        size_t n;
        for (size_t j = 0; j < sizeof data; j++) data[j] = (uint8_t)test_rand();
        stream_make(&g, &s, 300);
        for (uint32_t j = 0; j < g.n_code; j++) guest_word(&h, g.code[j]);
        stream_end_vm(&g);
        stream_end_linux(&h);
        g.data = h.data = data;
        g.data_bytes = h.data_bytes = sizeof data;
        uint8_t *elf = guest_elf(&h, &n);
        ok = write_file(path, elf, n);
        free(elf);
        const long got = ok ? run_qemu(path, out, sizeof out) : -1;
        const sp_status st = guest_run(&r, &g, &o, &err);
        ok = ok && st == SP_OK && got == (long)STREAM_BUFFER_BYTES &&
             r.output_bytes == STREAM_BUFFER_BYTES &&
             memcmp(r.output, out, STREAM_BUFFER_BYTES) == 0;
        if (!ok) {
            printf("  program %d: vm %d (%s), qemu wrote %ld bytes\n", k, (int)st, err.text, got);
            if (st == SP_OK && got == (long)STREAM_BUFFER_BYTES) explain(r.output, out);
        }
        for (unsigned j = 0; j < VM_N_OPS; j++) n_op[j] += r.n_op[j];
        vm_result_free(&r);
        guest_free(&g);
        guest_free(&h);
    }
    unlink(path);
    rmdir(dir);
    CHECK(ok);
    for (unsigned op = 1; op < VM_N_OPS; op++)
        if (op != OP_advice) CHECK(n_op[op] > 100); /* every instruction was executed */
}
