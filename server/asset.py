"""The static files of the pages, each at an address that changes with its bytes.

A browser keeps what it got at such an address for good, and has the new file after an upgrade.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Final

from flask import Flask, Response, request, send_from_directory

FOLDER: Final = Path(__file__).parent / "static"
VERSIONS: Final = {
    file.relative_to(FOLDER).as_posix(): sha256(file.read_bytes()).hexdigest()[:16]
    for file in FOLDER.rglob("*")
    if file.is_file()
}
"""A hash of each file, by its path in the folder."""

YEAR: Final = 365 * 24 * 60 * 60


def add_assets(app: Flask) -> None:
    """Give an application the static files, and its templates their addresses."""
    app.add_url_rule("/static/<path:name>", view_func=static)
    app.add_template_global(asset)


def asset(name: str) -> str:
    """Return the address of a static file in its present version."""
    return f"/static/{name}?v={VERSIONS[name]}"


def static(name: str) -> Response:
    """Return a static file: to be kept where its present version was asked, else asked anew."""
    response = send_from_directory(FOLDER, name)
    if request.args.get("v") == VERSIONS.get(name):
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response
