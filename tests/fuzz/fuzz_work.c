/* fuzz_work.c - fuzz entry of what children say: the first byte tells which - the record of a
 * result, a line of progress, the head and the rest of a request, what nvidia-smi prints. */
#include "market/work_wire.h"
#include "node/hardware.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { RECORD, PROGRESS, HEAD, REST, GPUS, KINDS };

static void require(bool ok)
{
    if (!ok) abort();
}

static bool is_printable(const char *s, size_t room)
{
    const size_t n = strnlen(s, room);
    for (size_t i = 0; i < n; i++)
        if (s[i] < 0x20 || s[i] > 0x7e) return false;
    return n < room;
}

/* What is read is written as the same bytes, and read as the same again. */
static bool record(const uint8_t *data, size_t n)
{
    uint8_t in[WORK_RECORD_BYTES] = {0}, out[WORK_RECORD_BYTES], again[WORK_RECORD_BYTES];
    work_result r, back;
    memcpy(in, data, n < sizeof in ? n : sizeof in);
    if (work_record_read(&r, in) != SP_OK) return false;
    require(is_printable(r.detail, sizeof r.detail));
    work_record_write(out, &r);
    require(work_record_read(&back, out) == SP_OK);
    work_record_write(again, &back);
    require(memcmp(out, again, sizeof out) == 0);
    return true;
}

static bool progress(const uint8_t *data, size_t n)
{
    char *line = malloc(n + 1);
    enum work_phase phase;
    uint64_t done = 0, total = 0;
    require(line != NULL);
    memcpy(line, data, n);
    line[n] = 0;
    const bool ok = work_progress_read(line, &phase, &done, &total);
    free(line);
    return ok;
}

static bool gpus(const uint8_t *data, size_t n)
{
    hardware h;
    memset(&h, 0, sizeof h);
    hardware_read_gpus(&h, (const char *)data, n);
    require(h.n_gpus <= HARDWARE_MAX_GPUS);
    for (unsigned i = 0; i < h.n_gpus; i++)
        require(is_printable(h.gpu[i].name, sizeof h.gpu[i].name) &&
                is_printable(h.gpu[i].compute, sizeof h.gpu[i].compute) &&
                is_printable(h.gpu[i].driver, sizeof h.gpu[i].driver) &&
                h.gpu[i].used_mib <= h.gpu[i].vram_mib);
    return h.n_gpus > 0;
}

static bool run(const uint8_t *data, size_t size)
{
    work_request q;
    size_t rest;
    if (size == 0) return false;
    const uint8_t *at = data + 1;
    const size_t n = size - 1;
    switch (data[0] % KINDS) {
    case RECORD: return record(at, n);
    case PROGRESS: return progress(at, n);
    case HEAD: return n >= WORK_HEAD_BYTES && work_head_read(&rest, at) == SP_OK;
    case REST: return work_frame_read(&q, at, n) == SP_OK;
    default: return gpus(at, n);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void)run(data, size);
    /* All of them look at what was made from one. */
    for (uint8_t k = 0; k < KINDS && size > 0; k++) {
        uint8_t *copy = malloc(size);
        require(copy != NULL);
        memcpy(copy, data, size);
        copy[0] = k;
        (void)run(copy, size);
        free(copy);
    }
    return 0;
}

size_t fuzz_seed(uint8_t *data, size_t cap)
{
    work_result r;
    memset(&r, 0, sizeof r);
    r.cycles = 432;
    if (cap < 1 + WORK_RECORD_BYTES) return 0;
    data[0] = RECORD;
    work_record_write(data + 1, &r);
    return 1 + WORK_RECORD_BYTES;
}

bool fuzz_seed_is_good(const uint8_t *data, size_t size) { return run(data, size); }
