/* backend_cpu.c - the table of one CPU backend; compiled once per ISA. */
#include "prover/cpu/isa.h"
#include "prover/cpu/kernels.h"

#ifdef SP_HAVE_AIR_KERNELS
#include "prover/air_kernels.h"
extern const struct air_kernels ISA(air_kernels);
#define AIR_TABLE &ISA(air_kernels)
#else
#define AIR_TABLE NULL
#endif

KERNELS(SP_ISA);
bool ISA(cpu_usable)(void); /* select.c */
extern const backend ISA(backend);

#define BACKEND_NAME_(x) #x
#define BACKEND_NAME(x) BACKEND_NAME_(x)

const backend ISA(backend) = {
    BACKEND_NAME(SP_ISA),
    ISA(cpu_usable),
    ISA(fft_interpolate),
    ISA(fft_evaluate),
    ISA(fft_evaluate_part),
    ISA(fft_extend),
    ISA(merkle_level),
    ISA(fri_leaves),
    ISA(fri_fold),
    ISA(weights_at),
    ISA(dot),
    ISA(combine),
    ISA(lift_add),
    ISA(quotient),
    ISA(divide_vanishing),
    ISA(scan_product),
    ISA(scan_sum),
    ISA(batch_inverse),
    ISA(grind),
    AIR_TABLE,
};
