#!/usr/bin/env python3
"""The units, run: systemd as the first process of a copy of this system, in which relayer and node are installed. What they
promise - ready when it answers, killed when it does not live, started again, stopped in order, shut in - is looked at there.

usage: test_systemd.py BUILD
       test_systemd.py --inside           in the copy"""
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from relayer_process import Relayer, wait_for  # noqa: E402
from system_copy import Copy  # noqa: E402

TASK = {"job": {"profile": "proven"},
        "payload": {"algorithm": "matrix_multiplication", "matrix_a": [[1, 2], [3, 4]], "matrix_b": [[5, 6], [7, 8]]},
        "requirements": {"cpu_threads": 1, "ram_gb": 1, "max_execution_time": 300}, "token_amount": "1000"}
RELAYER, NODE = "sprove-relayer", "sprove-node"


def systemctl(*what, code=0):
    p = subprocess.run(["systemctl", *what], capture_output=True, text=True, timeout=120, check=False)
    assert code is None or p.returncode == code, (what, p.returncode, p.stdout, p.stderr, journal(what[-1])[-3000:])
    return p.stdout.strip()


def journal(unit, form="cat"):
    subprocess.run(["journalctl", "--sync"], check=False)
    return subprocess.run(["journalctl", "-u", unit, "-o", form, "--no-pager"], capture_output=True, text=True, check=False).stdout


def show(unit, name):
    return systemctl("show", "--value", "-p", name, unit)


def drop_in(unit, text):
    folder = f"/etc/systemd/system/{unit}.service.d"
    os.makedirs(folder, exist_ok=True)
    with open(f"{folder}/test.conf", "w", encoding="ascii") as f:
        f.write("[Service]\n" + text)
    systemctl("daemon-reload")


def status_of(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)


def children(pid):
    """Of all its threads."""
    found = []
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as f:
            found += f.read().split()
    return found


def verified(r):
    status, made, _ = r.call("POST", "/api/v1/tasks", TASK)
    assert status == 201, made
    wait_for("verified", lambda: r.call("GET", f"/api/v1/tasks/{made['task_id']}")[1]["state"] == "verified", 180)
    return made["task_id"]


def test_start():
    """systemctl returns when it is ready, not before: the first request is answered."""
    systemctl("start", RELAYER)
    r = Relayer("", folder="/var/lib/sprove-relayer")
    r.port = 8000
    assert r.call("GET", "/api/v1/health/ready", key=False)[0] == 200
    with open("/var/lib/sprove-relayer/admin.key", encoding="ascii") as f:
        r.key = f.read().strip()
    assert os.path.islink("/var/lib/sprove-relayer") and os.stat("/var/lib/private").st_mode & 0o77 == 0
    drop_in(NODE, "ExecStartPost=/usr/bin/sprove-node doctor --json --data %S/sprove-node\n")
    systemctl("start", NODE)
    wait_for("a node", lambda: show(RELAYER, "StatusText").startswith("1 nodes connected"))
    wait_for("what the node says", lambda: show(NODE, "StatusText") == "registered, 0 tasks")
    print("ok   ready is ready; STATUS", flush=True)
    return r


def test_shut_in(r):
    """What the unit forbids is in force, and the workers still have what they need: every layer, and a proof."""
    for unit in (RELAYER, NODE):
        s = status_of(show(unit, "MainPID"))
        assert int(s["Uid"].split()[0]) >= 61184, "a user of its own"
        assert s["NoNewPrivs"] == "1" and s["Seccomp"] == "2" and int(s["CapBnd"], 16) == 0 == int(s["CapEff"], 16), s
    said = [json.loads(line) for line in journal(NODE).splitlines() if line.startswith('{"ok"') or '"checks"' in line]
    assert said, journal(NODE)
    c = {x["check"]: x for x in said[-1]["checks"]}
    assert c["sandbox"]["verdict"] == "ok" == c["proof"]["verdict"], c
    for layer in ("seccomp", "landlock", "network namespace", "user namespace"):
        # Landlock is a matter of the kernel.
        assert layer in c["sandbox"]["text"] or layer == "landlock", c["sandbox"]
    drop_in(NODE, "RestartSec=1\n")  # the doctor is asked once, and the test need not wait for five seconds
    task = verified(r)
    pid = show(RELAYER, "MainPID")
    worker = children(pid)
    assert worker, "a worker verifies"
    for kind in ("net", "user", "ipc", "uts"):
        assert os.readlink(f"/proc/{worker[0]}/ns/{kind}") != os.readlink(f"/proc/{pid}/ns/{kind}"), kind
    print("ok   shut in: " + c["sandbox"]["text"], flush=True)
    return task


def again(unit, how, reason):
    """After `how` the unit is started again by systemd."""
    pid, before = show(unit, "MainPID"), int(show(unit, "NRestarts"))
    how(pid)
    wait_for(f"{unit} again", lambda: int(show(unit, "NRestarts")) == before + 1 and show(unit, "ActiveState") == "active", 60)
    assert show(unit, "MainPID") not in ("0", pid)
    assert re.search(reason, journal(unit, "short")), journal(unit, "short")[-2000:]


def test_killed(r, task):
    for unit in (RELAYER, NODE):
        again(unit, lambda pid: os.kill(int(pid), 9), "code=killed, status=9/KILL")
    assert r.call("GET", f"/api/v1/tasks/{task}")[1]["state"] == "verified"
    wait_for("the node is back", lambda: show(RELAYER, "StatusText").startswith("1 nodes connected"), 60)
    verified(r)
    print("ok   kill -9: started again, nothing lost", flush=True)


def test_watchdog():
    """One that does not live any more is killed."""
    for unit in (RELAYER, NODE):
        drop_in(unit, "WatchdogSec=2\nRestartSec=1\n")
        systemctl("restart", unit)
        again(unit, lambda pid: os.kill(int(pid), 19), "(?i)watchdog")
        drop_in(unit, "")
        systemctl("restart", unit)
    print("ok   watchdog", flush=True)


def test_restart(r):
    """Under load a restart loses nothing that was acknowledged, and what was not can be said again with its key."""
    made, gaps, stop = {}, [], threading.Event()

    def post():
        n, since = 0, None
        while not stop.is_set():
            key = f"restart-{n}"
            try:
                status, body, _ = r.call("POST", "/api/v1/tasks", TASK, headers={"Idempotency-Key": key}, timeout=10)
            except (OSError, http.client.HTTPException):
                status = 0
            if status in (200, 201):
                if since is not None:
                    gaps.append(time.monotonic() - since)
                    since = None
                made[key] = body["task_id"]
                n += 1
            elif since is None:
                since = time.monotonic()
            time.sleep(0.06 if status else 0.01)  # below limits.post_rate

    thread = threading.Thread(target=post)
    thread.start()
    pid = show(RELAYER, "MainPID")
    for _ in range(3):
        wait_for("some tasks", lambda n=len(made): len(made) >= n + 3)
        systemctl("restart", RELAYER)
        assert show(RELAYER, "MainPID") != pid and show(RELAYER, "NRestarts") == "0", "stopped and started, not failed"
    wait_for("some more", lambda n=len(made): len(made) >= n + 3)
    stop.set()
    thread.join()
    assert len(set(made.values())) == len(made), "a key makes one task"
    for key, task in made.items():
        assert r.call("GET", f"/api/v1/tasks/{task}")[0] == 200, key
    assert gaps, "clients saw the restarts"
    print(f"ok   three restarts among {len(made)} tasks; the longest gap that a client saw was {max(gaps) * 1000:.0f} ms", flush=True)


def test_reload(r):
    with open("/etc/sprove/relayer.ini", "a", encoding="ascii") as f:
        f.write("\n[sched]\nexploration_ppm = 1\n")
    pid = show(RELAYER, "MainPID")
    systemctl("reload", RELAYER)
    wait_for("reloaded", lambda: "exploration_ppm" in journal(RELAYER))
    assert show(RELAYER, "MainPID") == pid and r.call("GET", "/api/v1/health/ready", key=False)[0] == 200
    print("ok   reload", flush=True)


def test_stop():
    for unit in (NODE, RELAYER):
        systemctl("stop", unit)
        assert show(unit, "Result") == "success" and show(unit, "ExecMainStatus") == "0", journal(unit)[-2000:]
        assert show(unit, "ActiveState") == "inactive"
    left = [p for p in os.listdir("/proc") if p.isdigit() and os.path.exists(f"/proc/{p}/comm") and
            open(f"/proc/{p}/comm", encoding="utf-8").read().startswith("sprove")]
    assert not left, left
    # Settings that are wrong do not get better by trying again.
    with open("/etc/sprove/relayer.ini", "a", encoding="ascii") as f:
        f.write("nonsense = 1\n")
    systemctl("start", RELAYER, code=1)
    assert show(RELAYER, "ActiveState") == "failed" and show(RELAYER, "ExecMainStatus") == "2"
    time.sleep(2.5)  # longer than RestartSec
    assert show(RELAYER, "ActiveState") == "failed" and show(RELAYER, "NRestarts") == "0"
    print("ok   stop, exit code 2", flush=True)


def inside():
    systemctl("daemon-reload")
    os.makedirs("/etc/sprove", exist_ok=True)
    for name in ("relayer.ini", "node.env"):
        with open(f"/usr/share/sprove/{name}", encoding="utf-8") as f, open(f"/etc/sprove/{name}", "w", encoding="utf-8") as g:
            g.write(f.read().replace("NODE_OPTIONS=", "NODE_OPTIONS=--no-bench"))
    r = test_start()
    task = test_shut_in(r)
    test_killed(r, task)
    test_watchdog()
    test_restart(r)
    test_reload(r)
    test_stop()


def main():
    if sys.argv[1] == "--inside":
        inside()
        return 0
    prefix = tempfile.mkdtemp(prefix="systemd.")
    os.chmod(prefix, 0o755)
    copy = Copy(HERE, prefix)
    try:
        subprocess.run(["cmake", "--install", sys.argv[1], "--prefix", "/usr"], check=True, capture_output=True,
                       env={**os.environ, "DESTDIR": prefix})
        if not copy.possible() or not copy.boot(f"{prefix}/log"):
            print("  skipped: no systemd can be booted in a copy of this system (root, overlayfs, cgroup2, systemd)", flush=True)
            return 77
        try:
            wait_for("systemd", lambda: copy.process.poll() is not None or (copy.init() and copy.inside(
                "systemctl", "is-system-running", "--wait").stdout.strip() in ("running", "degraded")), 60)
            assert copy.process.poll() is None
        except AssertionError:
            with open(f"{prefix}/log", errors="replace") as f:
                print("  skipped: systemd does not come up in a copy of this system: " + f.read()[-300:], flush=True)
            return 77
        p = copy.inside("cp", "-a", "/media/usr", "/")
        assert p.returncode == 0, p.stderr
        p = copy.inside("python3", "-B", "/mnt/test_systemd.py", "--inside")
        print(p.stdout, end="", flush=True)
        assert p.returncode == 0, p.stderr[-4000:]
        return 0
    finally:
        copy.close()
        subprocess.run(["rm", "-rf", prefix], check=False)


sys.exit(main())
