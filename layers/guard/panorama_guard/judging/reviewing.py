"""Judges a role that was read once, with nothing on record about it, and says how far each finding reaches."""

from collections.abc import Iterator

from panorama_guard.case.finding import NO_REACH, Finding, Kind, Reach
from panorama_guard.case.memory import Memory
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.containment import Escaped
from panorama_guard.judging.doubting import doubt_of
from panorama_guard.judging.measuring import reach_of
from panorama_guard.judging.role import judge_role
from panorama_guard.judging.standard import Standard
from panorama_guard.policy.record import record, replace

Found = tuple[Finding, Reach]


@record
class Unread:
    """The policies of a role, and its boundary, whose documents are not known."""

    policies: tuple[str, ...] = ()
    boundary: tuple[str, ...] = ()


def review_role(snapshot: RoleSnapshot, standard: Standard, unread: Unread) -> tuple[Found, ...]:
    """Return every finding on a role with its reach, and a doubt for each policy whose document is not known.

    Under a boundary that is not known nothing is shown to escape: the boundary may stop it.
    """
    judgement = judge_role(snapshot, standard, Memory(snapshot.subject.unique_id))
    found = tuple((finding, reach_of(finding, snapshot, standard)) for finding in judgement.findings)
    doubts = ((doubt_of(name, "its document is not known"), NO_REACH) for name in unread.policies)
    return (*_held_back(found, unread), *doubts)


def _held_back(found: tuple[Found, ...], unread: Unread) -> Iterator[Found]:
    for finding, reach in found:
        if unread.boundary and finding.kind is Kind.PERMISSION_ESCAPE and isinstance(finding.verdict, Escaped):
            reason = (
                f"it escapes, unless the boundary stops it, of which the document is not known: {unread.boundary[0]}"
            )
            yield replace(doubt_of(finding.source, reason), severity=finding.severity), NO_REACH
        else:
            yield finding, reach
