"""Reads Lambda functions: who may run each, by its policy's statements and its URLs, and what it runs, as whom.

What Lambda does not know is absent; what it does not let the guard read is unread, with Lambda's words, never clean.
The guard's own functions are none of these, whatever the deployment is called.
"""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

from botocore.exceptions import ClientError

from panorama_guard.aws.buckets import Read, read_parts
from panorama_guard.aws.errors import DENIED, NOT_THERE, code_of, message_of
from panorama_guard.case import function
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical, in_order, resource_key
from panorama_guard.case.snapshot import Subject, digest
from panorama_guard.policy.record import record

MOST_QUALIFIERS = 100  # versions and aliases whose policies are read, each by a call of its own
# Of a configuration, what decides how a function runs and on whose network; and what of it may hold secrets.
SETTINGS = ("Handler", "Runtime", "KMSKeyArn", "FileSystemConfigs")
HASHED = ("Environment", "ImageConfigResponse", "VpcConfig")
POLICY = "policy statement"  # what is unread of a policy: any of its statements
OWN = (
    "Inspect",
    "Remediate",
    "Notify",
    "Relay",
    "Sweep",
    "Report",
    "Operate",
)  # a test compares them with the template


@record
class Scope:
    """Which functions are looked at: `guards` knows the naming pattern by keys, `guards_role` guarded roles by name.

    `stack` is the guard's own deployment.
    """

    stack: str
    guards: Callable[[str], bool]
    guards_role: Callable[[str], bool]

    def is_own(self, name: str, role: str) -> bool:
        """Say whether a function is the guard's own: by its name, and by the role that nobody else may pass on."""
        own = re.match(f"{re.escape(self.stack)}-({'|'.join(OWN)})Function-", name, re.ASCII)
        return bool(self.stack and own and function.role_name(role).startswith(f"{self.stack}-{own[1]}Role-"))

    def is_runner(self, name: str, role: str) -> bool:
        """Say whether a function outside the pattern runs as a guarded role."""
        return not self.guards(resource_key(function.TYPE, name)) and self.guards_role(function.role_name(role))


class LambdaFunctions:
    """The account's functions as they are now."""

    def __init__(self, client: Any, account: str, scope: Scope) -> None:
        """Take a Lambda client, the account, and which functions are looked at."""
        self._lambda = client
        self._account = account
        self._scope = scope

    def read_resource(self, key: str) -> ResourceSnapshot | None:
        """Return the function of this key, or None if the account has none."""
        kind, _, name = key.partition(":")
        try:
            config = self._lambda.get_function_configuration(FunctionName=name)
        except ClientError as error:
            if code_of(error) in NOT_THERE:
                return None
            if code_of(error) not in DENIED:
                raise
            return self._snapshot(key, (), (Part(function.ROLE, _why(error)),))
        role = str(config["Role"])
        if self._scope.is_own(name, role):
            return None
        if kind == function.RUNNER:
            part = Part(function.ROLE, canonical(role))
            return self._snapshot(key, (part,), ()) if self._scope.is_runner(name, role) else None
        parts, unread = self._read(name, config)
        return self._snapshot(key, parts, unread, _what_runs(config))

    def behind(self, key: str) -> tuple[str, ...]:
        """Return nothing: every call on a function names it."""
        del key
        return ()

    def resource_keys(self, kind: str) -> tuple[str, ...]:
        """Return the keys of all functions, or of those outside the pattern that run as guarded roles."""
        pages = self._lambda.get_paginator("list_functions").paginate()
        listed = [(str(one["FunctionName"]), str(one["Role"])) for page in pages for one in page["Functions"]]
        others = [pair for pair in listed if not self._scope.is_own(*pair)]
        found = [pair for pair in others if kind == function.TYPE or self._scope.is_runner(*pair)]
        return tuple(resource_key(kind, name) for name, _ in found)

    def _snapshot(
        self, key: str, parts: tuple[Part, ...], unread: tuple[Part, ...], facts: tuple[Part, ...] = ()
    ) -> ResourceSnapshot:
        kind, _, name = key.partition(":")
        meta = self._lambda.meta
        arn = f"arn:{meta.partition}:lambda:{meta.region_name}:{self._account}:function:{name}"
        return ResourceSnapshot(Subject(self._account, arn, key, arn), kind, in_order(parts), in_order(unread), facts)

    def _read(self, name: str, config: Any) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
        aliases, versions, hidden = self._qualifiers(name)
        parts, unread = read_parts((*self._settings(name, config), *self._urls(name, aliases)), absent=NOT_THERE)
        own, unread_own = self._statements(name, ("", *aliases, *versions))
        lost = {part.name: part for part in (*unread, *unread_own, *hidden)}
        return (Part(function.ROLE, canonical(config["Role"])), *parts, *own), tuple(lost.values())

    def _qualifiers(self, name: str) -> tuple[list[str], list[str], tuple[Part, ...]]:
        """Return the function's aliases and versions, as many as may be read, and why not all."""
        try:
            pages = self._lambda.get_paginator("list_aliases").paginate(FunctionName=name)
            aliases = [str(alias["Name"]) for page in pages for alias in page["Aliases"]]
            pages = self._lambda.get_paginator("list_versions_by_function").paginate(FunctionName=name)
            versions = [str(one["Version"]) for page in pages for one in page["Versions"] if one["Version"].isdigit()]
        except ClientError as error:
            if code_of(error) not in DENIED:
                raise
            return [], [], (Part(POLICY, _why(error)),)
        room = max(0, MOST_QUALIFIERS - len(aliases))
        why = f"there are {len(aliases) + len(versions)} versions and aliases, and {MOST_QUALIFIERS} are read"
        hidden = (Part(POLICY, why),) if len(aliases) > MOST_QUALIFIERS or len(versions) > room else ()
        return aliases[:MOST_QUALIFIERS], versions[-room:] if room else [], hidden

    def _settings(self, name: str, config: Any) -> tuple[Read, ...]:
        mappings = cache(partial(self._mappings, name))
        return (
            (function.LAYERS, lambda: _listing("Layers", [{"Arn": one["Arn"]} for one in config.get("Layers", [])])),
            (function.SOURCES, lambda: _listing("Sources", [_source(one) for one in mappings()])),
            (function.DESTINATIONS, lambda: _listing("Destinations", list(self._destinations(name, config, mappings)))),
        )

    def _urls(self, name: str, aliases: list[str]) -> tuple[Read, ...]:
        def read(qualifier: str) -> str:
            answer = self._lambda.get_function_url_config(**_of(name, qualifier))
            kept = {key: answer[key] for key in ("AuthType", "Cors", "InvokeMode") if answer.get(key)}
            return _listing("Urls", [{**kept, "Qualifier": qualifier}])

        return tuple((function.url_part(one), partial(read, one)) for one in ("", *aliases))

    def _statements(self, name: str, qualifiers: tuple[str, ...]) -> tuple[list[Part], list[Part]]:
        """Return each statement of the policies, with every Deny that holds for it too."""

        def read(qualifier: str) -> str:
            return str(self._lambda.get_policy(**_of(name, qualifier))["Policy"])

        policies, unread = read_parts(tuple((one, partial(read, one)) for one in qualifiers), absent=NOT_THERE)
        parts = [part for policy in policies for part in split_policy(policy.text, policy.name)]
        return parts, [Part(POLICY, part.text) for part in unread]

    def _mappings(self, name: str) -> list[Any]:
        """Return the event source mappings of a function with all its versions and aliases: Lambda lists each apart."""
        pages = self._lambda.get_paginator("list_event_source_mappings").paginate()
        listed = [mapping for page in pages for mapping in page["EventSourceMappings"]]
        return [one for one in listed if f":function:{name}:" in f"{one.get('FunctionArn', '')}:"]

    def _destinations(self, name: str, config: Any, mappings: Callable[[], list[Any]]) -> Iterator[dict[str, str]]:
        pages = self._lambda.get_paginator("list_function_event_invoke_configs").paginate(FunctionName=name)
        listed = [one for page in pages for one in page["FunctionEventInvokeConfigs"]]
        for one in (*listed, *mappings()):
            ends = (one.get("DestinationConfig") or {}).values()
            yield from ({"Destination": end["Destination"]} for end in ends if end and end.get("Destination"))
        if target := config.get("DeadLetterConfig", {}).get("TargetArn"):
            yield {"Destination": target}


def split_policy(text: str, qualifier: str) -> Iterator[Part]:
    """Yield each statement of a policy by itself, with the policy's Denies beside it: they hold for it too."""
    policy = json.loads(text)
    statements = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    version = {"Version": policy["Version"]} if "Version" in policy else {}
    denies = [one for one in statements if one.get("Effect") == "Deny"]
    sids = [str(one.get("Sid", "")) for one in statements]
    for place, statement in enumerate(statements, start=1):
        sid = sids[place - 1]
        is_named = function.ADDRESSABLE.fullmatch(sid) and sids.count(sid) == 1
        name = function.statement_part(sid, qualifier) if is_named else function.unnamed_part(place, qualifier)
        beside = [one for one in denies if one is not statement]
        yield Part(name, canonical({**version, "Statement": [statement, *beside]}))


def _what_runs(config: Any) -> tuple[Part, ...]:
    """Return what of a configuration decides what runs: memory, time and tags do not. What may be secret is hashed."""
    settings = {name: canonical(config[name]) for name in SETTINGS if config.get(name)}
    settings |= {name: digest(canonical(config[name])) for name in HASHED if config.get(name)}
    return Part(function.CODE, str(config.get("CodeSha256", ""))), Part(function.CONFIGURATION, canonical(settings))


def _of(name: str, qualifier: str) -> dict[str, str]:
    return {"FunctionName": name, **({"Qualifier": qualifier} if qualifier else {})}


def _listing(name: str, entries: list[Any]) -> str:
    """Return the canonical text of a list, or an empty one where nothing is in it."""
    return canonical({name: sorted(entries, key=canonical)}) if entries else ""


def _source(mapping: Any) -> dict[str, Any]:
    return {key: mapping[key] for key in ("EventSourceArn", "SelfManagedEventSource") if mapping.get(key)}


def _why(error: ClientError) -> str:
    return f"AWS does not let the guard read it: {message_of(error)}"
