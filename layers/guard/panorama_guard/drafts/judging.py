"""Judges a draft: proved for all values of its holes, shown whatever they are, or undecided because of them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from panorama_guard.case.finding import NO_REACH, Finding, Reach
from panorama_guard.case.snapshot import InlinePolicy, ManagedPolicy, RoleSnapshot, Subject
from panorama_guard.containment import Escaped
from panorama_guard.drafts.filling import Filled, Way, as_object, fill, has_hole
from panorama_guard.drafts.node import Node, holes_of
from panorama_guard.drafts.roles import Draft, DraftPolicy
from panorama_guard.drafts.worlds import ACCOUNT
from panorama_guard.judging.doubting import doubt_of
from panorama_guard.judging.reviewing import Unread, review_role
from panorama_guard.judging.standard import Standard

_NOBODY = json.dumps({"Version": "2012-10-17", "Statement": []})
_MOST_REASONS = 4

Known = Mapping[str, str]  # the text of a managed policy's document, by ARN


@dataclass(frozen=True, slots=True)
class DraftFinding:
    """A finding on a draft, and the line where its cause stands; `notes` say under what it holds."""

    finding: Finding
    reach: Reach
    line: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Way:
    """A draft with its holes filled in one way."""

    snapshot: RoleSnapshot
    filled: tuple[tuple[str, Filled], ...]


def judge_draft(draft: Draft, standard: Standard, known: Known) -> tuple[DraftFinding, ...]:
    """Return every finding on a draft. One that hangs on a value that is not known is a doubt, which says on which."""
    unread = Unread(
        tuple(policy.name for policy in draft.attached if not _documents(policy, known)),
        tuple(policy.name for policy in draft.boundary if not _documents(policy, known) or not policy.is_sure),
    )
    sure = _findings(draft, standard, known, unread, Way.SUREST)
    if not any(_is_open(policy) for policy in draft.policies):
        return tuple(map(_unnamed, sure)) if not draft.is_sure else sure
    sources = {found.finding.source for found in sure}
    widest = _findings(draft, standard, known, unread, Way.WIDEST)
    open_ones = tuple(_doubt(found, draft) for found in widest if found.finding.source not in sources)
    return (*(sure if draft.is_sure else map(_unnamed, sure)), *open_ones)


def _findings(draft: Draft, standard: Standard, known: Known, unread: Unread, way: Way) -> tuple[DraftFinding, ...]:
    made = _filled(draft, known, way)
    found = review_role(made.snapshot, standard, unread)
    return tuple(DraftFinding(finding, reach, _line(finding, draft, made)) for finding, reach in found)


def _filled(draft: Draft, known: Known, way: Way) -> _Way:
    filled: dict[str, Filled] = {}

    def texts(policies: tuple[DraftPolicy, ...]) -> Iterator[tuple[str, str]]:
        for policy in policies:
            if policy.is_sure or way is Way.WIDEST:
                for document in _documents(policy, known):
                    name = _unused(policy.name, filled)
                    filled[name] = fill(document, way)
                    yield name, filled[name].text

    snapshot = RoleSnapshot(
        subject=Subject(ACCOUNT, draft.arn or f"arn:aws:iam::{ACCOUNT}:role/{draft.name}", draft.name, ""),
        path=draft.path or "/",
        inline=tuple(InlinePolicy(name, text) for name, text in texts(draft.inline)),
        attached=tuple(ManagedPolicy(name, "", text) for name, text in texts(draft.attached)),
        boundary=tuple(ManagedPolicy(name, "", text) for name, text in texts(_sure(draft.boundary))),
        trust=next((text for _, text in texts(draft.trust)), _NOBODY),
    )
    return _Way(snapshot, tuple(filled.items()))


def _sure(policies: tuple[DraftPolicy, ...]) -> tuple[DraftPolicy, ...]:
    return tuple(policy for policy in policies if policy.is_sure)


def _unused(name: str, taken: Mapping[str, Filled]) -> str:
    """Return a name that tells two policies of one name apart."""
    return name if name not in taken else _unused(f"{name} again", taken)


def _documents(policy: DraftPolicy, known: Known) -> tuple[Node, ...]:
    if policy.documents:
        return policy.documents
    return (Node(known[policy.name], policy.line),) if policy.name in known else ()


def _line(finding: Finding, draft: Draft, made: _Way) -> int:
    """Return the line of the statement that grants, or else of its policy, or else of the role."""
    if isinstance(finding.verdict, Escaped):
        statement = finding.verdict.statement
        line = next((one.line_of(statement.index) for name, one in made.filled if name == statement.policy), 0)
        if line:
            return line
    return next((policy.line for policy in draft.policies if policy.name == finding.source), draft.line) or draft.line


def _is_open(policy: DraftPolicy) -> bool:
    return not policy.is_sure or any(has_hole(document) for document in policy.documents)


def _doubt(found: DraftFinding, draft: Draft) -> DraftFinding:
    """Return a finding that some values would bring about as a doubt."""
    own = [policy for policy in draft.policies if policy.name == found.finding.source and _is_open(policy)]
    policies = own or [policy for policy in draft.policies if _is_open(policy)]
    reasons = list(dict.fromkeys(reason for policy in policies for reason in _reasons(policy)))
    more = f" and {len(reasons) - _MOST_REASONS} more" if len(reasons) > _MOST_REASONS else ""
    reason = f"it hangs on {', '.join(reasons[:_MOST_REASONS])}{more}"
    return DraftFinding(doubt_of(found.finding.source, reason), NO_REACH, found.line)


def _reasons(policy: DraftPolicy) -> Iterator[str]:
    if not policy.is_sure:
        yield f"whether {policy.name} is there"
    yield from (hole.reason for document in policy.documents for hole in holes_of(as_object(document)))


def _unnamed(found: DraftFinding) -> DraftFinding:
    """Return a finding on a role that may have another name as a doubt."""
    if not isinstance(found.finding.verdict, Escaped):
        return found
    doubt = doubt_of(found.finding.source, "it escapes, if the role has this name, which is not wholly known")
    return replace(found, finding=replace(doubt, severity=found.finding.severity), reach=NO_REACH)
