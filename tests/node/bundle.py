"""bundle.py - what sverify makes of a task's archive, as it came and changed in each of its parts."""
import gzip
import hashlib
import io
import json
import os
import subprocess
import tarfile
import uuid


def sverify(data, *args, code):
    p = subprocess.run([os.environ["SVERIFY"], "--bundle", "-", "--json", *args], input=data, capture_output=True, timeout=60)
    assert p.returncode == code, (code, p)
    return json.loads(p.stdout) if code != 2 else p.stderr.decode()


END = b"\0" * 1024  # of a tar


def check_bundle(task, data):
    """sverify --bundle accepts what the relayer gave and nothing else."""
    good = sverify(data, code=0)
    assert good["accepted"] and good["bundle"]["task_id"] == task and good["bundle"]["signature"] is True, good
    with tarfile.open(fileobj=io.BytesIO(data)) as t:
        parts = [(m.name, t.extractfile(m).read()) for m in t.getmembers()]

    def changed(entries=False, **new):
        """The real headers, but for the length of what has another one."""
        out, at = [], 0
        for name, old in parts:
            now = new.get(name.replace(".", "_"), old)
            header = data[at:at + 512]
            if len(now) != len(old):
                header = header[:124] + b"%011o" % len(now) + header[135:]
                header = header[:148] + b" " * 8 + header[156:]
                header = header[:148] + b"%06o\0 " % sum(header) + header[156:]
            out.append(header + now + b"\0" * (-len(now) % 512))
            at += 512 + (len(old) + 511) // 512 * 512
        return out if entries else b"".join(out) + END
    assert changed() == data
    whole = dict(parts)
    said, about = json.loads(whole["signed.json"]), json.loads(whole["task.json"])

    def signed(**new):
        return changed(signed_json=json.dumps({**said, **new}).encode())

    def told(of, **new):
        return changed(task_json=json.dumps({**about, of: {**about[of], **new}} if of else {**about, **new}).encode())
    assert sverify(signed(), code=0) and sverify(told(""), code=0)

    def refused(bundle, code, check):
        r = sverify(bundle, code=code)["rejection"]
        assert r["check"] == check, (check, r)
    flip = lambda x, at: x[:at] + bytes([x[at] ^ 1]) + x[at + 1:]
    zeros, other = "0" * 64, str(uuid.uuid4())
    for bundle, code, check in (
            (changed(input=flip(whole["input"], 0)), 1, "input"), (changed(input=whole["input"] + b"\0"), 1, "input"),
            (changed(output=flip(whole["output"], 0)), 1, "output"), (changed(output=b""), 1, "output"),
            (changed(proof=flip(whole["proof"], 5000)), 1, "proof"), (changed(proof=b""), 1, "proof"),
            (changed(**{"program_elf": flip(whole["program.elf"], 100)}), 1, "program"), (changed(**{"program_elf": b""}), 1, "program"),
            (changed(verify_sh=whole["verify.sh"].replace(b"output ", b"input  ")), 1, "verify.sh"),
            (changed(verify_sh=b"rm -rf x\n"), 1, "verify.sh"), (changed(task_json=b"{"), 3, "task.json"), (changed(task_json=b"[]"), 3, "task.json"),
            (changed(task_json=b"[" * 5000), 3, "task.json"), (changed(signed_json=b"{}"), 3, "signed.json"),
            (changed(signed_json=b'{"attempt":1,' + whole["signed.json"][1:]), 3, "signed.json"),
            (signed(more=1), 3, "signed.json"), (signed(signature=[]), 3, "signed.json"), (signed(signature=None), 3, "signed.json"),
            (signed(status="failure"), 3, "signed.json"), (signed(attempt=-1), 3, "signed.json"), (signed(attempt=2**33), 3, "signed.json"),
            (signed(signature=[said["signature"][1], said["signature"][0]]), 1, "signature"), (signed(signature=["0x1", "0x1"]), 1, "signature"),
            (signed(attempt=said["attempt"] + 1), 1, "signature"), (signed(chain_id="0x7"), 1, "signature"),
            (signed(node_pubkey="0x1"), 1, "signature"), (signed(node_id="0x1"), 1, "signature"),
            (signed(usage={**said["usage"], "cycles": 1}), 1, "cycles"), (signed(io_commitment=zeros[:62]), 1, "io_commitment"),
            (signed(output={**said["output"], "sha256": zeros}), 1, "output"), (signed(proof={**said["proof"], "size": 1}), 1, "proof"),
            (told("", task_id=task[:-1] + ("0" if task[-1] != "0" else "1")), 1, "signature"), (told("", task_id=other), 3, "signed.json"),
            (told("job", input_sha256=zeros), 1, "input"), (told("job", program_id="0" * 56), 1, "program"), (told("job", profile="none"), 3, "task.json"),
            (told("job", profile="balanced"), 1, "verify.sh"), (told("job", program="fibonacci"), 1, "program"), (told("job", program="x"), 1, "program"),
            (told("job", max_cycles="1"), 1, "cycles"), (told("result", output_sha256=zeros), 1, "output"), (told("result", proof_sha256=zeros), 1, "proof"),
            (told("", settlement={"contract": "0x1", "chain_task_id": "7"}), 1, "verify.sh"),
            (told("", settlement={"contract": "0x1"}), 3, "task.json")):
        refused(bundle, code, check)
    # A proof that is cut, with hashes that agree.
    refused(changed(proof=whole["proof"][:-1], signed_json=json.dumps(
        {**said, "proof": {**said["proof"], "size": len(whole["proof"]) - 1, "sha256": hashlib.sha256(whole["proof"][:-1]).hexdigest()}}).encode(),
        task_json=json.dumps({**about, "result": {**about["result"], "proof_sha256": hashlib.sha256(whole["proof"][:-1]).hexdigest()}}).encode()),
        3, "form")
    # Files that are missing, twice there, in another order, more, or nothing; other kinds of tar.
    entries = changed(entries=True)
    for k in range(len(parts)):
        refused(b"".join(entries[:k] + entries[k + 1:]) + END, 3, "bundle")
        refused(b"".join(entries[:k + 1] + entries[k:]) + END, 3, "bundle")
        refused(b"".join(entries + entries[k:k + 1]) + END, 3, "bundle")
    python = io.BytesIO()
    with tarfile.open(fileobj=python, mode="w", format=tarfile.PAX_FORMAT) as t:
        for name, content in parts:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            t.addfile(info, io.BytesIO(content))
    for bundle in (b"", b"".join(entries[::-1]) + END, python.getvalue(), data + b"\0", data + b"\0" * 512, data[512:], gzip.compress(data),
                   whole["proof"]):
        refused(bundle, 3, "bundle")
    for at in range(0, len(data), 512):
        refused(data[:at], 3, "bundle")
    # What may be demanded beyond it, and what may not be said twice.
    program = good["statement"]["program_id"]
    assert sverify(data, "--program-id", program, "--profile", good["profile"], "--context", "0" * 56, code=0)
    for args, check in ((("--program-id", "0" * 56), "program"), (("--profile", "balanced"), "profile"), (("--context", "1" * 56), "context")):
        assert sverify(data, *args, code=1)["rejection"]["check"] == check
    for args in (("proof",), ("--program", "fibonacci"), ("--input", "x"), ("--output", "x"), ("--io-commitment", "0" * 62), ("--allow-failure",),
                 ("--allow-unsound",)):
        assert sverify(data, *args, code=2)
