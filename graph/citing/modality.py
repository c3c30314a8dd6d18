"""The accounts of triples: how strongly some named graphs say each of them, and who says it.

A statement has the modality of its record in `graph:evidence`, or else the one of its property. An
inference is as weak as its weakest statement and as the property that it concludes; a triple is as
strong as its strongest statement or inference. This is the bottleneck semiring: minimum for a
conjunction, maximum for a disjunction. Names and types are neither reported nor aimed at, so they
have no modality.

A statement has its speaker too, none where the article itself says it, and the undertakings at its
ends that are over. A conjunction has those of all its parts, as in the lineage semiring.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property, partial
from itertools import chain
from typing import Final, NamedTuple

from pyoxigraph import DefaultGraph, NamedNode, Triple

from graph.citing.lineage import TermTriple
from graph.citing.solution import Memo
from graph.reasoning.closure import EMPTY, Closure, Graphs, premises
from graph.reasoning.kernel import Kernel
from graph.reasoning.rulebook import Derivation, Fact, Rulebook
from graph.reasoning.search import Cone
from graph.reasoning.thresholds import Thresholds
from graph.reasoning.tree import Explanation, Proof, Statement, Tree, TreeBuilder, statements
from graph.wording.display_name import read_text
from graph.wording.ending import STATUS_OF, Endings
from graph.wording.source import Bibliography
from graph.wording.statement import NONE, UNKNOWN, Modality, Speaker, name_modality
from ontology.terms import CPEC, OA, RDF, RDFS, SKOS, RdfTerm
from ontology.vocabulary import MODALITIES, STRENGTH, strongest_modality

ENDS: Final = (RDF.SUBJECT, RDF.PREDICATE, RDF.OBJECT)

OF_A_RECORD: Final = {
    *(end.value for end in ENDS),
    *(CPEC + term for term in ("saidSubject", "saidPredicate", "saidObject", "modality")),
}
"""The properties of a record: a row that uses one shows the record."""

MEANINGLESS: Final = {
    RDF.TYPE.value,
    RDFS.LABEL.value,
    *(SKOS + f"{kind}Label" for kind in ("pref", "alt", "hidden")),
}
"""The properties that only name or classify a thing."""

UNRANKED: Final = len(MODALITIES)
"""The rank of modalities outside the order of strength, such as denied or proposed."""

NO_RECORD: Final = -1
"""A number that the lexicon gives to no IRI, so to no record."""

MAX_CACHED_MODALITIES: Final = 20_000
"""The size of each memo: of graphs, records, triples, sets of graphs."""

MOST_DERIVATIONS: Final = 4096
"""The derivations of a fact among which the strongest is looked for."""

WIDE: Final = Thresholds(rule_derivations=MOST_DERIVATIONS, search_derivations=MOST_DERIVATIONS)


def rank_modality(modality: str) -> int:
    """Return the rank of a modality, 0 for the strongest; -1, NONE, weakens no other."""
    if modality == NONE:
        return -1
    return UNRANKED + 1 if modality == UNKNOWN else STRENGTH.get(modality, UNRANKED)


class Account(NamedTuple):
    """A modality, with those who say so and the undertakings that are over, all as IRIs."""

    modality: str
    speakers: frozenset[str] = frozenset()
    ended: frozenset[str] = frozenset()

    @property
    def strength(self) -> tuple[int, str]:
        """The sort key of the modality; the name decides between equal ranks."""
        return rank_modality(self.modality), self.modality

    @property
    def rank(self) -> tuple[object, ...]:
        """The sort key: the strongest modality first, then the fewest speakers and ends."""
        speakers, ended = sorted(self.speakers), sorted(self.ended)
        return self.strength, len(speakers), speakers, len(ended), ended


NO_ACCOUNT: Final = Account(NONE)
"""The account of a triple that needs no statement, as an axiom."""


def find_weakest(accounts: Iterable[Account | None]) -> Account | None:
    """Return the account of a conjunction, None if a part of it does not hold.

    It has the weakest modality, and the speakers and ends of all parts.
    """
    weak, speakers, ended = NO_ACCOUNT, frozenset[str](), frozenset[str]()
    for account in accounts:
        if account is None:
            return None
        if account.modality and account.strength > weak.strength:
            weak = account
        speakers, ended = speakers | account.speakers, ended | account.ended
    return Account(weak.modality, speakers, ended)


def find_strongest(accounts: Iterable[Account | None]) -> Account | None:
    """Return the account of a disjunction, None if no part of it holds."""
    holding = {account for account in accounts if account is not None}
    if len(holding) > 1:
        return min(holding, key=lambda account: account.rank)
    return next(iter(holding), None)  # as a rule one: a rank is dear


class Modalities:
    """The accounts of the statements and inferences of one dataset, each computed once."""

    def __init__(self, evidence: Bibliography, kernel: Kernel) -> None:
        self.evidence, self.store, self.kernel = evidence, evidence.store, kernel
        self.endings = Endings(evidence)
        self.by_predicate = Memo(self.read_predicate)
        self.by_record = Memo(self.read_record, MAX_CACHED_MODALITIES)
        self.by_graph = Memo(self.read_graph, MAX_CACHED_MODALITIES)
        self.by_triple = Memo(self.rate_triple, MAX_CACHED_MODALITIES)
        self.rulebooks = Memo[int, Rulebook](lambda p: kernel.tbox.rulebook.restrict_to((p,)))
        self.derived = Memo(self.derive, MAX_CACHED_MODALITIES)
        self.strongest = Memo(self.find_support, MAX_CACHED_MODALITIES)
        self.sizes = Memo(self.kernel.size, MAX_CACHED_MODALITIES)
        self.named = Memo(partial(name_modality, evidence.names))
        self.described = Memo(self.describe_account, MAX_CACHED_MODALITIES)
        number = kernel.lexicon.number
        self.says, self.ends = number(CPEC.MODALITY), tuple(map(number, ENDS))
        self.by, self.source = number(CPEC.ATTRIBUTED_TO), number(OA.HAS_SOURCE)
        self.no_ends = frozenset(map(number, (STATUS_OF, *map(NamedNode, MEANINGLESS))))

    def read_predicate(self, iri: str) -> str:
        """Return the modality of a property, the strongest if the ontology gives it several."""
        if iri in MEANINGLESS:
            return NONE
        quads = self.store.quads_for_pattern(NamedNode(iri), CPEC.MODALITY, None, DefaultGraph())
        values = (quad.object for quad in quads)
        return strongest_modality(value.value for value in values if isinstance(value, NamedNode))

    def describe_account(self, account: Account) -> Modality:
        """Return an account in words: its modality, its speakers, and the ends in their order."""
        speakers = sorted(account.speakers)
        return self.named[account.modality]._replace(
            speakers=tuple(Speaker(iri, self.evidence.names.find(iri).phrase) for iri in speakers),
            endings=tuple(
                ending
                for iri in sorted(account.ended)
                for ending in self.endings.find(NamedNode(iri))
            ),
        )

    def read_record(self, record: int) -> Account:
        """Return the account of a record, NO_ACCOUNT for a number without a record.

        Its speaker is its own, or else that of its sentence.
        """
        facts = self.kernel.records.facts.get(record, ())
        values = {
            name: [self.kernel.name(value) for _, own, value in facts if own == name]
            for name in (self.says, self.by, self.source)
        }
        modality = min(values[self.says], key=lambda iri: Account(iri).strength, default=NONE)
        sources = values[self.source] or [""]
        speakers = (self.find_speakers(source, values[self.by]) for source in sources)
        return Account(modality, frozenset().union(*speakers))

    def find_speakers(self, graph: str, agents: Iterable[str] = ()) -> frozenset[str]:
        """Return who says the statements of a graph, nobody if that is its article.

        `agents` are the attributions of a single statement, if it has any.
        """
        described = self.evidence.look_up(graph)
        own = agents or map(read_text, described.get(CPEC.ATTRIBUTED_TO.value, ()))
        return frozenset(own) - {self.evidence.find_article(graph)}

    @cached_property
    def over(self) -> dict[int, str]:
        """The undertakings that are over, by their numbers, as IRIs."""
        numbers = self.kernel.lexicon.numbers
        return {
            numbers[thing]: thing.value
            for thing in self.endings.things
            if isinstance(thing, NamedNode) and thing in numbers and self.endings.find(thing)
        }

    def find_ended(self, fact: Fact) -> frozenset[str]:
        """Return the undertakings at the ends of a fact that are over.

        Its value is a thing: the day on which a programme began is not until its end.
        """
        if not self.over or fact[1] in self.no_ends:
            return frozenset()
        is_tie = isinstance(self.kernel.lexicon.term(fact[2]), NamedNode)
        return frozenset(self.over[end] for end in fact[::2] if is_tie and end in self.over)

    def read_graph(self, graph: int) -> dict[Fact, Account]:
        """Return the facts of a graph whose account is not the modality of their property alone.

        A reifier that a client wrote into the graph itself says as much as a record.
        """
        speakers = self.find_speakers(self.kernel.name(graph))
        own: dict[Fact, Account] = {}
        for fact, account in chain(self.list_recorded(graph), self.list_reified(graph)):
            modality = account.modality if account.modality in STRENGTH else self.find_usual(fact)
            said = Account(modality, account.speakers, self.find_ended(fact))
            own[fact] = find_strongest((said, own.get(fact))) or said
        if speakers or self.over:
            for fact in self.kernel.by_graph.get(graph, ()):
                if fact not in own and self.kernel.name(fact[1]) not in MEANINGLESS:
                    own[fact] = Account(self.find_usual(fact), speakers, self.find_ended(fact))
        return {fact: said for fact, said in own.items() if said != Account(self.find_usual(fact))}

    def list_recorded(self, graph: int) -> Iterator[tuple[Fact, Account]]:
        """Yield the facts of the records of a graph, each with the account of its record."""
        ends: dict[int, dict[int, int]] = {}
        for record, end, term in self.kernel.by_source.get(graph, ()):
            if end in self.ends:
                ends.setdefault(record, {})[end] = term
        for record, values in ends.items():
            subject, predicate, value = (values.get(end) for end in self.ends)
            if subject is not None and predicate is not None and value is not None:
                yield (subject, predicate, value), self.by_record[record]

    def list_reified(self, graph: int) -> Iterator[tuple[Fact, Account]]:
        """Yield the facts of the reifiers in a graph (RDF 1.2), each with its account."""
        reifies = self.kernel.lexicon.numbers.get(RDF.REIFIES)
        if reifies is None:
            return
        said: dict[int, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
        reified: list[tuple[int, RdfTerm]] = []
        for subject, predicate, value in self.kernel.by_graph.get(graph, ()):
            if predicate in {self.says, self.by}:
                said[subject][predicate].append(self.kernel.name(value))
            elif predicate == reifies:
                reified.append((subject, self.kernel.lexicon.term(value)))
        for reifier, triple in reified:
            fact = self.kernel.fact(*triple) if isinstance(triple, Triple) else None
            if fact is not None and reifier in said:
                speakers = self.find_speakers(self.kernel.name(graph), said[reifier][self.by])
                for modality in said[reifier][self.says] or [NONE]:
                    yield fact, Account(modality, speakers)

    def find_usual(self, fact: Fact) -> str:
        """Return the modality of the property of a fact."""
        return self.by_predicate[self.kernel.name(fact[1])]

    def rate_statement(self, fact: Fact, graphs: Iterable[int]) -> Account:
        """Return the account of a statement, by the strongest of the graphs that make it."""
        usual = Account(self.find_usual(fact))
        return find_strongest(self.by_graph[graph].get(fact, usual) for graph in graphs) or usual

    def number_subject(self, triple: TermTriple) -> int:
        """Return the number of the subject of a triple, NO_RECORD for an unknown term."""
        return self.kernel.lexicon.numbers.get(triple[0], NO_RECORD)  # type: ignore[arg-type]

    def shows_record(self, triple: TermTriple) -> bool:
        """Whether a triple is part of a record: by its property, or by its subject."""
        name = getattr(triple[1], "value", "")
        return name in OF_A_RECORD or self.kernel.records.is_record(self.number_subject(triple))

    def rate_triple(self, key: tuple[TermTriple, Graphs]) -> Account | None:
        """Return the account of a triple in some graphs, None if it does not hold there.

        A triple of a record has the account of the record.
        """
        triple, graphs = key
        name = getattr(triple[1], "value", "")
        if self.shows_record(triple):
            return self.by_record[self.number_subject(triple)]
        fact = self.kernel.fact(*triple)  # type: ignore[arg-type]
        if fact is None or fact not in self.kernel:
            return None
        stating = self.kernel.sources_stating(fact) & graphs
        usual, said = Account(self.by_predicate[name]), self.rate_statement(fact, stating)
        if name in MEANINGLESS or fact in self.kernel.tbox.closure:
            return usual
        if stating and (said == usual or not self.kernel.tbox.rulebook.rules_for(fact)):
            return said
        inferred = self.rate_inference(fact, graphs)
        return find_strongest((said, inferred)) if stating else inferred

    def rate_inference(self, fact: Fact, graphs: Graphs) -> Account | None:
        """Return the account of the strongest inference of a fact, None without an inference.

        The first derivation is at hand, and decides if it is as strong as the property allows.
        Graphs of many triples are not closed again for a stronger one.
        """
        first, usual = self.rate_first_inference(fact, graphs), Account(self.find_usual(fact))
        if not self.is_small(graphs) or (first is not None and first == usual):
            return first
        derivations, leaves = self.derived[graphs, fact[1]]
        strongest = self.rate_derivation(fact, self.find_leaves(fact, derivations, leaves.get))
        return first if strongest is None else strongest

    def rate_first_inference(self, goal: Fact, graphs: Graphs) -> Account | None:
        """Return the account of the first derivation, None if the graphs lack a premise."""
        return self.rate_derivation(goal, self.find_first_leaves(goal, graphs))

    def find_first_leaves(
        self, goal: Fact, graphs: Graphs | None = None
    ) -> dict[Fact, Account] | None:
        """Return the leaves of the first derivation, None if the graphs lack a premise."""
        closure = self.kernel.closure

        def rate_stated(fact: Fact) -> Account | None:
            stating = closure.stated.get(fact, EMPTY)
            stating = stating if graphs is None else stating & graphs
            return self.rate_statement(fact, stating) if stating else None

        return self.find_leaves(goal, closure.why, rate_stated)

    def rate_derivation(self, goal: Fact, leaves: Mapping[Fact, Account] | None) -> Account | None:
        """Return the account of a derivation by its leaves, None without these.

        It has the modality of the property that it concludes, or a weaker one.
        """
        usual = Account(self.find_usual(goal))
        return None if leaves is None else find_weakest((usual, *leaves.values()))

    def find_leaves(
        self,
        goal: Fact,
        derivations: Mapping[Fact, Derivation],
        rate_leaf: Callable[[Fact], Account | None],
    ) -> dict[Fact, Account] | None:
        """Return the statements of a derivation with their accounts, None if it lacks a premise."""
        leaves, seen, waiting = dict[Fact, Account](), {goal}, [goal]
        while waiting:
            fact = waiting.pop()
            leaf = None if fact is goal else rate_leaf(fact)
            if leaf is not None:
                leaves[fact] = leaf
            elif fact in derivations:
                new = [premise for premise in premises(derivations[fact]) if premise not in seen]
                seen.update(new)
                waiting += new
            elif fact is goal or not self.kernel.closure.is_in_base(fact):
                return None
        return leaves

    def is_small(self, graphs: Graphs) -> bool:
        """Return whether graphs have so few triples that they are closed apart."""
        return self.sizes[graphs] <= self.kernel.thresholds.closed_triples

    def derive(
        self, key: tuple[Graphs, int]
    ) -> tuple[Mapping[Fact, Derivation], Mapping[Fact, Account]]:
        """Return derivations of all facts of a predicate that follow from graphs, and their leaves.

        A statement that is inferred before it enters the closure is no leaf.
        """
        graphs, predicate = key
        rulebook = self.rulebooks[predicate]
        used = {predicate, *(predicate for predicate, _ in rulebook.triggers)}
        statements = (
            (fact, source)
            for fact, source, graph in self.kernel.list_statements(graphs)
            if fact[1] in used and graph in source and self.kernel.takes_part(graph)
        )
        return self.close_by_strength(statements, rulebook)

    def close_by_strength(
        self,
        statements: Iterable[tuple[Fact, Graphs]],
        rulebook: Rulebook,
        goal: Fact | None = None,
    ) -> tuple[Mapping[Fact, Derivation], Mapping[Fact, Account]]:
        """Return the derivations of what follows from statements, up to a goal, and their leaves.

        Statements enter the closure by account, the strongest first, so that an inference at a
        level needs no weaker statement: the least fixed point over the bottleneck semiring, in the
        order of Knuth (A generalization of Dijkstra's algorithm, 1977). Of equal strength, those of
        the article come first.
        """
        levels: dict[Account, list[tuple[Fact, Graphs]]] = defaultdict(list)
        for fact, source in statements:
            levels[self.rate_statement(fact, source)].append((fact, source))
        closure = Closure(rulebook, self.kernel.tbox.closure)
        leaves: dict[Fact, Account] = {}
        for level in sorted(levels, key=lambda account: account.rank):
            new = {fact: level for fact, _ in levels[level] if fact not in closure}
            closure.add(levels[level])
            leaves = new | leaves
            if goal in closure.why:
                break
        return closure.why, leaves

    def find_support(self, goal: Fact) -> Graphs:
        """Return a minimal set of graphs that gives a fact that holds, no other more strongly.

        The first derivation decides if it is as strong as the property allows; else the strongest
        statements of up to MOST_DERIVATIONS derivations do.
        """
        kernel, usual = self.kernel, Account(self.find_usual(goal))
        stated = frozenset(self.sort_graphs(goal, kernel.sources_stating(goal))[:1])
        said = self.rate_statement(goal, stated)
        is_strong = bool(stated) and said.strength <= usual.strength
        if is_strong or not kernel.tbox.rulebook.rules_for(goal):
            return stated
        leaves = self.find_first_leaves(goal)
        first = self.rate_derivation(goal, leaves)
        weighs = kernel.name(goal[1]) not in MEANINGLESS
        if weighs and (first is None or first.strength != usual.strength):
            cone = Cone.search(kernel.closure, goal, WIDE)
            statements = (
                (fact, kernel.singleton(graph))
                for fact, leaf in cone.leaves.items()
                if fact != goal
                for graph in leaf.alone
            )
            derivations, rated = self.close_by_strength(statements, self.rulebooks[goal[1]], goal)
            leaves = self.find_leaves(goal, derivations, rated.get) or leaves
        if leaves is None:
            return stated
        graphs = (self.sort_graphs(fact, kernel.closure.stated[fact])[0] for fact in leaves)
        support, _ = kernel.search.shrink(goal, frozenset(graphs))
        if not stated:
            return support
        inferred = self.rate_inference(goal, support)
        is_weak = inferred is None or inferred.strength >= said.strength
        return stated if is_weak else support

    def sort_graphs(self, fact: Fact, graphs: Collection[int]) -> list[int]:
        """Return the graphs that state a fact, the strongest first."""
        if len(graphs) == 1:
            return [*graphs]
        return sorted(graphs, key=lambda graph: (self.rate_statement(fact, (graph,)).rank, graph))

    def find_strongest_tree(self, fact: Fact, graphs: Graphs) -> Tree | None:
        """Return the proof tree of a strongest inference of a fact, None without one.

        Graphs of many triples are not closed for it.
        """
        if not self.is_small(graphs):
            return None
        derivations, _ = self.derived[graphs, fact[1]]
        builder = TreeBuilder(self.kernel, graphs, derivations, inferred=derivations)
        return builder.tree(fact) if fact in derivations else None

    def rate_leaf(self, leaf: Statement) -> Account:
        """Return the account of a leaf of a proof tree."""
        fact = self.kernel.fact(*leaf.triple)
        graphs = map(self.kernel.graph, leaf.graphs)
        if fact is None:
            return NO_ACCOUNT
        return self.rate_statement(fact, [graph for graph in graphs if graph is not None])

    def rate_tree(self, tree: Tree) -> Account:
        """Return the account of a proof: all its statements, and the property that it concludes."""
        if isinstance(tree, Statement):
            return self.rate_leaf(tree)
        usual = Account(self.by_predicate[tree.triple.predicate.value])
        return find_weakest((usual, *map(self.rate_leaf, statements(tree)))) or usual

    def rate_proof(self, triple: Triple, proof: Proof) -> Account:
        """Return the account of a triple in the graphs of a proof, as cited answers have it."""
        graphs = frozenset(map(self.kernel.lexicon.number, map(NamedNode, proof.graphs)))
        asked = triple.subject, triple.predicate, triple.object
        return self.by_triple[asked, graphs] or self.rate_tree(proof.tree)

    def rate_explanation(self, explanation: Explanation) -> Account:
        """Return the account of a triple, by the strongest of its sources and shown proofs."""
        triple = explanation.triple
        leaves = (self.rate_leaf(Statement(triple, (graph,))) for graph in explanation.stated)
        proofs = (self.rate_proof(triple, proof) for proof in explanation.proofs)
        return find_strongest((*leaves, *proofs)) or NO_ACCOUNT
