"""The atomic facts of docs/facts.tsv, and how far the vocabulary says them.

python -m tests.graph.test_facts    prints the share of each article
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from pyoxigraph import NamedNode, Store

from graph.answering.evaluation import run_select
from ontology.namespace import ID, PREFIXES
from ontology.release import packaged_quads
from tests.conftest import ROOT

DOCS: Final = ROOT / "docs"
SAID: Final = ("exactly", "bent", "unsaid")
FIRST: Final = 314
"""The facts of the articles whose list is older than the vocabulary; those of the others follow."""
MOST_SHARED: Final = 0.6
"""The share of a fact's words from which a gap of its sentence is about the same."""

NEGATION: Final = re.compile(
    r"\b(?:not|no|none|nobody|nothing|never|nor|neither|cannot)\b", re.IGNORECASE
)
QUESTION: Final = re.compile(r"\b(?:which|who|whom|whose|what|when|where|how)\b", re.IGNORECASE)
CLAUSE_END: Final = re.compile(r"(?<=[.:;])\s+")

TERM: Final = re.compile(r"\b(?:cpec|org|prov|schema):\w+")


def read_facts() -> list[dict[str, str]]:
    """Return the rows of the list: article, sentence, fact, said, by, records."""
    with (DOCS / "facts.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def count_said(facts: Iterable[dict[str, str]]) -> Counter[str]:
    """Return the number of facts that are said exactly, bent or unsaid."""
    return Counter(fact["said"] for fact in facts)


def test_four_of_five_facts_are_said_exactly_and_of_the_later_articles_nearly_half() -> None:
    facts = read_facts()
    assert {*count_said(facts)} == {*SAID}
    assert len(facts) == FIRST + 310
    assert count_said(facts[:FIRST])["exactly"] >= 0.83 * FIRST
    assert count_said(facts[FIRST:])["exactly"] >= 0.45 * 310


def test_what_says_a_fact_are_terms_and_what_does_not_is_a_reason() -> None:
    terms = {quad.subject.value for quad in packaged_quads() if isinstance(quad.subject, NamedNode)}
    for fact in read_facts():
        named = TERM.findall(fact["by"])
        assert fact["by"], fact
        assert named or fact["said"] != "exactly", fact
        for name in named:
            prefix, _, local = name.partition(":")
            assert PREFIXES[prefix] + local in terms, fact


def test_each_article_has_its_address_and_its_facts_in_the_order_of_sentences() -> None:
    page = (DOCS / "facts.md").read_text("utf-8")
    facts = read_facts()
    articles = re.findall(r"^\| `([\w-]+)` \|.*\| https://\S+ \|$", page, re.MULTILINE)
    assert set(articles) == {fact["article"] for fact in facts}
    assert [fact["sentence"] for fact in facts if fact["article"] == "mee-2023-09-25"] == sorted(
        fact["sentence"] for fact in facts if fact["article"] == "mee-2023-09-25"
    )


def test_what_is_said_exactly_is_in_the_records_that_it_names(store: Store) -> None:
    for fact in read_facts():
        names = fact["records"].split()
        assert bool(names) is (fact["said"] == "exactly"), fact
        said = set[str]().union(
            *(read_record(store, f"{fact['article']}/{name}") for name in names)
        )
        for term in TERM.findall(fact["by"]) if names else ():
            prefix, _, local = term.partition(":")
            assert PREFIXES[prefix] + local in said, (fact, term)


def test_a_sentence_does_not_deny_what_is_said_exactly(store: Store) -> None:
    for fact in read_facts():
        sentence = f"<{ID}{fact['article']}/{fact['sentence']}>"
        rows = run_select(
            store,
            f"""SELECT ?unsaid ?reading {{
              {{ {sentence} cpec:unsaid ?unsaid }} UNION {{ {sentence} cpec:reading ?reading }}
              UNION {{ ?record oa:hasSource {sentence} ; cpec:reading ?reading }} }}""",
        )
        for row in rows:
            is_denied = (
                shares_words(row["unsaid"].value, fact["fact"])
                if row["unsaid"]
                else denies(row["reading"].value, fact["fact"])
            )
            assert fact["said"] != "exactly" or not is_denied, fact


def shares_words(text: str, fact: str) -> bool:
    """Return whether a text is about the same as a fact, by the words of the fact."""
    words = find_words(fact)
    return len(words & find_words(text)) >= MOST_SHARED * len(words)


def denies(reading: str, fact: str) -> bool:
    """Return whether a clause of a reading with a negation is about the same as a fact.

    A fact with a negation agrees with such a clause. A clause such as "Of which country he is
    minister is not said" leaves a question open, and does not deny that he is minister.
    """
    return not NEGATION.search(fact) and any(
        NEGATION.search(clause) and not QUESTION.search(clause) and shares_words(clause, fact)
        for clause in CLAUSE_END.split(reading)
    )


def test_a_reading_denies_a_fact_in_a_clause_with_a_negation() -> None:
    fact = "The tenth meeting was planned for July."
    assert denies("Of the year: no source says that the tenth meeting was planned for July.", fact)
    assert denies("The tenth meeting was not planned for July. The year is 2021.", fact)
    assert not denies("The tenth meeting was planned for July. No year is given.", fact)
    assert not denies("For which year the tenth meeting was planned in July is not said.", fact)
    assert not denies("The tenth meeting is not set for July.", "The tenth meeting is not set.")


def read_record(store: Store, name: str) -> set[str]:
    """Return the IRIs by which a record, or a sentence by itself, says something.

    Of a record: its property, its terms and their classes, its modality and its speaker.
    """
    record = f"<{ID}{name}>"
    paths = "|".join(
        f"rdf:{end}|cpec:said{end.capitalize()}" for end in ("subject", "predicate", "object")
    )
    found = {
        row["term"].value
        for query in (
            f"SELECT ?term {{ {record} ?term ?value }}",
            f"SELECT ?term {{ {record} {paths}|cpec:modality ?term }}",
            f"SELECT ?term {{ {record} ({paths})/rdf:type ?term }}",
        )
        for row in run_select(store, query)
    }
    assert found, f"{name} is no record"
    return found


def find_words(text: str) -> set[str]:
    """Return the words of a text that have four letters or more, in lower case."""
    return {word.lower() for word in re.findall(r"\w{4,}", text)} - {"that"}


if __name__ == "__main__":
    facts = read_facts()
    for article in [*dict.fromkeys(fact["article"] for fact in facts), ""]:
        count = count_said(fact for fact in facts if article in ("", fact["article"]))
        shares = ", ".join(f"{count[said]} {said}" for said in SAID)
        total = sum(count.values())
        print(f"{article or 'all'}: {shares}, {100 * count['exactly'] / total:.0f} %")
