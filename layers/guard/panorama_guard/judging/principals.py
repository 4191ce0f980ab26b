"""Writes how far a trust escape reaches as a trust policy would: in principals, not in the engine's resources."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from panorama_guard.containment import describe_principal, trust_grant
from panorama_guard.containment.elements import without_covered
from panorama_guard.containment.extent import Extent
from panorama_guard.policy import Document, Patterns, Principals, Statement, parse_document
from panorama_guard.policy.glob import Glob
from panorama_guard.policy.write import document_value

Named = tuple[str, str]  # a kind of principal and its identifier


def write_trust(extent: Extent, trust: str) -> str:
    """Return the statements of a trust escape, its principals named as the trust policy names them."""
    known = dict(_known(parse_document(trust, name="trust policy")))
    value = document_value(extent.document.statements)
    statements = zip(value["Statement"], extent.document.statements, strict=True)
    value["Statement"] = [_with_principals(body, statement, known) for body, statement in statements]
    return json.dumps(value, separators=(",", ":"))


def _known(document: Document) -> Iterator[tuple[tuple[Glob, ...], Named]]:
    """Yield each principal of a trust policy under the globs that the engine knows it by."""
    for statement in document.statements:
        for entry in statement.principals.entries if statement.principals else ():
            single = replace(statement, principals=Principals(negated=False, entries=(entry,)))
            (policy,) = trust_grant(replace(document, statements=(single,))).policies
            resources = policy.statements[0].resources
            yield without_covered(resources.globs if resources else ()), entry


def _with_principals(
    body: dict[str, Any], statement: Statement, known: dict[tuple[Glob, ...], Named]
) -> dict[str, Any]:
    resources = statement.resources or Patterns(negated=True, globs=())
    name = "NotPrincipal" if resources.negated else "Principal"
    rest = {key: value for key, value in body.items() if key not in ("Effect", "Resource", "NotResource")}
    return {"Effect": body["Effect"], name: _principals(resources.globs, known), **rest}


def _principals(globs: Iterable[Glob], known: dict[tuple[Glob, ...], Named]) -> str | dict[str, Any]:
    left = set(globs)
    if "*" in left:
        return "*"
    found: dict[str, list[str]] = {}
    for group, (kind, text) in known.items():
        if left.issuperset(group):
            found.setdefault(kind, []).append(text)
            left.difference_update(group)
    for glob in sorted(left):
        kind, _, text = describe_principal(glob).partition(" ")
        found.setdefault(kind, []).append(text)
    return {kind: texts[0] if len(texts) == 1 else texts for kind, texts in found.items()}
