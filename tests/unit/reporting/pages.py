"""Posture pages to be rendered: with every mark, with an attacker's texts, of many roles, of nothing."""

from dataclasses import replace

from panorama_guard.case.finding import NO_REACH, Deviation, Finding, Kind, Reach, Severity
from panorama_guard.case.incident import Incident, Remedy
from panorama_guard.case.incident import State as Step
from panorama_guard.case.portrait import (
    EVERY_OTHER,
    Portrait,
    Presence,
    Quote,
    ServiceReach,
    Share,
    Standing,
    TrustEdge,
)
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.weak_pattern import WeakPattern
from panorama_guard.containment import Escaped, Reading, StatementRef, Undecided, Witness
from panorama_guard.judging.portraying import portray
from panorama_guard.judging.reviewing import Unread, review_role
from panorama_guard.judging.standard import standard_of
from panorama_guard.profile import RoleProfile
from panorama_guard.profile.posture import Posture
from panorama_guard.reporting.page.records import Gauges, Guarded, OnRecord, Pin, PosturePage
from panorama_guard.reporting.review import Place, PlacedFinding, Review, ReviewedResource, ReviewedRole
from panorama_guard.reporting.simulate import show_role, simulate_role
from tests.builders import (
    ACCOUNT,
    ADMINISTRATOR,
    ADMINISTRATOR_ARN,
    BOUNDARY_ARN,
    IN_PATTERN,
    INCIDENT,
    PAYROLL,
    ROLES,
    WAIVER,
    allow,
    managed,
    policy,
    snapshot_of,
    trusting,
    with_policies,
)
from tests.unit.reporting.reviews import HOSTILE

READ_AT = "2026-11-26 04:00:00 UTC"
READER = f"arn:aws:sts::{ACCOUNT}:assumed-role/Auditor/alice"
NOTES = ("not in the account: AWSServiceRoleForAWSPanorama", "audit reads roles; not resource policies")
HARMLESS = "harmless text"
SCRIPTS = (
    "<script>document.title='owned'</script>",
    '"><img src=x onerror="document.title=\'owned\'">',
    "' autofocus onfocus='document.title=1' x='",
    "</title></style></svg><svg onload=alert(1)>",
    "javascript:document.title='owned'",
    "{{ 7 * 7 }}{% raw %}",
    "<!--",
    "]]><x>&lt;b&gt;&#60;",
    HOSTILE,
)
_ODD = policy(
    allow("s3:GetObject", "arn:aws:s3:::x/*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/255.0.0.0"}})
)

Seen = tuple[ReviewedRole, Portrait]


def seen(role: RoleProfile, snapshot: RoleSnapshot, *unread: str) -> Seen:
    """Return a role as an audit reviews and portrays it."""
    missing = Unread(unread)
    found = review_role(snapshot, standard_of(role, Posture.ACTIVE), missing)
    placed = tuple(PlacedFinding(finding, reach, see_it=_see_it(snapshot, finding)) for finding, reach in found)
    subject = snapshot.subject
    reviewed = ReviewedRole(subject.name, subject.arn, role.name, "", placed)
    return reviewed, portray(snapshot, role, Posture.ACTIVE, missing, found)


def _see_it(snapshot: RoleSnapshot, finding: Finding) -> str:
    if finding.kind is Kind.TRUST_ESCAPE or not isinstance(finding.verdict, Escaped):
        return show_role(snapshot.subject.name)
    return simulate_role(snapshot.subject.arn, finding.verdict.witness.request, {})


def page_of(*roles: Seen, notes: tuple[str, ...] = NOTES) -> PosturePage:
    """Return a page of these roles, read by an auditor."""
    about = f"account {ACCOUNT}, {len(roles)} roles, read as {READER}"
    review = Review("audit", about, "active", "0.1.0", tuple(role for role, _ in roles), notes=notes)
    guarded = tuple(Guarded(role.name, sum(one.judged_as == role.name for one, _ in roles)) for role in ROLES)
    pins = tuple(
        Pin(role.name, arn, "v1", "2020-12-01", "v2, the same document")
        for role in ROLES[:2]
        for arn in role.managed_policies
    )
    return PosturePage(
        review, tuple(portrait for _, portrait in roles), ACCOUNT, READER, READ_AT, len(roles) + 7, guarded, pins
    )


def administrator() -> Seen:
    """Return a role that may do everything, and that a stranger may become."""
    role = ROLES[0]
    stranger = trusting({"AWS": "999999999999"}, Condition={"StringEquals": {"sts:ExternalId": "42"}})
    trust = policy(trusting({"Service": "panorama.amazonaws.com"}), stranger)
    snapshot = with_policies(snapshot_of(role), attached=[managed(ADMINISTRATOR, ADMINISTRATOR_ARN)]).with_trust(trust)
    return seen(role, snapshot)


def thief() -> Seen:
    """Return a role that reads the payroll."""
    return seen(ROLES[2], with_policies(snapshot_of(ROLES[2]), PAYROLL))


def beyond() -> Seen:
    """Return a role that has more than its baseline, inside the pattern, under a boundary."""
    bounded = [managed(policy(allow(["s3:*", "logs:*"])), BOUNDARY_ARN)]
    return seen(ROLES[1], with_policies(snapshot_of(ROLES[1]), IN_PATTERN, boundary=bounded))


def doubtful() -> Seen:
    """Return a role with a condition that is not understood, and a policy that was not read."""
    return seen(ROLES[3], with_policies(snapshot_of(ROLES[3]), _ODD), f"arn:aws:iam::{ACCOUNT}:policy/NotRead")


def clean() -> Seen:
    """Return a role as AWS makes it."""
    return seen(ROLES[4], snapshot_of(ROLES[4]))


def full_page() -> PosturePage:
    """Return a page with every mark on it."""
    return page_of(administrator(), thief(), doubtful(), beyond(), clean())


BLOCK = Finding(Kind.SAFEGUARD_LOST, Severity.MEDIUM, "public access block", Deviation("it is off"))
WEBSITE = Finding(Kind.WEAKNESS, Severity.MEDIUM, "website", Deviation("the bucket answers as a website"))
UNREAD = Finding(Kind.UNDECIDED, Severity.MEDIUM, "bucket policy", Undecided("AWS has refused to be read"))
STRANGER = Escaped(
    Witness("s3:GetObject", "arn:aws:s3:::my-aws-panorama-models/x", (("aws:PrincipalAccount", ("999999999999",)),)),
    StatementRef("bucket policy", "Shared", 0),
    tuple(Reading),
)
OPEN = Finding(Kind.RESOURCE_ESCAPE, Severity.HIGH, "bucket policy", STRANGER)
WEAK = WeakPattern(
    (ROLES[0].name, ROLES[1].name),
    "arn:aws:iam::aws:policy/service-role/AWSPanoramaServiceRolePolicy",
    "arn:aws:iam::aws:policy/service-role/AWSPanoramaServiceRolePolicy, statement 8 (PanoramaS3Access)",
    policy(allow("s3:GetObject", "arn:aws:s3:::*aws-panorama*")),
    ("s3:GetObject on arn:aws:s3:::another-bucket/aws-panorama, in any bucket, by the key of an object",),
    policy(allow("s3:GetObject", "arn:aws:s3:::my-aws-panorama-models/*")),
    ("s3:GetObject on arn:aws:s3:::another-bucket/aws-panorama, in any bucket, by the key of an object",),
)
GAUGES = Gauges(
    (("iam", "2026-11-26T03:00:00+00:00"), ("s3", "2026-11-20T11:00:00+00:00"), ("lambda", "")),
    (("panorama-guard-ChangesDeadLetterQueue", 2), ("panorama-guard-NotifyDeadLetterQueue", 0)),
    (2,),
)


def resource(name: str, *findings: Finding, type_: str = "s3-bucket") -> ReviewedResource:
    """Return a resource with these findings."""
    placed = tuple(PlacedFinding(finding, NO_REACH) for finding in findings)
    return ReviewedResource(type_, name, f"arn:aws:s3:::{name}", placed)


def resources() -> tuple[ReviewedResource, ...]:
    """Return resources that stand in every way."""
    return (
        resource("my-aws-panorama-models", OPEN, WEBSITE),
        resource("old-aws-panorama-results", BLOCK),
        resource("panorama-camera-7", UNREAD, type_="secret"),
        resource("/aws/panorama/devices/7", WEBSITE, type_="log-group"),
        resource("panorama-inference", type_="lambda-function"),
        resource("test-aws-panorama"),
    )


def incidents() -> tuple[Incident, ...]:
    """Return incidents in every state, one after another."""
    steps = ("put the inline policy panorama-guard-containment-0123456789ab",)
    done = Remedy(steps, "decided over all requests", carried_out=True)
    told = [
        INCIDENT.moved(state, now=f"2026-11-2{number}T0{number}:15:00+00:00", reason="as it was seen", remedy=done)
        for number, state in enumerate(Step)
    ]
    return tuple(
        replace(one, id=f"inc-{number:016x}", opened_at=f"2026-11-2{number}T0{number}:02:00+00:00")
        for number, one in enumerate(told)
    )


def guarded_page() -> PosturePage:
    """Return the page of a deployed guard, with everything on it."""
    page = full_page().with_guard((WEAK,), OnRecord(incidents(), (WAIVER,)), GAUGES)
    return replace(page, review=replace(page.review, command="report", resources=resources()))


def in_member(incident: Incident, account: str, number: int) -> Incident:
    """Return the like of an incident, of the role of the same name in a member account."""
    subject = replace(incident.subject, account=account, arn=incident.subject.arn.replace(ACCOUNT, account))
    return replace(incident, id=f"inc-{number:016x}", subject=subject)


def members_page() -> PosturePage:
    """Return the page of a hub in which all is well, while something is open in two of its members."""
    known = {one.state: one for one in incidents()}
    there = (
        in_member(known[Step.NOT_FIXED], "333344445555", 0xA1),
        in_member(known[Step.OBSERVED], "222233334444", 0xA2),
        in_member(known[Step.OBSERVED], "333344445555", 0xA3),
    )
    page = page_of(clean(), notes=()).with_guard((), OnRecord((known[Step.RESOLVED],), (), there), GAUGES)
    return replace(page, review=replace(page.review, command="report"))


def check_page() -> PosturePage:
    """Return the page of `check`: roles of files, nothing drawn."""
    at = (Place("infra/roles.yaml", 12),)
    roles = [
        replace(role, place=at, findings=tuple(replace(one, place=at) for one in role.findings))
        for role, _ in (thief(), doubtful(), clean())
    ]
    review = Review("check", "3 files read", "active", "0.1.0", tuple(roles), unread=("x.yaml: not YAML",))
    return PosturePage(review, (), "", "", READ_AT, 3)


def empty_page() -> PosturePage:
    """Return a page of an account without any of the roles."""
    return page_of()


def many_page(count: int) -> PosturePage:
    """Return a page of many roles, one in two with an escape, each with a name of its own."""
    kinds = (administrator(), clean(), thief(), beyond())
    return page_of(*(_renamed(kinds[number % len(kinds)], number) for number in range(count)))


def crowded_page(count: int) -> PosturePage:
    """Return the page of a guard that has as many roles, resources and incidents."""
    page, kinds = many_page(count), resources()
    many = tuple(replace(kinds[number % len(kinds)], name=f"aws-panorama-{number:04}") for number in range(count))
    known = incidents()
    told = tuple(replace(known[number % len(known)], id=f"inc-{number:016x}") for number in range(count))
    page = page.with_guard((WEAK,) * 8, OnRecord(told, (WAIVER,) * 10), GAUGES)
    return replace(page, review=replace(page.review, command="report", resources=many))


def _renamed(one: Seen, number: int) -> Seen:
    role, portrait = one
    name = f"{role.name}-{number:04}"
    arn = f"{role.arn}-{number:04}"
    return replace(role, name=name, arn=arn), replace(portrait, arn=arn)


def attacked_page(text: str) -> PosturePage:
    """Return a page with one text in every field that somebody else may have chosen."""
    statement = StatementRef(text, text, 0)
    witness = Witness("s3:GetObject", text, ((text, (text,)),))
    reach = Reach(policy(allow([text], [text], Condition={"StringEquals": {text: [text]}})), "exactly")
    escape = Finding(Kind.PERMISSION_ESCAPE, Severity.HIGH, text, Escaped(witness, statement, tuple(Reading)))
    doubt = Finding(Kind.UNDECIDED, Severity.MEDIUM, text, Undecided(text))
    findings = (PlacedFinding(escape, reach, see_it=text, notes=(text,)), PlacedFinding(doubt, Reach(), see_it=text))
    shares = (Share(Presence.SOME, text), Share(Presence.SOME, text), Share(Presence.UNKNOWN, text))
    portrait = Portrait(
        text,
        (ServiceReach(text, *shares, may=True), ServiceReach(EVERY_OTHER, *shares, may=False)),
        tuple(TrustEdge(text, text, text, standing, text) for standing in Standing),
        (text,),
        (text,),
        (text,),
        (Quote(statement, text),),
    )
    weakness = PlacedFinding(Finding(Kind.WEAKNESS, Severity.LOW, text, Deviation(text)), NO_REACH, notes=(text,))
    opened = replace(findings[0], finding=replace(escape, kind=Kind.RESOURCE_ESCAPE))
    found = (opened, findings[1], weakness)
    judged = (ReviewedResource(text, text, text, found),)
    role = ReviewedRole(text, text, text, text, findings)
    review = Review("audit", text, "active", text, (role,), (text,), (text,), judged)
    page = PosturePage(
        review, (portrait,), text, text, text, 1, (Guarded(text, 1),), (Pin(text, text, text, text, text),)
    )
    subject = replace(INCIDENT.subject, name=text, arn=text)
    cause = replace(INCIDENT.cause, event_name=text, actor=text, user_agent=text, invoked_by=text)
    evidence = replace(INCIDENT.evidence, action=text, resource=text, statement=text, reason=text, principal=text)
    remedy = Remedy((text,), text, (text,), carried_out=True)
    incident = replace(
        INCIDENT, subject=subject, cause=cause, evidence=evidence, remedy=remedy, source=text, reason=text
    )
    waiver = replace(WAIVER, subject=subject, owner=text, approver=text, reason=text, expires_at=text, id=text)
    weak = WeakPattern((text,), text, text, text, (text,), text, (text,))
    gauges = Gauges(((text, text),), ((text, 1),))
    there = replace(incident, subject=replace(subject, account=text))
    return page.with_guard((weak,), OnRecord((incident,), (waiver,), (there,)), gauges)
