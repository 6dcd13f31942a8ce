"""The model of a walk over a relayer (test_walk.py): its tasks and nodes, what the nodes hear, and whether what REST shows of a
task is what the model says."""
import random
import time

from wsclient import Closed

WAITING, LEASED, RUNNING, JUDGED = "waiting", "leased", "running", "judged"
HELD = (LEASED, RUNNING)
FINAL = ("verified", "cancelled", "failed")
SHOWN = {WAITING: {"queued", "offered"}, LEASED: {"leased"}, RUNNING: {"running"}, **{s: {s} for s in FINAL}}


class Wrong(Exception):
    pass


def must(holds, *what):
    if not holds:
        raise Wrong(*what)


class Task:
    """phase: what the model says; attempt: the number of the last attempt that it knows of; a: the assignment that is held."""

    def __init__(self, key, body):
        self.key, self.body, self.id = key, body, None
        self.attempt, self.version, self.most = 0, 0, body["max_attempts"]
        self.given = set()  # attempts that a node heard of
        self.tries = 0  # attempts that a node took and that count
        self.node, self.a, self.old, self.faults = None, None, [], 0
        self.phase = WAITING

    def __setattr__(self, name, value):
        super().__setattr__(name, value)
        if name == "phase":
            self.ended_with = None  # the version that it keeps from then on

    def waits(self):
        if self.a is not None:
            self.old.append((self.node, self.a))
        self.phase, self.node, self.a = WAITING, None, None


class Peer:
    """A node. offers: what it may still say something to. trusted: the relayer may give it work."""

    def __init__(self, name):
        self.name, self.at, self.offers, self.heard, self.trusted = name, None, [], [], True


class World:
    """What the model knows, and the relayer that it is held against."""

    def __init__(self, relayer, proof, output, seed):
        self.r, self.proof, self.output, self.draw = relayer, proof, output, random.Random(seed)
        self.lie = proof[:500] + bytes([proof[500] ^ 1]) + proof[501:]
        self.tasks, self.peers, self.names = {}, {}, 0
        self.steps, self.log = 0, []
        status, made, _ = relayer.call("POST", "/api/v1/api-keys", {"name": "stranger", "scopes": ["tasks:read", "tasks:write"]})
        must(status == 201, status, made)
        self.stranger = made["key"]

    # ---- choice ----

    def one(self, things):
        things = list(things)
        return self.draw.choice(things) if things else None

    def task(self, *phases):
        return self.one(t for t in self.tasks.values() if t.phase in phases)

    def held(self):
        """A task whose node is connected."""
        return self.one(t for t in self.tasks.values() if t.phase in HELD and self.peers[t.node].at)

    def leased_to(self, peer):
        return [t for t in self.tasks.values() if t.node == peer.name and t.phase in HELD]

    def connected(self):
        return [p for p in self.peers.values() if p.at]

    # ---- sockets ----

    def hear(self, peer, seconds=0.002):
        """Whatever the relayer has said."""
        try:
            while peer.at:
                self.take_down(peer, peer.at.ws.recv(seconds))
        except TimeoutError:
            pass
        except (Closed, OSError):
            self.gone(peer)

    def take_down(self, peer, m):
        if m["message_type"] != "task_assignment":
            peer.heard.append(m)
            return
        t = self.tasks.get(m["task_id"])
        must(t is not None, "a task that nobody posted", m)
        if t.phase == WAITING:
            must(m["attempt"] not in t.given, "an attempt was given twice", m, t.given)
            t.given.add(m["attempt"])
            if m["attempt"] > t.attempt:  # else it is heard late, and another had the next
                t.attempt = m["attempt"]
                peer.offers.append(m)
        else:  # on its way when the task went elsewhere
            must(m["attempt"] <= t.attempt, "a task that is %s was offered" % t.phase, m, t.attempt)

    def reply(self, peer, *kinds, task=None):
        """The next message of these kinds (about this task); None where the socket ended."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            for m in peer.heard:
                if m["message_type"] in kinds and task in (None, m.get("task_id"), m.get("re")):
                    peer.heard.remove(m)
                    return m
            if not peer.at:
                return None
            self.hear(peer, 0.05)
        raise Wrong("in vain: %s for %s" % (kinds, peer.name), peer.heard)

    def gone(self, peer):
        if peer.at:
            peer.at.ws.socket.close()
        peer.at, peer.offers, peer.heard = None, [], []

    def all_gone(self):
        for p in self.peers.values():
            self.gone(p)

    # ---- what REST shows ----

    def call(self, *args, **more):
        return self.r.call(*args, **more)

    def show(self, t):
        status, shown, headers = self.call("GET", "/api/v1/tasks/" + t.id)
        must(status == 200 and headers["ETag"] == '"v%d"' % shown["version"], status, shown)
        return shown

    def check(self, t, events=False):
        shown = self.show(t)
        must(shown["state"] in SHOWN[t.phase], "%s is %s, and should be %s" % (t.id, shown["state"], t.phase), shown)
        must(shown["version"] >= t.version and shown["attempt"] >= t.attempt, "it went back", shown)
        must((shown["tries"], shown["max_attempts"]) == (t.tries, t.most) and t.tries <= t.most, "other tries than it had", shown, t.tries, t.most)
        if t.phase in FINAL:
            must(shown["version"] == (t.ended_with or shown["version"]), "what has ended has changed", shown, t.ended_with)
            t.ended_with = shown["version"]
        if t.phase in HELD:
            a = shown["assignment"]
            must((a["attempt"], a["node_id"]) == (t.a["attempt"], t.node) and a["outcome"] is None, shown)
        if t.phase != WAITING:
            t.attempt = shown["attempt"]
        t.version = shown["version"]
        must((shown["result"] is not None) == (t.phase == "verified"), "a result, or none", shown)
        if events:
            self.check_events(t, shown)
        return shown

    def check_events(self, t, shown):
        e = self.call("GET", f"/api/v1/tasks/{t.id}/events")[1]["items"]
        e = [x for x in e if x["seq"] <= shown["version"]]
        must([x["seq"] for x in e] == list(range(1, shown["version"] + 1)), "events with a gap", e)
        must(all(x["from"] == y["to"] for x, y in zip(e[1:], e)), "events that do not follow each other", e)
        must(e[-1]["to"] == shown["state"] and e[0]["to"] == "created", "events that lead elsewhere", e)
        must(sum(x["to"] == "verified" for x in e) <= 1, "verified twice", e)
