"""Files appear whole or not at all; progress and reports go where they should."""

import json
import os
import resource
import signal
import subprocess
import time

import harness
from harness import LONG, MATRIX, SPROVE, Case, exits, on_terminal, sprove


class Outputs(Case):
    def setUp(self):
        super().setUp()
        self.payload = self.path("m.json", MATRIX)
        self.args = ["exec", "matrix_multiplication", "--input", self.payload]

    def read(self, name):
        with open(self.path(name), "rb") as f:
            return f.read()

    def test_an_output_appears_and_replaces(self):
        out = self.path("out.json", b"before")
        r = sprove(*self.args, "--output", out)
        self.assertEqual(r.code, 0, r.err)
        self.assertEqual(json.loads(self.read("out.json")), {"result": [[19, 22], [43, 50]]})
        self.assertEqual(self.files(), ["m.json", "out.json"])

    def test_the_mode_follows_the_umask(self):
        old = os.umask(0o027)
        try:
            sprove(*self.args, "--output", self.path("o"))
        finally:
            os.umask(old)
        self.assertEqual(os.stat(self.path("o")).st_mode & 0o777, 0o640)

    def test_a_link_is_followed(self):
        os.symlink("real", self.path("link"))
        self.path("real", b"")
        self.assertEqual(sprove(*self.args, "--output", self.path("link")).code, 0)
        self.assertTrue(os.path.islink(self.path("link")))
        self.assertIn(b"result", self.read("real"))

    def test_a_failure_leaves_the_old_file(self):
        out = self.path("out", b"before")
        program = self.path("p.elf", exits(3))
        self.fails(sprove("exec", program, "--output", out), 1)
        self.fails(sprove("exec", program, "--output", out, "--max-cycles", "1"), 1)
        self.assertEqual(self.read("out"), b"before")
        self.assertEqual(self.files(), ["m.json", "out", "p.elf"])

    def test_places_that_cannot_be_written_are_known_before_the_run(self):
        endless = self.path("long.json", LONG)
        args = ["exec", "mixed", "--input", endless, "--output"]
        self.fails(sprove(*args, self.path("no/where"), timeout=30), 5, "No such file or directory")
        self.fails(sprove(*args, self.dir, timeout=30), 5, "is a directory")
        self.fails(sprove(*args, self.path("x" * 300), timeout=30), 5, "File name too long")
        self.assertEqual(self.files(), ["long.json", "m.json"])

    def test_a_read_only_place_is_refused(self):
        if os.geteuid() == 0:
            self.skipTest("root may write everywhere")
        os.mkdir(self.path("ro"), 0o555)
        self.fails(sprove(*self.args, "--output", self.path("ro/x")), 5, "its directory: Permission denied")

    def test_a_full_disk_is_reported(self):
        self.fails(sprove(*self.args, "--output", "/dev/full"), 5, "the disk is full")
        with open("/dev/full", "wb") as full:
            r = subprocess.run([SPROVE, *self.args], stdout=full, stderr=subprocess.PIPE, check=False)
        self.assertEqual(r.returncode, 5)
        self.assertIn(b"standard output", r.stderr)

    def test_a_file_size_limit_leaves_nothing(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
        old = self.path("raw", b"before")
        r = sprove(*self.args, "--output", self.path("out"), "--raw-output", old, preexec_fn=limit)
        self.fails(r, 5, "file size limit", "nothing was written")
        self.assertEqual(self.files(), ["m.json", "raw"])
        self.assertEqual(self.read("raw"), b"before")

    def test_a_full_file_system_leaves_nothing(self):
        if os.geteuid() != 0:
            self.skipTest("mounting a small file system needs root")
        small = self.path("small")
        os.mkdir(small)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "none", small],
                          capture_output=True, check=False).returncode:
            self.skipTest("mounting a small file system is not possible here")
        try:
            with open(os.path.join(small, "filler"), "wb") as f:
                f.write(bytes(12 << 10))
            big = self.path("big", bytes(20000))
            r = sprove("exec", "hash", "--data", big, "--output", os.path.join(small, "o"),
                       "--raw-input", os.path.join(small, "i"))
            self.fails(r, 5, "the disk is full", "nothing was written")
            self.assertEqual(os.listdir(small), ["filler"])
        finally:
            subprocess.run(["umount", small], check=True)

    def test_two_outputs_need_two_places(self):
        self.fails(sprove(*self.args, "--output", "-", "--raw-output", "-"), 2, "same place")
        self.fails(sprove(*self.args, "--output", "-", "--json"), 2, "standard output")

    def test_one_place_by_two_names_is_one_place(self):
        os.mkdir(self.path("d"))
        os.symlink("d", self.path("link"))
        for a, b in (("x", "./x"), ("d/x", "link/x"), ("/dev/stdout", "-")):
            r = sprove(*self.args, "--output", a, "--raw-output", b, cwd=self.dir)
            self.fails(r, 2, "same place")
        self.path("old", b"before")
        os.symlink("old", self.path("name"))
        self.fails(sprove(*self.args, "--output", "old", "--raw-output", "name", cwd=self.dir), 2, "same place")
        self.assertEqual(self.read("old"), b"before")
        self.assertEqual(os.listdir(self.path("d")), [])

    def test_what_a_run_reads_is_not_replaced(self):
        program, hint = self.path("p.elf", exits(0)), self.path("h", b"hint")
        os.symlink("p.elf", self.path("link"))
        for name in ("p.elf", "h", "m.json", "link"):
            r = sprove("exec", program, "--input", self.payload, "--hint", hint, "--output", self.path(name))
            self.fails(r, 2, name, "is read by this run")
        self.fails(sprove(*self.args, "--output", self.payload), 2, "is read by this run")
        self.assertEqual(self.read("p.elf"), exits(0))
        self.assertEqual(self.read("h"), b"hint")

    def test_a_replaced_file_keeps_its_mode(self):
        out = self.path("out", b"before")
        os.chmod(out, 0o600)
        self.assertEqual(sprove(*self.args, "--output", out).code, 0)
        self.assertEqual(os.stat(out).st_mode & 0o777, 0o600)
        self.assertIn(b"result", self.read("out"))

    def test_a_link_to_nothing_is_not_replaced(self):
        os.symlink("nowhere", self.path("link"))
        self.fails(sprove(*self.args, "--output", self.path("link")), 5, "symbolic link")
        self.assertTrue(os.path.islink(self.path("link")))

    def test_devices_are_written_to(self):
        self.assertEqual(sprove(*self.args, "--output", "/dev/null").code, 0)
        self.assertTrue(os.path.exists("/dev/null"))

    def test_standard_output_by_its_path_is_appended_to(self):
        log = self.path("log", b"before\n")
        with open(log, "ab") as f:
            p = subprocess.run([SPROVE, *self.args, "--output", "/dev/stdout"], stdout=f, check=False,
                               stderr=subprocess.PIPE)
        self.assertEqual(p.returncode, 0)
        self.assertEqual(self.read("log"), b'before\n{"result":[[19,22],[43,50]]}\n')
        self.fails(sprove(*self.args, "--output", "/dev/stdout", "--json"), 2, "standard output")

    def test_a_closed_standard_output_is_an_error_and_no_file(self):
        program = self.path("p.elf", exits(0))
        p = subprocess.run(["sh", "-c", 'exec "$@" >&-', "sh", SPROVE, "exec", program, "--raw-output",
                            self.path("o"), "--json"], capture_output=True, check=False)
        self.assertEqual(p.returncode, 5)
        self.assertIn(b"standard output", p.stderr)
        self.assertEqual(self.read("o"), b"")

    def test_pipes_get_nothing_when_a_file_fails(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
        r = sprove(*self.args, "--raw-output", self.path("raw"), preexec_fn=limit)
        self.fails(r, 5, "nothing was written")
        self.assertEqual(r.out, "")

    def test_named_pipes_are_read_and_written(self):
        os.mkfifo(self.path("fifo"))
        job = ["exec", "fibonacci", "--input", self.path("f.json", {"algorithm": "fibonacci", "n": 10})]
        p = subprocess.Popen([SPROVE, *job, "--output", self.path("fifo")], stderr=subprocess.DEVNULL)
        self.assertEqual(self.read("fifo"), b'{"value":55}\n')
        self.assertEqual(p.wait(60), 0)
        p = subprocess.Popen([SPROVE, "exec", "fibonacci", "--input", self.path("fifo")],
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        with open(self.path("fifo"), "wb") as f:
            f.write(b'{"algorithm":"fibonacci","n":10}')
        self.assertEqual(p.communicate(timeout=60)[0], b'{"value":55}\n')

    def test_outputs_in_place_are_named_when_another_fails(self):
        endless = self.path("long.json", {"algorithm": "mixed", "rounds": 400000})
        p = subprocess.Popen([SPROVE, "exec", "mixed", "--input", endless, "--output", self.path("a"),
                              "--raw-output", self.path("b")], stderr=subprocess.PIPE)
        for _ in range(1000):
            if len(self.files()) == 4:
                break
            time.sleep(0.01)
        os.mkdir(self.path("b"))
        _, err = p.communicate(timeout=120)
        self.assertEqual(p.returncode, 5, err)
        self.assertIn(b"b: cannot write: Is a directory; outputs named before it are written", err)
        self.assertEqual(self.files(), ["a", "b", "long.json", "m.json"])

    def test_a_closed_pipe_is_an_error_not_a_death(self):
        reader, writer = os.pipe()
        os.close(reader)
        for args in (["help", "--man"], ["jobs"], ["jobs", "--json"], self.args, self.args + ["--json"]):
            p = subprocess.run([SPROVE, *args], stdout=writer, stderr=subprocess.PIPE, check=False)
            self.assertEqual(p.returncode, 5, (args, p.stderr))
            self.assertIn(b"standard output", p.stderr)
        os.close(writer)


class Interruption(Case):
    def start(self, *more):
        payload = self.path("long.json", LONG)
        return subprocess.Popen([SPROVE, "exec", "mixed", "--input", payload, "--output",
                                 self.path("out"), "--raw-output", self.path("raw"), *more],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def wait_for_temp(self):
        for _ in range(1000):
            if len(self.files()) == 3:
                return
            time.sleep(0.02)
        self.fail("no temporary files")

    def test_signals_leave_no_file(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            p = self.start()
            self.wait_for_temp()
            time.sleep(0.2)
            p.send_signal(number)
            out, err = p.communicate(timeout=60)
            self.assertEqual((p.returncode, out), (130, b""), err)
            self.assertIn(b"interrupted; nothing was written", err)
            self.assertEqual(self.files(), ["long.json"])

    def test_a_signal_ends_the_wait_for_a_pipe(self):
        os.mkfifo(self.path("fifo"))
        payload = self.path("f.json", {"algorithm": "fibonacci", "n": 10})
        for args in (["--input", self.path("fifo")], ["--input", payload, "--output", self.path("fifo")]):
            p = subprocess.Popen([SPROVE, "exec", "fibonacci", *args], stderr=subprocess.PIPE)
            time.sleep(0.5)
            p.send_signal(signal.SIGINT)
            _, err = p.communicate(timeout=60)
            self.assertEqual(p.returncode, 130, err)
            self.assertIn(b"interrupted", err)

    def test_a_signal_ends_work_that_writes_no_files(self):
        os.mkfifo(self.path("p.elf"))
        p = subprocess.Popen([SPROVE, "program-id", self.path("p.elf")], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE)
        with open(self.path("p.elf"), "wb"):  # now it waits for the program
            p.send_signal(signal.SIGINT)
            out, err = p.communicate(timeout=60)
        self.assertEqual((p.returncode, out, err), (130, b"", b"sprove: interrupted\n"))

    def test_a_second_signal_ends_at_once(self):
        p = self.start()
        self.wait_for_temp()
        p.send_signal(signal.SIGSTOP)
        p.send_signal(signal.SIGINT)
        p.send_signal(signal.SIGCONT)
        p.send_signal(signal.SIGTERM)
        p.communicate(timeout=60)
        self.assertEqual(p.returncode, 130)
        self.assertEqual(self.files(), ["long.json"])

    def test_a_killed_process_leaves_only_what_is_named_temporary(self):
        self.path("out", b"before")
        p = self.start()
        for _ in range(1000):
            if len(self.files()) == 4:
                break
            time.sleep(0.02)
        p.kill()
        p.communicate()
        left = set(self.files()) - {"long.json", "out"}
        for name in left:
            self.assertRegex(name, r"^\.(out|raw)\.sprove-\d+-\d+\.tmp$")
        with open(self.path("out"), "rb") as f:
            self.assertEqual(f.read(), b"before")


class Progress(Case):
    def test_pipes_are_quiet(self):
        r = sprove("exec", "fibonacci", "--input", "-", "--json", stdin=b'{"algorithm":"fibonacci","n":9}')
        self.assertEqual((r.code, r.err), (0, ""))
        self.assertEqual(r.json()["output"], {"value": 34})

    def test_json_progress_is_one_object_a_line(self):
        payload = self.path("p.json", {"algorithm": "mixed", "rounds": 300000})
        r = sprove("exec", "mixed", "--input", payload, "--progress", "json", "--json")
        self.assertEqual(r.code, 0, r.err)
        for line in r.err.splitlines():
            self.assertEqual(json.loads(line)["phase"], "run")

    def test_a_terminal_gets_a_bar(self):
        payload = self.path("p.json", {"algorithm": "mixed", "rounds": 300000})
        code, _, text = on_terminal("exec", "mixed", "--input", payload)
        self.assertEqual(code, 0)
        self.assertIn(b"\r", text)
        self.assertIn(b"running the guest", text)


if __name__ == "__main__":
    harness.main()
