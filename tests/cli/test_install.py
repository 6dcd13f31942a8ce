"""What `cmake --install` puts into place works from there."""

import os
import shutil
import subprocess

import harness
from harness import Case, run

BUILD = os.environ.get("SPROVE_BUILD", "build")


class Install(Case):
    def test_an_installed_copy_works(self):
        prefix = self.path("prefix")
        p = subprocess.run(["cmake", "--install", BUILD, "--prefix", prefix], capture_output=True, check=False)
        self.assertEqual(p.returncode, 0, p.stderr)
        for name in ("bin/sprove", "bin/sverify", "share/man/man1/sprove.1", "share/man/man1/sverify.1",
                     "include/sprove/sprove.h"):
            self.assertTrue(os.path.exists(os.path.join(prefix, name)), name)
        tool = os.path.join(prefix, "bin", "sprove")
        r = run(tool, "exec", "fibonacci", "--input", "-", stdin=b'{"algorithm":"fibonacci","n":10}',
                cwd="/")
        self.assertEqual((r.code, r.out), (0, '{"value":55}\n'))

    def test_sverify_needs_no_library(self):
        if harness.SANITIZED or not shutil.which("readelf"):
            self.skipTest("readelf is not installed")
        p = subprocess.run(["readelf", "-d", harness.SVERIFY], capture_output=True, check=True)
        self.assertNotIn(b"(NEEDED)", p.stdout)


if __name__ == "__main__":
    harness.main()
