#!/usr/bin/env python3
"""Checks that a callback came from your relayer. Copy verify() into your receiver.

Give it the body as the bytes that arrived: JSON that was read and written again is not the same
bytes. After it accepts, drop the message if you have seen its webhook-id in the last day: a callback
is sent again until you answer with 2xx.

From the shell, with the secrets (apart by spaces) in the environment and the body on standard input:
    SPROVE_WEBHOOK_SECRETS=whsec_... webhook_verify.py ID TIMESTAMP SIGNATURE
The exit code is 0 when it is genuine, 1 when it is not."""

import base64
import hashlib
import hmac
import os
import sys
import time

WINDOW = 300  # seconds


def verify(secrets, webhook_id, timestamp, signature, body, now=None):
    """Whether one of the secrets signed this. secrets: a list of "whsec_..." (two while you replace
    one); then the values of the headers webhook-id, webhook-timestamp and webhook-signature, and the
    body as bytes."""
    if not (webhook_id and timestamp and signature) or not (timestamp.isascii() and timestamp.isdigit()):
        return False
    if abs((time.time() if now is None else now) - int(timestamp[:15])) > WINDOW:
        return False
    signed = b"%s.%s.%s" % (webhook_id.encode(), timestamp.encode(), body)
    genuine = False
    for secret in secrets:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        right = b"v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
        for received in signature.split(" "):
            genuine |= hmac.compare_digest(right, received.encode())
    return genuine


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    known = os.environ.get("SPROVE_WEBHOOK_SECRETS", "").split()
    sys.exit(0 if verify(known, *sys.argv[1:], sys.stdin.buffer.read()) else 1)
