#!/usr/bin/env python3
"""Backups of a running relayer, and a relayer that is restored from one.

usage: test_backup.py RELAYER [NAME]"""
import glob
import hashlib
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from relayer_process import Relayer, run_tests, wait_for  # noqa: E402

RELAYER = sys.argv[1]
FREE = ["limits.read_rate=100000", "limits.read_burst=100000", "limits.post_rate=100000", "limits.post_burst=100000"]
TASK = {"payload": {"algorithm": "matrix_multiplication", "matrix_a": [[1, 2], [3, 4]], "matrix_b": [[5, 6], [7, 8]]},
        "token_amount": "1000", "requirements": {"cpu_threads": 4000}}


def post(r, body=TASK, **headers):
    status, made, _ = r.call("POST", "/api/v1/tasks", body, headers)
    assert status == 201, (status, made)
    return made["task_id"]


def long_task(r, letter):
    """A task whose input is a blob: (its id, the blob's name)."""
    task = post(r, dict(TASK, payload={"algorithm": "sha256", "text": letter * 100000, "iterations": 1}))
    return task, r.call("GET", f"/api/v1/tasks/{task}")[1]["job"]["input_sha256"]


def look(r):
    status, v, _ = r.call("GET", "/api/v1/admin/backup")
    assert status == 200, v
    return v


def ended(r):
    return wait_for("the backup has ended", lambda: look(r)["state"] in ("done", "failed") and look(r))


def backup(r):
    status, said, headers = r.call("POST", "/api/v1/admin/backup")
    assert status == 202 and headers["Location"] == "/api/v1/admin/backup", (status, said)
    v = ended(r)
    assert v["state"] == "done" and v["error"] is None, v
    return v


def read(path, sql, *values):
    d = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return d.execute(sql, values).fetchall()
    finally:
        d.close()


def write(r, *statements):
    with sqlite3.connect(f"{r.folder}/relayer.db", timeout=10) as d:
        for s in statements:
            d.execute(s)


def blob_at(folder, name):
    return f"{folder}/blobs/{name[:2]}/{name}"


def restore(file, folder):
    p = subprocess.run([RELAYER, "--set", f"server.data={folder}", "--restore", file], capture_output=True, text=True, timeout=60)
    return p.returncode, p.stdout, p.stderr


def test_who_may(r):
    assert look(r)["state"] == "none"
    key = r.call("POST", "/api/v1/api-keys", {"name": "demander", "scopes": ["tasks:read", "tasks:write", "nodes:read"]})[1]["key"]
    for method in ("GET", "POST"):
        assert r.call(method, "/api/v1/admin/backup", key=False, headers={"Authorization": "Bearer " + key})[0] == 403
        assert r.call(method, "/api/v1/admin/backup", headers={"Authorization": "Bearer x"})[0] == 401
    assert look(r)["state"] == "none" and read(f"{r.folder}/relayer.db", "SELECT count(*) FROM admin_action") == [(0,)]


def test_while_tasks_come(r):
    """Every task that was acknowledged before a backup was asked for is in it; each is one file, whole, of its owner alone."""
    _, blob = long_task(r, "a")
    acknowledged, stop = [], threading.Event()

    def demander():
        while not stop.is_set():
            acknowledged.append(post(r))

    threads = [threading.Thread(target=demander) for _ in range(3)]
    for t in threads:
        t.start()
    try:
        for _ in range(5):
            before = list(acknowledged)
            v = backup(r)
            assert os.path.dirname(v["file"]) == v["dir"] == f"{r.folder}/backups", v
            assert v["bytes"] == os.path.getsize(v["file"]) and v["pages"] == v["pages_total"] > 0, v
            assert stat.S_IMODE(os.stat(v["file"]).st_mode) == 0o600
            ids = {i for i, in read(v["file"], "SELECT id FROM task")}
            assert ids.issuperset(before)
            assert read(v["file"], "PRAGMA integrity_check") == [("ok",)]
            assert read(v["file"], "PRAGMA journal_mode") == [("delete",)]
            assert hashlib.sha256(open(blob_at(v["dir"], blob), "rb").read()).hexdigest() == blob
        assert len(acknowledged) > 5
    finally:
        stop.set()
        for t in threads:
            t.join()
    assert not glob.glob(f"{r.folder}/backups/*.part*") and not glob.glob(f"{r.folder}/backups/*-journal")
    actions = read(f"{r.folder}/relayer.db", "SELECT action, key_id FROM admin_action")
    assert actions == [("backup", r.key[4:12])] * 5, actions


def test_one_at_a_time_and_kill(r):
    """Two at once are refused. What a killed relayer leaves of one goes at the next start; it never had a backup's name."""
    name = "ab" + "0" * 62
    os.makedirs(os.path.dirname(blob_at(r.folder, name)), exist_ok=True)
    os.mkfifo(blob_at(r.folder, name))  # whoever opens it waits: the backup is held in the middle
    write(r, f"INSERT INTO blob(sha256, size, refs, touched_at, key_id) VALUES('{name}', 1, 1, 1, '')")
    whole = sorted(glob.glob(f"{r.folder}/backups/*.db"))
    assert r.call("POST", "/api/v1/admin/backup")[0] == 202
    wait_for("a part", lambda: glob.glob(f"{r.folder}/backups/*.part"))
    assert look(r)["state"] == "running"
    status, said, _ = r.call("POST", "/api/v1/admin/backup")
    assert status == 409 and said["code"] == "conflict_state", said
    post(r)  # nothing waits for a backup
    r.kill()
    assert sorted(glob.glob(f"{r.folder}/backups/*.db")) == whole
    os.unlink(blob_at(r.folder, name))
    r.start()
    assert not glob.glob(f"{r.folder}/backups/*.part")
    v = backup(r)
    assert v["blobs_missing"] == 1, v
    write(r, f"DELETE FROM blob WHERE sha256 = '{name}'")


def test_old_ones_go(r):
    """Beyond backup.keep the oldest go, and with the last that names it a blob; the others' blobs stay."""
    task, kept = long_task(r, "k")
    gone_task, gone = long_task(r, "g")
    first = backup(r)["file"]
    dir = f"{r.folder}/backups"
    key = read(f"{r.folder}/relayer.db", f"SELECT key_id FROM blob WHERE sha256 = '{gone}'")[0][0]
    write(r, f"DELETE FROM blob WHERE sha256 = '{gone}'")
    for i in range(3):
        assert os.path.exists(first) and os.path.exists(blob_at(dir, gone)), i
        last = backup(r)["file"]
    assert not os.path.exists(first) and os.path.exists(last) and not os.path.exists(blob_at(dir, gone))
    assert len(glob.glob(f"{dir}/relayer-*.db")) == 3
    assert os.path.exists(blob_at(dir, kept))
    write(r, f"INSERT INTO blob(sha256, size, refs, touched_at, key_id) VALUES('{gone}', {os.path.getsize(blob_at(r.folder, gone))}, 1, 1, '{key}')")


def test_failure_is_told(r):
    dir = f"{r.folder}/backups"
    shutil.rmtree(dir)
    open(dir, "w").close()  # no folder can be made there
    assert r.call("POST", "/api/v1/admin/backup")[0] == 202
    v = ended(r)
    assert v["state"] == "failed" and dir in v["error"] and v["file"] is None and v["last_good_at"], v
    assert '"backup_failed"' in r.log_text()
    post(r)
    os.unlink(dir)
    backup(r)


def test_restore(r):
    task, blob = long_task(r, "r")
    once = post(r, **{"Idempotency-Key": "restored"})
    page = r.call("GET", "/api/v1/tasks?limit=1")[1]
    file = backup(r)["file"]
    post(r)  # is lost
    with tempfile.TemporaryDirectory(prefix="relayer.") as top:
        # Not over a database, nor its log.
        for suffix in ("", "-wal", "-shm"):
            os.makedirs(f"{top}/full{suffix}")
            open(f"{top}/full{suffix}/relayer.db{suffix}", "w").close()
            code, _, err = restore(file, f"{top}/full{suffix}")
            assert code == 1 and "move" in err, (code, err)
            assert os.listdir(f"{top}/full{suffix}") == [f"relayer.db{suffix}"]
        # Not from what is no backup.
        for content in (b"", b"no database", open(file, "rb").read(1000)):
            with open(f"{top}/bad.db", "wb") as f:
                f.write(content)
            code, _, err = restore(f"{top}/bad.db", f"{top}/bad")
            assert code == 1 and err.startswith("sprove-relayer: "), (code, err)
            assert not glob.glob(f"{top}/bad/relayer*")
        assert restore(f"{top}/none.db", f"{top}/bad")[0] == 1
        # A blob that is not beside it is told, and the rest is there.
        os.makedirs(f"{top}/alone")
        shutil.copy(file, f"{top}/alone.db")
        code, out, _ = restore(f"{top}/alone.db", f"{top}/alone")
        assert code == 1 and " 0 blobs copied" in out and os.path.exists(f"{top}/alone/relayer.db"), out
        os.makedirs(f"{top}/new")
        code, out, err = restore(file, f"{top}/new")
        assert code == 0 and " 0 missing" in out, (code, out, err)
        shutil.copy(f"{r.folder}/admin.key", f"{top}/new")
        p = subprocess.run([RELAYER, "--set", f"server.data={top}/new", "--fsck"], capture_output=True, text=True, timeout=60)
        assert p.returncode == 0 and p.stdout == "", p
        n = Relayer(RELAYER, folder=f"{top}/new", settings=FREE).start()
        try:
            assert n.call("GET", f"/api/v1/tasks/{task}")[0] == 200
            status, data, _ = n.call("GET", f"/api/v1/blobs/{blob}", raw=True)
            assert status == 200 and hashlib.sha256(data).hexdigest() == blob
            status, again, headers = n.call("POST", "/api/v1/tasks", TASK, {"Idempotency-Key": "restored"})
            assert status == 201 and again["task_id"] == once and headers["Idempotency-Replayed"] == "true"
            status, following, _ = n.call("GET", f"/api/v1/tasks?limit=1&cursor={page['next_cursor']}")
            assert status == 200 and following["items"][0]["task_id"] == task, following
            post(n)
            assert n.stop() == 0
        except BaseException:
            n.process.kill()
            raise


def test_zz_by_itself(r):
    """With a folder of their own they come at their time, and a relayer that is started often makes them nevertheless."""
    with tempfile.TemporaryDirectory(prefix="relayer.") as top:
        assert r.stop() == 0
        r.settings += [f"backup.dir={top}/kept", "backup.every=2s"]
        r.start()
        all_of_them = lambda: sorted(glob.glob(f"{top}/kept/relayer-*.db"))  # noqa: E731
        wait_for("the first two", lambda: len(all_of_them()) >= 2)
        assert look(r)["dir"] == f"{top}/kept" and look(r)["every_ms"] == 2000
        # Starts more often than every two seconds.
        newest = all_of_them()[-1]
        end = time.monotonic() + 20
        while all_of_them()[-1] == newest:
            assert time.monotonic() < end, "no backup between the starts"
            r.kill()
            r.start()
            time.sleep(0.3)
        assert r.stop() == 0
        r.settings = r.settings[:-2]
        r.start()


def main():
    r = Relayer(RELAYER, settings=FREE + ["backup.keep=3"]).start()
    run_tests(globals(), r)
    shutil.rmtree(r.folder)


main()
