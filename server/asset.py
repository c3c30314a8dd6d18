"""The static files of the pages: the address of a file changes with its bytes.

A browser keeps a file for good, and asks for the new address after an upgrade.
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
"""The hash of each file by its path in the folder."""

YEAR: Final = 365 * 24 * 60 * 60


def add_assets(app: Flask) -> None:
    """Add the route of the static files, and the template function `asset`."""
    app.add_url_rule("/static/<path:name>", view_func=send_asset)
    app.add_template_global(asset_address, "asset")


def asset_address(name: str) -> str:
    """Return the address of the present version of a static file."""
    return f"/static/{name}?v={VERSIONS[name]}"


def send_asset(name: str) -> Response:
    """Return a static file, immutable for a year (RFC 8246) if its address has its version."""
    response = send_from_directory(FOLDER, name)
    if request.args.get("v") == VERSIONS.get(name):
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response
