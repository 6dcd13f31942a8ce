#!/usr/bin/env python3
"""Relayers on one PostgreSQL under load: posts, reads, whole lives; the figures of each relayer's generator, and their sum.

usage: SPROVE_TEST_PG_FSYNC=on tests/relayer/postgres.sh benches/relayer/shared.py [--build DIR] [--relayers N] [--posts N]
       [--lives N] [--nodes N] [--rate N] [--seconds N] [--sqlite]
--sqlite: one relayer on SQLite, the same way, to compare with. The proofs of run.sh's part `lives` are taken, or made."""
import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
OPEN = ["server.metrics=", "log.level=warn", "server.per_ip=100000", "server.upgrade_rate=1000000", "limits.post_rate=1000000",
        "limits.post_burst=1000000", "limits.read_rate=1000000", "limits.read_burst=1000000", "limits.open_tasks=100000000",
        "ws.message_rate=1000000", "ws.message_burst=1000000"]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def proofs(build):
    folder = os.path.join(build, "benches", "relayer", "proofs")
    os.makedirs(folder, exist_ok=True)
    for i in range(1, 9):
        at = os.path.join(folder, str(i))
        if os.path.exists(at + ".proof"):
            continue
        with open(at + ".json", "w") as f:
            json.dump({"algorithm": "matrix_multiplication", "matrix_a": [[i, 2], [3, 4]], "matrix_b": [[5, 6], [7, 8]]}, f)
        subprocess.run([os.path.join(build, "cli", "sprove"), "run", "matrix_multiplication", "--input", at + ".json", "--profile", "chain",
                        "--proof", at + ".proof", "--raw-input", at + ".in", "--raw-output", at + ".out"], check=True,
                       stdout=subprocess.DEVNULL)
    return folder


class Relayers:
    def __init__(self, o, top):
        self.o, self.all = o, []
        self.program = os.path.join(o.build, "relayer", "sprove-relayer")
        self.load = os.path.join(o.build, "benches", "relayer", "bench_relayer_load")
        for i in range(o.relayers):
            data, port = os.path.join(top, str(i)), free_port()
            os.mkdir(data)
            if i > 0:  # the key of the first is the database's
                shutil.copy(os.path.join(top, "0", "admin.key"), data)
            settings = OPEN + [f"server.data={data}", f"server.listen=127.0.0.1:{port}"]
            if not o.sqlite:
                settings += ["db.database=" + os.environ["SPROVE_TEST_DATABASE"], f"storage.blobs={top}/blobs"]
            log = open(os.path.join(top, f"log{i}"), "wb")
            p = subprocess.Popen([self.program] + [x for s in settings for x in ("--set", s)], stderr=log)
            self.all.append((p, port, data))
            while True:
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/health/ready", timeout=1) as r:
                        if r.status == 200 and os.path.exists(os.path.join(data, "admin.key")):
                            break
                except OSError:
                    pass
                if p.poll() is not None:
                    sys.exit(open(log.name).read())
                time.sleep(0.02)

    def took_ms(self, n):
        """From the first post to the last end of the latest n tasks."""
        return int(subprocess.run(
            ["psql", "-d", os.environ["SPROVE_TEST_DATABASE"], "-At", "-c", "SELECT max(updated_at) - min(created_at) FROM"
             f" (SELECT * FROM task ORDER BY created_at DESC LIMIT {n}) x"], check=True, capture_output=True, text=True).stdout)

    def run(self, what, mode, *more, ids=None, of=None):
        """A generator for each (or for the first `of`) at the same time."""
        running = []
        for i, (p, port, data) in enumerate(self.all[:of]):
            words = [self.load, mode, "--url", f"http://127.0.0.1:{port}", "--key", f"{data}/admin.key", "--pid", str(p.pid), "--first",
                     str(10000 * i), *map(str, more)]
            if ids:
                words += ["--ids", f"{data}/{ids}"]
            running.append(subprocess.Popen(words, stdout=subprocess.PIPE, text=True))
        said = [[json.loads(x) for x in g.communicate()[0].splitlines()] for g in running]
        for g in running:
            if g.returncode:
                sys.exit(f"{what}: a generator ended with {g.returncode}: {said}")
        if what is None:
            return
        event = "ended" if mode == "lives" else mode
        each = [next(e for e in s if e["event"] == event) for s in said]
        line = {"what": what, "relayers": len(each), "per_second": round(sum(float(e["per_second"]) for e in each), 1),
                "load": os.getloadavg()[0]}
        if mode == "lives":
            line["verified"] = each[0]["verified"]  # each sees what all have done
            if not self.o.sqlite:  # but what others did it sees late (statistics are read anew every ten seconds)
                line["per_second"] = round(1000 * line["verified"] / self.took_ms(line["verified"]), 1)
        else:
            line["latency"] = [e["latency"] for e in each]
        print(json.dumps(line), flush=True)

    def end(self):
        for p, _, _ in self.all:
            p.terminate()
        for p, _, _ in self.all:
            if p.wait(60):
                sys.exit(f"a relayer ended with {p.returncode}")


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--build", default=os.path.join(HERE, "..", "..", "build"))
    p.add_argument("--sqlite", action="store_true")
    for name, usual in (("relayers", 1), ("posts", 10000), ("lives", 1000), ("nodes", 50), ("rate", 2000), ("seconds", 5)):
        p.add_argument("--" + name, type=int, default=usual)
    o = p.parse_args()
    made, top = proofs(o.build), tempfile.mkdtemp(prefix="shared.")
    try:
        r, n = Relayers(o, top), o.relayers
        # What is computed once for a program and profile is not what is sustained.
        for i in range(n):
            r.all.append(r.all.pop(0))
            r.run(None, "lives", "--count", 8, "--nodes", 2, "--connections", 2, "--proofs", made, of=1)
        r.run("lives", "lives", "--count", o.lives // n, "--nodes", o.nodes // n, "--capacity", 16, "--connections", 16, "--proofs", made,
              "--until", 8 * n + o.lives)
        r.run(f"post {o.rate}/s", "post", "--rate", o.rate / n, "--for", o.seconds, ids="posted")
        r.run("post as fast as it goes", "post", "--rate", 0, "--count", o.posts // n)
        r.run("get as fast as it goes", "get", "--rate", 0, "--count", o.posts // n, ids="posted")
        r.end()
    finally:
        for q, _, _ in getattr(locals().get("r"), "all", []):
            if q.poll() is None:
                q.kill()
        shutil.rmtree(top, True)


main()
