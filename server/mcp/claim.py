"""Claims: triples and rows that a model wants to say, and the verdict on each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from graph.citing.modality import rank_modality
from ontology.namespace import ID, shorten
from ontology.terms import CPEC
from ontology.vocabulary import MODALITIES
from queries.question import LABEL
from server.mcp.fact import Json, Term, write_term

HELD: Final = "held"
HELD_MORE_WEAKLY: Final = "held more weakly"
NOT_SAID: Final = "no source says"
UNCITED: Final = "no source is known"
UNKNOWN_NAME: Final = "unknown name"
NOT_JUDGED: Final = "not judged"

VERDICTS: Final = {
    HELD: "a source says so, at least as strongly as the claim",
    HELD_MORE_WEAKLY: "a source says so, but more weakly: say it with its own modality",
    NOT_SAID: "no source says so: do not say it; `instead` is what sources do say",
    UNCITED: "the row is in the answer, but no source of it is known: do not say it as cited",
    UNKNOWN_NAME: "a term has no such name in the graph",
    NOT_JUDGED: "the claim was refused: correct it as the reason says, and do not say it before",
}
"""The verdicts, strongest first."""


@dataclass(frozen=True)
class TripleClaim:
    """A triple to verify: names (`Pakistan`, `id:Pakistan`) or IRIs, and a literal as in Turtle.

    `modality` is how strongly the triple is to be said: Background, Reported, Ongoing, Tasked, Aim
    or Assessed. It is judged only if it is given.
    """

    subject: str
    property: str
    object: str
    modality: str = ""


@dataclass(frozen=True)
class RowClaim:
    """A row to verify: some of its columns, as the answer to a query or question has them."""

    row: dict[str, str]
    query: str = ""
    question: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    modality: str = ""


Claim: TypeAlias = TripleClaim | RowClaim


def judge_modality(strongest: str, claimed: str) -> str:
    """Return the verdict on a statement that holds with a modality, an IRI.

    >>> judge_modality(CPEC + "Aim", "Reported"), judge_modality(CPEC + "Aim", "Assessed")
    ('held more weakly', 'held')
    """
    if not claimed or rank_modality(strongest) <= rank_modality(CPEC + claimed):
        return HELD
    return HELD_MORE_WEAKLY


def check_modality(claimed: str) -> str:
    """Return the local name of a claimed modality, "" for none; raises ValueError."""
    if claimed and claimed not in MODALITIES:
        raise ValueError(f"the modality {claimed!r} is not one of {', '.join(MODALITIES)}")
    return claimed


def match_row(claim: Mapping[str, str], row: Mapping[str, Term]) -> bool:
    """Return whether a row has every column of a claim: as an IRI, a name, a label or a literal."""
    return all(
        name in row and text in list_spellings(row[name], row.get(name + LABEL))
        for name, text in claim.items()
    )


def list_spellings(term: Term, label: Term | None) -> set[str]:
    """Return the texts that name a term of a row."""
    value = str(term["value"])
    spellings = {value, write_term(term)} | ({str(label["value"])} if label else set())
    if term["type"] == "uri":
        spellings |= {value.removeprefix(ID).removeprefix(CPEC), f"<{value}>", shorten(value)}
    return spellings


def write_verdict(verdict: str, claim: Json, **details: object) -> Json:
    """Return the verdict on a claim, with its meaning and its details."""
    return {"claim": claim, "verdict": verdict, "meaning": VERDICTS[verdict], **details}
