"""A supervisor starts a zygote at need, and none after it was closed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from graph.engine.engine_settings import EngineSettings
from graph.engine.framing import PeerClosedError
from graph.engine.supervision.zygote_supervisor import ZygoteSupervisor


@pytest.mark.parametrize(
    "late", [ZygoteSupervisor.fork, ZygoteSupervisor.ensure, ZygoteSupervisor.load]
)
def test_who_comes_after_it_has_closed_starts_no_process(
    late: Callable[[ZygoteSupervisor], object],
) -> None:
    zygotes = ZygoteSupervisor(EngineSettings())
    zygotes.ensure()
    zygotes.close()
    with pytest.raises(PeerClosedError):
        late(zygotes)
    assert zygotes.pid is None
