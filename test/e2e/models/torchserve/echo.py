"""A TorchServe handler that answers with what it was sent, byte for byte, or with what its query-like JSON asks for.

A JSON object may ask for {"reply_bytes": N} (an answer of N bytes) or {"status": N} (an answer with that status).
Every worker loads it for itself.
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
    if isinstance(body, dict) and "reply_bytes" in body:
        return b"x" * body["reply_bytes"]
    if isinstance(body, dict) and "status" in body:
        context.set_response_status(code=body["status"], phrase="as asked", idx=0)
    return json.dumps(body)
