"""A plugin of pytest: what is compiled runs as it is written (`pytest -p tests.uncompiled`)."""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType


class Sources:
    """Finds the source of a module beside which there is a file of types for the compiler."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        for folder in path or ():
            source = Path(folder) / f"{name.rpartition('.')[2]}.py"
            if source.with_suffix(".pxd").exists():
                return spec_from_file_location(name, source)
        return None


sys.meta_path.insert(0, Sources())
