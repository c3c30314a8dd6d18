"""The encoding of an error that crosses from a child to the server: its class, text and facts."""

from __future__ import annotations

from graph import errors
from graph.engine.framing import Header

Scalar = str | int | float | None


def is_fact(value: object) -> bool:
    """Return whether a value may cross: a scalar, or a list of texts."""
    if isinstance(value, list):
        return all(isinstance(text, str) for text in value)
    return isinstance(value, Scalar)


def encode_error(error: errors.CpecError) -> Header:
    """Return the header of an error."""
    facts = {name: value for name, value in vars(error).items() if is_fact(value)}
    return {"error": type(error).__name__, "text": str(error), "facts": facts}


def decode_error(header: Header) -> errors.CpecError | None:
    """Return the error of a header, or None if it has none.

    A child may be corrupted by a client's text, so its header is not trusted: the class must be in
    our tree of errors, and a fact must be a scalar.
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
