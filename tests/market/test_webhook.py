"""The library signs; examples/webhook_verify.py, examples/webhook_verify.c and, where it is
installed, the package standardwebhooks check, and agree on what is not genuine.

usage: test_webhook.py SIGN_WEBHOOK WEBHOOK_VERIFY EXAMPLES [VERIFY_WEBHOOK, the client library's]"""

import base64
import hashlib
import hmac
import os
import random
import subprocess
import sys
import time
import unittest

SIGN, C_EXAMPLE, EXAMPLES, *LIBRARY = sys.argv[1:5]
sys.path.insert(0, EXAMPLES)
import webhook_verify  # noqa: E402

try:
    from standardwebhooks.webhooks import Webhook, WebhookVerificationError
except ImportError:
    Webhook = None
    print("  without the package standardwebhooks: the examples alone check")

rng = random.Random(8)


def secret(n=32):
    return "whsec_" + base64.b64encode(rng.randbytes(n)).decode()


def sign(message_id, timestamp, body, *secrets):
    done = subprocess.run([SIGN, message_id, str(timestamp), *secrets], input=body, capture_output=True)
    assert done.returncode == 0, done.returncode
    return done.stdout.decode().splitlines()


class Callbacks(unittest.TestCase):
    def check(self, want, secrets, message_id, timestamp, signature, body, package=True):
        """What every receiver says, time(NULL) being now."""
        self.assertEqual(webhook_verify.verify(secrets, message_id, timestamp, signature, body), want)
        environment = dict(os.environ, SPROVE_WEBHOOK_SECRETS=" ".join(secrets))
        arguments = [message_id, timestamp, signature]
        for program in ([C_EXAMPLE], [sys.executable, webhook_verify.__file__], *([x] for x in LIBRARY)):
            done = subprocess.run(program + arguments, input=body, env=environment, capture_output=True)
            self.assertEqual((done.returncode, done.stderr), (0 if want else 1, b""))
        # The package knows one secret, and bodies that are text.
        package = package and Webhook
        if package and len(secrets) == 1 and body.isascii():
            headers = {"webhook-id": message_id, "webhook-timestamp": timestamp, "webhook-signature": signature}
            try:
                Webhook(secrets[0]).verify(body, headers, json_parse=False)
                said = True
            except (WebhookVerificationError, ValueError):
                said = False
            self.assertEqual(said, want)

    def test_genuine(self):
        bodies = [b"", b"{}", '{"type":"task.verified","text":"\u00fc"}'.encode(), rng.randbytes(300), b"a" * 2**20]
        for body in bodies:
            for n in (24, 32, 64):
                key, now = secret(n), str(int(time.time()))
                signature, _ = sign("msg_1", now, body, key)
                self.check(True, [key], "msg_1", now, signature, body)

    def test_both_forms_are_what_python_computes(self):
        for body in (b"", b"{}", rng.randbytes(1000)):
            key = rng.randbytes(32)
            text = "whsec_" + base64.b64encode(key).decode()
            new, old = sign("msg_2", 1700000000, body, text)
            mac = hmac.new(key, b"msg_2.1700000000." + body, hashlib.sha256)
            self.assertEqual(new, "v1," + base64.b64encode(mac.digest()).decode())
            mac = hmac.new(key, b"1700000000." + body, hashlib.sha256)
            self.assertEqual(old, "t=1700000000,v1=" + mac.hexdigest())

    def test_while_a_secret_is_replaced(self):
        before, after, now, body = secret(), secret(), str(int(time.time())), b'{"a":1}'
        signature, old = sign("msg_3", now, body, before, after)
        self.assertEqual(len(signature.split(" ")), 2)
        self.assertEqual(old.count(",v1="), 2)
        for known in ([before], [after], [after, before], [secret(), after]):
            self.check(True, known, "msg_3", now, signature, body)
        self.check(False, [secret()], "msg_3", now, signature, body)
        signature, _ = sign("msg_3", now, body, after)
        self.check(False, [before], "msg_3", now, signature, body)

    def test_changed(self):
        key, now, body = secret(), int(time.time()), b'{"amount":"1000"}'
        text = str(now)
        signature, old = sign("msg_4", now, body, key)
        self.check(True, [key], "msg_4", text, signature, body)
        self.check(False, [key], "msg_4", text, signature, b'{"amount":"9000"}')
        self.check(False, [key], "msg_4", text, signature, body + b"\n")
        self.check(False, [key], "msg_5", text, signature, body)
        self.check(False, [key], "msg_4", str(now - 1), signature, body)
        self.check(False, [key], "msg_4", text, signature[3:], body)
        self.check(False, [key], "msg_4", text, "v2" + signature[2:], body)
        self.check(False, [key], "msg_4", text, signature[:-2] + "==", body)
        self.check(False, [key], "msg_4", text, old, body)
        for i in range(3, len(signature)):
            other = signature[:i] + ("A" if signature[i] != "A" else "B") + signature[i + 1 :]
            self.assertFalse(webhook_verify.verify([key], "msg_4", text, other, body))

    def test_missing_or_bad_headers(self):
        key, now, body = secret(), str(int(time.time())), b"{}"
        signature, _ = sign("msg_6", now, body, key)
        self.check(False, [key], "", now, signature, body)
        self.check(False, [key], "msg_6", now, "", body)
        for bad in ("", "now", "-" + now, now + ".5", "0x1", now + "\u0662", "9" * 40):
            # The package takes a time with a fraction.
            self.check(False, [key], "msg_6", bad, signature, body, package="." not in bad)

    def test_window(self):
        key, body, then = secret(), b"{}", 1700000000
        signature, _ = sign("msg_7", then, body, key)
        for off, want in ((-301, False), (-300, True), (0, True), (300, True), (301, False)):
            said = webhook_verify.verify([key], "msg_7", str(then), signature, body, now=then + off)
            self.assertEqual(said, want)
        # Half a window of slack each way for the clock that moves meanwhile.
        for off, want in ((-150, True), (150, True), (-450, False), (450, False)):
            at = str(int(time.time()) + off)
            signature, _ = sign("msg_7", at, body, key)
            self.check(want, [key], "msg_7", at, signature, body)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
