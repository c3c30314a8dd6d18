"""The application factory: every route of the server.

The address of a static file changes with its bytes: a browser keeps a file for good, and asks for
the new address after an upgrade.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Final

from flask import Flask, Request, Response, request, send_from_directory
from werkzeug.utils import import_string

from server.engine.front.turn import Turns
from server.engine.front.wsgi import Pages
from server.exchange import Exchanges, exchange
from server.health import Probes
from server.page.language import add_translations
from server.parameters import read_address
from server.site import NAME, Site
from server.sparql import Endpoint

MODULES: Final = (
    "exchange",
    "problem",
    "sparql",
    "write",
    "description",
    "graph_store",
    "linked_data",
    "page.frame",
    "page.translated_name",
    "page.overview",
    "page.thing_page",
    "page.ledger",
    "page.search_page",
    "page.question_page",
    "page.explore",
    "page.api",
    "page.cite",
    "page.check",
    "download",
    "feed",
    "question_api",
    "explanation",
    "reconciliation",
    "crawler",
    "health",
)
"""The modules with a blueprint."""

# at import, not by create_pages(): a front is forked from a process that has all modules
BLUEPRINTS: Final = [import_string(f"server.{name}:blueprint") for name in MODULES]


class PageRequest(Request):
    """A request of Flask with the addresses of its exchange."""

    @property
    def root_url(self) -> str:
        """The address of the server, with a slash at its end."""
        return exchange().root_url

    @property
    def base_url(self) -> str:
        """The requested address without its parameters."""
        return exchange().base_url


def create_app(site: Site) -> Exchanges:
    """Return the ASGI application of a site."""
    pages = Pages(create_pages(site).wsgi_app, Turns(site.engine.accounts))
    return Exchanges(site, Probes(site, Endpoint(site, pages)))


def create_pages(site: Site) -> Flask:
    """Return the Flask application: pages, documents, graph store, errors."""
    app = Flask(__name__, static_folder=None)
    app.request_class = PageRequest
    app.extensions[NAME] = site
    app.url_map.merge_slashes = False
    app.json.compact = True  # type: ignore[attr-defined]  # Flask's default provider has it
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    add_assets(app)
    add_translations(app)
    return app


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
    app.add_template_global(lambda name: f"/static/{name}?v={VERSIONS[name]}", "asset")


def send_asset(name: str) -> Response:
    """Return a static file, immutable for a year (RFC 8246) if its address has its version."""
    response = send_from_directory(FOLDER, name)
    if VERSIONS.get(name) in read_address(request).get_all("v"):
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response
