#!/bin/sh
# riscv_tests.sh CHECKOUT [SPROVE] - the rv32ui and rv32um programs of github.com/riscv-software-src/riscv-tests,
# from a checkout that the caller brings, run on the VM and through the row checker.
#
# Left out: fence_i (no instruction here) and ma_data (misaligned accesses trap here).
set -eu
[ $# -ge 1 ] || { echo "usage: sh tools/riscv_tests.sh CHECKOUT [SPROVE]" >&2; exit 2; }
isa=$1/isa
sprove=${2-build/cli/sprove}
[ -d "$isa/rv32ui" ] || { echo "riscv_tests.sh: $isa/rv32ui is not there" >&2; exit 2; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# The environment of the tests: start, and halt with the number of the failed test as exit code.
cat >"$dir/riscv_test.h" <<'H'
#define RVTEST_RV32U
#define RVTEST_RV64U
#define TESTNUM gp
#define RVTEST_CODE_BEGIN .text; .globl _start; _start: li gp, 0; li sp, 0x3ffffff0;
#define RVTEST_CODE_END
#define RVTEST_PASS li s1, 0; li t0, 0x100; jr t0;
#define RVTEST_FAIL mv s1, gp; li t0, 0x100; jr t0;
#define RVTEST_DATA_BEGIN
#define RVTEST_DATA_END
H

passed=0
failed=
for source in "$isa"/rv32ui/*.S "$isa"/rv32um/*.S; do
    name=${source##*/}
    name=${name%.S}
    case $name in fence_i | ma_data) continue ;; esac
    # The tests use gp themselves: no addresses relative to it.
    riscv64-unknown-elf-gcc -w -mno-relax -Wl,--no-relax -march=rv32im -mabi=ilp32 -nostdlib -static \
        -Ttext=0x10000 -I"$dir" -I"$isa/macros/scalar" "$source" -o "$dir/$name.elf"
    if "$sprove" exec "$dir/$name.elf" --output /dev/null >"$dir/log" 2>&1 &&
        "$sprove" run "$dir/$name.elf" --check --output /dev/null >"$dir/log" 2>&1; then
        passed=$((passed + 1))
    else
        failed="$failed $name"
        tail -n 1 "$dir/log"
    fi
done
echo "$passed passed, failed:${failed:- none}"
[ -z "$failed" ] && [ "$passed" -gt 0 ]
