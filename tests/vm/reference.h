/* reference.h - what each RV32IM instruction computes, a second time and in another style than vm/:
 * integers of 64 bits, bits one by one, long division. Slow and plain. */
#ifndef TESTS_VM_REFERENCE_H
#define TESTS_VM_REFERENCE_H

#include "vm/run.h"

#define REF_2_32 INT64_C(4294967296)

/* The value of a register read as a signed number. */
static inline int64_t ref_signed(uint32_t v)
{
    return (int64_t)v - ((v >= 0x80000000u) ? REF_2_32 : 0);
}
/* A number of any size cut to a register. */
static inline uint32_t ref_cut(int64_t v)
{
    int64_t r = v % REF_2_32;
    return (uint32_t)(r < 0 ? r + REF_2_32 : r);
}
static inline int64_t ref_power2(uint32_t n)
{
    int64_t v = 1;
    while (n--) v *= 2;
    return v;
}
static inline int64_t ref_floor_div(int64_t a, int64_t b) /* b > 0 */
{
    int64_t q = a / b;
    return (a % b < 0) ? q - 1 : q;
}
static inline uint32_t ref_bits(uint32_t a, uint32_t b, int op)
{
    uint32_t r = 0;
    for (int k = 31; k >= 0; k--) {
        int x = (a >> k) % 2 == 1, y = (b >> k) % 2 == 1;
        int z = op == '&' ? (x && y) : op == '|' ? (x || y) : (x != y);
        r = r * 2 + (uint32_t)z;
    }
    return r;
}
/* High word of the product of two numbers below 2^32 in absolute value, as a floor. */
static inline uint32_t ref_mul_high(int64_t a, int64_t b)
{
    /* a = ah 2^16 + al with 0 <= al < 2^16, and so b: no partial product leaves 64 bits. */
    int64_t ah = ref_floor_div(a, 65536), al = a - ah * 65536;
    int64_t bh = ref_floor_div(b, 65536), bl = b - bh * 65536;
    int64_t middle = ah * bl + al * bh + ref_floor_div(al * bl, 65536);
    return ref_cut(ah * bh + ref_floor_div(middle, 65536));
}
static inline void ref_long_division(uint32_t a, uint32_t b, uint32_t *q, uint32_t *r) /* b > 0 */
{
    uint64_t rest = 0;
    *q = 0;
    for (int k = 31; k >= 0; k--) {
        rest = rest * 2 + (a >> k) % 2;
        *q *= 2;
        if (rest >= b) {
            rest -= b;
            *q += 1;
        }
    }
    *r = (uint32_t)rest;
}
static inline uint32_t ref_divide(int64_t a, int64_t b, bool want_rest)
{
    uint32_t q, r;
    if (b == 0) return want_rest ? ref_cut(a) : 0xffffffffu;
    ref_long_division((uint32_t)(a < 0 ? -a : a), (uint32_t)(b < 0 ? -b : b), &q, &r);
    if (want_rest) return ref_cut(a < 0 ? -(int64_t)r : (int64_t)r);
    return ref_cut((a < 0) != (b < 0) ? -(int64_t)q : (int64_t)q);
}

/* Result of a register or immediate instruction; c is rs2 or the immediate as 32 bits. */
static inline uint32_t ref_compute(enum vm_op op, uint32_t a, uint32_t c)
{
    const int64_t sa = ref_signed(a), sc = ref_signed(c), ua = a, uc = c;
    const uint32_t n = c % 32;
    switch ((int)op) {
    case OP_add:
    case OP_addi: return ref_cut(sa + sc);
    case OP_sub: return ref_cut(sa - sc);
    case OP_slt:
    case OP_slti: return sc - sa > 0 ? 1 : 0;
    case OP_sltu:
    case OP_sltiu: return uc - ua > 0 ? 1 : 0;
    case OP_and:
    case OP_andi: return ref_bits(a, c, '&');
    case OP_or:
    case OP_ori: return ref_bits(a, c, '|');
    case OP_xor:
    case OP_xori: return ref_bits(a, c, '^');
    case OP_sll:
    case OP_slli: return (uint32_t)((uint64_t)ua * (uint64_t)ref_power2(n) % (uint64_t)REF_2_32);
    case OP_srl:
    case OP_srli: return (uint32_t)(ua / ref_power2(n));
    case OP_sra:
    case OP_srai: return ref_cut(ref_floor_div(sa, ref_power2(n)));
    case OP_mul: return (uint32_t)((uint64_t)ua * (uint64_t)uc % (uint64_t)REF_2_32);
    case OP_mulh: return ref_mul_high(sa, sc);
    case OP_mulhsu: return ref_mul_high(sa, uc);
    case OP_mulhu: return ref_mul_high(ua, uc);
    case OP_div: return ref_divide(sa, sc, false);
    case OP_divu: return ref_divide(ua, uc, false);
    case OP_rem: return ref_divide(sa, sc, true);
    case OP_remu: return ref_divide(ua, uc, true);
    default: return 0;
    }
}

/* Whether a branch is taken. */
static inline bool ref_taken(enum vm_op op, uint32_t a, uint32_t b)
{
    const int64_t d = ref_signed(a) - ref_signed(b), u = (int64_t)a - (int64_t)b;
    switch ((int)op) {
    case OP_beq: return u == 0;
    case OP_bne: return u != 0;
    case OP_blt: return d < 0;
    case OP_bge: return d >= 0;
    case OP_bltu: return u < 0;
    default: return u >= 0;
    }
}

/* Loaded value from the word around byte address addr. */
static inline uint32_t ref_load(enum vm_op op, uint32_t word, uint32_t addr)
{
    uint32_t byte[4];
    for (int k = 0; k < 4; k++, word /= 256) byte[k] = word % 256;
    const uint32_t o = addr % 4, b = byte[o], h = b + 256 * byte[(o + 1) % 4];
    switch ((int)op) {
    case OP_lb: return ref_cut(b >= 128 ? (int64_t)b - 256 : b);
    case OP_lbu: return b;
    case OP_lh: return ref_cut(h >= 32768 ? (int64_t)h - 65536 : h);
    case OP_lhu: return h;
    default: return byte[0] + 256 * byte[1] + 65536 * byte[2] + 16777216 * byte[3];
    }
}

/* The word after a store of v. */
static inline uint32_t ref_store(enum vm_op op, uint32_t word, uint32_t addr, uint32_t v)
{
    uint8_t byte[4];
    const unsigned n = op == OP_sb ? 1 : op == OP_sh ? 2 : 4;
    for (int k = 0; k < 4; k++, word /= 256) byte[k] = (uint8_t)(word % 256);
    for (unsigned k = 0; k < n; k++, v /= 256) byte[(addr + k) % 4] = (uint8_t)(v % 256);
    return byte[0] + 256u * byte[1] + 65536u * byte[2] + 16777216u * byte[3];
}

#endif
