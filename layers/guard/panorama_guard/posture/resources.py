"""Reviews resources as they were read, each by the profile that guards it."""

from panorama_guard.case.memory import Memory
from panorama_guard.case.resource import ResourceSnapshot
from panorama_guard.case.waiver import Waiver
from panorama_guard.judging.subject import judge, reach_of, standard_for
from panorama_guard.posture.roles import waived_by, waivers_of
from panorama_guard.profile import GuardedResource
from panorama_guard.profile.posture import Posture
from panorama_guard.reporting.review import PlacedFinding, ReviewedResource


def review_resource(
    snapshot: ResourceSnapshot, guarded: GuardedResource, posture: Posture, waivers: tuple[Waiver, ...] = ()
) -> ReviewedResource:
    """Return what was found on a resource; what is waived is found all the same, and says so."""
    own, memory = waivers_of(snapshot.subject, waivers), Memory(snapshot.subject.unique_id)
    standard, widened = standard_for(guarded, posture), standard_for(guarded, posture, own)
    still = [(one.kind, one.source) for one in judge(snapshot, widened, memory).findings]
    placed = (
        PlacedFinding(
            finding,
            reach_of(finding, snapshot, standard),
            notes=() if (finding.kind, finding.source) in still else waived_by(own),
        )
        for finding in judge(snapshot, standard, memory).findings
    )
    return ReviewedResource(snapshot.type, snapshot.name, snapshot.subject.arn, tuple(placed))
