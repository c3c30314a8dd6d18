"""Mutants: faults put into the code one at a time, each of which a short test should notice.

The sample is drawn with a seed. For a mutant the short tests run that have the name of its module,
import it, or stand in its room, in this order, until one fails.

    python -m bench.mutants --seed 37 --count 200

A file is changed while its mutant is tested: run this in a copy of the checkout, with PYTHONPATH.
mutmut and cosmic-ray choose no tests, mutate annotations, and bring 20 packages more.
"""

import argparse
import ast
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Final

SWAPPED: Final[dict[type[ast.AST], str]] = (
    {ast.Eq: "!=", ast.NotEq: "==", ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">"}
    | {ast.In: "not in", ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is"}
    | {ast.And: "or", ast.Or: "and", ast.Add: "-", ast.Sub: "+", ast.Mult: "+"}
)
UNRUN: Final = frozenset({"annotation", "returns", "decorator_list", "bases"})
"""The fields of nodes that no test runs."""

SECONDS: Final = 600
"""A run of tests that takes so long has noticed the mutant."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A file in which other code stands in the place of the bytes from `start` to `end`."""

    path: Path
    line: int
    start: int
    end: int
    code: str


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that run; those of an f-string have no place of their own."""
    yield node
    for name, value in ast.iter_fields(node):
        if name not in UNRUN and not isinstance(node, ast.JoinedStr):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from walk(child)


def change(node: ast.AST) -> str:  # noqa: PLR0911 - a case for each
    """Return the code of a node with a fault, "" for a node that gets none."""
    match node:
        case ast.Compare(left, [sign], [right]):
            return f"({ast.unparse(left)} {SWAPPED[type(sign)]} {ast.unparse(right)})"
        case ast.BoolOp(sign, values):
            return f"({f' {SWAPPED[type(sign)]} '.join(f'({ast.unparse(v)})' for v in values)})"
        case ast.BinOp(left, sign, right) if type(sign) in SWAPPED:
            return f"(({ast.unparse(left)}) {SWAPPED[type(sign)]} ({ast.unparse(right)}))"
        case ast.UnaryOp(ast.Not(), operand):
            return f"({ast.unparse(operand)})"
        case ast.Constant(bool(value)):
            return str(not value)
        case ast.Constant(int(value)):
            return str(value + 1)
        case ast.Return(ast.expr() as value) if ast.unparse(value) != "None":
            return "return None"
    return ""


def find_mutants(path: Path) -> Iterator[Mutant]:
    """Yield the mutants of a file."""
    body = path.read_bytes()
    starts = [0, *accumulate(map(len, body.splitlines(keepends=True)))]
    for node in walk(ast.parse(body)):
        if isinstance(node, ast.expr | ast.stmt) and (code := change(node)):
            start = starts[node.lineno - 1] + node.col_offset
            end = starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
            yield Mutant(path, node.lineno, start, end, code)


def choose_tests(path: Path) -> list[str]:
    """Return the files of tests of a module: of its name, that import it, and of its room."""
    module, room = ".".join(path.with_suffix("").parts), Path("tests", path.parent)
    while not [*room.glob("test_*.py")]:
        room = room.parent
    named = Path("tests").rglob(f"test_{path.stem}.py")
    importing = (f for f in Path("tests").rglob("test_*.py") if f"{module} import" in f.read_text())
    return list(dict.fromkeys(map(str, [*named, *importing, *sorted(room.glob("test_*.py"))])))


def is_noticed(mutant: Mutant) -> bool:
    """Return whether a test fails with a mutant."""
    before = mutant.path.read_bytes()
    command = [sys.executable, "-B", "-m", "pytest", "-x", "-q", "-m", "not long"]
    try:
        mutant.path.write_bytes(
            before[: mutant.start] + mutant.code.encode() + before[mutant.end :]
        )
        tests = choose_tests(mutant.path)
        run = subprocess.run([*command, *tests], timeout=SECONDS, capture_output=True, check=False)
    except subprocess.TimeoutExpired:
        return True
    finally:
        mutant.path.write_bytes(before)
    return run.returncode not in {0, 5}  # 5: no test was chosen


def main() -> None:
    """Print a line for each mutant of a sample: whether it was noticed, its place, its code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=37)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("folders", nargs="*", default=["graph", "server"])
    options = parser.parse_args()
    files = sorted(path for part in options.folders for path in Path(part).rglob("*.py"))
    mutants = [own for path in files for own in find_mutants(path)]
    for mutant in random.Random(options.seed).sample(mutants, options.count):  # noqa: S311
        state = "noticed" if is_noticed(mutant) else "survives"
        print(state, f"{mutant.path}:{mutant.line}", mutant.code, sep="\t", flush=True)


if __name__ == "__main__":
    main()
