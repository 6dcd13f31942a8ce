"""harness.py - what the black-box tests of the command line share: running the tools, small ELFs."""

import json
import os
import pty
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

BIN = os.path.abspath(os.environ.get("SPROVE_BIN", "build/cli"))
GUESTS = os.path.abspath(os.environ.get("SPROVE_GUESTS", "build/guest/elf"))
SOURCE = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
SPROVE = os.path.join(BIN, "sprove")
SVERIFY = os.path.join(BIN, "sverify")
SANITIZED = os.environ.get("SPROVE_SANITIZED", "") != ""

MATRIX = {"algorithm": "matrix_multiplication", "matrix_a": [[1, 2], [3, 4]], "matrix_b": [[5, 6], [7, 8]]}
LONG = {"algorithm": "mixed", "rounds": 4000000000}  # longer than any test waits


class Result:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def json(self):
        return json.loads(self.out)


def run(tool, *args, stdin=b"", timeout=300, **more):
    p = subprocess.run([tool, *map(str, args)], input=stdin, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, timeout=timeout, check=False, **more)
    return Result(p.returncode, p.stdout.decode("utf-8", "replace"), p.stderr.decode("utf-8", "replace"))


def sprove(*args, **more):
    return run(SPROVE, *args, **more)


def sverify(*args, **more):
    return run(SVERIFY, *args, **more)


def on_terminal(*args, **more):
    """sprove with a terminal for its standard error: the exit code, standard output, and what the terminal was sent."""
    master, slave = pty.openpty()
    p = subprocess.Popen([SPROVE, *args], stdout=subprocess.PIPE, stderr=slave, **more)
    os.close(slave)
    shown = b""
    while True:
        try:
            piece = os.read(master, 4096)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(master)
    out = p.communicate()[0]
    return p.returncode, out, shown


class Case(unittest.TestCase):
    """A test in an empty directory of its own."""

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="sprove-test-")
        self.addCleanup(shutil.rmtree, self.dir, True)

    def path(self, name, content=None):
        """A file's name; with content it is made, for its owner alone, as passwords and keys must be."""
        p = os.path.join(self.dir, name)
        if content is not None:
            if isinstance(content, (dict, list)):
                content = json.dumps(content)
            if isinstance(content, str):
                content = content.encode()
            with open(p, "wb", opener=lambda p, flags: os.open(p, flags, 0o600)) as f:
                f.write(content)
        return p

    def files(self):
        return sorted(os.listdir(self.dir))

    def fails(self, r, code, *parts):
        """One sentence on standard error, this exit code, and each part in the sentence."""
        self.assertEqual(r.code, code, r.err)
        self.assertEqual(r.err.count("\n"), 1, r.err)
        self.assertRegex(r.err, r"^(sprove|sverify): ")
        for part in parts:
            self.assertIn(part, r.err)


def elf(code, base=0x10000, entry=None, **header):
    """An ELF32 executable of RISC-V words."""
    text = b"".join(struct.pack("<I", w) for w in code)
    entry = base if entry is None else entry
    machine = header.get("machine", 243)
    ident = b"\x7fELF" + bytes([header.get("bits", 1), header.get("order", 1), 1]) + bytes(9)
    filesz = header.get("filesz", len(text))
    memsz = header.get("memsz", len(text))
    offset = header.get("offset", 84)
    return (ident + struct.pack("<HHIIIIIHHHHHH", header.get("type", 2), machine, 1, entry,
                                header.get("phoff", 52), 0, 0, 52, 32, header.get("phnum", 1), 0, 0, 0)
            + struct.pack("<IIIIIIII", 1, offset, base, base, filesz, memsz, 5, 4096) + text)


def addi(rd, rs, imm):
    return (imm & 0xfff) << 20 | rs << 15 | rd << 7 | 0x13


def lw(rd, rs, imm):
    return (imm & 0xfff) << 20 | rs << 15 | 2 << 12 | rd << 7 | 0x03


HALT = [addi(1, 0, 0x100), 1 << 15 | 0x67]  # jalr x0, 0(x1) to the halt address


def exits(code):
    return elf([addi(9, 0, code)] + HALT)


def main():
    if not os.path.exists(SPROVE):
        print("  skipped: there is no " + SPROVE)
        sys.exit(77)
    result = unittest.main(exit=False, verbosity=1).result
    for test, why in result.skipped:
        print("  skipped: %s: %s" % (test.id().split(".", 1)[-1], why))
    sys.exit(not result.wasSuccessful())
