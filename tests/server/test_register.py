"""A read after an acknowledged write sees it, though the same query is already being evaluated."""

import threading

import pytest

from bench.client import Client
from tests.waiting import join

UPDATE = "INSERT DATA {{ id:register cpec:p{} {} }}"
NUMBERS = " ".join(map(str, range(60)))
LONG = (
    f"SELECT ?value (COUNT(*) AS ?number) {{{{ id:register cpec:p{{}} ?value . "
    f"VALUES ?a {{{{ {NUMBERS} }}}} VALUES ?b {{{{ {NUMBERS} }}}} VALUES ?c {{{{ {NUMBERS} }}}} "
    "}} GROUP BY ?value"
)

MOST = 40
"""Clients at most: one address may have 64 requests."""


@pytest.mark.parametrize("number", range(2))
def test_who_asks_after_a_write_shares_no_answer_from_before_it(
    writer: Client, number: int
) -> None:
    query = LONG.format(number)
    assert writer.update(UPDATE.format(number, 0)).status == 200
    written = threading.Event()
    clients: list[threading.Thread] = []

    def ask_again() -> None:
        while len(clients) < MOST and not written.wait(0.005):
            clients.append(threading.Thread(target=writer.query, args=(query, "text/csv")))
            clients[-1].start()

    asking = threading.Thread(target=ask_again)
    asking.start()
    try:
        assert writer.update(UPDATE.format(number, 1)).status == 200
    finally:
        written.set()
    answer = writer.query(query, "text/csv")
    join(asking, *clients)
    assert sorted(line[:2] for line in answer.text.split()[1:]) == ["0,", "1,"]
