"""The rules as rows of a table, with the SELECTs by which an SQL engine closes a table of facts.

Rules that differ in their constants alone have one *form*; the 279 rules of the ontology have 7. A
row is a rule: its form and its constants. A SELECT joins the rows of a form with facts. A SELECT of
each rule would be planned again in each round, which takes longer than to run it
(docs/decisions/0059-rules-are-rows.md). Evaluation is semi-naive (Abiteboul, Hull and Vianu,
Foundations of Databases, chapter 13): one premise of a body is a new fact.

The tables are `rule`, with the columns form, c0, c1 and so on, and `fact` and `new`, with s, p, o.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

from graph.reasoning.rulebook import NumberedRule, Pattern

Slots: TypeAlias = tuple[str, str, str]
"""The ends and the predicate of an atom, each the name of a variable or of a constant."""

COLUMNS: Final = "spo"


@dataclass(frozen=True, slots=True)
class Form:
    """Rules without their constants: variables are v0, v1 and so on, constants c0, c1."""

    body: tuple[Slots, ...]
    head: Slots | None
    different: tuple[str, ...]

    def write_select(self, number: int, new: int | None = None) -> str:
        """Return the SELECT of the conclusions by the rules of this form, or of the violations.

        `number` is that of the form, `new` that of the premise that is a new fact. A violation of a
        constraint is a row of all premises.
        """
        ends: dict[str, str] = {}
        conditions = [f"r.form = {number}"]
        premises = range(len(self.body))
        for premise, slots in enumerate(self.body):
            for column, slot in zip(COLUMNS, slots, strict=True):
                cell = f"f{premise}.{column}"
                known = f"r.{slot}" if slot[0] == "c" else ends.setdefault(slot, cell)
                conditions += [f"{cell} = {known}"] if cell != known else []
        if self.different:
            conditions.append(" <> ".join(ends[name] for name in self.different))
        if self.head:
            cells = [ends.get(slot, f"r.{slot}") for slot in self.head]
        else:
            cells = [f"f{premise}.{column}" for premise in premises for column in COLUMNS]
        tables = [f"{'new' if premise == new else 'fact'} f{premise}" for premise in premises]
        tables.sort(key=lambda table: not table.startswith("new"))  # the smallest first
        source = f"rule r, {', '.join(tables)} WHERE {' AND '.join(conditions)}"
        return f"SELECT {', '.join(cells)} FROM {source}"  # noqa: S608 -- all names are made here


@dataclass(frozen=True, slots=True)
class RuleTable:
    """The forms of rules, and a row for each rule: the number of its form, then its constants.

    The constants are in the numbers of a lexicon; a row ends with None if others have more.
    """

    forms: dict[Form, int]
    rows: list[tuple[int | None, ...]]
    columns: list[str]

    @classmethod
    def from_rules(cls, rules: Iterable[NumberedRule]) -> RuleTable:
        """Return the table of rules."""
        forms: dict[Form, int] = {}
        rows = []
        for rule in rules:
            form, constants = abstract(rule)
            rows.append((forms.setdefault(form, len(forms)), *constants))
        width = max(map(len, rows), default=1)
        padded = [(*row, *[None] * (width - len(row))) for row in rows]
        return cls(forms, padded, ["form", *(f"c{number}" for number in range(width - 1))])

    def write_round(self, literal: str) -> str:
        """Return the SELECT of the facts that follow from `new` in one step and are not in `fact`.

        `literal` is the condition that the subject s is a literal: then nothing follows.
        """
        selects = [
            form.write_select(number, new)
            for form, number in self.forms.items()
            if form.head
            for new in range(len(form.body))
        ]
        union = " UNION ALL ".join(selects) or "SELECT * FROM new"
        return (
            f"WITH conclusion(s, p, o) AS ({union}) SELECT * FROM conclusion"  # noqa: S608 -- as above
            f" WHERE NOT {literal} EXCEPT SELECT s, p, o FROM fact"
        )

    def write_violations(self) -> list[str]:
        """Return a SELECT of the violations of the constraints of each form."""
        return [form.write_select(n) for form, n in self.forms.items() if form.head is None]


def abstract(rule: NumberedRule) -> tuple[Form, list[int]]:
    """Return the form of a rule, and its constants in the order of their names."""
    variables: dict[str, str] = {}
    constants: list[int] = []

    def name(end: int | str) -> str:
        if isinstance(end, str):
            return variables.setdefault(end, f"v{len(variables)}")
        constants.append(end)
        return f"c{len(constants) - 1}"

    def name_all(pattern: Pattern) -> Slots:
        subject, predicate, value = map(name, pattern)
        return subject, predicate, value

    body = tuple(map(name_all, rule.body))
    head = name_all(rule.head) if rule.head else None
    return Form(body, head, tuple(map(name, rule.different))), constants
