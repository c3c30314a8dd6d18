"""A supervisor starts a zygote at need, and none after it was closed."""

from collections.abc import Callable

import pytest

from server.engine.framing import PeerClosedError
from server.engine.supervision.zygote_supervisor import ZygoteSupervisor
from server.graph_settings import GraphSettings


@pytest.mark.parametrize(
    "late", [ZygoteSupervisor.fork, ZygoteSupervisor.ensure, ZygoteSupervisor.load]
)
def test_who_comes_after_it_has_closed_starts_no_process(
    late: Callable[[ZygoteSupervisor], object],
) -> None:
    zygotes = ZygoteSupervisor(GraphSettings())
    zygotes.ensure()
    zygotes.close()
    with pytest.raises(PeerClosedError):
        late(zygotes)
    assert zygotes.pid is None
