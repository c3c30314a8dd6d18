"""The knowledge graph in Python, without a server: opened, asked, cited and explained.

    >>> graph = open_graph()
    >>> table = graph.cite("SELECT ?area { id:HEC cpec:taskedInArea ?area }")

docs/python.md shows the rest.
"""

from __future__ import annotations

import csv
import warnings
from collections.abc import Iterable
from functools import cached_property
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import Store

from graph.answering.evaluation import UNBOUNDED, Query, choose_dataset, evaluate
from graph.answering.format import RESULTS
from graph.answering.reifier import copy_reified
from graph.citing.citation import cite
from graph.citing.index import EvidenceIndex
from graph.current_snapshot import choose_snapshot
from graph.dataset import missing_graphs
from graph.explaining.spreadsheet import BOOLEAN, write_spreadsheet
from graph.explaining.why import explain_triple, explanation_json
from graph.sparql.guard import Limits, check_query
from graph.wording.spelling import read_triple

if TYPE_CHECKING:
    import pandas as pd

CSV = RESULTS["csv"]

LIMITS: Final = Limits(query_bytes=UNBOUNDED, services=UNBOUNDED)
"""The guard's limits of nesting and operators: beyond them pyoxigraph may crash this process."""


def open_graph(builds: Path | None = None, data: Path | None = None) -> KnowledgeGraph:
    """Return the graph of a folder of data, or of the packaged data, in memory.

    Its snapshot is in a folder of builds, or in the user's cache. If it is missing, or the data are
    newer, it is built first, which takes some seconds. Raises OtherDataError if the folder has a
    snapshot of other data, and DataError.
    """
    return KnowledgeGraph(choose_snapshot(builds, data, lambda _: None).load())


class KnowledgeGraph:
    """A graph with its evidence: its triples, and the sentences that state them."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @cached_property
    def index(self) -> EvidenceIndex:
        """The index for citing and explaining, made at its first use."""
        return EvidenceIndex(self.store)

    def ask(self, text: str) -> Table:
        """Return the answer to a SPARQL query whose answer is rows, or yes or no.

        Raises QuerySyntaxError, LimitError for a text that could crash pyoxigraph, and
        UnwritableError if the answer is a graph.
        """
        check_query(text, LIMITS)
        answer = evaluate(copy_reified(self.store, text), Query(text, CSV, None))
        self.warn(answer.missing)
        body = answer.body.decode()
        return Table(f"{BOOLEAN}\r\n{body}" if body in {"true", "false"} else body)

    def cite(self, text: str) -> Table:
        """Return the answer to a SPARQL query with the columns of a cited table.

        A graph is answered with its triples as rows. Raises QuerySyntaxError and LimitError.
        """
        check_query(text, LIMITS)
        store = copy_reified(self.store, text)
        answer = cite(store, self.index, text)
        self.warn(missing_graphs(store, choose_dataset(Query(text))))
        return Table(write_spreadsheet(answer, CSV, UNBOUNDED).decode())

    def explain(self, subject: str, predicate: str, value: str) -> dict[str, Any]:
        """Return why a triple holds, as explanation.schema.json has it.

        Its terms are names (`Pakistan`), prefixed names or IRIs, the last one a literal as well.
        Raises NotInGraphError, UnknownNameError and ParameterError.
        """
        triple = read_triple(self.index.kernel, subject, predicate, value)
        return explanation_json(explain_triple(self.store, self.index, triple), self.index)

    def warn(self, missing: Iterable[str]) -> None:
        """Warn of each missing graph that a query names in FROM."""
        for name in missing:
            warnings.warn(f"there is no graph <{name}>", stacklevel=3)


class Table(list[dict[str, str]]):
    """The rows of an answer, each a dictionary of texts by column; SPARQL 1.1 writes them as CSV.

    An unbound variable is an empty text.
    """

    def __init__(self, text: str) -> None:
        reader = csv.DictReader(StringIO(text, newline=""))
        super().__init__(reader)
        self.columns = list(reader.fieldnames or ())
        self.text = text

    def frame(self) -> pd.DataFrame:
        """Return the table as a frame of pandas, which must be installed; it converts numbers."""
        import pandas as pd  # noqa: PLC0415 - an optional dependency

        return pd.read_csv(StringIO(self.text), keep_default_na=False, na_values=[""])
