"""The closure on a cluster: Spark joins tables of facts with tables of the kernel's rules.

A fact is a row of three terms in N-Triples syntax. Evaluation is semi-naive: each round joins the
new facts only. A round goes through Parquet, so that Spark's plan does not grow with the rounds.
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
"""The prefix of the predicates of partial matches, of rules with three premises or more."""

ONE_PREMISE_COLUMNS: Final = (
    "taken string, value string, by string, first string, head string, last string, constant string"
)
TWO_PREMISE_COLUMNS: Final = (
    "taken string, value string, by string, other string, other_value string, other_by string,"
    " first string, head string, last string, constant string"
)
"""The columns of the rules of one premise and of two.

`taken` is the predicate of the premise that matches the new fact, `value` its object if that is a
constant, `by` the end that it shares with the other premise. `first` and `last` name the ends of
the conclusion among those of the premises; null is the constant.
"""


class Rounds:
    """The rounds of a closure under the rules of `kernel`; `folder` holds their files."""

    def __init__(self, spark: SparkSession, kernel: Kernel, folder: str) -> None:
        self.spark = spark
        self.kernel = kernel
        self.folder = folder
        given = [self.write_fact(fact) for fact in kernel.tbox.closure]
        self.given = spark.createDataFrame(given, "s string, p string, o string")
        ones: list[Row] = []
        twos: list[Row] = []
        for number, rule in kernel.tbox.rulebook.rules.items():
            if rule.head is not None and len(rule.body) == 1:
                taken = self.write_premise(rule.body[0], frozenset())
                ones.append((*taken, *self.write_head(rule.body, rule.head)))
            elif rule.head is not None:
                twos += self.split_rule(number, rule.body, rule.head)
        self.ones = spark.createDataFrame(ones, ONE_PREMISE_COLUMNS)
        self.twos = spark.createDataFrame(twos, TWO_PREMISE_COLUMNS)

    def close(self, stated: DataFrame) -> DataFrame:
        """Return the facts that follow from the stated facts and the ontology."""
        known = self.write_round(stated.union(self.given).distinct(), 0)
        new, inferred, number = known, known.limit(0), 0
        while not new.isEmpty():
            number += 1
            conclusions = self.apply_single(new).union(self.apply_double(new, known))
            facts = conclusions.where("s not like '\"%'").distinct()
            fresh = facts.join(known, FACT_COLUMNS, "left_anti")
            new = self.write_round(fresh, number)
            known, inferred = known.union(new), inferred.union(new)
        return inferred.where(f"p not like '<{PARTIAL_PREDICATE}%'")

    def write_round(self, facts: DataFrame, number: int) -> DataFrame:
        """Write the facts of a round to Parquet, and return the table of the file."""
        path = f"{self.folder}/round-{number}"
        facts.write.parquet(path)
        return self.spark.read.parquet(path)

    def apply_single(self, new: DataFrame) -> DataFrame:
        """Return the conclusions of the rules of one premise from new facts."""
        from pyspark.sql.functions import broadcast  # noqa: PLC0415 - needs Spark

        rules = self.ones
        takes = (new.p == rules.taken) & (rules.value.isNull() | (new.o == rules.value))
        return select_conclusions(new.join(broadcast(rules), takes))

    def apply_double(self, new: DataFrame, known: DataFrame) -> DataFrame:
        """Return the conclusions of the rules of two premises from new and known facts."""
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

    def split_rule(self, number: int, premises: Sequence[Pattern], head: Pattern) -> list[Row]:
        """Return a rule of several premises as rules of two premises.

        A partial match of the first two premises becomes a fact, whose ends are the variables that
        the other premises or the head need.
        """
        body, rows = list(premises), []
        while len(body) > 2:
            needed = {end for pattern in (head, *body[2:]) for end in pattern[::2]}
            kept = [end for end in list_variables(body[:2]) if end in needed]
            name = NamedNode(f"{PARTIAL_PREDICATE}{number}-{len(body)}")
            partial = (kept[0], self.kernel.lexicon.number(name), kept[-1])
            rows += self.swap_premises(body[:2], partial)
            body[:2] = [partial]
        return rows + self.swap_premises(body, head)

    def swap_premises(self, body: Sequence[Pattern], head: Pattern) -> list[Row]:
        """Return the two rows of a rule of two premises: each premise matches the new fact once."""
        met = set(list_variables(body[:1])) & set(list_variables(body[1:]))
        if len(met) != 1:
            raise ClusterError(f"premises that share {len(met)} variables: build on one machine")
        return [
            (
                *self.write_premise(new, met),
                *self.write_premise(known, met),
                *self.write_head((new, known), head),
            )
            for new, known in (body, body[::-1])
        ]

    def write_premise(self, pattern: Pattern, met: Set[str]) -> Row:
        """Return the predicate of a premise, its constant object, and the end that it shares."""
        value = self.write_term(pattern[2]) if isinstance(pattern[2], int) else None
        return self.write_term(pattern[1]), value, "s" if pattern[0] in met else "o"

    def write_head(self, body: Sequence[Pattern], head: Pattern) -> Row:
        """Return the ends of a conclusion, its predicate between them, and its constant."""
        places: dict[int | str, str] = {}
        for pattern, names in zip(body, PREMISE_ENDS, strict=False):
            places |= zip(pattern[::2], names, strict=True)
        first, last = (places[end] if isinstance(end, str) else None for end in head[::2])
        constant = next((self.write_term(end) for end in head[::2] if isinstance(end, int)), None)
        return first, self.write_term(head[1]), last, constant

    def write_term(self, number: int) -> str:
        """Return the term of a number in N-Triples syntax."""
        return str(self.kernel.lexicon.term(number))

    def write_fact(self, fact: Fact) -> tuple[str, ...]:
        """Return the row of a fact."""
        return tuple(map(self.write_term, fact))


def list_variables(body: Sequence[Pattern]) -> list[str]:
    """Return the distinct variables of premises, in order."""
    ends = (end for pattern in body for end in pattern[::2])
    return list(dict.fromkeys(end for end in ends if isinstance(end, str)))


def select_conclusions(matched: DataFrame) -> DataFrame:
    """Return the conclusions of matched rows, each with its premises and the rule."""
    from pyspark.sql.functions import col  # noqa: PLC0415 - needs Spark

    ends = [name for pair in PREMISE_ENDS for name in pair if name in matched.columns]
    first, last = choose_end("first", ends).alias("s"), choose_end("last", ends).alias("o")
    return matched.select(first, col("head").alias("p"), last)


def choose_end(name: str, ends: Sequence[str]) -> Column:
    """Return the end that a column of the rule names, or else the constant of the rule."""
    from pyspark.sql.functions import coalesce, col, when  # noqa: PLC0415 - needs Spark

    return coalesce(*(when(col(name) == end, col(end)) for end in ends), col("constant"))
