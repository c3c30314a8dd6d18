"""The types of the options of `cpec serve`, which bound their values."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from typing import Any, Final

import click

from graph.errors import ParameterError
from graph.written_value import ECHO
from server.service.endpoint import map_endpoints

DAY_SECONDS: Final = 24 * 60 * 60
LARGEST_SIZE: Final = 10**12
"""The largest number of bytes: more is a slip of the pen, and near the limit of system calls."""

CONTACT: Final = re.compile(r"""(?:mailto:[^\s@<>"?]+@|https?://)[^\s@<>"\\^`{|}]+""")


class Seconds(click.FloatRange):
    """A time up to a day; not `nan`, which passes every comparison with a bound."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the time; raises click.BadParameter."""
        seconds = float(super().convert(value, param, ctx))
        if math.isnan(seconds):
            self.fail("nan is not a time.", param, ctx)
        return seconds


class Pair(click.Tuple):
    """An endpoint and an address; an environment variable may have several pairs."""

    def __init__(self) -> None:
        super().__init__([str, str])

    def split_envvar_value(self, rv: str) -> Sequence[str]:
        """Return the words; raises click.BadParameter for half a pair, which click would drop."""
        words = rv.split()
        if len(words) % 2:
            raise click.BadParameter(f"{words[-1]} has no address after it")
        return words


COUNT_OR_NONE: Final = click.IntRange(0, 10**6)
SIZE: Final = click.IntRange(1, LARGEST_SIZE)
SIZE_OR_NONE: Final = click.IntRange(0, LARGEST_SIZE)
SECONDS: Final = Seconds(0, DAY_SECONDS, min_open=True)
SECONDS_OR_NONE: Final = Seconds(0, DAY_SECONDS)


def check_value(
    check: Callable[[Any], Any],
) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """Return a callback of click that checks a value, unless it is None."""

    def callback(_context: click.Context, _parameter: click.Parameter, value: Any) -> Any:
        try:
            return None if value is None else check(value)
        except (ParameterError, ValueError) as error:
            raise click.BadParameter(str(error)) from None

    return callback


def read_contact(text: str) -> str:
    """Return an address of mail as `mailto:`, or one of the web; raises ValueError."""
    address = f"mailto:{text}" if "@" in text and ":" not in text else text
    if address and not CONTACT.fullmatch(address):
        raise ValueError(f"a contact is an address of mail, or https://..., not {text[:ECHO]!r}")
    return address


check_contact: Final = check_value(read_contact)
"""Returns the address of a contact."""

check_address: Final = check_value(lambda text: str(ip_address(text)))
"""Returns an IP address as sockets write it."""

check_endpoints: Final = check_value(lambda iris: tuple(map_endpoints(iris, ())))
"""Returns the endpoints that SERVICE may ask."""

check_map: Final = check_value(lambda pairs: tuple(map_endpoints((), pairs).items()))
"""Returns endpoints with the addresses that answer for them."""
