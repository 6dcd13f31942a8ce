#!/bin/sh
# run.sh - the wide-Fibonacci AIR (100 columns, 98 constraints, blowup 2, 70 queries) proved by stwo
# 2.3.0 and by this prover, alternately in one run; a table and, with --json FILE, JSON.
#
# Times are without grinding, trace generation and set-up (main.rs and wide_fib.c say exactly what
# is in). Wall time is what counts; CPU time, which a busy machine disturbs less, stands beside it.
# Both keep their memory from one sample of a process to the next; the first sample, which meets
# fresh memory as a single proof does, is also printed by itself (cold).
# stwo has its best settings: coefficients stored, a pool of columns, FRI folding by 2^3, huge pages
# and no trimming through glibc, -C target-cpu=native, whole-program optimisation, and for one thread
# a build without its feature `parallel`.
set -eu
usage="usage: run.sh [--build DIR] [--logs '16 18 20'] [--threads '1 2'] [--rounds N] [--samples N] \
[--backend NAME] [--phases] [--json FILE]"

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
build=$root/build-compare logs='16 18 20' threads='1 2' rounds=3 samples=2 backend=auto phases='' json=''
while [ $# -gt 0 ]; do
    case $1 in
    --phases) phases=--phases; shift; continue ;;
    --build | --logs | --threads | --rounds | --samples | --backend | --json)
        [ $# -ge 2 ] || { echo "$usage" >&2; exit 2; } ;;
    *) echo "$usage" >&2; exit 2 ;;
    esac
    case $1 in
    --build) build=$2 ;;
    --logs) logs=$2 ;;
    --threads) threads=$2 ;;
    --rounds) rounds=$2 ;;
    --samples) samples=$2 ;;
    --backend) backend=$2 ;;
    --json) json=$2 ;;
    esac
    shift 2
done

echo "building bench_wide_fib in $build" >&2
cmake -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=Release >&2
cmake --build "$build" --target bench_wide_fib >&2
ours=$build/benches/compare/bench_wide_fib

stwo=yes
target=$here/stwo/target
if ! command -v cargo >/dev/null; then
    echo 'stwo skipped: no cargo' >&2
    stwo=no
else
    for kind in serial parallel; do
        feature=
        [ $kind = serial ] || feature='--features parallel'
        echo "building stwo-wide-fib, $kind (minutes when new)" >&2
        # shellcheck disable=SC2086 # no feature is no argument
        if ! RUSTC_BOOTSTRAP=1 RUSTFLAGS='-C target-cpu=native' cargo build --release --locked -q \
            --manifest-path "$here/stwo/Cargo.toml" --target-dir "$target/$kind" $feature >&2; then
            echo 'stwo skipped: it does not build here (no network?)' >&2
            stwo=no
            break
        fi
    done
fi

tunables=glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=33554432
tunables=$tunables:glibc.malloc.trim_threshold=8589934592
lines=$(mktemp)
trap 'rm -f "$lines"' EXIT
run_stwo() { # log threads options
    kind=parallel
    [ "$2" -gt 1 ] || kind=serial
    # shellcheck disable=SC2086
    RAYON_NUM_THREADS=$2 GLIBC_TUNABLES=$tunables \
        "$target/$kind/release/stwo-wide-fib" --log "$1" --samples "$samples" --fold-step 3 --pool $3
}
for log in $logs; do
    for t in $threads; do
        for round in $(seq "$rounds"); do
            extra=$phases
            [ "$round" -gt 1 ] || extra="$phases --full"
            echo "2^$log rows, $t threads, round $round of $rounds" >&2
            [ $stwo = no ] || run_stwo "$log" "$t" "$extra" >>"$lines"
            # shellcheck disable=SC2086
            "$ours" --log "$log" --threads "$t" --samples "$samples" --backend "$backend" $extra >>"$lines"
        done
    done
done

machine=$(lscpu 2>/dev/null | sed -n 's/^Model name: *//p' | head -n 1)
flags=$(lscpu 2>/dev/null | tr ' ' '\n' | grep -x -e avx2 -e avx512f | sort -u | tr '\n' ' ')
commit=$(git -C "$root" rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
if [ "$commit" != unknown ] && [ -n "$(git -C "$root" status --porcelain -uno -- "$root" 2>/dev/null)" ]; then
    commit=$commit+changes
fi
awk -v machine="${machine:-unknown}" -v cpus="$(nproc 2>/dev/null || echo 0)" -v flags="$flags" \
    -v commit="$commit" -v n_samples="$samples" -v logs="$logs" -v threads="$threads" -v json="$json" \
    -v command="benches/compare/run.sh --rounds $rounds --samples $samples" '
function number(name,  m) {
    return match($0, "\"" name "\":[0-9.]+") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 3) + 0 : 0
}
function list(name, into, key,  s, n, i, v) {
    if (!match($0, "\"" name "\":\\[[^]]*\\]")) return
    s = substr($0, RSTART + length(name) + 4, RLENGTH - length(name) - 5)
    n = split(s, v, ",")
    for (i = 1; i <= n; i++) into[key, ++count[name, key]] = v[i] + 0
}
function sorted(from, name, key, out,  n, i, j, t) {
    n = count[name, key]
    for (i = 1; i <= n; i++) {
        t = from[key, i]
        for (j = i - 1; j > 0 && out[j] > t; j--) out[j + 1] = out[j]
        out[j + 1] = t
    }
    return n
}
function median(v, n) { return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2 }
function least(into, key, v) { if (v && (!(key in into) || v < into[key])) into[key] = v }
{
    who = /"prover":"sprove"/ ? "sprove" : "stwo"
    key = who SUBSEP number("log") SUBSEP number("threads")
    list("samples_ms", wall, key)
    least(cold, key, wall[key, count["samples_ms", key] - n_samples + 1])
    list("cpu_ms", cpu, key)
    least(hash, key, number("grind_hash_ns"))
    least(full, key, number("full_26_bits_ms"))
    least(verify, key, number("verify_ms"))
    bytes[key] = number("proof_bytes")
    if (number("peak_rss_bytes") > rss[key]) rss[key] = number("peak_rss_bytes")
    if (match($0, /"backend":"[a-z0-9]*"/)) backend = substr($0, RSTART + 11, RLENGTH - 12)
    if (match($0, /"phases_ms":.*}/)) phases[key] = substr($0, RSTART, RLENGTH - 1)
}
END {
    printf "machine: %s, %d CPUs, %s\ncommit:  %s, backend %s\n\n", machine, cpus, flags, commit, backend
    print "rows  threads  prover  min ms  median ms  cold ms  Mcells/s  CPU ms  verify ms  proof B  RSS MiB  grind 26 bits ms"
    out = sprintf("{\"bench\":\"compare\",\"machine\":\"%s\",\"cpus\":%d,\"flags\":\"%s\",\"commit\":\"%s\",\"command\":\"%s\",\"backend\":\"%s\",\"results\":[", machine, cpus, flags, commit, command, backend)
    nl = split(logs, L, " "); nt = split(threads, T, " ")
    for (a = 1; a <= nl; a++) for (b = 1; b <= nt; b++) {
        for (w = 1; w <= 2; w++) {
            who = w == 1 ? "stwo" : "sprove"
            key = who SUBSEP L[a] + 0 SUBSEP T[b] + 0
            if (!count["samples_ms", key]) { rate[w] = 0; continue }
            split("", v); n = sorted(wall, "samples_ms", key, v); min = v[1]; med = median(v, n); max = v[n]
            split("", v); sorted(cpu, "cpu_ms", key, v); used[w] = v[1]
            rate[w] = 100 * 2 ^ L[a] / min / 1e3
            mean = hash[key] * 2 ^ 26 / 1e6
            printf "2^%-4d %5d   %-7s %8.1f %9.1f %9.1f %9.1f %8.1f %8.2f %10d %7d %10.0f\n", L[a], T[b], who, min, med, cold[key], rate[w], used[w], verify[key], bytes[key], rss[key] / 1048576, mean
            out = out sprintf("%s{\"prover\":\"%s\",\"log\":%d,\"threads\":%d,\"samples\":%d,\"min_ms\":%.3f,\"median_ms\":%.3f,\"max_ms\":%.3f,\"cold_ms\":%.3f,\"cells_per_s\":%.0f,\"cpu_min_ms\":%.3f,\"verify_ms\":%.3f,\"proof_bytes\":%d,\"peak_rss_bytes\":%d,\"grind_26_bits_mean_ms\":%.1f,\"one_proof_with_26_bits_ms\":%.1f%s}", comma, who, L[a], T[b], n, min, med, max, cold[key], rate[w] * 1e6, used[w], verify[key], bytes[key], rss[key], mean, full[key], key in phases ? "," phases[key] : "")
            comma = ","
        }
        if (rate[1] && rate[2]) {
            printf "2^%-4d %5d   ratio sprove / stwo: %.2f in cells/s, %.2f by CPU time\n", L[a], T[b], rate[2] / rate[1], used[1] / used[2]
            ratios = ratios sprintf("%s{\"log\":%d,\"threads\":%d,\"ratio\":%.3f,\"cpu_ratio\":%.3f}", rcomma, L[a], T[b], rate[2] / rate[1], used[1] / used[2])
            rcomma = ","
        }
    }
    if (json != "") print out "],\"ratios\":[" ratios "]}" > json
}' "$lines"
