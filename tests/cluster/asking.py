"""Clients that ask without a pause from their own host until SIGTERM, and print each answer.

python tests/cluster/asking.py ADDRESS CLIENTS WORD...     a line of JSON an answer

A word that begins with a slash is a path for GET. Any other is a query for POST, by turns as a form
and as its text; `%d` in it becomes another number each time.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import sys
import time
from itertools import count
from threading import Thread
from urllib.parse import urlencode

FORM = "application/x-www-form-urlencoded"
TEXT = "application/sparql-query"


def send(connection: http.client.HTTPConnection, word: str, number: int) -> None:
    """Send a request."""
    headers = {"Accept": "application/sparql-results+json"}
    if word.startswith("/"):
        connection.request("GET", word, headers=headers)
        return
    text = word.replace("%d", str(number))
    body, kind = (urlencode({"query": text}), FORM) if number % 2 else (text, TEXT)
    connection.request("POST", "/sparql", body, {**headers, "Content-Type": kind})


def ask(address: str, word: str, number: int) -> dict[str, object]:
    """Return the status of an answer, its entity tag, the hash of its body and its seconds."""
    connection = http.client.HTTPConnection(address, timeout=120)
    start = time.monotonic()
    try:
        send(connection, word, number)
        reply = connection.getresponse()
        body = reply.read()
    except (OSError, http.client.HTTPException) as error:
        answer = {"status": 0, "fault": repr(error)}
    else:
        digest = hashlib.sha256(body).hexdigest()
        answer = {"status": reply.status, "tag": reply.headers["ETag"], "body": digest}
        if reply.status != http.HTTPStatus.OK:
            answer["fault"] = str(body[:300], "utf-8", "replace")
    finally:
        connection.close()
    return {"word": word, **answer, "seconds": round(time.monotonic() - start, 3)}


def ask_without_end(address: str, words: list[str], first: int, step: int) -> None:
    """Ask one word after another, and print a line an answer in one piece."""
    for number in count(first, step):
        word = words[number // step % len(words)]
        sys.stdout.write(json.dumps(ask(address, word, number)) + "\n")
        sys.stdout.flush()


def main(address: str, clients: int, *words: str) -> None:
    """Ask with so many clients at once."""
    for number in range(clients):
        Thread(target=ask_without_end, args=(address, [*words], number, clients)).start()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
