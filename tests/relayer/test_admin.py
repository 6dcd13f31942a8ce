#!/usr/bin/env python3
"""Administration of a running relayer: drain, reload, bans, tasks put in the queue again, and what is shown.

usage: test_admin.py RELAYER [NAME]"""
import json
import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import scripted  # noqa: E402
from relayer_process import Relayer, change, rows, run_tests, wait_for  # noqa: E402
from wsclient import Closed, WebSocket  # noqa: E402

RELAYER = sys.argv[1]
FAST = ["ws.offer=30s", "ws.heartbeat=31s", "ws.resume_grace=32s", "ws.heartbeat_timeout=33s", "ws.lease=34s",
        "ws.start_by=35s", "ws.require_node_signature=no"]
TASK = {"payload": {"algorithm": "matrix_multiplication", "matrix_a": [[1, 2], [3, 4]], "matrix_b": [[5, 6], [7, 8]]},
        "token_amount": "1000", "requirements": {"cpu_threads": 1}}
ACTIONS = [("POST", "/drain"), ("POST", "/reload"), ("POST", "/tasks/x/requeue"), ("POST", "/nodes/x/ban"), ("DELETE", "/nodes/x/ban"),
           ("GET", "/queue"), ("GET", "/sessions"), ("GET", "/config"), ("GET", "/actions")]


class Node(scripted.Node):
    def closed(self):
        """The code with which the relayer closes. One that is banned is told so before."""
        self.told = None
        try:
            while True:
                m = self.ws.recv()
                if m["message_type"] == "error":
                    self.told = m
        except Closed as e:
            return e.code


def post(r, **more):
    status, made, _ = r.call("POST", "/api/v1/tasks", dict(TASK, **more))
    assert status == 201, (status, made)
    return made["task_id"]


def task(r, id):
    return r.call("GET", f"/api/v1/tasks/{id}")[1]


def admin(r, method, path, body=None, status=200):
    s, said, _ = r.call(method, "/api/v1/admin" + path, body)
    assert s == status, (method, path, s, said)
    return said


def code(r, method, path, body, status):
    return admin(r, method, path, body, status)["code"]


def history(r, id):
    events = r.call("GET", f"/api/v1/tasks/{id}/events")[1]["items"]
    assert [e["seq"] for e in events] == list(range(1, len(events) + 1)), events
    return [e["to"] for e in events]


def running(r, node):
    """A task that the node works at: (its id, the assignment)."""
    id = post(r)
    a = node.take()
    assert a["task_id"] == id
    node.progress(a)
    wait_for("running", lambda: task(r, id)["state"] == "running")
    return id, a


def test_who_may(r):
    key = r.call("POST", "/api/v1/api-keys", {"name": "demander", "scopes": ["tasks:read", "tasks:write", "nodes:read", "webhooks",
                                                                              "audits", "programs:write"]})[1]["key"]
    before = rows(r, "SELECT count(*) FROM admin_action")
    for method, path in ACTIONS:
        for authorization, status in (("Bearer " + key, 403), ("Bearer none", 401), ("", 401)):
            s, said, _ = r.call(method, "/api/v1/admin" + path, key=False, headers={"Authorization": authorization})
            assert s == status, (method, path, authorization, s, said)
    assert rows(r, "SELECT count(*) FROM admin_action") == before


def test_drain(r):
    ready = lambda: r.call("GET", "/api/v1/health/ready", key=False)[:2]  # noqa: E731
    waiting = post(r, requirements={"cpu_threads": 4000})
    queued = post(r)
    assert admin(r, "POST", "/drain") == {"draining": True}
    assert ready() == (503, {"status": "draining"})
    for path, body, headers in (("/tasks", TASK, {}), ("/tasks:batch", {"tasks": [TASK]}, {"Idempotency-Key": "b"}),
                                (f"/tasks/{waiting}/retry", {"deadline": "2030-01-01T00:00:00Z"}, {})):
        s, said, h = r.call("POST", "/api/v1" + path, body, headers)
        assert s == 503 and said["code"] == "draining" and int(h["Retry-After"]) > 0, (path, s, said)
    assert admin(r, "GET", "/queue")["draining"] is True
    # A node gets nothing; everything else goes on.
    node = Node(r, "idle")
    node.ws.never("task_assignment", 1)
    assert r.call("POST", f"/api/v1/tasks/{waiting}/cancel")[0] == 202
    assert r.call("GET", "/api/v1/health")[0] == 200
    assert admin(r, "POST", "/drain", {"draining": True}) == {"draining": True}
    assert code(r, "POST", "/drain", {"draining": "no"}, 400) == "validation_failed"
    assert code(r, "POST", "/drain", {"drain": True}, 400) == "unknown_field"
    assert ready()[0] == 503
    assert admin(r, "POST", "/drain", {"draining": False}) == {"draining": False}
    assert ready() == (200, {"status": "ok"})
    assert node.take()["task_id"] == queued
    assert r.call("POST", f"/api/v1/tasks/{queued}/cancel")[0] == 202
    # It is over with the process.
    admin(r, "POST", "/drain")
    r.kill()
    r.start()
    post(r, requirements={"cpu_threads": 4000})


def test_reload(r):
    path = r.config
    nothing = {"applied": [], "ignored": []}
    assert admin(r, "POST", "/reload") == nothing
    admin(r, "POST", "/drain", {"draining": False})
    old = open(path).read()
    new = old.replace("post_rate = 100000", "post_rate = 7").replace("post_burst = 100000", "post_burst = 3\nopen_tasks = 5000\ndaily_spend = 12345678901234567890123")
    open(path, "w").write(new + "[sched]\nweight_spec = 0\nweight_geo = 250\n"
                                "[audit]\nrate_ppm = 5\n[db]\nreaders = 3\n[server]\nsend_timeout = 20s\n")
    said = admin(r, "POST", "/reload")
    assert sorted(said["applied"]) == ["audit.rate_ppm", "limits.daily_spend", "limits.open_tasks", "limits.post_burst", "limits.post_rate",
                                       "sched.weight_geo", "sched.weight_spec"], said
    assert sorted(said["ignored"]) == ["db.readers", "server.send_timeout"], said
    assert r.call("GET", "/api/v1/me/usage")[1]["rates"]["post"] == {"per_second": 7, "burst": 3}
    assert r.call("GET", "/api/v1/me/usage")[1]["open_tasks"]["limit"] == 5000
    assert r.call("GET", "/api/v1/me/usage")[1]["daily_spend"]["limit"] == "12345678901234567890123"
    config = admin(r, "GET", "/config")["settings"]
    assert config["limits"]["post_rate"] == "7" and config["db"]["readers"] == "2" and config["audit"]["rate_ppm"] == "5", config
    assert config["server"]["send_timeout"] == "30s"
    # Limits count from now on.
    codes = [r.call("POST", "/api/v1/tasks", dict(TASK, requirements={"cpu_threads": 4000}))[0] for _ in range(6)]
    assert codes[:3] == [201] * 3 and 429 in codes[3:], codes
    # What is wrong changes nothing, and is told where it is.
    for wrong in ("[limits]\npost_rate = 0\n", "[limits]\nno_such = 1\n", "[sched]\nweight_spec = 1\n", "[log]\nlevel = loud\n", "[["):
        open(path, "w").write(wrong)
        said = admin(r, "POST", "/reload", status=422)
        assert said["code"] == "validation_failed" and said["detail"], said
    assert r.call("GET", "/api/v1/me/usage")[1]["rates"]["post"]["per_second"] == 7
    os.unlink(path)
    assert code(r, "POST", "/reload", None, 422) == "validation_failed"
    # By a signal.
    open(path, "w").write(old)
    r.process.send_signal(signal.SIGHUP)
    wait_for("reloaded", lambda: r.call("GET", "/api/v1/me/usage")[1]["rates"]["post"]["per_second"] == 100000)
    assert r.call("GET", "/api/v1/me/usage")[1]["daily_spend"]["limit"] is None
    open(path, "w").write("[[")
    r.process.send_signal(signal.SIGHUP)
    wait_for("refused", lambda: '"reload_failed"' in r.log_text())
    open(path, "w").write(old)
    by = [(k, json.loads(d)) for k, d in rows(r, "SELECT key_id, detail FROM admin_action WHERE action = 'reload' ORDER BY at, id")]
    assert by[0] == (r.key[4:12], nothing) and by[-1][0] == "signal" and "limits.post_rate" in by[-1][1]["applied"], by
    assert len(by) == 3


def test_log_level(r):
    """The level of the log follows at once."""
    def lines():
        return r.log_text().count('"event":"http"')
    old = open(r.config).read()
    open(r.config, "w").write(old.replace("level = debug", "level = warn"))
    assert admin(r, "POST", "/reload")["applied"] == ["log.level"]
    time.sleep(1.1)  # of one event only so many lines are written in a second
    n = lines()
    r.call("GET", "/api/v1/version")
    time.sleep(0.2)
    assert lines() == n
    assert admin(r, "GET", "/config")["settings"]["log"]["level"] == "warn"
    open(r.config, "w").write(old)
    admin(r, "POST", "/reload")
    wait_for("a line", lambda: r.call("GET", "/api/v1/version") and lines() > n)


def test_ban(r):
    node = Node(r, "villain")
    first, a = running(r, node)
    second = post(r)
    node.ws.expect("task_assignment", 10)  # offered, not taken
    assert admin(r, "POST", "/nodes/villain/ban", {"reason": "floods"}) == {"node_id": "villain", "banned": True, "until": None,
                                                                            "reason": "floods"}
    assert node.closed() == 4403 and (node.told["code"], node.told["fatal"]) == ("node_banned", True), node.told
    for id, was in ((first, ["offered", "leased", "running"]), (second, ["offered"])):
        t = task(r, id)
        assert t["state"] == "queued" and (t["tries"], t["max_attempts"]) == (0, 3), t
        assert history(r, id) == ["created", "funded", "queued"] + was + ["queued"]
        assert t["assignment"]["outcome"] == "infra", t
    # Nobody's fault: nothing is noted against the node.
    assert rows(r, "SELECT count(*) FROM reputation_event WHERE node_id = 'villain'") == [(0,)]
    lease = f"Lease {a['task_id']} {a['attempt']} {a['upload_token']}"
    assert r.call("PUT", "/api/v1/blobs/" + "0" * 64, b"", {"Authorization": lease})[0] == 401
    # It may not come back, also after a start.
    for _ in range(2):
        again = WebSocket(r.port, "/ws/node/villain")
        again.expect("hello")
        again.send({"message_type": "register", "id": "r", "ts": 1, "node_id": "villain", "specs": {}, "bench": {},
                    "price": {}, "capacity": {}})
        error = again.expect("error")
        assert (error["code"], error["re"], error["detail"]) == ("node_banned", "r", "this node is banned"), error
        try:
            while again.recv()["message_type"] != "registered":
                pass
            raise AssertionError("registered")
        except Closed as e:
            assert e.code == 4403, e
        r.kill()
        r.start()
    assert r.call("GET", "/api/v1/nodes/villain")[1]["state"] == "banned"
    assert r.call("GET", "/api/v1/nodes/villain")[1]["connected"] is False
    s, said, _ = r.call("DELETE", "/api/v1/admin/nodes/villain/ban")
    assert s == 204, said
    node, heir = Node(r, "villain"), Node(r, "heir")
    assert {heir.take()["task_id"], heir.take()["task_id"]} == {first, second}
    heir.ws.close()
    for id in (first, second):
        assert r.call("POST", f"/api/v1/tasks/{id}/cancel")[0] == 202
    # For a while.
    until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2))
    assert admin(r, "POST", "/nodes/villain/ban", {"until": until})["banned"] is True
    assert node.closed() == 4403 and until[:19] in node.told["detail"], node.told
    wait_for("the time comes", lambda: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()) > until)
    Node(r, "villain").ws.close()
    admin(r, "POST", "/nodes/villain/ban")
    assert admin(r, "POST", "/nodes/villain/ban", {"until": None})["banned"] is False
    Node(r, "villain").ws.close()
    for body in ({"until": "2020-01-01T00:00:00Z"}, {"until": "soon"}, {"until": 5}, {"reason": 5}, {"reason": "x" * 300}):
        assert code(r, "POST", "/nodes/villain/ban", body, 400) == "validation_failed", body
    assert code(r, "POST", "/nodes/villain/ban", {"unitl": None}, 400) == "unknown_field"
    assert code(r, "POST", "/nodes/nobody/ban", {}, 404) == "not_found"
    assert code(r, "DELETE", "/nodes/nobody/ban", None, 404) == "not_found"
    said = rows(r, "SELECT action, detail FROM admin_action WHERE action LIKE '%ban' ORDER BY at, id")
    assert [a for a, _ in said] == ["ban", "unban", "ban", "ban", "unban"] and said[0][1] == "villain: floods", said


def test_requeue(r):
    node = Node(r, "slow")
    id, a = running(r, node)
    assert code(r, "POST", f"/tasks/{id}/requeue", {"deadline": "2030-01-01T00:00:00Z"}, 400) == "validation_failed"
    admin(r, "POST", "/drain")  # so that it stays in the queue
    said = admin(r, "POST", f"/tasks/{id}/requeue", {"reason": "it hangs"}, 202)
    t = task(r, id)
    assert said == {"task_id": id, "version": t["version"], "state": "queued", "status": "queued"} and t["state"] == "queued"
    assert node.ws.expect("task_cancel")["task_id"] == id
    assert t["assignment"]["outcome"] == "infra" and (t["tries"], t["max_attempts"]) == (0, 3)
    node.progress(a)
    assert node.ws.recv()["code"] == "stale_lease"
    assert code(r, "POST", f"/tasks/{id}/requeue", None, 409) == "conflict_state"
    # A task that has failed; its deadline is still ahead.
    change(r, "UPDATE task SET max_attempts = 1 WHERE id = ?", id)
    admin(r, "POST", "/drain", {"draining": False})
    second = Node(r, "worse")
    assert second.take()["task_id"] == id
    wait_for("leased", lambda: task(r, id)["state"] == "leased")
    change(r, "UPDATE attempt SET lease_until = 1 WHERE task_id = ? AND outcome IS NULL", id)
    wait_for("failed", lambda: task(r, id)["state"] == "failed")
    admin(r, "POST", "/drain")
    assert admin(r, "POST", f"/tasks/{id}/requeue", status=202)["state"] == "queued"
    assert task(r, id)["failure"] is None
    # One that has expired needs a new deadline.
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 1))
    admin(r, "POST", "/drain", {"draining": False})
    late = post(r, deadline=soon, requirements={"cpu_threads": 4000})
    wait_for("expired", lambda: task(r, late)["state"] == "expired")
    said = admin(r, "POST", f"/tasks/{late}/requeue", {}, 400)
    assert said["errors"][0]["pointer"] == "/deadline", said
    assert admin(r, "POST", f"/tasks/{late}/requeue", {"deadline": "2020-01-01T00:00:00Z"}, 400)["errors"]
    new = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() + 3600))
    admin(r, "POST", f"/tasks/{late}/requeue", {"deadline": new}, 202)
    assert task(r, late)["deadline"] == new and task(r, late)["state"] == "queued"
    assert code(r, "POST", "/tasks/00000000-0000-7000-8000-000000000000/requeue", {}, 404) == "not_found"
    for t in (id, late):
        history(r, t)
        r.call("POST", f"/api/v1/tasks/{t}/cancel")
    assert code(r, "POST", f"/tasks/{late}/requeue", {}, 409) == "conflict_state"
    # A task with an escrow ends with it.
    change(r, "UPDATE task SET state = 'expired', chain_task_id = '1', chain_contract = '0x1' WHERE id = ?", late)
    assert code(r, "POST", f"/tasks/{late}/requeue", {"deadline": new}, 409) == "conflict_state"
    change(r, "UPDATE task SET state = 'cancelled', chain_task_id = NULL, chain_contract = NULL WHERE id = ?", late)
    node.ws.close()
    second.ws.close()


def test_node_terms(r):
    """An administrator changes a node's terms, for the session that is here, too; whoever saw an older version is told."""
    node = Node(r, "patched")

    def patch(body, status=200, **headers):
        s, said, h = r.call("PATCH", "/api/v1/nodes/patched", body, headers)
        assert s == status, (s, said)
        return said, h
    _, _, h = r.call("GET", "/api/v1/nodes/patched")
    old = h["ETag"]
    s, said, h = r.call("GET", "/api/v1/nodes/patched", headers={"If-None-Match": old})
    assert s == 304 and said == b"" and h["ETag"] == old, (s, said, h)
    said, h = patch({"price": {"per_mcycle_fri": "5"}, "capacity": {"max_concurrent": 1}, "region": "AS-JP"}, **{"If-Match": old})
    assert said["price"] == {"base_fri": "1", "per_mcycle_fri": "5"} and said["capacity"] == {"max_concurrent": 1}
    assert said["region"] == "AS-JP" and said["draining"] is False and h["ETag"] != old
    assert r.call("GET", "/api/v1/nodes/patched", headers={"If-None-Match": old})[0] == 200
    assert patch({"draining": True}, 412, **{"If-Match": old})[0]["code"] == "precondition_failed"
    assert r.call("GET", "/api/v1/nodes/patched")[1]["draining"] is False
    # The session follows: price, place and number of tasks.
    dear, far = post(r, max_price_per_mcycle="4"), post(r, requirements={"cpu_threads": 1, "regions": ["EU"]})
    near, second = post(r, requirements={"cpu_threads": 1, "regions": ["AS-JP"]}), post(r)
    assert node.take()["task_id"] == near
    node.ws.never("task_assignment", 1.5)  # no more than one at once, and none it must not have
    assert admin(r, "GET", "/sessions?after=patche&limit=1")["items"][0]["capacity"] == 1
    patch({"draining": True, "capacity": {"max_concurrent": "3"}}, **{"If-Match": "*"})
    node.ws.never("task_assignment", 1)
    patch({"draining": False})
    assert node.take()["task_id"] == second
    for bad in ({"price": {"base_fri": -1}}, {"price": 5}, {"capacity": {"max_concurrent": 0}}, {"capacity": {"max_concurrent": 1025}},
                {"region": "x" * 17}, {"draining": 1}, {"state": "active"}, {"price": {"fri": "1"}}, {"capacity": {}, "x": 1}):
        assert patch(bad, 400)[0]["code"] in ("validation_failed", "unknown_field"), bad
    assert r.call("PATCH", "/api/v1/nodes/nobody", {"draining": True})[0] == 404
    key = r.call("POST", "/api/v1/api-keys", {"name": "reader", "scopes": ["nodes:read", "tasks:write"]})[1]["key"]
    assert r.call("PATCH", "/api/v1/nodes/patched", {"draining": True}, {"Authorization": "Bearer " + key}, key=False)[0] == 403
    # What it says itself when it comes again holds.
    node.ws.close()
    node = Node(r, "patched")
    said = r.call("GET", "/api/v1/nodes/patched")[1]
    assert said["price"]["per_mcycle_fri"] == "1" and said["region"] == "EU" and said["capacity"] == {"max_concurrent": 4}
    for t in (dear, far, near, second):
        r.call("POST", f"/api/v1/tasks/{t}/cancel")
    node.ws.close()


def test_earnings(r):
    """What is settled is paid, what is verified waits, what was refunded or is another's does not count."""
    assert r.call("GET", "/api/v1/nodes/nobody/earnings")[0] == 404
    none = r.call("GET", "/api/v1/nodes/patched/earnings")[1]
    assert none == {"node_id": "patched", "settled": {"tasks": 0, "provider_payout": "0", "gas_subsidy": "0", "total": "0"},
                    "pending": {"tasks": 0, "escrowed": "0"}}, none
    made = []
    for state, node, payout, subsidy in (("settled", "patched", "850", "30"), ("settled", "patched", "1" + "0" * 60, "5"),
                                         ("verified", "patched", None, None), ("settling", "patched", None, None),
                                         ("refunded", "patched", None, None), ("settled", "other", "7", "7")):
        id = post(r, requirements={"cpu_threads": 4000})
        made.append(id)
        assert r.call("POST", f"/api/v1/tasks/{id}/cancel")[0] == 202
        change(r, "UPDATE task SET state = ?, verified_attempt = 1 WHERE id = ?", state, id)
        change(r, "INSERT INTO attempt(task_id, n, slot, node_id, account, session, lease_token, offered_at, offer_until, start_by, outcome)"
               " VALUES(?, 1, 0, ?, '', '', '', 0, 0, 0, 'verified')", id, node)
        change(r, "INSERT INTO settlement(task_id, state, payout, subsidy, updated_at) VALUES(?, 'settled', ?, ?, 0)", id, payout, subsidy)
    said = r.call("GET", "/api/v1/nodes/patched/earnings")[1]
    assert said["settled"] == {"tasks": 2, "provider_payout": str(850 + 10 ** 60), "gas_subsidy": "35", "total": str(885 + 10 ** 60)}, said
    assert said["pending"] == {"tasks": 2, "escrowed": "2000"}, said
    for id in made:
        change(r, "UPDATE task SET state = 'cancelled', verified_attempt = NULL WHERE id = ?", id)
        change(r, "DELETE FROM attempt WHERE task_id = ?", id)
        change(r, "DELETE FROM settlement WHERE task_id = ?", id)


def test_views(r):
    nodes = [Node(r, f"view{i}") for i in range(5)]
    silent = WebSocket(r.port, "/ws/node/view2")  # of a node that is here already, and does not register
    silent.expect("hello")
    said = admin(r, "GET", "/sessions")
    mine = [s for s in said["items"] if s["node_id"].startswith("view")]
    assert [(s["node_id"], s["registered"]) for s in mine] == [("view0", True), ("view1", True), ("view2", True), ("view2", False),
                                                               ("view3", True), ("view4", True)], mine
    assert all(s["peer"] == "127.0.0.1" for s in mine) and said["has_more"] is False
    ids, after = [], ""
    while after is not None:
        page = admin(r, "GET", f"/sessions?limit=1&after={after}")
        ids += [s["node_id"] for s in page["items"]]
        assert page["has_more"] == (page["next_after"] is not None)
        after = page["next_after"]
    assert ids == [s["node_id"] for s in said["items"]]
    for path in ("/sessions?limit=0", "/sessions?limit=1001", "/sessions?limit=x", "/sessions?limit=1x"):
        assert code(r, "GET", path, None, 400) == "validation_failed", path
    assert code(r, "GET", "/sessions?page=1", None, 400) == "unknown_field"
    low, high = post(r, requirements={"cpu_threads": 4000}), post(r, requirements={"cpu_threads": 4000}, priority=1)
    queue = admin(r, "GET", "/queue")
    order = [t["task_id"] for t in queue["items"]]
    assert order.index(high) < order.index(low) and queue["tasks"]["queued"] >= 2 and queue["draining"] is False, queue
    assert queue["writer"]["commits"] > 0 and "settled" not in queue["tasks"]
    config = admin(r, "GET", "/config")
    printed = subprocess.run([RELAYER, "--config", r.config, "--print-config", "--set", f"server.data={r.folder}"],
                             capture_output=True, text=True, check=True).stdout
    names = [line.split(" = ")[0] for line in printed.splitlines() if " =" in line]
    assert sum(len(s) for s in config["settings"].values()) == len(names)
    assert "log.level" in config["reloadable"] and "db.readers" not in config["reloadable"]
    assert r.key[13:] not in json.dumps(config)
    actions = admin(r, "GET", "/actions?order=asc&limit=200")["items"]
    assert [a["action"] for a in actions] == [a for a, in rows(r, "SELECT action FROM admin_action ORDER BY at, id")]
    assert all(a["action"] == "ban" for a in admin(r, "GET", "/actions?action=ban")["items"])
    for n in nodes:
        n.ws.close()


def test_secrets_are_masked(r):
    r.stop()
    before = list(r.settings)
    r.settings += ["chain.rpc=http://127.0.0.1:1/rpc/geheim,http://user:geheim@127.0.0.1:2", "chain.contract=0x1", "chain.chain_id=SN_SEPOLIA"]
    r.start()
    said = json.dumps(admin(r, "GET", "/config"))
    assert "geheim" not in said and "127.0.0.1:1/***" in said, said
    r.stop()
    r.settings = before
    r.start()


def main():
    r = Relayer(RELAYER)
    r.config = os.path.join(r.folder, "relayer.ini")
    with open(r.config, "w") as f:
        f.write("[limits]\nread_rate = 100000\nread_burst = 100000\npost_rate = 100000\npost_burst = 100000\n[log]\nlevel = debug\n")
        f.write("".join(f"[{s.split('.')[0]}]\n{s.split('.')[1].replace('=', ' = ')}\n" for s in FAST))
    r.arguments = ["--config", r.config]
    r.level = None
    r.start()
    run_tests(globals(), r)


if __name__ == "__main__":
    main()
