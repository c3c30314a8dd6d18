"""The build: from the master copy to a snapshot for servers."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from heapq import merge
from itertools import chain, groupby
from pathlib import Path
from typing import TypeAlias

from pyoxigraph import NamedNode, Quad, Store, Triple

from graph.curating.aligned import find_misreadings
from graph.curating.check import run_checks
from graph.curating.evidence import read_articles
from graph.curating.judge import MissedConclusion, judge_axioms, judge_statements
from graph.curating.master import Inputs, Master, read_master, read_origin, read_retired_things
from graph.curating.master_file import term
from graph.curating.period import compute_period_bounds
from graph.curating.shapes import find_violations
from graph.curating.verification import ARCHIVE, TextMatch, verify
from graph.dataset import canonicalise, closure_premises, graph_of, memory_store, sort_lines
from graph.errors import DataError, Finding, UnfollowedAxiomError
from graph.progress import Stages, Timing, run_in_forks
from graph.publishing.dataset_description import describe_dataset, is_link
from graph.publishing.dump import Dump, describe_distributions, plan_other_dumps, write_n_quads
from graph.reasoning.contradiction import Contradiction
from graph.reasoning.kernel import Kernel
from graph.reasoning.support import reason_statements
from graph.snapshot import Origin, Snapshot
from graph.snapshot_folder import open_draft, publish, require_data
from graph.wording.title import drop_titled, make_titles
from ontology.namespace import EVIDENCE_GRAPH, LINKS, ONTOLOGY_GRAPH, shorten_triple
from ontology.terms import RDF

Task: TypeAlias = Callable[[], list[Finding]]
WriteDumps: TypeAlias = Callable[[Path], tuple[list[Quad], list[Dump]]]
"""A function that writes dumps to a folder, the N-Quads first, and describes the dataset."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The result of a build: its snapshot, the counts of its contents, and its stages."""

    snapshot: Snapshot
    articles: int
    sentences: int
    statements: int
    inferred: int
    links: int
    stages: tuple[Timing, ...]

    @property
    def seconds(self) -> float:
        """Return the elapsed seconds of all stages."""
        return sum(stage.seconds for stage in self.stages)


def build(
    inputs: Inputs,
    builds: Path,
    archive: Path = ARCHIVE,
    *,
    replace: bool = True,
    is_checked: bool = False,
) -> Summary:
    """Build the snapshot of the master copy, and return its summary.

    Raises DataError with all findings of a stage, and OtherDataError unless it may `replace` a
    snapshot of other data; then the previous snapshot stays. Data that are checked already are
    neither checked nor judged.
    """
    stages = Stages(6)
    stage = stages.stage
    with paused_collector():
        with stage("read"):
            origin = plan_origin(inputs, builds, replace=replace)
            retired = read_retired_things(inputs)
            master = read_master(inputs)
            require_no_findings(master.find_marks())
            stated = list(master.quads())
            store = memory_store(stated)
        with stage("check"):
            if not is_checked:
                require_no_findings(run_checks(store, "stated", master))
                require_no_findings(check_quotes(store, archive, master))
            stated += [*complete_statements(store), *retired]
            counts = count_contents(store, stated)
            del store
        with stage("close"):
            kernel = close_statements(stated, master)
            inferred = list(kernel.inferred_quads())
            counts["inferred"] = len(inferred)
        with stage("judge"):
            if not is_checked:
                judging = plan_judges(stated, kernel, master)
                require_sound(plan_checks(stated, inferred, kernel, master), judging)
                del judging
        quads = [*stated, *inferred]
        del stated, inferred, kernel, master
        write = partial(write_quads, quads)
        return write_build(write, counts, stages, builds, origin, replace=replace)


def plan_origin(inputs: Inputs, builds: Path, *, replace: bool) -> Origin:
    """Return the inputs of a build by their hashes; raises OtherDataError."""
    origin = read_origin(inputs)
    if not replace:
        require_data(builds, origin)
    return origin


def write_build(
    write_dumps: WriteDumps,
    counts: dict[str, int],
    stages: Stages,
    builds: Path,
    origin: Origin,
    *,
    replace: bool,
) -> Summary:
    """Write dumps and their description as the current snapshot, and return the summary.

    `counts` are those of its contents, `origin` the inputs of the build; it may `replace` a
    snapshot of other data. The N-Quads are copied line by line.
    """
    with open_draft(builds) as fresh:
        with stages.stage("dumps"):
            described, dumps = write_dumps(fresh.dumps)
        with stages.stage("write"), (fresh.dumps / dumps[0].name).open("rb") as dump:
            description = sort_lines([*described, *describe_distributions(dumps)])
            lines = (line for line, _ in groupby(merge(dump, description)))
            manifest: dict[str, str | int] = {**counts, "edition": dumps[0].edition}
            snapshot = publish(fresh, builds, lines, manifest, origin, replace=replace)
    return Summary(snapshot, **counts, stages=tuple(stages.over))


def write_quads(quads: list[Quad], folder: Path) -> tuple[list[Quad], list[Dump]]:
    """Write the dumps of quads, and return the description of the dataset, and the dumps.

    The list of the quads is emptied to free memory.
    """
    quads[:] = sorted(canonicalise(quads), key=str)
    first = write_n_quads(folder, quads)
    more_dumps = plan_other_dumps(folder, quads, first)
    described, *dumps = run_in_forks([partial(describe_dataset, quads), *more_dumps], "dumps")
    quads.clear()
    return described, [first, *chain(*dumps)]


@contextmanager
def paused_collector() -> Iterator[None]:
    """Run the block without the cycle collector, whose cost grows with the objects in memory."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def close_statements(stated: Iterable[Quad], master: Master) -> Kernel:
    """Return the kernel with the closure of statements; raises DataError for unfollowed axioms."""
    try:
        return Kernel(stated)
    except UnfollowedAxiomError as error:
        raise DataError(
            [
                master.finding(
                    f"no rule follows {shorten_triple(axiom)}", ONTOLOGY_GRAPH, *term_names(axiom)
                )
                for axiom in error.axioms
            ]
        ) from None


def term_names(triple: Triple) -> Iterator[str | None]:
    """Yield the IRIs of the three terms of a triple, None for other terms."""
    for node in (triple.subject, triple.predicate, triple.object):
        yield node.value if isinstance(node, NamedNode) else None


def require_no_findings(findings: list[Finding]) -> None:
    """Raise DataError with the findings, if there are any."""
    if findings:
        raise DataError(findings)


def require_sound(checks: list[Task], judges: Sequence[Task] = ()) -> None:
    """Raise DataError with the findings of the checks, or else with the judges' findings."""
    results = run_in_forks([*judges, *checks], "judge")
    for part in (results[len(judges) :], results):
        findings = {*chain(*part)}
        require_no_findings(sorted(findings))


def complete_statements(store: Store) -> Iterator[Quad]:
    """Yield the quads that a build adds to the stated ones: titles, and the bounds of periods."""
    yield from drop_titled(store, make_titles(store))
    yield from compute_period_bounds(store)


def check_quotes(store: Store, archive: Path, master: Master) -> list[Finding]:
    """Return the quotes that are not in the archived texts, at the quote or else the sentence.

    An article without an archived text gives no findings.
    """
    return [
        master.finding(str(line), line.iri, None, None, line.faults[0].words)
        if line.faults
        else master.finding(str(line), EVIDENCE_GRAPH, line.iri)
        for line in verify(store, archive)
        if line.status not in {TextMatch.EXACT, TextMatch.NO_TEXT}
    ]


def plan_judges(stated: list[Quad], kernel: Kernel, master: Master) -> list[Task]:
    """Return the tasks that compare the conclusions of owlrl and of the kernel."""

    def place(verdicts: list[MissedConclusion]) -> list[Finding]:
        return [
            master.finding(v.message, ONTOLOGY_GRAPH, *(term_names(v.axiom) if v.axiom else ()))
            for v in verdicts
        ]

    return [
        lambda: place(judge_statements(stated, kernel)),
        lambda: place(judge_axioms(stated)),
    ]


def plan_checks(
    stated: list[Quad],
    inferred: list[Quad],
    kernel: Kernel,
    master: Master,
    select: Callable[[list[Quad]], list[Quad]] = list,
) -> list[Task]:
    """Return the tasks that check the closure, the longest first; shapes see what is selected."""
    union = [*closure_premises(stated), *inferred]
    return [
        partial(find_violations, union, master, select),
        partial(find_misreadings, [*stated, *inferred], master),
        lambda: run_checks(memory_store(union), "closed", master),
        lambda: [place_contradiction(fault, kernel, master) for fault in kernel.contradictions()],
    ]


def place_contradiction(contradiction: Contradiction, kernel: Kernel, master: Master) -> Finding:
    """Return a contradiction as a finding at one of the statements that it follows from.

    A type that we gave a thing is blamed last: a wrong property makes two classes meet.
    """
    statements = [
        (kernel.triple(fact), kernel.names(graphs))
        for goal in contradiction.facts
        for fact, graphs in reason_statements(kernel.closure, goal)
    ]
    if not statements:
        terms = contradiction.subject, None, contradiction.literal
        return master.finding(contradiction.message, "", *terms)
    triple, names = min(statements, key=lambda s: (s[0].predicate == RDF.TYPE, str(s[0])))
    return master.finding(contradiction.message, names[0], *map(term, triple))


def count_contents(store: Store, stated: Iterable[Quad]) -> dict[str, int]:
    """Return the numbers of articles, sentences, statements and links.

    A statement is a quad in the graph of a sentence.
    """
    known = read_articles(store)
    sentences = {sentence.iri for article in known for sentence in article.sentences}
    graphs = [graph_of(quad) for quad in stated]
    return {
        "articles": len(known),
        "sentences": len(sentences),
        "statements": sum(graph in sentences for graph in graphs),
        "links": sum(graph_of(quad).startswith(LINKS) and is_link(quad) for quad in stated),
    }
