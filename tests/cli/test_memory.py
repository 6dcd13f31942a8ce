"""The memory that proving takes: bounded by --memory, else by what the system has free."""

import subprocess

from harness import MATRIX, SPROVE, Case, main, sprove


class Memory(Case):
    def setUp(self):
        super().setUp()
        self.payload = self.path("m.json", MATRIX)
        self.args = ["run", "matrix_multiplication", "--input", self.payload, "--profile", "bench",
                     "--proof", self.path("p"), "--json"]

    def with_free(self, kib):
        """sprove where /proc/meminfo says so much is available."""
        fake = self.path("meminfo", "MemAvailable: %d kB\n" % kib)
        probe = ["unshare", "-m", "sh", "-c", 'mount --bind "$0" /proc/meminfo && exec "$@"', fake]
        try:
            if subprocess.run([*probe, "true"], capture_output=True, check=False).returncode:
                self.skipTest("no leave to mount")
        except FileNotFoundError:
            self.skipTest("no unshare here")
        p = subprocess.run([*probe, SPROVE, *self.args], capture_output=True, text=True, check=False)
        p.code, p.err = p.returncode, p.stderr
        return p

    def test_a_limit_makes_it_stream_and_a_lower_one_is_refused(self):
        first = sprove(*self.args)
        peak = first.json()["peak_bytes"]
        with open(self.path("p"), "rb") as f:
            proof = f.read()
        r = sprove(*self.args, "--memory", "%.6f" % ((peak - 4096) / 2**30))
        self.assertEqual((r.code, r.err), (0, ""))
        self.assertLess(r.json()["peak_bytes"], peak)
        with open(self.path("p"), "rb") as f:
            self.assertEqual(f.read(), proof)
        self.fails(sprove(*self.args, "--memory", "0.01"), 4, "MiB of memory", "limit is 10 MiB")

    def test_estimate_says_what_a_limit_leads_to(self):
        def memory(*more):
            return sprove("estimate", *self.args[1:6], "--json", *more).json()["memory_bytes"]
        peak = memory()
        least = memory("--memory", "0.01")
        self.assertLess(least, peak)
        self.assertEqual(memory("--memory", "%.6f" % ((peak + 4096) / 2**30)), peak)
        self.assertEqual(memory("--memory", "%.6f" % ((peak - 4096) / 2**30)), least)

    def test_without_the_option_what_is_free_counts(self):
        peak = sprove(*self.args).json()["peak_bytes"]
        r = self.with_free((peak >> 10) - 4)
        self.assertEqual((r.code, r.err), (0, ""))
        self.fails(self.with_free(10000), 4, "system has 9 MiB free now", "--memory")


if __name__ == "__main__":
    main()
