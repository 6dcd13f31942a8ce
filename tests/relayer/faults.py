"""Faults of disk and clock, and crash points, in a process that runs with faults.c before the C library."""
import errno
import mmap
import os
import struct
import tempfile

HEAD = "<q8i"  # clock_ms; sync_error, sync_after, write_error, write_after, write_short, crash_after, seen, unused
NAMES = ("clock_ms", "sync_error", "sync_after", "write_error", "write_after", "write_short", "crash_after", "seen")
AT = {n: 0 if i == 0 else 4 + 4 * i for i, n in enumerate(NAMES)}
CRASH, PATH = 40, 104
assert struct.calcsize(HEAD) == CRASH


class Faults:
    def __init__(self, library, path=""):
        """path: where the disk refuses."""
        fd, self.name = tempfile.mkstemp(prefix="faults.")
        os.ftruncate(fd, 4096)
        self.page = mmap.mmap(fd, 4096)
        os.close(fd)
        self.environment = {"LD_PRELOAD": library, "SP_FAULTS": self.name}
        self.path(path)

    def path(self, path):
        self.page[PATH:PATH + 512] = path.encode().ljust(512, b"\0")

    def set(self, **values):
        for name, v in values.items():
            struct.pack_into("<q" if name == "clock_ms" else "<i", self.page, AT[name], v)

    def get(self, name):
        return struct.unpack_from("<q" if name == "clock_ms" else "<i", self.page, AT[name])[0]

    def crash(self, point, after=0):
        self.set(crash_after=after)
        self.page[CRASH:CRASH + 64] = point.encode().ljust(64, b"\0")

    def nothing(self):
        """The disk is well again, and nothing crashes; the clock stays."""
        self.crash("")
        self.set(sync_error=0, sync_after=0, write_error=0, write_after=0, write_short=0, seen=0)

    def refuse_syncs(self, after=0, error=errno.EIO):
        self.set(sync_after=after, sync_error=error)

    def refuse_writes(self, after=0, error=errno.ENOSPC):
        self.set(write_after=after, write_error=error)

    def close(self):
        self.page.close()
        os.unlink(self.name)
