"""What demanders do in a walk (test_walk.py), those too who may not: each does one thing to one task, checks what is answered
and tells the model. None: there was nothing to do it to."""
import time

from test_tasks import SEED
from walk_world import FINAL, HELD, Task, World, must


class Demanders(World):
    def post(self):
        t = Task(f"key-{len(self.tasks)}-{self.steps}", dict(SEED, max_attempts=self.draw.choice((1, 2, 3, 6)),
                                                            description=f"step {self.steps}"))
        self.posted(t)
        return t

    def posted(self, t, again=False):
        status, made, headers = self.call("POST", "/api/v1/tasks", t.body, {"Idempotency-Key": t.key})
        must(status == 201, status, made)
        if again and t.id is not None:
            must(made["task_id"] == t.id and headers.get("Idempotency-Replayed") == "true", "another task under one key", made)
            return
        must(made["task_id"] not in self.tasks, "an id twice", made)
        t.id = made["task_id"]
        self.tasks[t.id] = t

    def post_again(self):
        t = self.one(self.tasks.values())
        if t is None:
            return None
        self.posted(t, True)
        status, said, _ = self.call("POST", "/api/v1/tasks", dict(t.body, description="another"), {"Idempotency-Key": t.key})
        must((status, said["code"]) == (422, "idempotency_key_reused"), status, said)
        return t

    def cancel(self):
        t = self.one(self.tasks.values())
        if t is None:
            return None
        path, version = f"/api/v1/tasks/{t.id}/cancel", self.check(t)["version"]
        status, _, _ = self.call("POST", path, headers={"If-Match": '"v%d"' % (version + 7)})
        must(status == 412, "another version", status)
        if self.draw.random() < 0.4 and t.phase in FINAL + HELD:
            status, said, _ = self.call("POST", path, headers={"If-Match": '"v%d"' % version})
        else:
            status, said, _ = self.call("POST", path)
        if t.phase in ("verified", "failed"):
            must(status == 409 and said["code"] == "conflict_state", t.phase, status, said)
            return t
        must(status == 202, t.phase, status, said)
        if t.phase == "cancelled":
            return t
        peer, a = t.node and self.peers[t.node], t.a
        t.waits()
        t.phase = "cancelled"
        self.check(t)
        if peer and peer.at:
            m = self.reply(peer, "task_cancel", task=t.id)
            must(m is None or m["attempt"] == a["attempt"], m)
        return t

    def retry(self):
        t = self.task("failed") or self.one(self.tasks.values())
        if t is None:
            return None
        self.check(t)
        later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
        must(self.call("POST", f"/api/v1/tasks/{t.id}/retry", {})[0] == 400, "no deadline")
        status, said, _ = self.call("POST", f"/api/v1/tasks/{t.id}/retry", {"deadline": later})
        must(status == (202 if t.phase == "failed" else 409), t.phase, status, said)
        if status == 202:
            t.waits()
            t.most = t.tries + 3
        return t

    def strangers(self):
        t = self.one(self.tasks.values())
        if t is None:
            return None
        for method, path in (("GET", ""), ("GET", "/events"), ("GET", "/result"), ("GET", "/proof"), ("GET", "/output"), ("GET", "/bundle"),
                             ("POST", "/cancel"), ("POST", "/retry")):
            status, said, _ = self.call(method, f"/api/v1/tasks/{t.id}{path}", {} if path == "/retry" else None, key=self.stranger)
            must(status == 404, method, path, status, said)
        return t

    def results(self):
        t = self.task("verified") or self.one(self.tasks.values())
        if t is None:
            return None
        status, got, _ = self.call("GET", f"/api/v1/tasks/{t.id}/result")
        must(status == (200 if t.phase == "verified" else 409), t.phase, status, got)
        if status == 200:
            must(got["output"] == {"result": [[19, 22], [43, 50]]}, got)
            must(self.call("GET", f"/api/v1/tasks/{t.id}/proof", raw=True)[1] == self.proof, "another proof")
            must(self.call("GET", f"/api/v1/tasks/{t.id}/output", raw=True)[1] == self.output, "another output")
        return t

    def bad_post(self):
        """Refused, and nothing comes of it, not under its key either."""
        body = self.draw.choice((dict(SEED, token_amount="-1"), dict(SEED, max_attempts=0), dict(SEED, unknown=1), dict(SEED, payload=7),
                                 dict(SEED, redundancy=9), {}, []))
        key = f"bad-{self.steps}"
        must(self.call("POST", "/api/v1/tasks", body, {"Idempotency-Key": key})[0] in (400, 422), body)
        t = Task(key, dict(SEED, max_attempts=2))
        self.posted(t)
        return t
