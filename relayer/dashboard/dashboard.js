// The page's numbers: /api/v1/stats and /api/v1/health of the same origin, asked again and again.
"use strict";
(function () {
  const EVERY_MS = 5000, LONGEST_MS = 60000, PATIENCE_MS = 10000;
  const groups = {
    waiting: ["created", "funded", "queued", "offered"],
    working: ["leased", "running", "result_received", "verifying"],
    proved: ["verified", "settling", "settled"],
    ended: ["cancelled", "expired", "failed", "refunded"],
  };
  const byId = (id) => document.getElementById(id);
  let timer = 0, pause = EVERY_MS, lastGood = null, asking = false;

  const two = (n) => String(n).padStart(2, "0");
  const clock = (d) => two(d.getHours()) + ":" + two(d.getMinutes()) + ":" + two(d.getSeconds());
  const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, "\u202f");

  function duration(s) {
    if (s < 120) return s + " s";
    if (s < 7200) return Math.floor(s / 60) + " min";
    if (s < 172800) return Math.floor(s / 3600) + " h";
    return Math.floor(s / 86400) + " days";
  }
  // FRI, a decimal text of any length, as STRK: 10^18 FRI. Digits beyond the sixth are cut, never rounded up.
  function strk(fri) {
    const text = String(fri).padStart(19, "0");
    const whole = grouped(text.slice(0, -18)), part = text.slice(-18);
    const shown = part.slice(0, 6).replace(/0+$/, "");
    if (whole === "0" && shown === "" && /[1-9]/.test(part)) return "< 0.000001";
    return shown === "" ? whole : whole + "." + shown;
  }
  function bytes(n) {
    const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
    let i = 0;
    for (; n >= 1024 && i < units.length - 1; i++) n /= 1024;
    return (i === 0 || n >= 100 ? Math.round(n) : n.toFixed(1)) + " " + units[i];
  }
  const forms = {
    count: (v) => grouped(String(v)),
    text: (v) => String(v),
    strk: strk,
    ms: (v) => v < 1000 ? v + " ms" : v < 60000 ? (v / 1000).toFixed(1) + " s" : duration(Math.floor(v / 1000)),
    uptime: duration,
    time: (v) => {
      const at = new Date(v), s = Math.floor((Date.now() - at) / 1000);
      return s < 5 ? "just now" : s < 172800 ? duration(s) + " ago" : v.slice(0, 10);
    },
  };

  function find(all, path) {
    return path.split(".").reduce((v, name) => (v === undefined || v === null ? undefined : v[name]), all);
  }
  function write(node, text) {
    if (node.textContent !== text) node.textContent = text;
  }
  function show(stats, health) {
    const states = stats.tasks.by_state, sum = {};
    for (const g of Object.keys(groups)) sum[g] = groups[g].reduce((n, s) => n + (states[s] || 0), 0);
    const all = Object.assign({ sum: sum, health: health }, stats);
    for (const node of document.querySelectorAll("[data-v]")) {
      const v = find(all, node.dataset.v);
      write(node, v === undefined || v === null ? "–" : forms[node.dataset.f](v));
      if (node.dataset.f === "strk" && v) node.title = v + " FRI";
      if (node.dataset.f === "time" && v) node.title = v;
    }
    const most = Math.max(1, ...Object.values(states));
    for (const row of document.querySelectorAll("[data-state]")) {
      const n = states[row.dataset.state] || 0;
      row.classList.toggle("none", n === 0);
      row.querySelector("i").style.width = n === 0 ? "0" : Math.max(3, Math.round(100 * n / most)) + "%";
    }
    showHealth(health);
  }

  const words = {
    db: (c) => c.ok ? "answers in " + (c.latency_us / 1000).toFixed(1) + " ms" : "does not answer",
    storage: (c) => c.free_bytes === undefined ? "–" : bytes(c.free_bytes) + " free",
    verifier: (c) => c.queue + " waiting, " + c.workers + (c.workers === 1 ? " worker" : " workers"),
    websocket: (c) => c.sessions + " open",
    starknet: (c) => c.status === "not configured" ? "not used here"
      : c.ok ? (c.chain_id || "chain") + ", block " + grouped(String(c.block)) : c.status,
  };
  function showHealth(health) {
    const status = byId("status");
    const names = { ok: ["all is well", "good"], degraded: ["degraded", "warn"], down: ["down", "bad"] };
    const [text, tone] = names[health.status] || [String(health.status), "warn"];
    write(status, text);
    status.className = "pill " + tone;
    for (const line of document.querySelectorAll("[data-check]")) {
      const c = health.checks && health.checks[line.dataset.check];
      const used = c && c.status !== "not configured";
      line.className = !used ? "" : c.ok ? "good" : "bad";
      write(line.querySelector("[data-say]"), c ? (c.ok ? "" : "not well: ") + words[line.dataset.check](c) : "–");
    }
  }

  class Refused extends Error {}
  async function ask(path, also) {
    const r = await fetch(path, { signal: AbortSignal.timeout(PATIENCE_MS), cache: "no-store", credentials: "omit" });
    if (r.ok || r.status === also) return r.json();
    const e = new Refused("it answers " + r.status);
    e.seconds = Number(r.headers.get("Retry-After")) || 0;
    throw e;
  }

  function trouble(e) {
    pause = Math.min(LONGEST_MS, pause * 2);
    if (e instanceof Refused && e.seconds > 0) pause = Math.max(pause, e.seconds * 1000);
    pause += Math.floor(pause * Math.random() / 5); // many pages do not come back at once
    byId("trouble").hidden = false;
    document.body.classList.add("old");
    write(byId("status"), "unreachable");
    byId("status").className = "pill bad";
    write(byId("trouble-text"), (e instanceof Refused ? "The relayer refuses: " + e.message + ". " : "The relayer cannot be reached. ")
      + (lastGood ? "The numbers are those of " + clock(lastGood) + "." : "There are no numbers yet.")
      + " It is asked again within a minute.");
  }

  async function look() {
    if (asking) return;
    asking = true;
    clearTimeout(timer);
    try {
      const [stats, health] = await Promise.all([ask("/api/v1/stats"), ask("/api/v1/health", 503)]);
      show(stats, health);
      lastGood = new Date();
      pause = EVERY_MS;
      byId("trouble").hidden = true;
      document.body.classList.remove("old");
      write(byId("updated"), "as of " + clock(lastGood));
    } catch (e) {
      trouble(e);
    }
    asking = false;
    if (!document.hidden) timer = setTimeout(look, pause);
  }

  byId("again").addEventListener("click", look);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  write(byId("host"), location.host);
  write(byId("origin"), location.origin);
  look();
})();
