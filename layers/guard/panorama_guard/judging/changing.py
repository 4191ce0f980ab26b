"""Tells that what a resource was known to have is another: what a function runs, and how its log keeps what it holds.

Nothing about such a setting is wrong by itself; that it is not the one that was there before is what its owner is to
hear. It is told until it is put back, or the new one has been told for long enough to be what is known.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from panorama_guard.case import bucket, function, log_group
from panorama_guard.case.finding import Deviation, Finding, Judgement, Kind
from panorama_guard.case.memory import Memory
from panorama_guard.case.resource import ResourceSnapshot
from panorama_guard.case.severities import When, grade
from panorama_guard.policy.record import record, replace

_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_TOLD_APART = 12  # characters of a hash

Words = Callable[[str, str], str]  # what to say of a change from one to the other; nothing where it is no news


@record
class Kept:
    """A setting that is remembered: how it is read, what is said of a change, and how much that matters."""

    read: Callable[[ResourceSnapshot], str]
    words: Words
    when: When


def _code(before: str, now: str) -> str:
    return f"its code was changed: its SHA-256 is {now}, and was {before}"


def _configuration(before: str, now: str) -> str:
    old, new = json.loads(before), json.loads(now)
    changed = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    told = (f"{name} is {_shown(new.get(name))}, and was {_shown(old.get(name))}" for name in changed)
    return f"how it runs was changed: {'; '.join(told)}"


def _shown(value: str | None) -> str:
    """Return what a setting is; of a hash, so much that two of them can be told apart."""
    if value is None:
        return "none"
    return f"another text ({value[:_TOLD_APART]})" if _HASH.fullmatch(value) else value


def _layers(before: str, now: str) -> str:
    old, new = (
        ", ".join(one["Arn"] for one in json.loads(text)["Layers"]) if text else "none" for text in (before, now)
    )
    return f"its layers were changed: they are {new}, and were {old}"


def _role(before: str, now: str) -> str:
    return f"it runs as {json.loads(now)}, and ran as {json.loads(before)}"


def _retention(before: str, now: str) -> str:
    """Return nothing where events were kept for ever: whoever first says how long is no news."""
    is_shorter = before and now and int(now) < int(before)
    return f"events are deleted after {now} days, and were kept for {before}" if is_shorter else ""


def _key(before: str, now: str) -> str:
    """Return nothing where there was no key before."""
    return f"its key was changed: it is {now or 'none of KMS'}, and was {before}" if before else ""


def _logging(before: str, now: str) -> str:
    """Return nothing where who asked for what was not written down before."""
    return f"who asks for which object is written to {_target(now)}, and was to {_target(before)}" if before else ""


def _target(text: str) -> str:
    """Return where the access logs of a bucket go."""
    body = json.loads(text or "{}")
    return f"{body['TargetBucket']}/{body.get('TargetPrefix', '')}" if body else "nowhere"


KEPT: Mapping[str, Mapping[str, Kept]] = {
    function.TYPE: {
        function.CODE: Kept(lambda one: one.fact(function.CODE), _code, When.OPENING),
        function.CONFIGURATION: Kept(lambda one: one.fact(function.CONFIGURATION), _configuration, When.OPENING),
        function.LAYERS: Kept(lambda one: one.text_of(function.LAYERS) or "", _layers, When.OPENING),
        function.ROLE: Kept(lambda one: one.text_of(function.ROLE) or "", _role, When.OPENING),
    },
    bucket.TYPE: {
        bucket.LOGGING: Kept(lambda one: one.text_of(bucket.LOGGING) or "", _logging, When.HARDENING),
    },
    log_group.TYPE: {
        log_group.RETENTION: Kept(lambda one: one.text_of(log_group.RETENTION) or "", _retention, When.OPENING),
        log_group.KEY: Kept(lambda one: one.text_of(log_group.KEY) or "", _key, When.HARDENING),
    },
}


def changes_since(snapshot: ResourceSnapshot, memory: Memory) -> Iterator[Finding]:
    """Yield what is another than what is known of this very resource."""
    known = dict(memory.held_by(snapshot.subject.unique_id).known)
    for name, kept in _read(snapshot):
        if name in known and known[name] != kept.read(snapshot):
            reason = kept.words(known[name], kept.read(snapshot))
            if reason:
                yield Finding(Kind.WEAKNESS, grade(Kind.WEAKNESS, kept.when), name, Deviation(reason))


def learn(snapshot: ResourceSnapshot, judgement: Judgement, memory: Memory) -> Memory:
    """Return the memory with every setting about which nothing is found."""
    sources = {finding.source for finding in judgement.findings}
    return _with_known(snapshot, memory, (name for name, _ in _read(snapshot) if name not in sources))


def accept(snapshot: ResourceSnapshot, memory: Memory, names: Iterable[str]) -> Memory:
    """Return the memory with these settings as they are now, whatever they were."""
    return _with_known(snapshot, memory, names)


def _with_known(snapshot: ResourceSnapshot, memory: Memory, names: Iterable[str]) -> Memory:
    readable = dict(_read(snapshot))
    now = {name: readable[name].read(snapshot) for name in names if name in readable}
    if not now:
        return memory
    held = memory.held_by(snapshot.subject.unique_id)
    return replace(held, known=tuple(sorted({**dict(held.known), **now}.items())))


def _read(snapshot: ResourceSnapshot) -> Iterator[tuple[str, Kept]]:
    """Yield what is remembered of a resource that is there and could be read."""
    unread = {part.name for part in snapshot.unread}
    is_there = snapshot.text_of(log_group.EXISTENCE) is None and function.ROLE not in unread
    for name, kept in KEPT.get(snapshot.type, {}).items() if is_there else ():
        if name not in unread:
            yield name, kept
