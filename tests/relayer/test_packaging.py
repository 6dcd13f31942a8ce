#!/usr/bin/env python3
"""What is installed: units that systemd accepts and that allow what the programs do, a Dockerfile with the packages that
they need, settings that exist.

usage: test_packaging.py RELAYER NODE BUILD SOURCE"""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from relayer_process import Relayer, wait_for  # noqa: E402

RELAYER, NODE, BUILD, SOURCE = (os.path.abspath(p) for p in sys.argv[1:5])
TASK = {"job": {"profile": "proven"},
        "payload": {"algorithm": "matrix_multiplication", "matrix_a": [[1, 2], [3, 4]], "matrix_b": [[5, 6], [7, 8]]},
        "requirements": {"cpu_threads": 1, "ram_gb": 1, "max_execution_time": 300}, "token_amount": "1000"}
skips = []


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, timeout=120, **more)


def skip(why):
    print("  skipped: " + why, flush=True)
    skips.append(why)


def read(*path):
    with open(os.path.join(SOURCE, *path), encoding="utf-8") as f:
        return f.read()


def unit(prefix, name):
    pairs = {}
    with open(f"{prefix}/lib/systemd/system/{name}.service", encoding="utf-8") as f:
        for line in f:
            if "=" in line and line[0] not in "#;":
                key, value = line.strip().split("=", 1)
                pairs.setdefault(key, []).append(value)
    return pairs


def seconds(text):
    n, of = re.fullmatch(r"(\d+)(ms|s|m|h)?", text).groups()
    return int(n) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600, None: 1}[of]


def test_install(prefix):
    p = run("cmake", "--install", BUILD, "--prefix", prefix)
    assert p.returncode == 0, p.stderr
    for path in ("bin/sprove-relayer", "bin/sprove-node", "libexec/sprove/sprove-worker", "libexec/sprove/sprove-gpus", "share/sprove/relayer.ini",
                 "share/sprove/node.env", "share/sprove/alerts.yml", "share/sprove/grafana.json"):
        assert os.path.exists(f"{prefix}/{path}"), path
    for name in ("sprove-relayer", "sprove-node"):
        u = unit(prefix, name)
        program = u["ExecStart"][0].split()[0]
        assert program == f"{prefix}/bin/{name}" and os.access(program, os.X_OK), program
        document = u["Documentation"][0].removeprefix("file:")
        assert os.path.exists(document), document
        for want, value in {"Type": "notify", "WatchdogSec": "30", "LimitNOFILE": "65536", "NoNewPrivileges": "yes",
                            "ProtectSystem": "strict", "DynamicUser": "yes", "StateDirectory": name}.items():
            assert u[want] == [value], (name, want, u.get(want))
    assert run(RELAYER, "--config", f"{prefix}/share/sprove/relayer.ini", "--check-config").returncode == 0
    print("ok   installed", flush=True)


def test_numbers(prefix):
    """Stopping takes shorter than the service manager, or the container's, waits for it."""
    said = run(RELAYER, "--print-config").stdout
    drain = seconds(re.search(r"^shutdown_timeout = (\S+)", said, re.M).group(1))
    assert float(unit(prefix, "sprove-relayer")["TimeoutStopSec"][0]) > drain
    for grace in re.findall(r"stop_grace_period: (\d+)s", read("packaging", "compose.yml")):
        assert float(grace) > drain
    print("ok   times", flush=True)


def test_systemd(prefix):
    if shutil.which("systemd-analyze") is None:
        return skip("no systemd-analyze for the units")
    for name in ("sprove-relayer", "sprove-node"):
        path = f"{prefix}/lib/systemd/system/{name}.service"
        p = run("systemd-analyze", "verify", path)
        assert p.returncode == 0 and p.stderr.strip() == "", p.stderr
        p = run("systemd-analyze", "security", "--offline=true", "--threshold=25", path)  # tenths
        assert p.returncode == 0 and "Unknown" not in p.stderr, p.stdout[-400:] + p.stderr
    print("ok   systemd-analyze verify, security", flush=True)


def allowed_calls(u):
    """The system calls of SystemCallFilter=, with its groups."""
    groups, name = {}, None
    for line in run("systemd-analyze", "syscall-filter").stdout.splitlines():
        if line.startswith("@"):
            name = line.strip()
            groups[name] = set()
        elif name and line.startswith(" ") and not line.strip().startswith("#"):
            groups[name].add(line.strip())
    calls = set()

    def add(what):
        for x in groups[what] if what in groups else ():
            (add if x.startswith("@") else calls.add)(x)
        if not what.startswith("@"):
            calls.add(what)

    for what in u["SystemCallFilter"][0].split():
        assert not what.startswith("@") or what in groups, what
        add(what)
    add("@default")
    return calls


def made_calls(folder):
    made = set()
    for name in os.listdir(folder):
        if name.startswith("calls."):
            with open(os.path.join(folder, name), errors="replace") as f:
                made |= {m.group(1) for m in (re.match(r"(?:\S+ )?(\w+)\(", line) for line in f) if m}
    return made


def traced_by(p):
    """The process that a tracer has started."""
    with open(f"/proc/{p.pid}/task/{p.pid}/children", encoding="ascii") as f:
        return int(f.read().split()[0])


def test_filter(prefix):
    """Relayer, node and their workers at a task, traced: no call that the units do not allow, no kind of namespace or
    socket either. As nobody and without the right to any more, where this is root."""
    if shutil.which("systemd-analyze") is None or shutil.which("strace") is None:
        return skip("no systemd-analyze or strace for the system calls of the units")
    drop = []
    if os.getuid() == 0:
        drop = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs", "--bounding-set=-all"]
    if run(*drop, "strace", "-f", "-o", "/dev/null", "true").returncode != 0:
        return skip("processes cannot be traced here")
    top = tempfile.mkdtemp(prefix="units.")
    os.chmod(top, 0o777)
    logs = {}
    r = Relayer(f"{prefix}/bin/sprove-relayer")
    node = None
    try:
        for name in ("relayer", "node"):
            logs[name] = os.path.join(top, name)
            os.mkdir(logs[name])
            os.chmod(logs[name], 0o777)

        def traced(name):
            return [*drop, "strace", "-ff", "-o", f"{logs[name]}/calls"]

        wrapper = os.path.join(top, "relayer.sh")
        with open(wrapper, "w", encoding="utf-8") as f:
            f.write(f"#!/bin/sh\nexec {' '.join(traced('relayer'))} {prefix}/bin/sprove-relayer \"$@\"\n")
        os.chmod(wrapper, 0o755)
        r.program = wrapper
        os.chmod(r.folder, 0o777)
        r.start(wait=False)
        r.wait_ready(60)
        node = subprocess.Popen([*traced("node"), f"{prefix}/bin/sprove-node", "--relayer", f"http://127.0.0.1:{r.port}",
                                 "--data", f"{logs['node']}/data"], stderr=open(os.path.join(top, "node.log"), "wb"))
        status, made, _ = r.call("POST", "/api/v1/tasks", TASK)
        assert status == 201, made
        wait_for("verified", lambda: r.call("GET", f"/api/v1/tasks/{made['task_id']}")[1]["state"] == "verified", 180)
        r.call("POST", "/api/v1/admin/backup")
        wait_for("a backup", lambda: r.call("GET", "/api/v1/admin/backup")[1].get("state") == "done", 60)
        r.call("POST", "/api/v1/estimate", TASK, timeout=60)
        for p in (node, r.process):
            os.kill(traced_by(p), signal.SIGTERM)
            assert p.wait(60) == 0
    finally:
        for p in (node, r.process):
            if p is not None and p.poll() is None:
                os.kill(traced_by(p), signal.SIGKILL)
                p.wait()
    for name in ("relayer", "node"):
        u = unit(prefix, "sprove-" + name)
        made = made_calls(logs[name])
        assert {"seccomp", "prctl", "unshare", "execve"} & made and len(made) > 50, sorted(made)
        forbidden = made - allowed_calls(u)
        assert not forbidden, (name, sorted(forbidden))
        text = "".join(open(os.path.join(logs[name], x), errors="replace").read() for x in os.listdir(logs[name])
                       if x.startswith("calls."))
        kinds = {x.lower() for x in re.findall(r"CLONE_NEW(\w+)", text)}
        assert kinds <= set(u["RestrictNamespaces"][0].split()), kinds
        assert kinds, "the workers take namespaces of their own"
        families = {x.replace("PF_", "AF_") for x in re.findall(r"\bsocket\(([AP]F_\w+)", text)}
        assert families <= set(u["RestrictAddressFamilies"][0].split()), families
        both = re.findall(r"(?:mmap|mprotect)\([^\n]*PROT_WRITE\|PROT_EXEC", text)
        assert not both, both[:3]
        written = {m for m in re.findall(r'openat\([^,]+, "(/[^"]+)", O_(?:WRONLY|RDWR)', text)}
        # Temporary files are in folders of the service's own: PrivateTmp.
        outside = [p for p in written if not p.startswith((top, r.folder, "/proc/", "/dev/null", "/tmp/", "/var/tmp/"))]
        assert not outside, outside
    print("ok   system calls, namespaces, sockets, files of relayer, node and workers are those of the units", flush=True)
    shutil.rmtree(top, True)


def packages(text):
    """Of each apt-get install of a Dockerfile."""
    for words in re.findall(r"install -y --no-install-recommends (.*?)&&", text.replace("\\\n", " "), re.S):
        yield words.split()


def test_docker():
    text = read("packaging", "Dockerfile")
    build, runs = packages(text)
    # What dev.sh installs to build with is what the image builds with.
    wanted = set()
    for function in ("need_build_tools", "need_market"):
        wanted |= set(re.findall(r"^\s+need (\S+) ", re.search(function + r"\(\) \{(.*?)\n\}", read("dev.sh"), re.S).group(1), re.M))
    assert wanted - set(build) == set(), wanted - set(build)
    # What the programs link to is in the image that runs them.
    if shutil.which("dpkg") and shutil.which("readelf"):
        library = {}
        for package in runs:
            for path in run("dpkg", "-L", package).stdout.split():
                library[os.path.basename(path)] = package
        for program in (RELAYER, NODE, f"{BUILD}/market/sprove-worker", f"{BUILD}/cli/sprove"):
            for name in re.findall(r"\(NEEDED\).*\[(.*)\]", run("readelf", "-d", program).stdout):
                if not re.match(r"lib(c|m)\.so|ld-linux|lib(a|t|ub)san", name):
                    assert name in library, f"{program} needs {name}, which no package of the image has"
        assert any("evlib_uv" in name for name in library), "libwebsockets cannot run on libuv"
    else:
        skip("no dpkg or readelf for the packages of the image")
    copied = re.findall(r"COPY --from=build (.*)", text)
    for path in re.findall(r"/out(/\S+)", " ".join(copied)):
        assert os.path.basename(path) in ("sprove", "sverify", "sprove-relayer", "sprove-node"), path
    assert "USER sprove" in text and "latest" not in re.findall(r"^FROM .*", text, re.M)[0]
    print("ok   Dockerfile: packages", flush=True)


def test_healthcheck():
    """The image's health check, on a relayer here."""
    text = read("packaging", "Dockerfile").replace("\\\n", "")
    command = json.loads(re.search(r"HEALTHCHECK .*?CMD (\[.*?\])\n", text, re.S).group(1))
    r = Relayer(RELAYER).start()
    try:
        command[-1] = command[-1].replace("/8000 ", f"/{r.port} ")
        assert str(r.port) in command[-1]
        assert run(*command).returncode == 0
        r.call("POST", "/api/v1/admin/drain")
        assert run(*command).returncode != 0, "a relayer that drains is not ready"
        r.kill()
        assert run(*command).returncode != 0
        print("ok   HEALTHCHECK", flush=True)
    finally:
        if r.process.poll() is None:
            r.kill()


def test_settings():
    """Every SPROVE_ variable of the images is a setting."""
    known, section = set(), ""
    for line in run(RELAYER, "--print-config").stdout.splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif " =" in line:
            known.add(f"SPROVE_{section}_{line.split(' =')[0]}".upper())
    used = set(re.findall(r"\bSPROVE_[A-Z_]+", read("packaging", "Dockerfile") + read("packaging", "compose.yml")))
    assert used and used <= known, used - known
    print("ok   settings of the images", flush=True)


def test_compose():
    try:
        import yaml
    except ImportError:
        return skip("no python3-yaml for compose.yml")
    c = yaml.safe_load(read("packaging", "compose.yml"))
    targets = set(re.findall(r"^FROM \S+ AS (\S+)", read("packaging", "Dockerfile"), re.M))
    assert set(c["services"]) == {"devnet", "relayer", "node"}
    for name in ("relayer", "node"):
        s = c["services"][name]
        assert s["build"]["target"] in targets and s["cap_drop"] == ["ALL"] and s["read_only"], s
        assert os.path.exists(os.path.join(SOURCE, "packaging", s["build"]["context"], s["build"]["dockerfile"]))
        assert all(v.split(":")[0] in c["volumes"] for v in s["volumes"])
        assert all(p.startswith("127.0.0.1:") for p in s.get("ports", [])), "nothing is open to the world by default"
    print("ok   compose.yml", flush=True)


def main():
    prefix = tempfile.mkdtemp(prefix="prefix.")
    os.chmod(prefix, 0o755)
    try:
        test_install(prefix)
        test_numbers(prefix)
        test_systemd(prefix)
        test_docker()
        test_healthcheck()
        test_settings()
        test_compose()
        test_filter(prefix)
    finally:
        shutil.rmtree(prefix, True)


main()
