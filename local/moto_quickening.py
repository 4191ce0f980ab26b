"""Spares moto's server work that it does anew for each request, and that changes nothing of any answer."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import Flask
from moto.core import responses
from moto.core.utils import method_names_from_class
from moto.moto_server import werkzeug_app

_names_of_methods = cache(method_names_from_class)


def quicken_moto() -> None:
    """Put the short cuts in place; doing so twice changes nothing."""
    vars(responses)["method_names_from_class"] = _names_of_methods  # moto looks through the class for each call
    vars(werkzeug_app)["DISABLE_GLOBAL_CORS"] = True  # no browser asks


def create_app(service: Any) -> Flask:
    """Return moto's application of a service, which raises what it does not handle, but is not in Flask's debug mode.

    In that, each request with a form has a class made for it.
    """
    app: Flask = werkzeug_app.create_backend_app(service)
    app.debug = False
    app.config["PROPAGATE_EXCEPTIONS"] = True
    return app
