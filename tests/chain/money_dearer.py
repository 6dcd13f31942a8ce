"""money_dearer.py - `sprove claim` where the price of gas rises after it has signed."""

from devnet_demo import must
from world import AMOUNT, NAMES, PROVIDER


def set_price(w, l2):
    prices = {"gas_price_wei": 10**9, "gas_price_fri": 10**9, "data_gas_price_wei": 10**9, "data_gas_price_fri": 10**9,
              "l2_gas_price_wei": l2, "l2_gas_price_fri": l2}
    w.demo.devnet("devnet_setGasPrice", {**prices, "generate_block": True})


def claim(w, task, *words):
    demo = w.demo
    return demo.run("claim", demo.path("proof" + task), "--task", task, "--rpc", w.proxy.here, "--deployment", demo.deployment, "--json",
                    "--account", demo.address(PROVIDER), "--keystore", demo.path(NAMES[PROVIDER] + ".json"), "--password-file",
                    demo.path("password"), "--journal", demo.path("journal_dearer"), "--keep", "3600", *words)


def price_rises(w):
    """A claim that never arrived costs too little now: it is signed anew with its nonce, another claim follows, each is paid once, and
    once more after a reorganisation, at whatever price."""
    demo, price = w.demo, 10**9
    provider = int(demo.address(PROVIDER), 16)
    set_price(w, price)
    first, second = demo.create("--duration", "2h"), demo.create("--duration", "2h")
    for task in (first, second):
        demo.prove(task)
    contract, treasury = demo.state()
    w.proxy.rule = lambda method, params, forward: 500 if method == "starknet_addInvokeTransaction" else forward()
    r = claim(w, first, "--wait", "2")
    must(r.returncode == 5 and "may be executed" in r.stderr, "lost on its way: " + r.stderr)
    w.proxy.rule = None
    set_price(w, 10 * price)
    r = claim(w, second)
    must(r.returncode == 0 and "its fee is made anew" in r.stderr, "another claim goes through: " + r.stderr)
    by_nonce = {n: t for n, t in w.proxy.under(provider).items() if t}
    must(sorted(len(t) for t in by_nonce.values()) == [1, 2], "two have one nonce: %s" % {n: len(t) for n, t in by_nonce.items()})

    def paid_once():
        for task in (first, second):
            must(len(w.events("TaskCompleted", task)) == 1, "paid once: task " + task)
        must(demo.state() == (contract - 2 * AMOUNT, treasury + 2 * (AMOUNT * 12 // 100)), "the amounts")

    paid_once()
    block = w.events("TaskCompleted", first)[0]["block_number"]
    for now in (price, 10 * price):  # the old one may be executed again, or the new one alone
        demo.devnet("devnet_abortBlocks", {"starting_block_id": {"block_number": block}})
        must(demo.state() == (contract, treasury), "the chain has forgotten both")
        set_price(w, now)
        for task in (second, first):
            r = claim(w, task)
            must(r.returncode == 0, "claimed again: " + r.stderr)
        paid_once()
        block = w.events("TaskCompleted", first)[0]["block_number"]
    must(all(len(t) <= 2 for t in w.proxy.under(provider).values()), "nothing more is signed")
    set_price(w, price)
