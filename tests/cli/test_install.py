"""What `cmake --install` puts into place works from there."""

import os
import re
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

    def test_a_program_can_be_built_on_the_installed_library(self):
        if harness.SANITIZED:
            self.skipTest("the library of this build needs the sanitizers' runtime")
        prefix = self.path("prefix")
        subprocess.run(["cmake", "--install", BUILD, "--prefix", prefix], capture_output=True, check=True)
        lib = [d for d, _, f in os.walk(prefix) if "libsprove.a" in f][0]
        source = self.path("x.c", '''#include <sprove.h>
#include <stdio.h>
int main(void)
{
    sp_program *p;
    sp_bytes in, out;
    sp_options o = sp_options_default();
    static const char json[] = "{\\"algorithm\\":\\"fibonacci\\",\\"n\\":10}";
    if (sp_program_job(&p, "fibonacci", SP_IO_WORDS, 0) != SP_OK) return 1;
    if (sp_encode(&in, p, json, sizeof json - 1, 0) != SP_OK) return 2;
    if (sp_run(&out, 0, p, in.at, in.n, &o, 0) != SP_OK) return 3;
    printf("%s %u\\n", sp_version(), (unsigned)out.at[0]);
    sp_free(&in);
    sp_free(&out);
    sp_program_delete(p);
    return 0;
}
''')
        flags = ["-I" + os.path.join(prefix, "include", "sprove"), "-Wall", "-Wextra", "-Werror"]
        p = subprocess.run(["gcc", *flags, "-std=c11", source, "-L" + lib, "-lsprove", "-ljansson", "-fopenmp",
                            "-o", self.path("x")], capture_output=True, check=False)
        self.assertEqual(p.returncode, 0, p.stderr.decode())
        self.assertRegex(run(self.path("x")).out, r"^\d+\.\d+\.\d+ 55\n$")
        if shutil.which("g++"):
            p = subprocess.run(["g++", *flags, "-std=c++17", "-fsyntax-only", "-x", "c++",
                                os.path.join(prefix, "include", "sprove", "sprove.h")], capture_output=True,
                               check=False)
            self.assertNotIn(b"error", p.stderr)

    def test_the_commands_of_the_readme_work(self):
        if not shutil.which("riscv64-unknown-elf-gcc"):
            self.skipTest("there is no RISC-V compiler")
        with open(os.path.join(harness.SOURCE, "README.md"), encoding="utf-8") as f:
            blocks = re.findall(r"```sh\n(.*?)```", f.read(), re.S)[1:]
        self.assertEqual(len(blocks), 2)
        for name in ("guest", "core"):
            os.symlink(os.path.join(harness.SOURCE, name), self.path(name))
        env = dict(os.environ, PATH=harness.BIN + ":" + os.environ["PATH"])
        p = subprocess.run(["sh", "-e"], input="\n".join(blocks).encode(), cwd=self.dir, env=env,
                           capture_output=True, check=False)
        self.assertEqual(p.returncode, 0, p.stdout + p.stderr)
        self.assertEqual(p.stdout.count(b"accepted"), 2)
        with open(self.path("greeting"), "rb") as f:
            self.assertEqual(f.read(), b"hello, world\n")

    def test_sverify_needs_no_library(self):
        if harness.SANITIZED or not shutil.which("readelf"):
            self.skipTest("readelf is not installed")
        p = subprocess.run(["readelf", "-d", harness.SVERIFY], capture_output=True, check=True)
        self.assertNotIn(b"(NEEDED)", p.stdout)


if __name__ == "__main__":
    harness.main()
