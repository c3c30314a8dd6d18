"""`cpec` with limits that have no option, for measurements and tests.

python -m bench.tuned '{"send_time": 5}' serve ...
"""

import json
import sys

from server.command import cpec


def main() -> None:
    """Run the command of the last arguments with the limits of the first, in JSON."""
    cpec(sys.argv[2:], obj=json.loads(sys.argv[1]))


if __name__ == "__main__":
    main()
