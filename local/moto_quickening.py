"""Spares moto's server work that it does anew for each request, and that changes nothing of any answer."""

from __future__ import annotations

import time
from functools import cache
from typing import Any

from flask import Flask
from moto.core import responses
from moto.core.base_backend import BackendDict
from moto.core.utils import camelcase_to_underscores, method_names_from_class
from moto.iam import models as iam_models
from moto.moto_server import werkzeug_app
from moto.settings import load_iam_aws_managed_policies
from moto.sqs import models as sqs_models

_names_of_methods = cache(method_names_from_class)
_underscored = cache(camelcase_to_underscores)
_make_backends = BackendDict.__getitem__
_read_policies = iam_models.IAMBackend._init_aws_policies
_policies: dict[tuple[str, bool], list[Any]] = {}  # AWS's own, by partition and whether moto is to have them


def quicken_moto() -> None:
    """Put the short cuts in place; doing so twice changes nothing."""
    vars(responses)["method_names_from_class"] = _names_of_methods  # moto looks through the class for each call
    for module in (responses, sqs_models):
        vars(module)["camelcase_to_underscores"] = _underscored  # letter by letter, for each call
    vars(sqs_models)["unix_time_millis"] = _now  # four dates are made for it, for each message of a queue
    vars(iam_models)["get_account_id_from"] = account_of
    setattr(BackendDict, "__getitem__", _get_backends)  # noqa: B010 - a method may not be assigned
    # AWS's own policies are read from moto's text once, not for each account: a quarter of a second each time.
    setattr(iam_models.IAMBackend, "_init_aws_policies", _aws_policies)  # noqa: B010 - a method may not be assigned
    vars(werkzeug_app)["DISABLE_GLOBAL_CORS"] = True  # no browser asks


def create_app(service: Any) -> Flask:
    """Return moto's application of a service, which raises what it does not handle, but is not in Flask's debug mode.

    In that, each request with a form has a class made for it.
    """
    app: Flask = werkzeug_app.create_backend_app(service)
    app.debug = False
    app.config["PROPAGATE_EXCEPTIONS"] = True
    return app


def account_of(access_key: str) -> str:
    """Return the account that has the key, as moto does, which makes the IAM of every partition to look there too."""
    for account, partitions in list(iam_models.iam_backends.items()):
        if any(access_key in backend.access_keys for backend in list(partitions.values())):
            return account
    return str(vars(iam_models)["DEFAULT_ACCOUNT_ID"])


def _now() -> float:
    """Return the time in milliseconds."""
    return time.time() * 1000


def _get_backends(backends: Any, account: str) -> Any:
    """Return an account's backends; who has them is registered already, for which moto looks under a lock."""
    found = dict.get(backends, account)
    return _make_backends(backends, account) if found is None else found


def _aws_policies(backend: iam_models.IAMBackend) -> list[Any]:
    """Return AWS's own policies for an account, which counts by itself where they are attached."""
    asked = (backend.region_name, load_iam_aws_managed_policies())
    if asked not in _policies:
        _policies[asked] = _read_policies(backend)
    return [_of_account(policy, backend.account_id) for policy in _policies[asked]]


def _of_account(policy: Any, account: str) -> Any:
    versions = [_copied(version) for version in policy.versions]
    return _copied(policy, account_id=account, versions=versions, tags={})


def _copied(value: Any, **changed: object) -> Any:
    """Return what `copy.copy` would, in a third of the time: there are thousands of them."""
    own = object.__new__(type(value))
    vars(own).update(vars(value), **changed)
    return own
