"""A chaosproxy (chaosproxy.c) between two programs of a test."""
import os
import socket
import subprocess
import tempfile

from relayer_process import free_port, wait_for


class Net:
    """What connects to self.port gets to 127.0.0.1:target, as well as the faults allow."""

    def __init__(self, program, target):
        self.port = free_port()
        self.folder = tempfile.mkdtemp(prefix="net.")
        path = os.path.join(self.folder, "control")
        self.process = subprocess.Popen([program, str(self.port), f"127.0.0.1:{target}", path])
        self.control = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.control.bind(os.path.join(self.folder, "us"))
        self.control.settimeout(10)
        wait_for("the proxy", lambda: os.path.exists(path))
        self.control.connect(path)

    def say(self, command):
        self.control.send(command.encode())
        answer = self.control.recv(256).decode()
        assert answer != "?", command
        return answer

    def clear(self):
        self.say("clear")

    def counts(self):
        return dict(zip(("open", "accepted", "up", "down"), map(int, self.say("count").split())))

    def close(self):
        self.process.kill()
        self.process.wait()
        self.control.close()
        for name in os.listdir(self.folder):
            os.unlink(os.path.join(self.folder, name))
        os.rmdir(self.folder)
