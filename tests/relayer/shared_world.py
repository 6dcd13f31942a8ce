"""Several relayers on one PostgreSQL database: started, killed, paused, asked; with the database itself."""
import os
import re
import shutil
import signal
import subprocess
import tempfile

from relayer_process import Relayer, wait_for

DATABASE = os.environ.get("SPROVE_TEST_DATABASE")


def sql(text):
    """Rows as lists of texts."""
    place = re.match(r"postgresql://(\w+)@/(\w+)\?host=(.*)$", DATABASE)
    done = subprocess.run(["psql", "-h", place[3], "-U", place[1], "-d", place[2], "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1",
                           "-c", text], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return [line.split("\t") for line in done.stdout.splitlines()]


class Shared:
    """Relayers with data folders of their own, one database, one folder of blobs, one administrator's key."""

    def __init__(self, program, n, settings):
        sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        self.program, self.top = program, tempfile.mkdtemp(prefix="shared.")
        self.settings = list(settings) + [f"db.database={DATABASE}", f"storage.blobs={self.top}/blobs"]
        self.key, self.all = None, []
        for i in range(n):
            self.all.append(self.new(i))

    def new(self, i):
        r = Relayer(self.program, folder=f"{self.top}/{i}", settings=self.settings)
        os.mkdir(r.folder)
        self.start(r)
        return r

    def start(self, r):
        if self.key is not None:  # the key of the first is the database's
            with open(f"{r.folder}/admin.key", "w") as f:
                f.write(self.key + "\n")
        r.start()
        self.key = self.key or r.key

    def fsck(self):
        command = [self.program, "--set", f"server.data={self.all[0].folder}", "--fsck"]
        for s in self.settings:
            command += ["--set", s]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0 and not done.stdout, f"fsck: {done.returncode}\n{done.stdout}{done.stderr}"

    def id(self, r):
        """Of its latest start."""
        return re.findall(r'"event":"instance","instance_id":"([0-9a-f-]{36})"', r.log_text())[-1]

    def duty(self, name):
        rows = sql(f"SELECT instance FROM duty WHERE name = '{name}'")
        return rows[0][0]

    def holder(self, name):
        ids = {self.id(r): r for r in self.all}
        return wait_for(f"{name} is held", lambda: ids.get(self.duty(name)))

    def stop(self):
        for r in self.all:
            if r.process.poll() is None:
                assert r.stop() == 0, r.log_text()[-2000:]
        self.fsck()
        shutil.rmtree(self.top)


def paused(r):
    r.process.send_signal(signal.SIGSTOP)


def resumed(r):
    r.process.send_signal(signal.SIGCONT)
