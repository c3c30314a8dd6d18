"""The closure on a cluster: the rules of the kernel as rows of tables, which facts are joined with.

Facts are rows of three terms as N-Triples write them. Rounds are semi-naive; each is written to
Parquet and read back, so that its plan stays as small as that of the first one.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import TYPE_CHECKING, Final, TypeAlias

from pyoxigraph import NamedNode

from graph.errors import ClusterError

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

    from graph.reasoning.kernel import Kernel
    from graph.reasoning.rulebook import Fact, Pattern

Row: TypeAlias = tuple[str | None, ...]

PREMISE_ENDS: Final = (("s", "o"), ("s2", "o2"))
"""The columns of the ends of the first and of the second premise."""

FACT_COLUMNS: Final = ["s", "p", "o"]
PARTIAL_PREDICATE: Final = "urn:cpec-graph:partial:"
"""How the predicates begin of what the first premises of a rule of three or more have in common."""

ONE_PREMISE_COLUMNS: Final = (
    "taken string, value string, by string, first string, head string, last string, constant string"
)
TWO_PREMISE_COLUMNS: Final = (
    "taken string, value string, by string, other string, other_value string, other_by string,"
    " first string, head string, last string, constant string"
)
"""The columns of the rules of one premise and of two.

`taken` is the predicate of the premise that is a new fact, `value` its object where that is a
constant, `by` the end at which it meets the other. `first` and `last` are the ends of the
conclusion: an end of a premise, or the constant where null.
"""


class Rounds:
    """The facts of a cluster and what follows from them; `kernel` is that of the ontology."""

    def __init__(self, spark: SparkSession, kernel: Kernel, folder: str) -> None:
        self.spark = spark
        self.kernel = kernel
        self.folder = folder
        given = [self.row(fact) for fact in kernel.given]
        self.given = spark.createDataFrame(given, "s string, p string, o string")
        ones: list[Row] = []
        twos: list[Row] = []
        for number, rule in enumerate(kernel.tbox.rulebook.rules):
            if rule.head is not None and len(rule.body) == 1:
                taken = self.taken(rule.body[0], frozenset())
                ones.append((*taken, *self.concluded(rule.body, rule.head)))
            elif rule.head is not None:
                twos += self.pairwise(number, rule.body, rule.head)
        self.ones = spark.createDataFrame(ones, ONE_PREMISE_COLUMNS)
        self.twos = spark.createDataFrame(twos, TWO_PREMISE_COLUMNS)

    def close(self, stated: DataFrame) -> DataFrame:
        """Return what follows from stated facts and the ontology, and is neither."""
        known = self.written(stated.union(self.given).distinct(), 0)
        new, inferred, number = known, known.limit(0), 0
        while not new.isEmpty():
            number += 1
            found = self.by_one(new).union(self.by_two(new, known))
            fresh = (
                found.where("s not like '\"%'").distinct().join(known, FACT_COLUMNS, "left_anti")
            )
            new = self.written(fresh, number)
            known, inferred = known.union(new), inferred.union(new)
        return inferred.where(f"p not like '<{PARTIAL_PREDICATE}%'")

    def written(self, facts: DataFrame, number: int) -> DataFrame:
        """Return the facts of a round as they stand in files."""
        path = f"{self.folder}/round-{number}"
        facts.write.parquet(path)
        return self.spark.read.parquet(path)

    def by_one(self, new: DataFrame) -> DataFrame:
        """Return what the rules of one premise conclude from new facts."""
        from pyspark.sql.functions import broadcast  # noqa: PLC0415 - needs Spark

        rules = self.ones
        takes = (new.p == rules.taken) & (rules.value.isNull() | (new.o == rules.value))
        return select_conclusions(new.join(broadcast(rules), takes))

    def by_two(self, new: DataFrame, known: DataFrame) -> DataFrame:
        """Return what the rules of two premises conclude from new facts and known ones."""
        from pyspark.sql.functions import broadcast, col, when  # noqa: PLC0415 - needs Spark

        rules = self.twos
        takes = (new.p == rules.taken) & (rules.value.isNull() | (new.o == rules.value))
        left = new.join(broadcast(rules), takes).withColumn(
            "met", when(rules.by == "s", col("s")).otherwise(col("o"))
        )
        ends = rules.select("other", "other_by").distinct()
        right = known.toDF("s2", "p2", "o2").join(broadcast(ends), col("p2") == col("other"))
        right = right.select(
            "s2",
            "o2",
            col("other").alias("p2"),
            col("other_by").alias("by2"),
            when(col("other_by") == "s", col("s2")).otherwise(col("o2")).alias("met2"),
        )
        meets = (
            (col("met") == col("met2"))
            & (col("other") == col("p2"))
            & (col("other_by") == col("by2"))
            & (col("other_value").isNull() | (col("other_value") == col("o2")))
        )
        return select_conclusions(left.join(right, meets))

    def pairwise(self, number: int, premises: Sequence[Pattern], head: Pattern) -> list[Row]:
        """Return a rule of several premises as rules of two, each premise being new in one of them.

        What the first two have in common with the others is a fact of a predicate of its own.
        """
        body, found = list(premises), []
        while len(body) > 2:
            others = {end for pattern in (head, *body[2:]) for end in pattern[::2]}
            kept = [end for end in list_variables(body[:2]) if end in others]
            name = NamedNode(f"{PARTIAL_PREDICATE}{number}-{len(body)}")
            partial = (kept[0], self.kernel.lexicon.number(name), kept[-1])
            found += self.both(body[:2], partial)
            body[:2] = [partial]
        return found + self.both(body, head)

    def both(self, body: Sequence[Pattern], head: Pattern) -> list[Row]:
        """Return a rule of two premises twice, each of them being the new fact once."""
        met = set(list_variables(body[:1])) & set(list_variables(body[1:]))
        if len(met) != 1:
            raise ClusterError(f"premises that meet at {len(met)} ends: build on one machine")
        return [
            (*self.taken(one, met), *self.taken(other, met), *self.concluded((one, other), head))
            for one, other in (body, body[::-1])
        ]

    def taken(self, pattern: Pattern, met: Set[str]) -> Row:
        """Return the predicate of a premise, its object if a constant, and where it meets."""
        value = self.term(pattern[2]) if isinstance(pattern[2], int) else None
        return self.term(pattern[1]), value, "s" if pattern[0] in met else "o"

    def concluded(self, body: Sequence[Pattern], head: Pattern) -> Row:
        """Return the ends of a conclusion, its predicate, and the constant that it has."""
        places: dict[int | str, str] = {}
        for pattern, names in zip(body, PREMISE_ENDS, strict=False):
            places |= zip(pattern[::2], names, strict=True)
        first, last = (places[end] if isinstance(end, str) else None for end in head[::2])
        constant = next((self.term(end) for end in head[::2] if isinstance(end, int)), None)
        return first, self.term(head[1]), last, constant

    def term(self, number: int) -> str:
        """Return the term of a number as N-Triples write it."""
        return str(self.kernel.lexicon.term(number))

    def row(self, fact: Fact) -> tuple[str, ...]:
        """Return a fact as a row."""
        return tuple(map(self.term, fact))


def list_variables(body: Sequence[Pattern]) -> list[str]:
    """Return the variables of some premises, each once."""
    ends = (end for pattern in body for end in pattern[::2])
    return list(dict.fromkeys(end for end in ends if isinstance(end, str)))


def select_conclusions(matched: DataFrame) -> DataFrame:
    """Return what rules conclude, from rows of their premises and the ends that they name."""
    from pyspark.sql.functions import col  # noqa: PLC0415 - needs Spark

    ends = [name for pair in PREMISE_ENDS for name in pair if name in matched.columns]
    first, last = choose_end("first", ends).alias("s"), choose_end("last", ends).alias("o")
    return matched.select(first, col("head").alias("p"), last)


def choose_end(name: str, ends: Sequence[str]) -> Column:
    """Return the end of a premise that a column of a rule names, or else the constant."""
    from pyspark.sql.functions import coalesce, col, when  # noqa: PLC0415 - needs Spark

    return coalesce(*(when(col(name) == end, col(end)) for end in ends), col("constant"))
