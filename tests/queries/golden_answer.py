"""The golden answers of the questions of the catalogue, from the shipped graph.

python -m tests.queries.golden_answer    writes the changed answers, and names them
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from pyoxigraph import Store

from graph.answering.binding import bind_question, find_question
from graph.answering.evaluation import Query, evaluate
from graph.answering.format import RESULTS
from graph.answering.name import find_names
from graph.build import build
from graph.curating.master import Inputs
from queries.catalogue import catalogue

FOLDER: Final = Path(__file__).parent / "golden"


def answer(store: Store, name: str, **values: str) -> bytes:
    """Return the answer to a question in TSV."""
    question = find_question(name)
    terms = bind_question(question, values, find_names(store))
    return evaluate(store, Query(question.text, RESULTS["tsv"], None, terms)).body


def write_answers(store: Store) -> list[str]:
    """Write the answers that are not in their files yet; return the names of their questions."""
    changed = []
    for name in catalogue():
        path, body = FOLDER / f"{name}.tsv", answer(store, name)
        if not path.exists() or path.read_bytes() != body:
            path.write_bytes(body)
            changed.append(name)
    return changed


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        print("\n".join(write_answers(build(Inputs(), Path(folder)).snapshot.load())))
