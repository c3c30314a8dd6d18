"""Each rule reads its examples, and nothing from its counter-examples."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from bench.draft import match_term, read_gold_claim
from graph.curating.skeleton import number_sentences, split_text
from graph.drafting.discourse import Discourse
from graph.drafting.lexicon import NameLexicon
from graph.drafting.pattern import DraftRule, read_grammar
from graph.drafting.reading import read_article
from graph.drafting.statement import Claim

GRAMMAR = read_grammar()
RULES = (*GRAMMAR.nouns, *GRAMMAR.clauses)


def read(text: str, lexicon: NameLexicon) -> tuple[Discourse, list[Claim], str]:
    """Return the claims of the sentences of an example, and the speaker of the last one."""
    discourse = Discourse("example-2026-08-08", "en", date(2026, 8, 8), lexicon, GRAMMAR)
    readings = [*read_article(discourse, text, number_sentences(None, split_text(text, "en")))]
    return discourse, [claim for own in readings for claim in own.claims], readings[-1].speaker


def is_of(claim: Claim, rule: DraftRule) -> bool:
    """Return whether a claim is of a rule; one that says nothing itself lets others read more."""
    return claim.rule == rule.name or not rule.says


def list_examples() -> Iterator[tuple[DraftRule, str, str]]:
    for rule in RULES:
        for sentence, lines in rule.examples.items():
            for line in lines:
                yield rule, sentence, line


@pytest.mark.parametrize(
    ("rule", "sentence", "line"),
    [pytest.param(*own, id=f"{own[0].name}: {own[2]}") for own in list_examples()],
)
def test_a_rule_reads_its_example(
    rule: DraftRule, sentence: str, line: str, lexicon: NameLexicon
) -> None:
    discourse, claims, speaker = read(sentence, lexicon)
    if line.startswith("sentence attributedTo"):
        assert line.endswith(f" {speaker}")
        return
    subject, predicate, value, modality = read_gold_claim(line)
    assert [
        claim
        for claim in claims
        if is_of(claim, rule)
        and claim.predicate.endswith(f":{predicate}")
        and match_term(subject, claim.subject, discourse)
        and match_term(value, claim.object, discourse)
        and claim.modality == modality
    ], claims


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        pytest.param(rule, own, id=f"{rule.name}: {own}")
        for rule in RULES
        for own in rule.counter_examples
    ],
)
def test_a_rule_reads_nothing_from_its_counter_example(
    rule: DraftRule, sentence: str, lexicon: NameLexicon
) -> None:
    _, claims, speaker = read(sentence, lexicon)
    assert not [claim for claim in claims if is_of(claim, rule) and claim.is_asserted]
    assert not speaker


def test_each_rule_has_an_example_and_a_counter_example() -> None:
    for rule in RULES:
        assert any(rule.examples.values()), rule.name
        assert rule.counter_examples, rule.name


def test_each_rule_has_a_name_of_its_own() -> None:
    names = [rule.name for rule in RULES]
    assert len({*names}) == len(names)
