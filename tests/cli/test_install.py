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

    def library(self):
        """Flags to compile with, and to link with, what is installed."""
        if harness.SANITIZED:
            self.skipTest("the library of this build needs the sanitizers' runtime")
        prefix = self.path("prefix")
        subprocess.run(["cmake", "--install", BUILD, "--prefix", prefix], capture_output=True, check=True)
        lib = [d for d, _, f in os.walk(prefix) if "libsprove.a" in f][0]
        return (["-I" + os.path.join(prefix, "include", "sprove"), "-Wall", "-Wextra", "-Werror"],
                ["-L" + lib, "-lsprove", "-ljansson", "-fopenmp"])

    def test_the_program_of_the_document_works(self):
        flags, link = self.library()
        with open(os.path.join(harness.SOURCE, "docs", "library.md"), encoding="utf-8") as f:
            text = f.read()
        source = self.path("fib.c", re.search(r"```c\n(.*?)```", text, re.S).group(1))
        printed = re.search(r"It prints\n\n(.*?)\n\n", text, re.S).group(1)
        p = subprocess.run(["gcc", *flags, "-std=c11", source, *link, "-o", self.path("x")],
                           capture_output=True, check=False)
        self.assertEqual(p.returncode, 0, p.stderr.decode())
        r = run(self.path("x"))
        self.assertEqual((r.code, r.err), (0, ""))
        self.assertEqual(r.out.splitlines(), [line.strip() for line in printed.splitlines()])
        if shutil.which("g++"):
            p = subprocess.run(["g++", *flags, "-std=c++17", "-x", "c++", source, "-x", "none", *link, "-o",
                                self.path("y")], capture_output=True, check=False)
            self.assertEqual(p.returncode, 0, p.stderr.decode())

    def test_names_of_a_program_do_not_replace_those_of_the_library(self):
        flags, link = self.library()
        names = ("verify", "prove", "proof_read", "vm_run", "backend_find", "params_by_name")
        source = self.path("x.c", "#include <sprove.h>\n" +
                           "".join("int %s(void);\nint %s(void) { return 0; }\n" % (n, n) for n in names) + '''
int main(void)
{
    static const uint8_t zeros[1000];
    sp_expect e = {0};
    e.program_id = e.io_commitment = zeros;
    return sp_verify(0, zeros, sizeof zeros, &e, 0) == SP_ERR_FORMAT ? 0 : 1;
}
''')
        p = subprocess.run(["gcc", *flags, "-std=c11", source, *link, "-o", self.path("x")],
                           capture_output=True, check=False)
        self.assertEqual(p.returncode, 0, p.stderr.decode())
        self.assertEqual(run(self.path("x")).code, 0)

    def pkg_config(self):
        """The same of the client library, as pkg-config says it of an installed folder that was moved."""
        self.library()
        if not shutil.which("pkg-config") or not os.path.exists(os.path.join(BUILD, "market", "sprove-client.pc")):
            self.skipTest("there is no pkg-config, or no client library")
        os.rename(self.path("prefix"), self.path("moved"))
        where = [d for d, _, f in os.walk(self.path("moved")) if "sprove-client.pc" in f][0]

        def say(*words):
            p = subprocess.run(["pkg-config", *words, "sprove-client"], capture_output=True, text=True, check=False,
                               env=dict(os.environ, PKG_CONFIG_PATH=where))
            self.assertEqual(p.returncode, 0, p.stderr)
            return p.stdout.split()
        return say("--cflags"), say("--libs")

    def compiles(self, source, flags, link, *compilers):
        for compiler in compilers or ("gcc -std=gnu11", "g++ -std=c++17 -x c++"):
            if not shutil.which(compiler.split()[0]):
                continue
            p = subprocess.run([*compiler.split(), "-Wall", "-Wextra", "-Werror", *flags, source, "-x", "none", *link, "-o", self.path("x")],
                               capture_output=True, check=False)
            self.assertEqual(p.returncode, 0, p.stderr.decode())

    def test_the_example_of_the_client_library_is_built_by_its_command(self):
        flags, link = self.pkg_config()
        self.compiles(os.path.join(harness.SOURCE, "examples", "demander.c"), flags, [*link, "-lsprove", "-fopenmp"], "gcc -std=gnu11")
        payload = self.path("in.json", b'{"algorithm":"fibonacci","n":10}')
        r = run(self.path("x"), "http://127.0.0.1:1", "fibonacci", payload, self.path("o"), self.path("p"), env={"SPROVE_API_KEY": "a b"})
        self.assertEqual(r.code, 1)
        self.assertIn("API key", r.err)
        self.assertFalse(os.path.exists(self.path("o")))

    def test_a_receiver_of_callbacks_needs_the_client_library_alone(self):
        flags, link = self.pkg_config()
        names = ("webhook_verify", "digest_of_job", "client_call", "transfer_run", "sha256_hash", "uuid_read", "base64_read")
        source = self.path("x.c", "#include <sprove_client.h>\n" +
                           "".join("int %s(void);\nint %s(void) { return 0; }\n" % (n, n) for n in names) + '''
int main(void)
{
    const char *secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    sp_client_options o = sp_client_options_default();
    sp_client *c;
    if (sp_client_new(&c, &o, 0) != SP_OK) return 2;
    sp_client_delete(c);
    return sprove_webhook_verify(&secret, 1, "msg_1", "1700000000", "v1,x", "{}", 2, 1700000000) ? 1 : 0;
}
''')
        self.compiles(source, flags, link)
        self.assertEqual(run(self.path("x")).code, 0)

    def guest_commands(self):
        if not shutil.which("riscv64-unknown-elf-gcc"):
            self.skipTest("there is no RISC-V compiler")
        with open(os.path.join(harness.SOURCE, "docs", "guest.md"), encoding="utf-8") as f:
            return re.findall(r"```sh\n(.*?)```", f.read(), re.S)

    def test_the_commands_for_guests_work_in_an_installed_folder(self):
        blocks = self.guest_commands()
        self.assertEqual(len(blocks), 2)
        prefix = self.path("prefix")
        subprocess.run(["cmake", "--install", BUILD, "--prefix", prefix], capture_output=True, check=True)
        folder = os.path.join(prefix, "share", "sprove")
        for block in blocks:
            if block.startswith("clang") and not (shutil.which("clang") and shutil.which("ld.lld")):
                continue
            p = subprocess.run(["sh", "-e"], input=block.encode(), cwd=folder, capture_output=True, check=False)
            self.assertEqual((p.returncode, p.stderr), (0, b""))
            r = run(harness.SPROVE, "exec", os.path.join(folder, "hello.elf"), "--input", "-", stdin=b"world")
            self.assertEqual((r.code, r.out), (0, "hello, world\n"))
            os.remove(os.path.join(folder, "hello.elf"))

    def test_the_document_shows_the_example_as_it_is(self):
        with open(os.path.join(harness.SOURCE, "docs", "guest.md"), encoding="utf-8") as f:
            text = f.read()
        with open(os.path.join(harness.SOURCE, "guest", "examples", "hello.c"), encoding="utf-8") as f:
            self.assertIn("```c\n" + f.read() + "```\n", text)

    def test_a_program_with_constructors_is_not_linked(self):
        blocks = self.guest_commands()
        source = self.path("x.c", """#include "sprove_guest.h"
static uint32_t n;
__attribute__((constructor)) static void f(void) { n = sp_read_left(); }
int main(void) { return (int)n; }
""")
        for more in ("", " -ffunction-sections -Wl,--gc-sections"):
            command = blocks[0].replace("guest/examples/hello.c", source + more)
            command = command.replace("-o hello.elf", "-o " + self.path("x.elf"))
            p = subprocess.run(["sh", "-e"], input=command.encode(), cwd=harness.SOURCE, capture_output=True,
                               check=False)
            self.assertNotEqual(p.returncode, 0)
            self.assertIn(b"constructors", p.stderr)

    def test_the_commands_of_the_readme_work(self):
        if not shutil.which("riscv64-unknown-elf-gcc"):
            self.skipTest("there is no RISC-V compiler")
        with open(os.path.join(harness.SOURCE, "README.md"), encoding="utf-8") as f:
            # Those of a relayer and a node, which go on running, are the same as in test_submit.
            blocks = [b for b in re.findall(r"```sh\n(.*?)```", f.read(), re.S)[1:] if "sprove-relayer" not in b]
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
