#!/bin/sh
# avx512_bochs.sh BUILD - runs the compiled AVX-512 kernels of the build directory BUILD where the
# processor has none: in Bochs, an emulator of a whole PC, under a Debian kernel without disks. There the
# backend tests compare each kernel with the portable one; a proof is compared with one made here.
set -eu
fail() {
    echo "avx512_bochs.sh: $*" >&2
    exit 2
}
cd "$(dirname "$0")/.."
if [ $# != 1 ] || [ ! -x "$1/cli/sprove" ] || [ ! -x "$1/tests/air/air_kernels" ]; then
    fail "usage: tools/avx512_bochs.sh BUILD, a directory in the checkout in which all is built"
fi
limit=${LIMIT-3600}
for program in bochs-bin busybox cpio grub-mkrescue xorriso mcopy; do
    command -v $program >/dev/null || fail "no $program; apt-get install --no-install-recommends \
bochs bochs-term bochsbios vgabios busybox-static cpio grub-pc-bin grub-common xorriso mtools"
done
build=$(cd "$1" && pwd)
work=$build/avx512_bochs root=$work/root iso=$work/iso
rm -rf "$root" "$iso" "$work/serial"
mkdir -p "$root/bin" "$root/proc" "$root/dev" "$root/tmp" "$iso/boot/grub"

# The kernel: the package that linux-image-cloud-amd64 stands for.
if ! ls "$work"/kernel/boot/vmlinuz-* >/dev/null 2>&1; then
    package=$(apt-cache depends linux-image-cloud-amd64 | awk '$1 == "Depends:" { print $2; exit }')
    (cd "$work" && apt-get download -q "$package" && dpkg-deb -x "$package"_*.deb kernel)
fi
cp "$work"/kernel/boot/vmlinuz-* "$iso/boot/vmlinuz"

# The build's own tests, linked once more: backends other than portable and AVX-512 would take hours
# here, and AVX-512 itself stands in for its kernels over restated intrinsics.
cat >"$work/only.c" <<'C'
#include "prover/backend.h"
#include <stdio.h>
#include <stdlib.h>
const backend *const *__wrap_backend_list(size_t *n);
const backend *const *__wrap_backend_list(size_t *n)
{
    static const backend *found[2] = {&backend_portable};
    found[1] = backend_find("auto");
    if (found[1] != backend_find("avx512")) {
        printf("auto is %s\n", found[1]->name);
        exit(3);
    }
    *n = 2;
    return found;
}
C
libraries="$build/verifier/libsp_verifier.a $build/prover/libsp_prover.a $build/air/libsp_air.a
    $build/vm/libsp_vm.a $build/core/libsp_core.a"
for test in backend/backend_tests air/air_kernels; do
    # shellcheck disable=SC2086
    gcc -std=c11 -O2 -I. "$work/only.c" "$build/tests/${test%/*}/CMakeFiles/${test#*/}.dir"/*.o \
        -Wl,--wrap=backend_list -Wl,--defsym=backend_avx512_emulated=backend_avx512 \
        -Wl,--defsym=air_constraints_inf_avx512_emulated=air_constraints_inf_avx512 \
        "$build/tests/libtest_main.a" $libraries $libraries -fopenmp -o "$root/bin/${test#*/}"
done
gcc -std=c11 -O2 -D_POSIX_C_SOURCE=200809L -I. -mavx512f -DSP_ISA=avx512 \
    '-DSP_VEC_HEADER="prover/cpu/vec_avx512.h"' tests/air/wide.c "$build/tests/libtest_main.a" \
    "$build/core/libsp_core.a" -o "$root/bin/air_wide"
cp "$build/cli/sprove" "$(command -v busybox)" "$root/bin"
ldd "$root/bin/sprove" "$root/bin/backend_tests" | grep -o '/[^ ]*[0-9] ' | sort -u | while read -r file; do
    mkdir -p "$root$(dirname "$file")"
    cp -L "$file" "$root$file"
done

# Two proofs of a small job, made by a backend that this machine can run.
"$build/cli/sprove" jobs fibonacci --example >"$root/in"
prove="sprove run fibonacci --input /in --output /tmp/out --proof /tmp/proof --threads 1 --progress none"
for profile in bench fast; do
    "$build/cli/sprove" run fibonacci --input "$root/in" --output "$work/out" --proof "$work/proof" \
        --profile $profile --progress none >/dev/null
    sha256sum <"$work/proof"
done >"$work/expected"

cat >"$root/init" <<E2
#!/bin/busybox sh
busybox() { /bin/busybox "\$@"; }
busybox mount -t proc proc /proc
busybox mount -t devtmpfs dev /dev
busybox mount -t tmpfs tmp /tmp
exec >/dev/ttyS0 2>&1
export PATH=/bin OMP_NUM_THREADS=1
busybox grep -m1 'model name' /proc/cpuinfo
air_wide --times && backend_tests --times && air_kernels --times && echo tests: passed
$prove --backend auto --profile bench
busybox sha256sum </tmp/proof
$prove --backend avx512 --profile fast
busybox sha256sum </tmp/proof
echo end of run
while :; do busybox sleep 1000; done
E2
chmod +x "$root/init"
(cd "$root" && find . | cpio -o -H newc --quiet | gzip -1) >"$iso/boot/initrd"

# Bochs 2.7 gives no size for the PKRU state and a wrong one for the compacted state, at which Linux
# turns AVX-512 off: it uses neither. The other words
# are those with which its start came through; which of them are needed was not found out one by one.
cat >"$iso/boot/grub/grub.cfg" <<'E2'
set timeout=0
menuentry sprove {
    linux /boot/vmlinuz console=ttyS0 quiet panic=-1 nr_cpus=1 mitigations=off random.trust_cpu=on \
        clearcpuid=pku,xsaves,xsavec nogbpages nopcid nosmap acpi=off noapic nolapic hpet=disable \
        nokaslr lsm= apparmor=0 nowatchdog
    initrd /boot/initrd
}
E2
grub-mkrescue -d /usr/lib/grub/i386-pc --install-modules="linux normal iso9660 biosdisk boot minicmd" \
    --fonts= --locales= --themes= -o "$work/boot.iso" "$iso" >"$work/log" 2>&1 || fail "see $work/log"
cat >"$work/bochsrc" <<E2
display_library: rfb, options="timeout=0"
cpu: model=corei7_skylake_x, ips=200000000
memory: guest=1024, host=1024
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
ata0-master: type=cdrom, path="$work/boot.iso", status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev="$work/serial"
clock: sync=none
panic: action=fatal
error: action=ignore
log: "$work/bochs.log"
E2
# Debian's Bochs waits in its debugger for a command: c continues.
echo c >"$work/rc"
mkfifo "$work/none" 2>/dev/null || true
bochs-bin -q -f "$work/bochsrc" -rc "$work/rc" <>"$work/none" >>"$work/log" 2>&1 &
emulator=$!
trap 'kill -9 $emulator 2>/dev/null' EXIT
second=0
while [ $second -lt "$limit" ] && kill -0 $emulator 2>/dev/null; do
    grep -qs '^end of run' "$work/serial" && break
    sleep 5
    second=$((second + 5))
done
tr -d '\r' <"$work/serial" | tee "$work/output"
grep -q '^tests: passed' "$work/output" || fail "not all tests passed in $second s"
grep -E '^[0-9a-f]{64} ' "$work/output" | cmp - "$work/expected" || fail "the proofs differ"
echo "tests passed, proofs equal"
