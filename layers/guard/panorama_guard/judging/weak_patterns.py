"""Finds statements whose pattern of names reaches what it was not meant to: what S3 names has no account in its ARN.

`arn:aws:s3:::*aws-panorama*` is meant for the account's buckets of that name. It matches a bucket of that name that
somebody else owns, and in any bucket at all an object whose key has the words in it. AWS's own managed policies are
written so; nothing is ever changed for it, and what would close it is shown.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.weak_pattern import WeakPattern
from panorama_guard.containment import Contained, Grant, Request, StatementRef
from panorama_guard.containment.evaluate import allows
from panorama_guard.judging.decide import decide
from panorama_guard.judging.permissions import read_permissions
from panorama_guard.policy import Document, DocumentError, Effect, parse_document, parse_document_value
from panorama_guard.policy.glob import matches, parse_glob
from panorama_guard.policy.record import replace
from panorama_guard.policy.text import decode_json

_S3 = ":s3:::"
MOST_EXAMPLES = 4  # requests that are told of one statement
_OTHERS = "000000000000"  # no account has this number
_KEY = "aws:ResourceAccount"
_OBJECT_ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")
_BUCKET_ACTIONS = ("s3:ListBucket", "s3:GetBucketPolicy", "s3:CreateBucket", "s3:DeleteBucket")
_FOREIGN = "in a bucket of that name that another account owns"
_ANY_BUCKET = "in any bucket, by the key of an object"

# How a request gets past the meaning of a pattern, the pattern, and the request.
Probe = tuple[str, str, Request]


def weak_patterns(roles: Iterable[RoleSnapshot], buckets: tuple[str, ...]) -> tuple[WeakPattern, ...]:
    """Return each weak statement of these roles once, with the roles that have it; `buckets` are the account's own."""
    found: dict[tuple[str, str], WeakPattern] = {}
    for role in roles:
        for weak in _of_role(role, buckets):
            known = found.get((weak.source, weak.quote), weak)
            names = dict.fromkeys((*known.roles, role.subject.name))
            found[weak.source, weak.quote] = replace(weak, roles=tuple(names))
    return tuple(found.values())


def _of_role(role: RoleSnapshot, buckets: tuple[str, ...]) -> Iterator[WeakPattern]:
    grant = read_permissions(role).grant
    texts = [(policy.name, policy.text) for policy in role.inline]
    texts += [(policy.arn, policy.text) for policy in role.attached]
    for source, text in texts:
        try:
            document, body = parse_document(text, name=source), decode_json(text, name=source)
        except DocumentError:
            continue  # it is told as undecided
        for index, statement in enumerate(_listed(body)):
            if document.statements[index].effect is Effect.ALLOW:
                alone = _document(statement, body, source)
                grants = (grant, Grant((alone,)))
                if shown := _shown(_probes(statement, role.subject.account), grants):
                    yield _weak(role, StatementRef(source, statement.get("Sid"), index), statement, shown, buckets)


def _shown(probes: Iterable[Probe], grants: tuple[Grant, Grant]) -> tuple[Probe, ...]:
    """Return the requests that the role is granted, and by this statement: one for each way past each pattern."""
    found: dict[tuple[str, str], Request] = {}
    for words, pattern, request in probes:
        if all(allows(grant, request) for grant in grants):
            found.setdefault((words, pattern), request)
    return tuple((words, pattern, request) for (words, pattern), request in found.items())


def _weak(
    role: RoleSnapshot,
    where: StatementRef,
    statement: Mapping[str, Any],
    shown: tuple[Probe, ...],
    buckets: tuple[str, ...],
) -> WeakPattern:
    hardened = _hardened(statement, role.subject.account, buckets)
    new, old = (Grant((_document(one, {}, where.policy),)) for one in (hardened, statement))
    left = [probe for probe in shown if allows(new, probe[2])]
    is_better = isinstance(decide(new, old), Contained) and len(left) < len(shown)
    return WeakPattern(
        (role.subject.name,),
        where.policy,
        where.words,
        json.dumps(statement),
        _words(shown),
        json.dumps(hardened) if is_better else "",
        _words(left) if is_better else (),
    )


def _words(probes: Iterable[Probe]) -> tuple[str, ...]:
    told = [f"{request.action} on {request.resource}, {words}" for words, _, request in probes]
    return tuple(told[:MOST_EXAMPLES])


def _probes(statement: Mapping[str, Any], account: str) -> Iterator[Probe]:
    """Yield requests that each pattern of bucket names was not meant for."""
    for pattern in _texts(statement.get("Resource")):
        start, found, name = pattern.partition(_S3)
        if not found or "*" not in name or "$" in name:
            continue
        example = _example(name)
        tries = ((_FOREIGN, _OTHERS, f"{example}/object"), (_FOREIGN, _OTHERS, example))
        for words, owner, resource in (*tries, (_ANY_BUCKET, account, f"another-bucket/{example.strip('/')}")):
            if matches(parse_glob(name, variables=False), resource):
                actions = _OBJECT_ACTIONS if "/" in resource else _BUCKET_ACTIONS
                context = ((_KEY, (owner,)),)
                requests = (Request(action, f"{start}{found}{resource}", context) for action in actions)
                yield from ((words, pattern, request) for request in requests)


def _example(pattern: str) -> str:
    """Return a name that a pattern matches."""
    name = pattern.replace("?", "x")
    before = "somebody-s-" if name.startswith("*") else ""
    return before + name.strip("*").replace("*", "x") + ("-models" if name.endswith("*") else "")


def _hardened(statement: Mapping[str, Any], account: str, buckets: tuple[str, ...]) -> dict[str, Any]:
    """Return the statement for buckets of the account alone: by their names, where there are any, and as its own."""
    condition = {operator: dict(keys) for operator, keys in dict(statement.get("Condition", {})).items()}
    condition.setdefault("StringEquals", {})[_KEY] = account
    resources = [one for pattern in _texts(statement["Resource"]) for one in _own(pattern, buckets)]
    return {**statement, "Resource": list(dict.fromkeys(resources)), "Condition": condition}


def _own(pattern: str, buckets: tuple[str, ...]) -> list[str]:
    start, found, name = pattern.partition(_S3)
    own = [bucket for bucket in buckets if matches(parse_glob(name, variables=False), bucket)]
    if not found or "*" not in name or not own:
        return [pattern]
    return [arn for bucket in own for arn in (f"{start}{found}{bucket}", f"{start}{found}{bucket}/*")]


def _document(statement: Mapping[str, Any], body: Any, name: str) -> Document:
    return parse_document_value({"Version": body.get("Version", "2012-10-17"), "Statement": [statement]}, name=name)


def _listed(body: Any) -> list[dict[str, Any]]:
    listed = body["Statement"]
    return listed if isinstance(listed, list) else [listed]


def _texts(value: object) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [one for one in listed if isinstance(one, str)]
