"""The judgement of explanations of empty answers, by the files of this folder.

python -m tests.graph.emptiness.judgement    prints how many culprits are named, and all others
"""

import csv
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from pyoxigraph import Literal, NamedNode, Store
from tabulate import tabulate

from graph.answering.binding import bind_question, find_question
from graph.answering.evaluation import query_store
from graph.answering.name import expand_name, find_names
from graph.build import build
from graph.citing.index import EvidenceIndex
from graph.curating.master import Inputs
from graph.emptiness.cause import Emptiness
from graph.emptiness.explanation import ExcludedSources, explain_emptiness
from graph.excluding.exclusion import Exclusion
from server.command.current_snapshot import exclude_sources

FOLDER: Final = Path(__file__).parent

KINDS: Final[Mapping[str, frozenset[str]]] = {
    "term": frozenset({"unknown"}),
    "direction": frozenset({"direction", "reversed"}),
    "tag": frozenset({"tag"}),
    "class": frozenset({"class", "misfit"}),
    "excluded": frozenset({"excluded"}),
    "aim": frozenset({"weaker"}),
}
"""The kinds of causes that name the culprit of a mutation."""


class Mutation(NamedTuple):
    """A row of mutations.tsv."""

    mutation: str
    question: str
    values: str
    without: str
    written: str
    as_: str
    culprit: str
    near: str

    @property
    def text(self) -> str:
        """The mutated query."""
        head, where, rest = find_question(self.question).text.partition("WHERE {")
        return head + (where + rest).replace(self.written, self.as_, 1)

    def is_named_by(self, emptiness: Emptiness) -> bool:
        """Return whether a cause of the right kind names the culprit."""
        own = (cause for cause in emptiness.causes if cause.kind in KINDS[self.mutation])
        named = self.culprit.strip().rpartition(":")[2]
        return any(named in json.dumps(cause.to_json(), ensure_ascii=False) for cause in own)

    def is_near(self, emptiness: Emptiness) -> bool:
        """Return whether a cause has the name that was meant."""
        return any(cause.near == expand_name(self.near.strip()) for cause in emptiness.causes)


class Judge:
    """Explains the empty answers of a dataset; datasets without a source are made once."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.names = find_names(store)
        self.without: dict[str, Store] = {"": store}
        self.indexes: dict[str, EvidenceIndex] = {}

    def open(self, without: str) -> tuple[Store, EvidenceIndex]:
        """Return the dataset without a source, with its index."""
        if without not in self.without:
            own = Store()
            own.extend(self.store)
            exclude_sources(own, Exclusion((without,)))
            self.without[without] = own
        if without not in self.indexes:
            self.indexes[without] = EvidenceIndex(self.without[without])
        return self.without[without], self.indexes[without]

    def bind(self, question: str, values: str) -> dict[str, NamedNode | Literal]:
        """Return the terms of the parameters of a question."""
        pairs = dict(pair.split("=") for pair in values.split())
        return bind_question(find_question(question), pairs, self.names)

    def is_empty(self, mutation: Mutation) -> bool:
        """Return whether a mutated question has no row."""
        store, _ = self.open(mutation.without)
        terms = self.bind(mutation.question, mutation.values)
        return not list(query_store(store, mutation.text, terms))  # type: ignore[arg-type]

    def explain(
        self, text: str, question: str = "", values: str = "", without: str = ""
    ) -> Emptiness:
        """Return the causes of the empty answer to a query, with the values of a question."""
        store, index = self.open(without)
        terms = self.bind(question, values) if question else None
        excluded = ExcludedSources(Exclusion((without,)), lambda: nullcontext(self.store))
        query = (text, terms, None, None)
        return explain_emptiness(
            store, query, index, seconds=60, excluded=excluded if without else None
        )

    def explain_mutation(self, mutation: Mutation) -> Emptiness:
        """Return the causes of the empty answer to a mutated question."""
        return self.explain(mutation.text, *mutation[1:4])


def read_mutations() -> list[Mutation]:
    """Return the rows of mutations.tsv."""
    lines = (FOLDER / "mutations.tsv").read_text("utf-8").splitlines()[1:]
    return [Mutation(*line.split("\t")) for line in lines]


def read_absences() -> Iterator[tuple[str, str, str]]:
    """Yield text, question and values of each query that makes no mistake."""
    for paragraph in (FOLDER / "absences.rq").read_text("utf-8").split("\n\n")[1:]:
        yield paragraph.strip(), "", ""
    with (FOLDER / "absent-answers.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            yield find_question(row["question"]).text, row["question"], row["values"]


def print_figures(judge: Judge) -> None:
    """Print the share of culprits named, and each mutation and absence that is judged wrongly."""
    total: Counter[str] = Counter()
    named: Counter[str] = Counter()
    for mutation in read_mutations():
        emptiness = judge.explain_mutation(mutation)
        total[mutation.mutation] += 1
        named[mutation.mutation] += mutation.is_named_by(emptiness)
        if not mutation.is_named_by(emptiness):
            print(f"not named: {mutation}: {emptiness.words}")
        if mutation.near and not mutation.is_near(emptiness):
            print(f"another name than {mutation.near} is near: {emptiness.words}")
    absences = list(read_absences())
    wrong = [(absence, judge.explain(*absence)) for absence in absences]
    for absence, emptiness in wrong:
        if any(cause.is_mistake for cause in emptiness.causes):
            print(f"called a mistake: {absence[0]}: {emptiness.words}")
    mistakes = sum(any(c.is_mistake for c in emptiness.causes) for _, emptiness in wrong)
    rows = [(kind, named[kind], total[kind]) for kind in total]
    print(tabulate([*rows, ("all", named.total(), total.total())], ("mutation", "named", "of")))
    print(f"{mistakes} of {len(absences)} true absences are called a mistake")


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        snapshot = build(Inputs(), Path(folder), archive=Path(folder) / "no-archive").snapshot
        print_figures(Judge(snapshot.load()))
