#!/bin/bash
# run.sh - measures a relayer built here under load, and prints a table. Everything on this machine.
#
# usage: benches/relayer/run.sh [--build DIR] [--nodes N] [--tasks N] [--lives N] [--seconds S] [--only PART,...]
#                              [--front "chrt -r 1"] (goes before relayer and generator, where others use the machine)
# parts: nodes storm lives tls million. Files are under a temporary folder; results.jsonl is kept beside the build.
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$here/../../build nodes=10000 tasks=1000000 lives=2000 seconds=10 only=nodes,storm,lives,tls,million front=
while [ $# -gt 0 ]; do
    [ $# -gt 1 ] || set -- --help # none goes without a value
    case $1 in
    --build) build=$2 ;; --nodes) nodes=$2 ;; --tasks) tasks=$2 ;; --lives) lives=$2 ;; --seconds) seconds=$2 ;;
    --only) only=$2 ;; --front) front=$2 ;;
    *) sed -n '2,6s/^# //p' "$0"; exit 2 ;;
    esac
    shift 2
done
build=$(cd "$build" && pwd)
load=$build/benches/relayer/bench_relayer_load relayer=$build/relayer/sprove-relayer sprove=$build/cli/sprove
dir=$(mktemp -d) results=$build/benches/relayer/results.jsonl pid= fleet=
: > "$results"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
scheme=http ca=()
trap '[ -n "$fleet" ] && kill "$fleet" 2>/dev/null; [ -n "$pid" ] && kill -9 "$pid" 2>/dev/null; rm -rf "$dir"' EXIT

wants() { [[ ,$only, == *,$1,* ]]; }
say() { echo "$*" | tee -a "$results"; }
start() { # DATA [settings...]
    local data=$1 args=() s
    shift
    for s in "$@"; do args+=(--set "$s"); done
    $front "$relayer" --set server.data="$data" --set server.listen=127.0.0.1:$port --set server.metrics= --set log.level=warn \
        --set server.per_ip=100000 --set server.upgrade_rate=1000000 --set ws.reconnect_every=0ms --set limits.post_rate=1000000 \
        --set limits.post_burst=1000000 --set limits.read_rate=1000000 --set limits.read_burst=1000000 \
        --set limits.open_tasks=100000000 --set ws.message_rate=1000000 --set ws.message_burst=1000000 "${args[@]}" 2>> "$dir/relayer.log" &
    pid=$!
    until curl -s "${ca[@]}" -o "$dir/health" -f "$scheme://127.0.0.1:$port/api/v1/health/ready"; do
        kill -0 $pid 2>/dev/null || { cat "$dir/relayer.log"; exit 1; }
        sleep 0.02
    done
}
stop() { kill $pid; wait $pid; pid=; }
with() { $front "$load" "$1" --url "$scheme://127.0.0.1:$port" --key "$data/admin.key" --pid $pid "${@:2}" | tee -a "$results"; }
memory() { awk '/^VmRSS/{print $2}' /proc/$pid/status; }
cpu() { awk '{print $14 + $15}' /proc/$pid/stat; } # in hundredths
hold() { # in the background: $fleet holds the nodes; returns when all are there
    $front "$load" nodes --url "$scheme://127.0.0.1:$port" --key "$data/admin.key" --pid $pid --nodes $nodes --for 100000 \
        --heartbeat 30 "$@" > "$dir/fleet" & fleet=$!
    until grep -q '"connected"' "$dir/fleet"; do sleep 0.1; kill -0 $fleet || exit 1; done
    sed 's/"event":"connected"/"event":"connected_'"$scheme"'"/' "$dir/fleet" | tee -a "$results"
}
release() { kill $fleet; wait $fleet; fleet=; }

uname -srm; nproc; uptime
git -C "$here" log -1 --format='commit %h'
data=$dir/plain

if wants nodes; then
    start "$data"
    empty=$(memory)
    hold
    held=$(memory) before=$(cpu)
    sleep 30
    after=$(cpu)
    say "{\"event\":\"idle_$scheme\",\"nodes\":$nodes,\"rss_kib_before\":$empty,\"rss_kib\":$held,\"bytes_per_node\":$(((held - empty) * 1024 / nodes)),\"cpu_permille\":$(((after - before) * 10 / 30))}"
    # The first task of a program waits until the program's id is known: once, not what is sustained.
    with post --rate 0 --count 1 > "$dir/out"
    with post --rate 2000 --for $seconds --ids "$dir/ids"
    with get --rate 5000 --for $seconds --ids "$dir/ids"
    with post --rate 0 --count 20000 --threads 1
    with get --rate 0 --count 50000 --ids "$dir/ids"
    release
    stop
fi

if wants storm; then
    rm -rf "$data"
    start "$data"
    $front "$load" nodes --url "$scheme://127.0.0.1:$port" --pid $pid --nodes $nodes --for 1 --heartbeat 30 --cuts 5 | tee -a "$results"
    hold
    kill -9 $pid; wait $pid 2>/dev/null
    start "$data"
    until grep -q '"back"' "$dir/fleet"; do sleep 0.1; done
    grep '"back"' "$dir/fleet" | tee -a "$results"
    release
    stop
fi

if wants lives; then
    rm -rf "$data"
    mkdir -p "$build/benches/relayer/proofs"
    for i in 1 2 3 4 5 6 7 8; do
        at=$build/benches/relayer/proofs/$i
        [ -s $at.proof ] && continue
        echo "{\"algorithm\":\"matrix_multiplication\",\"matrix_a\":[[$i,2],[3,4]],\"matrix_b\":[[5,6],[7,8]]}" > $at.json
        "$sprove" run matrix_multiplication --input $at.json --profile chain --proof $at.proof --raw-input $at.in \
            --raw-output $at.out > "$dir/out" || { cat "$dir/out"; exit 1; }
    done
    start "$data"
    with put --rate 0 --count 1000 --connections 8 --bytes 121696
    # What is computed once for a program and profile (0.7 s) is not what is sustained.
    "$load" lives --url "$scheme://127.0.0.1:$port" --key "$data/admin.key" --count 8 --nodes 2 --connections 2 \
        --proofs "$build/benches/relayer/proofs" > "$dir/out"
    with lives --count $lives --nodes 50 --capacity 16 --connections 16 --proofs "$build/benches/relayer/proofs"
    stop
fi

if wants tls; then
    rm -rf "$data"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -addext \
        subjectAltName=IP:127.0.0.1 -keyout "$dir/key.pem" -out "$dir/cert.pem" 2> "$dir/openssl"
    scheme=https ca=(--cacert "$dir/cert.pem")
    start "$data" server.tls_cert="$dir/cert.pem" server.tls_key="$dir/key.pem"
    empty=$(memory)
    hold --ca "$dir/cert.pem"
    held=$(memory)
    say "{\"event\":\"idle_https\",\"nodes\":$nodes,\"rss_kib_before\":$empty,\"rss_kib\":$held,\"bytes_per_node\":$(((held - empty) * 1024 / nodes))}"
    release
    stop
    scheme=http ca=()
fi

if wants million; then
    rm -rf "$data"
    start "$data"
    with post --rate 0 --count 1 > "$dir/out"
    stop
    say "$(python3 "$here/seed.py" "$data/relayer.db" --tasks $tasks | sed 's/^{/{"event":"seeded",/')"
    for round in 1 2 3; do
        from=$(date +%s%N)
        start "$data"
        say "{\"event\":\"ready_again\",\"tasks\":$tasks,\"round\":$round,\"seconds\":$((($(date +%s%N) - from) / 1000000))e-3,\"rss_kib\":$(memory)}"
        with post --rate 1000 --for 3 > "$dir/out"
        kill -9 $pid; wait $pid 2>/dev/null; pid=
    done
fi
uptime
python3 "$here/table.py" "$results"
