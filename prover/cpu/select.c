/* select.c - which CPU backends are compiled in, and which of them this CPU can run. */
#include "prover/backend.h"
#include "prover/cpu/twiddles.h"

#include <string.h>

bool cpu_usable_portable(void);
bool cpu_usable_portable(void) { return true; }

#ifdef SP_HAVE_AVX2
extern const backend backend_avx2;
bool cpu_usable_avx2(void);
bool cpu_usable_avx2(void) { return __builtin_cpu_supports("avx2") != 0; }
#endif
#ifdef SP_HAVE_AVX512
extern const backend backend_avx512;
bool cpu_usable_avx512(void);
bool cpu_usable_avx512(void) { return __builtin_cpu_supports("avx512f") != 0; }
#endif

static const backend *const list[] = {
    &backend_portable,
#ifdef SP_HAVE_AVX2
    &backend_avx2,
#endif
#ifdef SP_HAVE_AVX512
    &backend_avx512,
#endif
};

const backend *const *backend_list(size_t *n)
{
    *n = SP_COUNT(list);
    return list;
}

const backend *backend_find(const char *name)
{
    bool any = strcmp(name, "auto") == 0;
    for (size_t i = SP_COUNT(list); i-- > 0;)
        if ((any || strcmp(name, list[i]->name) == 0) && list[i]->usable()) return list[i];
    return NULL;
}

sp_status backend_prepare(unsigned max_log) { return twiddles_prepare(max_log); }
