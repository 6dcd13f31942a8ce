/* fuzz_settings.c - fuzz entry of the relayer's file of settings. */
#include "relayer/settings.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void require(bool ok)
{
    if (!ok) abort();
}

static const char seed[] =
    "# comment\n[server]\nlisten = [::1]:9000 ; behind\nport_fallback=no\n"
    "trusted_proxies = 10.0.0.1,\n  10.0.0.2\n[ws]\nlease = 2m\nmax_message=1MiB\n"
    "[chain]\nrpc = https://user:key@example.org/v2/key?x=y\nrpc = http://b:5050\n"
    "[db]\ndatabase = postgresql://u:p@h/x\ngroup_commit = 0ms\n[storage]\n"
    "max_blob = 5 MiB\nretention = 2d\nkeep_payloads = true\n";

static int file_with(const char *bytes, size_t n, char path[32])
{
    const int fd = memfd_create("settings", MFD_CLOEXEC);
    if (fd < 0 || write(fd, bytes, n) != (ssize_t)n) abort();
    (void)snprintf(path, 32, "/proc/self/fd/%d", fd);
    return fd;
}

/* What is printed reads back, and prints the same again. */
static void print_and_read(const settings *s)
{
    char *text = NULL, *again = NULL, path[32], why[SETTINGS_WHY];
    size_t n = 0, m = 0;
    FILE *f = open_memstream(&text, &n);
    if (f == NULL) abort();
    settings_print(s, f);
    (void)fclose(f);
    const int fd = file_with(text, n, path);
    settings back;
    settings_init(&back);
    const sp_status st = settings_read_file(&back, path, why);
    (void)close(fd);
    /* Only a line that is too long for the file may not. */
    if (st != SP_OK) require(strstr(why, "too long") != NULL);
    if (st == SP_OK) {
        f = open_memstream(&again, &m);
        if (f == NULL) abort();
        settings_print(&back, f);
        (void)fclose(f);
        require(n == m && memcmp(text, again, n) == 0);
        free(again);
    }
    free(text);
}

static bool run(const uint8_t *data, size_t size)
{
    char path[32], why[SETTINGS_WHY] = "";
    settings s, before;
    settings_init(&s);
    before = s;
    const int fd = file_with((const char *)data, size, path);
    const sp_status st = settings_read_file(&s, path, why);
    (void)close(fd);
    require(st == SP_OK || st == SP_ERR_FORMAT);
    if (st != SP_OK) {
        require(memcmp(&s, &before, sizeof s) == 0);
        require(strncmp(why, path, strlen(path)) == 0 && why[strlen(path)] == ':');
        return false;
    }
    print_and_read(&s);
    return settings_check(&s, why) == SP_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void)run(data, size);
    return 0;
}

size_t fuzz_seed(uint8_t *data, size_t cap)
{
    if (sizeof seed - 1 > cap) return 0;
    memcpy(data, seed, sizeof seed - 1);
    return sizeof seed - 1;
}

bool fuzz_seed_is_good(const uint8_t *data, size_t size) { return run(data, size); }
