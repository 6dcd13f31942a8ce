"""What the tests of the REST API ask of a relayer: tasks that nobody takes, lists to their end, keys; and a node that gives
up."""
from relayer_process import Relayer, run_tests

TASK = {"payload": {"algorithm": "matrix_multiplication", "matrix_a": [[1, 2], [3, 4]], "matrix_b": [[5, 6], [7, 8]]},
        "token_amount": "1000", "requirements": {"cpu_threads": 4000}}  # more than any node here has
SETTINGS = ["ws.require_node_signature=no", "limits.read_rate=100000", "limits.read_burst=100000", "limits.post_rate=100000",
            "limits.post_burst=100000"]


def post(r, **more):
    status, made, _ = r.call("POST", "/api/v1/tasks", dict(TASK, **more))
    assert status == 201, (status, made)
    return made["task_id"]


def get(r, path, status=200, **headers):
    s, said, h = r.call("GET", "/api/v1" + path, headers=headers)
    assert s == status, (path, s, said)
    return said, h


def code_of(r, path, status):
    return get(r, path, status)[0]["code"]


def ids(page):
    return [t["task_id"] for t in page["items"]]


def everything(r):
    path, items = "/tasks?limit=200", []
    while path:
        page = get(r, path)[0]
        items += page["items"]
        path = f"/tasks?limit=200&cursor={page['next_cursor']}" if page["has_more"] else None
    return items


def make_key(r, *scopes, **more):
    status, made, headers = r.call("POST", "/api/v1/api-keys", {"name": "a key", "scopes": list(scopes), **more})
    assert status == 201 and headers["Location"] == "/api/v1/api-keys/" + made["id"], made
    return made


def give_up(node):
    node.fail(node.take(), "proof_invalid", "no")


def run(tests, program):
    """A part's tests, against one relayer."""
    run_tests(tests, Relayer(program, settings=SETTINGS).start())
