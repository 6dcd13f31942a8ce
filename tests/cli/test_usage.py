"""Options, help, completion and manual pages."""

import os
import re
import shlex
import shutil
import subprocess

import harness
from harness import SOURCE, Case, sprove, sverify


def commands():
    text = sprove("help").out
    return re.findall(r"^  ([a-z-]+) ", text, re.M)


def options_of(command):
    text = sverify("--help").out if command == "sverify" else sprove("help", command).out
    return set(re.findall(r"^  (--[a-z-]+)", text, re.M))


CHAIN = {"task", "claim", "earnings", "chain", "keys", "submit", "status", "fetch", "cancel", "tasks", "login", "logout"}  # in builds with the Starknet client


class Usage(Case):
    def test_no_arguments_explain_and_fail(self):
        r = sprove()
        self.assertEqual(r.code, 2)
        self.assertIn("commands:", r.out)

    def test_every_command_has_help_with_examples(self):
        self.assertEqual(set(commands()) - CHAIN, {"run", "exec", "jobs", "estimate", "program-id", "inspect",
                                                   "bench", "node", "completion", "version", "help"})
        self.assertIn(set(commands()) & CHAIN, (set(), CHAIN))
        for c in commands():
            r = sprove("help", c)
            self.assertEqual((r.code, r.err), (0, ""))
            self.assertIn("examples:\n", r.out)
            self.assertEqual(sprove(c, "--help").out, r.out)
            self.assertLessEqual(max(map(len, r.out.splitlines())), 100)
        self.assertEqual(sprove("help", "sverify").out, sverify("--help").out)

    def test_options_of_run_and_sverify_are_those_promised(self):
        run = """--input --output --proof --hint --io --context --max-cycles --profile --threads --memory
                 --backend --progress --json --check --felts""".split()
        self.assertLessEqual(set(run), options_of("run"))
        verify = """--program --program-id --input --output --io-commitment --context --profile
                    --allow-unsound --json""".split()
        self.assertLessEqual(set(verify), options_of("sverify"))

    def test_examples_use_existing_options(self):
        for c in commands() + ["sverify"]:
            text = sprove("help", c).out.split("examples:\n")[1]
            for line in text.splitlines():
                for part in re.split(r"[|>]", line):
                    words = shlex.split(part)
                    if words and words[0] in ("sprove", "sverify"):
                        name = words[1] if words[0] == "sprove" else "sverify"
                        for w in words:
                            if w.startswith("--"):
                                self.assertIn(w, options_of(name), line)

    def test_unknown_flag_suggests_the_nearest(self):
        self.fails(sprove("run", "x", "--inptu", "f"), 2, "--inptu", "did you mean --input?")
        self.fails(sprove("exec", "x", "--max-cycle=5"), 2, "did you mean --max-cycles?")
        self.fails(sverify("p", "--progam", "x"), 2, "did you mean --program?")
        self.fails(sprove("run", "x", "--zzzzzz"), 2, "unknown option --zzzzzz")
        self.fails(sprove("jobs", "--threads", "2"), 2, "takes no option --threads")
        self.fails(sprove("run", "-x"), 2, "-x")

    def test_unknown_command_suggests_the_nearest(self):
        self.fails(sprove("exce"), 2, "did you mean exec?")
        self.fails(sprove("frobnicate"), 2, "sprove help")
        self.fails(sprove("help", "rnu"), 2, "did you mean run?")
        self.fails(sprove("exec", "fibonaci"), 5, "did you mean the job fibonacci?")

    def test_values_are_checked(self):
        for args, part in [
            (["--threads", "0"], "--threads 0: must be a whole number from 1"),
            (["--threads", "two"], "must be a whole number"),
            (["--threads", "-1"], "must be a whole number"),
            (["--threads", "99999999999999999999999"], "must be a whole number"),
            (["--memory", "0"], "--memory 0: must be a number of GiB above 0"),
            (["--memory", "1.2.3"], "must be a number of GiB"),
            (["--memory", "much"], "must be a number of GiB"),
            (["--context", "12"], "has 2 hex digits, must have 56"),
            (["--context", "zz" * 28], "character 1 is not a hex digit"),
            (["--context", "0x" + "00" * 27 + "0g"], "character 58 is not a hex digit"),
            (["--max-cycles", "0"], "must be a whole number from 1"),
            (["--max-cycles", "134217727"], "to 134217726"),
            (["--profile", "quick"], "must be one of fast balanced proven chain bench"),
            (["--io", "letters"], "must be one of words digest"),
            (["--backend", "gpu"], "must be one of"),
            (["--progress", "loud"], "must be one of"),
            (["--input"], "--input needs a value"),
            (["--input="], "--input is empty"),
            (["--check=yes"], "--check takes no value"),
            (["--json", "--json"], "--json is given twice"),
            (["more"], "one argument too many"),
        ]:
            r = sprove("run", "fibonacci", "--proof", "-", "--input", "/dev/null", *args) \
                if not args[0].startswith("--input") else sprove("run", "fibonacci", *args)
            self.fails(r, 2, part)
        self.fails(sprove("run"), 2, "run needs JOB|ELF")
        self.fails(sprove("jobs", "a", "b"), 2, "b: one argument too many; jobs takes [JOB]")
        self.fails(sprove("version", "a"), 2, "version takes none")
        self.fails(sprove("run", "fibonacci", "--input", "x"), 2, "needs --proof")
        self.fails(sprove("run", "fibonacci", "--check", "--proof", "p"), 2, "--check makes no proof")
        self.fails(sprove("exec", "fibonacci"), 2, "needs --input")
        self.fails(sprove("jobs", "nothing"), 2, "no such job")
        self.fails(sprove("completion", "tcsh"), 2, "bash, zsh or fish")

    def test_names_do_not_reach_a_terminal_as_they_are(self):
        self.fails(sprove("exec", "a\nb\x1b[31m"), 5, "a?b?[31m")
        payload = self.path("p.json", {"algorithm": "fibonacci", "n": 1, "\x1b[2J": 1})
        self.fails(sprove("exec", "fibonacci", "--input", payload), 3, "?[2J")

    def test_sverify_wants_one_whole_question(self):
        ok = ["--input", "i", "--output", "o"]
        self.fails(sverify(), 2, "PROOF")
        self.fails(sverify("p", *ok), 2, "--program and --program-id")
        self.fails(sverify("p", "--program", "a", "--program-id", "b", *ok), 2, "one of")
        self.fails(sverify("p", "--program", "a"), 2, "--input and --output")
        self.fails(sverify("p", "--program-id", "00" * 28, "--output", "o"), 2, "--input and --output")
        self.fails(sverify("p", "--program", "a", "--io-commitment", "00" * 31, *ok), 2, "stands for")
        self.fails(sverify("p", "--program", "a", "--raw-output", "r", *ok), 2, "once")
        self.fails(sverify("nowhere", "--program", "fibonacci", *ok), 2, "nowhere", "No such file")

    def test_version(self):
        text = sprove("version").out
        self.assertRegex(text, r"^sprove \d+\.\d+\.\d+\nconstraints [0-9a-f]{56}\n$")
        self.assertEqual(sprove("version", "--json").json()["air_id"], text.split()[-1])
        self.assertEqual(sprove("--version").out, sprove("version").out)
        self.assertIn("version", sprove("version", "--json").json())


class Texts(Case):
    def test_manual_pages_are_those_of_the_tables(self):
        for tool, args in (("sprove", []), ("sverify", ["sverify"])):
            if tool == "sprove" and not CHAIN & set(commands()):
                continue  # the page has all commands, this build has not
            with open(os.path.join(SOURCE, "docs", "man", tool + ".1"), encoding="utf-8") as f:
                self.assertEqual(f.read(), sprove("help", *args, "--man").out,
                                 "run: sprove help %s --man > docs/man/%s.1" % (" ".join(args), tool))

    def test_manual_pages_are_valid(self):
        if not shutil.which("groff"):
            self.skipTest("groff is not installed")
        for tool in ("sprove", "sverify"):
            p = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z",
                                os.path.join(SOURCE, "docs", "man", tool + ".1")],
                               capture_output=True, check=False)
            self.assertEqual((p.returncode, p.stderr), (0, b""))

    def test_the_document_names_every_command_and_option(self):
        with open(os.path.join(SOURCE, "docs", "cli.md"), encoding="utf-8") as f:
            text = f.read()
        for c in commands() + ["sverify"]:
            self.assertIn(c, text)
            for o in options_of(c) - {"--help"}:
                self.assertIn("`%s" % o, text, "docs/cli.md does not name %s" % o)

    def test_bash_completion_completes(self):
        script = self.path("c.bash", sprove("completion", "bash").out)

        def complete(*words):
            text = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
            text += 'if [ "$1" = sverify ]; then _sverify; else _sprove; fi; printf "%s\\n" "${COMPREPLY[@]}"'
            env = dict(os.environ, PATH=os.path.abspath(harness.BIN) + ":" + os.environ["PATH"])
            p = subprocess.run(["bash", "-c", text, "bash", script, *words], capture_output=True,
                               check=True, env=env, cwd=self.dir)
            self.assertEqual(p.stderr, b"")
            return p.stdout.decode().split()

        self.assertEqual(set(complete("sprove", "")), set(commands()))
        self.assertEqual(complete("sprove", "ex"), ["exec"])
        self.assertEqual(complete("sprove", "run", "--prof"), ["--profile"])
        self.assertEqual(complete("sprove", "run", "--profile", "b"), ["balanced", "bench"])
        self.assertEqual(complete("sprove", "run", "fibo"), ["fibonacci"])
        self.assertEqual(complete("sverify", "--allow-u"), ["--allow-unsound"])

    def test_other_completions_parse(self):
        for shell in ("zsh", "fish"):
            text = sprove("completion", shell).out
            self.assertIn("--allow-unsound" if shell == "zsh" else "-l allow-unsound", text)
            if shutil.which(shell):
                script = self.path("c." + shell, text)
                p = subprocess.run([shell, "-n", script], capture_output=True, check=False)
                self.assertEqual((p.returncode, p.stderr), (0, b""))

    def test_jobs_are_listed_with_schemas_and_examples(self):
        jobs = sprove("jobs", "--json").json()
        self.assertLessEqual({"matrix_multiplication", "hash", "sort", "fibonacci"},
                             {j["name"] for j in jobs})
        for j in jobs:
            self.assertEqual(j["input_schema"]["type"], "object")
            self.assertIn(j["name"], sprove("jobs").out)
            self.assertIn(j["summary"], sprove("jobs", j["name"]).out)
            payload = self.path("p.json", sprove("jobs", j["name"], "--example").out)
            r = sprove("exec", j["name"], "--input", payload, "--json")
            self.assertEqual(r.code, 0, r.err)
            self.assertEqual(set(j["output_schema"]["required"]), set(r.json()["output"]))


if __name__ == "__main__":
    harness.main()
