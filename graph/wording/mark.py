"""The marks of a citation as people read it: a number for each sentence and background source.

Our own names, types and bookkeeping share one dagger.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from graph.wording.statement import NONE, WORDS, write_modality
from ontology.namespace import BACKGROUND

DAGGER: Final = "†"
OWN: Final = "our own names, types and bookkeeping"
"""The words beside the dagger in the list of sources."""

VOCABULARY: Final = "the vocabulary"
UNDATED: Final = "partly on background without a day"

Marks: TypeAlias = Mapping[str, str]
"""The mark of each source: its number, or the dagger."""


class Segment(NamedTuple):
    """A piece of a citation: a mark, or words between marks."""

    text: str
    is_mark: bool = False


def number_sources(sources: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return the mark of each source in the JSON of an answer or an explanation.

    >>> number_sources({"a/s1": {"article": "a"}, "graph/editorial": {}, "a/s2": {"article": "a"}})
    {'a/s1': '1', 'graph/editorial': '†', 'a/s2': '2'}
    """
    cited = [graph for graph, source in sources.items() if not is_own_graph(source, graph)]
    numbers = {graph: str(number) for number, graph in enumerate(cited, 1)}
    return {graph: numbers.get(graph, DAGGER) for graph in sources}


def mark_citation(citation: Mapping[str, Any], marks: Marks) -> list[Segment]:
    """Return a citation, given as JSON, in marks and words: stated by [1] to [5]."""
    pieces: list[Segment] = []
    proofs: Sequence[Sequence[str]] = citation.get("proofs") or ()
    stated = citation.get("stated") or 0
    if citation.get("basis") is not None:
        pieces.append(Segment("counted from "))
        pieces += mark_proofs([[graph] for graph in citation["basis"]], marks)
    if stated > 1:
        pieces.append(Segment("stated by "))
        pieces += mark_proofs(proofs[:stated], marks)
    elif stated:
        pieces += mark_graphs(proofs[0], marks)
    for place, proof in enumerate(proofs[stated:]):
        if place:
            pieces.append(Segment(" or "))
        elif stated:
            pieces.append(Segment("; follows from "))
        pieces += mark_graphs(proof, marks)
    if citation.get("more"):
        pieces.append(Segment(" or others"))
    if citation.get("reason"):
        pieces += mark_graphs(citation["graphs"], marks) if citation["graphs"] else []
        pieces.append(Segment(f"{' ' if pieces else ''}{citation['status']}: {citation['reason']}"))
    if citation.get("undated"):
        pieces.append(Segment(f"; {UNDATED}"))
    return pieces


def list_modalities(citation: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the different modalities of a row's proofs or members, none if they say nothing."""
    modalities = citation.get("modalities") or ()
    different = [own for place, own in enumerate(modalities) if own not in modalities[:place]]
    return different if any(write_modality(own) != WORDS[NONE] for own in different) else []


def name_modalities(citation: Mapping[str, Any]) -> str:
    """Return the modalities of a row's proofs or members in words, "" if none has one.

    Each has who says so, and what has ended.

    >>> name_modalities({"modalities": [{"iri": "x:Reported", "name": "reported"}]})
    'reported'
    >>> name_modalities({"basis": [], "modalities": [{"name": "no modality", "members": 2}]})
    ''
    """
    modalities = list_modalities(citation)
    if citation.get("basis") is not None:
        return ", ".join(f"{own['members']} {write_modality(own)}" for own in modalities)
    return " or ".join(map(write_modality, modalities))


def mark_graphs(graphs: Sequence[str], marks: Marks) -> Iterator[Segment]:
    """Yield the marks of the graphs of one proof: numbers first, then at most one dagger."""
    own = {marks[graph] for graph in graphs if graph in marks}
    if not own:
        yield Segment(VOCABULARY)
    for mark in sorted(own - {DAGGER}, key=int):
        yield Segment(mark, is_mark=True)
    if DAGGER in own:
        yield Segment(DAGGER, is_mark=True)


def mark_proofs(proofs: Sequence[Sequence[str]], marks: Marks) -> Iterator[Segment]:
    """Yield the marks of several proofs, consecutive numbers as a range.

    One dagger at the end marks all proofs that need a graph of ours too.
    """
    marked = list(dict.fromkeys(tuple(mark_graphs(proof, marks)) for proof in proofs))
    dagger = Segment(DAGGER, is_mark=True)
    # two proofs that differ in our own graphs alone have one number
    numbered = dict.fromkeys(tuple(p for p in pieces if p != dagger) for pieces in marked)
    parts = sorted(filter(None, numbered), key=lambda pieces: (len(pieces), read_numbers(pieces)))
    # sorted and distinct: where the last is as far from the first as it has places, none is missing
    if len(parts) > 2 and is_range(parts):
        first, last = parts[0], parts[-1]
        parts = [(*first, Segment(" to "), *last)]
    for place, pieces in enumerate(parts):
        if place:
            yield Segment(" and " if place == len(parts) - 1 else ", ")
        yield from pieces
    if any(dagger in pieces for pieces in marked):
        yield dagger


def read_numbers(pieces: Iterable[Segment]) -> list[int]:
    """Return the numbers among some marks."""
    return [int(piece.text) for piece in pieces if piece.text.isdecimal()]


def is_range(several: Sequence[tuple[Segment, ...]]) -> bool:
    """Return whether some marks are single numbers without a gap."""
    first, last = read_numbers(several[0]), read_numbers(several[-1])
    return len(several[-1]) == 1 and last[0] - first[0] == len(several) - 1


def join_segments(pieces: Iterable[Segment]) -> str:
    """Return a citation as text: [1][3]† or [2]."""
    return "".join(
        f"[{piece.text}]" if piece.is_mark and piece.text != DAGGER else piece.text
        for piece in pieces
    )


def is_own_graph(source: Mapping[str, str], graph: str) -> bool:
    """Whether a graph holds our own names, types and bookkeeping: no article or background."""
    return "article" not in source and not graph.startswith(BACKGROUND)
