"""Values that the tests of several rooms share: policies, the guarded roles as AWS makes them, incidents."""

import json
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from importlib import resources

from panorama_guard.case.finding import Finding, Kind, Severity
from panorama_guard.case.incident import Cause
from panorama_guard.case.lifecycle import Sighting, open_or_update
from panorama_guard.case.memory import Memory
from panorama_guard.case.resource import Snapshot
from panorama_guard.case.snapshot import InlinePolicy, ManagedPolicy, RoleSnapshot, Subject
from panorama_guard.case.undo import Undo
from panorama_guard.case.waiver import Scope, Waiver
from panorama_guard.containment import Escaped, Reading, StatementRef, Undecided, Witness
from panorama_guard.judging.measuring import reach_of
from panorama_guard.judging.standard import standard_of
from panorama_guard.profile import RoleProfile, load_profile
from panorama_guard.profile.posture import Posture

ACCOUNT = "111122223333"
HOME_REGION = "us-east-1"
ROLE_ID = "AROAEXAMPLEROLE000001"
NOW = "2026-11-23T15:00:10+00:00"
PROFILE = load_profile()
ROLES = PROFILE.roles
SERVICE_ROLE = ROLES[0]
GROUP_ROLE = next(role for role in ROLES if role.name == "AWSPanoramaGreengrassGroupRole")
ADMINISTRATOR_ARN = "arn:aws:iam::aws:policy/AdministratorAccess"
CUSTOMER_ARN = f"arn:aws:iam::{ACCOUNT}:policy/Extra"
BOUNDARY_ARN = f"arn:aws:iam::{ACCOUNT}:policy/Boundary"


def allow(action: str | list[str], resource: str | list[str] = "*", **rest: object) -> dict[str, object]:
    """Return a statement that allows."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **rest}


def deny(action: str | list[str], resource: str | list[str] = "*", **rest: object) -> dict[str, object]:
    """Return a statement that denies."""
    return {"Effect": "Deny", "Action": action, "Resource": resource, **rest}


def trusting(principal: object, action: str | list[str] = "sts:AssumeRole", **rest: object) -> dict[str, object]:
    """Return a statement of a trust policy that lets somebody in."""
    return {"Effect": "Allow", "Principal": principal, "Action": action, **rest}


def policy(*statements: dict[str, object]) -> str:
    """Return a document of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


ADMINISTRATOR = policy(allow("*"))
IN_PATTERN = policy(allow(["s3:GetObject", "s3:PutObjectTagging"], "arn:aws:s3:::my-aws-panorama-models/*"))
ONE_CHARACTER_OFF = policy(allow("s3:GetObject", "arn:aws:s3:::*aws-panoram*"))
PAYROLL = policy(allow("s3:GetObject*", "arn:aws:s3:::payroll/*"))


def filler(characters: int) -> str:
    """Return an in-pattern document of this many characters without white space."""
    size = len("".join(IN_PATTERN.split()))
    return IN_PATTERN.replace('"Version"', f'"Id": "{"x" * (characters - size - 8)}", "Version"')


@cache
def aws_documents() -> dict[str, str]:
    """Return the text of every managed policy of the profile, by ARN."""
    files = [
        file for file in (resources.files("panorama_guard.profile") / "data").iterdir() if file.name[-5:] == ".json"
    ]
    data = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    roles = [role for profile in data for role in (*profile["roles"], *profile["watched"])]
    return {one["arn"]: json.dumps(one["document"]) for role in roles for one in role["policies"]}


def inline(*texts: str) -> tuple[InlinePolicy, ...]:
    """Return inline policies called `inline-0` and so on."""
    return tuple(InlinePolicy(f"inline-{number}", text) for number, text in enumerate(texts))


def managed(text: str, arn: str = CUSTOMER_ARN, version_id: str = "v1") -> ManagedPolicy:
    """Return a managed policy."""
    return ManagedPolicy(arn, version_id, text)


def snapshot_of(role: RoleProfile = SERVICE_ROLE, *, role_id: str = ROLE_ID, path: str = "") -> RoleSnapshot:
    """Return a guarded role as AWS makes it."""
    where = path or role.paths[0]
    return RoleSnapshot(
        subject=Subject(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:role{where}{role.name}", role.name, role_id),
        path=where,
        trust=role.trust_text,
        inline=(),
        attached=tuple(managed(aws_documents()[arn], arn) for arn in role.managed_policies),
        boundary=(),
    )


def with_policies(
    snapshot: RoleSnapshot, *texts: str, attached: Iterable[ManagedPolicy] = (), boundary: Iterable[ManagedPolicy] = ()
) -> RoleSnapshot:
    """Return a role with inline policies of these texts, further managed policies and a boundary."""
    policies = tuple(sorted((*snapshot.attached, *attached), key=lambda one: one.arn))
    return replace(snapshot, inline=inline(*texts), attached=policies, boundary=tuple(boundary))


def as_administrator(snapshot: RoleSnapshot) -> RoleSnapshot:
    """Return a role with AdministratorAccess attached."""
    return with_policies(snapshot, attached=[managed(ADMINISTRATOR, ADMINISTRATOR_ARN)])


CAUSE = Cause(
    event_id="00000000-0000-4000-a000-000000000007",
    event_source="iam.amazonaws.com",
    event_name="PutRolePolicy",
    event_time="2026-11-23T15:00:07Z",
    region="us-east-1",
    actor=f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/alice",
    session_issuer=f"arn:aws:iam::{ACCOUNT}:role/Admin",
    source_address="192.0.2.10",
    user_agent="aws-cli/2.31.4",
    mfa="not used",
    invoked_by="",
)
ESCAPED = Escaped(
    Witness("s3:GetObject", "arn:aws:s3:::payroll/example"), StatementRef("inline-0", "Payroll", 0), tuple(Reading)
)
ESCAPE = Finding(Kind.PERMISSION_ESCAPE, Severity.HIGH, "inline-0", ESCAPED)
DOUBT = Finding(Kind.UNDECIDED, Severity.MEDIUM, "inline-0", Undecided("a condition is not understood"))
SNAPSHOT = with_policies(snapshot_of(), PAYROLL)
REACH = reach_of(ESCAPE, SNAPSHOT, standard_of(SERVICE_ROLE, Posture.ACTIVE))
SIGHTING = Sighting(ESCAPE, SNAPSHOT, CAUSE, NOW, alert_only_because="", reach=REACH)
INCIDENT = open_or_update(None, SIGHTING)
MEMORY = Memory(ROLE_ID)
WAIVER = Waiver(
    id="wvr-0123456789abcdef",
    subject=INCIDENT.subject,
    scope=Scope.PERMISSIONS,
    document=PAYROLL,
    incident_id=INCIDENT.id,
    owner=f"arn:aws:sts::{ACCOUNT}:assumed-role/Operator/alice",
    reason="the payroll job runs here until it has its own role",
    created_at=NOW,
    expires_at="2026-11-30T15:00:10+00:00",
    second_because="",
)
UNDO = Undo(
    incident_id=INCIDENT.id,
    attempt=1,
    subject=INCIDENT.subject,
    slot=INCIDENT.slot,
    by=WAIVER.owner,
    at=NOW,
    until=WAIVER.expires_at,
    reason=WAIVER.reason,
    waiver_id=WAIVER.id,
)


def the_role(snapshot: Snapshot) -> RoleSnapshot:
    """Return a snapshot that is a role's."""
    assert isinstance(snapshot, RoleSnapshot)
    return snapshot
