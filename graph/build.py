"""The build: from the master copy to a snapshot that can be served."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

from pyoxigraph import NamedNode, Quad, Store, Triple

from graph.curating.aligned import misreadings
from graph.curating.check import run_checks
from graph.curating.evidence import articles
from graph.curating.judge import Verdict, judge_axioms, judge_statements
from graph.curating.master import Inputs, Master, digest, read_master
from graph.curating.month import month_bounds
from graph.curating.retired import retired_things
from graph.curating.shapes import Parts, Task, everything, shape_tasks
from graph.curating.title import titles, untitled
from graph.curating.verification import ARCHIVE, Status, verify
from graph.dataset import closure_premises, graph_of, memory_store
from graph.errors import DataError, Finding, UnfollowedAxiomError, written
from graph.forks import side_by_side
from graph.progress import Stages, Timing
from graph.publishing.dataset_description import describe_dataset, is_link
from graph.publishing.distribution import describe_distributions
from graph.publishing.dump import plan_other_dumps, write_n_quads
from graph.reasoning.kernel import Kernel
from graph.snapshot import Snapshot, canonicalise, draft, n_quad_lines, publish
from ontology.namespace import EVIDENCE_GRAPH, LINKS, ONTOLOGY_GRAPH
from ontology.terms import OA


@dataclass(frozen=True, slots=True)
class Summary:
    """What a build made, in numbers."""

    snapshot: Snapshot
    articles: int
    sentences: int
    statements: int
    inferred: int
    links: int
    stages: tuple[Timing, ...]

    @property
    def seconds(self) -> float:
        """Return how long it took."""
        return sum(stage.seconds for stage in self.stages)


def build(inputs: Inputs, builds: Path, archive: Path = ARCHIVE) -> Summary:
    """Build the snapshot of the master copy, and return what it holds.

    Raises DataError with everything that a stage finds wrong; then the snapshot of before stays.
    """
    stages = Stages(6)
    stage = stages.stage
    with without_cycles():
        with stage("read"):
            code = digest(inputs)
            require_retired(inputs)
            master = read_master(inputs)
            stated = list(master.quads())
            store = memory_store(stated)
        with stage("check"):
            require_none(run_checks(store, "stated", master))
            require_none(differences(store, archive, master))
            stated += [*untitled(store, titles(store)), *month_bounds(store)]
            counts = count(store, stated)
            del store
        with stage("close"):
            kernel = closed(stated, master)
            inferred = list(kernel.inferred())
            counts["inferred"] = len(inferred)
        with stage("judge"):
            judging = disagreements(stated, kernel, master)
            require_sound(faults(stated, inferred, kernel, master), judging)
        quads = [*stated, *inferred]
        del stated, inferred, kernel, master, judging
        return finish(quads, Draft(builds, code, counts), stages)


@dataclass(frozen=True, slots=True)
class Draft:
    """Where a snapshot is to stand, the digest of its inputs, and what it counts."""

    builds: Path
    inputs: str
    counts: dict[str, int]


def finish(quads: list[Quad], of: Draft, stages: Stages) -> Summary:
    """Write all that is stated and inferred as the current snapshot, and describe it.

    The quads are taken out of the list: their N-Quads are among the dumps.
    """
    with draft(of.builds) as fresh:
        with stages.stage("dumps"):
            quads[:] = sorted(canonicalise(quads), key=str)
            first = write_n_quads(fresh.dumps, quads)
            others = plan_other_dumps(fresh.dumps, quads, first)
            described, *dumps = side_by_side([partial(describe_dataset, quads), *others], "dumps")
            quads.clear()
        with stages.stage("write"), (fresh.dumps / first.name).open("rb") as dump:
            description = n_quad_lines(
                [*described, *describe_distributions([first, *chain(*dumps)])]
            )
            lines = dict.fromkeys(sorted([*dump, *description]))
            manifest: dict[str, str | int] = {**of.counts, "edition": first.edition}
            snapshot = publish(fresh, of.builds, lines, manifest, of.inputs)
    return Summary(snapshot, **of.counts, stages=tuple(stages.over))


@contextmanager
def without_cycles() -> Iterator[None]:
    """Run the block without the search for cycles, which grows with the objects that there are."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def validate(inputs: Inputs) -> None:
    """Check the master copy and its closure without writing; raises DataError."""
    master = read_master(inputs)
    require_retired(inputs)
    stated = list(master.quads())
    store = memory_store(stated)
    require_none(run_checks(store, "stated", master))
    stated += month_bounds(store)
    kernel = closed(stated, master)
    inferred = list(kernel.inferred())
    require_sound(faults(stated, inferred, kernel, master))


def closed(stated: Iterable[Quad], master: Master) -> Kernel:
    """Return the statements, closed; raises DataError where no rule follows an axiom."""
    try:
        return Kernel(stated)
    except UnfollowedAxiomError as error:
        raise DataError(
            [
                master.finding(f"no rule follows {written(axiom)}", ONTOLOGY_GRAPH, *ends(axiom))
                for axiom in error.axioms
            ]
        ) from None


def ends(triple: Triple) -> Iterator[str | None]:
    """Yield the names of the three terms of a triple, None where one has none."""
    for term in (triple.subject, triple.predicate, triple.object):
        yield term.value if isinstance(term, NamedNode) else None


def require_retired(inputs: Inputs) -> None:
    """Raise DataError where a server could not read the list of retired things."""
    retired_things(inputs)


def require_none(findings: list[Finding]) -> None:
    """Raise DataError where there are findings."""
    if findings:
        raise DataError(findings)


def require_sound(faults: list[Task], disagreements: Sequence[Task] = ()) -> None:
    """Raise DataError with the faults that tasks find, or else with the disagreements."""
    found = side_by_side([*disagreements, *faults], "judge")
    for part in (found[len(disagreements) :], found):
        findings = {*chain(*part)}
        require_none(sorted(findings, key=lambda one: (one.path, one.line or 0, one.message)))


def differences(store: Store, archive: Path, master: Master) -> list[Finding]:
    """Return what is not in the archived texts, at the quote or else at the sentence.

    Where there is no text of an article, nothing is said of it.
    """
    return [
        master.finding(str(line), line.iri, None, OA.EXACT.value, line.quotes[0])
        if line.quotes
        else master.finding(str(line), EVIDENCE_GRAPH, line.iri)
        for line in verify(store, archive)
        if line.status not in {Status.EXACT, Status.NO_TEXT}
    ]


def disagreements(stated: list[Quad], kernel: Kernel, master: Master) -> list[Task]:
    """Return the tasks that find what owlrl concludes and the kernel does not."""
    judges = partial(judge_statements, stated, kernel), partial(judge_axioms, stated)
    return [partial(verdicts, judge, master) for judge in judges]


def verdicts(judge: Callable[[], list[Verdict]], master: Master) -> list[Finding]:
    """Return the verdicts of a judge, each at the axiom that it is about."""
    return [
        master.finding(one.message, ONTOLOGY_GRAPH, *(ends(one.axiom) if one.axiom else ()))
        for one in judge()
    ]


def faults(
    stated: list[Quad],
    inferred: list[Quad],
    kernel: Kernel,
    master: Master,
    divided: Callable[[list[Quad]], Parts] = everything,
) -> list[Task]:
    """Return the tasks that find what is wrong once the closure is known."""
    union = [*closure_premises(stated), *inferred]
    return [
        partial(misreadings, [*stated, *inferred], master),
        partial(cycles, union, master),
        partial(contradictions, kernel, master),
        *shape_tasks(union, master, divided),
    ]


def contradictions(kernel: Kernel, master: Master) -> list[Finding]:
    """Return the contradictions of the closure."""
    return [
        master.finding(one.message, "", one.subject, None, one.literal)
        for one in kernel.contradictions()
    ]


def cycles(union: Iterable[Quad], master: Master) -> list[Finding]:
    """Return what the checks of the closure find."""
    return run_checks(memory_store(union), "closed", master)


def count(store: Store, stated: Iterable[Quad]) -> dict[str, int]:
    """Return the numbers of what is stated; a statement is a quad of a sentence graph."""
    known = articles(store)
    sentences = {one.iri for article in known for one in article.sentences}
    graphs = [graph_of(quad) for quad in stated]
    return {
        "articles": len(known),
        "sentences": len(sentences),
        "statements": sum(graph in sentences for graph in graphs),
        "links": sum(graph_of(quad).startswith(LINKS) and is_link(quad) for quad in stated),
    }
