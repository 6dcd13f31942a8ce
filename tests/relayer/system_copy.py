"""A copy of this system in namespaces of its own: an overlay that forgets what is written, a /proc, a /dev and a /tmp of its
own, and processes that end with the first. For tests that install, and for one that boots. Needs root and overlayfs."""
import os
import shutil
import subprocess
import tempfile

NAMESPACES = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--uts", "--ipc", "--propagation", "private"]
LAYOUT = """set -e
mount -t tmpfs -o mode=755 tmpfs "$1"
cd "$1"
mkdir over work root
mount -t overlay overlay -o lowerdir=/,upperdir=over,workdir=work root
cd root
mkdir -p run tmp mnt media
mount -t proc proc proc
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mount -t tmpfs -o mode=755 tmpfs dev
for name in null zero full random urandom tty; do touch dev/$name; mount --bind /dev/$name dev/$name; done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
mount -t tmpfs -o mode=1777 tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin; ln -s fd/1 dev/stdout; ln -s fd/2 dev/stderr
mount --bind "$2" mnt
mount --bind "$3" media
"""
# systemd as the first process: a control group to rule over, and nothing enabled but what it needs itself.
BOOT = """mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
ip link set lo up
rm -rf etc/systemd/system/*.wants etc/fstab
touch etc/fstab
echo 0123456789abcdef0123456789abcdef > etc/machine-id
mkdir old
pivot_root . old
umount -l /old
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --unit=multi-user.target \\
    --log-target=journal --show-status=0 < /dev/null
"""


def cgroup():
    """The folder of this process's control group, version 2; None: there is no such tree."""
    with open("/proc/mounts", encoding="utf-8") as f:
        trees = [line.split()[1] for line in f if line.split()[2] == "cgroup2"]
    with open("/proc/self/cgroup", encoding="utf-8") as f:
        own = [line.strip().split(":", 2)[2] for line in f if line.startswith("0::")]
    return trees[0] + own[0] if trees and own else None


class Copy:
    """Of /mnt and /media in it: `mnt` and `media`."""

    def __init__(self, mnt, media):
        self.top = tempfile.mkdtemp(prefix="copy.")
        self.arguments = ["sh", self.top, mnt, media]
        self.group = self.process = self.first = None

    def possible(self):
        return os.getuid() == 0 and shutil.which("unshare") is not None and subprocess.run(
            [*NAMESPACES, "sh", "-c", LAYOUT, *self.arguments], capture_output=True, check=False).returncode == 0

    def run(self, *command):
        return subprocess.run([*NAMESPACES, "sh", "-c", LAYOUT + f"exec chroot . {' '.join(command)}", *self.arguments],
                              capture_output=True, text=True, timeout=400, check=False)

    def boot(self, log):
        """False: no systemd, or it may have no control groups."""
        base = cgroup()
        if base is None or not os.path.exists("/lib/systemd/systemd") or shutil.which("ip") is None:
            return False
        self.group = os.path.join(base, f"sprove-test.{os.getpid()}")
        try:
            os.mkdir(self.group)
        except OSError:
            self.group = None
            return False
        enter = f"echo $$ > {self.group}/cgroup.procs && exec \"$@\""
        with open(log, "wb") as f:
            self.process = subprocess.Popen(["sh", "-c", enter, "sh", *NAMESPACES, "--net", "--cgroup", "sh", "-c", LAYOUT + BOOT,
                                             *self.arguments], stdout=f, stderr=f, stdin=subprocess.DEVNULL)
        return True

    def init(self):
        """The first process, seen from here; None: not yet."""
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as f:
            children = f.read().split()
        if not children:
            return None
        with open(f"/proc/{children[0]}/comm", encoding="ascii") as f:
            return children[0] if f.read() == "systemd\n" else None

    def inside(self, *command, timeout=400):
        """A command in the system that was booted."""
        return subprocess.run(["nsenter", "--target", self.init(), "--all", "--root", "--wd", "--", "env", "-i", "HOME=/root",
                               "PATH=/usr/sbin:/usr/bin:/sbin:/bin", *command], capture_output=True, text=True, timeout=timeout,
                              stdin=subprocess.DEVNULL, check=False)

    def close(self):
        if self.process is not None:
            self.process.kill()  # and with it, by --kill-child, all others
            self.process.wait()
        if self.group is not None:
            for _ in range(100):
                for folder, _, _ in os.walk(self.group, topdown=False):
                    try:
                        os.rmdir(folder)
                    except OSError:
                        pass
                if not os.path.exists(self.group):
                    break
                subprocess.run(["sleep", "0.05"], check=False)  # the last of them are being reaped
        shutil.rmtree(self.top, True)
