"""The verdicts on the rows of the catalogue: each row in words was read beside its sentences.

A line of verdicts.tsv has a question, a row in words, its verdict (right, misleading, useless) and
a note. The words are the key: a row that says something else needs a verdict of its own.

python -m tests.queries.verdict            lists the rows that are not right, and those without a
                                           verdict, for which it fails
python -m tests.queries.verdict --warn     does not fail
python -m tests.queries.verdict --new      writes the lines of new rows without their verdicts,
                                           with the words of their sentences as their notes
"""

import csv
import json
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple, TextIO

from pyoxigraph import Store

from graph.answering.binding import bind_question, load_questions
from graph.answering.evaluation import run_select
from graph.answering.name import find_names
from graph.build import build
from graph.citing.citation import cite
from graph.citing.index import EvidenceIndex
from graph.curating.master import Inputs
from graph.presenting.row import write_rows

FILE: Final = Path(__file__).parent / "verdicts.tsv"
HEADS: Final = ("question", "row", "verdict", "note")
VERDICTS: Final = ("right", "misleading", "useless")


class Key(NamedTuple):
    """A row of a question: the name of the question, and the row in words."""

    question: str
    row: str


def list_rows(store: Store) -> Iterator[Key]:
    """Yield the rows of all questions with their defaults."""
    names = find_names(store)
    for question in load_questions().values():
        answer = run_select(store, question.text, bind_question(question, {}, names))
        columns = [variable.value for variable in answer.variables]
        for row in write_rows(question, columns, ([*solution] for solution in answer)):
            yield Key(question.name, row)


def read_verdicts(lines: Iterable[str]) -> tuple[dict[Key, str], list[str]]:
    """Return the verdicts by their rows, and what is wrong with the lines, each with its number."""
    verdicts: dict[Key, str] = {}
    faults = []
    for number, cells in enumerate(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE), 1):
        if number == 1 and tuple(cells) == HEADS:
            continue
        if len(cells) != len(HEADS):
            faults.append(f"line {number}: {len(cells)} cells, not {', '.join(HEADS)}")
            continue
        key, verdict = Key(*cells[:2]), cells[2]
        if verdict not in VERDICTS:
            faults.append(
                f"line {number}: the verdict {verdict!r} is none of {', '.join(VERDICTS)}"
            )
        elif verdict != "right" and not cells[3]:
            faults.append(f"line {number}: {verdict} without a note that says why")
        elif key in verdicts:
            faults.append(f"line {number}: a second verdict on this row")
        verdicts[key] = verdict
    return verdicts, faults


def list_unread(rows: Iterable[Key], verdicts: Mapping[Key, str]) -> Iterator[str]:
    """Yield the rows without a verdict."""
    for key in dict.fromkeys(rows):
        if key not in verdicts:
            yield f"no verdict: {key.question}: {key.row}"


def list_remarks(rows: Collection[Key], verdicts: Mapping[Key, str]) -> Iterator[str]:
    """Yield the rows that are not right, and the verdicts on rows that no longer are."""
    for key, verdict in verdicts.items():
        if key not in rows:
            yield f"a verdict on no row: {key.question}: {key.row}"
        elif verdict != "right":
            yield f"{verdict}: {key.question}: {key.row}"


def write_new(store: Store, verdicts: dict[Key, str], out: TextIO) -> None:
    """Write the lines of the rows without a verdict, each with the words of its sources."""
    index, names = EvidenceIndex(store), find_names(store)
    lines = csv.writer(out, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None)
    for question in load_questions().values():
        answer = cite(store, index, question.text, bind_question(question, {}, names))
        rows = write_rows(question, answer.variables, answer.rows)
        for row, citation in zip(rows, answer.citations, strict=True):
            if Key(question.name, row) not in verdicts:
                words = json.loads(citation.json()).get("words", {})
                note = " | ".join(f"{graph[-12:]}: {text}" for graph, text in words.items())
                lines.writerow([question.name, row, "", " ".join(note.split())])


def main(arguments: Sequence[str]) -> int:
    """Carry out the command; return its exit status."""
    with TemporaryDirectory() as folder:
        store = build(Inputs(), Path(folder)).snapshot.load()
        verdicts, faults = read_verdicts(FILE.read_text("utf-8").splitlines())
        if "--new" in arguments:
            write_new(store, verdicts, sys.stdout)
            return 0
        rows = dict.fromkeys(list_rows(store))
    faults = [f"{FILE}: {fault}" for fault in faults] + [*list_unread(rows, verdicts)]
    print("\n".join([*list_remarks(rows, verdicts), *faults]))
    print(f"{len(rows)} rows in words, {len(faults)} faults")
    return 1 if faults and "--warn" not in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
