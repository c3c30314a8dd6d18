"""A draft tells nothing more strongly than its sentence does: a gate on all invented texts."""

from __future__ import annotations

import pytest

from bench.draft import TEXTS, UNTOUCHED, find_modality, score_texts
from graph.drafting.lexicon import NameLexicon
from graph.drafting.mood import DEEDS
from tests.graph.drafting.test_rules import read


def test_nothing_is_told_too_strongly(lexicon: NameLexicon) -> None:
    assert score_texts(sorted(TEXTS.glob("*.gold")), lexicon).told_too_strongly == []


def test_the_numbers_of_the_seen_texts_stay(lexicon: NameLexicon) -> None:
    seen = [path for path in sorted(TEXTS.glob("*.gold")) if path.stem[:2] not in UNTOUCHED]
    scores = score_texts(seen, lexicon).by_kind
    assert scores["boundaries"].right == scores["boundaries"].required
    assert scores["links"].precision >= 0.93
    assert scores["links"].recall >= 0.83
    assert scores["dates and amounts"].recall >= 0.9
    assert scores["claims"].precision >= 0.85
    assert scores["claims"].recall >= 0.8
    assert scores["modality of the matched"].precision >= 0.95


HEDGES = (
    "Pakistan and China could sign a memorandum on mining in Beijing.",
    "It is not known whether Pakistan and China signed a memorandum on mining.",
    "Rumours that Iran has joined CPEC were wrong.",
    "If Iran joins CPEC, China will provide 500 scholarships.",
    "Unless the price falls, work on ML-1 was completed in May 2026.",
    "Has Iran joined CPEC?",
    "Pakistan should cooperate in mining.",
    "Officials hope that work on ML-1 is completed.",
    "No side has joined CPEC without Iran.",
    "Iran reportedly joined CPEC.",
    "China almost joined CPEC.",
    "Neither Pakistan nor China cooperate in mining.",
    "China refused to provide 500 scholarships.",
    "China failed to provide 500 scholarships to Pakistan.",
    "Nobody believes that China provided 500 scholarships.",
    "China has yet to provide 500 scholarships to Pakistan.",
    "It is false that Pakistan and China cooperate in mining.",
    "The claim that Iran is a party to CPEC is baseless.",
)


@pytest.mark.parametrize("sentence", HEDGES)
def test_a_hedge_asserts_no_deed(sentence: str, lexicon: NameLexicon) -> None:
    _, claims, _ = read(sentence, lexicon)
    deeds = {"joined", "signed", "giving", "cooperation", "completed", "postponed"}
    assert not [own for own in claims if own.is_asserted and own.rule in deeds]


def test_what_belongs_to_a_preposition_is_not_the_subject(lexicon: NameLexicon) -> None:
    discourse, claims, _ = read("The meeting on CPEC was postponed.", lexicon)
    changed = [own.object for own in claims if own.predicate == "cpec:statusOf"]
    assert [discourse.find_kind(thing) for thing in changed] == ["Meeting"]


UNSEEN = (
    "Critics doubt that China provided 500 scholarships to Pakistan.",
    "Critics doubt China provided 500 scholarships to Pakistan.",
    "The newspaper retracted its report that China provided 500 scholarships to Pakistan.",
    "The court ruled out that China provided 500 scholarships to Pakistan.",
    "The court held that China provided 500 scholarships to Pakistan.",
    "The ministry dismissed as untrue that China provided 500 scholarships to Pakistan.",
    "It is a myth that China provided 500 scholarships to Pakistan.",
    "It is unclear that China provided 500 scholarships to Pakistan.",
    "It was noticed that China provided 500 scholarships, and Iran has joined CPEC.",
    "Opposition leaders claim China provided 500 scholarships to Pakistan.",
    "The minister dreamed that Pakistan and China signed a memorandum on mining.",
    "Pending approval, China provided 500 scholarships to Pakistan.",
    "Had China provided 500 scholarships to Pakistan, the college would be open.",
    "The college had opened early, had China provided 500 scholarships to Pakistan.",
    "Should China provide 500 scholarships to Pakistan, the college opens.",
    "Were Iran to join CPEC, trade would grow.",
    "When Iran joins CPEC, trade will grow.",
    "After Iran joins CPEC, trade will grow.",
    "China provides 500 scholarships to Pakistan as soon as it is asked.",
    "Suppose the 15th meeting of the JCC was held in Beijing.",
    "China provided $2 billion to Pakistan provided taxes rise.",
    "Under the plan, China provides 500 scholarships to Pakistan.",
    "Under the proposal, China provides 500 scholarships to Pakistan.",
    "In the best case, China provides 500 scholarships to Pakistan.",
    "Next year China provides 500 scholarships to Pakistan.",
    "China provides 500 scholarships to Pakistan in 2030.",
    "By 2030 the ML-1 project is completed.",
    "Barring delays, the ML-1 project is completed in 2030.",
    "The ML-1 project was partly completed.",
    "The ML-1 project was completed in part.",
    "The ML-1 project was completed, minus its tunnels.",
    "The Gwadar port project was completed on paper.",
    "The ML-1 project was inaugurated virtually by mistake.",
    "Work on ML-1 began in the minds of planners.",
    "In principle, Pakistan and China signed a memorandum on mining.",
    "Pakistan and China signed a memorandum on mining, which Beijing calls fiction.",
    "Pakistan and China once cooperated in agriculture.",
    "The 15th meeting of the JCC was held in Islamabad in a novel.",
    "Iran joined CPEC, or so its envoy thinks.",
    "Iran joined CPEC only on paper.",
    "Starting next year, China provides 500 scholarships to Pakistan.",
    "From 2028 China provides 500 scholarships to Pakistan.",
    "In the coming months, China provides 500 scholarships to Pakistan.",
    "China provides 500 scholarships to Pakistan after approval.",
    "Soon Iran joins CPEC.",
    "Iran joined CPEC, but this was denied.",
    "The ML-1 project was completed to some extent.",
    "Pakistan and China provisionally signed a memorandum on mining.",
    "Unlike Iran, Afghanistan joined CPEC.",
    "After Iran, Afghanistan joined CPEC.",
    "Besides Iran, Afghanistan joined CPEC.",
)
"""Sentences that somebody else wrote, and others like them."""


@pytest.mark.parametrize("sentence", UNSEEN)
def test_what_is_doubted_conditional_or_to_come_is_no_deed(
    sentence: str, lexicon: NameLexicon
) -> None:
    _, claims, _ = read(sentence, lexicon)
    deeds = {"joined", "signed", "giving", "cooperation", "completed", "begun", "meeting-held"}
    told = [own for own in claims if own.is_asserted and own.rule in deeds]
    assert [own for own in told if find_modality(own, lexicon) in DEEDS] == []


ASSERTED = (
    "Ahsan Iqbal said that China provided 500 scholarships to Pakistan.",
    "Ahsan Iqbal said China provided 500 scholarships to Pakistan.",
    "Both Pakistan and China provided 500 scholarships to students.",
    "In that year, China provided 500 scholarships to Pakistan.",
    "The plan that was made in May worked, and China provided 500 scholarships to Pakistan.",
    "When China provided 500 scholarships to Pakistan, trade grew.",
    "Under the agreement, China provided 500 scholarships to Pakistan.",
    "A further 500 scholarships were provided to Pakistan.",
    "In 2024 China provided 500 scholarships to Pakistan.",
)


@pytest.mark.parametrize("sentence", ASSERTED)
def test_what_is_told_plainly_stays_a_deed(sentence: str, lexicon: NameLexicon) -> None:
    _, claims, _ = read(sentence, lexicon)
    assert [own for own in claims if own.is_asserted and own.predicate == "cpec:provides"]
