"""The application: the routes of the server over a store."""

from __future__ import annotations

from flask import Flask
from pyoxigraph import Store

from server import problem, sparql


def create_app(store: Store) -> Flask:
    """Return the WSGI application that answers from the store."""
    app = Flask(__name__, static_folder=None)
    app.config["STORE"] = store
    app.register_blueprint(sparql.blueprint)
    app.register_blueprint(problem.blueprint)
    return app
