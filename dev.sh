#!/bin/sh
# dev.sh - sets a machine up, builds and runs the project; `sh dev.sh` alone prints what it can do.
#
# Made for Debian 12 and its relatives (apt-get); elsewhere it says what to install.
set -eu
from=$PWD
cd "$(dirname "$0")"

say() { printf '%s\n' "== $*"; }
fail() {
    printf '%s\n' "dev.sh: $*" >&2
    exit 1
}

# need PACKAGE TEST...: notes the package when the test fails.
missing=
need() {
    package=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $package"
}
has() { command -v "$1"; }
has_jansson() { pkg-config --exists 'jansson >= 2.11'; }
has_openssl() { pkg-config --exists 'libcrypto >= 3'; }
has_gmp() { pkg-config --exists gmp; }
has_curl() { pkg-config --exists libcurl; }
has_package() { pkg-config --exists "$1"; }
has_evlib() { ls /usr/lib/*/libwebsockets-evlib_uv.so; }
has_fuzzer() { printf 'int LLVMFuzzerTestOneInput(const char *d, long n){(void)d;return (int)(n&0);}\n' |
    clang -fsanitize=fuzzer -x c -o /dev/null -; }
has_openmp() { printf 'int main(void){return 0;}\n' |
    clang -fopenmp -fsanitize=thread -x c -o /dev/null -; }
compiles_c() { printf '#include <stdlib.h>\nint main(void){return 0;}\n' | gcc -x c -o /dev/null -; }

install_missing() {
    [ -n "$missing" ] || return 0
    command -v apt-get >/dev/null 2>&1 ||
        fail "missing:$missing (names of Debian packages), and there is no apt-get to install them with"
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif command -v sudo >/dev/null 2>&1; then
        as_root=sudo
    else
        fail "missing:$missing; there is no sudo, so install them as root: apt-get install$missing"
    fi
    say "installing:$missing"
    # A fresh machine may have no package lists, or old ones.
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q >/dev/null ||
        fail "\`${as_root:+$as_root }apt-get update\` failed; to be installed:$missing"
    # The list is words on purpose.
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        $missing >/dev/null || fail "\`${as_root:+$as_root }apt-get install$missing\` failed"
    missing=
}

need_build_tools() {
    need gcc has gcc
    need libc6-dev compiles_c
    need cmake has cmake
    need ninja-build has ninja
    need pkg-config has pkg-config
    need libjansson-dev has_jansson
    need gcc-riscv64-unknown-elf has riscv64-unknown-elf-gcc
}

# Relayer and node.
need_market() {
    need libwebsockets-dev has_package libwebsockets
    need libwebsockets-evlib-uv has_evlib
    need libuv1-dev has_package libuv
    need libsqlite3-dev has_package sqlite3
    need libinih-dev has_package inih
    need libseccomp-dev has_package libseccomp
    need libpq-dev has_package libpq
}

need_test_tools() {
    need_build_tools
    need libssl-dev has_openssl
    need libgmp-dev has_gmp
    need libcurl4-openssl-dev has_curl
    need_market
    need python3 has python3
    need python3-jsonschema python3 -c "import jsonschema"
    need binutils has nm
    need dpkg-dev has dpkg-shlibdeps
    need mandoc has mandoc
    need qemu-user has qemu-riscv32
    need clang has clang
    need lld has ld.lld
    need git has git
}

# configure DIR OPTION...
configure() {
    dir=$1
    shift
    say "configuring $dir"
    cmake -S . -B "$dir" -G Ninja "$@" >"$dir.log" 2>&1 || {
        cat "$dir.log" >&2
        fail "cmake failed"
    }
    rm -f "$dir.log"
}
# build DIR [TARGET...]
build() {
    say "building $1"
    dir=$1
    shift
    ninja -C "$dir" --quiet "$@"
}

# build_tests OPTION...: what the tests run, in build-test, where nothing else is set than here.
build_tests() {
    configure build-test -DCMAKE_BUILD_TYPE=Release -DSP_WERROR=ON -DSP_CRASH_POINTS=ON "$@"
    build build-test
}

# need_number COMMAND VALUE UNIT
need_number() {
    case $2 in
    '' | *[!0-9]*) fail "$1 takes a number$3, as: sh dev.sh $1 60" ;;
    esac
}

# run_ctest DIR NAME OPTION...: notes what was skipped; a failure stops only at the end.
failures=
skips=$(mktemp)
seconds=$(mktemp)
trap 'rm -f "$skips" "$seconds"' EXIT
run_ctest() {
    dir=$1
    name=$2
    shift 2
    say "testing $name"
    rc=0
    ctest --test-dir "$dir" --output-on-failure -j "$(nproc)" "$@" || rc=$?
    log=$dir/Testing/Temporary/LastTest.log
    if [ -f "$log" ]; then
        # Lines "  skipped: why" of test binaries, under the name of the ctest that printed them.
        sed -n -e 's/^[0-9]*\/[0-9]* Test: \(.*\)$/T \1/p' -e 's/^ *skipped: \(.*\)$/S \1/p' "$log" |
            while read -r kind text; do
                if [ "$kind" = T ]; then test_name=$text; else
                    echo "$name: $test_name: $text" >>"$skips"
                fi
            done
    fi
    [ "$rc" = 0 ] || again "$dir" "$name" || failures="$failures $name"
}

# again DIR NAME: a second attempt, each alone, of at most three tests that failed, when all of them are of several
# processes that wait for each other, and no sanitizer has said anything. Which they were is said at the end, since
# it is a defect all the same: of the test, or a race.
again() {
    failed=$1/Testing/Temporary/LastTestsFailed.log
    { [ -f "$failed" ] && [ "$(wc -l <"$failed")" -le 3 ]; } || return 1
    ! grep -q -e 'Sanitizer' -e 'runtime error:' "$1/Testing/Temporary/LastTest.log" || return 1
    tests=$(sed 's/^[0-9]*://' "$failed")
    for test in $tests; do
        ctest --test-dir "$1" -N -L 'relayer|cli' -LE unit -R "^$test\$" | grep -q '^Total Tests: 1$' || return 1
    done
    for test in $tests; do
        say "testing $2 again: $test"
        ctest --test-dir "$1" --output-on-failure -R "^$test\$" || return 1
        echo "$2: $test" >>"$seconds"
    done
}

cmd_demo() {
    need_build_tools
    install_missing
    configure build -DCMAKE_BUILD_TYPE=Release -DSP_WERROR=OFF
    build build sprove sverify
    out=build/demo
    bin=build/cli
    mkdir -p "$out"
    say "a job: the product of two matrices"
    "$bin/sprove" jobs matrix_multiplication --example | tee "$out/input.json"
    say "running it, and proving that it ran (profile balanced)"
    "$bin/sprove" run matrix_multiplication --input "$out/input.json" --output "$out/output.json" \
        --proof "$out/job.proof"
    printf 'output         '
    cat "$out/output.json"
    say "checking the proof, without running the job"
    ask "$out/job.proof" "$out/output.json"
    say "another output is rejected"
    sed 's/19/20/' "$out/output.json" >"$out/wrong.json"
    must_reject ask "$out/job.proof" "$out/wrong.json"
    say "a proof with one bit changed is rejected"
    tamper "$out/job.proof" "$out/tampered.proof"
    must_reject ask "$out/tampered.proof" "$out/output.json"
    say "done; the files are in $out"
}

ask() {
    "$bin/sverify" "$1" --program matrix_multiplication --input "$out/input.json" --output "$2"
}

must_reject() {
    rc=0
    "$@" || rc=$?
    [ "$rc" = 1 ] || fail "expected a rejection (exit code 1), got exit code $rc"
}

# tamper FROM TO: a copy with the lowest bit of its last byte changed.
tamper() {
    n=$(($(wc -c <"$1") - 1))
    last=$(tail -c 1 "$1" | od -An -tu1)
    head -c "$n" "$1" >"$2"
    # The byte as an octal escape.
    # shellcheck disable=SC2059
    printf "\\$(printf '%03o' $((last ^ 1)))" >>"$2"
}

# What starknet-devnet and a Cairo compiler are looked for in; neither comes from Debian or PyPI, so
# neither is installed.
cairo=${CAIRO_HOME:-${HOME:-}/.local/share/cairo}/bin
has_devnet() { has starknet-devnet || [ -x "$cairo/starknet-devnet" ]; }
has_cairo() { has scarb || [ -x "$cairo/starknet-compile" ]; }

# A Python with starknet-py, which declares classes and deploys: made in build/starknet-py.
python=build/starknet-py/bin/python
make_python() {
    "$python" -c 'import starknet_py' 2>/dev/null && return 0
    say "starknet-py, into build/starknet-py"
    mkdir -p build
    python3 -m venv build/starknet-py && "$python" -m pip install -q starknet-py==0.30.0
}

# on_devnet "TARGETS" SCRIPT ARGUMENT...: builds, and runs a demonstration that starts a devnet. Without a tool that it
# needs it says so, and is skipped.
on_devnet() {
    targets=$1
    shift
    need_build_tools
    need libssl-dev has_openssl
    need libgmp-dev has_gmp
    need libcurl4-openssl-dev has_curl
    need python3-venv python3 -m ensurepip --version
    install_missing
    has_devnet >/dev/null || {
        echo "  skipped: no starknet-devnet (PATH, or $cairo)"
        return 0
    }
    has_cairo >/dev/null || {
        echo "  skipped: no Cairo compiler (scarb, or starknet-compile in $cairo)"
        return 0
    }
    configure build -DCMAKE_BUILD_TYPE=Release -DSP_WERROR=OFF
    # The targets are words on purpose.
    # shellcheck disable=SC2086
    build build $targets
    make_python || {
        echo "  skipped: starknet-py cannot be installed (PyPI)"
        return 0
    }
    rc=0
    "$python" "$@" || rc=$?
    [ "$rc" = 0 ] || [ "$rc" = 77 ] || fail "the demonstration failed"
}

# devnet-demo: the marketplace contract over a local devnet.
cmd_devnet_demo() {
    on_devnet "sprove chain_raw" tests/chain/devnet_demo.py build/cli/sprove build/tests/chain/chain_raw build/devnet-demo
}

# market-demo: the same with a relayer and nodes.
cmd_market_demo() {
    need_market
    on_devnet "sprove chain_raw sprove-relayer sprove-node sprove-worker" tests/chain/market_demo.py build/cli/sprove \
        build/tests/chain/chain_raw build/relayer/sprove-relayer build/node/sprove-node build/market-demo
}

# races_of_market DIR: relayer and node under the thread sanitizer, by tests that drive each of their threads. Clang's OpenMP
# runtime does not start in their children's sandbox: what proves there is taken from DIR, a build without sanitizers.
races_of_market() {
    configure build-tsan --preset tsan
    build build-tsan sprove-relayer sprove-node relayer_core_tests relayer_backup_tests relayer_frame_tests check_callback example_demander
    mkdir -p build-tsan/market build-tsan/cli
    cp -f "$1/market/sprove-worker" build-tsan/market/
    cp -f "$1/cli/sprove" "$1/cli/sverify" build-tsan/cli/
    rm -f build-tsan/race.*
    # Whatever a test makes of a process that ends early, the report is there.
    export TSAN_OPTIONS="ignore_noninstrumented_modules=1:halt_on_error=1:log_path=$PWD/build-tsan/race"
    run_ctest build-tsan races -R \
        '^(relayer_(core_tests|backup_tests|frame_tests|ws|tasks|callbacks(_again|_guard)?|backup_process|audit_process)|node_process)$'
    unset TSAN_OPTIONS
    for report in build-tsan/race.*; do
        if [ -s "$report" ]; then
            cat "$report" >&2
            failures="$failures races"
        fi
    done
}

cmd_test() {
    start=$(date +%s)
    need_test_tools
    need libomp-dev has_openmp
    if has_devnet >/dev/null && has_cairo >/dev/null; then
        need python3-venv python3 -m ensurepip --version
    fi
    install_missing
    # Without starknet-py the tests that need it say so.
    if has_devnet >/dev/null && has_cairo >/dev/null && make_python; then
        set -- "-DSP_STARKNET_PYTHON=$PWD/$python"
    fi
    build_tests "$@"
    run_ctest build-test release
    configure build-asan -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS_DEBUG=-O1\ -g -DSP_WERROR=ON \
        -DSP_CHECKED=ON -DSP_SANITIZE=address,undefined
    build build-asan
    run_ctest build-asan sanitizers -LE 'slow|install|proofs'
    races_of_market build-test
    count=$(wc -l <"$skips")
    say "skipped: $count"
    sort "$skips" | sed 's/^/   /'
    [ ! -s "$seconds" ] || say "failed first, and passed at the second attempt: $(wc -l <"$seconds")"
    sort "$seconds" | sed 's/^/   /'
    say "took $(($(date +%s) - start)) s"
    [ -z "$failures" ] || fail "failed in:$failures"
    say "all tests passed"
}

# stalls [TIMES]: the tests of several processes, each so often, while their processes are stopped for moments.
cmd_stalls() {
    times=${1-1}
    need_number stalls "$times" ""
    need_test_tools
    install_missing
    build_tests
    python3 tests/relayer/stall.py build-test &
    stalls=$!
    rc=0
    ctest --test-dir build-test --output-on-failure -j "$(nproc)" --timeout 900 -L 'relayer|cli' -LE 'unit|install|large' \
        --repeat "until-fail:$times" || rc=$?
    kill "$stalls"
    [ "$rc" = 0 ] || fail "a test takes something for granted, or there is a race"
}

# fuzz [SECONDS]: every fuzz target with libFuzzer, for so long each. Its corpus is kept, and starts with
# the target's own seed.
cmd_fuzz() {
    seconds=${1-60}
    need_number fuzz "$seconds" " of seconds"
    need_test_tools
    need libclang-rt-14-dev has_fuzzer
    install_missing
    export CC=clang
    configure build-fuzz -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS_DEBUG=-O1\ -g -DSP_WERROR=OFF \
        -DSP_CHECKED=ON -DSP_SANITIZE=address,undefined -DSP_FUZZ=ON
    build build-fuzz fuzz
    for target in build-fuzz/tests/fuzz/fuzz_*; do
        if [ ! -x "$target" ] || [ ! -f "$target" ]; then continue; fi
        corpus=build-fuzz/corpus/${target##*/}
        mkdir -p "$corpus"
        "$target" --write-seed "$corpus/seed"
        say "fuzzing ${target##*/} for $seconds s"
        (cd "$corpus/.." && "../../$target" -max_total_time="$seconds" -max_len=65536 \
            -print_final_stats=1 "${corpus##*/}")
    done
}

# races: what runs on several threads, under the thread sanitizer.
cmd_races() {
    need_test_tools
    need libomp-dev has_openmp
    install_missing
    configure build -DCMAKE_BUILD_TYPE=Release -DSP_WERROR=OFF
    build build sprove sverify sprove-worker
    races_of_market build
    say "configuring build-tsan"
    cmake --preset tsan >/dev/null || fail "cmake failed"
    build build-tsan backend_tests e2e_tests e2e_profiles soundness_honest api_tests
    ctest --preset tsan || failures="$failures prover"
    [ -z "$failures" ] || fail "failed in:$failures"
}

cmd_bench() {
    need_build_tools
    install_missing
    configure build -DCMAKE_BUILD_TYPE=Release -DSP_WERROR=OFF
    build build sprove
    build/cli/sprove bench "$@"
}

cmd_install() {
    [ $# = 1 ] || fail "install needs the directory to install into, as: sh dev.sh install /usr/local"
    need_build_tools
    install_missing
    configure build -DCMAKE_BUILD_TYPE=Release -DSP_WERROR=OFF
    # All that is installed, where its libraries are.
    set -- "$1" sprove sverify libsprove
    for program in libsprove-client sprove-worker sprove-relayer sprove-node; do
        if ninja -C build -t query "$program" >/dev/null 2>&1; then set -- "$@" "$program"; fi
    done
    to=$1
    shift
    build build "$@"
    set -- "$to"
    case $1 in
    /*) prefix=$1 ;;
    *) prefix=$from/$1 ;;
    esac
    cmake --install build --prefix "$prefix" || fail "could not install into $prefix"
}

# deb [FOLDER]: Debian packages, built with Debian's flags.
cmd_deb() {
    to=${1-build-deb/packages}
    case $to in
    /*) ;;
    *) [ $# = 0 ] || to=$from/$to ;;
    esac
    need_build_tools
    need libssl-dev has_openssl
    need libgmp-dev has_gmp
    need libcurl4-openssl-dev has_curl
    need_market
    need dpkg-dev has dpkg-shlibdeps
    need binutils has readelf
    install_missing
    flags() { DEB_BUILD_MAINT_OPTIONS=hardening=+bindnow dpkg-buildflags --get "$1"; }
    configure build-deb -DCMAKE_BUILD_TYPE=Release -DSP_WERROR=OFF -DCMAKE_INSTALL_PREFIX=/usr \
        -DCMAKE_C_FLAGS="$(flags CFLAGS) $(flags CPPFLAGS)" -DCMAKE_EXE_LINKER_FLAGS="$(flags LDFLAGS)"
    build build-deb sprove sverify libsprove libsprove-client sprove-worker sprove-relayer sprove-node
    say "packing"
    sh packaging/deb.sh build-deb "$to" || fail "the packages could not be made"
}

case ${1-} in
demo | devnet-demo | market-demo | test | races)
    command=$1
    shift
    [ $# = 0 ] || fail "$command takes no arguments"
    case $command in
    devnet-demo) cmd_devnet_demo ;;
    market-demo) cmd_market_demo ;;
    *) "cmd_$command" ;;
    esac
    ;;
bench | deb | fuzz | install | stalls)
    command=$1
    shift
    "cmd_$command" "$@"
    ;;
*)
    cat <<'TEXT'
usage: sh dev.sh demo            build, prove and verify a built-in job
       sh dev.sh devnet-demo     a task, its proof and its payment on a local Starknet devnet
       sh dev.sh market-demo     the same with a relayer and provider nodes, which are killed meanwhile
       sh dev.sh test            everything that can be tested here
       sh dev.sh bench [OPTION]  measure proving here (options of `sprove bench`)
       sh dev.sh fuzz [SECONDS]  fuzz every parser with libFuzzer, so long each
       sh dev.sh races           relayer, node and prover under the thread sanitizer
       sh dev.sh stalls [TIMES]  the tests of several processes, whose processes are stopped for moments meanwhile
       sh dev.sh install PREFIX  install sprove, sverify, relayer and node, manual pages and headers
       sh dev.sh deb [FOLDER]    Debian packages of all that, into build-deb/packages
Each installs the Debian packages that are missing, as root or by sudo.
TEXT
    [ $# = 0 ] || exit 2
    ;;
esac
