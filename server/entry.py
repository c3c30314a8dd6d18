"""The entry of the command: until it runs, SIGINT ends it without a traceback."""

import signal


def main() -> None:
    """Import the command, and run it."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from server.command import main as run  # noqa: PLC0415 - a fifth of a second

    run()
