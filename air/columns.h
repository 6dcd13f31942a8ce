/* columns.h - the committed columns of every component, in protocol order.
 *
 * X(component, column): enum value <component>_<column>. `main` columns are filled by the prover;
 * PRE columns are preprocessed (fixed by the program). (ROM) marks a cell copied from the program
 * table by the fetch lookup. mg columns are products that merge range checks. What each column is
 * constrained to stands in the component's own file. */
#ifndef AIR_COLUMNS_H
#define AIR_COLUMNS_H

#define AIR_COL_ENUM(prefix, name) prefix##_##name,
#define AIR_COL_NAME(prefix, name) #name,

/* ALU: add sub addi */
#define ALU_COLUMNS(X) \
    X(alu, e)   /* 1 on a real row, 0 on padding */ \
    X(alu, ts)  /* time of the cycle, 4c */ \
    X(alu, pc)  /* address of the instruction / 4 */ \
    X(alu, rd)  /* written register, 32 = sink */ \
    X(alu, rs1) /* first source */ \
    X(alu, rs2) /* second source, 0 when absent */ \
    X(alu, s)   /* 1: subtract */ \
    X(alu, ilo) /* immediate, low limb (ROM; 0 in R form) */ \
    X(alu, ihi) /* immediate, high limb */ \
    X(alu, alo) /* value of rs1 */ \
    X(alu, ahi) \
    X(alu, blo) /* value of rs2 */ \
    X(alu, bhi) \
    X(alu, rlo) /* result */ \
    X(alu, rhi) \
    X(alu, plo) /* old value of rd */ \
    X(alu, phi) \
    X(alu, d1)  /* gap since the last access of rs1 */ \
    X(alu, d2)  /* of rs2 */ \
    X(alu, d3)  /* of rd */ \
    X(alu, mg0) /* d1 d2 */ \
    X(alu, mg1) /* d3 rlo */
enum { ALU_COLUMNS(AIR_COL_ENUM) alu_n_columns };

/* CMP: slt sltu slti sltiu beq bne blt bge bltu bgeu */
#define CMP_COLUMNS(X) \
    X(cmp, e)   /* 1 on a real row, 0 on padding */ \
    X(cmp, ts)  /* time of the cycle, 4c */ \
    X(cmp, pc)  /* address of the instruction / 4 */ \
    X(cmp, rd)  /* written register, 32 = sink */ \
    X(cmp, rs1) /* first source */ \
    X(cmp, rs2) /* second source, 0 when absent */ \
    X(cmp, u)   /* 1: signed comparison (ROM) */ \
    X(cmp, f)   /* 1: beq, bne: x is inequality (ROM) */ \
    X(cmp, ilo) /* immediate, low limb (ROM; 0 in R form) */ \
    X(cmp, ihi) /* immediate, high limb */ \
    X(cmp, pcT) /* next pc when x = 1 (ROM) */ \
    X(cmp, pcF) /* next pc when x = 0 (ROM) */ \
    X(cmp, alo) /* value of rs1 */ \
    X(cmp, ahi) \
    X(cmp, blo) /* value of rs2 */ \
    X(cmp, bhi) \
    X(cmp, plo) /* old value of rd */ \
    X(cmp, phi) \
    X(cmp, d1)  /* gap since the last access of rs1 */ \
    X(cmp, d2)  /* of rs2 */ \
    X(cmp, d3)  /* of rd */ \
    X(cmp, ca)  /* bit 16 of ahi + 2^15 u */ \
    X(cmp, cb)  /* bit 16 of bhi + ihi + 2^15 u */ \
    X(cmp, k)   /* borrow of the low limbs */ \
    X(cmp, lt)  /* A < B */ \
    X(cmp, x)   /* outcome, written to rd */ \
    X(cmp, w)   /* inverse of the difference where f = 1 and they differ */ \
    X(cmp, pcn) /* next pc */ \
    X(cmp, mg0) /* d1 d2 d3: xy + xz + yz */ \
    X(cmp, mg1) /* d1 d2 d3: xyz */ \
    X(cmp, mg2) /* A B */ \
    X(cmp, mg3) /* D0 D1 */
enum { CMP_COLUMNS(AIR_COL_ENUM) cmp_n_columns };

/* BIT: and or xor andi ori xori */
#define BIT_COLUMNS(X) \
    X(bit, e)   /* 1 on a real row, 0 on padding */ \
    X(bit, ts)  /* time of the cycle, 4c */ \
    X(bit, pc)  /* address of the instruction / 4 */ \
    X(bit, rd)  /* written register, 32 = sink */ \
    X(bit, rs1) /* first source */ \
    X(bit, rs2) /* second source, 0 when absent */ \
    X(bit, op)  /* 0 and, 1 or, 2 xor (ROM) */ \
    X(bit, i0)  /* immediate byte 0 (ROM) */ \
    X(bit, i1)  /* byte 1 */ \
    X(bit, i2)  /* bytes 2 and 3 */ \
    X(bit, a0)  /* bytes of rs1 */ \
    X(bit, a1) \
    X(bit, a2) \
    X(bit, a3) \
    X(bit, b0)  /* bytes of rs2 */ \
    X(bit, b1) \
    X(bit, b2) \
    X(bit, b3) \
    X(bit, r0)  /* bytes of the result */ \
    X(bit, r1) \
    X(bit, r2) \
    X(bit, r3) \
    X(bit, plo) /* old value of rd */ \
    X(bit, phi) \
    X(bit, d1)  /* gap since the last access of rs1 */ \
    X(bit, d2)  /* of rs2 */ \
    X(bit, d3)  /* of rd */ \
    X(bit, mg0) /* d1 d2 d3: xy + xz + yz */ \
    X(bit, mg1) /* d1 d2 d3: xyz */
enum { BIT_COLUMNS(AIR_COL_ENUM) bit_n_columns };

/* SH: sll srl sra slli srli srai */
#define SH_COLUMNS(X) \
    X(sh, e)   /* 1 on a real row, 0 on padding */ \
    X(sh, ts)  /* time of the cycle, 4c */ \
    X(sh, pc)  /* address of the instruction / 4 */ \
    X(sh, rd)  /* written register, 32 = sink */ \
    X(sh, rs1) /* first source */ \
    X(sh, rs2) /* second source, 0 when absent */ \
    X(sh, ilo) /* immediate amount + 2^16 direction (1: right) (ROM) */ \
    X(sh, sra) /* 1: arithmetic (ROM) */ \
    X(sh, dsh) /* amount + 2^16 direction */ \
    X(sh, g)   /* (blo + ilo - dsh) / 32 */ \
    X(sh, m)   /* bits of the low part x0, y0 */ \
    X(sh, Q)   /* 2^(16-m) */ \
    X(sh, L0)  /* left by less than 16 */ \
    X(sh, L1)  /* left by 16 or more */ \
    X(sh, R0)  /* right by less than 16; R1 = 1 - L0 - L1 - R0 */ \
    X(sh, alo) /* value of rs1 */ \
    X(sh, ahi) \
    X(sh, blo) /* value of rs2 */ \
    X(sh, bhi) \
    X(sh, x0)  /* alo = x0 + 2^m x1 */ \
    X(sh, x1) \
    X(sh, y0)  /* ahi = y0 + 2^m y1 */ \
    X(sh, y1) \
    X(sh, sg)  /* sign bit where sra */ \
    X(sh, rlo) /* result */ \
    X(sh, rhi) \
    X(sh, plo) /* old value of rd */ \
    X(sh, phi) \
    X(sh, d1)  /* gap since the last access of rs1 */ \
    X(sh, d2)  /* of rs2 */ \
    X(sh, d3)  /* of rd */ \
    X(sh, mg0) /* d1 d2 d3: xy + xz + yz */ \
    X(sh, mg1) /* d1 d2 d3: xyz */ \
    X(sh, mg2) /* sign g */
enum { SH_COLUMNS(AIR_COL_ENUM) sh_n_columns };

/* JALR: jalr */
#define JALR_COLUMNS(X) \
    X(jalr, e)   /* 1 on a real row, 0 on padding */ \
    X(jalr, ts)  /* time of the cycle, 4c */ \
    X(jalr, pc)  /* address of the instruction / 4 */ \
    X(jalr, rs1) /* first source */ \
    X(jalr, rd)  /* written register, 32 = sink */ \
    X(jalr, imm) /* signed immediate (ROM) */ \
    X(jalr, llo) /* link value, 0 when rd = 0 (ROM) */ \
    X(jalr, lhi) \
    X(jalr, alo) /* value of rs1 */ \
    X(jalr, ahi) \
    X(jalr, plo) /* old value of rd */ \
    X(jalr, phi) \
    X(jalr, d1)  /* gap since the last access of rs1 */ \
    X(jalr, d3)  /* of rd */ \
    X(jalr, q)   /* bits 2..15 of the target */ \
    X(jalr, b0)  /* bit 0 of rs1 + imm, dropped */
enum { JALR_COLUMNS(AIR_COL_ENUM) jalr_n_columns };

/* CONST: lui auipc jal fence advice */
#define CST_COLUMNS(X) \
    X(cst, e)   /* 1 on a real row, 0 on padding */ \
    X(cst, ts)  /* time of the cycle, 4c */ \
    X(cst, pc)  /* address of the instruction / 4 */ \
    X(cst, rd)  /* written register, 32 = sink */ \
    X(cst, f)   /* 1: advice, the value is free (ROM) */ \
    X(cst, clo) /* constant (ROM) */ \
    X(cst, chi) \
    X(cst, vlo) /* written value */ \
    X(cst, vhi) \
    X(cst, plo) /* old value of rd */ \
    X(cst, phi) \
    X(cst, d3)  /* of rd */ \
    X(cst, pcn) /* next pc (ROM) */ \
    X(cst, mg0) /* d3 vlo vhi: xy + xz + yz */ \
    X(cst, mg1) /* d3 vlo vhi: xyz */
enum { CST_COLUMNS(AIR_COL_ENUM) cst_n_columns };

/* LS: lb lh lw lbu lhu sb sh sw */
#define LS_COLUMNS(X) \
    X(ls, e)   /* 1 on a real row, 0 on padding */ \
    X(ls, ts)  /* time of the cycle, 4c */ \
    X(ls, pc)  /* address of the instruction / 4 */ \
    X(ls, rs1) /* first source */ \
    X(ls, rx)  /* loads: written register; stores: stored register */ \
    X(ls, imm) /* signed immediate (ROM) */ \
    X(ls, lb)  /* lb or lbu (ROM); sw = e - lb - lh - lw - sb - sh */ \
    X(ls, lh)  /* lh or lhu (ROM) */ \
    X(ls, lw)  /* (ROM) */ \
    X(ls, sb)  /* (ROM) */ \
    X(ls, sh)  /* (ROM) */ \
    X(ls, fs)  /* 1: sign extension (ROM) */ \
    X(ls, alo) /* value of rs1 */ \
    X(ls, ahi) \
    X(ls, q)   /* bits 2..15 of the address */ \
    X(ls, o0)  /* bit 0 */ \
    X(ls, o1)  /* bit 1 */ \
    X(ls, mlo) /* RAM word before */ \
    X(ls, mhi) \
    X(ls, nlo) /* RAM word after */ \
    X(ls, nhi) \
    X(ls, s0)  /* old value of rx: low bytes */ \
    X(ls, s1) \
    X(ls, phi) /* old value of rx: high limb */ \
    X(ls, ylo) /* new value of rx */ \
    X(ls, yhi) \
    X(ls, h0)  /* bytes of the half word addressed */ \
    X(ls, h1) \
    X(ls, x)   /* lb: 256 * the byte; lh: the half; sb, sh: the new half; else 0 */ \
    X(ls, sg)  /* sign bit where fs */ \
    X(ls, d1)  /* gap since the last access of rs1 */ \
    X(ls, d3)  /* of rd */ \
    X(ls, dml) /* RAM gap = dml + 2^14 dmh */ \
    X(ls, dmh) \
    X(ls, mg0) /* d1 d3 */ \
    X(ls, mg1) /* dml dmh */ \
    X(ls, mg2) /* sign q */
enum { LS_COLUMNS(AIR_COL_ENUM) ls_n_columns };

/* MULDIV: mul mulh mulhsu mulhu div divu rem remu */
#define MD_COLUMNS(X) \
    X(md, e)   /* 1 on a real row, 0 on padding */ \
    X(md, ts)  /* time of the cycle, 4c */ \
    X(md, pc)  /* address of the instruction / 4 */ \
    X(md, rd)  /* written register, 32 = sink */ \
    X(md, rs1) /* first source */ \
    X(md, rs2) /* second source, 0 when absent */ \
    X(md, dv)  /* 1: division (ROM) */ \
    X(md, su)  /* 1: result is u (ROM) */ \
    X(md, sq)  /* 1: result is Y (ROM) */ \
    X(md, fa)  /* 1: rs1 is signed (ROM) */ \
    X(md, fx)  /* 1: rs2 is signed (ROM) */ \
    X(md, alo) /* value of rs1 */ \
    X(md, ahi) \
    X(md, X0)  /* bytes of rs2 */ \
    X(md, X1) \
    X(md, X2) \
    X(md, X3) \
    X(md, Y0)  /* bytes: mul: rs1; div: quotient */ \
    X(md, Y1) \
    X(md, Y2) \
    X(md, Y3) \
    X(md, g0)  /* mul: low product; div: remainder */ \
    X(md, g1) \
    X(md, u0)  /* mul: high product; div: |b| - |rem| - 1 */ \
    X(md, u1) \
    X(md, k1)  /* carries of the 64-bit identity */ \
    X(md, k2) \
    X(md, k3) \
    X(md, k4) \
    X(md, sa)  /* sign of rs1 */ \
    X(md, sx)  /* sign of rs2 */ \
    X(md, sy)  /* sign of Y */ \
    X(md, sr)  /* sign of the remainder */ \
    X(md, w)   /* carry of the bound */ \
    X(md, z)   /* 1: division by zero */ \
    X(md, rlo) /* result */ \
    X(md, rhi) \
    X(md, plo) /* old value of rd */ \
    X(md, phi) \
    X(md, d1)  /* gap since the last access of rs1 */ \
    X(md, d2)  /* of rs2 */ \
    X(md, d3)  /* of rd */ \
    X(md, mg0) /* d1 d2 d3: xy + xz + yz */ \
    X(md, mg1) /* d1 d2 d3: xyz */ \
    X(md, mg2) /* g0 g1 u0: xy + xz + yz */ \
    X(md, mg3) /* g0 g1 u0: xyz */ \
    X(md, mg4) /* k1 k2 k3+4: xy + xz + yz */ \
    X(md, mg5) /* k1 k2 k3+4: xyz */ \
    X(md, mg6) /* u1 * sign a */ \
    X(md, mg7) /* sign b * (k4+4) */
enum { MD_COLUMNS(AIR_COL_ENUM) md_n_columns };

/* REFRESH: an idle register (or RAM word) is touched */
#define RF_COLUMNS(X) \
    X(rf, e)    /* 1 on a real row, 0 on padding */ \
    X(rf, addr) /* tuple address */ \
    X(rf, tl)   /* time = tl + 2^14 th */ \
    X(rf, th) \
    X(rf, vlo)  /* value */ \
    X(rf, vhi) \
    X(rf, dl)   /* gap = dl + 2^14 dh */ \
    X(rf, dh) \
    X(rf, mg0)  /* tl th */ \
    X(rf, mg1)  /* dl dh */
enum { RF_COLUMNS(AIR_COL_ENUM) rf_n_columns };

/* INITFIN: a RAM word above the image: initial 0, final value */
#define INF_COLUMNS(X) \
    X(inf, wl)  /* RAM word = wl + 2^14 wh */ \
    X(inf, wh) \
    X(inf, gl)  /* step from the word before - 1 = gl + 2^14 gh */ \
    X(inf, gh) \
    X(inf, tf)  /* final time */ \
    X(inf, lo)  /* final value */ \
    X(inf, hi) \
    X(inf, mg0) /* wl wh */ \
    X(inf, mg1) /* gl gh */
/* Of these INITFIN also reads the row before. */
#define INF_BEFORE_COLUMNS(X) \
    X(infb, wl) \
    X(infb, wh)
enum { INF_COLUMNS(AIR_COL_ENUM) inf_n_columns };
enum { INF_BEFORE_COLUMNS(AIR_COL_ENUM) infb_n_columns };

/* IMAGE: a register or image word: preprocessed initial value, final value */
#define IMG_COLUMNS(X) \
    X(img, tf) /* final time */ \
    X(img, lo) /* final value */ \
    X(img, hi)
#define IMG_PRE_COLUMNS(X) \
    X(imgp, addr) /* tuple address */ \
    X(imgp, lo)   /* initial value */ \
    X(imgp, hi)
enum { IMG_PRE_COLUMNS(AIR_COL_ENUM) imgp_n_columns };
enum { IMG_COLUMNS(AIR_COL_ENUM) img_n_columns };

/* ROM: how often each instruction row is fetched */
#define ROM_COLUMNS(X) \
    X(rom, mult) /* multiplicity */
#define ROM_PRE_COLUMNS(X) \
    X(romp, f0)  /* operation, chip constant; 9: SHAMT */ \
    X(romp, f1)  /* fields in the order of the chip */ \
    X(romp, f2) \
    X(romp, f3) \
    X(romp, f4) \
    X(romp, f5) \
    X(romp, f6) \
    X(romp, f7) \
    X(romp, f8) \
    X(romp, f9) \
    X(romp, f10)
enum { ROM_PRE_COLUMNS(AIR_COL_ENUM) romp_n_columns };
enum { ROM_COLUMNS(AIR_COL_ENUM) rom_n_columns };

/* TABLES: multiplicities of the range and byte tables */
#define TAB_COLUMNS(X) \
    X(tab, mrc)  /* of (k, v) */ \
    X(tab, mbit) /* of (op, a, b, r) */
#define TAB_PRE_COLUMNS(X) \
    X(tabp, rk)  /* range table: bits k */ \
    X(tabp, rv)  /* value v < 2^k */ \
    X(tabp, bop) /* byte table: 0 and, 1 or, 2 xor, 3 pair */ \
    X(tabp, ba) \
    X(tabp, bb) \
    X(tabp, br)  /* a op b; 0 for op 3 */
enum { TAB_PRE_COLUMNS(AIR_COL_ENUM) tabp_n_columns };
enum { TAB_COLUMNS(AIR_COL_ENUM) tab_n_columns };

#endif
