"""The entry of the command: SIGINT ends it without a traceback before it runs, and after."""

import signal


def main() -> None:
    """Import the command, and run it."""
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN  # by nohup(1) or a script
    outside = signal.SIG_IGN if ignored else signal.SIG_DFL
    signal.signal(signal.SIGINT, outside)
    from server.command import main as run  # noqa: PLC0415 - a fifth of a second

    try:
        run()
    finally:
        signal.signal(signal.SIGINT, outside)
