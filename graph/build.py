"""The build: from the master copy to a snapshot for servers."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

from pyoxigraph import NamedNode, Quad, Store, Triple

from graph.curating.aligned import find_misreadings
from graph.curating.check import run_checks
from graph.curating.evidence import read_articles
from graph.curating.judge import Verdict, judge_axioms, judge_statements
from graph.curating.master import Inputs, Master, read_master, read_origin, read_retired_things
from graph.curating.master_file import term
from graph.curating.period import compute_period_bounds
from graph.curating.shapes import Parts, Task, divide_all, shape_tasks
from graph.curating.verification import ARCHIVE, TextMatch, verify
from graph.dataset import closure_premises, graph_of, memory_store
from graph.errors import DataError, Finding, UnfollowedAxiomError, shorten_triple
from graph.n_quads import canonicalise, sort_lines
from graph.progress import Stages, Timing, run_in_forks
from graph.publishing.dataset_description import describe_dataset, is_link
from graph.publishing.dump import describe_distributions, plan_other_dumps, write_n_quads
from graph.reasoning.contradiction import Contradiction
from graph.reasoning.kernel import Kernel
from graph.reasoning.support import reason_statements
from graph.snapshot import Origin, Snapshot
from graph.snapshot_folder import open_draft, publish, require_data
from graph.wording.title import drop_titled, make_titles
from ontology.namespace import EVIDENCE_GRAPH, LINKS, ONTOLOGY_GRAPH
from ontology.terms import RDF


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
    inputs: Inputs, builds: Path, archive: Path = ARCHIVE, *, replace: bool = True
) -> Summary:
    """Build the snapshot of the master copy, and return its summary.

    Raises DataError with all findings of a stage, and OtherDataError unless it may `replace` a
    snapshot of other data; then the previous snapshot stays.
    """
    stages = Stages(6)
    stage = stages.stage
    with paused_collector():
        with stage("read"):
            origin = plan_origin(inputs, builds, replace=replace)
            require_retired(inputs)
            master = read_master(inputs)
            stated = list(master.quads())
            store = memory_store(stated)
        with stage("check"):
            require_no_findings(run_checks(store, "stated", master))
            require_no_findings(check_quotes(store, archive, master))
            stated += [*drop_titled(store, make_titles(store)), *compute_period_bounds(store)]
            counts = count_contents(store, stated)
            del store
        with stage("close"):
            kernel = close_statements(stated, master)
            inferred = list(kernel.inferred_quads())
            counts["inferred"] = len(inferred)
        with stage("judge"):
            judging = plan_judges(stated, kernel, master)
            require_sound(plan_checks(stated, inferred, kernel, master), judging)
        quads = [*stated, *inferred]
        del stated, inferred, kernel, master, judging
        return write_build(quads, Draft(builds, origin, counts, replace), stages)


@dataclass(frozen=True, slots=True)
class Draft:
    """The folder for a snapshot, the inputs of the build, and the counts of its contents.

    It may `replace` a snapshot of other data.
    """

    builds: Path
    origin: Origin
    counts: dict[str, int]
    replace: bool


def plan_origin(inputs: Inputs, builds: Path, *, replace: bool) -> Origin:
    """Return the inputs of a build by their hashes; raises OtherDataError."""
    origin = read_origin(inputs)
    if not replace:
        require_data(builds, origin)
    return origin


def write_build(quads: list[Quad], draft: Draft, stages: Stages) -> Summary:
    """Write the stated and inferred quads, and their description, as the current snapshot.

    The list of the quads is emptied to free memory: the dumps have their N-Quads by then.
    """
    with open_draft(draft.builds) as fresh:
        with stages.stage("dumps"):
            quads[:] = sorted(canonicalise(quads), key=str)
            first = write_n_quads(fresh.dumps, quads)
            more_dumps = plan_other_dumps(fresh.dumps, quads, first)
            described, *dumps = run_in_forks(
                [partial(describe_dataset, quads), *more_dumps], "dumps"
            )
            quads.clear()
        with stages.stage("write"), (fresh.dumps / first.name).open("rb") as dump:
            description = sort_lines([*described, *describe_distributions([first, *chain(*dumps)])])
            lines = dict.fromkeys(sorted([*dump, *description]))
            manifest: dict[str, str | int] = {**draft.counts, "edition": first.edition}
            snapshot = publish(
                fresh, draft.builds, lines, manifest, draft.origin, replace=draft.replace
            )
    return Summary(snapshot, **draft.counts, stages=tuple(stages.over))


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


def require_retired(inputs: Inputs) -> None:
    """Raise DataError if a server could not read the list of retired things."""
    read_retired_things(inputs)


def require_no_findings(findings: list[Finding]) -> None:
    """Raise DataError with the findings, if there are any."""
    if findings:
        raise DataError(findings)


def require_sound(checks: list[Task], judges: Sequence[Task] = ()) -> None:
    """Raise DataError with the findings of the checks, or else with the judges' findings."""
    results = run_in_forks([*judges, *checks], "judge")
    for part in (results[len(judges) :], results):
        findings = {*chain(*part)}
        require_no_findings(sorted(findings, key=lambda f: (f.path, f.line or 0, f.message)))


def check_quotes(store: Store, archive: Path, master: Master) -> list[Finding]:
    """Return the quotes that are not in the archived texts, at the quote or else the sentence.

    An article without an archived text gives no findings.
    """
    return [
        master.finding(str(line), line.iri, None, None, line.quotes[0])
        if line.quotes
        else master.finding(str(line), EVIDENCE_GRAPH, line.iri)
        for line in verify(store, archive)
        if line.status not in {TextMatch.EXACT, TextMatch.NO_TEXT}
    ]


def plan_judges(stated: list[Quad], kernel: Kernel, master: Master) -> list[Task]:
    """Return the tasks that compare the conclusions of owlrl and of the kernel."""
    judges = partial(judge_statements, stated, kernel), partial(judge_axioms, stated)
    return [partial(run_judge, judge, master) for judge in judges]


def run_judge(judge: Callable[[], list[Verdict]], master: Master) -> list[Finding]:
    """Return the verdicts of a judge as findings, each at its axiom."""
    return [
        master.finding(
            verdict.message, ONTOLOGY_GRAPH, *(term_names(verdict.axiom) if verdict.axiom else ())
        )
        for verdict in judge()
    ]


def plan_checks(
    stated: list[Quad],
    inferred: list[Quad],
    kernel: Kernel,
    master: Master,
    divided: Callable[[list[Quad]], Parts] = divide_all,
) -> list[Task]:
    """Return the tasks that check the closure."""
    union = [*closure_premises(stated), *inferred]
    return [
        partial(find_misreadings, [*stated, *inferred], master),
        partial(check_closure, union, master),
        partial(find_contradictions, kernel, master),
        *shape_tasks(union, master, divided),
    ]


def find_contradictions(kernel: Kernel, master: Master) -> list[Finding]:
    """Return the contradictions of the closure, each at a statement that it follows from."""
    return [
        place_contradiction(contradiction, kernel, master)
        for contradiction in kernel.contradictions()
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


def check_closure(union: Iterable[Quad], master: Master) -> list[Finding]:
    """Return the findings of the checks of the closure (graph/curating/check.py)."""
    return run_checks(memory_store(union), "closed", master)


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
