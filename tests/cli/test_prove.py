"""Proofs made and checked through the command line, with the small profile `bench`."""

import json
import os
import resource
import signal
import subprocess
import tempfile
import time

import harness
from harness import GUESTS, MATRIX, SPROVE, Case, exits, sprove, sverify

QUESTION = ["--profile", "bench", "--allow-unsound"]


class Proofs(Case):
    """Everything about one proof of the matrix job."""

    @classmethod
    def setUpClass(cls):
        cls.made = tempfile.TemporaryDirectory(prefix="sprove-test-")
        cls.addClassCleanup(cls.made.cleanup)
        with open(cls.at("m.json"), "w", encoding="utf-8") as f:
            json.dump(MATRIX, f)
        cls.first = sprove("run", "matrix_multiplication", "--input", cls.at("m.json"), "--output",
                           cls.at("out.json"), "--proof", cls.at("p"), "--felts", cls.at("felts"),
                           "--raw-input", cls.at("in.raw"), "--raw-output", cls.at("out.raw"),
                           "--profile", "bench", "--threads", "1", "--json", "--context", "ab" * 28)
        with open(cls.at("p"), "rb") as f:
            cls.proof = f.read()

    @classmethod
    def at(cls, name):
        return os.path.join(cls.made.name, name)

    def ask(self, *more, proof=None, context="ab" * 28, program="matrix_multiplication", **options):
        return sverify(proof or self.at("p"), "--context", context, "--program", program, *QUESTION, *more,
                       **options)

    def io(self, out="out.json"):
        return ["--input", self.at("m.json"), "--output", self.at(out)]

    def rejected(self, r, check, code=1):
        self.assertEqual(r.code, code, r.out + r.err)
        self.assertTrue(r.out.startswith(("rejected: " if code == 1 else "malformed: ") + check), r.out)

    def test_the_report(self):
        r = self.first
        self.assertEqual((r.code, r.err), (0, ""), r.err)
        j = r.json()
        self.assertEqual((j["exit_code"], j["profile"], j["io"], j["sound"]), (0, "bench", "words", False))
        self.assertEqual((j["proof_bytes"], j["context"]), (len(self.proof), "ab" * 28))
        self.assertEqual(j["bits"]["legacy_conjectured"], 13)
        with open(self.at("felts"), encoding="utf-8") as f:
            self.assertEqual(len(f.read().split()), j["proof_felts"])
        with open(self.at("out.json"), encoding="utf-8") as f:
            self.assertEqual(json.load(f), {"result": [[19, 22], [43, 50]]})
        self.assertEqual(sorted(os.listdir(self.made.name)),
                         ["felts", "in.raw", "m.json", "out.json", "out.raw", "p"])

    def test_the_proof_is_accepted(self):
        r = self.ask(*self.io(), "--json")
        self.assertEqual((r.code, r.err), (0, ""), r.out)
        j = r.json()
        self.assertEqual((j["accepted"], j["profile"], j["statement"]["exit_code"]), (True, "bench", 0))
        self.assertEqual(j["statement"]["program_id"], self.first.json()["program_id"])
        self.assertEqual(j["bits"]["udr"], self.first.json()["bits"]["udr"])
        self.assertLess(j["time_ms"], 60000)
        self.assertNotIn("rejection", j)

    def test_other_ways_to_ask(self):
        statement = self.first.json()
        raw = ["--raw-input", self.at("in.raw"), "--raw-output", self.at("out.raw")]
        for more in (raw, ["--io-commitment", statement["io_commitment"]],
                     ["--io-commitment", "0x" + statement["io_commitment"]],
                     ["--input", self.at("m.json"), "--raw-output", self.at("out.raw")]):
            r = self.ask(*more)
            self.assertEqual(r.code, 0, r.out + r.err)
        r = sverify(self.at("p"), "--program-id", statement["program_id"], "--context", "ab" * 28, "--input",
                    self.at("in.raw"), "--output", self.at("out.raw"), *QUESTION)
        self.assertEqual(r.code, 0, r.out + r.err)
        # The job's program as an ELF, on bytes.
        r = self.ask("--input", self.at("in.raw"), "--output", self.at("out.raw"),
                     program=os.path.join(GUESTS, "matrix_multiplication.elf"))
        self.assertEqual(r.code, 0, r.out + r.err)
        spaced = self.path("o.json", '{ "result" : [ [19,22],\n[43,50] ] }')
        self.assertEqual(self.ask("--input", self.at("m.json"), "--output", spaced).code, 0)

    def test_another_statement_is_rejected(self):
        wrong = self.path("wrong.json", {"result": [[19, 22], [43, 51]]})
        other = self.path("other.json", {**MATRIX, "matrix_a": [[1, 2], [3, 5]]})
        self.rejected(self.ask("--input", self.at("m.json"), "--output", wrong), "expected io")
        self.rejected(self.ask("--input", other, "--output", self.at("out.json")), "expected io")
        self.rejected(self.ask("--io-commitment", "00" * 31), "expected io")
        self.rejected(self.ask(*self.io(), context="00" * 28), "context")
        self.rejected(self.ask("--raw-input", self.at("in.raw"), "--raw-output", self.at("out.raw"),
                               program="fibonacci"), "program id")
        self.rejected(sverify(self.at("p"), "--program-id", "00" * 28, "--io-commitment", "00" * 31,
                              *QUESTION), "program id")

    def test_the_profile_must_be_the_one_asked_for(self):
        more = ["--context", "ab" * 28, "--program", "matrix_multiplication", *self.io()]
        self.rejected(sverify(self.at("p"), *more), "profile")
        self.rejected(sverify(self.at("p"), *more, "--profile", "fast", "--allow-unsound"), "profile")
        self.rejected(sverify(self.at("p"), *more, "--profile", "bench"), "profile")

    def test_rejection_says_where(self):
        r = self.ask("--io-commitment", "00" * 31, "--json")
        j = r.json()
        self.assertEqual((r.code, j["accepted"], j["rejection"]["check"]), (1, False, "expected io"))
        self.assertTrue(j["rejection"]["text"])
        # The last words belong to the last query's last path.
        bad = bytearray(self.proof)
        bad[-1] ^= 1
        r = self.ask(*self.io(), "--json", proof=self.path("bad", bytes(bad)))
        self.assertEqual((r.code, r.json()["rejection"]["check"]), (1, "fri path"))
        self.assertIn("query", r.json()["rejection"])
        self.assertIn("layer", r.json()["rejection"])
        r = self.ask(*self.io(), "--json", proof=self.path("bad", self.proof + b"\0\0\0\0"))
        self.assertEqual((r.code, r.json()["accepted"]), (3, False))
        self.assertIn("offset", r.json()["rejection"])

    def test_changed_bytes_are_never_accepted(self):
        step = max(1, len(self.proof) // 150)
        for i in range(0, len(self.proof), step):
            bad = bytearray(self.proof)
            bad[i] ^= 1 << i % 8
            r = sverify(self.path("bad", bytes(bad)), "--program-id", self.first.json()["program_id"],
                        "--context", "ab" * 28, "--io-commitment", self.first.json()["io_commitment"],
                        *QUESTION)
            self.assertIn(r.code, (1, 3), "byte %d: %s" % (i, r.out + r.err))

    def test_malformed_files(self):
        for content in (b"", b"x", b"hello world\n", self.proof[:-1], self.proof[:-4], self.proof[:100],
                        self.proof + b"\n", b"0x", b"0x1 0x2", b"[", b"[]", b"[0x1,]", b'["0x1"', b"0xg",
                        b"0x" + b"1" * 65, b"[0x1 0x2]", b"\0" * 1000):
            r = self.ask(*self.io(), proof=self.path("bad", content))
            self.assertEqual(r.code, 3, (content[:20], r.out, r.err))
            self.fails(sprove("inspect", self.path("bad")), 3)
        self.assertEqual(sverify(self.path("none"), "--program", "fibonacci", *self.io()).code, 2)
        self.assertEqual(self.ask("--input", self.at("m.json"), "--output", self.path("none")).code, 2)
        self.assertEqual(self.ask("--input", self.at("m.json"), "--output", self.at("p")).code, 2)

    def test_a_malformed_file_is_answered_in_json(self):
        huge = self.path("huge", b"")
        os.truncate(huge, 10 << 30)
        for proof, text in ((huge, "longer than the limit"), (self.path("a", b""), "head"),
                            (self.path("b", b"0xzz"), "hex words"), (self.path("c", b"0x1 0x2"), "not a proof"),
                            (self.path("d", b"0" * (65 << 20)), "at most")):
            r = self.ask(*self.io(), "--json", proof=proof)
            self.assertEqual((r.code, r.err), (3, ""))
            j = r.json()
            self.assertEqual((j["accepted"], j["rejection"]["check"]), (False, "form"))
            self.assertIn(text, j["rejection"]["text"])
        self.fails(sprove("inspect", huge), 3, "huge", "longer than the limit")

    def test_too_little_memory_to_verify_is_no_answer(self):
        if harness.SANITIZED:
            self.skipTest("the sanitizers reserve address space without end")
        raw = ["--raw-input", self.at("in.raw"), "--raw-output", self.at("out.raw")]
        codes = []
        for mib in range(20, 100, 10):
            def limit(size=mib << 20):
                resource.setrlimit(resource.RLIMIT_AS, (size, size))
            r = self.ask(*raw, preexec_fn=limit, env=dict(os.environ, OMP_NUM_THREADS="32"))
            self.assertIn(r.code, (0, 2), r.out + r.err)
            codes.append(r.code)
        self.assertEqual(codes[0], 2)

    def test_only_one_file_is_standard_input(self):
        self.assertEqual(self.ask(*self.io(), proof="-", stdin=self.proof).code, 0)
        with open(self.at("out.json"), "rb") as f:
            r = self.ask("--input", self.at("m.json"), "--output", "-", stdin=f.read())
        self.assertEqual(r.code, 0, r.err)
        self.fails(self.ask("--input", "-", "--output", "-"), 2, "standard input")
        self.fails(self.ask("--io-commitment", "00" * 31, "--raw-input", "-", proof="-"), 2, "standard input")

    def test_options_are_looked_at_before_the_proof(self):
        bad = self.path("bad", b"")
        self.fails(self.ask(*self.io(), proof=bad, context="zz"), 2, "--context")
        self.fails(sverify(bad, "--program-id", "12", "--io-commitment", "00" * 31), 2, "--program-id")

    def test_felts(self):
        with open(self.at("felts"), encoding="utf-8") as f:
            words = f.read().split()
        as_json = self.path("a.json", json.dumps(words))
        for p in (self.at("felts"), as_json, self.path("f", " ".join(words)),
                  self.path("g", "[" + ", ".join(words) + "]\n")):
            r = self.ask(*self.io(), proof=p)
            self.assertEqual(r.code, 0, r.out + r.err)
        self.assertEqual(sprove("inspect", as_json, "--json").json()["encoding"], "felts")
        for bad in (words[:-1], words + ["0x0"], words[1:]):
            self.assertEqual(self.ask(*self.io(), proof=self.path("bad", "\n".join(bad))).code, 3)
        # A set bit where a felt has none.
        high = words[:]
        high[-1] = hex(int(high[-1], 16) + (1 << 250))
        self.assertEqual(self.ask(*self.io(), proof=self.path("bad", "\n".join(high))).code, 3)

    def test_the_same_bytes_on_any_number_of_threads_and_backends(self):
        for more in (["--threads", "3"], ["--backend", "portable"]):
            r = sprove("run", "matrix_multiplication", "--input", self.at("m.json"), "--proof",
                       self.path("again"), "--profile", "bench", "--context", "ab" * 28, *more)
            self.assertEqual(r.code, 0, r.err)
            with open(self.path("again"), "rb") as f:
                self.assertEqual(f.read(), self.proof)

    def test_inspect_adds_up(self):
        j = sprove("inspect", self.at("p"), "--json").json()
        self.assertEqual(sum(j["sections"].values()), len(self.proof))
        self.assertEqual(j["proof_bytes"], len(self.proof))
        self.assertEqual(j["program_id"], self.first.json()["program_id"])
        self.assertEqual((j["verified"], j["encoding"]), (False, "bytes"))
        self.assertIn("Nothing was verified", sprove("inspect", self.at("p")).out)
        self.fails(sprove("inspect", self.path("none")), 5)

    def test_the_program_id_is_that_of_the_proof(self):
        job = "matrix_multiplication"
        self.assertEqual(sprove("program-id", job, "--profile", "bench").out.strip(),
                         self.first.json()["program_id"])
        ids = {sprove("program-id", job, *more).out.strip()
               for more in ([], ["--profile", "fast"], ["--io", "digest"])}
        ids.add(sprove("program-id", "fibonacci").out.strip())
        self.assertEqual(len(ids), 4)
        j = sprove("program-id", os.path.join(GUESTS, job + ".elf"), "--profile", "bench", "--json").json()
        self.assertEqual(j["program_id"], self.first.json()["program_id"])


class Runs(Case):
    def setUp(self):
        super().setUp()
        self.payload = self.path("m.json", MATRIX)

    def prove(self, *more, job="matrix_multiplication", payload=None, **options):
        return sprove("run", job, "--input", payload or self.payload, "--proof", self.path("p"),
                      "--profile", "bench", *more, **options)

    def test_digest_mode_binds_the_same_io(self):
        r = self.prove("--io", "digest", "--output", self.path("o.json"), "--raw-output",
                       self.path("o.raw"), "--json")
        self.assertEqual(r.code, 0, r.err)
        ask = [self.path("p"), "--program", "matrix_multiplication", *QUESTION, "--input", self.payload]
        self.assertEqual(sverify(*ask, "--raw-output", self.path("o.raw")).code, 0)
        self.fails(sverify(*ask, "--output", self.path("o.json")), 2, "--raw-output")
        wrong = self.path("wrong", b"12345678")
        self.assertEqual(sverify(*ask, "--raw-output", wrong).code, 1)
        self.assertEqual(r.json()["io_commitment"], self.prove("--json").json()["io_commitment"])

    def test_no_report_is_mixed_into_an_output(self):
        for option in ("--felts", "--raw-input"):
            r = self.prove(option, "-")
            self.assertEqual((r.code, r.err), (0, ""))
            self.assertNotIn("program id", r.out)
        r = sprove("run", "matrix_multiplication", "--input", self.payload, "--check", "--raw-output", "-")
        self.assertEqual((r.code, r.err), (0, ""))
        self.assertNotIn("constraint", r.out)

    def test_check_makes_no_proof(self):
        r = sprove("run", "matrix_multiplication", "--input", self.payload, "--check", "--profile", "bench")
        self.assertEqual((r.code, r.err), (0, ""))
        self.assertIn("every row satisfies every constraint", r.out)
        self.assertEqual(self.files(), ["m.json"])

    def test_failing_guests_are_not_proved_unless_asked_for(self):
        program = self.path("p.elf", exits(7))
        proof = self.path("p")
        self.fails(sprove("run", program, "--proof", proof, "--profile", "bench"), 1, "exit code 7")
        self.assertEqual(self.files(), ["m.json", "p.elf"])
        r = sprove("run", program, "--proof", proof, "--profile", "bench", "--allow-failure", "--output",
                   self.path("o"), "--json")
        self.assertEqual((r.code, r.json()["exit_code"]), (0, 7), r.err)
        ask = [proof, "--program", program, "--input", "/dev/null", "--output", self.path("o"), *QUESTION]
        r = sverify(*ask)
        self.assertEqual(r.code, 1)
        self.assertIn("exit code", r.out)
        self.assertEqual(sverify(*ask, "--allow-failure").code, 0)

    def test_private_bytes_are_not_in_the_statement(self):
        r = sprove("run", self.path("e.elf", exits(0)), "--hint", self.path("h", b"private"), "--proof",
                   self.path("p"), "--profile", "bench", "--json")
        self.assertEqual(r.code, 0, r.err)
        again = sprove("run", self.path("e.elf"), "--proof", self.path("q"), "--profile", "bench", "--json")
        self.assertEqual(again.json()["io_commitment"], r.json()["io_commitment"])

    def test_too_little_memory_is_refused_before_proving(self):
        r = self.prove("--memory", "0.001")
        self.fails(r, 4, "memory")
        self.assertEqual(self.files(), ["m.json"])

    def test_memory_that_the_system_does_not_give_is_reported(self):
        if harness.SANITIZED:
            self.skipTest("the sanitizers reserve address space without end")

        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (150 << 20, 150 << 20))
        self.fails(self.prove("--threads", "1", preexec_fn=limit), 4, "MiB")
        self.assertEqual(self.files(), ["m.json"])

    def test_threads_that_the_system_does_not_give_are_reported(self):
        if harness.SANITIZED:
            self.skipTest("the sanitizers reserve address space without end")
        for mib in (350, 500, 700, 1000):  # before and while proving; a thread's stack has 8 MiB
            def limit(size=mib << 20):
                resource.setrlimit(resource.RLIMIT_AS, (size, size))
                resource.setrlimit(resource.RLIMIT_STACK, (8 << 20, 8 << 20))
            r = self.prove("--threads", "64", "--output", self.path("o"), preexec_fn=limit)
            self.assertIn(r.code, (4,) if mib < 600 else (0, 4), r.err)
            self.assertIn("hread" if r.code else "", r.err)
            self.assertEqual(self.files(), ["m.json"] if r.code else ["m.json", "o", "p"])

    def test_too_many_cycles_are_refused_with_their_number(self):
        payload = self.path("long.json", {"algorithm": "mixed", "rounds": 4000000000})
        r = sprove("run", "mixed", "--input", payload, "--proof", self.path("p"), "--max-cycles", "100000")
        self.fails(r, 1, "100000")

    def test_a_chain_proof_that_fits_no_transaction_is_refused(self):
        rows = [[i * j % 97 for j in range(64)] for i in range(64)]
        payload = self.path("big.json", {**MATRIX, "matrix_a": rows, "matrix_b": rows})
        r = sprove("run", "matrix_multiplication", "--input", payload, "--proof", self.path("p"),
                   "--profile", "chain")
        self.fails(r, 4)
        self.assertRegex(r.err, r"felts|rows|cycles")
        self.assertEqual(self.files(), ["big.json", "m.json"])

    def test_a_full_disk_is_known_before_proving(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        r = self.prove(preexec_fn=limit)
        self.fails(r, 5, "nothing was written")
        self.assertEqual(self.files(), ["m.json"])

    def test_json_progress_rises_to_the_end(self):
        r = self.prove("--progress", "json", "--json")
        self.assertEqual(r.code, 0, r.err)
        lines = [json.loads(line) for line in r.err.splitlines()]
        percent = [line["percent"] for line in lines if "percent" in line]
        self.assertEqual(percent, sorted(percent))
        self.assertEqual(percent[-1], 100)
        self.assertGreater(len(percent), 3)

    def test_a_stop_in_any_phase_leaves_whole_files_or_none(self):
        # A kill may leave what is named as temporary.
        args = [SPROVE, "run", "matrix_multiplication", "--input", self.payload, "--output", "o", "--proof",
                "p", "--progress", "json", "--profile", "bench"]
        whole = sprove(*args[1:], cwd=self.dir)
        with open(self.path("p"), "rb") as f:
            proof = f.read()
        phases = list(dict.fromkeys(json.loads(line)["phase"] for line in whole.err.splitlines()))
        self.assertGreater(len(phases), 8)
        for number in (signal.SIGINT, signal.SIGKILL):
            for phase in phases:
                for name in self.files():
                    if name != "m.json":
                        os.unlink(self.path(name))
                p = subprocess.Popen(args, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=self.dir)
                for line in p.stderr:
                    if json.loads(line)["phase"] == phase:
                        break
                p.send_signal(number)
                p.communicate(timeout=120)
                names = [name for name in self.files() if number == signal.SIGINT or name[0] != "."]
                if p.returncode == 0:
                    self.assertEqual(names, ["m.json", "o", "p"])
                    with open(self.path("p"), "rb") as f:
                        self.assertEqual(f.read(), proof)
                else:
                    self.assertEqual(p.returncode, 130 if number == signal.SIGINT else -number)
                    self.assertIn(names, (["m.json"], ["m.json", "o"]) if number == signal.SIGKILL
                                  else (["m.json"],), phase)

    def test_an_interruption_leaves_nothing(self):
        p = subprocess.Popen([SPROVE, "run", "matrix_multiplication", "--input", self.payload, "--output",
                              self.path("o"), "--proof", self.path("p"), "--progress", "json",
                              "--profile", "proven"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        p.stderr.readline()  # proving has begun
        time.sleep(0.05)
        p.send_signal(signal.SIGINT)
        _, err = p.communicate(timeout=120)
        self.assertEqual(p.returncode, 130, err)
        self.assertIn(b"interrupted; nothing was written", err)
        self.assertEqual(self.files(), ["m.json"])

    def test_estimate_is_what_run_then_needs(self):
        j = sprove("estimate", "matrix_multiplication", "--input", self.payload, "--profile", "bench",
                   "--json")
        self.assertEqual((j.code, j.err), (0, ""))
        j = j.json()
        r = self.prove("--json").json()
        self.assertEqual((j["cycles"], j["proof_bytes"], j["proof_felts"]),
                         (r["cycles"], r["proof_bytes"], r["proof_felts"]))
        self.assertLessEqual(r["peak_bytes"], j["memory_bytes"])
        self.assertGreater(j["estimated_prove_ms"], 0)
        self.assertLessEqual(j["estimated_grind_ms"], j["estimated_prove_ms"])
        self.assertGreater(j["modelled_l2_gas"], 0)
        rows = sum(i.get("rows_of_chip", 0) for i in j["instances"])
        self.assertEqual(rows, j["cycles"])

    def test_bench_prints_medians(self):
        j = sprove("bench", "--cycles", "20000", "--runs", "1", "--profile", "bench", "--json").json()
        self.assertEqual((j["runs"], j["profile"]), (1, "bench"))
        self.assertLess(abs(j["cycles"] - 20000), 5000)
        self.assertGreater(j["cycles_per_s"], 0)
        self.assertIn("fri", j["phases_ms"])


if __name__ == "__main__":
    harness.main()
