/* isa.h - what a kernel file is compiled for. CMake sets SP_ISA (portable, avx2, avx512) and
 * SP_VEC_HEADER (prover/cpu/vec_SP_ISA.h). Kernels are compiled once per ISA, so nothing with a
 * vector type in it leaves a file, and every global name carries its ISA: ISA(name). */
#ifndef PROVER_CPU_ISA_H
#define PROVER_CPU_ISA_H

#ifndef SP_ISA
#error "kernels are compiled with -DSP_ISA=... -DSP_VEC_HEADER=..."
#endif

#include SP_VEC_HEADER
#include "prover/cpu/vqm31.h"

#define ISA_CAT_(a, b) a##_##b
#define ISA_CAT(a, b) ISA_CAT_(a, b)
#define ISA(name) ISA_CAT(name, SP_ISA)

#include "prover/cpu/openmp.h"

#endif
