"""The atomic facts of docs/facts.tsv, and how far the vocabulary says them.

python -m tests.graph.test_facts    prints the share of each article
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from pyoxigraph import NamedNode

from ontology.namespace import PREFIXES
from ontology.release import packaged_quads
from tests.conftest import ROOT

DOCS: Final = ROOT / "docs"
SAID: Final = ("exactly", "bent", "unsaid")
TERM: Final = re.compile(r"\b(?:cpec|org|prov|schema):\w+")


def read_facts() -> list[dict[str, str]]:
    """Return the rows of the list: article, sentence, fact, said, by."""
    with (DOCS / "facts.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def count_said(facts: Iterable[dict[str, str]]) -> Counter[str]:
    """Return the number of facts that are said exactly, bent or unsaid."""
    return Counter(fact["said"] for fact in facts)


def test_four_of_five_facts_are_said_exactly() -> None:
    facts = read_facts()
    count = count_said(facts)
    assert set(count) == {*SAID}
    assert count["exactly"] >= 0.8 * len(facts)
    assert len(facts) >= 300


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


if __name__ == "__main__":
    facts = read_facts()
    for article in [*dict.fromkeys(fact["article"] for fact in facts), ""]:
        count = count_said(fact for fact in facts if article in ("", fact["article"]))
        shares = ", ".join(f"{count[said]} {said}" for said in SAID)
        total = sum(count.values())
        print(f"{article or 'all'}: {shares}, {100 * count['exactly'] / total:.0f} %")
