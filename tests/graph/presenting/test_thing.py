"""A thing in sentences: hostile labels, very many statements, limits of quotes."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from graph.citing.index import EvidenceIndex
from graph.presenting.thing import CLAIMS_A_PAGE
from graph.presenting.view import write_view
from graph.wording.display_name import Names
from graph.wording.phrase import find_phrase
from graph.wording.quotation import Fragment, measure_fragments, split_quotation
from graph.wording.text import LONGEST
from ontology.namespace import EDITORIAL_GRAPH, EVIDENCE_GRAPH, ID, ONTOLOGY_GRAPH
from ontology.terms import CPEC, DCTERMS, OA, RDF, RDFS, SCHEMA
from ontology.vocabulary import LANGUAGES

X = NamedNode(ID + "X")
ARTICLE = NamedNode(ID + "a")


def view_page(store: Store, index: EvidenceIndex | None, this: str, page: int = 1) -> Any:
    """Return the view of a thing or an article."""
    return json.loads(write_view(store, index, "thing", this, page))


def label_store(text: str) -> Store:
    store = Store()
    store.add(Quad(X, RDFS.LABEL, Literal(text, language="en"), NamedNode(EDITORIAL_GRAPH)))
    return store


def test_every_property_that_says_something_has_a_phrase(store: Store) -> None:
    quads = store.quads_for_pattern(None, CPEC.MODALITY, None, NamedNode(ONTOLOGY_GRAPH))
    properties = {str(quad.subject).strip("<>") for quad in quads}
    assert properties
    assert all(find_phrase(iri, "", language) for iri in properties for language in LANGUAGES)


def test_a_label_of_ten_thousand_letters_is_cut() -> None:
    name = Names(label_store("A" * 10_000))(X)
    assert len(name.text) <= LONGEST + 2


def test_a_label_that_turns_its_surroundings_is_made_harmless() -> None:
    name = Names(label_store("a\u202etxt.exe\u2066\u200fb\x07"))(X)
    assert name.text == "a txt.exe b"


def names_in(lines: list[dict[str, Any]], end: str) -> set[str]:
    return {mention["name"]["iri"].removeprefix(ID) for line in lines for mention in line[end]}


def test_a_wider_property_says_nothing_beside_the_narrower(
    store: Store, index: EvidenceIndex
) -> None:
    thing = view_page(store, index, ID + "CPEC_Phase_II")["thing"]
    assert thing is not None
    phrases = [line["words"]["en"][0] for group in thing["groups"] for line in group["stated"]]
    assert "is a phase of" in phrases
    assert "belongs to" not in phrases


def test_no_page_of_an_article_quotes_more_than_three_quarters_of_a_sentence(
    store: Store, index: EvidenceIndex, shared_article: Path
) -> None:
    article = view_page(store, index, ID + "inp-wealthpk-2026-04-29")["article"]
    text = (shared_article / "inp-wealthpk-2026-04-29.txt").read_text("utf-8")
    assert len(article["sentences"]) == 15
    for sentence in article["sentences"][1:]:  # a title is printed whole
        quoting = (quote for line in sentence["lines"] for quote in line["quotes"])
        quotes = [*sentence["quotes"], *(text for quote in quoting for text in quote["quotes"])]
        own = text[sentence["start"] :][: sentence["length"]]
        phrases = {phrase for quote in quotes for phrase in split_quotation(quote)}
        placed = [Fragment(own.find(phrase), phrase) for phrase in phrases]
        assert 0 < measure_fragments(placed) <= sentence["length"] * 0.75 + 1


def test_what_follows_only_with_a_sentence_stands_with_it(
    store: Store, index: EvidenceIndex
) -> None:
    article = view_page(store, index, ID + "inp-wealthpk-2026-04-29")["article"]
    eighth = article["sentences"][8]["only"]
    assert "HEC" in names_in(eighth, "subjects")
    assert article["sentences"][0]["only"] == []


def test_a_sentence_is_found_in_its_article(store: Store, index: EvidenceIndex) -> None:
    sentence = ID + "inp-wealthpk-2026-04-29/s03"
    assert view_page(store, index, sentence)["place"]["article"] == ID + "inp-wealthpk-2026-04-29"
    assert not any(view_page(store, index, ID + "Nobody").values())


def build_article(sentences: Iterable[int], *, positions: bool = True) -> Store:
    """Return a store with an article of sentences with these numbers."""
    store, evidence = Store(), NamedNode(EVIDENCE_GRAPH)
    title = DCTERMS.TITLE
    store.add(Quad(ARTICLE, title, Literal("A", language="en"), evidence))
    for number in sentences:
        sentence = NamedNode(f"{ARTICLE.value}/s{number}")
        described: dict[str, NamedNode | Literal] = {
            RDF + "type": CPEC.SENTENCE,
            OA + "hasSource": ARTICLE,
            **({SCHEMA + "position": Literal(number)} if positions else {}),
        }
        for predicate, value in described.items():
            store.add(Quad(sentence, NamedNode(predicate), value, evidence))
        store.add(Quad(X, NamedNode(CPEC + "partyTo"), NamedNode(f"{ID}U{number}"), sentence))
    return store


@pytest.mark.parametrize("positions", [True, False])
def test_an_article_of_many_sentences_is_told_in_parts(*, positions: bool) -> None:
    store = build_article(range(45), positions=positions)
    last = view_page(store, None, ARTICLE.value, 3)["article"]
    assert (last["page"], last["pages"], last["total"]) == (3, 3, 45)
    assert (last["first"], last["last"]) == (41, 45)
    assert [s["anchor"] for s in last["sentences"]] == [f"s{n}" for n in range(40, 45)]
    assert view_page(store, None, f"{ARTICLE.value}/s41")["place"]["part"] == 3


def test_a_sentence_keeps_its_place_and_number_where_another_is_struck() -> None:
    left = [n for n in range(45) if n != 3]
    second = view_page(build_article(left), None, ARTICLE.value, 2)["article"]
    assert [s["anchor"] for s in second["sentences"]] == [f"s{n}" for n in range(20, 40)]
    assert [source["number"] for source in second["sources"]] == left


def test_statements_of_many_sources_fill_a_page_sooner() -> None:
    store = Store()
    for number in range(1000):
        triple = X, NamedNode(CPEC + "partyTo"), NamedNode(f"{ID}U{number // 10}")
        store.add(Quad(*triple, NamedNode(f"{ID}a/s{number}")))
    pages = [view_page(store, None, X.value, page)["thing"] for page in range(1, 5)]
    assert [(page["first"], page["last"]) for page in pages] == [
        (1, 25),
        (26, 50),
        (51, 75),
        (76, 100),
    ]
    assert {(page["pages"], page["total"], len(page["sources"])) for page in pages} == {
        (4, 100, CLAIMS_A_PAGE)
    }


def test_a_statement_of_many_sources_quotes_six_and_counts_the_others() -> None:
    store = Store()
    for number in range(20):
        store.add(
            Quad(X, NamedNode(CPEC + "partyTo"), NamedNode(f"{ID}U"), NamedNode(f"{ID}a/s{number}"))
        )
    page = view_page(store, None, X.value)["thing"]
    (line,) = (line for group in page["groups"] for line in group["stated"])
    (mention,) = line["objects"]
    assert (len(mention["numbers"]), mention["more"]) == (6, 14)
    assert len(page["sources"]) == 6
