#!/usr/bin/env python3
"""The results of run.sh as a table. usage: table.py results.jsonl"""
import json
import sys


def latency(e, name="latency"):
    return "p50 {p50_ms:.1f} ms, p99 {p99_ms:.1f} ms, max {max_ms:.0f} ms".format(**e[name])


ROWS = {
    "idle_http": lambda e: f"{e['nodes']} nodes: {e['bytes_per_node']} bytes each; heartbeats {e['cpu_permille'] / 10} % of a core",
    "idle_https": lambda e: f"{e['nodes']} nodes over TLS: {e['bytes_per_node']} bytes each",
    "connected_http": lambda e: f"{e['nodes']} signed nodes connected in {e['seconds']} s",
    "connected_https": lambda e: f"{e['nodes']} signed nodes connected over TLS in {e['seconds']} s",
    "cut": lambda e: f"all {e['nodes']} sockets cut: back in {e['seconds']} s ({e['rss_kib']} KiB, {e['fds']} descriptors)",
    "back": lambda e: f"kill -9 of the relayer: {e['nodes']} nodes back in {e['seconds']} s",
    "post": lambda e: f"POST {e['rate'] or 'as fast as it goes'}: {e['per_second']}/s, {latency(e)}",
    "get": lambda e: f"GET {e['rate'] or 'as fast as it goes'}: {e['per_second']}/s, {latency(e)}",
    "put": lambda e: f"PUT of new blobs: {e['per_second']}/s, {latency(e)}",
    "lives": lambda e: f"posted: {e['per_second']}/s",
    "ended": lambda e: f"{e['verified']} of {e['tasks']} tasks proved, verified, ended: {e['per_second']}/s (relayer "
                       f"{e['relayer_cores']} cores, verifiers {e['verifier_cores']})",
    "ready_again": lambda e: f"ready after kill -9 with {e['tasks']} tasks: {e['seconds']} s, {e['rss_kib']} KiB",
}

for line in open(sys.argv[1]):
    e = json.loads(line)
    if e["event"] in ROWS:
        print("|", ROWS[e["event"]](e), "|", f"load {e['load']}" if "load" in e else "", "|")
