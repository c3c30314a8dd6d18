"""A client that sends requests without a pause from its own host, and prints each answer.

python tests/cluster/asking.py ADDRESS SECONDS PATH...     one line of JSON an answer
"""

from __future__ import annotations

import hashlib
import http.client
import json
import sys
import time


def ask(address: str, path: str) -> dict[str, object]:
    """Return the status of an answer, its entity tag and the hash of its body."""
    connection = http.client.HTTPConnection(address, timeout=30)
    try:
        connection.request("GET", path, headers={"Accept": "application/sparql-results+json"})
        reply = connection.getresponse()
        body = reply.read()
    except OSError as error:
        return {"path": path, "status": 0, "fault": repr(error)}
    finally:
        connection.close()
    tag, digest = reply.headers["ETag"], hashlib.sha256(body).hexdigest()
    return {"path": path, "status": reply.status, "tag": tag, "body": digest, "length": len(body)}


def main(address: str, seconds: float, *paths: str) -> None:
    """Ask one path after another until the time is over."""
    end = time.monotonic() + seconds
    number = 0
    while time.monotonic() < end:
        sys.stdout.write(json.dumps(ask(address, paths[number % len(paths)])) + "\n")
        sys.stdout.flush()
        number += 1


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), *sys.argv[3:])
