"""Reviews to be written: of every kind of finding, with an attacker's texts, and of nothing."""

from panorama_guard.case.finding import NO_REACH, Finding, Kind, Severity
from panorama_guard.containment import Escaped, Reading, StatementRef, Undecided, Witness
from panorama_guard.judging.reviewing import Unread, review_role
from panorama_guard.judging.standard import standard_of
from panorama_guard.profile.posture import Posture
from panorama_guard.reporting.review import Place, PlacedFinding, Review, ReviewedRole
from panorama_guard.reporting.simulate import show_role
from tests.builders import ADMINISTRATOR_ARN, ESCAPE, REACH, ROLES, SERVICE_ROLE, policy, snapshot_of, trusting

HOSTILE = 'x\x1b[2J\n<b>"]]>&\u202e \x00 \udc80 ${x} | `id`'
_FOUND = review_role(
    snapshot_of().with_trust(policy(trusting({"AWS": "999999999999"}))),
    standard_of(SERVICE_ROLE, Posture.ACTIVE),
    Unread((ADMINISTRATOR_ARN,)),
)
_SNAPSHOT = snapshot_of()
ESCAPED_ROLE = ReviewedRole(
    _SNAPSHOT.subject.name,
    _SNAPSHOT.subject.arn,
    SERVICE_ROLE.name,
    "",
    (
        PlacedFinding(ESCAPE, REACH, (Place("iam/roles.yaml", 42),), "aws iam simulate-principal-policy", ("if Prod",)),
        *(PlacedFinding(finding, reach, see_it=show_role(SERVICE_ROLE.name)) for finding, reach in _FOUND),
    ),
    (Place("iam/roles.yaml", 7),),
)
CLEAN_ROLE = ReviewedRole(ROLES[1].name, f"arn:aws:iam::111122223333:role/{ROLES[1].name}", ROLES[1].name, "")
FULL = Review(
    "check",
    "3 files",
    "active",
    "0.1.0",
    (ESCAPED_ROLE, CLEAN_ROLE),
    ("other.yaml: cannot be read `Permission denied`",),
    ("supposed: parameter Bucket is aws-panorama-x, its default",),
)
EMPTY = Review("audit", "account 111122223333, 0 roles", "retired", "0.1.0", ())
_HOSTILE_FINDING = Finding(Kind.UNDECIDED, Severity.MEDIUM, HOSTILE, Undecided(HOSTILE))
_STATEMENT = StatementRef(HOSTILE, HOSTILE, 0)
_HOSTILE_ESCAPE = Finding(
    Kind.PERMISSION_ESCAPE,
    Severity.HIGH,
    HOSTILE,
    Escaped(Witness("s3:GetObject", HOSTILE, ((HOSTILE, (HOSTILE,)),)), _STATEMENT, tuple(Reading)),
)
ATTACKED = Review(
    "audit",
    HOSTILE,
    "active",
    "0.1.0",
    (
        ReviewedRole(
            HOSTILE,
            HOSTILE,
            SERVICE_ROLE.name,
            HOSTILE,
            (
                PlacedFinding(_HOSTILE_FINDING, NO_REACH, (Place(HOSTILE, 3),), "aws", (HOSTILE,)),
                PlacedFinding(_HOSTILE_ESCAPE, REACH, (Place(HOSTILE),), "aws"),
            ),
            (Place(HOSTILE),),
        ),
    ),
    (HOSTILE,),
    (HOSTILE,),
)
