#!/usr/bin/env python3
"""Manual pages of sprove-relayer, sprove-node and relayer.ini against the programs: every option, exit code and setting is
in its page, and nothing else is.

usage: test_man.py RELAYER NODE BUILD SOURCE"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

RELAYER, NODE, BUILD, SOURCE = (os.path.abspath(p) for p in sys.argv[1:5])


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def plain(roff):
    """Without fonts and escapes."""
    text = re.sub(r"\\f[A-Z]", "", roff).replace("\\-", "-").replace("\\e", "\\")
    return re.sub(r'^\.(?:B|I|BI|BR|IR|RB|RI) ', "", text, flags=re.M).replace('"', "")


def part(page, name):
    return re.search(r"^\.SH " + name + r"\n(.*?)(?=^\.SH |\Z)", page, re.M | re.S).group(1)


def options(text):
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text))


def test_program(prefix, program, main):
    name = os.path.basename(program)
    page = read(f"{prefix}/share/man/man1/{name}.1")
    listed = set()
    for section in ("OPTIONS", "COMMANDS"):
        if f".SH {section}\n" in page:
            for tag in re.findall(r"^\.TP\n(.*)", part(page, section), re.M):
                listed |= options(plain(tag))
    taken = {"--" + x for x in re.findall(r'\{"([a-z-]+)", (?:no|required)_argument', read(os.path.join(SOURCE, main)))}
    said = options(run(program, "--help").stdout)
    assert len(taken) > 8 and taken == listed, (name, taken ^ listed)
    assert said <= listed, (name, said - listed)
    assert options(plain(page)) <= listed, options(plain(page)) - listed
    # Every option that the page names is one that the program knows.
    for option in listed:
        p = run(program, option + "=", "--help") if option not in ("--help", "--version") else run(program, option)
        assert "unrecognized" not in p.stderr, (option, p.stderr)
    assert "unrecognized" in run(program, "--no-such-option").stderr
    codes = set(re.findall(r"(?:: |, |\n)(\d+) ", run(program, "--help").stdout.split("exit codes")[1]))
    stands = set(re.findall(r"^\.TP\n(\d+)$", part(page, "EXIT STATUS"), re.M))
    assert len(codes) > 3 and codes <= stands, (name, codes, stands)
    print(f"ok   {name}(1): {len(listed)} options, exit codes", flush=True)


def test_settings(prefix):
    page = read(f"{prefix}/share/man/man5/sprove-relayer.ini.5")
    section, said = "", {}
    for head, name, text in re.findall(r"^\.SH \[(\w+)\]$|^\.TP\n\.B (\w+)\n((?:(?!\.TP|\.SH).*\n)*)", page, re.M):
        if head:
            section = head
        else:
            said[f"{section}.{name}"] = re.search(r"default: (.*)$", plain(text).strip().replace("\n", " "))
    section, known = "", {}
    for line in run(RELAYER, "--print-config").stdout.splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif " =" in line:
            name, value = line.split(" =", 1)
            known[f"{section}.{name}"] = value.strip()
    known["server.data"] = ""
    assert set(said) == set(known) and len(known) > 50, set(said) ^ set(known)
    for name, value in known.items():
        assert (said[name].group(1) if said[name] else "") == value, (name, value)
    print(f"ok   sprove-relayer.ini(5): {len(known)} settings", flush=True)


def test_form(prefix):
    if shutil.which("mandoc") is None:
        print("  skipped: no mandoc for the form of the pages", flush=True)
        return
    for page in ("man1/sprove-relayer.1", "man1/sprove-node.1", "man5/sprove-relayer.ini.5"):
        p = run("mandoc", "-Tlint", "-W", "style", f"{prefix}/share/man/{page}")
        wrong = [x for x in p.stdout.splitlines() if "missing date" not in x]
        assert not wrong, wrong
        for line in run("mandoc", "-Tascii", f"{prefix}/share/man/{page}").stdout.splitlines():
            assert len(re.sub(".\b", "", line)) <= 80, line
    print("ok   mandoc", flush=True)


def main():
    with tempfile.TemporaryDirectory(prefix="man.") as prefix:
        p = run("cmake", "--install", BUILD, "--prefix", prefix)
        assert p.returncode == 0, p.stderr
        test_program(prefix, RELAYER, "relayer/main.c")
        test_program(prefix, NODE, "node/main.c")
        test_settings(prefix)
        test_form(prefix)


main()
