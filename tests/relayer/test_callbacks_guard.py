#!/usr/bin/env python3
"""Whom callbacks are sent to: no private address, and by https nobody without a certificate that is trusted.

usage: test_callbacks_guard.py RELAYER [NAME]"""
import ipaddress
import os
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from receiver import Receiver, genuine  # noqa: E402
from relayer_process import Relayer, change, wait_for  # noqa: E402
from webhooks import GUARDED, QUICK, cancelled, deliveries, hook, no_secret_in, run, settled, task  # noqa: E402

RELAYER = sys.argv[1]


def resolves(name):
    try:
        return not any(ipaddress.ip_address(i[4][0]).is_global
                       for i in socket.getaddrinfo(name, 1, type=socket.SOCK_STREAM))
    except OSError:
        return False


def test_private_addresses(r):
    """With the guard on: nothing that is not public is called, whatever it is called by, and by no redirect."""
    a = Receiver()
    with Relayer(RELAYER, settings=GUARDED).start() as guarded:
        p = a.port
        literal = ["127.0.0.1", "127.1", "0x7f.1", "2130706433", "017700000001", "0.0.0.0", "10.0.0.1", "172.16.0.1",
                   "192.168.1.1", "100.64.0.1", "169.254.169.254", "168.63.129.16", "224.0.0.1", "255.255.255.255",
                   "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[fe80::1]", "[fd00::1]",
                   "[fd00:ec2::254]", "[2002:7f00:1::1]", "[64:ff9b::7f00:1]", "[2001:0:1::1]", "[ff02::1]",
                   "localhost"]
        for host in literal:
            hook(guarded, f"https://{host}:{p}/private", 400)
            task(guarded, {"url": f"https://{host}:{p}/private"}, 422)
        for url in (f"http://example.com:{p}/", "ftp://example.com/", "https://", "https://u:p@example.com/", "file:///etc/passwd",
                    "https://a b/", "https://example.com/\u00e9", "gopher://example.com/", "https://example.com:99999/"):
            hook(guarded, url, 400)
        # A name is looked at when it is dialled. curl itself takes a.localhost for the loopback, without a network; the
        # others are this machine's.
        for host in ["a.localhost"] + [n for n in ("ip6-localhost", socket.gethostname()) if resolves(n)]:
            w = hook(guarded, f"https://{host}:{p}/private")
            cancelled(guarded, {"webhook_id": w["id"]})
            item = wait_for("refused", lambda: [i for i in deliveries(guarded, w["id"]) if i["tries"] > 0])[0]
            assert item["status"] is None and item["reason"] == "callbacks do not go to its address", (host, item)
        # A row that was taken down while private addresses were allowed is not sent either.
        w = hook(guarded, "https://example.invalid/")
        change(guarded, "UPDATE webhook SET url = ? WHERE id = ?", a.url("/private"), w["id"])
        cancelled(guarded, {"webhook_id": w["id"]})
        assert settled(guarded, w["id"])[0]["state"] == "failed"
        time.sleep(0.5)
        assert a.got == [], a.got
        assert guarded.stop() == 0
    no_secret_in(guarded)
    a.close()


def test_certificates(r):
    """https is checked: an unknown authority gets nothing; webhooks.ca_file names one."""
    d = r.folder
    cert, key = os.path.join(d, "cert.pem"), os.path.join(d, "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2",
                    "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    a = Receiver(tls=(cert, key))
    w = hook(r, a.url("/tls", "https"))
    cancelled(r, {"webhook_id": w["id"]})
    # A slow machine may take longer for a handshake than this relayer waits.
    item = wait_for("refused", lambda: [i for i in deliveries(r, w["id"]) if "ertificate" in (i["reason"] or "")])[0]
    assert item["state"] == "pending", item
    with Relayer(RELAYER, settings=[*QUICK, "webhooks.ca_file=" + cert]).start() as knows:
        w = hook(knows, a.url("/tls2", "https"))
        cancelled(knows, {"webhook_id": w["id"]})
        assert genuine(a.wait("/tls2")[0], w["secret"])
        assert knows.stop() == 0
    assert a.at("/tls") == []
    a.close()


run(globals(), RELAYER)
