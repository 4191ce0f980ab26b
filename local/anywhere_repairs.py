"""IAM Roles Anywhere, which moto has not: profiles and trust anchors, as far as somebody looks at them.

https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

import re
import sys
import types
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

from moto import backend_index
from moto.core.base_backend import BackendDict, BaseBackend

from local.json_requests import answer, body_of, type_answer

_SERVICE: Final = "rolesanywhere"
_HOST: Final = r"https?://rolesanywhere\.(.+)\.amazonaws\.com"
_CREDENTIAL: Final = re.compile(r"Credential=[^/]+/\d{8}/([^/]+)/", re.ASCII)
_THING: Final = re.compile(r"/(profile|trustanchor)/([^/?]+)(?:/(enable|disable))?$", re.ASCII)
# What each kind is called in its paths, in answers, and in its list.
_KINDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "profile": ("profiles", "profile", "profileId"),
    "trustanchor": ("trustanchors", "trustAnchor", "trustAnchorId"),
}


class RolesAnywhereBackend(BaseBackend):
    """What one account has in one region."""

    def __init__(self, region_name: str, account_id: str) -> None:
        """Begin with nothing."""
        super().__init__(region_name, account_id)
        self.kept: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in _KINDS}

    @property
    def url_bases(self) -> list[str]:
        """Return the hosts."""
        return [_HOST]

    @property
    def _url_module(self) -> Any:
        return types.SimpleNamespace(url_bases=[_HOST], url_paths=_PATHS)


rolesanywhere_backends: BackendDict[RolesAnywhereBackend] = BackendDict(RolesAnywhereBackend, _SERVICE)


def _kept(request: Any, kind: str) -> dict[str, dict[str, Any]]:
    """Return what there is of a kind in the region that the request is signed for."""
    found = _CREDENTIAL.search(str(request.headers.get("Authorization", "")))
    backend: RolesAnywhereBackend = rolesanywhere_backends["123456789012"][found[1] if found else "us-east-1"]
    return backend.kept[kind]


def _all(kind: str) -> Callable[[Any, str, Any], type_answer]:
    listed, one, identifier = _KINDS[kind]

    def serve(request: Any, _url: str, _headers: Any) -> type_answer:
        kept = _kept(request, kind)
        if request.method != "POST":
            return answer({"trustAnchors" if kind == "trustanchor" else listed: list(kept.values())})
        name = str(uuid.uuid4())
        arn = f"arn:aws:rolesanywhere:us-east-1:123456789012:{'trust-anchor' if kind == 'trustanchor' else kind}/{name}"
        kept[name] = {"enabled": False, **body_of(request), identifier: name, f"{one}Arn": arn}
        return answer({one: kept[name]}, 201)

    return serve


def _single(request: Any, url: str, _headers: Any) -> type_answer:
    found = _THING.search(url.partition("?")[0])
    kind, name, verb = (found[1], found[2], found[3]) if found else ("profile", "", None)
    kept, answered = _kept(request, kind), _KINDS[kind][1]
    if name not in kept:
        return answer({"message": "no such resource", "__type": "ResourceNotFoundException"}, 404)
    if request.method == "DELETE":
        return answer({answered: kept.pop(name)})
    if verb:
        kept[name]["enabled"] = verb == "enable"
    elif request.method == "PATCH":
        kept[name] |= body_of(request)
    return answer({answered: kept[name]})


_PATHS: Final[dict[str, Callable[[Any, str, Any], type_answer]]] = {
    "{0}/profiles$": _all("profile"),
    "{0}/trustanchors$": _all("trustanchor"),
    "{0}/profile/(?P<profile_id>[^/]+)$": _single,
    "{0}/profile/(?P<profile_id>[^/]+)/(?P<verb>enable|disable)$": _single,
    "{0}/trustanchor/(?P<anchor_id>[^/]+)$": _single,
    "{0}/trustanchor/(?P<anchor_id>[^/]+)/(?P<verb>enable|disable)$": _single,
}


def repair_anywhere() -> None:
    """Have moto know the service; doing so twice changes nothing."""
    if _SERVICE not in dict(backend_index.backend_url_patterns):
        backend_index.backend_url_patterns.append((_SERVICE, re.compile(_HOST)))
    sys.modules[f"moto.{_SERVICE}"] = sys.modules[__name__]
