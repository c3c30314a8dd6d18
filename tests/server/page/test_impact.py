"""The sources, and the loss of the graph without each, which equals the loss by its exclusion."""

import re
from html import unescape
from itertools import count
from typing import Any

import pytest
from pyoxigraph import RdfFormat, Triple, parse

from bench.client import Client
from bench.endpoint import Endpoint
from graph.snapshot import Snapshot
from ontology.terms import CPEC

ARTICLE = "inp-wealthpk-2026-04-29"
S08 = f"{ARTICLE}/s08"
STATED = """CONSTRUCT { ?s ?p ?o } {
  GRAPH ?graph { ?s ?p ?o } { ?graph a cpec:Sentence } UNION { ?graph a cpec:BackgroundSource } }"""
EVERYTHING = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"
INFERRED = "CONSTRUCT { ?s ?p ?o } { GRAPH graph:inferred { ?s ?p ?o } }"


def list_sources(client: Client, query: str = "") -> list[dict[str, Any]]:
    """Return the sources as a program reads them, part by part."""
    sources: list[dict[str, Any]] = []
    for part in count(1):
        reply = client.get(f"/sources?format=json&part={part}{query}")
        assert reply.status == 200
        assert reply.type == "application/json"
        sources += reply.json["sources"]
        if part == reply.json["parts"]:
            return sources
    raise AssertionError


def page(client: Client, path: str) -> str:
    """Return a page that is answered 200."""
    reply = client.get(path, Accept="text/html")
    assert reply.status == 200, reply.text
    return unescape(reply.text)


def triples(client: Client, text: str, **excluded: str) -> set[Triple]:
    """Return the triples of a query."""
    reply = client.query(text, "application/n-triples", **excluded)
    assert reply.status == 200, reply.text
    return {quad.triple for quad in parse(reply.body, RdfFormat.N_TRIPLES)}


def test_the_numbers_of_a_source_are_those_of_striking_it(client: Client) -> None:
    sources = list_sources(client)
    assert {source["kind"] for source in sources} == {
        "publisher",
        "article",
        "sentence",
        "origin",
        "background",
    }
    assert len(sources) == len({source["iri"] for source in sources}) > 100
    sources = sources[::15]
    stated, inferred = triples(client, STATED), triples(client, INFERRED)
    for source in sources:
        left = triples(client, EVERYTHING, without=source["iri"])
        assert source["lost"] == len(stated - left), source["iri"]
        own = [triple for triple in inferred - left if triple.predicate.value.startswith(CPEC)]
        assert source["fallen"] == len(own), source["iri"]
        assert source["lost"] <= source["statements"]
    assert sum(source["lost"] > 0 for source in sources) > 2
    assert sum(source["fallen"] > 0 for source in sources) > 2


def test_without_one_source_the_others_bear_more(client: Client) -> None:
    sources = {source["iri"]: source for source in list_sources(client)}
    excluded = {source["iri"]: source for source in list_sources(client, f"&without={S08}")}
    assert [iri.rpartition("/id/")[2] for iri in sources.keys() - excluded.keys()] == [S08]
    assert all(excluded[iri]["lost"] >= sources[iri]["lost"] for iri in excluded if "/s" in iri)
    alone = list_sources(client, f"&only={S08}")
    assert [source["kind"] for source in alone] == ["publisher", "article", "sentence"]


def test_a_background_source_is_a_page_for_people_and_rdf_for_programs(client: Client) -> None:
    path = "/graph/background/country-codes"
    text = page(client, path)
    assert "<bdi>Comprehensive country codes (datasets/country-codes)</bdi></h1>" in text
    assert "8 statements are taken from it." in text
    assert 'href="https://github.com/datasets/country-codes"' in text
    assert "Column Capital, row PAK." in text
    assert client.get(path).type == "text/turtle"
    assert client.get(f"{path}?format=nt", Accept="text/html").type == "application/n-triples"
    assert client.get(f"{path}?without=background/country-codes", Accept="text/html").status == 404
    assert client.get("/graph/background/none", Accept="text/html").status == 404
    assert client.get("/graph/editorial", Accept="text/html").type == "text/turtle"


def test_the_page_lists_them_and_crosses_out(client: Client) -> None:
    text = "".join(page(client, f"/sources?part={part}") for part in (1, 2))
    assert text.count("cross out</a>") == len(list_sources(client))
    assert "?without=https%3A%2F%2Fw3id.org%2Fcpec-graph%2Fid%2FINP_WealthPk" in text
    assert "What fell" not in text
    excluded = page(client, f"/sources?without={S08}")
    assert [
        page(client, f"/sources?without={S08}&part={n}").count(">crossed out<") for n in (1, 2)
    ] == [1, 0]
    lost, fallen = re.findall(r"(\d+) statements fell, .* and (\d+) inferences", excluded)[0]
    own = next(source for source in list_sources(client) if source["iri"].endswith(S08))
    assert (int(lost), int(fallen)) == (own["lost"], own["fallen"])
    assert all(source["iri"] != own["iri"] for source in list_sources(client, f"&without={S08}"))
    assert "sentence 8 said “The HEC mandate" in excluded
    assert "/sources?without=" + S08.replace("/", "%2F") + "#fell" in excluded


def test_what_is_asked_wrongly_is_said(client: Client) -> None:
    assert client.get("/sources?format=ttl").status == 400
    assert "is no source" in client.get("/sources?without=s08&format=json").text
    assert client.get("/sources?part=99", Accept="text/html").status == 200


@pytest.mark.parametrize("path", ["/sources", "/search?q=CPEC", "/cite?question=aims"])
def test_who_takes_no_format_of_it_is_told_which_there_are(client: Client, path: str) -> None:
    reply = client.get(path, Accept="image/png")
    assert reply.status == 406
    assert "application/json" in reply.text


def test_an_article_has_its_crossed_out_sentence_in_its_place(client: Client) -> None:
    text = page(client, f"/page/{ARTICLE}")
    assert (
        f'?without=https%3A%2F%2Fw3id.org%2Fcpec-graph%2Fid%2F{S08.replace("/", "%2F")}#s08"'
        in text
    )
    excluded = page(client, f"/page/{ARTICLE}?without={ARTICLE}/s01")
    assert [s.split('"')[0] for s in excluded.split(' id="s')[1:16]] == [
        f"{n:02d}" for n in range(15)
    ]
    (section,) = re.findall(
        r'<section class="sentence fell" id="s01".*?</section>', excluded, re.DOTALL
    )
    fell, _, kept = section.partition("Others say this too")
    assert "strengthened" in fell
    assert "only INP-WealthPk, 29 April 2026, sentence 1 said so" in fell
    assert "cooperates with" in kept
    assert "<s>" not in kept
    assert "What follows no more" in excluded
    assert "14 sentences make" in excluded


def test_an_article_that_is_crossed_out_whole_still_stands_there(client: Client) -> None:
    excluded = page(client, f"/page/{ARTICLE}?without={ARTICLE}")
    assert excluded.count('class="sentence fell"') == 15
    assert "0 sentences make 0 statements" in excluded
    own = next(source for source in list_sources(client) if source["iri"].endswith(ARTICLE))
    assert f"{own['lost']} statements fell" in excluded
    assert f"{own['fallen']} inferences" in excluded


def test_the_page_of_a_sentence_keeps_what_is_struck(client: Client) -> None:
    reply = client.get(f"/page/{S08}?without={S08}", Accept="text/html")
    assert reply.status == 303
    assert reply.headers["Location"].endswith(f"?without={S08.replace('/', '%2F')}#s08")


@pytest.fixture(scope="module")
def unread(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A client of a server whose dataset is beyond the limit for citing."""
    options = ("--out", str(snapshot.path.parent), "--cite-most", "10", "--processes", "1")
    with Endpoint.writable(tmp_path_factory.mktemp("unread"), *options) as endpoint:
        yield endpoint.writer


def test_where_nothing_is_cited_the_losses_are_not_counted(unread: Client) -> None:
    assert {source["lost"] for source in list_sources(unread)} == {None}
    assert "is not counted" in page(unread, "/sources")
    assert unread.get(f"/sources?without={S08}").status == 501


def test_where_nothing_is_cited_the_page_of_a_thing_says_what_follows(unread: Client) -> None:
    text = page(unread, "/page/Pakistan")
    assert "It follows" in text
    assert "Why?" not in text


@pytest.mark.parametrize(
    ("path", "advice"),
    [
        (
            f"/sources?without={S08}",
            "by its named graph: SELECT * { GRAPH <IRI> { ?s ?p ?o } }",
        ),
        ("/explain?s=HEC&p=hasMandate&o=HEC_Mandate", "SELECT ?source { GRAPH ?source {"),
    ],
)
def test_where_nothing_is_cited_a_refusal_says_what_can_be_asked(
    unread: Client, path: str, advice: str
) -> None:
    for form in ("text/html", "application/json"):
        reply = unread.get(path, Accept=form)
        assert reply.status == 501
        assert advice in unescape(reply.text)
        assert "--cite-most" in reply.text
