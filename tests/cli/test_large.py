"""The promised size: a proof of nearly 2^24 cycles, and what is said of programs that are longer."""

import json
import os
import subprocess

import harness
from harness import HALT, Case, addi, elf, sprove, sverify

GIB = 1 << 30
ROUNDS, CYCLES = 119184, 16777130  # docs/jobs.md: the most of `mixed` below 2^24


def available():
    """Bytes that the system has, or lets this container have."""
    with open("/proc/meminfo", encoding="ascii") as f:
        n = next(int(line.split()[1]) << 10 for line in f if line.startswith("MemAvailable:"))
    try:
        with open("/sys/fs/cgroup/memory.max", encoding="ascii") as f:
            limit = f.read().strip()
        with open("/sys/fs/cgroup/memory.current", encoding="ascii") as f:
            n = n if limit == "max" else min(n, int(limit) - int(f.read()))
    except OSError:
        pass
    return n


def branch_offset(n):
    return (n >> 12 & 1) << 31 | (n >> 5 & 0x3f) << 25 | (n >> 1 & 0xf) << 8 | (n >> 11 & 1) << 7


def estimate(task, out):
    """The answer, and the peak of memory that it took."""
    with open(out, "wb") as f, subprocess.Popen([harness.SPROVE, "estimate", *task, "--json"], stdout=f) as p:
        _, status, usage = os.wait4(p.pid, 0)
        p.returncode = os.waitstatus_to_exitcode(status)
    with open(out, encoding="utf-8") as f:
        return json.load(f), usage.ru_maxrss << 10


class Large(Case):
    def needs(self, n):
        if n > available():
            self.skipTest("needs %d MiB of memory, %d are available" % (n >> 20, available() >> 20))

    def test_nearly_2_to_24_cycles_are_proved_and_verified(self):
        self.needs(2 * GIB)  # to run and record it
        payload = self.path("in.json", {"algorithm": "mixed", "rounds": ROUNDS})
        task = ["mixed", "--input", payload, "--profile", "fast"]
        # Beside the proof's memory there is the record, which an estimate makes, too.
        plan, record = estimate(task, self.path("plan"))
        self.assertEqual(plan["cycles"], CYCLES)
        limit = (available() - record) * 9 // 10
        proof, out = self.path("proof"), self.path("out.json")
        r = sprove("run", *task, "--memory", "%.3f" % (limit / GIB), "--proof", proof, "--output", out, "--json",
                   timeout=1100)
        if r.code == 4 and "MiB of memory" in r.err:
            self.skipTest(r.err.strip())
        self.assertEqual(r.code, 0, r.err)
        self.assertLessEqual(r.json()["peak_bytes"], min(limit + GIB // 1000, plan["memory_bytes"]))
        r = sverify(proof, "--program", "mixed", "--input", payload, "--output", out, "--profile", "fast",
                    "--json")
        self.assertEqual(r.code, 0, r.out + r.err)
        self.assertEqual(r.json()["statement"]["cycles"], CYCLES)

    def test_more_rows_than_a_proof_takes_are_refused_with_the_cycles(self):
        self.needs(3 * GIB)
        rounds, body = 33000, 1023  # 33.8 million additions: more than two tables of 2^24 rows hold
        bne = 5 << 15 | 1 << 12 | 0x63 | branch_offset(-4 * body)
        count = [(rounds >> 12) << 12 | 5 << 7 | 0x37, addi(5, 5, rounds & 0xfff)]
        code = count + [addi(5, 5, -1)] + [addi(6, 6, 1)] * (body - 1) + [bne] + HALT
        program, proof = self.path("p.elf", elf(code)), self.path("proof")
        cycles = len(count) + rounds * (body + 1) + len(HALT)
        for what in (["estimate"], ["run", "--proof", proof]):
            r = sprove(what[0], program, "--profile", "fast", *what[1:])
            self.fails(r, 4, "%d cycles do not fit one proof of profile fast" % cycles, "2^24")
        self.assertEqual(self.files(), ["p.elf"])

    def test_more_cycles_than_the_clock_counts_are_refused_with_the_limit(self):
        self.needs(8 * GIB)  # the record of 2^27 cycles
        payload = self.path("in.json", harness.LONG)
        r = sprove("run", "mixed", "--input", payload, "--profile", "fast", "--proof", self.path("proof"))
        self.fails(r, 1, "134217726 cycles")
        self.assertEqual(self.files(), ["in.json"])


if __name__ == "__main__":
    harness.main()
