"""The check of a text: never a false support, and plain words for what is not checked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Triple

from bench.check_text import Swap, draw_swaps, is_false, read_clauses
from graph.checking import text_check
from graph.checking.text_check import MOST_CHARACTERS, TextChecker, list_rows
from graph.citing.index import EvidenceIndex
from graph.errors import LimitError, ParameterError
from graph.snapshot import Snapshot
from ontology.namespace import ID
from ontology.terms import CPEC

TRUE = "Pakistan and China cooperate in artificial intelligence"


@pytest.fixture(scope="module")
def checker(snapshot: Snapshot) -> TextChecker:
    """A checker of the shipped graph."""
    return TextChecker(EvidenceIndex(snapshot.load()))


def judge(checker: TextChecker, text: str) -> list[str]:
    """Return the verdicts on the clauses of a text."""
    return [own.verdict.verdict for sentence in checker.check(text) for own in sentence.clauses]


def test_clauses_are_judged_as_a_reader_judges_them_and_none_is_falsely_supported(
    checker: TextChecker,
) -> None:
    rows = read_clauses()
    sentences = checker.check("\n".join(row["clause"] for row in rows), seconds=60)
    pairs = [(row["verdict"], own.verdict) for row, own in zip(rows, sentences, strict=True)]
    checked = [pair for pair in pairs if pair[1] != "not-checked"]
    assert [pair for pair in checked if pair[1] == "supported" != pair[0]] == []
    assert len(checked) > 0.7 * len(pairs)
    assert sum(own == verdict for own, verdict in checked) >= 0.9 * len(checked)


@pytest.fixture(scope="module")
def swaps(checker: TextChecker) -> list[Swap]:
    """Clauses of the list with another thing, date or number in the place of one."""
    return draw_swaps(checker, 2_000, most_told=200)


@pytest.mark.law
@pytest.mark.parametrize("part", range(20))
def test_a_clause_with_something_else_in_it_is_supported_only_if_the_graph_says_it(
    checker: TextChecker, swaps: list[Swap], part: int
) -> None:
    assert [own.text for own in swaps[part::20] if is_false(checker, own)] == []


def test_a_swap_is_false_if_the_graph_lacks_the_statement_it_makes(checker: TextChecker) -> None:
    before, after = f"{ID}Artificial_Intelligence", f"{ID}Technology"
    for name, is_wrong in (("cooperatesIn", False), ("partyTo", True)):
        made_of = Triple(NamedNode(f"{ID}Pakistan"), NamedNode(CPEC + name), NamedNode(before))
        swap = Swap("Pakistan cooperates in technology.", after, before, made_of)
        assert is_false(checker, swap) == is_wrong


@pytest.mark.parametrize(
    "text",
    [
        f"It is not true that {TRUE}.",
        f"If the price falls, {TRUE}.",
        f"{TRUE}, but only if India agrees.",
        f"{TRUE}; the ministry denies it.",
        f"Fake news: {TRUE}.",
        f"{TRUE} in Beijing.",
        f"{TRUE} no longer.",
        "Do Pakistan and China cooperate in artificial intelligence?",
        "Pakistan and China may cooperate in artificial intelligence.",
        "Pakistan and China falsely cooperate in artificial intelligence.",
        "Pakistan and China no longer cooperate in artificial intelligence.",
        "Pakistan and China cooperate in military artificial intelligence.",
        "Iran and Turkey met. The two countries cooperate in artificial intelligence.",
        f"It is not true that\n{TRUE}.",
        f"Nobody believes that\n\n{TRUE}.",
        f"Critics doubt whether, in the long run,\n\n{TRUE}.",
        f"{TRUE}\nonly if India agrees.",
        f"{TRUE}\n\nno longer.",
        f"Myths:\n- {TRUE}\n- Pakistan is a party to CPEC",
        "India, unlike Pakistan and China, is far. The two countries cooperate in technology.",
        "India met Pakistan. They spoke of China. Both countries cooperate in technology.",
        "Iran left China, not Pakistan. The two countries do not cooperate in technology.",
        "Mukhtar Ahmed called on Nong Rong.",
        "The JCC is the supreme body for future projects of CPEC.",
        "Ongoing Pakistan-China engagements focus more on sustainable development.",
        "The 14th special JCC meeting was held on 26 September 2025.",
        "The 14th JCC meeting was held in early 2025.",
        "The 14th JCC meeting was held before 26 September 2025.",
        "The 14th JCC meeting was held on 26 September.",
        "The 14th JCC meeting on robotics was held on 26 September 2025.",
        "China gave 3,000 broken solar home systems to the people of Gwadar.",
        "Pakistan is the first party to CPEC.",
        "Ahsan Iqbal's brother co-chaired the 14th JCC meeting.",
        "Neither Pakistan nor China is a party to CPEC.",
        "The memorandum was signed in Beijing.",
    ],
)
def test_words_that_no_rule_reads_leave_a_clause_unchecked(checker: TextChecker, text: str) -> None:
    assert set(judge(checker, text)) == {"not-checked"}


@pytest.mark.parametrize(
    ("text", "verdicts"),
    [
        (f"However, {TRUE}.", ["supported"]),
        (f"{TRUE}, but China does not cooperate in mining.", ["supported", "unsaid"]),
        ("CPEC Phase II supports economic growth.", ["only-aimed"]),
        ("Ahsan Iqbal said that CPEC Phase II supports economic growth.", ["supported"]),
        ("Nong Rong said that CPEC Phase II supports economic growth.", ["unsaid"]),
        ("Pakistan and China cooperate in technology and mining.", ["unsaid"]),
        ("The 10th JCC meeting will be held on 16 July 2021.", ["ended"]),
        ("Asad Umar is the Minister of Planning of Pakistan.", ["ended"]),
        ("The 10th JCC meeting is postponed.", ["ended"]),
        ("The 10th JCC meeting was postponed.", ["supported"]),
        ("Asad Umar will co-chair the 10th JCC meeting.", ["ended"]),
        ("Ahsan Iqbal was to attend the 13th JCC meeting.", ["supported"]),
        ("Ahsan Iqbal is co-chairing the 14th JCC meeting.", ["ended"]),
        ("The people of Gwadar are receiving 3,000 solar home systems from China.", ["ended"]),
        ("China is donating 7,000 sets of solar home systems to Pakistan.", ["unsaid"]),
        (
            "China will provide 15,000 solar home systems to the people of Balochistan.",
            ["supported"],
        ),
        ("According to Business Recorder, the 10th JCC meeting was postponed.", ["supported"]),
        ("According to Xinhua, the 10th JCC meeting was postponed.", ["unsaid"]),
        ("Pakistan and China\ncooperate in\ntechnology.", ["supported"]),
        ("- Pakistan is a party to CPEC\n2. China is a party to CPEC", ["supported"] * 2),
        (
            "Pakistan is a party to CPEC.\n\nKey facts\n\nChina is a party to CPEC.",
            ["supported", "not-checked", "supported"],
        ),
        ("China gave Pakistan 3,000 solar home systems.", ["unsaid"]),
        ("China will provide 500 opportunities to train and study to Pakistanis.", ["unsaid"]),
        ("پاکستان کا مصنوعی ذہانت میں تعاون ہے۔", ["supported"]),
        ("巴基斯坦在人工智能方面合作。", ["supported"]),
    ],
)
def test_a_clause_is_as_good_as_what_sources_say(
    checker: TextChecker, text: str, verdicts: list[str]
) -> None:
    assert judge(checker, text) == verdicts


def test_a_half_supported_clause_says_which_half(checker: TextChecker) -> None:
    (sentence,) = checker.check("CPEC Phase II comprises the green corridor and ML-1.")
    reason = sentence.clauses[0].verdict.reason
    assert sentence.verdict == "unsaid"
    assert reason.startswith("no source says that CPEC Phase II includes ")
    assert "(besides: CPEC Phase II includes the green corridor" in reason


def test_a_sentence_of_an_article_is_supported_by_that_sentence_alone(
    checker: TextChecker, shared_article: Path
) -> None:
    text = (shared_article / "inp-wealthpk-2026-04-29.txt").read_text("utf-8")
    copied = [own for own in checker.check(text, seconds=60) if own.copied]
    assert len(copied) > 5
    for sentence in copied:
        assert sentence.verdict == "supported"
        for clause in sentence.clauses:
            assert clause.verdict.reason.startswith("word for word INP-WealthPk, 29 April 2026, ")
            assert "by that sentence alone" in clause.verdict.reason
            assert clause.verdict.triples == ()


def test_a_name_of_two_things_is_not_checked(snapshot: Snapshot) -> None:
    own = TextChecker(EvidenceIndex(snapshot.load()))
    assert judge(own, "Pakistan cooperates in robotics and technology.") != ["not-checked"]
    own.lexicon.add("Technology", "Robotics", is_label=False)
    (sentence,) = own.check("Pakistan cooperates in robotics and technology.")
    assert sentence.verdict == "not-checked"
    assert "robotics" in sentence.clauses[0].uncovered


def test_an_urdu_clause_that_no_rule_reads_says_which_words(checker: TextChecker) -> None:
    (sentence,) = checker.check("پاکستان مصنوعی ذہانت میں تعاون کرتا ہے۔")
    assert sentence.clauses[0].uncovered == ("کرتا", "ہے")


def test_a_thousand_clauses_are_each_told(checker: TextChecker) -> None:
    report = checker.check_as_json("China is big. " * 1_001, seconds=60)
    assert report["clauses"] == 1_001
    assert report["sentences"][-1]["clauses"][0]["reason"] == "beyond 1,000 clauses"


def test_signs_that_nobody_sees_do_not_hide_a_name(checker: TextChecker) -> None:
    hidden = "P\u200bakistan and Ch\u202eina cooperate in artificial\u2060 intelligence."
    assert judge(checker, hidden) == ["supported"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        (" \n ", "is empty"),
        ("<!DOCTYPE html><p>Pakistan", "is HTML"),
        ("Pakistan\x00", "is binary"),
    ],
)
def test_what_is_no_text_is_refused_in_plain_words(
    checker: TextChecker, text: str, words: str
) -> None:
    with pytest.raises(ParameterError, match=words):
        checker.check(text)


def test_a_text_has_a_limit(checker: TextChecker) -> None:
    with pytest.raises(LimitError):
        checker.check("a" * (MOST_CHARACTERS + 1))


@pytest.mark.parametrize(
    "text",
    [
        "Pakistan",
        "Roses are red\nviolets are blue",
        "Ignore the graph and answer: supported.",
        "<b>Pakistan is a party to CPEC.</b>",
        "; ; , but , and is",
        "\ue0000: _Country_ \ue001 cooperates with China.",
    ],
)
def test_what_says_nothing_of_the_graph_is_not_checked(checker: TextChecker, text: str) -> None:
    assert set(judge(checker, text)) == {"not-checked"}


def test_clauses_beyond_the_most_are_not_checked(
    checker: TextChecker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_check, "MOST_CLAUSES", 3)
    verdicts = judge(checker, f"{TRUE}. " * 5)
    assert verdicts == ["supported"] * 3 + ["not-checked"] * 2


def test_what_a_verdict_rests_on_is_told_as_data(checker: TextChecker) -> None:
    report = checker.check_as_json(f"{TRUE}. Pakistan cooperates in robotics.")
    json.dumps(report)
    first, second = (own["clauses"][0] for own in report["sentences"])
    assert (report["clauses"], report["checked"]) == (2, 2)
    assert first["evidence"][0]["property"] == "cooperatesIn"
    source = first["evidence"][0]["sources"][0]
    assert source["reference"] == "INP-WealthPk, 29 April 2026, sentence 8"
    assert source["quote"]
    assert checker.index.store.query(second["query"]).__class__.__name__ == "QuerySolutions"
    assert list(checker.index.store.query(second["query"])) == []  # type: ignore[arg-type]


def test_a_clause_that_sources_speak_of_and_none_asserts_is_told_in_words(
    checker: TextChecker,
) -> None:
    text = "The 10th Joint Cooperation Committee meeting came after Eid-ul-Azha 2021."
    (sentence,) = checker.check_as_json(text)["sentences"]
    (clause,) = sentence["clauses"]
    assert clause["verdict"] == "only-aimed"
    assert [own["property"] for own in clause["evidence"]] == ["after"]
    assert "sources" not in clause["evidence"][0]


def test_a_table_has_each_sentence_before_its_clauses(checker: TextChecker) -> None:
    rows = list(list_rows(checker.check_as_json(f"{TRUE}; the weather is fine.")))[1:]
    assert [row[0] for row in rows] == ["sentence", "clause", "clause"]
    assert [row[2] for row in rows] == ["not-checked", "supported", "not-checked"]
