"""Judges the policy that a file would put on a guarded bucket, whoever owns the bucket and whatever the holes are.

A file does not say in whose account it will be deployed: an account that a policy names by its number may be the
owner's own. So the policy is judged once for each account that it names as the owner, and once for another one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from panorama_guard.case import bucket
from panorama_guard.case.finding import NO_REACH
from panorama_guard.case.memory import Memory
from panorama_guard.case.resource import Part, ResourceSnapshot, resource_key
from panorama_guard.case.snapshot import Subject
from panorama_guard.containment import Escaped
from panorama_guard.drafts.exposed import texts_in
from panorama_guard.drafts.filling import Way, as_object, fill, has_hole, with_examples
from panorama_guard.drafts.judging import DraftFinding
from panorama_guard.drafts.node import Hole, Members, Node, Text, holes_of, parts_of, text_of
from panorama_guard.drafts.roles import DraftBucket
from panorama_guard.drafts.worlds import ACCOUNT
from panorama_guard.judging.doubting import doubt_of
from panorama_guard.judging.standard import Posture
from panorama_guard.judging.subject import judge, reach_of, standard_for
from panorama_guard.profile import GuardedResource, Profile

_NUMBER = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")
_FILLERS = ("0", "0-0")  # in the place of what is not known of a name: what matches with both, matches by what is known
_MOST = 4  # accounts that are tried as the owner, and reasons that are told


@dataclass(frozen=True, slots=True)
class _Case:
    """A policy on a guarded bucket, by the bucket's name."""

    name: str
    policy: Node
    guarded: GuardedResource
    posture: Posture

    @property
    def arn(self) -> str:
        """Return the bucket's ARN."""
        return bucket.bucket_arn(self.name)


def names_of_bucket(name: Node, profile: Profile) -> tuple[str, bool]:
    """Return a bucket's name, as far as it is known, and whether a bucket of this name is guarded."""
    parts = parts_of(with_examples(name))
    filled = ["".join(part if isinstance(part, str) else filler for part in parts) for filler in _FILLERS]
    return filled[0], all(_guarded(one, profile) for one in filled)


def judge_bucket(draft: DraftBucket, profile: Profile, posture: Posture) -> tuple[DraftFinding, ...]:
    """Return what the policy of a guarded bucket opens; what hangs on a value, or on the owner, is a doubt."""
    name, _ = names_of_bucket(draft.name, profile)
    guarded = _guarded(name, profile)
    if guarded is None:
        return ()
    policy = as_object(draft.policy)
    case = _Case(name, policy, guarded, posture)
    named = tuple(dict.fromkeys(number for text in texts_in(policy) for number in _NUMBER.findall(text)))
    owners = (_another(named), *named[:_MOST])
    sure = {owner: tuple(_escapes(case, owner)) for owner in owners}
    if draft.is_sure and len(named) <= _MOST and all(sure.values()):
        return sure[owners[0]]
    widest = [found for owner in owners for found in _findings(case, owner, Way.WIDEST)]
    if not widest or (draft.is_sure and not named and not has_hole(policy)):
        return tuple(widest)
    reasons = dict.fromkeys(_reasons(draft, policy, [owner for owner in named if not sure.get(owner)]))
    reason = f"it hangs on {', '.join(list(reasons)[:_MOST])}"
    return (DraftFinding(doubt_of(bucket.POLICY, reason), NO_REACH, widest[0].line),)


def _reasons(draft: DraftBucket, policy: Node, owners: list[str]) -> Iterator[str]:
    if not draft.is_sure:
        yield "whether the policy is there"
    yield from (hole.reason for hole in holes_of(policy) if not hole.examples)
    yield from (f"whether account {owner} is the bucket's own" for owner in owners)


def _escapes(case: _Case, owner: str) -> Iterator[DraftFinding]:
    found = _findings(case, owner, Way.SUREST)
    return (one for one in found if isinstance(one.finding.verdict, Escaped))


def _findings(case: _Case, owner: str, way: Way) -> Iterator[DraftFinding]:
    """Yield what is found on the policy, in the account of this owner."""
    filled = fill(_owned(case.policy, owner), way)
    key = resource_key(bucket.TYPE, case.name)
    subject = Subject(owner, case.arn, key, "")
    snapshot = ResourceSnapshot(subject, bucket.TYPE, (Part(bucket.POLICY, filled.text),))
    standard = standard_for(case.guarded, case.posture)
    for finding in judge(snapshot, standard, Memory("")).findings:
        if finding.source == bucket.POLICY:
            verdict = finding.verdict
            line = filled.line_of(verdict.statement.index) if isinstance(verdict, Escaped) else 0
            yield DraftFinding(finding, reach_of(finding, snapshot, standard), line or case.policy.line)


def _owned(node: Node, owner: str) -> Node:
    """Return a value with its examples in the holes that have one, and the owner's number in those of an account."""
    value = node.value
    if isinstance(value, Hole | Text):
        parts = (_example(part, owner) for part in parts_of(node))
        return Node(text_of(parts), node.line)
    if isinstance(value, tuple):
        return Node(tuple(_owned(item, owner) for item in value), node.line)
    if isinstance(value, Members):
        return Node(Members(tuple((name, _owned(member, owner)) for name, member in value.pairs)), node.line)
    return node


def _example(part: str | Hole, owner: str) -> str | Hole:
    if isinstance(part, str) or not part.examples:
        return part
    return owner if part.examples[0] == ACCOUNT else part.examples[0]


def _another(named: tuple[str, ...]) -> str:
    """Return the number of an account that the policy does not name."""
    return next(number for number in (ACCOUNT, *(f"{one:012d}" for one in range(1, 99))) if number not in named)


def _guarded(name: str, profile: Profile) -> GuardedResource | None:
    found = profile.guarded(resource_key(bucket.TYPE, name))
    return found if isinstance(found, GuardedResource) else None
