"""payee.py - what an account signs for its node, by starknet-py from typed data alone."""

import time


def account_proof(hello, node_id, account, key, **changed):
    """A message of the node with this id; changed: of what is signed, where it is not what is said."""
    from starknet_py.hash.utils import message_signature
    from starknet_py.utils.typed_data import TypedData

    members = {"StarknetDomain": ["name shortstring", "version shortstring", "chainId shortstring", "revision shortstring"],
               "Payee": ["purpose shortstring", "relayer felt", "node felt", "address ContractAddress", "issued timestamp", "expires timestamp"]}
    chain = bytes.fromhex(hello["chain_id"][2:]).decode()
    now = int(time.time())
    said = {"issued": now - 60, "expires": now + 86400}
    data = {"types": {n: [dict(zip(("name", "type"), m.split())) for m in list_] for n, list_ in members.items()}, "primaryType": "Payee",
            "domain": {"name": "sprove", "version": "v1", "chainId": changed.pop("chain", chain), "revision": "1"},
            "message": {"purpose": "Be paid for a sprove node", "relayer": hello["relayer_id"], "node": node_id, "address": hex(account),
                        **{k: str(v) for k, v in said.items()}, **changed}}
    z = TypedData.from_dict(data).message_hash(account)
    return {"message_type": "account_proof", "id": "p1", "address": hex(account), **said, "signature": [hex(x) for x in message_signature(z, key)]}
