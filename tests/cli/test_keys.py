"""sprove keys: keystores, prompts, addresses."""

import json
import os
import signal
import stat

import harness
from chain_case import Terminal
from harness import SPROVE, Case, sprove

KEY, PUBLIC = "0x1234567", "0x2202275e27873286b71dae62930bbf6420d2e933bbc7cb08e09019e7218ad9c"
ORDER = 0x800000000000010ffffffffffffffffb781126dcae7b2321e66a241adc64d2f
# starknet-devnet took the deployment of it (salt 0x63); the Argent address is starknet-py's.
OPENZEPPELIN = "0x6dbeb3131fcf27b3dc2aaa3dac82a9c740f739ec1886c4349a21cbb458d58e9"
ARGENT = "0x3d8d0303eb53a2ec4b344b8b63a404749693b3ca359a0d6468cfd70a8f7603c"


class KeyCase(Case):
    def setUp(self):
        super().setUp()
        self.password = self.path("password", "correct horse\n")
        self.store = self.path("k.json")

    def imported(self):
        r = sprove("keys", "import", "--keystore", self.store, "--key-file", self.path("key", KEY + "\n"),
                   "--password-file", self.password)
        self.assertEqual((r.code, r.err), (0, ""))
        return r


class Keys(KeyCase):
    def test_an_imported_key_is_under_the_password_and_nowhere_else(self):
        self.assertIn(PUBLIC, self.imported().out)
        self.assertEqual(stat.S_IMODE(os.stat(self.store).st_mode), 0o600)
        with open(self.store, encoding="utf-8") as f:
            text = f.read()
        self.assertNotIn("1234567", text.lower())
        store = json.loads(text)
        self.assertEqual((store["version"], store["crypto"]["kdf"], store["crypto"]["cipher"]),
                         (3, "scrypt", "aes-128-ctr"))
        r = sprove("keys", "show", "--keystore", self.store, "--password-file", self.password, "--json")
        self.assertEqual(r.code, 0, r.err)
        self.assertEqual(set(r.json()), {"public_key", "kind", "class", "salt", "address"})
        self.assertEqual(r.json()["public_key"], PUBLIC)
        self.assertNotIn("1234567", r.out)

    def test_the_mode_is_0600_whatever_the_umask(self):
        before = os.umask(0)
        try:
            self.imported()
        finally:
            os.umask(before)
        self.assertEqual(stat.S_IMODE(os.stat(self.store).st_mode), 0o600)

    def test_a_keystore_is_never_replaced(self):
        self.imported()
        with open(self.store, "rb") as f:
            before = f.read()
        for action in ("new", "import"):
            self.fails(sprove("keys", action, "--keystore", self.store, "--password-file", self.password), 5,
                       "never replaced")
        with open(self.store, "rb") as f:
            self.assertEqual(f.read(), before)

    def test_new_keys_differ(self):
        seen = set()
        for i in range(2):
            r = sprove("keys", "new", "--keystore", self.path("n%d" % i), "--password-file", self.password, "--json")
            self.assertEqual(r.code, 0, r.err)
            shown = sprove("keys", "show", "--keystore", self.path("n%d" % i), "--password-file", self.password,
                           "--json").json()
            self.assertEqual(shown, r.json())
            seen.add(shown["public_key"])
        self.assertEqual(len(seen), 2)

    def test_addresses(self):
        def address(*words):
            r = sprove("keys", "address", "--public-key", PUBLIC, "--salt", "0x63", "--json", *words)
            self.assertEqual(r.code, 0, r.err)
            return r.json()["address"]

        self.assertEqual(address(), OPENZEPPELIN)
        self.assertEqual(address("--kind", "argent"), ARGENT)
        self.assertEqual(address("--kind", "argent", "--class",
                                 "0x036078334509b514626504edc9fb252328d1a240e4e948bef8d0c08dff45927f"), ARGENT)
        self.assertNotEqual(address("--class", "0x5"), OPENZEPPELIN)
        plain = sprove("keys", "address", "--public-key", PUBLIC, "--json").json()
        self.assertEqual(plain["salt"], PUBLIC)

    def test_what_is_no_key_is_refused(self):
        for text, part in [("0x0", "is 0"), (hex(ORDER), "order of the curve"), ("0x" + "f" * 64, "order"),
                           ("0x" + "1" * 65, "up to 64 hex digits"), ("hello", "hex digits"), ("0x", "hex digits"),
                           ("", "no private key")]:
            r = sprove("keys", "import", "--keystore", self.store, "--key-file", self.path("bad", text + "\n"),
                       "--password-file", self.password)
            self.fails(r, 3 if text else 2, part)
            if len(text) > 4:
                self.assertNotIn(text[2:20], r.err)
            self.assertFalse(os.path.exists(self.store))
        r = sprove("keys", "import", "--keystore", self.store, "--key-file", self.path("good", hex(ORDER - 1)),
                   "--password-file", self.password)
        self.assertEqual(r.code, 0, r.err)

    def test_words_are_checked(self):
        self.fails(sprove("keys"), 2, "ACTION")
        self.fails(sprove("keys", "shwo"), 2, "new, import, show or address")
        self.fails(sprove("keys", "new", "--public-key", "0x1"), 2, "keys address")
        self.fails(sprove("keys", "new", "--key-file", "f"), 2, "keys import")
        clean = {k: v for k, v in os.environ.items() if not k.startswith("SPROVE_K")}
        clean["HOME"] = self.dir
        self.fails(sprove("keys", "new", env=clean), 2, "--keystore is needed")
        self.fails(sprove("keys", "show", env=clean), 2, "--keystore is needed")
        self.fails(sprove("keys", "address", "--public-key", "5"), 2, "0x and hex digits")
        self.fails(sprove("keys", "address", "--public-key", "0x5", "--salt", "x"), 2, "--salt")
        self.fails(sprove("keys", "new", "--key", KEY), 2, "unknown option")  # there is no such way

    def test_bad_keystores_and_passwords(self):
        self.imported()
        wrong = self.path("wrong", "correct horse battery\n")
        for action in ("show", "address"):
            self.fails(sprove("keys", action, "--keystore", self.store, "--password-file", wrong), 2,
                       "password is wrong")
        self.fails(sprove("keys", "show", "--keystore", self.path("none"), "--password-file", wrong), 5)
        for name, text in (("j", b"{}"), ("l", b"x" * 20000)):
            os.chmod(self.path(name, text), 0o600)
            self.fails(sprove("keys", "show", "--keystore", self.path(name), "--password-file", self.password), 3)
        self.fails(sprove("keys", "show", "--keystore", self.store, "--password-file", self.path("e", "\n")), 2,
                   "empty")
        self.fails(sprove("keys", "show", "--keystore", self.store, "--password-file", self.path("x", "a" * 2000)), 2,
                   "too long")
        self.fails(sprove("keys", "show", "--keystore", self.store, "--password-file", self.path("gone")), 5)
        os.chmod(self.store, 0o644)
        r = sprove("keys", "show", "--keystore", self.store, "--password-file", self.password)
        self.assertEqual(r.code, 0)
        self.assertEqual(r.err, "sprove: warning: %s is open to other users\n" % self.store)
        os.chmod(self.store, 0o600)
        os.chmod(self.password, 0o640)
        r = sprove("keys", "show", "--keystore", self.store, "--password-file", self.password)
        self.assertEqual((r.code, r.err), (0, "sprove: warning: %s is open to other users\n" % self.password))
        # A pipe is nobody else's, whatever its mode.
        r = sprove("keys", "show", "--keystore", self.store, "--password-file", "/dev/stdin", stdin=b"correct horse\n")
        self.assertEqual(r.err.count("warning"), 0, r.err)

    def no_terminal(self, *words, stdin):
        """In a session without a terminal, as under cron."""
        return harness.run(SPROVE, *words, stdin=stdin, start_new_session=True)

    def test_standard_input_where_there_is_no_terminal(self):
        r = self.no_terminal("keys", "import", "--keystore", self.store, stdin=(KEY + "\npass word\n").encode())
        self.assertEqual(r.code, 0, r.err)
        self.assertIn(PUBLIC, r.out)
        r = self.no_terminal("keys", "show", "--keystore", self.store, stdin=b"pass word\r\n")
        self.assertEqual(r.code, 0, r.err)
        self.fails(self.no_terminal("keys", "show", "--keystore", self.store, stdin=b""), 2, "no password")
        r = sprove("keys", "show", "--keystore", self.store, "--password-file", "-", stdin=b"pass word")
        self.assertEqual(r.code, 0, r.err)


class Prompts(KeyCase):
    """On a terminal."""

    def test_new_asks_twice_and_shows_nothing(self):
        t = Terminal("keys", "new", "--keystore", self.store)
        self.assertTrue(t.until(b"password: "), t.screen)
        self.assertFalse(t.echoes())
        t.type("first one\n")
        self.assertTrue(t.until(b"password again: "), t.screen)
        t.type("first one\n")
        self.assertEqual(t.end(), 0, t.screen)
        self.assertNotIn(b"first one", t.screen)
        self.assertIn(b"public_key", t.screen)
        self.assertEqual(sprove("keys", "show", "--keystore", self.store, "--password-file", self.path("p", "first one")).code, 0)

    def test_two_different_answers_make_no_keystore(self):
        t = Terminal("keys", "new", "--keystore", self.store)
        self.assertTrue(t.until(b"password: "))
        t.type("one\n")
        self.assertTrue(t.until(b"again: "))
        t.type("two\n")
        self.assertEqual(t.end(), 2)
        self.assertIn(b"differ", t.screen)
        self.assertFalse(os.path.exists(self.store))

    def test_import_asks_for_the_key(self):
        t = Terminal("keys", "import", "--keystore", self.store)
        self.assertTrue(t.until(b"private key: "))
        self.assertFalse(t.echoes())
        t.type(KEY + "\n")
        for prompt in (b"password: ", b"again: "):
            self.assertTrue(t.until(prompt))
            t.type("pw\n")
        self.assertEqual(t.end(), 0, t.screen)
        self.assertIn(PUBLIC.encode(), t.screen)
        self.assertNotIn(b"1234567", t.screen)

    def test_interrupted_at_the_prompt_the_terminal_echoes_again(self):
        t = Terminal("keys", "new", "--keystore", self.store)
        self.assertTrue(t.until(b"password: "))
        self.assertFalse(t.echoes())
        os.kill(t.pid, signal.SIGINT)
        os.waitid(os.P_PID, t.pid, os.WEXITED | os.WNOWAIT)
        self.assertTrue(t.echoes())
        self.assertEqual(t.end(), 130)
        self.assertIn(b"interrupted", t.screen)
        self.assertFalse(os.path.exists(self.store))


if __name__ == "__main__":
    harness.main()
