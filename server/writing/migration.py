"""Carrying a writable store over from the version of the vocabulary under which it was filled.

The working copy is changed and published as one generation, so that a store has the one vocabulary
or the other, whenever the process is killed.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, cast

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QuerySolutions,
    Store,
    Triple,
)

from graph.answering.evaluation import read_query
from graph.curating.master import Retired
from graph.dataset import RECORD_TERMS, graph_of
from graph.errors import MigrationError
from graph.reasoning.kernel import Kernel
from ontology.axiom_text import write_axioms
from ontology.namespace import (
    DATASET_GRAPH,
    EVIDENCE,
    EVIDENCE_GRAPH,
    INFERRED_GRAPH,
    ONTOLOGY_GRAPH,
    PREFIXES,
    RETIRED_GRAPH,
    VOCABULARY,
    shorten,
)
from ontology.release import current_version, packaged_quads, read_release
from ontology.terms import CPEC, RDF, RdfTerm
from server.engine.writing.delta import Effect
from server.engine.writing.generation import Generations
from server.engine.writing.store_folder import lock_directory, next_version
from server.writing.materialisation import compute_drift
from server.writing.modality_check import Slice, explain_violation, find_violations
from server.writing.store import explain_version, find_vocabulary, open_generations

SKIPPED: Final = frozenset({INFERRED_GRAPH, DATASET_GRAPH, ONTOLOGY_GRAPH, RETIRED_GRAPH})
"""The graphs of which no statement is renamed: inferences, counts, axioms, retired names."""

INVERSES: Final = {
    CPEC + "facilitates": NamedNode(CPEC + "facilitatedThrough"),
    CPEC + "plannedPartyTo": NamedNode(CPEC + "hasPlannedParty"),
}
"""The retired inverse properties, each with the one that says the same of the other end."""

SIGNED: Final = NamedNode(PREFIXES["prov"] + "qualifiedAttribution")
TOOK_PART: Final = NamedNode(PREFIXES["prov"] + "qualifiedAssociation")

UNSETTLED: Final = read_query(__file__, "unsettled")
"""What the vocabulary says otherwise since 0.4.0, and only a person can state anew."""

Node = NamedNode | BlankNode | Literal | Triple | DefaultGraph


@dataclass(frozen=True, slots=True)
class Migration:
    """The change of a store from one version of the vocabulary to another.

    `own` are the axioms that the owner of the store added: they stay. `left` are the statements
    with names that have no successor, and their records; the effect removes them. `unsettled` has a
    line for each thing that is carried over as it was, and that a person has to state anew.
    """

    before: str
    after: str
    effect: Effect = field(default_factory=Effect)
    own: tuple[Quad, ...] = ()
    renamed: Mapping[tuple[str, str], int] = field(default_factory=dict)
    left: tuple[Quad, ...] = ()
    contradictions: tuple[str, ...] = ()
    unsettled: tuple[str, ...] = ()

    def count(self, graph: str) -> tuple[int, int]:
        """Return how many quads of a graph go, and how many come."""
        sides = self.effect.removed, self.effect.added
        gone, come = (sum(graph_of(quad) == graph for quad in side) for side in sides)
        return gone, come


@contextmanager
def open_store(directory: Path) -> Iterator[Generations]:
    """Hold and open a data directory that was filled before.

    Raises MigrationError where it was not, and OSError where a server has it.
    """
    if not (directory / "current").exists():
        raise MigrationError(f"{directory} holds no store: name the --data-dir of a server")
    marker = directory / "default-graph"
    union = not marker.exists() or marker.read_text("ascii") == "union"
    with lock_directory(directory):
        try:
            generations = open_generations(directory, union=union)
        except ValueError as error:
            raise MigrationError(str(error)) from None
        yield generations


def plan_migration(generations: Generations) -> Migration:
    """Return the migration of a store; its working copy is changed, and nothing is published.

    Raises MigrationError where this release does not know its version, UnfollowedAxiomError for an
    axiom of the owner that is not followed, and ModalityError where such an axiom or a record makes
    an aim a deed.
    """
    store, union = generations.store, generations.union
    version, now = find_vocabulary(generations), current_version()
    if version is None or version == now:
        return Migration(now, now)
    if (stated := read_release(version)) is None:
        raise MigrationError(explain_version(generations.directory, version))
    restated = restate_statements(store)
    restated.delta().apply(store, union=union)
    exchanged, own = exchange_vocabularies(store, stated)
    effect = restated.then(exchanged)
    renaming, lost = collect_renamings(stated)
    touched = {
        quad
        for name in (*renaming, *lost)
        for quad in find_statements(store, NamedNode(name), union=union)
    } | {quad for quad in own if list_names(quad) & {*renaming, *lost}}
    left = {quad for quad in touched if list_names(quad) & lost}
    left |= {quad for statement in left for quad in find_record(store, statement)}
    renamed = {quad: rename_quad(quad, renaming) for quad in touched - left}
    effect = effect.then(Effect(left | renamed.keys(), {*renamed.values()}))
    effect.delta().apply(store, union=union)
    for check, row in find_violations(Slice(store, union=union).build_store(every=True)):
        raise explain_violation(check, row)
    kernel = Kernel(store)
    drift = compute_drift(store, kernel)
    drift.delta().apply(store, union=union)
    return Migration(
        version,
        now,
        effect.then(drift),
        own,
        Counter(
            (name, renaming[name]) for quad in renamed for name in list_names(quad) & {*renaming}
        ),
        tuple(sorted(left, key=str)),
        tuple(contradiction.message for contradiction in kernel.contradictions()),
        list_unsettled(store),
    )


def publish_migration(generations: Generations, migration: Migration) -> Path:
    """Make the planned store the current generation; return where the one of before stays.

    It stays in a folder of its own, by links, so that no later write removes it.
    """
    before = generations.current
    kept = generations.directory / f"before-{migration.after}"
    if (
        before.resolve().parent != kept.resolve()
    ):  # where `current` was put back, it is kept already
        draft = generations.directory / f".before-{migration.after}"
        for folder in (draft, kept):
            shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(before, draft / before.name, copy_function=os.link)
        draft.rename(kept)
    generations.publish(next_version(before.name))
    return kept / before.name


def restate_statements(store: Store) -> Effect:
    """Return the effect that states retired inverses and signatories by the terms that stay."""
    effect = Effect()
    for quad in list_stated(store):
        if newer := INVERSES.get(quad.predicate.value):
            restate(store, effect, quad, (quad.object, newer, quad.subject))
        elif quad.predicate == SIGNED and (signing := find_signing(store, quad.subject)):
            restate(store, effect, quad, (signing, TOOK_PART, quad.object))
    return effect


def list_stated(store: Store) -> Iterator[Quad]:
    """Yield the statements to look at, in their named graphs."""
    for predicate in (*map(NamedNode, INVERSES), SIGNED):
        for quad in store.quads_for_pattern(None, predicate, None, None):
            if graph_of(quad) != INFERRED_GRAPH and not isinstance(quad.graph_name, DefaultGraph):
                yield quad


def find_signing(store: Store, document: RdfTerm) -> RdfTerm | None:
    """Return the one signing of a document, None if there are none or several."""
    signs = NamedNode(CPEC + "signs")
    signings = {quad.subject for quad in store.quads_for_pattern(None, signs, document, None)}
    return signings.pop() if len(signings) == 1 else None


def restate(store: Store, effect: Effect, quad: Quad, terms: tuple[RdfTerm, ...]) -> None:
    """Add to an effect that a statement and its records have other terms."""
    effect.removed.add(quad)
    effect.added.add(Quad(*terms, quad.graph_name))  # type: ignore[arg-type,call-arg]
    roles = RECORD_TERMS[RDF.STATEMENT]
    for record, *_ in store.quads_for_pattern(None, RDF.PREDICATE, quad.predicate, EVIDENCE):
        old, new = (
            {Quad(record, *pair, EVIDENCE) for pair in zip(roles, values, strict=True)}
            for values in (quad.triple, terms)
        )
        if all(part in store for part in old):
            effect.removed |= old - new
            effect.added |= new - old


def list_unsettled(store: Store) -> tuple[str, ...]:
    """Return a line for each thing that a person has to state anew."""
    rows = store.query(UNSETTLED, use_default_graph_as_union=True, prefixes=PREFIXES)
    return tuple(
        f"{shorten(row['thing'].value)} {row['fault'].value}"
        for row in cast("QuerySolutions", rows)
    )


def exchange_vocabularies(
    store: Store, before: tuple[Quad, ...]
) -> tuple[Effect, tuple[Quad, ...]]:
    """Return the effect that replaces an old vocabulary by the packaged one, and the other axioms.

    The owner of the store added those: neither vocabulary states them.
    """
    present = write_axioms(store.quads_for_pattern(None, None, None, VOCABULARY))
    old, new = write_axioms(before), write_axioms(packaged_quads())
    gone = {quad for text in present.keys() & old.keys() - new.keys() for quad in present[text]}
    come = {quad for text in new.keys() - present.keys() for quad in new[text]}
    own = tuple(
        quad for text in present if text not in old and text not in new for quad in present[text]
    )
    return Effect(gone - come, {quad for quad in come if quad not in store}), own


def collect_renamings(before: tuple[Quad, ...]) -> tuple[dict[str, str], set[str]]:
    """Return the retired names with the names that replace them, and the names that nothing does.

    Among these are the terms of a version before that the vocabulary of now does not have.
    """
    retired = Retired.read()
    names = {*retired.gone, *(list_terms(before) - list_terms(packaged_quads()))}
    renaming = {name: newer for name in names if (newer := retired.successor(name))}
    return renaming, names - renaming.keys()


def list_terms(vocabulary: tuple[Quad, ...]) -> set[str]:
    """Return the terms of our namespace that have a type in a vocabulary."""
    typed = (quad.subject for quad in vocabulary if quad.predicate == RDF.TYPE)
    return {
        term.value for term in typed if isinstance(term, NamedNode) and term.value.startswith(CPEC)
    }


def find_statements(store: Store, name: NamedNode, *, union: bool) -> Iterator[Quad]:
    """Yield the quads with a name, except in the graphs of axioms, inferences and counts.

    Of triple terms only those of reifiers are searched.
    """
    patterns = (
        (name, None, None, None),
        (None, name, None, None),
        (None, None, name, None),
        (None, None, None, name),
        (None, RDF.REIFIES, None, None),
    )
    for pattern in patterns:
        for quad in store.quads_for_pattern(*pattern):
            view = union and isinstance(quad.graph_name, DefaultGraph)
            if not view and graph_of(quad) not in SKIPPED and name.value in list_names(quad):
                yield quad


def find_record(store: Store, statement: Quad) -> Iterator[Quad]:
    """Yield the quads of the record in `graph:evidence` that a quad is a part of."""
    if graph_of(statement) == EVIDENCE_GRAPH and statement.predicate == RDF.PREDICATE:
        yield from store.quads_for_pattern(statement.subject, None, None, EVIDENCE)


def list_names(node: Quad | Node) -> set[str]:
    """Return the IRIs in a quad or term, those within a triple term too."""
    if isinstance(node, Quad | Triple):
        return set().union(*map(list_names, node))
    return {node.value} if isinstance(node, NamedNode) else set()


def rename_quad(quad: Quad, renaming: Mapping[str, str]) -> Quad:
    """Return a quad with the new names in the place of the old."""
    return Quad(*(rename_term(term, renaming) for term in quad))  # type: ignore[arg-type]


def rename_term(term: Node, renaming: Mapping[str, str]) -> Node:
    """Return a term with the new names in the place of the old."""
    if isinstance(term, Triple):
        return Triple(*(rename_term(part, renaming) for part in term))  # type: ignore[arg-type]
    if isinstance(term, NamedNode) and term.value in renaming:
        return NamedNode(renaming[term.value])
    return term
