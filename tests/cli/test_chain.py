"""The commands of the marketplace against a node that says what a test wants: settings, networks, amounts, bad
answers, refusals in words."""

import json
import os
import re
import time

import harness
from chain_case import ChainCase
from fake_node import (ACCOUNT, ASSIGNED, CANCELLED, COMPLETED, CONTRACT, MAINNET, SEPOLIA, STRK, Node, Refused, panic)
from harness import SOURCE, sprove
from stark import context, selector, short


class Settings(ChainCase):
    def settings(self, *words, **env):
        r = self.run_clean("chain", "settings", "--json", *words, **env)
        self.assertEqual(r.code, 0, r.err)
        self.assertEqual("file" in r.json(), any("/" in s["from"] for s in r.json()["settings"]))
        return {(s["setting"], s["value"]): s["from"] for s in r.json()["settings"]}

    def config(self, text):
        return self.path("config", text)

    def test_options_go_before_the_environment_and_that_before_the_file(self):
        c = self.config({"account": "0x1", "token": "0x2", "contract": "0x3"})
        got = self.settings("--config", c, "--account", "0x4", SPROVE_ACCOUNT="0x5", SPROVE_TOKEN="0x6")
        self.assertEqual(got, {("account", "0x4"): "--account", ("token", "0x6"): "SPROVE_TOKEN", ("contract", "0x3"): c})

    def test_every_setting_from_file_and_environment(self):
        names = ["network", "deployment", "contract", "token", "account", "keystore", "max_fee", "journal"]
        c = self.config({n: "/" + n for n in names + ["password_file"]} | {"rpc": ["http://a", "http://b:1/key"]})
        got = self.settings("--config", c)
        self.assertEqual(got, {(n, "/" + n): c for n in names + ["password_file"]} |
                         {("rpc", "http://a"): c, ("rpc", "http://b:1"): c})
        got = self.settings(**{"SPROVE_" + n.upper(): n for n in names}, SPROVE_RPC="http://x http://y")
        self.assertEqual(got, {(n, n): "SPROVE_" + n.upper() for n in names} |
                         {("rpc", "http://x"): "SPROVE_RPC", ("rpc", "http://y"): "SPROVE_RPC"})
        self.assertEqual(self.settings(STARKNET_RPC="http://z"), {("rpc", "http://z"): "STARKNET_RPC"})
        self.assertEqual(self.settings(STARKNET_RPC="http://z", SPROVE_RPC="http://x"),
                         {("rpc", "http://x"): "SPROVE_RPC"})

    def test_places_of_the_file(self):
        for folder in ("home/.config", "xdg"):
            os.makedirs(os.path.join(self.dir, folder, "sprove"))
            self.path(folder + "/sprove/config", {"account": "0x1", "keystore": "k.json"})
        home, xdg = self.path("home"), self.path("xdg")
        self.assertEqual(self.settings(HOME=home)[("account", "0x1")], home + "/.config/sprove/config")
        self.assertEqual(self.settings(HOME=home, XDG_CONFIG_HOME=xdg)[("account", "0x1")], xdg + "/sprove/config")
        # A path in the file starts at its folder.
        self.assertIn(("keystore", xdg + "/sprove/k.json"), self.settings(HOME=home, XDG_CONFIG_HOME=xdg))
        self.assertEqual(self.settings(HOME=home, SPROVE_CONFIG=self.config({"token": "0x2"})),
                         {("token", "0x2"): self.path("config")})
        self.assertEqual(self.settings(HOME=self.path("nowhere")), {})
        self.fails(self.run_clean("chain", "settings", "--config", self.path("none")), 5, "none")

    def test_what_the_file_must_not_say(self):
        for text, parts in [('{"account": "0x1",\n\n"rcp": "http://a"}', ["line 3", "rcp", "did you mean rpc?"]),
                            ('{"rpc": ["http://a",\n"http://b"],\n"x": 1}', ["line 3", "no setting is named x"]),
                            ('{"password": "x"}', ["line 1", "secrets do not stand here"]),
                            ('{"private_key": "x"}', ["secrets do not stand here"]),
                            ('{"account": 5}', ["account: must be a text"]), ('{"account": ""}', ["must be a text"]),
                            ('{"rpc": [5]}', ["must be URLs"]), ("[]", ["must be a JSON object"]),
                            ('{"account": "0x1", "account": "0x2"}', ["not JSON", "line 1"]), ("{", ["not JSON"]),
                            (json.dumps({"rpc": ["http://a"] * 9}), ["more than 8 endpoints"]),
                            ("[" * 60000, ["not JSON"])]:
            r = self.run_clean("chain", "settings", "--config", self.config(text))
            self.fails(r, 2 if "endpoints" in parts[0] else 3, *parts)
            self.assertEqual(r.out, "")
        self.fails(self.run_clean("chain", "settings", "--config", self.config(b" " * 70000)), 4)

    def test_a_secret_in_a_url_is_not_shown(self):
        url = "http://user:word@127.0.0.1:1/v1/SECRETKEY?k=SECRETKEY"
        for words in (("chain", "settings"), ("chain", "status", "--contract", "0x1"),
                      ("chain", "status", "--contract", "0x1", "--rpc", "ftp://h/SECRETKEY")):
            r = self.run_clean(*words, *([] if "ftp" in words[-1] else ["--rpc", url]))
            self.assertNotIn("SECRETKEY", r.out + r.err)
            self.assertNotIn("word", r.out + r.err)

    def test_status_shows_where_each_setting_came_from(self):
        r = self.chain("chain", "status", SPROVE_TOKEN=hex(STRK))
        self.assertEqual(r.code, 0, r.err)
        got = {s["setting"]: s["from"] for s in r.json()["settings"]}
        self.assertEqual((got["rpc"], got["token"], got["deployment"]), ("--rpc", "SPROVE_TOKEN", "--deployment"))


    def test_status_shows_the_contract(self):
        r = self.chain("chain", "status").json()
        self.assertEqual((r["network"], r["air_id"], r["tasks"], r["provider"]),
                         ("SN_SEPOLIA", sprove("version", "--json").json()["air_id"], "1", "active"))
        self.assertNotIn("scheduled_upgrade", r)
        self.node.views.update(get_scheduled_upgrade=[0x77, 99], get_scheduled_verifier=[0x78, 100])
        r = self.chain("chain", "status").json()
        self.assertEqual((r["scheduled_upgrade"], r["scheduled_upgrade_ready_at"]), ("0x77", 99))
        self.assertEqual((r["scheduled_verifier"], r["scheduled_verifier_ready_at"]), ("0x78", 100))
        self.node.views["get_scheduled_verifier"] = [1]
        self.fails(self.chain("chain", "status"), 5, "not the marketplace's")


class Networks(ChainCase):
    def test_what_sends_must_know_its_network(self):
        bare = ["--rpc", self.node.url, "--contract", hex(CONTRACT)]
        for words in (["task", "cancel", "7"], ["task", "create", "--program", "fibonacci", "--amount", "1"],
                      ["chain", "register"], ["task", "show", "7", "--provider", "0x5"]):
            self.fails(self.run_clean(*words, *bare, *self.sender), 2, "--network is needed")
        self.assertEqual(self.node.asked, [])
        for words in ([], ["--account", hex(ACCOUNT)]):  # nothing that is printed depends on it
            r = self.run_clean("task", "show", "7", "--json", *bare, *words)
            self.assertEqual(r.code, 0, r.err)
            self.assertNotIn("context", r.json())

    def test_a_node_of_another_network_is_refused(self):
        self.node.chain_id = MAINNET
        for words in (["--deployment", self.deployment], ["--contract", "0x1", "--network", "sepolia"],
                      ["--contract", "0x1", "--network", "devnet"],
                      ["--contract", "0x1", "--network", hex(SEPOLIA)]):
            r = self.run_clean("task", "cancel", "7", "--rpc", self.node.url, *words, *self.sender)
            self.fails(r, 2, "is a node of the network SN_MAIN", "SN_SEPOLIA (0x534e5f5345504f4c4941)")
        self.assertEqual(self.node.adds(), [])
        self.assertEqual({m for m, _ in self.node.asked}, {"chainId"})
        r = self.run_clean("task", "show", "7", "--rpc", self.node.url, "--contract", "0x1", "--network", "mainnet")
        self.assertEqual(r.code, 0, r.err)

    def test_deployment_and_network_must_agree(self):
        r = self.run_clean("task", "show", "7", "--rpc", self.node.url, "--deployment", self.deployment, "--network",
                           "mainnet")
        self.fails(r, 2, "was made for another network than --network says")

    def test_words_for_networks(self):
        for name in ("seplia", "0x0", "0xg", "1"):
            r = self.run_clean("task", "show", "7", "--rpc", self.node.url, "--contract", "0x1", "--network", name)
            self.fails(r, 2, "must be mainnet, sepolia, devnet, or a chain id")

    def test_devnet_is_on_this_machine(self):
        for host in ("example.org", "127.0.0.1.example.org", "127.0.0.1@example.org:5050", "10.0.0.1:5050", "localhost.x"):
            r = self.run_clean("task", "show", "7", "--rpc", "http://%s/rpc" % host, "--contract", "0x1", "--network",
                               "devnet")
            self.fails(r, 2, "is not on this machine")
        for host in ("127.0.0.1", "localhost"):
            r = self.run_clean("task", "show", "7", "--rpc", "http://%s:%d" % (host, self.node.port), "--contract", "0x1",
                               "--network", "devnet")
            self.assertEqual(r.code, 0, r.err)

    def test_an_endpoint_that_does_not_answer_is_left_out(self):
        r = self.run_clean("task", "show", "7", "--json", "--rpc", self.dead, "--rpc", self.node.url, "--deployment",
                           self.deployment)
        self.assertEqual(r.code, 0, r.err)
        self.assertRegex(r.err, r"^sprove: warning: http://127.0.0.1:\d+ does not answer .*\n$")
        self.assertEqual(r.json()["task"], "7")
        r = self.run_clean("task", "show", "7", "--rpc", self.dead, "--rpc", self.dead, "--deployment", self.deployment)
        self.assertEqual((r.code, r.out), (5, ""))
        self.assertIn("none of the 2 endpoints answers", r.err)

    def test_an_endpoint_of_another_network_is_refused_and_not_left_out(self):
        other = Node(MAINNET)
        self.addCleanup(other.close)
        for words in (["--deployment", self.deployment], ["--contract", "0x1"]):
            r = self.run_clean("task", "show", "7", "--rpc", self.node.url, "--rpc", other.url, *words)
            self.fails(r, 2, "of the network SN_MAIN")

    def test_at_most_eight_endpoints(self):
        self.fails(self.run_clean("task", "show", "7", *["--rpc", self.node.url] * 9), 2, "more than 8 times")

    def test_deployments_are_checked(self):
        for text, code, part in [("{", 3, "not JSON"), ("[]", 3, "contract is not there"),
                                 ({"contract": "x"}, 3, "contract"), ({"contract": "0x1", "token": 5}, 3, "token"),
                                 ({"contract": "0x1", "chain_id": "sepolia"}, 3, "chain_id"), (b"x" * 70000, 4, "")]:
            r = self.run_clean("task", "show", "7", "--rpc", self.node.url, "--deployment", self.path("d", text))
            self.fails(r, code, part)
        self.fails(self.run_clean("task", "show", "7", "--rpc", self.node.url), 2, "--deployment or --contract")
        self.fails(self.run_clean("task", "show", "7", "--deployment", self.deployment), 2, "--rpc")


class Answers(ChainCase):
    """Nodes that answer what they should not."""

    def test_unreachable(self):
        r = self.run_clean("chain", "status", "--rpc", self.dead, "--deployment", self.deployment)
        self.fails(r, 5, "no answer from the node")

    def test_rubbish(self):
        for method, words in (("chainId", ["chain", "status"]), ("call", ["task", "show", "7"]),
                              ("call", ["chain", "status"]), ("call", ["earnings"]), ("call", ["task", "list"]),
                              ("getNonce", ["task", "cancel", "7"]), ("estimateFee", ["task", "cancel", "7"])):
            for body in (b"", b"<html>", b"{}", b"[]", b'{"jsonrpc":"2.0","id":999,"result":"0x1"}', b"\xff" * 50,
                         b'{"jsonrpc":"2.0","id":1,"result":', b"[" * 100000,
                         lambda _: {"a": 1}, lambda _: ["0x1"], lambda _: [], lambda _: ["0xffff"] * 3000,
                         lambda _: "0x" + "f" * 64, lambda _: ["x"], lambda _: 5):
                self.node.say = {method: body}
                r = self.chain(*words, sends="cancel" in words)
                self.assertEqual(r.code, 5, (method, words, body, r.err))
                self.assertEqual(r.out, "")
                self.assertIn("answer", r.err)
        self.assertEqual(self.node.adds(), [])

    def test_oversized(self):
        self.node.say = {"call": b" " * (17 << 20)}
        self.fails(self.chain("task", "show", "7"), 5, "too long")

    def test_slow_nodes_give_way_to_others(self):
        slow = Node()
        self.addCleanup(slow.close)
        for method in ("chainId", "call"):
            slow.stop_before = method
            slow.stopped.clear()
            r = self.run_clean("task", "show", "7", "--json", "--rpc", slow.url, "--rpc", self.node.url, "--deployment",
                               self.deployment, "--timeout", "5")
            self.assertEqual(r.code, 0, r.err)
            self.assertEqual("Timeout was reached" in r.err, method == "chainId")
        self.fails(self.run_clean("task", "show", "7", "--rpc", slow.url, "--contract", "0x1", "--timeout", "5"), 5,
                   "Timeout was reached")

    def test_a_contract_that_states_another_context(self):
        self.node.views["statement_of"] = [1, 2, 3, 4, 5, 6, 0, 7]
        self.fails(self.chain("task", "show", "7", "--provider", "0x5"), 6, "another context")

    def test_what_stands_at_the_address_is_not_the_contract(self):
        self.node.say = {"call": Refused(20)}
        self.fails(self.chain("task", "show", "7"), 7, "no contract at the address")
        self.node.say = {"call": Refused(21)}
        self.fails(self.chain("task", "show", "7"), 7, "not the marketplace")
        self.node.say = {"call": Refused(-32603, "x\n\x1b[2J")}
        self.fails(self.chain("task", "show", "7"), 5, "the node says: x ?[2J (-32603)")
        self.node.say = {"call": Refused(-32602, "no such block id")}
        self.fails(self.chain("task", "show", "7"), 7, "the node says: no such block id (-32602)")

    def test_a_verifier_of_another_version(self):
        good = self.node.view_get_verifier_params([])
        for i in range(1, 13):
            other = list(good)
            other[i] += 1
            self.node.views["get_verifier_params"] = other
            r = self.create("--amount", "1")
            self.fails(r, 7, "verifier is of another version")
        self.node.views["get_verifier_params"] = good[:12]
        self.fails(self.create("--amount", "1"), 7, "verifier is of another version")
        self.assertEqual(self.node.adds(), [])


class Tasks(ChainCase):
    def calldata(self):
        """The calls of the one transaction that arrived."""
        self.assertEqual(len(self.node.sent), 1)
        return [int(x, 16) for x in json.loads(self.node.sent[0])["calldata"]]

    def test_create(self):
        r = self.create("--amount", "1000", "--max-cycles", "5000", "--duration", "2h")
        self.assertEqual((r.code, r.err), (0, ""))
        self.assertEqual(r.json()["task"], "8")
        data = self.calldata()
        self.assertEqual(data[:7], [2, STRK, selector("approve"), 3, CONTRACT, 1000, 0])
        self.assertEqual(data[7:13], [CONTRACT, selector("create_proved_task"), 8, STRK, 1000, 0])
        deadline = data[16]
        self.assertTrue(abs(deadline - time.time() - 7200) < 300, deadline)
        self.assertEqual((data[15], data[17]), (5000, 1))
        text = self.create("--amount", "1000", "--max-cycles", "5001", json=False)
        self.assertIn("task                8\n", text.out)
        self.assertIn("sprove task show 8", text.out)

    def test_amounts(self):
        most = 2**256 - 1
        for text, amount in [(str(most), most), (hex(2**128 + 1), 2**128 + 1), ("1.50strk", 15 * 10**17), ("7fri", 7),
                             ("0.000000000000000001STRK", 1)]:
            self.node.sent.clear()
            r = self.create("--amount", text)
            self.assertEqual(r.code, 0, r.err)
            data = self.calldata()
            self.assertEqual(data[5] + (data[6] << 128), amount)
            self.assertEqual(data[11] + (data[12] << 128), amount)
        self.node.sent.clear()
        for text in (str(most + 1), hex(most + 1), "1.5", "-1", "1e18", "", " 1", "1 strk", ".5strk", "1.strk", "strk",
                     "fri", "1.0000000000000000001strk", "9" * 80, "9" * 70 + "strk", "1,5strk", "0xfri"):
            r = self.create("--amount=" + text)
            self.fails(r, 2, "--amount")
        self.fails(self.create("--amount", "0"), 2, "above 0")
        self.fails(self.create("--amount", "1strk", "--token", "0x5"), 2, "not known to be STRK")
        self.assertEqual(self.node.sent, [])

    def test_deadlines(self):
        def assign(*words):
            self.node.sent.clear()
            return self.chain("task", "assign", "7", "--provider", "0x5", *words, sends=True)

        now = int(time.time())
        later = time.gmtime(now + 40000)
        for words, want in [(["--duration", "60"], now + 60), (["--duration", "90m"], now + 5400),
                            (["--duration", "7d"], now + 604800), (["--duration", "61s"], now + 61), ([], now + 3600),
                            (["--deadline", str(now + 7200)], now + 7200), (["--duration", "365d"], now + 365 * 86400),
                            (["--deadline", time.strftime("%Y-%m-%dT%H:%M:%SZ", later)], now + 40000),
                            (["--deadline", time.strftime("%Y-%m-%dT%H:%MZ", later)], now + 40000)]:
            r = assign(*words)
            self.assertEqual(r.code, 0, r.err)
            self.assertTrue(abs(self.calldata()[7] - want) < 240, words)
        for words, part in [(["--duration", "0"], "1 seconds to 365 days"), (["--duration", "366d"], "365 days"),
                            (["--duration", "1w"], "must be seconds, or as"), (["--duration", "-5"], "must be seconds"),
                            (["--duration", "5", "--deadline", "6"], "exclude each other"),
                            (["--deadline", str(now - 5)], "in the past"), (["--deadline", "2020-01-31T12:00Z"], "past"),
                            (["--deadline", str(now * 2)], "365 days"), (["--deadline", "tomorrow"], "must be seconds"),
                            (["--deadline", "2031-02-29T12:00Z"], "must be"), (["--deadline", "2031-13-01T12:00Z"], "must"),
                            (["--deadline", "2031-01-31 12:00"], "must be"), (["--deadline", "2031-01-31T24:00Z"], "must"),
                            (["--deadline", "2031-01-31T12:00"], "must be"), (["--duration", "9999999999"], "must be")]:
            self.fails(assign(*words), 2, part)
        self.fails(self.create("--amount", "1", "--duration", "59"), 2, "60 seconds to 365 days")
        self.assertEqual(self.node.sent, [])

    def test_the_other_actions(self):
        for words, name, args in [(["task", "cancel", "7"], "cancel_task", [7, 0]),
                                  (["task", "refund", "7"], "claim_expired", [7, 0]),
                                  (["task", "unassign", str(2**128 + 7)], "unassign_expired", [7, 1]),
                                  (["chain", "register"], "register_node", [])]:
            self.node.sent.clear()
            r = self.chain(*words, sends=True)
            self.assertEqual((r.code, r.err), (0, ""))
            self.assertEqual(self.calldata(), [1, CONTRACT, selector(name), len(args), *args])
        self.node.sent.clear()
        r = self.chain("task", "assign", "7", "--provider", "0x5", "--duration", "10m", sends=True)
        self.assertEqual(r.code, 0, r.err)
        data = self.calldata()
        self.assertEqual(data[:7], [1, CONTRACT, selector("assign_task"), 4, 7, 0, 5])
        self.assertTrue(abs(data[7] - time.time() - 600) < 240)

    def test_show_and_list(self):
        self.node.tasks = {7: self.node.task(), 8: self.node.task(status=COMPLETED, result=0x99),
                           9: self.node.task(status=ASSIGNED, provider=5, hash_only=True), 10: self.node.task(status=CANCELLED)}
        r = self.chain("task", "show", "7", "--provider", "0x5").json()
        self.assertEqual(int.from_bytes(bytes.fromhex(r["context"]), "little"), context(SEPOLIA, CONTRACT, 7, 5))
        self.assertEqual((r["status"], r["amount"]), ("created", str(10**18)))
        self.assertEqual(r["program_id"], "11" + "00" * 27)
        self.assertEqual(r["payable"], "yes")
        r = self.chain("task", "show", "9", "--provider", "0x6").json()
        self.assertEqual(r["payable"], "the task is assigned to another provider")
        r = self.chain("task", "show", "9").json()
        self.assertEqual((r["status"], r["provider"]), ("assigned", "0x5"))
        self.assertNotIn("program_id", r)
        r = self.chain("task", "list").json()
        self.assertEqual([(t["task"], t["status"]) for t in r["tasks"]],
                         [("7", "created"), ("8", "completed"), ("9", "assigned"), ("10", "cancelled")])
        self.node.views["get_task"] = [0] * 13
        self.fails(self.chain("task", "show", "11"), 7, "no such task")

    def test_words_are_checked(self):
        for words, part in [(["task"], "ACTION"), (["task", "creat"], "did you mean create"), (["task", "show"], "number"),
                            (["task", "show", "x"], "whole number"), (["task", "show", "-1"], "-1"),
                            (["task", "show", str(2**256)], "below 2^256"), (["task", "list", "7"], "no number"),
                            (["chain", "statsu"], "must be status"), (["chain", "status", "7"], "nothing else"),
                            (["chain", "forget"], "hash of a transaction")]:
            self.fails(self.run_clean(*words), 2, part)
        self.fails(self.chain("task", "create", "--program", "fibonacci", sends=True), 2, "--job (or --program) and --amount")
        self.fails(self.chain("task", "assign", "7", sends=True), 2, "--provider")
        self.fails(self.chain("task", "cancel", "7"), 2, "--account and --keystore")
        self.fails(self.chain("task", "cancel", "7", "--account", "7", sends=False), 2, "0x and hex digits")


class Fees(ChainCase):
    def test_a_dry_run_sends_nothing(self):
        for words in (["task", "cancel", "7"], ["chain", "register"]):
            r = self.chain(*words, "--dry-run", sends=True)
            self.assertEqual(r.code, 0, r.err)
            fee = self.node.gas * 10**9 + 0x80 * 2
            self.assertEqual((r.json()["sent"], r.json()["estimated_fee"], r.json()["l2_gas"]),
                             (False, str(fee), self.node.gas))
            self.assertGreaterEqual(int(r.json()["max_fee"]), fee)
            text = self.chain(*words, "--dry-run", sends=True, json=False)
            self.assertIn("nothing was sent", text.out)
        self.assertEqual((self.node.adds(), self.node.sent), ([], []))
        self.assertFalse(os.path.exists(self.journal))

    def test_a_fee_above_the_cap(self):
        for cap in ("1000", "0.1strk", "1fri"):
            r = self.chain("task", "cancel", "7", "--max-fee", cap, sends=True)
            self.fails(r, 4, "above --max-fee of", "nothing was sent")
        self.node.gas = 10**12
        self.fails(self.chain("task", "cancel", "7", sends=True), 4, "above --max-fee of 20 STRK")
        self.node.gas = 2**63  # and what cannot be counted
        self.fails(self.chain("task", "cancel", "7", sends=True), 4, "above --max-fee")
        self.assertEqual(self.node.adds(), [])
        for text in ("x", "-1", str(2**256)):
            self.fails(self.chain("task", "cancel", "7", "--max-fee", text, sends=True), 2, "--max-fee")
        self.fails(self.chain("task", "cancel", "7", "--max-fee", str(2**121), sends=True), 2, "too large")

    def test_a_wrong_password_sends_nothing(self):
        r = self.chain("task", "cancel", "7", "--password-file", self.path("bad", "bad\n"), sends=True, password=False)
        self.fails(r, 2, "password is wrong")
        self.assertEqual(self.node.adds(), [])
        self.assertNotIn("estimateFee", {m for m, _ in self.node.asked})


def words_of_the_contract():
    """Every text that the contract and its verifier refuse with: constants of the modules of errors, and texts in
    assertions."""
    found = set()
    folder = os.path.join(SOURCE, "contracts", "cairo", "src")
    for base, _, names in os.walk(folder):
        if "tests" in base:
            continue
        for name in names:
            if name == "tests.cairo":
                continue
            with open(os.path.join(base, name), encoding="utf-8") as f:
                text = re.sub(r"//.*", "", f.read())
            text = re.sub(r"#\[cfg\(test\)\].*", "", text, flags=re.S)  # tests are the end of their file
            found |= set(re.findall(r"pub const [A-Z_]+: felt252 =\s*'([^']+)'", text))
            found |= set(re.findall(r"assert\((?:[^;]*?),\s*'([^']+)',?\s*\)", text))
            found |= set(re.findall(r"expect\('([^']+)'\)", text))
            found |= set(re.findall(r"grind\([^;]*?'([^']+)'\)", text))
    return found


class Words(ChainCase):
    def test_every_refusal_of_the_contract_is_explained(self):
        said = words_of_the_contract()
        self.assertGreater(len(said), 70)
        self.assertLessEqual({"Deadline passed", "Node suspended", "oods", "Task locked", "fri path", "query grind",
                              "addresses", "Time out of range"}, said)
        for word in sorted(said):
            self.node.views["get_task"] = panic(word)
            r = self.chain("task", "show", "7")
            self.fails(r, 7, "refused: %s: " % word)
            self.assertGreater(len(r.err.split("refused: %s: " % word)[1]), 10, word)

    def test_words_come_from_bare_felts_and_nested_errors(self):
        for data in (hex(short("Task locked")), [hex(short("Task locked"))],
                     {"revert_error": {"error": {"error": hex(short("Task locked")), "class_hash": hex(2**250 + 5)}}},
                     {"revert_error": "0x0 ('Task locked'), 0x1 ('ENTRYPOINT_FAILED')"}):
            self.node.views["get_task"] = Refused(40, "Contract error", data)
            self.fails(self.chain("task", "show", "7"), 7, "refused: Task locked: ")
        self.node.views["get_task"] = panic("Failed to deserialize param #2")
        self.fails(self.chain("task", "show", "7"), 7, "another interface")
        self.node.views["get_task"] = Refused(40, "Contract error", {"revert_error": "something else"})
        self.fails(self.chain("task", "show", "7"), 7, "something else")

    def test_refusals_before_sending_and_reverts(self):
        self.node.reverts = "Deadline not passed"
        self.fails(self.chain("task", "refund", "7", sends=True), 7, "before sending: refused: Deadline not passed: wait")
        self.assertEqual(self.node.adds(), [])
        self.node.say = {"estimateFee": lambda p: (setattr(self.node, "reverts", None), self.node.estimateFee(p),
                                                   setattr(self.node, "reverts", "Deadline not passed"))[1]}
        self.fails(self.chain("task", "refund", "7", sends=True), 7, "reverted: Deadline not passed: wait")
        self.assertEqual(len(self.node.sent), 1)
        self.assertEqual(self.entries(), [])  # its fate is final

    def test_out_of_gas(self):
        def add(params):
            self.node.reverts = "Insufficient max L2Gas: max amount: 1000000, actual used: 1849040."
            return self.node.addInvokeTransaction(params)

        self.node.say = {"addInvokeTransaction": add}
        self.fails(self.chain("task", "cancel", "7", sends=True), 7, "reverted: Insufficient max L2Gas", "too low; run")

    def test_refusals_by_the_node(self):
        for code, part in [(54, "balance does not cover"), (55, "key is not the account's"), (58, "not the address of an"),
                           (53, "higher fee"), (65, "higher fee"), (61, "the node says")]:
            self.node.say = {"addInvokeTransaction": Refused(code, "no")}
            self.fails(self.chain("task", "cancel", "7", sends=True), 7, "sending: ", part)
            self.assertEqual(self.entries(), [])


if __name__ == "__main__":
    harness.main()
