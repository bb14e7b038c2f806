"""A TorchServe handler that answers with the body it was sent, byte for byte, unless that is JSON which asks for more.

{"reply_bytes": N}: an answer of N bytes. {"status": N}: an answer with that status. {"headers": true}: the request
headers that reached the handler. {"out_of_memory": true}: fails as a model does that does not fit.
"""

import json


def handle(data, context):
    if data is None:
        return None
    return [answer(row, context) for row in data]


def answer(row, context):
    body = row.get("body", row.get("data", b""))
    if isinstance(body, (bytes, bytearray)):
        return bytes(body)
    if not isinstance(body, dict):
        return json.dumps(body)
    if body.get("out_of_memory"):
        raise MemoryError()
    if body.get("headers"):
        headers = context.get_all_request_header(0)
        return json.dumps({name: value for name, value in headers.items()})
    if "status" in body:
        context.set_response_status(code=body["status"], phrase="as asked", idx=0)
    return b"x" * body["reply_bytes"] if "reply_bytes" in body else json.dumps(body)
