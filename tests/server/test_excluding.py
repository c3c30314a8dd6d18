"""The answer as if a source had never been read, or as if it alone had been."""

import pytest

from bench.client import Client
from ontology.namespace import ID
from tests.server.conftest import Run

ARTICLE = "inp-wealthpk-2026-04-29"
S08 = f"https://w3id.org/cpec-graph/id/{ARTICLE}/s08"
REPEATED = "ASK { id:Pakistan cpec:advances id:CPEC_Phase_II }"
"""The sentences 0 and 1 of the article state this, and no other source."""
COOPERATES = "ASK { id:Pakistan cpec:cooperatesIn id:Artificial_Intelligence }"


def holds(client: Client, text: str, **excluded: str) -> bool:
    """Return whether a pattern holds without some sources."""
    reply = client.query(text, "application/sparql-results+json", **excluded)
    assert reply.status == 200, reply.text
    return bool(reply.json["boolean"])


def test_what_rests_on_a_source_falls_with_it_and_what_follows_too(client: Client) -> None:
    assert holds(client, COOPERATES)
    assert not holds(client, COOPERATES, without=S08)
    assert not holds(client, f"ASK {{ GRAPH <{S08}> {{ ?s ?p ?o }} }}", without=S08)
    assert not holds(client, f"ASK {{ ?record oa:hasSource <{S08}> }}", without=S08)
    assert holds(client, COOPERATES)


def test_what_others_say_too_stays(client: Client) -> None:
    text = REPEATED
    assert holds(client, text, without=f"{ARTICLE}/s01")
    assert not holds(client, text, without=ARTICLE)
    assert not holds(client, text, without="INP_WealthPk")
    assert holds(client, 'ASK { id:Pakistan rdfs:label "Pakistan"@en }', without=ARTICLE)


@pytest.mark.parametrize(
    ("origin", "sentence"),
    [
        ("Gwadar_Pro", r"the-news-2022-10-01\/s03"),
        ("daily-times-2021-07-10", r"urdupoint-2021-07-10\/s00"),
    ],
)
def test_an_origin_goes_with_the_sentences_that_pass_on_its_words(
    client: Client, origin: str, sentence: str
) -> None:
    text = f"ASK {{ GRAPH id:{sentence} {{ ?s ?p ?o }} }}"
    assert holds(client, text)
    assert not holds(client, text, without=origin)
    assert holds(client, text, only=origin)
    assert not holds(client, f"ASK {{ GRAPH <{S08}> {{ ?s ?p ?o }} }}", only=origin)


def test_an_article_stays_when_the_origin_of_one_of_its_sentences_goes(client: Client) -> None:
    text = r"ASK { GRAPH id:the-news-2022-10-01\/s00 { ?s ?p ?o } }"
    assert holds(client, text, without="Gwadar_Pro")


def test_a_source_alone_says_what_it_says(client: Client) -> None:
    text = "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a cpec:Sentence . GRAPH ?s { ?a ?b ?c } }"
    rows = client.query(text, "text/csv", only=f"{ARTICLE}/s08").text.split()
    assert rows == ["n", "1"]
    assert holds(client, COOPERATES, only=S08)


def test_a_strike_has_an_entity_tag_of_its_own(client: Client) -> None:
    unrestricted, without, again, other = (
        client.query(COOPERATES, **excluded).headers["ETag"]
        for excluded in ({}, {"without": S08}, {"without": S08}, {"only": S08})
    )
    assert without == again
    assert len({unrestricted, without, other}) == 3


@pytest.mark.parametrize(
    ("path", "falls"),
    [
        ("/api/queries/cooperation-areas?format=csv", "artificial intelligence"),
        ("/data/AI_Framework.ttl?", "concernsArea"),
        ("/page/AI_Framework_Cooperation?", "tasked the Higher Education"),
        ("/explain?s=Pakistan&p=cooperatesWith&o=China&format=json", "s01"),
    ],
)
def test_every_address_takes_a_strike(client: Client, path: str, falls: str) -> None:
    accept = {"Accept": "*/*"} if "page" not in path else {"Accept": "text/html"}
    assert falls in client.get(path, **accept).text
    source = "s01" if "explain" in path else "s08"
    excluded = client.get(f"{path}&without={ARTICLE}/{source}", **accept)
    assert excluded.status == 200
    assert falls not in excluded.text


def test_with_citations_no_row_rests_on_what_is_struck(client: Client) -> None:
    text = "SELECT ?area { id:Pakistan cpec:cooperatesIn ?area }"
    cited = client.query(text, "application/sparql-results+json", cite="true", without=S08).json
    assert cited["results"]["bindings"]
    assert {row["status"] for row in cited["citations"]} == {"cited"}
    assert S08 not in cited["sources"]


def test_what_is_no_source_is_named_with_the_nearest(client: Client) -> None:
    reply = client.query(COOPERATES, without=f"{ARTICLE}/s80")
    assert reply.status == 400
    assert "is no source" in reply.json["detail"]
    assert "did you mean" in reply.json["detail"]
    assert (
        client.query(COOPERATES, without="https://w3id.org/cpec-graph/graph/editorial").status
        == 400
    )


def test_where_every_source_is_struck_our_own_word_is_left(client: Client) -> None:
    sources = "SELECT ?g { VALUES ?kind { cpec:NewsArticle cpec:BackgroundSource } ?g a ?kind }"
    every = client.query(sources, "text/csv").text.split()[1:]
    assert f"{ID}{ARTICLE}" in every
    excluded = "".join(f"&without={graph}" for graph in every)
    asked = (
        "/sparql?query=SELECT(COUNT(*)AS%3Fn)%7BGRAPH%3Fg%7B%3Fs%3Fp%3Fo%7D%3Fg+a+cpec:Sentence%7D"
    )
    assert client.get(asked + excluded, Accept="text/csv").text.split() == ["n", "0"]
    assert client.get("/page/Pakistan?" + excluded[1:], Accept="text/html").status == 200


def test_the_worker_that_struck_sources_answers_all_who_strike_the_same(editor: Client) -> None:
    def count_ended() -> int:
        metrics = editor.get("/metrics").text
        return int(metrics.partition("\ncpec_engine_worker_ends_total ")[2].split()[0])

    asks = [f"{REPEATED} # {n}" for n in range(6)]
    assert not holds(editor, asks[0], without=ARTICLE)
    before = count_ended()
    assert not any(holds(editor, text, without=ARTICLE) for text in asks)
    assert all(holds(editor, text) for text in asks)
    assert count_ended() == before
    assert all(holds(editor, text, without=f"{ARTICLE}/s01") for text in asks)
    assert count_ended() == before + 1


@pytest.mark.long
def test_without_a_source_too_a_write_is_seen_at_once(editor: Client) -> None:
    written = "ASK { id:Pakistan cpec:cooperatesIn id:Falconry }"
    for number in range(3):
        asked = f"{written} # {number}"
        assert not holds(editor, asked, without=S08)
        assert (
            editor.update(f"INSERT DATA {{ GRAPH <{S08}-x> {{ {written[6:-2]} }} }}").status < 300
        )
        assert holds(editor, asked, without=S08)
        assert editor.update(f"DROP GRAPH <{S08}-x>").status < 300


@pytest.mark.long
def test_the_commands_take_a_strike_too(run: Run) -> None:
    unrestricted, excluded = (
        run("ask", "cooperation-areas", *options).stdout for options in ((), ("--without", S08))
    )
    assert "Artificial_Intelligence" in unrestricted
    assert "Artificial_Intelligence" not in excluded
    cited = run("query", "-", "--cite", "--only", S08, stdin=COOPERATES)
    assert cited.stdout.startswith("yes [1]")
    assert "sentence 8" in cited.stdout
    exported = run("export", "--format", "nq", "--without", "INP_WealthPk").stdout
    assert S08 not in exported
    kept = "GRAPH <https://w3id.org/cpec-graph/graph/background/country-codes>"
    left = run("query", "-", "--without", "INP_WealthPk", stdin=f"ASK {{ {kept} {{ ?s ?p ?o }} }}")
    assert left.stdout.startswith("yes")
    assert "graph/background/" in exported
    refused = run("ask", "cooperation-areas", "--without", "Pakistan")
    assert refused.returncode == 1
    assert "is no source" in refused.stderr


def test_the_records_of_a_struck_sentence_are_no_rows(client: Client) -> None:
    record, quote = f"<{S08}#1>", f"<{S08}#char=21,73>"
    for pattern in (f"{record} a ?kind", f"?record oa:hasSource <{S08}>", f"{quote} oa:exact ?q"):
        for asked in (pattern, f"GRAPH graph:evidence {{ {pattern} }}"):
            assert holds(client, f"ASK {{ {asked} }}")
            assert not holds(client, f"ASK {{ {asked} }}", without=S08)
            assert holds(client, f"ASK {{ {asked} }}", only=S08)
            assert holds(client, f"ASK {{ {asked} }}", without=f"{ARTICLE}/s01")
