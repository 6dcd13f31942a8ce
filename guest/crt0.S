/* crt0.S - the first and the last instructions of a guest: stack, global pointer, main, halt. */
    .file "crt0.S"
    .section .text.start, "ax", @progbits
    .globl _start
    .type _start, @function
_start:
    .option push
    .option norelax
    la      gp, __global_pointer$
    .option pop
    la      sp, __sprove_stack_top
    call    sp_start_
    li      a0, 0
    li      a1, 0
    call    main
    call    sp_exit /* the exit code is what main returned */
    .size _start, . - _start

/* sp_halt_(code, digest): exit code to x9, the eight words at digest (none when it is null) to
 * x10..x17, then the jump to the halt address. */
    .section .text.sp_halt_, "ax", @progbits
    .globl sp_halt_
    .type sp_halt_, @function
sp_halt_:
    mv      s1, a0
    mv      t0, a1
    beqz    t0, 1f
    lw      a0, 0(t0)
    lw      a1, 4(t0)
    lw      a2, 8(t0)
    lw      a3, 12(t0)
    lw      a4, 16(t0)
    lw      a5, 20(t0)
    lw      a6, 24(t0)
    lw      a7, 28(t0)
1:  jalr    zero, %lo(__sprove_halt_pc)(zero)
    .size sp_halt_, . - sp_halt_
