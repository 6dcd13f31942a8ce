#!/usr/bin/env python3
"""docs/operations.md against the program: every setting with its default, which are read again, every option.

usage: test_settings_doc.py RELAYER SOURCE"""
import os
import re
import subprocess
import sys

RELAYER, SOURCE = sys.argv[1], sys.argv[2]


def run(*more):
    return subprocess.run([RELAYER, *more], capture_output=True, text=True, timeout=30,
                          env={"PATH": os.environ["PATH"], "XDG_DATA_HOME": "/x"})


def main():
    with open(os.path.join(SOURCE, "docs", "operations.md"), encoding="utf-8") as f:
        text = f.read()
    said = {m[0]: (bool(m[1]), m[2]) for m in re.findall(r"^\| `([a-z]+\.[a-z0-9_]+)`( \*\*R\*\*)? \| (?:`(.*?)`)? ?\|", text, re.M)}
    section, known = "", {}
    for line in run("--print-config").stdout.splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif " =" in line:
            name, value = line.split(" =", 1)
            known[f"{section}.{name}"] = value.strip()
    known["server.data"] = ""  # depends on who asks
    assert len(known) > 50
    missing, gone = set(known) - set(said), set(said) - set(known)
    assert not missing, "docs/operations.md lacks " + ", ".join(sorted(missing))
    assert not gone, "docs/operations.md has what is no setting: " + ", ".join(sorted(gone))
    for name, value in known.items():
        assert said[name][1] == value, f"{name}: the default is {value!r}, the document says {said[name][1]!r}"
    with open(os.path.join(SOURCE, "relayer", "reload.c"), encoding="utf-8") as f:
        again = set(re.findall(r'"([a-z]+\.[a-z0-9_]+)"', f.read())) & set(known)
    assert again == {n for n, (r, _) in said.items() if r}, again ^ {n for n, (r, _) in said.items() if r}
    # What the text tells to write into a file is right.
    for block in re.findall(r"```ini\n(.*?)```", text, re.S):
        if "[Service]" in block:
            continue
        path = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"operations.{os.getpid()}.ini")
        with open(path, "w", encoding="utf-8") as f:
            f.write(re.sub(r"\s+;.*", "", block))
        p = run("--config", path, "--check-config")
        os.unlink(path)
        assert p.returncode == 0, (block, p.stderr)
    # And its options exist.
    usage = run("--help").stdout
    for option in set(re.findall(r"sprove-relayer[^\n`]*?(--[a-z-]+)", text)):
        assert option in usage, option
    # Units and documents name the same variables.
    print(f"ok   {len(known)} settings", flush=True)


main()
