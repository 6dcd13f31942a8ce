#!/usr/bin/env python3
"""Stops processes of a build for up to a second, one or two at a time, as a busy machine does: what a test takes for
granted about time then shows. `sh dev.sh stalls` runs the tests of several processes meanwhile.

usage: stall.py BUILD [SEED]    ends with its parent, or by a signal"""
import os
import random
import signal
import sys
import threading
import time

PROGRAMS = ("sprove-relayer", "sprove-node", "sprove")  # a test is a python
STOPPING = ("/test_shared.py", "/test_output.py")  # these stop processes themselves
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)  # seconds


def command(pid):
    with open(f"/proc/{pid}/cmdline", "rb") as f:
        return f.read().decode(errors="replace").split("\0")


def processes(build):
    """The ids of those that run, and of their tests; what somebody else stops is left alone."""
    found = []
    for entry in os.listdir("/proc"):
        try:
            if not entry.isdigit() or int(entry) in (os.getpid(), os.getppid()):
                continue
            words = command(entry)
            name = os.path.basename(words[0])
            if build not in " ".join(words) or not (name in PROGRAMS or name.startswith("python")):
                continue
            with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as f:
                state, parent = f.read().rsplit(")", 1)[1].split()[:2]
            if state not in "TtZX" and not any(t in " ".join(words + command(parent)) for t in STOPPING):
                found.append(int(entry))
        except (OSError, IndexError):
            continue
    return found


def send(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def stalls(build, draw, stopped):
    while True:
        time.sleep(draw.uniform(0.02, 0.5))
        running = processes(build)
        if not running:
            continue
        pid = draw.choice(running)
        stopped.add(pid)
        send(pid, signal.SIGSTOP)
        time.sleep(draw.choice(PAUSES))
        send(pid, signal.SIGCONT)
        stopped.discard(pid)


def main():
    build = os.path.realpath(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 32)
    print(f"stalls: seed {seed}", flush=True)
    parent, stopped = os.getppid(), set()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    for i in range(2):
        threading.Thread(target=stalls, args=(build, random.Random(seed + i), stopped), daemon=True).start()
    try:
        while os.getppid() == parent:
            time.sleep(0.5)
    finally:
        for pid in list(stopped):
            send(pid, signal.SIGCONT)


main()
