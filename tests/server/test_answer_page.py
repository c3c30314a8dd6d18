"""A query whose address is opened in a browser: a page with a table, no markup of a stranger's."""

import re
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from bench.client import FORM, Client
from bench.wire import Reply
from graph.answering.binding import load_questions
from graph.answering.format import CITED_FORMATS
from ontology.namespace import PREFIXES
from tests.server.tags import Tags, scripts

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
AREAS = "SELECT ?area ?label { id:Pakistan cpec:cooperatesIn ?area . ?area rdfs:label ?label }"


class Reader:
    """Reads the elements of a page."""

    def __init__(self, reply: Reply) -> None:
        self.elements = Tags(reply.text).found

    def count(self, tag: str) -> int:
        return sum(tag == name for name, _ in self.elements)

    def links(self) -> list[str]:
        return [fields["href"] or "" for name, fields in self.elements if name == "a"]


def page(client: Client, text: str, **parameters: str) -> Reply:
    reply = client.query(text, BROWSER, **parameters)
    assert reply.type == "text/html"
    assert "default-src 'self'" in reply.headers["Content-Security-Policy"]
    assert scripts(Reader(reply).elements) == [
        "/static/site.js",
        "/static/vendor/yasqe/yasqe.min.js",
        "/static/editor.js",
    ]
    return reply


def text_of_query(reply: Reply) -> str:
    area = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", reply.text, re.DOTALL)
    assert area is not None
    return unescape(area[1])


def test_the_condition_of_an_absence_is_in_words(client: Client) -> None:
    text = "SELECT ?x { ?x a cpec:City MINUS { ?x cpec:inCountry ?y FILTER (?y != id:Pakistan) } }"
    answer = page(client, text, cite="true").text
    assert "<li>No source says that Islamabad is in any country, where" in answer


def test_a_long_list_of_absences_is_folded(client: Client) -> None:
    text = "SELECT ?x { ?x a cpec:Area FILTER NOT EXISTS { ?c cpec:cooperatesIn ?x } }"
    note = page(client, text, cite="true").text.partition("absences")[2]
    assert re.search(r"<details><summary>\d+ sentences</summary><p>No source says that", note)


def test_rows_are_a_table_whose_iris_are_links_here(client: Client) -> None:
    reply, text = page(client, AREAS), f"{AREAS} "
    rows = client.query(AREAS).json["results"]["bindings"]
    read = Reader(reply)
    assert reply.status == 200
    assert read.count("tr") == len(rows) + 1
    assert "/page/Artificial_Intelligence" in read.links()
    assert text_of_query(reply) == text.strip()
    assert f"{len(rows)} rows" in reply.text
    assert (reply.headers["Vary"], bool(reply.headers["ETag"])) == ("Accept", True)


def test_the_links_to_the_data_lead_to_the_same_answer(client: Client) -> None:
    for name, kind in [("csv", "text/csv"), ("json", "application/sparql-results+json")]:
        (link,) = [
            address
            for address in Reader(page(client, AREAS)).links()
            if f"format={name}" in address
        ]
        reply = client.get(link)
        assert (reply.status, reply.type) == (200, kind)
        assert reply.body == client.query(AREAS, format=name).body


def test_yes_and_no_are_words(client: Client) -> None:
    assert "<strong>yes</strong>, the graph holds this." in (
        page(client, "ASK { id:Pakistan ?p ?o }").text
    )
    assert "<strong>no</strong>, the graph does not hold this." in (
        page(client, "ASK { id:Nobody ?p ?o }").text
    )
    asked = page(client, "ASK { id:HEC cpec:taskedInArea id:Artificial_Intelligence }")
    words = "The Higher Education Commission is tasked in artificial intelligence"
    assert f'<strong>yes</strong>: <bdi lang="en">{words}</bdi>.' in asked.text
    unsaid = page(client, "ASK { id:Pakistan cpec:cooperatesIn id:Gas_Hydrates }").text
    words = "No source says that Pakistan cooperates in natural gas hydrates at sea; only aimed at"
    assert words in unsaid


def test_a_graph_is_a_table_of_triples(client: Client) -> None:
    reply = page(client, "CONSTRUCT WHERE { id:HEC cpec:taskedInArea ?area }")
    assert ">object</th>" in reply.text
    assert {"/page/HEC", "/page/Artificial_Intelligence"} <= {*Reader(reply).links()}
    (link,) = [address for address in Reader(reply).links() if "format=ttl" in address]
    assert client.get(link).type == "text/turtle"


@pytest.mark.parametrize(
    "text",
    [
        AREAS,
        "ASK { id:Pakistan cpec:cooperatesIn id:Artificial_Intelligence }",
        "CONSTRUCT WHERE { id:HEC cpec:taskedInArea ?area }",
    ],
)
def test_a_cited_page_numbers_its_sources(client: Client, text: str) -> None:
    reply = page(client, text, cite="true")
    assert "#source-1" in Reader(reply).links()
    assert "INP-WealthPk, 29 April 2026, sentence 8" in reply.text
    names = {re.sub(".*format=", "", link) for link in Reader(reply).links() if "format=" in link}
    assert names == {form.name for form in CITED_FORMATS} >= {"json", "csv", "tsv"}


@pytest.mark.long
@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        ("SELEC ?x {}", 400, "DESCRIBE or ASK expected, not SELEC"),
        ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", 403, "SERVICE"),
        ("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", 504, "second"),
    ],
)
def test_an_error_is_a_page_with_the_query(
    client: Client, text: str, status: int, words: str
) -> None:
    reply = page(client, text)
    assert reply.status == status
    assert 'role="alert"' in reply.text
    assert words in unescape(reply.text)
    assert text_of_query(reply) == text


def test_a_graph_that_does_not_exist_is_told_on_the_page(client: Client) -> None:
    reply = page(client, "SELECT * FROM <urn:no> { ?s ?p ?o }")
    assert "There is no graph <code>urn:no</code>" in reply.text
    assert reply.headers["Graph-Not-Found"] == "<urn:no>"


def test_an_answer_without_rows_is_a_sentence(client: Client) -> None:
    reply = page(client, "SELECT ?x { ?x cpec:cooperatesIn id:HEC }")
    assert "Nothing in the graph matches the query." in reply.text
    assert "<table" not in reply.text


def test_what_is_no_source_is_told_and_not_struck(client: Client) -> None:
    reply = page(client, "ASK {}", without="inp-wealthpk-2026-04-29/s08x")
    assert reply.status == 400
    assert "did you mean inp-wealthpk-2026-04-29/s08?" in reply.text
    assert "As if <bdi>" not in reply.text
    back = re.search(r'<a href="([^"]*)">Bring every source back</a>', reply.text)
    assert back
    assert unescape(back[1]) == "?query=ASK+%7B%7D"


def test_no_markup_comes_from_the_query_or_the_data(client: Client) -> None:
    evil = "</textarea><script>alert(1)</script>"
    text = f'SELECT ("{evil}" AS ?x) (<javascript:alert(1)> AS ?y) {{}} # {evil}'
    reply = page(client, text)
    assert text_of_query(reply) == text
    assert not any(link.startswith("javascript:") for link in Reader(reply).links())
    page(client, "SELECT * FROM <urn:%3Cscript%3E> { ?s ?p ?o }", x=f'"{evil}')
    assert page(client, f"SELEC {evil}").status == 400


def test_a_long_answer_is_shown_in_part_and_says_so(client: Client) -> None:
    reply = page(client, "SELECT ?s ?p ?o { ?s ?p ?o }")
    assert "The first 1000 rows" in reply.text
    assert "Part 1 of 5" in reply.text
    assert Reader(reply).count("tr") == 201


def test_each_row_of_a_long_answer_is_in_one_part_which_is_small(client: Client) -> None:
    text = "SELECT ?s ?p ?o { GRAPH ?g { ?s ?p ?o } FILTER isIRI(?o) } ORDER BY ?s ?p ?o LIMIT 950"
    rows: list[str] = []
    for number in range(1, 6):
        reply = page(client, text, cite="true", part=str(number))
        assert reply.status == 200
        assert len(reply.body) < 200_000
        rows += re.findall(r'<tr role="row">(<td.*?)</tr>', reply.text, re.DOTALL)
        assert ('rel="next"' in reply.text) == (number < 5)
        assert ('rel="prev"' in reply.text) == (number > 1)
        marks = set(re.findall(r'href="#source-(\w+)"', reply.text))
        assert marks == set(re.findall(r'id="source-(\w+)"', reply.text))
    assert len(rows) == 950
    (following,) = re.findall(r'<a href="([^"]*)" rel="next"', page(client, text).text)
    assert "Part 2 of 5" in client.get(unescape(following), Accept="text/html").text


def test_a_page_is_asked_for_by_name_too(client: Client) -> None:
    assert client.query(AREAS, format="html").type == "text/html"
    assert client.get("/sparql?format=html&query=SELEC").type == "text/html"


def test_the_dataset_of_the_request_stays_with_the_page(client: Client) -> None:
    sentence = "https://w3id.org/cpec-graph/id/inp-wealthpk-2026-04-29/s08"
    reply = page(client, "SELECT * { ?s ?p ?o }", **{"default-graph-uri": sentence})
    assert f'<input type="hidden" name="default-graph-uri" value="{sentence}">' in reply.text
    (link,) = [address for address in Reader(reply).links() if "format=csv" in address]
    assert len(client.get(link).text.splitlines()) == Reader(reply).count("tr")


@pytest.mark.parametrize("kind", [FORM, "application/sparql-query"])
def test_a_query_that_is_sent_is_a_page_too(client: Client, kind: str) -> None:
    body = urlencode({"query": AREAS}) if kind == FORM else AREAS
    reply = client.send("POST", "/sparql", body, Content_Type=kind, Accept=BROWSER)
    assert (reply.status, reply.type) == (200, "text/html")
    assert text_of_query(reply) == AREAS


def test_things_are_called_by_their_names(client: Client) -> None:
    text = "SELECT ?area { id:HEC cpec:taskedInArea ?area }"
    assert "<bdi>artificial intelligence</bdi>" in page(client, text).text
    assert '<bdi lang="ur">مصنوعی ذہانت</bdi>' in page(client, text, names="ur").text


def test_a_cited_row_says_how_it_is_meant(client: Client) -> None:
    reply = page(client, "SELECT ?area { id:HEC cpec:taskedInArea ?area }", cite="true")
    assert '<span class="mark m-Tasked" aria-hidden="true"></span>tasked' in reply.text
    assert "tasked the Higher Education Commission" in reply.text


def test_an_error_shows_where_in_the_query_it_is(client: Client) -> None:
    reply = page(client, "SELECT *\n{ ?s ?p ?o } LIMIT many")
    assert 'data-line="2" data-column="20"' in reply.text
    assert "{ ?s ?p ?o } LIMIT <mark>many</mark>" in reply.text
    assert "data-line" not in page(client, "SELECT * { SERVICE <urn:x> {} }").text


def test_an_answer_of_two_columns_of_things_is_a_graph_too(client: Client) -> None:
    drawn = page(client, "SELECT ?party ?under { ?under cpec:hasParty ?party }")
    assert Reader(drawn).count("circle") > 4
    assert "The same as a graph" in drawn.text
    assert "The same as a graph" not in page(client, AREAS.replace("?area ?l", "?l")).text


def test_the_editor_begins_with_an_example_or_a_question(client: Client) -> None:
    asked = client.get("/sparql", Accept=BROWSER)
    assert page(client, text_of_query(asked), cite="true").text.count("m-Aim") >= 6
    asked = client.get("/sparql?question=names", Accept=BROWSER)
    assert "VALUES ?thing { <https://w3id.org/cpec-graph/id/" in text_of_query(asked)
    assert client.get("/sparql?question=no-such", Accept=BROWSER).status == 404
    links = [link for link in Reader(asked).links() if link.startswith("/sparql?question=")]
    assert len(links) == len(load_questions())


def test_the_prefixes_of_the_editor_are_those_of_the_endpoint(client: Client) -> None:
    asked = client.get("/sparql", Accept=BROWSER)
    listed = re.findall(r"<dt><code>(\w+):</code></dt><dd><code>([^<]+)</code>", asked.text)
    assert dict(listed) == PREFIXES


def test_a_program_gets_no_page(client: Client) -> None:
    assert client.query(AREAS, "*/*").type == "application/sparql-results+json"
    assert client.query(AREAS, BROWSER, format="csv").type == "text/csv"
    assert client.query(AREAS, "application/json, text/html;q=0.5").type == "application/json"


def corrected(text: str) -> list[str]:
    """Return the queries to which the corrections of a page lead."""
    links = re.findall(r'class="button corrected" lang="en" href="([^"]+)"', text)
    return [parse_qs(urlsplit(unescape(link)).query)["query"][0] for link in links]


def test_a_name_that_is_not_known_is_offered_as_it_was_meant(client: Client) -> None:
    (query,) = corrected(page(client, "SELECT * { id:Pakistn cpec:cooperatesIn ?x }").text)
    assert query == "SELECT * { id:Pakistan cpec:cooperatesIn ?x }"
    assert corrected(page(client, query).text) == []
    strange = 'SELECT * { ?s rdfs:label "id:Pakistn" . id:Pakistn ?p ?o }'
    (query,) = corrected(page(client, strange).text)
    assert query == strange.replace(". id:Pakistn", ". id:Pakistan")


def test_a_prefix_that_is_not_declared_is_offered(client: Client) -> None:
    text = page(client, "SELECT * { ?x geo:lat ?y }").text
    (query,) = corrected(text)
    assert query.startswith("PREFIX geo: <http://www.w3.org/2003/01/geo/wgs84_pos#>\nSELECT")
    assert page(client, query).status == 200
    assert "<mark>geo:lat</mark>" in text
    assert corrected(page(client, "SELECT * { ?x cpce:date ?y }").text) == [
        "SELECT * { ?x cpec:date ?y }"
    ]
    assert corrected(page(client, "SELECT * { ?x nobody:knows ?y }").text) == []


def test_the_line_that_lacks_something_is_named(client: Client) -> None:
    text = page(client, "SELECT * {\n ?x a cpec:Area\n ?x ?p ?o }").text
    assert 'data-line="2" data-column="15"' in text
    assert "expected after cpec:Area" in text
