"""What starts the zygote, and does not once it is closed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from graph.engine.frame import PeerClosedError
from graph.engine.settings import EngineSettings
from graph.engine.supervision.nursery import Nursery


@pytest.mark.parametrize("late", [Nursery.fork, Nursery.ensure, Nursery.load])
def test_who_comes_after_it_has_closed_starts_no_process(late: Callable[[Nursery], object]) -> None:
    nursery = Nursery(EngineSettings())
    nursery.ensure()
    nursery.close()
    with pytest.raises(PeerClosedError):
        late(nursery)
    assert nursery.pid is None
