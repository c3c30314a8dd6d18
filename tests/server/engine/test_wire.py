"""Errors that cross from a worker to the server."""

import json

import pytest

from graph import errors
from server.engine.framing import decode_error, encode_error


@pytest.mark.parametrize(
    "error",
    [
        errors.QuerySyntaxError("no query", 3, 4),
        errors.BodySyntaxError("no RDF", 1, None),
        errors.AnswerTooLargeError(16),
        errors.DeadlineError(1.5),
        errors.LimitError("levels", 128, 1, 2),
        errors.OverloadedError("busy", 7),
        errors.UnknownNameError("no such graph"),
    ],
)
def test_an_error_arrives_as_it_was_raised(error: errors.CpecError) -> None:
    arrived = decode_error(json.loads(json.dumps(encode_error(error))))
    assert type(arrived) is type(error)
    assert str(arrived) == str(error)
    assert vars(arrived) == vars(error)


def test_an_answer_is_no_error() -> None:
    assert decode_error({"format": "json"}) is None


@pytest.mark.parametrize("name", ["SystemExit", "Finding", "annotations", "__builtins__", 7])
def test_a_worker_cannot_name_a_class_of_its_choice(name: object) -> None:
    facts = {"__class__": "x", "_private": 1, "line": {"no": "scalar"}, "column": 2}
    arrived = decode_error({"error": name, "text": "x", "facts": facts})
    assert type(arrived) is errors.EngineError
    assert vars(arrived) == {"column": 2}
