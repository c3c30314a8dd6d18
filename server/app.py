"""The application factory: every route of the server."""

from __future__ import annotations

from flask import Flask, Request

from server import (
    crawler,
    download,
    explanation,
    graph_store,
    health,
    linked_data,
    problem,
    question_api,
    sparql,
)
from server.asset import add_assets
from server.front import exchange
from server.front.exchange import Exchanges
from server.front.wsgi import Pages
from server.page import (
    api,
    cite,
    dataset_page,
    explore,
    frame,
    home,
    question_page,
    search_page,
    source_page,
    thing_page,
)
from server.site import NAME, Site
from server.sparql import Endpoint

BLUEPRINTS = (
    exchange.blueprint,
    problem.blueprint,
    sparql.blueprint,
    graph_store.blueprint,
    linked_data.blueprint,
    frame.blueprint,
    home.blueprint,
    thing_page.blueprint,
    search_page.blueprint,
    source_page.blueprint,
    question_page.blueprint,
    dataset_page.blueprint,
    explore.blueprint,
    api.blueprint,
    cite.blueprint,
    download.blueprint,
    question_api.blueprint,
    explanation.blueprint,
    crawler.blueprint,
    health.blueprint,
)


class PageRequest(Request):
    """A request of Flask with the addresses of its exchange."""

    @property
    def root_url(self) -> str:
        """The address of the server, with a slash at its end."""
        return exchange.exchange().root_url

    @property
    def base_url(self) -> str:
        """The requested address without its parameters."""
        return exchange.exchange().base_url


def create_app(site: Site) -> Exchanges:
    """Return the ASGI application of a site."""
    return Exchanges(site, Endpoint(site, Pages(create_pages(site).wsgi_app)))


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
    return app
