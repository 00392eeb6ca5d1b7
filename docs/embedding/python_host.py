"""A host in Python: the contract's five imports, a fresh instance for each call, one story against the simulator.

    pip install wasmtime
    job-board simulate &
    python docs/embedding/python_host.py target/component/topcv.wasm http://127.0.0.1:8480

A real platform gives each connection its own durable maps, encrypts `secrets`, and has the operator's list of allowed hosts.
"""

import hashlib
import hmac
import json
import sys
import time
import urllib.error
import urllib.request
import uuid

from wasmtime import Engine, Store
from wasmtime.component import Component, Linker, Record, Variant

FILE, BOARD = sys.argv[1:3]
PACKAGE = "hiring:job-board/{}@0.1.0"
engine = Engine()
component = Component.from_file(engine, FILE)


def record(**fields):
    """A record of the contract; its fields are spelled with `-`."""
    made = Record()
    made.__dict__.update({name.replace("_", "-"): value for name, value in fields.items()})
    return made


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


opener = urllib.request.build_opener(NoRedirect, urllib.request.ProxyHandler({}))


def send(_store, request):
    def failed(code, reach):
        return Variant("err", record(code=code, reach=reach, detail=""))

    if not request.url.startswith(BOARD + "/"):
        return failed("denied", "not-sent")
    body = None if request.body is None else bytes(request.body)
    sent = urllib.request.Request(request.url, method=request.method, data=body)
    for header in request.headers:
        sent.add_header(header.name, header.value)
    try:
        answer = opener.open(sent, timeout=getattr(request, "timeout-ms") / 1000)
    except urllib.error.HTTPError as refused:
        answer = refused
    except TimeoutError:
        return failed("timeout", "maybe-sent")
    except OSError:
        return failed("connection-lost", "maybe-sent")
    most = getattr(request, "max-response-bytes")
    content = answer.read(most + 1)
    if len(content) > most:
        return failed("response-too-large", "maybe-sent")
    headers = [record(name=name, value=value) for name, value in answer.headers.items()]
    return Variant("ok", record(status=answer.status, headers=headers, body=content))


class FlatMap:
    """One connection's map. Versions come from one counter, so none is used twice."""

    versions = 0

    def __init__(self):
        self.entries = {}

    def holds(self, key, when):
        held = self.entries.get(key)
        if when.tag == "absent":
            return held is None
        return when.tag == "any" or (held is not None and getattr(held, "version") == when.payload)

    def get(self, _store, key):
        return self.entries.get(key)

    def put(self, _store, key, value, when):
        if not self.holds(key, when):
            return Variant("precondition-failed")
        FlatMap.versions += 1
        self.entries[key] = record(value=bytes(value), version=str(FlatMap.versions))
        return str(FlatMap.versions)

    def delete(self, _store, key, when):
        if not self.holds(key, when):
            return Variant("precondition-failed")
        self.entries.pop(key, None)
        return None

    def list_keys(self, _store, prefix, cursor, limit):
        keys = sorted(k for k in self.entries if k.startswith(prefix) and k > (cursor or ""))[:limit]
        return record(keys=keys, next=keys[-1] if len(keys) == limit else None)


storage, secrets = FlatMap(), FlatMap()


def call(interface, function, *arguments):
    """Calls one export on a fresh instance."""
    store, linker = Store(engine), Linker(engine)
    with linker.root() as root:
        with root.add_instance(PACKAGE.format("clock")) as clock:
            clock.add_func("now", lambda _store: int(time.time() * 1000))
        with root.add_instance(PACKAGE.format("log")) as log:
            log.add_func("write", lambda _store, level, event, _fields: print(f"  log {level} {event}"))
        with root.add_instance(PACKAGE.format("http")) as http:
            http.add_func("send", send)
        for name, entries in (("storage", storage), ("secrets", secrets)):
            with root.add_instance(PACKAGE.format(name)) as imported:
                imported.add_func("get", entries.get)
                imported.add_func("put", entries.put)
                imported.add_func("delete", entries.delete)
                if name == "storage":
                    imported.add_func("list-keys", entries.list_keys)
    instance = linker.instantiate(store, component)
    exported = instance.get_export_index(store, PACKAGE.format(interface))
    answer = instance.get_func(store, instance.get_export_index(store, function, exported))(store, *arguments)
    if isinstance(answer, Variant) and answer.tag == "err":
        raise RuntimeError(f"{answer.payload.code}: {answer.payload.message.en}")
    return answer.payload if isinstance(answer, Variant) else answer


def control(method, path, body):
    request = urllib.request.Request(BOARD + path, method=method, data=json.dumps(body).encode())
    request.add_header("content-type", "application/json")
    return json.load(urllib.request.urlopen(request))


def named(name, kind, value):
    return record(name=name, value=Variant(kind, value))


def text(name, value):
    return named(name, "text", value)


employer = control("POST", "/control/employers", {"name": "Công ty Python"})
manifest = call("connection", "describe")
print(manifest.id, manifest.version, "wants", ", ".join(host.pattern for host in manifest.hosts))

settings = [
    text("access-token", employer["access_token"]),
    text("secret-key", employer["secret_key"]),
    named("protocol", "json", json.dumps({"base_url": BOARD})),
]
status = call("connection", "configure", settings, "https://platform.example/hooks/1", False)
print("configure:", status.state)

details = [
    text("description", "Phụ trách sổ sách."),
    text("requirements", "Ba năm kinh nghiệm."),
    text("benefits", "Bảo hiểm đầy đủ."),
    text("city", "TP.HCM"),
    text("category", "Kế toán"),
    text("job-type", "Toàn thời gian"),
    text("level", "Nhân viên"),
    text("experience", "2 năm"),
    text("deadline", time.strftime("%Y-%m-%d", time.gmtime(time.time() + 20 * 86_400))),
    text("contact-name", "Trần Lan"),
    text("contact-phone", "0912345678"),
    text("contact-email", "lan@example.com"),
    named("salary-negotiable", "truth", True),
    named("quantity", "integer", 1),
]
form = call("postings", "prepare-job", record(id="job-1", title="Kế toán trưởng", details=details), None)
print(f"form: {len(form.fields)} fields, missing:", ", ".join(form.missing) or "nothing")
values = [record(name=field.id, value=field.value) for field in form.fields if field.value is not None]

posting = call("postings", "publish-job", str(uuid.uuid4()), "job-1", values, False)
at_board = getattr(posting, "board-posting")
print("publish:", posting.state, "at the board:", at_board)

line = f"event_type=apply&job_id={at_board}&candidate_phone=0987654321&candidate_id=77"
signature = hmac.new(employer["secret_key"].encode(), line.encode(), hashlib.sha256).hexdigest()
body = {
    "event_type": "apply",
    "job_id": int(at_board),
    "candidate_id": 77,
    "candidate_phone": "0987654321",
    "candidate_name": "Lê Hòa",
    "candidate_email": "hoa@example.com",
    "signature": signature,
}
delivery = record(method="POST", headers=[], body=json.dumps(body).encode(), received_at=int(time.time() * 1000))
outcome = call("deliveries", "handle-webhook", delivery)
print("webhook:", outcome.verdict.tag, outcome.response.status, [event.happening.tag for event in outcome.events])
