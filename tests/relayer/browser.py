"""A headless chromium for tests, driven over the DevTools protocol on a pipe: evaluates, records what it asked for and
what it complained of, takes pictures. Nothing but the standard library."""
import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time


def find():
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if shutil.which(name):
            return shutil.which(name)
    return None


class Browser:
    def __init__(self, program):
        self.folder = tempfile.mkdtemp(prefix="browser.")
        to_browser, self.out = os.pipe()
        self.inp, from_browser = os.pipe()

        def move():
            os.dup2(to_browser, 63)
            os.dup2(from_browser, 64)
            os.dup2(63, 3)
            os.dup2(64, 4)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-proxy-server",
             "--hide-scrollbars", "--remote-debugging-pipe", f"--user-data-dir={self.folder}/profile", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=open(os.path.join(self.folder, "log"), "wb"),
            preexec_fn=move, close_fds=False, start_new_session=True)
        os.close(to_browser)
        os.close(from_browser)
        self.buffer, self.id, self.events = b"", 0, []
        target = self.ask("Target.createTarget", {"url": "about:blank"})["targetId"]
        self.session = self.ask("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(domain + ".enable")

    def _read(self, seconds):
        """One message, or None."""
        end = time.monotonic() + seconds
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.inp], [], [], max(0, end - time.monotonic()))
            if not ready:
                return None
            part = os.read(self.inp, 1 << 20)
            if not part:
                raise AssertionError("the browser ended: " + open(os.path.join(self.folder, "log"), errors="replace").read()[-2000:])
            self.buffer += part
        one, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(one)

    def ask(self, method, params=None, seconds=60):
        self.id += 1
        message = {"id": self.id, "method": method, "params": params or {}}
        if hasattr(self, "session"):
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            m = self._read(end - time.monotonic())
            if m is None:
                break
            if m.get("id") == self.id:
                assert "error" not in m, (method, m["error"])
                return m["result"]
            if "method" in m:
                self.events.append(m)
        raise AssertionError(f"the browser does not answer {method}")

    def listen(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            m = self._read(end - time.monotonic())
            if m is not None:
                self.events.append(m)

    def named(self, method):
        return [e["params"] for e in self.events if e.get("method") == method]

    def go(self, url, width=1280, height=900, dark=False, script=True):
        self.ask("Emulation.setDeviceMetricsOverride",
                 {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})
        self.ask("Emulation.setEmulatedMedia",
                 {"features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]})
        self.ask("Emulation.setScriptExecutionDisabled", {"value": not script})
        self.events.clear()
        self.ask("Page.navigate", {"url": url})
        end = time.monotonic() + 30
        while not self.named("Page.loadEventFired") and time.monotonic() < end:
            self.listen(0.05)

    def run(self, expression):
        r = self.ask("Runtime.evaluate", {"expression": expression, "returnByValue": True, "awaitPromise": True})
        assert "exceptionDetails" not in r, r["exceptionDetails"]
        return r["result"].get("value")

    def wait(self, expression, seconds=30):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            v = self.run(expression)
            if v:
                return v
            self.listen(0.1)
        raise AssertionError("in vain: " + expression)

    def picture(self, path, whole=True):
        data = self.ask("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": whole})["data"]
        with open(path, "wb") as f:
            f.write(base64.b64decode(data))

    def complaints(self):
        """What stands in the console: errors, warnings, exceptions."""
        said = [p["entry"] for p in self.named("Log.entryAdded") if p["entry"]["level"] in ("error", "warning")]
        said += [p for p in self.named("Runtime.consoleAPICalled") if p["type"] in ("error", "warning", "assert")]
        return said + self.named("Runtime.exceptionThrown")

    def requests(self):
        return [p["request"]["url"] for p in self.named("Network.requestWillBeSent")]

    def close(self):
        try:
            os.killpg(self.process.pid, 9)
        except ProcessLookupError:
            pass
        self.process.wait()
        os.close(self.out)
        os.close(self.inp)
        shutil.rmtree(self.folder, True)
