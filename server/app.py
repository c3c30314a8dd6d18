"""The application: every route of the server, over one site."""

from __future__ import annotations

from flask import Flask

from server import (
    crawler,
    download,
    exchange,
    explain,
    health,
    linked_data,
    problem,
    question,
    sparql,
    store,
)
from server.exchange import Exchanges
from server.site import NAME, Site
from server.sparql import Endpoint

BLUEPRINTS = (
    exchange.blueprint,
    problem.blueprint,
    sparql.blueprint,
    store.blueprint,
    linked_data.blueprint,
    download.blueprint,
    question.blueprint,
    explain.blueprint,
    crawler.blueprint,
    health.blueprint,
)


def create_app(site: Site) -> Flask:
    """Return the WSGI application that answers for a site."""
    app = Flask(__name__, static_folder="static", static_url_path="/static")
    app.extensions[NAME] = site
    app.url_map.merge_slashes = False
    app.json.compact = True  # type: ignore[attr-defined]  # Flask's default provider has it
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.wsgi_app = Exchanges(site, Endpoint(site, app.wsgi_app))  # type: ignore[method-assign]
    return app
