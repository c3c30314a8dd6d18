"""Default signals for what the tests start, however they themselves were started."""

import signal
from typing import Final

IGNORED: Final = (signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM)


def give_default_signals() -> None:
    """Have every process that this one starts begin with the default signals.

    A job in the background ignores SIGINT and SIGQUIT, one under nohup SIGHUP, and a process hands
    that down to those that it starts, but no handler: so a handler that does nothing ignores here.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in IGNORED:
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, lambda *_: None)
