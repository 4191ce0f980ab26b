"""Says how far a finding reaches: everything that escapes through its cause, not only the request that shows it."""

from panorama_guard.case.finding import NO_REACH, Finding, Kind, Reach
from panorama_guard.case.snapshot import RoleSnapshot, digest
from panorama_guard.containment import Escaped, Grant
from panorama_guard.containment.caller import told_context
from panorama_guard.containment.context_types import context_types
from panorama_guard.containment.extent import EXTENT_BUDGET, Extent, escape_within
from panorama_guard.containment.trust_extent import trust_within
from panorama_guard.judging.allowance import charged
from panorama_guard.judging.permissions import grant_through, read_permissions
from panorama_guard.judging.standard import Standard
from panorama_guard.judging.trust import TRUST, read_trust
from panorama_guard.policy import parse_document

LONGEST = 30_000  # characters of a document that is kept; a role's own policies are rarely as long


def reach_of(finding: Finding, snapshot: RoleSnapshot, standard: Standard) -> Reach:
    """Return how far the escape of a finding reaches on a role, in words for its incident; a doubt reaches nowhere."""
    extents = measure_finding(finding, snapshot, standard)
    if not extents or not isinstance(finding.verdict, Escaped):
        return NO_REACH
    text = extents[0].text
    grant, ceiling = _sides(finding, snapshot, standard)
    types = context_types(told_context(finding.verdict.witness), grant, ceiling)
    if len(text) > LONGEST:
        # With its hash: another escape of the same length is another one, and told again.
        mark = f"{len(text)} characters (SHA-256 {digest(text)})"
        return Reach("", f"a document of {mark}, which is too long to be kept", types)
    return Reach(text, extents[0].precision.value, types)


def measure_finding(finding: Finding, snapshot: RoleSnapshot, standard: Standard) -> tuple[Extent, ...]:
    """Return how far the escape of a finding reaches on a role; nothing for a doubt."""
    if finding.kind is Kind.UNDECIDED:
        return ()
    if finding.kind is Kind.TRUST_ESCAPE:
        with charged(EXTENT_BUDGET) as work:
            return (trust_within(work, parse_document(snapshot.trust, name=TRUST), standard.trust),)
    return (extent_of(*_sides(finding, snapshot, standard)),)


def extent_of(grant: Grant, ceiling: Grant) -> Extent:
    """Return how far a grant reaches outside its ceiling, for the work of whoever asks."""
    with charged(EXTENT_BUDGET) as work:
        return escape_within(work, grant, ceiling)


def _sides(finding: Finding, snapshot: RoleSnapshot, standard: Standard) -> tuple[Grant, Grant]:
    """Return the grant that the finding is about, and its ceiling."""
    if finding.kind is Kind.TRUST_ESCAPE:
        return read_trust(snapshot.trust), standard.trust
    grant = read_permissions(snapshot).grant
    if finding.kind is Kind.PERMISSION_ESCAPE:
        return grant_through(finding.source, grant), standard.permissions
    return grant, standard.permissions
