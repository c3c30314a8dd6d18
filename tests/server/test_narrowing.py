"""SERVICE narrowed by the query around it, between real servers."""

import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.client import Client
from bench.endpoint import CPEC, TOKEN, tune
from bench.wire import Reply
from tests.server.conftest import serving
from tests.server.service.elsewhere import Elsewhere, closed_address
from tests.server.service.generating import HERE, PREFIX, THERE, queries

pytestmark = pytest.mark.long

MANY = 200
ROWS, GIVEN = 100, 8
LABELS = " ".join(f":{number} :label 'thing {number}' ." for number in range(MANY))
NOWHERE = closed_address()


@pytest.fixture(scope="module")
def servers(
    tmp_path_factory: pytest.TempPathFactory, other: Elsewhere
) -> Iterator[Sequence[Client]]:
    """A server that others ask, a server that narrows its calls, and a server that does not."""
    folder = tmp_path_factory.mktemp("narrowing")
    data = f"{THERE} GRAPH :labels {{ {LABELS} }}"
    with writable(folder / "far", data, "--default-graph", "own") as far:
        iris = (f"{far.address}/sparql", f"{other.address}/good", f"{other.address}/many", NOWHERE)
        options = [word for iri in iris for word in ("--service-allow", iri)]
        narrow, wide = (tune(service={"rows": ROWS, "given": given}) for given in (GIVEN, 0))
        with (
            writable(folder / "near", HERE, *options, command=narrow) as near,
            writable(folder / "plain", HERE, *options, command=wide) as plain,
        ):
            yield far, near, plain


@contextmanager
def writable(
    home: Path, data: str, *options: str, command: Sequence[str] = (str(CPEC),)
) -> Iterator[Client]:
    """Run a server with these data, which may be written to."""
    home.mkdir()
    options = ("--empty", "--new", "--data-dir", str(home / "data"), *options)
    with serving(home, *options, command=command, CPEC_TOKEN=TOKEN) as server:
        client = Client(server.address, TOKEN)
        assert client.update(f"{PREFIX} INSERT DATA {{ {data} }}").status == 200
        yield client


@pytest.fixture
def near(servers: Sequence[Client], other: Elsewhere) -> Iterator[Client]:
    """The server that narrows its calls; the other endpoint is reset after the test."""
    yield servers[1]
    other.meanwhile = bool


def rows(reply: Reply) -> Counter[str]:
    """The solutions of an answer, without labels of blank nodes, which differ between servers."""
    assert reply.status == 200, reply.text
    bindings = reply.json["results"]["bindings"]
    for term in itertools.chain.from_iterable(row.values() for row in bindings):
        if term["type"] == "bnode":
            del term["value"]
    return Counter(json.dumps(row, sort_keys=True) for row in bindings)


def metrics(client: Client) -> Counter[str]:
    """The counts of a server's calls."""
    text = client.get("/metrics").text
    lines = re.findall(r"^cpec_service_(\w+)_total (\d+)$", text, re.MULTILINE)
    return Counter({name: int(count) for name, count in lines})


def find_sent(other: Elsewhere) -> set[str]:
    """The local names that were last sent along."""
    return set(re.findall("[(]<http://x/([a-z]+)>[)]", other.asked[-1][2]))


@given(query=queries, graphs=st.sampled_from([{}, {"default-graph-uri": "http://x/g"}]))
@settings(max_examples=60)
def test_what_is_asked_less_of_gives_the_same_answer(
    servers: Sequence[Client], query: str, graphs: dict[str, str]
) -> None:
    far, near, plain = servers
    text = query.replace("<@>", f"<{far.address}/sparql>")
    expected = plain.query(text, **graphs)
    if expected.status == 400:
        assert near.query(text, **graphs).status == 400
    else:
        assert rows(near.query(text, **graphs)) == rows(expected)


def test_a_large_endpoint_is_asked_for_what_can_be_joined(servers: Sequence[Client]) -> None:
    far, near, plain = servers
    for server in (near, plain):
        assert server.update(f"{PREFIX} INSERT DATA {{ :link :same :3 , :5 , :x }}").status == 200
    text = f"""{PREFIX} SELECT ?l {{ :link :same ?thing
        SERVICE <{far.address}/sparql> {{ GRAPH :labels {{ ?thing :label ?l }} }} }}"""
    before = metrics(near)
    labels = {json.loads(row)["l"]["value"] for row in rows(near.query(text))}
    assert labels == {"thing 3", "thing 5"}
    counted = metrics(near) - before
    assert (counted["asked"], counted["narrowed"]) == (1, 1)
    assert 0 < counted["bytes"] < 1000
    refused = plain.query(text)
    assert (refused.status, refused.json["value"]) == (413, ROWS)
    assert "more than" not in refused.json["detail"]


def test_more_rows_than_are_sent_are_told_where_the_answer_is_too_large(
    near: Client, other: Elsewhere
) -> None:
    text = f"""{PREFIX} SELECT * {{ VALUES ?n {{ 0 1 2 3 4 5 6 7 8 }} {{ BIND(?n AS ?z) }}
        {{ VALUES ?s {{ :1 :2 :3 :4 :5 }} VALUES ?m {{ 1 2 }} }}
        SERVICE <{other.address}/many> {{ ?s ?p ?m }} }}"""
    before = metrics(near)
    refused = near.query(text)
    assert (refused.status, refused.json["limit"]) == (413, "rows of a SERVICE")
    assert (
        f"the query around SERVICE has more than {GIVEN} rows to narrow it by"
        in refused.json["detail"]
    )
    counted = metrics(near) - before
    assert counted == {"asked": 1, "too_large": 1, "bytes": counted["bytes"]}


@pytest.mark.parametrize("silent", ["", "SILENT"])
def test_nobody_is_asked_where_there_is_nothing_to_join(silent: str, near: Client) -> None:
    before = metrics(near)
    service = f"SERVICE {silent} <{NOWHERE}> {{ ?s ?p ?o }}"
    assert not rows(near.query(f"{PREFIX} SELECT * {{ ?s :none ?x OPTIONAL {{ {service} }} }}"))
    assert metrics(near) - before == {"spared": 1}


def test_a_failure_is_counted_whoever_hears_of_it(near: Client) -> None:
    before = metrics(near)
    assert near.query(f"ASK {{ SERVICE <{NOWHERE}> {{ ?s ?p ?o }} }}").status == 502
    assert near.query(f"ASK {{ SERVICE SILENT <{NOWHERE}> {{ ?s ?p ?o }} }}").status == 200
    assert metrics(near) - before == {"asked": 2, "failed": 2}


@pytest.mark.parametrize(
    ("graphs", "clause", "expected"),
    [
        ({}, "", "bcd"),
        ({"default-graph-uri": "http://x/h"}, "", "d"),
        ({}, "FROM :e", "b"),
        ({"default-graph-uri": "http://x/h"}, "FROM :e", "d"),
    ],
)
def test_what_is_sent_is_of_the_dataset_of_the_query(
    graphs: dict[str, str], clause: str, expected: str, near: Client, other: Elsewhere
) -> None:
    service = f"SERVICE <{other.address}/good> {{ ?s ?p ?o }}"
    text = f"{PREFIX} SELECT * {clause} {{ ?s :q ?n . {service} }}"
    near.query(text, **graphs)
    assert find_sent(other) == set(expected)


def test_rows_that_were_narrowed_are_cited_as_others(near: Client, other: Elsewhere) -> None:
    service = f"SERVICE <{other.address}/good> {{ ?id ?p ?name }}"
    reply = near.query(f"{PREFIX} SELECT * {{ ?s :p :b . {service} }}", cite="true")
    assert {citation["status"] for citation in reply.json["citations"]} == {"partly"}


def test_a_write_that_comes_between_is_seen_by_all_or_by_none(
    near: Client, other: Elsewhere
) -> None:
    text = f"""{PREFIX} SELECT * {{ :new :is ?s
        SERVICE <{other.address}/good> {{ ?s ?p ?o }} }}"""
    names, writes = iter("abcdefgh"), 1

    def write() -> None:
        nonlocal writes
        if writes:
            writes -= 1
            data = f"{PREFIX} INSERT DATA {{ :new :is :{next(names)} }}"
            assert near.update(data).status == 200

    write()
    other.meanwhile = write
    for coming, times, last in ((1, 2, "ab"), (2, 3, ""), (0, 1, "abcd")):
        before, writes = len(other.asked), coming
        assert near.query(text).status == 200
        assert len(other.asked) - before == times
        assert find_sent(other) == set(last)


def test_the_limit_is_published(servers: Sequence[Client]) -> None:
    for server, expected in zip(servers[1:], (GIVEN, 0), strict=True):
        description = server.get("/sparql", Accept="application/n-triples").text
        assert re.search(rf'#limit-service-given> <[^>]*value> "{expected}"', description)
