"""Says how far a finding reaches: everything that escapes through its cause, not only the request that shows it."""

from panorama_guard.case.finding import Finding, Kind
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.containment.extent import Extent, measure_escape
from panorama_guard.judging.permissions import grant_through, read_permissions
from panorama_guard.judging.standard import Standard
from panorama_guard.judging.trust import read_trust


def measure_finding(finding: Finding, snapshot: RoleSnapshot, standard: Standard) -> tuple[Extent, ...]:
    """Return how far the escape of a finding reaches on a role; nothing for a doubt."""
    match finding.kind:
        case Kind.PERMISSION_ESCAPE:
            grants = grant_through(finding.source, read_permissions(snapshot).grant)
            return tuple(measure_escape(grant, standard.permissions) for grant in grants)
        case Kind.BOUNDARY_ESCAPE:
            return (measure_escape(read_permissions(snapshot).grant, standard.permissions),)
        case Kind.TRUST_ESCAPE:
            return (measure_escape(read_trust(snapshot.trust), standard.trust),)
        case Kind.UNDECIDED:
            return ()
