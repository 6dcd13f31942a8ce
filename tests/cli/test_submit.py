"""submit, status, fetch, cancel, tasks: with a real relayer and node, killed meanwhile; and with a relayer that lies."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "relayer"))
import harness  # noqa: E402
from harness import MATRIX, SPROVE, SVERIFY, Case, on_terminal, run  # noqa: E402
from lying_relayer import ID, Liar  # noqa: E402
from relayer_process import PATIENT, Relayer, wait_for  # noqa: E402

BUILD = os.environ.get("SPROVE_BUILD", "build")
RELAYER = os.path.join(BUILD, "relayer", "sprove-relayer")
NODE = os.path.join(BUILD, "node", "sprove-node")
HELLO = os.path.join(BUILD, "tests", "guest", "elf", "hello.elf")
cached = {}
LONG = {"algorithm": "fibonacci", "n": 300000}


def read(path):
    with open(path, "rb") as f:
        return f.read()


class Submits(Case):
    def environment(self, url, key="spk_x", state=None):
        e = {k: v for k, v in os.environ.items() if not k.startswith("SPROVE_") and k != "RELAYER_API_URL"}
        return {**e, "RELAYER_API_URL": url, "SPROVE_API_KEY": key, "XDG_STATE_HOME": state or self.dir,
                "XDG_CONFIG_HOME": self.dir}

    def sprove(self, *args, env=None, **more):
        return run(SPROVE, *args, env=env or self.env, **more)


class Lies(Submits):
    """What does not prove the task is never taken, whatever the relayer says."""

    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as d:
            def prove(name, payload, profile="proven", job="matrix_multiplication"):
                path = os.path.join(d, name)
                with open(path + ".in", "w") as f:
                    json.dump(payload, f)
                r = run(SPROVE, "run", job, "--input", path + ".in", "--proof", path + ".p", "--raw-output", path + ".o",
                        "--profile", profile)
                assert r.code == 0, r.err
                return read(path + ".o"), read(path + ".p")
            cls.good = prove("good", MATRIX)
            cls.other = prove("other", {**MATRIX, "matrix_a": [[1, 2], [3, 5]]})
            cls.weak = prove("weak", MATRIX, "fast")
            cls.program = prove("program", {"algorithm": "fibonacci", "n": 5}, job="fibonacci")

    def setUp(self):
        super().setUp()
        self.liar = Liar()
        self.addCleanup(self.liar.stop)
        self.env = self.environment(self.liar.url)
        self.payload = self.path("in.json", MATRIX)

    def submit(self, mode, output=None, proof=None, *more):
        self.liar.tell(mode, self.good[0] if output is None else output, self.good[1] if proof is None else proof)
        return self.sprove("submit", "matrix_multiplication", "--input", self.payload, "--profile", "proven", "--wait", "--patience",
                           "2", "--progress", "none", "--output", self.path("out"), "--proof", self.path("proof"), *more,
                           timeout=60)

    def refused(self, r, code, *parts):
        self.assertEqual(r.code, code, (r.out, r.err))
        for part in parts:
            self.assertIn(part, r.err)
        self.assertEqual(r.out, "")
        self.assertEqual([f for f in self.files() if f not in ("in.json", "sprove")], [])

    def test_the_truth_is_taken(self):
        r = self.submit("")
        self.assertEqual(r.code, 0, r.err)
        self.assertEqual(json.loads(read(self.path("out"))), {"result": [[19, 22], [43, 50]]})
        self.assertEqual(read(self.path("proof")), self.good[1])
        self.assertEqual(self.files(), ["in.json", "out", "proof", "sprove"])
        posts = [q for q in self.liar.server.requests if q[0] == "POST"]
        self.assertEqual(len(posts), 1)
        self.assertEqual(posts[0][2]["Authorization"], "Bearer spk_x")

    def test_results_that_prove_something_else(self):
        flipped = bytearray(self.good[1])
        flipped[len(flipped) // 2] ^= 1
        wrong = bytes([self.good[0][0] ^ 1]) + self.good[0][1:]
        for name, output, proof in (("another task's", *self.other), ("another program's", *self.program),
                                    ("of a weaker profile", *self.weak),
                                    ("wrong output", wrong, self.good[1]), ("longer output", self.good[0] + b"\0", self.good[1]),
                                    ("no output", b"", self.good[1]), ("altered", self.good[0], bytes(flipped)),
                                    ("truncated", self.good[0], self.good[1][:-1]), ("longer", self.good[0], self.good[1] + b"\0"),
                                    ("empty", self.good[0], b""), ("not a proof", self.good[0], b"{}" * 1000)):
            with self.subTest(name):
                self.refused(self.submit("", output, proof), 3)

    def test_answers_that_are_none(self):
        for mode, code, part in (("post 500", 5, "it answers 500"), ("get 500", 5, "it answers 500"), ("garbage", 5, "not JSON"),
                                 ("nested", 5, "not JSON"), ("a list", 5, "not JSON"), ("json endless", 5, "too long"),
                                 ("output endless", 5, "too long"), ("proof endless", 5, "too long"), ("proof short", 5, "answer"),
                                 ("proof nothing", 5, ""), ("redirect", 7, "not followed"), ("output redirected", 7, "not followed"),
                                 ("no output", 7, "gone ?[2J"), ("bad id", 5, "no id"), ("no id", 5, "no id"),
                                 ("fails", 7, "failed: x?[31m: y??z"), ("expired", 5, "still says running")):
            with self.subTest(mode):
                self.refused(self.submit(mode), code, part)

    def test_why_it_waits(self):
        self.liar.tell("waits", *self.good)
        r = self.sprove("status", ID)
        self.assertEqual(r.code, 0, r.err)
        self.assertIn("none of 7 nodes may have it: ram 2, full 4, gpu 1\n", r.out)

    def test_what_is_too_long_for_a_request_goes_by_its_hash(self):
        given, output, proof = self.greeting()
        self.liar.tell("", output, proof)
        r = self.submit_elf()
        self.assertEqual(r.code, 0, r.err)
        self.assertEqual(read(self.path("out")), output)
        body = json.loads(self.liar.server.bodies[0])
        names = [hashlib.sha256(x).hexdigest() for x in (read(HELLO), given)]
        self.assertEqual((body["job"]["program"], body["job"]["input"]), ({"sha256": names[0]}, {"sha256": names[1]}))
        self.assertNotIn("inline_input_b64", body["job"])
        self.assertEqual(self.liar.server.blobs, {"/api/v1/blobs/" + n: x for n, x in zip(names, (read(HELLO), given))})
        # Fetched elsewhere, where the ELF and the input say what must have been proved.
        e = self.environment(self.liar.url, state=self.path("elsewhere"))
        named = ["fetch", ID, "--program", HELLO, "--profile", "fast", "--output", self.path("again"), "--input"]
        self.assertEqual(self.sprove(*named, self.long_input, env=e).code, 0)
        self.fails(self.sprove(*named, self.payload, env=e), 3)
        # A result of another program is not taken for it.
        self.liar.tell("", *self.good)
        os.unlink(self.path("out"))
        self.fails(self.submit_elf(), 3)
        self.assertFalse(os.path.exists(self.path("out")))

    def test_what_is_there_is_not_sent_again(self):
        given, output, proof = self.greeting()
        self.liar.tell("", output, proof)
        self.liar.server.programs = {hashlib.sha256(read(HELLO)).hexdigest()}
        self.assertEqual(self.submit_elf().code, 0)
        self.assertEqual([q[0] for q in self.liar.server.requests if "/tasks" not in q[1]], ["GET", "HEAD", "PUT"])
        self.liar.tell("head lies", output, proof)
        self.assertEqual(self.submit_elf().code, 0)
        self.assertEqual(self.liar.server.puts, 0)

    def test_uploads_in_parts_go_on_where_they_ended(self):
        self.liar.tell()
        given = os.urandom(9000000)
        path, name = self.path("long", given), "/api/v1/blobs/" + hashlib.sha256(given).hexdigest()

        def submit(mode, begun=b""):
            self.liar.tell(mode)
            self.liar.server.programs = {hashlib.sha256(read(HELLO)).hexdigest()}
            self.liar.server.blobs = {name: begun} if begun else {}
            r = self.sprove("submit", HELLO, "--input", path, "--patience", "20", "--profile", "fast")
            self.assertEqual((r.code, r.out), (0, ID + "\n"), (mode, r.err))
            self.assertEqual(self.liar.server.posts, 1)
            if mode not in ("put early",):
                self.assertTrue(self.liar.server.blobs[name] == given, mode)
            return [q[2].get("Content-Range") for q in self.liar.server.requests if q[0] == "PUT"]
        part = 4 << 20
        parts = ["bytes %d-%d/9000000" % x for x in ((0, part - 1), (part, 2 * part - 1), (2 * part, 8999999))]
        self.assertEqual(submit(""), parts)
        self.assertEqual(submit("", given[:part]), parts[1:])
        self.assertEqual(submit("", given[:1]), ["bytes 1-%d/9000000" % part, "bytes %d-%d/9000000" % (part + 1, 2 * part),
                                                 "bytes %d-8999999/9000000" % (2 * part + 1)])
        # Answers that are lost, a key that is not told what is there, and offsets that cannot be.
        self.assertEqual(submit("put drops")[0], parts[0])
        for mode in ("head 401", "offset beyond", "offset huge", "offset text", "offset negative"):
            with self.subTest(mode):
                self.assertEqual(submit(mode), parts)
                submit(mode, given[:part])
        self.assertEqual(submit("put early"), parts[:1])

    def test_an_interrupted_upload_submits_nothing(self):
        self.liar.tell("put hangs")
        self.liar.server.programs = {hashlib.sha256(read(HELLO)).hexdigest()}
        p = subprocess.Popen([SPROVE, "submit", HELLO, "--input", self.path("long", bytes(9000000)), "--profile", "fast", "--wait", "--output",
                              self.path("out")], env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        wait_for("the upload", lambda: self.liar.server.puts, 60)
        p.send_signal(signal.SIGINT)
        out, err = p.communicate(timeout=15)
        self.assertEqual((p.returncode, out, self.liar.server.posts), (130, "", 0), err)
        self.assertIn("nothing was submitted", err)
        self.assertEqual([f for f in self.files() if f not in ("in.json", "long", "sprove")], [])

    def test_relayers_that_take_no_input_or_program(self):
        self.liar.tell()
        short, long = self.path("short", b"sprove"), self.path("long", bytes(9000000))
        for mode, code, part in (("put 413", 7, "no?[2J"), ("put 409", 7, "409"), ("put 500", 5, "it answers 500"), ("put garbage", 5, "not JSON"),
                                 ("put a list", 5, "not JSON"), ("put says nothing", 5, "says that it has others"),
                                 ("put other offset", 5, "says that it has others"), ("put offset of all", 5, "says that it has others"),
                                 ("put redirect", 7, "not followed"), ("put endless", 5, "too long"), ("put forgets", 5, "forgets"),
                                 ("program other", 5, "another program"), ("program registered other", 5, "another program"),
                                 ("program nothing", 5, "another program"), ("program refused", 7, "no?[2J"), ("program list", 5, "not JSON")):
            with self.subTest(mode):
                self.liar.tell(mode, *self.good)
                which = (HELLO, short) if mode.startswith("program") else (HELLO, long)
                self.liar.server.programs = set() if mode.startswith("program") else {hashlib.sha256(read(HELLO)).hexdigest()}
                r = self.sprove("submit", which[0], "--input", which[1], "--profile", "fast", "--wait", "--patience", "2", "--progress", "none", "--output",
                                self.path("out"), timeout=60)
                self.assertEqual((r.code, r.out), (code, ""), r.err)
                self.assertIn(part, r.err)
                self.assertEqual(self.liar.server.posts, 0)
                self.assertEqual([f for f in self.files() if f not in ("in.json", "short", "long", "sprove")], [])

    def greeting(self):
        """A long input, and hello's output and proof for it."""
        given = b"x" * 165000
        self.long_input = self.path("long", given)
        if "greeting" not in cached:
            r = run(SPROVE, "run", HELLO, "--input", self.long_input, "--proof", self.path("p"), "--output", self.path("o"), "--profile", "fast")
            self.assertEqual(r.code, 0, r.err)
            cached["greeting"] = read(self.path("o")), read(self.path("p"))
            for name in ("o", "p"):
                os.unlink(self.path(name))
        self.assertEqual(cached["greeting"][0], b"hello, " + given + b"\n")
        return (given, *cached["greeting"])

    def submit_elf(self):
        return self.sprove("submit", HELLO, "--input", self.long_input, "--profile", "fast", "--wait", "--patience", "2", "--progress",
                           "none", "--output", self.path("out"), timeout=100)

    def test_a_lost_answer_makes_no_second_task(self):
        r = self.submit("post drops", None, None, "--patience", "20")
        self.assertEqual(r.code, 2)  # given twice
        self.liar.tell("post drops", *self.good)
        r = self.sprove("submit", "matrix_multiplication", "--input", self.payload, "--profile", "proven", "--wait",
                        "--patience", "20", "--output", self.path("out"))
        self.assertEqual(r.code, 0, r.err)
        keys = [q[2]["Idempotency-Key"] for q in self.liar.server.requests if q[0] == "POST"]
        self.assertEqual((len(keys), len(set(keys))), (3, 1))
        self.assertRegex(keys[0], "^[0-9a-f]{32}$")

    def test_what_was_submitted_is_what_fetch_demands(self):
        self.liar.tell("", *self.good)
        r = self.sprove("submit", "matrix_multiplication", "--input", self.payload, "--profile", "proven")
        self.assertEqual((r.code, r.out, r.err), (0, ID + "\n", ""))
        self.assertEqual(os.stat(self.path("sprove/tasks/" + ID + ".json")).st_mode & 0o777, 0o600)
        r = self.sprove("fetch", ID, "--json", "--proof", self.path("p"))
        self.assertEqual(r.code, 0, r.err)
        self.assertTrue(r.json()["accepted"])
        self.liar.tell("", *self.other)
        self.fails(self.sprove("fetch", ID, "--output", self.path("o")), 3, "does not prove this task")
        # Elsewhere nothing is known of it.
        e = self.environment(self.liar.url, state=self.path("elsewhere"))
        self.fails(self.sprove("fetch", ID, env=e), 2, "--program and --input")
        other = self.path("other.json", {**MATRIX, "matrix_a": [[1, 2], [3, 5]]})
        named = ["fetch", ID, "--program", "matrix_multiplication", "--profile", "proven", "--output", "-", "--input"]
        r = self.sprove(*named, other, env=e)
        self.assertEqual((r.code, json.loads(r.out)), (0, {"result": [[19, 22], [50, 58]]}), r.err)
        self.fails(self.sprove(*named, self.payload, env=e), 3)
        # A record that was altered is none.
        self.path("sprove/tasks/" + ID + ".json", {"task_id": ID, "profile": "bench"})
        self.fails(self.sprove("fetch", ID), 2, "--program and --input")

    def test_places_are_known_before_the_task(self):
        self.liar.tell("", *self.good)
        args = ["submit", "matrix_multiplication", "--input", self.payload]
        self.fails(self.sprove(*args, "--wait", "--output", self.path("no/where")), 5, "No such file")
        self.fails(self.sprove(*args, "--wait", "--output", self.payload), 2, "read by this run")
        self.fails(self.sprove(*args, "--output", self.path("o")), 2, "--wait")
        self.assertEqual(self.liar.server.posts, 0)

    def test_options(self):
        self.liar.tell("", *self.good)
        args = ["submit", "matrix_multiplication", "--input", self.payload]
        for more, part in ((["--amount", "1.5"], "--amount"), (["--task", "1"], "--contract"), (["--priority", "101"], "--priority"),
                           (["--cpu-threads", "0"], "--cpu-threads"), (["--profile", "bench"], "proves nothing"),
                           (["--relayer", "ftp://x"], "--relayer"), (["--relayer", "http://u:p@h"], "without a"),
                           (["--idempotency-key", "a b"], "visible"), (["--idempotency-key", "k", "--duration", "1h"], "--deadline"),
                           (["--api-key-file", self.path("empty", "\n")], "API key"),
                           (["--api-key-file", self.path("spaced", "a b\n")], "no API key"), (["--deadline", "2001-01-01T00:00Z"], "past"),
                           (["--api-key", "x"], "did you mean --api-key-file?")):
            with self.subTest(more):
                self.fails(self.sprove(*args, *more), 2, part)
        e = dict(self.env)
        del e["SPROVE_API_KEY"]
        self.fails(self.sprove(*args, env=e), 2, "no API key")
        self.fails(self.sprove("status", "x"), 2, "no id of a task")
        self.assertEqual(self.liar.server.posts, 0)
        r = self.sprove(*args, "--json", "--amount", "0.5strk", "--cpu-threads", "4", "--ram-gb", "8", "--gpu", "--region", "EU",
                        "--max-execution-time", "60", "--priority", "-5", "--description", "ein Test", "--public", "--redundancy", "2",
                        "--callback", "https://x/y", "--contract", "0x12", "--task", "7", "--idempotency-key", "k", "--max-cycles", "9999")
        self.assertEqual((r.code, r.json()["task_id"]), (0, ID), r.err)

    @unittest.skipUnless(shutil.which("openssl"), "there is no openssl")
    def test_certificates(self):
        both = self.path("both.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x", "-addext",
                        "subjectAltName=IP:127.0.0.1", "-keyout", self.path("k.pem"), "-out", self.path("c.pem")],
                       check=True, capture_output=True)
        self.path("both.pem", read(self.path("c.pem")) + read(self.path("k.pem")))
        liar = Liar(both)
        self.addCleanup(liar.stop)
        args = ["status", ID, "--json", "--relayer", liar.url, "--patience", "1"]
        self.fails(self.sprove(*args), 5, "certificate")
        self.assertEqual(liar.server.requests, [])
        r = self.sprove(*args, "--ca-file", self.path("c.pem"))
        self.assertEqual((r.code, r.json()["state"]), (0, "verified"), r.err)

    def test_the_key_may_be_in_a_file_of_the_configuration(self):
        self.liar.tell("", *self.good)
        e = {k: v for k, v in self.env.items() if k not in ("SPROVE_API_KEY", "RELAYER_API_URL")}
        os.mkdir(self.path("sprove"))
        self.path("sprove/config", {"relayer": self.liar.url + "/", "api_key_file": "key"})
        self.path("sprove/key", "spk_of_file\n")
        r = self.sprove("status", ID, "--json", env=e)
        self.assertEqual((r.code, r.json()["state"]), (0, "verified"), r.err)
        self.assertEqual(self.liar.server.requests[0][2]["Authorization"], "Bearer spk_of_file")
        self.assertEqual(self.liar.server.requests[0][1], "/api/v1/tasks/" + ID)


@unittest.skipUnless(os.path.exists(RELAYER) and os.path.exists(NODE), "there is no sprove-relayer or no sprove-node")
class Lives(Submits):
    @classmethod
    def setUpClass(cls):
        cls.relayer = Relayer(RELAYER, settings=PATIENT).start()
        cls.folder = tempfile.mkdtemp(prefix="node.")
        with open(os.path.join(cls.folder, "log"), "ab") as log:
            cls.node = subprocess.Popen([NODE, "--relayer", f"http://127.0.0.1:{cls.relayer.port}", "--data", cls.folder,
                                         "--no-bench"], stderr=log)

    @classmethod
    def tearDownClass(cls):
        cls.node.kill()
        cls.node.wait()
        assert cls.relayer.stop() == 0

    def setUp(self):
        super().setUp()
        self.env = self.environment(f"http://127.0.0.1:{self.relayer.port}", self.relayer.key)
        self.payload = self.path("in.json", MATRIX)
        self.long = self.path("long.json", LONG)

    def start(self, *args, **more):
        return subprocess.Popen([SPROVE, *args], env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)

    def running(self):
        return wait_for("running", lambda: self.relayer.call("GET", "/api/v1/tasks?state=running")[1]["items"], 60)[0]["task_id"]

    def test_a_whole_life(self):
        r = self.sprove("submit", "matrix_multiplication", "--input", self.payload, "--wait", "--output", self.path("out.json"), "--proof",
                        self.path("p"), "--progress", "json", "--json")
        self.assertEqual(r.code, 0, r.err)
        said = [json.loads(x) for x in r.err.splitlines()]
        self.assertEqual(said[-1]["state"], "verified")
        self.assertEqual({x["task_id"] for x in said}, {r.json()["task_id"]})
        again = run(SVERIFY, self.path("p"), "--program", "matrix_multiplication", "--input", self.payload, "--output",
                    self.path("out.json"))
        self.assertEqual(again.code, 0, again.out)
        task = r.json()["task_id"]
        status = self.sprove("status", task)
        self.assertIn("verified", status.out)
        self.assertIn(task, self.sprove("tasks").out)
        self.assertIn(task, [x["task_id"] for x in self.sprove("tasks", "--state", "verified", "--json").json()["items"]])
        self.assertEqual(self.sprove("tasks", "--state", "expired").out, "")
        self.fails(self.sprove("tasks", "--state", "nonsense"), 7, "no state")
        self.fails(self.sprove("cancel", task), 7, "conflict_state")
        # All that it is checked with, for somebody who has no relayer.
        bundle = self.sprove("fetch", task, "--bundle", self.path("b.tar"), "--json")
        self.assertEqual((bundle.code, bundle.json()["bundle_bytes"]), (0, os.path.getsize(self.path("b.tar"))), bundle.err)
        self.assertEqual(run(SVERIFY, "--bundle", self.path("b.tar"), "--json").json()["bundle"]["task_id"], task)
        piped = subprocess.run([SPROVE, "fetch", task, "--bundle", "-", "--wait"], env=self.env, capture_output=True)
        with open(self.path("b.tar"), "rb") as f:
            self.assertEqual((piped.returncode, piped.stdout), (0, f.read()), piped.stderr)
        self.assertIn("not checked: sverify --bundle", self.sprove("fetch", task, "--bundle", self.path("c.tar")).out)
        for more in (["--proof", self.path("x")], ["--output", "-"], ["--program", "matrix_multiplication"]):
            self.fails(self.sprove("fetch", task, "--bundle", self.path("d.tar"), *more), 2, "does not go with --bundle")
        self.fails(self.sprove("fetch", task, "--bundle", "-", "--json"), 2, "standard output")
        waiting = self.relayer.call("POST", "/api/v1/tasks", {"payload": {"algorithm": "matrix_multiplication", **MATRIX}, "token_amount": "1",
                                                              "requirements": {"cpu_threads": 4000}})[1]["task_id"]
        self.assertIn("no result yet", self.sprove("fetch", waiting, "--bundle", self.path("d.tar")).err)
        self.assertEqual(self.sprove("cancel", waiting).code, 0)
        self.assertNotEqual(self.sprove("fetch", waiting, "--bundle", self.path("d.tar")).code, 0)
        # Of another key it is as if it were not there.
        key = self.relayer.call("POST", "/api/v1/api-keys", {"name": "other", "scopes": ["tasks:read", "tasks:write"]})[1]
        e = {**self.env, "SPROVE_API_KEY": key["key"] if "key" in key else key["secret"]}
        for command in ("status", "fetch", "cancel"):
            self.fails(self.sprove(command, task, env=e), 7, "404")
        self.fails(self.sprove("fetch", task, "--bundle", self.path("d.tar"), env=e), 7, "404")
        self.assertFalse(os.path.exists(os.path.join(self.dir, "d.tar")))
        self.fails(self.sprove("status", task, env={**self.env, "SPROVE_API_KEY": "spk_wrong"}), 7, "401")

    def test_the_price(self):
        r = self.sprove("estimate", "matrix_multiplication", "--input", self.payload, "--profile", "proven", "--price", "--json")
        self.assertEqual(r.code, 0, r.err)
        price = r.json()["price"]
        self.assertEqual((price["cycles"], price["executed"]), ("432", False))
        text = self.sprove("estimate", "matrix_multiplication", "--input", self.payload, "--profile", "proven", "--relayer",
                           self.env["RELAYER_API_URL"]).out
        for line in ("Compute Cost", "Network Fee 15 %", "Treasury 12 %", "Gas Subsidy 3 %", "Total"):
            self.assertIn(line, text)

    def test_a_program_of_ones_own_and_a_long_input(self):
        given = b"y" * 165000
        long = self.path("long", given)
        args = ["submit", HELLO, "--input", long, "--profile", "fast"]
        r = self.sprove(*args, "--wait", "--output", self.path("o"), "--proof", self.path("p"), "--json", timeout=500)
        self.assertEqual(r.code, 0, r.err)
        self.assertEqual(read(self.path("o")), b"hello, " + given + b"\n")
        again = run(SVERIFY, self.path("p"), "--program", HELLO, "--input", long, "--output", self.path("o"), "--profile", "fast")
        self.assertEqual(again.code, 0, again.out)
        about = self.sprove("status", r.json()["task_id"], "--json").json()["job"]
        self.assertEqual((about["program"], about["input_sha256"]), (hashlib.sha256(read(HELLO)).hexdigest(), hashlib.sha256(given).hexdigest()))
        # The relayer says the price of it, too.
        r = self.sprove("estimate", HELLO, "--input", self.path("short", b"sprove"), "--profile", "fast", "--price", "--json", timeout=500)
        self.assertEqual((r.code, r.json()["price"]["executed"]), (0, False), r.err)
        # A key without the scopes is told which it lacks.
        few = self.relayer.call("POST", "/api/v1/api-keys", {"name": "few", "scopes": ["tasks:read", "tasks:write"]})[1]["key"]
        self.fails(self.sprove(*args, env={**self.env, "SPROVE_API_KEY": few}), 7, "blobs:write")

    def test_a_long_upload_is_shown_and_goes_on(self):
        given = os.urandom(9000000)
        long, name = self.path("long", given), hashlib.sha256(given).hexdigest()
        s, body, headers = self.relayer.call("PUT", "/api/v1/blobs/" + name, given[:5000000], {"Content-Range": "bytes 0-4999999/9000000"})
        self.assertEqual((s, headers["Upload-Offset"]), (202, "5000000"), body)
        code, out, shown = on_terminal("submit", HELLO, "--input", long, "--duration", "15m", env=self.env)
        self.assertEqual(code, 0, shown)
        task = out.decode().strip()
        self.assertRegex(shown, rb"\r\x1b\[K\[[#.]{24}\] +\d+ %  upload input")
        about = self.relayer.call("GET", "/api/v1/tasks/" + task)[1]
        self.assertEqual((about["job"]["input_sha256"], int(about["job"]["input_bytes"])), (name, len(given)))
        self.assertEqual(self.sprove("cancel", task).code, 0)

    def test_one_key_is_one_task(self):
        args = ["submit", "matrix_multiplication", "--input", self.payload, "--idempotency-key", "k" + str(time.time())]
        a, b = self.sprove(*args), self.sprove(*args)
        self.assertEqual((a.code, b.code, a.out), (0, 0, b.out))
        self.fails(self.sprove(*args, "--ram-gb", "1"), 7, "idempotency_key_reused")

    def test_the_relayer_is_killed_meanwhile(self):
        p = self.start("submit", "fibonacci", "--input", self.long, "--wait", "--output", self.path("o"))
        self.running()
        self.relayer.kill()
        time.sleep(1)
        self.assertIsNone(p.poll())
        self.relayer.start()
        out, err = p.communicate(timeout=120)
        self.assertEqual(p.returncode, 0, err)
        self.assertIn("checked here", out)
        self.assertTrue(os.path.getsize(self.path("o")) > 0)

    def test_interrupted_it_goes_on(self):
        p = self.start("submit", "fibonacci", "--input", self.long, "--wait", "--output", self.path("o"), "--progress", "none")
        task = self.running()
        p.send_signal(signal.SIGINT)
        out, err = p.communicate(timeout=30)
        self.assertEqual((p.returncode, out), (130, ""), err)
        self.assertIn("sprove fetch " + task, err)
        self.assertEqual([f for f in self.files() if f not in ("in.json", "long.json", "sprove")], [])
        self.fails(self.sprove("fetch", task), 7, "no result yet")
        r = self.sprove("fetch", task, "--wait", "--output", self.path("o"), "--progress", "none")
        self.assertEqual(r.code, 0, r.err)
        self.assertTrue(os.path.exists(self.path("o")))

    def test_cancelled_while_waiting(self):
        p = self.start("submit", "fibonacci", "--input", self.long, "--wait", "--progress", "none")
        task = self.running()
        r = self.sprove("cancel", task)
        self.assertEqual((r.code, r.out), (0, "cancelled\n"), r.err)
        out, err = p.communicate(timeout=30)
        self.assertEqual((p.returncode, out), (7, ""), err)
        self.assertIn("cancelled", err)

    def test_a_bar_on_a_terminal(self):
        code, out, shown = on_terminal("submit", "fibonacci", "--input", self.long, "--wait", env=self.env)
        self.assertEqual(code, 0, shown)
        self.assertRegex(shown, rb"\r\x1b\[K\[[#.]{24}\] +\d+ %  [a-z]+")
        self.assertIn(b"verified", out)


if __name__ == "__main__":
    harness.main()
