/* sp.h - status codes and the few macros that every module uses. C11 and C++17. */
#ifndef CORE_SP_H
#define CORE_SP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    SP_OK = 0,
    SP_ERR_ARG,    /* the caller broke a documented precondition */
    SP_ERR_NOMEM,  /* memory, or the memory budget, does not suffice */
    SP_ERR_IO,     /* the operating system said no */
    SP_ERR_FORMAT, /* bytes that are not what they claim to be */
    SP_ERR_TRAP,   /* the guest faulted or ran out of cycles */
    SP_ERR_UNSAT,  /* the trace does not satisfy the constraints */
    SP_ERR_REJECT, /* a well-formed proof that does not verify */
    SP_ERR_LIMIT,  /* a documented limit of the system is exceeded */
    SP_ERR_CANCEL, /* the caller's progress callback asked to stop */
    SP_ERR_DEVICE  /* the GPU failed; the proof may be retried on the CPU */
} sp_status;

#if defined(__CUDACC__)
#define SP_FN static __host__ __device__ __forceinline__
#else
#define SP_FN static inline __attribute__((always_inline, unused))
#endif

#define SP_MUST_USE __attribute__((warn_unused_result))

/* Returns from the enclosing function when e is not SP_OK. */
#define SP_TRY(e)                         \
    do {                                  \
        sp_status s_ = (e);               \
        if (s_ != SP_OK) return s_;       \
    } while (0)

/* An invariant of ours. Absent from releases; never with a side effect. */
#ifdef SP_CHECKED
#define SP_ASSERT(x) ((x) ? (void)0 : __builtin_trap())
#else
#define SP_ASSERT(x) ((void)0)
#endif

#define SP_COUNT(a) (sizeof(a) / sizeof((a)[0]))

#endif
