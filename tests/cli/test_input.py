"""Programs, payloads and inputs that are not what they should be."""

import json
import os

import harness
from harness import GUESTS, HALT, MATRIX, Case, addi, elf, exits, lw, sprove


class Programs(Case):
    def exec_elf(self, content, *more):
        return sprove("exec", self.path("p.elf", content), *more)

    def test_a_good_one_runs(self):
        r = self.exec_elf(exits(0), "--json")
        self.assertEqual((r.code, r.err), (0, ""))
        self.assertEqual((r.json()["cycles"], r.json()["exit_code"]), (3, 0))

    def test_missing_and_unreadable(self):
        self.fails(sprove("exec", self.path("none.elf")), 5, "none.elf", "No such file")
        self.fails(sprove("exec", self.dir + "/"), 5, "directory")
        self.fails(sprove("exec", "nosuchjob"), 5, "neither a job nor a file")

    def test_empty_and_foreign_bytes(self):
        self.fails(self.exec_elf(b""), 3, "p.elf")
        self.fails(self.exec_elf(b"#!/bin/sh\n"), 3, "not an ELF")
        self.fails(self.exec_elf(os.urandom(5000)), 3)

    def test_wrong_architecture(self):
        self.fails(self.exec_elf(elf(HALT, bits=2)), 3, "64-bit")
        self.fails(self.exec_elf(elf(HALT, machine=62)), 3, "RISC-V")
        self.fails(self.exec_elf(elf(HALT, order=2)), 3, "endian")
        self.fails(self.exec_elf(elf(HALT, type=1)), 3)

    def test_every_truncation_is_refused(self):
        whole = elf([addi(5, 0, 1)] * 8 + HALT)
        for n in range(len(whole)):
            r = self.exec_elf(whole[:n])
            self.fails(r, 3)

    def test_wild_sizes_and_offsets_are_refused(self):
        for wild in (0xffffffff, 0x80000000, 0x7fffffff):
            for name in ("filesz", "memsz", "offset", "phoff"):
                r = self.exec_elf(elf(HALT, **{name: wild}))
                self.assertIn(r.code, (3, 4), (name, wild, r.err))
                self.fails(r, r.code)
        self.fails(self.exec_elf(elf(HALT, base=0)), 3)
        self.fails(self.exec_elf(elf(HALT, entry=0x20000)), 3)
        self.fails(self.exec_elf(elf(HALT, phnum=0xffff)), 3)

    def test_a_huge_file_is_refused_by_its_size(self):
        p = self.path("huge.elf", b"")
        os.truncate(p, 1 << 40)
        self.fails(sprove("exec", p), 4, "longer than the limit")

    def test_traps_name_the_place(self):
        self.fails(self.exec_elf(elf([lw(2, 0, 1)] + HALT)), 1, "0x00010000", "lw")
        self.fails(self.exec_elf(elf([addi(0, 0, 0), 0x00000073])), 1, "0x00010004")
        self.fails(self.exec_elf(elf([addi(0, 0, 0), 0x0000006f]), "--max-cycles", "1000"), 1, "1000")

    def test_exit_codes_of_guests(self):
        self.fails(self.exec_elf(exits(7)), 1, "exit code 7")
        r = self.exec_elf(exits(7), "--allow-failure", "--json")
        self.assertEqual((r.code, r.json()["exit_code"]), (0, 7))

    def test_a_job_name_wins_unless_it_looks_like_a_path(self):
        with open(os.path.join(self.dir, "fibonacci"), "wb") as f:
            f.write(b"not a program")
        payload = self.path("f.json", {"algorithm": "fibonacci", "n": 10})
        r = sprove("exec", "fibonacci", "--input", payload, cwd=self.dir)
        self.assertEqual((r.code, json.loads(r.out)), (0, {"value": 55}))
        self.fails(sprove("exec", self.path("fibonacci"), "--input", payload), 3, "not an ELF")

    def test_a_job_is_its_elf_on_encoded_bytes(self):
        payload = self.path("m.json", MATRIX)
        raw_in, raw_out, again = self.path("in"), self.path("out"), self.path("again")
        r = sprove("exec", "matrix_multiplication", "--input", payload, "--raw-input", raw_in,
                   "--raw-output", raw_out)
        self.assertEqual(json.loads(r.out), {"result": [[19, 22], [43, 50]]})
        r = sprove("exec", os.path.join(GUESTS, "matrix_multiplication.elf"), "--input", raw_in,
                   "--output", again)
        self.assertEqual(r.code, 0, r.err)
        with open(raw_out, "rb") as a, open(again, "rb") as b:
            self.assertEqual(a.read(), b.read())


class Inputs(Case):
    def exec_job(self, payload, *more, job="matrix_multiplication", **options):
        return sprove("exec", job, "--input", self.path("x.json", payload), *more, **options)

    def test_syntax_errors_name_the_position(self):
        self.fails(self.exec_job('{"algorithm": "matrix_multiplication",\n "matrix_a": [[1,]]}'), 3,
                   "line 2", "column")
        for text in ("", "{", "nonsense", '{"a":1}x', "[]", "\x00", '{"algorithm":1,"algorithm":2}'):
            self.fails(self.exec_job(text), 3, "x.json")
        self.fails(self.exec_job(b"\xff\xfe{}"), 3)
        self.fails(self.exec_job("[" * 100000), 3)

    def test_schema_errors_name_the_place(self):
        def with_(**change):
            return {**MATRIX, **change}
        self.fails(self.exec_job(with_(matrix_b=[[1, 2, 3]])), 3, "matrix")
        self.fails(self.exec_job(with_(matrix_a=[[1, 2], [3]])), 3, "matrix_a[1]")
        self.fails(self.exec_job(with_(matrix_a=[[1, 2.5], [3, 4]])), 3, "matrix_a[0][1]")
        self.fails(self.exec_job(with_(matrix_a=[])), 3, "matrix_a")
        self.fails(self.exec_job(with_(algorithm="sort")), 3, "algorithm")
        self.fails(self.exec_job(with_(extra=1)), 3, "extra")
        self.fails(self.exec_job({"algorithm": "matrix_multiplication"}), 3, "matrix_a")

    def test_missing_input(self):
        self.fails(sprove("exec", "fibonacci", "--input", self.path("no.json")), 5, "no.json")
        self.fails(sprove("exec", "fibonacci", "--input", self.dir), 5, "directory")
        self.fails(sprove("exec", self.path("p.elf", exits(0)), "--hint", self.path("no")), 5, "hint")

    def test_standard_input(self):
        r = sprove("exec", "fibonacci", "--input", "-", stdin=b'{"algorithm":"fibonacci","n":10}')
        self.assertEqual((r.code, json.loads(r.out)), (0, {"value": 55}))
        self.fails(sprove("exec", self.path("p.elf", exits(0)), "--input", "-", "--hint", "-"), 2, "both")

    def test_too_long_an_input_names_the_limit(self):
        p = self.path("long", b"")
        os.truncate(p, (64 << 20) + 1)
        program = self.path("p.elf", exits(0))
        self.fails(sprove("exec", program, "--input", p), 4, "67108864")
        with open(p, "rb") as f:
            r = harness.subprocess.run([harness.SPROVE, "exec", program, "--input", "-"], stdin=f,
                                       capture_output=True, check=False)
        self.assertEqual(r.returncode, 4, r.stderr)
        os.truncate(p, 64 << 20)
        self.assertEqual(sprove("exec", program, "--input", p).code, 0)

    def test_data_is_a_file_as_it_is(self):
        r = sprove("exec", "hash", "--data", self.path("abc", b"abc"))
        self.assertEqual(r.code, 0, r.err)
        self.assertIn("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", r.out)
        self.fails(sprove("exec", "fibonacci", "--data", self.path("abc")), 2, "--input")
        self.fails(sprove("exec", "hash", "--data", "a", "--input", "b"), 2, "exclude")

    def test_a_program_without_digest_mode_says_so(self):
        self.fails(sprove("exec", self.path("p.elf", exits(0)), "--io", "digest"), 3, "sprove_io_mode")


class Stacks(Case):
    def test_folded_stacks_account_for_every_cycle(self):
        folded = self.path("f.txt")
        payload = self.path("m.json", MATRIX)
        r = sprove("exec", "matrix_multiplication", "--input", payload, "--stacks", folded, "--json")
        self.assertEqual(r.code, 0, r.err)
        total = 0
        with open(folded, encoding="utf-8") as f:
            for line in f:
                self.assertRegex(line, r"^[^ ]+ \d+\n$")
                total += int(line.split()[1])
        self.assertEqual(total, r.json()["cycles"])


if __name__ == "__main__":
    harness.main()
