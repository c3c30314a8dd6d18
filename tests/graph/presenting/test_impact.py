"""The sources: nothing is asked twice, for each question may be a request to a remote store."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, cast

from pyoxigraph import BlankNode, NamedNode, Quad, Store

from graph.presenting.impact import view_impacts


class Watched:
    """A store, and the patterns that it was asked for."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.patterns: Counter[tuple[object, ...]] = Counter()

    def quads_for_pattern(self, *pattern: Any) -> Iterator[Quad]:
        self.patterns[pattern] += 1
        return self.store.quads_for_pattern(*pattern)

    def named_graphs(self) -> Iterator[NamedNode | BlankNode]:
        return self.store.named_graphs()

    def query(self, text: str, **options: Any) -> Any:
        return self.store.query(text, **options)


def test_a_page_of_sources_asks_for_nothing_twice(store: Store) -> None:
    watched = Watched(store)
    impacts = view_impacts(cast("Store", watched), None, 1)
    assert len(impacts.sources) > 10
    assert watched.patterns.most_common(1)[0][1] == 1
    assert watched.patterns.total() < 10 * len(impacts.sources)
