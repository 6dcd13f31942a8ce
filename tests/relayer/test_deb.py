#!/usr/bin/env python3
"""Debian packages: made of what was built, free of lintian's complaints, and installed in a copy of this system - a task runs
from them, an edited setting survives an upgrade, and a purge leaves what the services have kept.

usage: test_deb.py BUILD SOURCE [FOLDER]     FOLDER: packages that are there, instead of new ones
       test_deb.py --inside FOLDER           in the copy: installs, works, removes"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from relayer_process import Relayer, wait_for  # noqa: E402
from system_copy import Copy  # noqa: E402

NAMES = ("sprove", "libsprove-dev", "sprove-relayer", "sprove-node")
SERVICES = {"sprove-relayer": "relayer.ini", "sprove-node": "node.env"}
TASK = {"job": {"profile": "proven"},
        "payload": {"algorithm": "matrix_multiplication", "matrix_a": [[1, 2], [3, 4]], "matrix_b": [[5, 6], [7, 8]]},
        "requirements": {"cpu_threads": 1, "ram_gb": 1, "max_execution_time": 300}, "token_amount": "1000"}
# Who has packed them is not what is tested.
WHO = "bogus-mail-host,bogus-mail-host-in-debian-changelog,root-in-contact"
skips = []


def run(*command, code=0, **more):
    p = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False, **more)
    assert code is None or p.returncode == code, (command, p.returncode, p.stdout[-3000:], p.stderr[-3000:])
    return p


def skip(why):
    print("  skipped: " + why, flush=True)
    skips.append(why)


def debs(folder):
    found = {f.split("_")[0]: os.path.join(folder, f) for f in sorted(os.listdir(folder)) if f.endswith(".deb")}
    assert set(found) == set(NAMES), sorted(found)
    return [found[n] for n in NAMES]


def files_of(deb):
    return {line.split(None, 5)[5][1:] for line in run("dpkg-deb", "-c", deb).stdout.splitlines() if line[0] == "-"}


def test_whole(build, packages, top):
    """The packages have what an installation has, nothing twice, and every program and document that the units name."""
    run("cmake", "--install", build, "--prefix", "/usr", env={**os.environ, "DESTDIR": top + "/all"})
    p = run("cmake", "--install", build, "--prefix", "/usr", "--component", "Unspecified", env={**os.environ, "DESTDIR": top + "/none"})
    assert not os.path.exists(top + "/none"), "install() without COMPONENT: " + p.stdout
    installed = {os.path.join(d, f).removeprefix(top + "/all") for d, _, names in os.walk(top + "/all") for f in names}
    of = {n: files_of(d) for n, d in zip(NAMES, packages)}
    packed = [f for files in of.values() for f in files]
    assert len(packed) == len(set(packed)), "a file is in two packages"
    own = {f for f in packed if re.search(r"^/etc/sprove/|/lintian/|/(copyright|changelog\.gz)$", f)}
    plain = {f.removesuffix(".gz") if "/man/" in f else f for f in packed if f not in own}
    assert plain == installed, plain ^ installed
    for name, config in SERVICES.items():
        assert f"/etc/sprove/{config}" in of[name]
        deb = packages[NAMES.index(name)]
        run("dpkg-deb", "-e", deb, f"{top}/{name}")
        with open(f"{top}/{name}/conffiles", encoding="ascii") as f:
            assert f.read() == f"/etc/sprove/{config}\n"
        for script in ("postinst", "prerm", "postrm"):
            run("sh", "-n", f"{top}/{name}/{script}")
        fields = dict(line.split(": ", 1) for line in run("dpkg-deb", "-f", deb).stdout.splitlines() if re.match(r"[A-Z]", line))
        needs = {d.split()[0] for d in fields["Depends"].split(", ")}
        assert {"libc6", "libwebsockets-evlib-uv", "libsqlite3-0", "libcurl4", "sprove"} <= needs, needs
        assert f"sprove (= {fields['Version']})" in fields["Depends"], "the worker is of the same version"
        run("dpkg-deb", "-x", deb, f"{top}/{name}")
        with open(f"{top}/{name}/usr/lib/systemd/system/{name}.service", encoding="utf-8") as f:
            unit = f.read()
        start = re.search(r"^ExecStart=(\S+)", unit, re.M).group(1)
        document = re.search(r"^Documentation=file:(\S+)", unit, re.M).group(1)
        assert start in of[name] and document in of["sprove"], (start, document)
    print(f"ok   {len(packed)} files in {len(NAMES)} packages are those of an installation", flush=True)


def test_lintian(packages):
    if shutil.which("lintian") is None:
        return skip("no lintian for the packages")
    drop = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.getuid() == 0 else []
    p = run(*drop, "lintian", "--fail-on", "error,warning", "--suppress-tags", WHO, *packages, code=None, env={**os.environ, "HOME": "/"})
    assert p.returncode == 0, p.stdout + p.stderr
    print("ok   lintian", flush=True)


def test_copy(folder):
    """In a copy of this system, which ends with its processes."""
    copy = Copy(HERE, folder)
    try:
        if not copy.possible():
            return skip("no copy of the system can be made here (root, overlayfs)")
        p = copy.run("python3", "-B", "/mnt/test_deb.py", "--inside", "/media")
    finally:
        copy.close()
    print(p.stdout, end="", flush=True)
    assert p.returncode == 0, p.stderr[-3000:]
    return None


def no_service():
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with open(f"/proc/{pid}/comm", encoding="utf-8") as f:
            assert not f.read().startswith("sprove"), "a service was started"
    wants = "/etc/systemd/system/multi-user.target.wants"
    assert not os.path.isdir(wants) or not [x for x in os.listdir(wants) if x.startswith("sprove")]


def inside(folder):
    packages = debs(folder)
    apt = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    p = run("dpkg", "--no-triggers", "-i", *packages, env=apt)
    for name in SERVICES:
        assert f"{name} is not started" in p.stdout, p.stdout
        assert not os.path.exists(f"/var/lib/{name}") and not os.path.exists(f"/var/lib/private/{name}")
    no_service()
    run("dpkg", "--verify", *NAMES)
    assert run("sprove", "jobs").stdout and run("sprove-relayer", "--config", "/etc/sprove/relayer.ini", "--check-config")
    print("ok   installed; nothing was enabled, started or made", flush=True)

    # As without systemd; what belongs to root must be reached by the workers, who are nobody.
    kept = {name: f"/var/lib/{name}" for name in SERVICES}
    for path in kept.values():
        os.mkdir(path, 0o711)
    r = Relayer("/usr/bin/sprove-relayer", folder=kept["sprove-relayer"])
    r.arguments = ["--config", "/etc/sprove/relayer.ini"]
    r.start()
    status, health, _ = r.call("GET", "/api/v1/health", key=False)
    assert status == 200 and health["status"] == "ok", health
    node = subprocess.Popen(["/usr/bin/sprove", "node", "--relayer", f"http://127.0.0.1:{r.port}", "--data", kept["sprove-node"],
                             "--no-bench", "--quiet"])
    status, made, _ = r.call("POST", "/api/v1/tasks", TASK)
    assert status == 201, made
    try:
        wait_for("verified", lambda: r.call("GET", f"/api/v1/tasks/{made['task_id']}")[1]["state"] == "verified", 120)
    except AssertionError:
        with open(kept["sprove-node"] + "/node.log", encoding="utf-8") as f:
            print(f.read()[-3000:], r.log_text()[-1000:], file=sys.stderr)
        raise
    node.terminate()
    assert node.wait(20) == 0 and r.stop() == 0
    print("ok   /health, and a task from the packages to its proof", flush=True)

    # What the administrator has written stays, whatever comes after.
    for config in SERVICES.values():
        with open(f"/etc/sprove/{config}", "a", encoding="ascii") as f:
            f.write("\n# edited\n" if config.endswith("env") else "\n; edited\n")
    run("dpkg", "--no-triggers", "-i", *packages, env=apt, stdin=subprocess.DEVNULL)
    run("dpkg", "--no-triggers", "--remove", *SERVICES, env=apt)
    assert not os.path.exists("/usr/bin/sprove-relayer") and not os.path.exists("/usr/bin/sprove-node")
    for config in SERVICES.values():
        with open(f"/etc/sprove/{config}", encoding="ascii") as f:
            assert "edited" in f.read()
    print("ok   an edited setting survives upgrade and removal", flush=True)
    p = run("dpkg", "--no-triggers", "--purge", *NAMES, env=apt)
    assert not os.path.exists("/etc/sprove") and not os.path.exists("/usr/share/sprove") and not os.path.exists("/usr/libexec/sprove")
    for name, path in kept.items():
        assert path in p.stdout, p.stdout
    assert os.path.getsize(kept["sprove-node"] + "/node.key") > 0 and os.path.getsize(kept["sprove-relayer"] + "/relayer.db") > 0
    run("dpkg", "--no-triggers", "-i", *packages, env=apt)
    r.start()
    assert r.call("GET", f"/api/v1/tasks/{made['task_id']}")[1]["state"] == "verified"
    assert r.stop() == 0
    print("ok   purged, its data stays, and serves whoever installs it again", flush=True)


def main():
    if sys.argv[1] == "--inside":
        return inside(sys.argv[2])
    build, source = (os.path.abspath(p) for p in sys.argv[1:3])
    if any(shutil.which(x) is None for x in ("dpkg-deb", "dpkg-shlibdeps")):
        skip("no dpkg-deb or dpkg-shlibdeps for the packages")
        return sys.exit(77)
    top = tempfile.mkdtemp(prefix="deb.")
    os.chmod(top, 0o755)
    try:
        folder = os.path.abspath(sys.argv[3]) if len(sys.argv) > 3 else top + "/packages"
        if len(sys.argv) <= 3:
            run("sh", f"{source}/packaging/deb.sh", build, folder,
                env={**os.environ, "DEB_LEVEL": "0"})
        packages = debs(folder)
        test_whole(build, packages, top)
        test_lintian(packages)
        test_copy(folder)
    finally:
        shutil.rmtree(top, True)
    return None


main()
