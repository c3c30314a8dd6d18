"""No absence is said that is false or did not decide, and none is missing, in any spelling."""

import re
from collections import Counter
from collections.abc import Iterable
from random import Random

import pytest

from graph.citing.answer import CitedAnswer
from graph.citing.citation import cite
from graph.citing.index import EvidenceIndex
from graph.dataset import memory_store
from tests.graph.citing.absence_law import Solution, expect_absences
from tests.graph.citing.denying import DenialWriter, make_dataset

QUERIES = 2000
BLOCKS = 20


def check_block(seed: int, queries: int) -> Counter[str]:
    """Put a block of queries to the law; return how many absences each spelling said."""
    said: Counter[str] = Counter()
    for number in range(queries):
        random = Random(seed * 10_000 + number)  # noqa: S311 - not a secret
        quads, spelling = make_dataset(random), DenialWriter(random).write()
        store = memory_store(quads)
        answer = cite(store, EvidenceIndex(store), spelling.query)
        expected = expect_absences(quads, spelling)
        for row, citation in enumerate(answer.citations):
            given = [own for solution, own in expected.items() if gives_row(answer, row, solution)]
            sentences = strip_numbers(citation.absent)
            allowed = [strip_numbers(own.allowed) for own in given]
            required = strip_numbers(s for own in given for s in own.required)
            assert required <= sentences <= set().union(*allowed), (seed, number, spelling)
            assert all(sentences & own for own in allowed if own), (seed, number)
            said[spelling.name] += len(sentences)
    return said


def strip_numbers(sentences: Iterable[str]) -> set[str]:
    """Return sentences without the numbers that keep variables of two groups apart."""
    return {re.sub(r"(\?\w+?)_\d+\b", r"\1", sentence) for sentence in sentences}


def gives_row(answer: CitedAnswer, row: int, solution: Solution) -> bool:
    """Return whether a solution gives a row of an answer."""
    if answer.boolean is not None:
        return True
    names = ("x", "", "y") if answer.constructed else answer.variables
    values = dict(solution[0])
    pairs = zip(names, answer.rows[row], strict=True)
    return all(values[name] == term for name, term in pairs if name in values)


@pytest.mark.long
@pytest.mark.law
@pytest.mark.parametrize("block", range(BLOCKS))
def test_absences_keep_the_law(block: int) -> None:
    said = check_block(block, QUERIES // BLOCKS)
    assert said.total() > QUERIES // BLOCKS // 2


def test_absences_of_a_few_queries_keep_the_law() -> None:
    assert check_block(99, 40).total() > 20
