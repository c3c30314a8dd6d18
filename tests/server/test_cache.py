"""The answer cache: bounded in bytes."""

from graph.answering.evaluation import Answer
from graph.answering.format import RESULT_FORMATS
from server.cache import OVERHEAD, AnswerCache


def answer(size: int) -> Answer:
    return Answer(b"x" * size, RESULT_FORMATS[0])


def test_what_was_put_is_found_until_others_need_its_place() -> None:
    cache = AnswerCache(4 * (OVERHEAD + 10))
    for name in "abcd":
        cache.put(name, answer(10))
    assert cache.get("a") == answer(10)
    cache.put("e", answer(10))
    assert cache.get("b") is None
    assert cache.get("a") is not None
    assert cache.used == 4 * (OVERHEAD + 10)
    assert (cache.hits, cache.misses) == (2, 1)


def test_an_answer_that_would_fill_the_cache_is_not_kept() -> None:
    cache = AnswerCache(10_000)
    cache.put("large", answer(5000))
    assert cache.get("large") is None
    assert cache.used == 0


def test_the_same_answer_counts_once() -> None:
    cache = AnswerCache(100_000)
    cache.put("a", answer(10))
    cache.put("a", answer(10))
    assert cache.used == OVERHEAD + 10


def test_a_cache_of_nothing_keeps_nothing() -> None:
    cache = AnswerCache(0)
    cache.put("a", answer(0))
    assert cache.get("a") is None
