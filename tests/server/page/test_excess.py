"""Pages of far too much: labels, articles, things, exclusions and searches out of bounds."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlencode

import pytest

from bench.client import Client
from bench.endpoint import Endpoint
from ontology.namespace import HEAD

pytestmark = pytest.mark.long

MANY = 10_000
BIDI = "\u202e\u2066evil\u2069\u200f"
CONTROLS = ("\u202e", "\u2066", "\u2069", "\u200f")
TITLE = f'He said “no” {BIDI} \\"yes\\" <b>\''
WRITTEN = f"""{HEAD}INSERT DATA {{
  GRAPH id:large\\/s01 {{ {" ".join(f"id:Hub cpec:partyTo id:T{n} ." for n in range(MANY))}
    {" ".join(f"id:C{n} cpec:advances id:Hub ." for n in range(MANY))} }}
  GRAPH graph:editorial {{ id:Hub rdfs:label "hub"@en .
    id:Long a cpec:Country ; cpec:partyTo id:CPEC ; rdfs:label "{"x" * MANY}"@en .
    id:Bidi a cpec:Country ; cpec:partyTo id:CPEC ; rdfs:label "{BIDI}"@en }}
  GRAPH graph:evidence {{ id:large\\/s01 a cpec:Sentence ; oa:hasSource id:large .
    id:large a cpec:NewsArticle ; dcterms:date "2026-01-01" ;
      dcterms:title "{BIDI}{"y" * MANY}"@en .
    id:odd\\/s01 a cpec:Sentence ; oa:hasSource id:odd ; dcterms:title "odd, sentence 1"@en .
    id:odd a cpec:NewsArticle ; dcterms:publisher id:Unnamed ; dcterms:title "{TITLE}"@en ;
      dcterms:source <https://courier.example/a#part> }}
  GRAPH id:odd\\/s01 {{ id:Unnamed cpec:partyTo id:CPEC }} }}"""


@pytest.fixture(scope="module")
def excess(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of the shipped graph into which somebody wrote far too much."""
    limits = ("--deadline", "60", "--write-deadline", "300")
    with Endpoint.writable(tmp_path_factory.mktemp("excess"), *limits) as endpoint:
        assert endpoint.writer.update(WRITTEN).status == 200
        yield endpoint.writer


@pytest.mark.parametrize(
    "path",
    [
        "/page/Hub",
        "/page/Hub?part=999999",
        "/page/Hub?without=inp-wealthpk-2026-04-29/s01",
        "/page/Hub?without=large",
        "/page/large",
        "/page/large?without=large",
        "/page/Long",
        "/page/Bidi",
        "/page/CPEC",
        "/sources",
        "/sources?without=large",
        "/things/",
        "/articles/",
        "/articles/?sort=-date&filter=said",
        "/feed",
        "/timeline",
        "/page/odd",
        "/page/Unnamed?names=ur",
        "/?names=zh",
        "/search?q=xxxx",
        "/search?q=evil",
        "/explore",
        "/questions/parties",
        "/",
    ],
)
def test_a_page_is_in_bounds_whatever_is_in_the_graph(excess: Client, path: str) -> None:
    reply = excess.get(path, Accept="text/html")
    assert reply.status == 200
    assert len(reply.body) < 200_000
    assert "x" * 400 not in reply.text
    assert "y" * 400 not in reply.text
    assert not [sign for sign in CONTROLS if sign in reply.text]


def test_an_article_without_a_date_and_with_an_odd_title_stands_in_its_lists(
    excess: Client,
) -> None:
    page = unescape(excess.get("/articles/?filter=said", Accept="text/html").text)
    (row,) = re.findall(r'<tr role="row"><td.*?</tr>', page, re.DOTALL)
    assert 'He said “no”  evil  "yes" <b>\'' in row
    assert 'data-label="Date">–<' in row
    assert "<bdi>Unnamed</bdi>" in row
    own = unescape(excess.get("/page/odd", Accept="text/html").text)
    assert "https://courier.example/a" in own
    assert not re.search(r'href="https://courier.example/[^"]*#[^"]*#', own)
    unnamed = excess.get("/page/Unnamed?names=ur", Accept="text/html").text
    assert '<bdi lang="en" dir="ltr">Unnamed</bdi>' in unnamed or "<bdi>Unnamed</bdi>" in unnamed


def test_a_long_label_is_cut_in_an_explanation_too(excess: Client) -> None:
    reply = excess.get("/explain?s=Long&p=partyTo&o=CPEC", Accept="text/html")
    assert reply.status == 200
    assert "x" * 100 in reply.text
    assert "x" * 400 not in reply.text


def test_a_sentence_of_many_statements_leads_to_the_rest(excess: Client) -> None:
    text = excess.get("/page/large", Accept="text/html").text
    assert f"{2 * MANY - 60:,} more</a>" in text
    path = text.partition('and <a href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "id:T9999" in excess.get(path).text


def test_a_thing_of_many_statements_is_told_in_parts(excess: Client) -> None:
    text = excess.get("/page/Hub", Accept="text/html").text
    assert "Part 1 of 134, of 20,000 statements" in text
    assert "hub" in excess.get("/page/Hub?part=134", Accept="text/html").text


def test_a_wrong_source_is_named_as_far_as_one_can_read_it(client: Client) -> None:
    for form in ("text/html", "application/json"):
        reply = client.get(f"/sources?without={'z' * 5_000}", Accept=form)
        assert reply.status == 400
        assert "is no source: name a sentence, an article, a publisher" in reply.text
        assert "had never been read" not in reply.text
        assert len(reply.body) < 3_000
    assert "did you mean" in client.get("/sources?without=inp-wealthpk-2026-04-29/s80").text


def test_where_every_source_is_struck_each_page_still_answers(client: Client) -> None:
    parts = [client.get(f"/sources?format=json&part={part}").json for part in (1, 2)]
    assert parts[0]["parts"] == 2
    sources = [source for part in parts for source in part["sources"]]
    every = urlencode(
        [("without", source["iri"]) for source in sources if source["kind"] != "sentence"]
    )
    left = client.get(f"/sources?format=json&{every}").json
    assert (left["total"], left["sources"]) == (0, [])
    for path in (
        *("/", "/things/", "/articles/", "/explore", "/sources", "/search", "/page/Pakistan"),
        *("/page/HEC_Mandate", "/page/inp-wealthpk-2026-04-29", "/questions/cooperation-areas"),
    ):
        reply = client.get(f"{path}?{every}", Accept="text/html")
        assert reply.status == 200, path
        assert "had never been read" in reply.text
