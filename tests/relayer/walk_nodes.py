"""What nodes do in a walk (test_walk.py): they come and go, take what they are offered, deliver, lie, fail and speak out of turn.
Each does one thing, checks what is answered and tells the model."""
from relayer_process import wait_for
from scripted import Node, sha256
from walk_world import HELD, JUDGED, LEASED, RUNNING, WAITING, Peer, World, must
from wsclient import Closed

NODES = 3  # connected at once


class Nodes(World):
    def connect(self):
        known = [p for p in self.peers.values() if not p.at and p.trusted]
        if len(self.connected()) >= NODES:
            return None
        if known and self.draw.random() < 0.7:
            peer = self.draw.choice(known)
        else:
            self.names += 1
            peer = self.peers[f"node{self.names}"] = Peer(f"node{self.names}")
        self.join(peer)
        return None

    def join(self, peer):
        peer.at = Node(self.r, peer.name, capacity={"max_concurrent": 2})
        wanted = {(t.id, t.a["attempt"]) for t in self.leased_to(peer)}
        leases = {(x["task_id"], x["attempt"]) for x in peer.at.registered["leases"]}
        must(leases == wanted and peer.at.registered["resumed"] in ((True,) if wanted else (True, False)), "what it holds", leases, wanted)

    def disconnect(self):
        peer = self.one(self.connected())
        if peer is not None:
            self.gone(peer)

    def replace(self):
        """A second session of the same node ends the first."""
        peer = self.one(self.connected())
        if peer is None:
            return None
        first = peer.at
        peer.offers, peer.heard = [], []
        self.join(peer)
        try:
            while True:
                m = first.ws.recv(20)
                if m["message_type"] == "task_assignment":  # sent before it ended
                    self.take_down(peer, m)
                    peer.offers = [a for a in peer.offers if a is not m]
        except Closed as e:
            must(e.code in (4409, None), e)
        except OSError:
            pass
        first.ws.socket.close()
        return None

    def offered(self):
        for p in self.connected():
            self.hear(p)
        peer = self.one(p for p in self.connected() if p.offers)
        if peer is None:
            return None, None, None
        a = peer.offers.pop(0)
        return peer, a, self.tasks[a["task_id"]]

    def accept(self):
        peer, a, t = self.offered()
        if peer is None or t.phase != WAITING or a["attempt"] < t.attempt:
            return t
        peer.at.ws.send({"message_type": "task_ack", "id": t.id, **peer.at.fence(a), "accept": True})
        shown = wait_for("an answer", lambda: self.answered(peer, t, a, ("leased",)), 30)
        if shown is True:  # too late
            return t
        t.phase, t.node, t.a = LEASED, peer.name, a
        t.tries += 1
        return t

    def answered(self, peer, t, a, states):
        """What is shown when the relayer has done what this node asked; True when it said that it is too late."""
        self.hear(peer)
        late = [m for m in peer.heard if m["message_type"] == "error" and m["code"] == "stale_lease" and m.get("re") == t.id]
        if late or not peer.at:
            peer.heard = [m for m in peer.heard if m not in late]
            return True
        shown = self.show(t)
        x = shown["assignment"]
        return shown if (x["attempt"], x["node_id"]) == (a["attempt"], peer.name) and shown["state"] in states else None

    def decline(self):
        peer, a, t = self.offered()
        if peer is None or t.phase != WAITING or a["attempt"] < t.attempt:
            return t
        peer.at.ws.send({"message_type": "task_ack", "id": t.id, **peer.at.fence(a), "accept": False, "reason": "busy"})
        self.beat(peer)  # the relayer has done what was said before
        peer.heard = [m for m in peer.heard if m.get("re") != t.id]
        t.old.append((peer.name, a))
        return t

    def progress(self):
        t = self.held()
        if t is None:
            return None
        peer = self.peers[t.node]
        peer.at.progress(t.a, ppm=self.draw.randrange(1000000))
        if not self.beat(peer):
            return None
        t.phase = RUNNING
        return t

    def beat(self, peer=None):
        """A heartbeat is answered with the leases that the model knows of."""
        peer = peer or self.one(self.connected())
        if peer is None:
            return None
        mine = self.leased_to(peer)
        number = self.steps * 1000 + self.draw.randrange(1000)
        peer.at.ws.send({"message_type": "heartbeat", "seq": number, "cpu": 0.1, "mem": 0.1, "running": [peer.at.fence(t.a) for t in mine]})
        m = self.reply(peer, "heartbeat_ack")
        while m is not None and m["seq"] != number:
            m = self.reply(peer, "heartbeat_ack")
        if m is None:
            return None
        must({x["task_id"] for x in m["leases"]} == {t.id for t in mine}, "leases", m, [t.id for t in mine])
        for t in mine:  # a node that says that it works makes the task running
            t.phase = RUNNING
        return m

    def send_result(self, peer, a, **more):
        peer.at.ws.send(peer.at.result_message(a, self.proof, self.output, **{"id": a["task_id"], **more}))
        return self.reply(peer, "result_ack", "error", task=a["task_id"])

    def deliver(self, good=True):
        t = self.held()
        if t is None:
            return None
        peer, proof = self.peers[t.node], self.proof if good else self.lie
        if self.draw.random() < 0.2:
            m = self.send_result(peer, t.a, proof={"sha256": "ab" * 32, "size": 10})
            must(not m["accepted"] and m["reason"] == "proof_not_uploaded", m)
            self.check(t)
        must(peer.at.upload(t.a, proof)[0] in (200, 201), "an upload")
        m = self.send_result(peer, t.a, proof={"sha256": sha256(proof), "size": len(proof)})
        must(m["message_type"] == "result_ack" and m["accepted"] and not m["duplicate"], m)
        t.phase = JUDGED
        return t

    def judged(self, t, good):
        """The relayer has looked at the proof."""
        wait_for("verified or not", lambda: self.show(t)["state"] not in ("result_received", "verifying"))
        if good:
            t.phase = "verified"
            t.old.append((t.node, t.a))
        else:
            last = t.tries >= t.most
            t.waits()
            t.phase = "failed" if last else WAITING
        return t

    def good_result(self):
        t = self.deliver()
        if t is None:
            return None
        peer, a = self.peers[t.node], t.a
        self.judged(t, True)
        if peer.at and self.draw.random() < 0.5:
            m = self.send_result(peer, a)
            must(m is None or (m["accepted"] and m["duplicate"]), m)
        return t

    def false_proof(self):
        t = self.deliver(False)
        if t is None:
            return None
        peer, a = self.peers[t.node], t.a
        self.judged(t, False)
        if peer.at:
            m = self.send_result(peer, a)
            must(m is None or (not m["accepted"] and m["duplicate"]), m)
        peer.trusted = False  # it gets nothing for a while, and keeps what it has
        return t

    def failure(self):
        t = self.held()
        if t is None:
            return None
        peer, a = self.peers[t.node], t.a
        own = self.draw.random() < 0.5
        m = self.send_result(peer, a, status="failure", error={"code": "internal" if own else "nonzero_exit", "detail": "chance"})
        must(m["message_type"] == "result_ack" and m["accepted"], m)
        t.faults += not own
        # It is said twice, or there is no try left; the first word costs none.
        t.tries -= not own and t.faults == 1
        over = (not own and t.faults >= 2) or t.tries >= t.most
        t.waits()
        t.phase = "failed" if over else WAITING
        return t

    def stale(self):
        """What is said about an attempt that is over, with another token or by another node changes nothing."""
        at = {p.name: p for p in self.connected()}
        over = [(t, at[n], a) for t in self.tasks.values() for n, a in t.old if n in at]
        forged = [(t, at[t.node], dict(t.a, lease_token="0" * 32, upload_token="0" * 32)) for t in self.tasks.values()
                  if t.phase in HELD and t.node in at]
        others = [(t, p, t.a) for t in self.tasks.values() if t.phase in HELD for p in at.values() if p.name != t.node]
        kinds = [k for k in (over, forged, others) if k]
        if not kinds:
            return None
        kind = self.draw.choice(kinds)
        t, peer, a = self.draw.choice(kind)
        before = t.phase != WAITING and self.show(t)["version"]
        for what in ("task_progress", "task_ack", "task_result"):
            if what == "task_result" and kind is over:
                continue  # answered with what became of it
            peer.at.ws.send({"message_type": what, "id": t.id, **peer.at.fence(a), "accept": self.draw.random() < 0.5, "phase": "prove",
                             "progress_ppm": 5, "status": "failure", "error": {"code": "internal", "detail": "not true"}})
            m = self.reply(peer, "error", task=t.id)
            must(m is None or m["code"] == "stale_lease", what, m)
            if m is None:
                return t
        if kind is not others:  # the token alone counts there
            lease = f"Lease {a['task_id']} {a['attempt']} {a['upload_token']}"
            status, said, _ = self.call("PUT", "/api/v1/blobs/" + sha256(self.lie), self.lie, {"Authorization": lease})
            must(status == 401, "an upload under a lease that is over", status, said)
        must(not before or self.show(t)["version"] == before, "it has changed")
        return t
