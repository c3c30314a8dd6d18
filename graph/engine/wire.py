"""How an error crosses from a child to the server: the name of its class, its text, its facts."""

from __future__ import annotations

from graph import errors
from graph.engine.framing import Header

Scalar = str | int | float | None


def is_fact(value: object) -> bool:
    """Return whether a value is one that may cross: a scalar, or a list of texts."""
    if isinstance(value, list):
        return all(isinstance(one, str) for one in value)
    return isinstance(value, Scalar)


def header_of(error: errors.CpecError) -> Header:
    """Return the header that tells an error."""
    facts = {name: value for name, value in vars(error).items() if is_fact(value)}
    return {"error": type(error).__name__, "text": str(error), "facts": facts}


def error_of(header: Header) -> errors.CpecError | None:
    """Return the error that a header tells, or None where it tells none.

    What the header says is not trusted: the class is one of our tree, its facts are scalars.
    """
    if "error" not in header:
        return None
    kind = getattr(errors, str(header["error"]), None)
    if not (isinstance(kind, type) and issubclass(kind, errors.CpecError)):
        kind = errors.EngineError
    error: errors.CpecError = kind.__new__(kind)
    Exception.__init__(error, str(header.get("text", "")))
    for name, value in dict(header.get("facts", {})).items():
        if name.isidentifier() and not name.startswith("_") and is_fact(value):
            setattr(error, name, value)
    return error
