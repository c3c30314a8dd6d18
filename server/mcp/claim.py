"""Claims: triples, and rows of questions, that a model wants to say; and the verdict on each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Final, TypeAlias

from mcp.server.mcpserver.exceptions import ToolError

from graph.citing.modality import rank_modality
from graph.wording.statement import NONE, UNKNOWN
from ontology.namespace import ID, shorten
from ontology.terms import CPEC
from ontology.vocabulary import MODALITIES
from queries.question import LABEL
from server.mcp.fact import (
    Json,
    Rows,
    Term,
    Wording,
    find_strength,
    list_rows,
    write_fact,
    write_judged,
    write_term,
)

HELD: Final = "held"
HELD_MORE_WEAKLY: Final = "held more weakly"
NOT_ASSERTED: Final = "not asserted"
NOT_SAID: Final = "no source says"
NO_ROW: Final = "no such row"
UNCITED: Final = "no source is known"
UNKNOWN_NAME: Final = "unknown name"
NOT_JUDGED: Final = "not judged"

VERDICTS: Final = {
    HELD: "the sources hold what `judged` says, at least as strongly as the claim: say `judged`",
    HELD_MORE_WEAKLY: "the sources hold it more weakly: say `judged`, with its own modality",
    NOT_ASSERTED: "a source speaks of it without asserting it: say `judged`, never as a fact",
    NOT_SAID: "no source says so: do not say it; `instead` is what sources do say",
    NO_ROW: "the answer has no such row, which denies nothing: do not say it",
    UNCITED: "it is in the graph, but no source of it is known: do not say it",
    UNKNOWN_NAME: "a term has no such name in the graph",
    NOT_JUDGED: "the claim was refused: correct it as the reason says, and do not say it before",
}
"""The verdicts, strongest first."""

OWN_LENGTH: Final = 200
"""The characters of a text of a claim that its verdict repeats."""

ALONE: Final = "it rests on the vocabulary alone"

UNASSERTED: Final = frozenset({"Denied", "Proposed", "Requested", "Conditional"})
"""A question that means one of these modalities shows statements that no source asserts."""


@dataclass(frozen=True)
class TripleClaim:
    """A triple to verify: names (`Pakistan`, `id:Pakistan`) or IRIs, and a literal as in Turtle.

    `modality` is how strongly the triple is to be said: Background, Reported, Ongoing, Tasked, Aim
    or Assessed. It is judged only if it is given. `text` is your own sentence: it is not judged.
    """

    subject: str
    property: str
    object: str
    modality: str = ""
    text: str = ""


@dataclass(frozen=True)
class RowClaim:
    """A row to verify: some of its columns, as the answer to a question of the catalogue has them.

    `modality` and `text` are those of a triple.
    """

    row: dict[str, str]
    question: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    modality: str = ""
    text: str = ""


Claim: TypeAlias = TripleClaim | RowClaim

REMARKS: Final = ("contested", "unasserted", "statuses")
"""The members of an explanation that qualify its triple."""


def judge_modality(strongest: str, claimed: str) -> str:
    """Return the verdict on a statement that holds with a modality, an IRI.

    Nothing without a known modality is as strong as a claim that has one.

    >>> judge_modality(CPEC + "Aim", "Reported"), judge_modality(CPEC + "Aim", "Assessed")
    ('held more weakly', 'held')
    >>> judge_modality(NONE, ""), judge_modality(NONE, "Assessed")
    ('held', 'held more weakly')
    """
    is_ranked = strongest not in {NONE, UNKNOWN}
    if not claimed or (is_ranked and rank_modality(strongest) <= rank_modality(CPEC + claimed)):
        return HELD
    return HELD_MORE_WEAKLY


def check_modality(claimed: str) -> None:
    """Raise ToolError unless a claimed modality is "" or the local name of one."""
    if claimed and claimed not in MODALITIES:
        raise ToolError(f"the modality {claimed[:80]!r} is not one of {', '.join(MODALITIES)}")


def match_row(claim: Mapping[str, str], row: Mapping[str, Term]) -> bool:
    """Return whether a row has every column of a claim: as an IRI, a name, a label or a literal."""
    return all(match_column(row, name, text) for name, text in claim.items())


def match_column(row: Mapping[str, Term], name: str, text: str) -> bool:
    """Return whether a text names the term in a column of a row."""
    return name in row and text in list_spellings(row[name], row.get(name + LABEL))


def list_spellings(term: Term, label: Term | None) -> set[str]:
    """Return the texts that name a term of a row."""
    value = str(term["value"])
    spellings = {value, write_term(term)} | ({str(label["value"])} if label else set())
    if term["type"] == "uri":
        spellings |= {value.removeprefix(ID).removeprefix(CPEC), f"<{value}>", shorten(value)}
    return spellings


def explain_mismatch(claim: Mapping[str, str], rows: Rows) -> str:
    """Return why no row has all columns of a claim: the value that none has, if there is one."""
    for name, text in claim.items():
        if not any(match_column(row, name, text) for row in rows):
            return f"no row of the answer has {text[:80]!r} in the column {name}"
    return "the answer has these values, but in no one row"


def rank_citation(citation: Json) -> tuple[bool, int]:
    """Return the rank of a row among those with the columns of a claim, the least for the best."""
    return citation["status"] != "cited", rank_modality(find_strength(citation))


def judge_row(
    claim: Claim, statement: str, answer: Json, wording: Wording, remarks: Sequence[str] = ()
) -> Json:
    """Return the verdict on a claim that is the one row of an answer, worded by its statement."""
    (row,), (citation,), sources = list_rows(answer), answer["citations"], answer["sources"]
    if citation["status"] != "cited" or not any(
        (*citation.get("proofs", ()), citation.get("basis"))
    ):
        return write_verdict(UNCITED, claim, reason=citation.get("reason", ALONE))
    judged = write_judged(statement, citation, remarks)
    verdict = judge_modality(find_strength(citation), claim.modality)
    fact = write_fact(statement, row, citation, sources, wording)
    return write_verdict(verdict, claim, judged=judged, fact=fact)


def list_remarks(why: Json) -> list[str]:
    """Return the remarks on an explained triple: statuses, who denies it, values of others."""
    return [
        *(status["words"] for status in why["statuses"]),
        *(f"but {own['modality']['name']} by {own['speaker']['en']}" for own in why["unasserted"]),
        *(f"another source has {rival['words']}" for rival in why["contested"]),
    ]


def cut_text(value: str | Mapping[str, str]) -> str | dict[str, str]:
    """Return a text of a claim, or texts by name, each cut to OWN_LENGTH."""
    if isinstance(value, str):
        return value[:OWN_LENGTH]
    return {name[:OWN_LENGTH]: text[:OWN_LENGTH] for name, text in value.items()}


def write_verdict(verdict: str, claim: Claim, **details: object) -> Json:
    """Return the verdict on a claim, with its meaning, its details, and the claim as it was given.

    The claim is marked as the caller's: nothing in it is our word.
    """
    given = {name: cut_text(value) for name, value in asdict(claim).items() if value}
    return {"verdict": verdict, "meaning": VERDICTS[verdict], **details, "callersOwn": given}
