"""Compiles what is worth it, where a C compiler is at hand; without one it runs as it is written.

    python hatch_build.py

A file of Python beside which there is one of types (.pxd) becomes an extension module of the same
name, which Python imports in its place. The types are those of Cython's augmenting files:
https://docs.cython.org/en/latest/src/tutorial/pure.html#augmenting-pxd
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from sysconfig import get_config_var
from typing import Any, Final

from Cython.Build import cythonize
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from setuptools import Distribution, Extension
from setuptools.command.build_ext import build_ext
from setuptools.errors import BaseError, CCompilerError, CompileError

HERE: Final = Path(__file__).parent
DIRECTIVES: Final = {
    "language_level": "3",
    "annotation_typing": False,  # the types are those of the .pxd alone
    "boundscheck": False,
    "initializedcheck": False,
    "wraparound": False,
}


class CustomBuildHook(BuildHookInterface[Any]):
    """Compiles before a wheel is made, or the project is installed to be edited."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Compile, and have the wheel hold what is compiled."""
        if made := compile_in_place():
            build_data["pure_python"] = False
            build_data["infer_tag"] = True
            build_data["artifacts"] += [str(path.relative_to(HERE)) for path in made]


def compile_in_place() -> list[Path]:
    """Compile each module beside its source, and return the files; none where that is not possible.

    It is all of them or none: they call each other as C does. What is newer than its source stays.
    """
    sources = sorted(path.with_suffix(".py") for path in HERE.glob("graph/**/*.pxd"))
    made = [source.with_suffix(str(get_config_var("EXT_SUFFIX"))) for source in sources]
    if all(map(is_newer, made, sources)):
        return made
    remove_compiled(sources)
    modules = [".".join(source.relative_to(HERE).with_suffix("").parts) for source in sources]
    with tempfile.TemporaryDirectory() as folder:
        extensions = cythonize(
            [
                Extension(m, [str(s)], extra_compile_args=["-w", "-g0"])
                for m, s in zip(modules, sources, strict=True)
            ],
            build_dir=folder,
            compiler_directives=DIRECTIVES,
            quiet=True,
        )
        command = build_ext(Distribution({"ext_modules": extensions}))
        command.inplace, command.build_temp, command.parallel = True, folder, os.cpu_count()
        command.ensure_finalized()
        try:
            command.run()
        except (BaseError, CCompilerError, CompileError) as error:
            remove_compiled(sources)
            print(f"not compiled, so counts are cited more slowly: {error}", file=sys.stderr)
            return []
    return made


def is_newer(made: Path, source: Path) -> bool:
    """Whether a file was made after its source was last changed, and the types beside that."""
    changed = [path.stat().st_mtime for path in (source, source.with_suffix(".pxd"))]
    return made.exists() and made.stat().st_mtime >= max(changed)


def remove_compiled(sources: list[Path]) -> None:
    """Remove what was compiled of sources: it would be imported in their place."""
    for source in sources:
        for old in source.parent.glob(f"{source.stem}.*.so"):
            old.unlink()


if __name__ == "__main__":
    compile_in_place()
