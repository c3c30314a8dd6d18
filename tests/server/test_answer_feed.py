"""The feed of an answer: an entry for each row that a write brought or took, with its sentence."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest

from bench.client import Client
from bench.endpoint import Endpoint
from ontology.namespace import ID

ATOM = "{http://www.w3.org/2005/Atom}"
PATH = "/feed/questions/what-became?promise=Bridge"
ARTICLE = """INSERT DATA {{
  GRAPH graph:editorial {{ id:Bridge a cpec:Undertaking ; rdfs:label "Salt Bridge"@en .
    cpec:{status} rdfs:label "{words}"@en }}
  GRAPH graph:evidence {{
    id:{name} dcterms:title "News"@en ; dcterms:date "{day}"^^xsd:date .
    <{base}{name}/s01> a cpec:Sentence ; oa:hasSource id:{name} ; dcterms:title "{name}, sentence 1" .
    <{base}{name}/s01#1> rdf:subject id:{status} ; rdf:predicate cpec:statusOf ; rdf:object id:Bridge ;
      oa:hasSource <{base}{name}/s01> ; cpec:modality cpec:Background ; cpec:attributedTo id:{name} .
    <{base}{name}/s01#2> rdf:subject id:{status} ; rdf:predicate cpec:newStatus ; rdf:object cpec:{status} ;
      oa:hasSource <{base}{name}/s01> ; cpec:modality cpec:Reported ; cpec:attributedTo id:{name} }}
  GRAPH <{base}{name}/s01> {{ id:{status} cpec:statusOf id:Bridge ; cpec:newStatus cpec:{status} }}
}}"""  # noqa: E501 - as in the master copy


@pytest.fixture(scope="module")
def writer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client that may write, of a server with a store that started empty."""
    with Endpoint.writable(tmp_path_factory.mktemp("followed"), "--empty") as endpoint:
        yield endpoint.writer


def publish(writer: Client, name: str, day: str, status: str) -> None:
    text = ARTICLE.format(base=ID, name=name, day=day, status=status, words=status.lower())
    assert writer.update(text).status == 200


def read_entries(client: Client, path: str = PATH) -> list[dict[str, str]]:
    """Return the entries of a feed; it has all that Atom asks for."""
    reply = client.get(path)
    assert (reply.status, reply.type) == (200, "application/atom+xml")
    feed = ET.fromstring(reply.body)  # noqa: S314 - ours
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        assert all(element.findtext(ATOM + name) for name in ("id", "title", "updated"))
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    entries = [
        {
            "id": entry.findtext(f"{ATOM}id", ""),
            "title": entry.findtext(f"{ATOM}title", ""),
            "updated": entry.findtext(f"{ATOM}updated", ""),
            "summary": entry.findtext(f"{ATOM}summary", ""),
            "related": entry.findall(f"{ATOM}link")[-1].get("href", ""),
        }
        for entry in feed.findall(f"{ATOM}entry")
    ]
    assert len({entry["id"] for entry in entries}) == len(entries)
    assert [e["updated"] for e in entries] == sorted((e["updated"] for e in entries), reverse=True)
    return entries


def test_a_promise_is_followed_write_by_write(writer: Client) -> None:
    publish(writer, "first", "2031-01-05", "Planned")
    (planned,) = read_entries(writer)
    assert planned["title"].startswith("New: Salt Bridge, 5 January 2031")
    assert "planned" in planned["title"]
    assert planned["summary"] == "first, sentence 1"
    assert planned["related"] == f"{writer.address}/page/first/s01"
    publish(writer, "second", "2031-03-02", "Postponed")
    postponed, before = read_entries(writer)
    assert before == planned
    assert "postponed" in postponed["title"]
    assert postponed["related"].endswith("/page/second/s01")
    text = f"DELETE WHERE {{ GRAPH graph:evidence {{ <{ID}second/s01#2> ?p ?o }} }}"
    assert writer.update(text).status == 200
    gone, *rest = read_entries(writer)
    assert rest == [postponed, before]
    assert gone["title"] == postponed["title"].replace("New:", "Gone:")


def test_a_thing_an_article_and_any_question_have_feeds(writer: Client) -> None:
    for question in ("about?thing=Bridge", "sentence-states?article=first&position=", "gaps"):
        read_entries(writer, f"/feed/questions/{question}")


def test_an_unchanged_feed_is_not_sent_again(writer: Client) -> None:
    tag = writer.get(PATH).headers["ETag"]
    assert writer.get(PATH, **{"If-None-Match": tag}).status == 304
    publish(writer, "third", "2031-04-02", "Begun")
    assert writer.get(PATH, **{"If-None-Match": tag}).status == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/feed/questions/nothing", 404),
        ("/feed/questions/what-became?promise=Nothing", 404),
        ("/feed/questions/what-became?colour=red", 400),
        ("/feed/questions/what-became?format=pdf", 400),
        ("/feed/questions/gaps?without=first", 400),
    ],
)
def test_bad_input_is_refused(writer: Client, path: str, status: int) -> None:
    publish(writer, "fourth", "2031-05-02", "Operating")
    assert writer.get(path).status == status


def test_the_feed_of_a_snapshot_is_sound_without_an_earlier_one(client: Client) -> None:
    assert read_entries(client, "/feed/questions/what-became") == []
