"""The table of the throughput: a server that does not answer a question has no figure there."""

from statistics import harmonic_mean

from bench.server import DISK, KEPT, MEMORY, OURS, PYTHON
from bench.throughput import means, row

FIGURES = {OURS: 2000.0, KEPT: 6000.0, MEMORY: 3000.0, DISK: 4000.0, PYTHON: 100.0}


def test_a_question_that_a_server_refuses_has_a_dash() -> None:
    line = row("asked", FIGURES, "2")
    assert line == (
        "| asked | 2,000.0 | 6,000.0 | 3,000.0 | 4,000.0 | - | 100.0 | 0.50 | 20.00 | 2.00 | 2 |"
    )
    assert row("", {OURS: 1.0}, "").endswith("| - | - | - |  |")


def test_a_mean_covers_the_questions_that_a_server_answers() -> None:
    figures = means(harmonic_mean, [{OURS: 1.0, DISK: 5.0}, {OURS: 1.0}])
    assert figures == {OURS: 1.0, DISK: 5.0}
