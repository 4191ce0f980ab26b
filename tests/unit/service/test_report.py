"""service/report: the account is judged as it is, written down, and told; in this order."""

import json
from dataclasses import dataclass, field, replace

import pytest

from panorama_guard.case import bucket, role_use
from panorama_guard.case.listing import ListedRole
from panorama_guard.case.resource import Part
from panorama_guard.case.shelved import Shelved
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.waiver import Scope
from panorama_guard.profile.posture import Posture
from panorama_guard.reporting.review import Outcome, State
from panorama_guard.service import report as module
from panorama_guard.service.report import HTML, JSON, SARIF, TOLD, Reporter, look, report
from panorama_guard.service.settings import Mode
from tests.builders import (
    ACCOUNT,
    ADMINISTRATOR,
    NOW,
    PAYROLL,
    PROFILE,
    ROLES,
    SERVICE_ROLE,
    WAIVER,
    as_administrator,
    policy,
    snapshot_of,
    trusting,
)
from tests.fakes import CrashError
from tests.unit.buckets import KEY, NAME, OTHERS, a_bucket, lets, text
from tests.unit.service.test_found_roles import APPLICATION, a_role, around, call
from tests.unit.service.world import World, sample

EVENTS = (("iam", NOW), ("s3", ""))


@dataclass
class FakeOutside:
    """The listing, the shelf and the gauges, beside the world's own fakes."""

    world: World
    shelf: dict[str, str] = field(default_factory=dict)

    def read_roles(self) -> tuple[ListedRole, ...]:
        """Return every role."""
        self.world.calls.note("read_roles")
        return tuple(ListedRole(role) for role in self.world.roles.roles.values())

    def put(self, name: str, body: str, content_type: str) -> Shelved:
        """Keep a file."""
        self.world.calls.note(f"put {name} {content_type.partition(';')[0]}")
        self.shelf[name] = body
        return Shelved(f"s3://reports/{name}", "v1", "https://console.aws.amazon.com/s3")

    def read(self, name: str) -> str:
        """Return a file that was kept, or nothing."""
        self.world.calls.note(f"read {name}")
        return self.shelf.get(name, "")

    def waiting(self) -> tuple[tuple[str, int], ...]:
        """Return one queue."""
        return (("ChangesDeadLetterQueue", 1),)

    def last_events(self, now: str) -> tuple[tuple[str, str], ...]:
        """Return when events came."""
        assert now == self.world.now
        return EVENTS


def reporter_of(world: World, outside: FakeOutside, *, posture: Posture = Posture.ACTIVE) -> Reporter:
    """Return a reporter of this world."""
    return Reporter(
        PROFILE,
        posture,
        ACCOUNT,
        "arn:aws:iam::111122223333:role/report",
        outside,
        world.resources,
        world.ledger,
        outside,
        outside,
        outside,
        world.topic,
        world.members,
    )


@pytest.fixture
def world() -> World:
    """Return a world with six healthy roles and one guarded bucket."""
    made = World(Mode.OBSERVE)
    for role in ROLES:
        made.roles.put(snapshot_of(role))
    made.resources.put(a_bucket())
    return made


def test_the_files_are_written_before_anybody_is_told(world: World) -> None:
    """What the digest leads to is there."""
    outside = FakeOutside(world)
    done = report(reporter_of(world, outside), now=NOW, with_digest=True)
    assert set(outside.shelf) == {HTML, JSON, SARIF, TOLD}
    assert [call for call in world.calls.made if call.startswith(("put posture", "publish"))] == [
        "put posture.html text/html",
        "put posture.json application/json",
        "put posture.sarif application/sarif+json",
        "publish",
        "put posture.told text/plain",
    ]
    assert (done.roles, done.resources, done.findings) == (6, 1, 0)


def subjects(world: World) -> list[str]:
    """Return the label of each message that was told."""
    return [subject.partition(" ")[0] for subject, _, _ in world.topic.alerts]


LATER = "2026-11-23T16:00:12+00:00"


def test_of_a_report_that_says_the_same_nothing_is_told(world: World) -> None:
    """A report after each sweep is no message; of the first one, and of one that says something else, there is one."""
    outside = FakeOutside(world)
    for now in (NOW, LATER):
        world.now = now
        report(reporter_of(world, outside), now=now, with_digest=False)
    assert subjects(world) == ["[REPORT]"]
    world.roles.put(as_administrator(snapshot_of()))
    done = [report(reporter_of(world, outside), now=LATER, with_digest=False).is_changed for _ in range(2)]
    assert (subjects(world), done) == (["[REPORT]"] * 2, [True, False])
    _, message, attributes = world.topic.alerts[-1]
    (new, gone) = (json.loads(message.splitlines()[-1])[name]["listed"] for name in ("new", "gone"))
    assert gone == [f"contained: {snapshot_of().subject.arn}"]
    assert new[0] == f"escaped: {snapshot_of().subject.arn}"
    assert new[1].startswith(f"CRITICAL {SERVICE_ROLE.name}: permission leaves the naming pattern, through ")
    assert attributes["kind"] == "report"


def test_an_incident_that_moves_is_told_of_and_its_time_is_not(world: World) -> None:
    """The incident is another line; that it was written again is none."""
    outside = FakeOutside(world)
    report(reporter_of(world, outside), now=NOW, with_digest=False)
    world.change(as_administrator(snapshot_of()))
    report(reporter_of(world, outside), now=NOW, with_digest=False)
    assert "[OBSERVED] CRITICAL" in outside.shelf[TOLD]
    (incident,) = world.ledger.read(ACCOUNT, SERVICE_ROLE.name).incidents
    world.ledger.put_incident(replace(incident, updated_at=LATER, revision=incident.revision + 1))
    told, world.now = len(world.topic.alerts), LATER
    assert not report(reporter_of(world, outside), now=LATER, with_digest=False).is_changed
    assert len(world.topic.alerts) == told


def test_the_digest_leads_to_what_is_new_and_no_second_message_does(world: World) -> None:
    """It is told each day; what it led to is known, so that the next sweep is silent."""
    outside = FakeOutside(world)
    for with_digest in (True, False, True):
        report(reporter_of(world, outside), now=NOW, with_digest=with_digest)
    assert subjects(world) == ["[DIGEST]", "[DIGEST]"]


def test_a_crash_after_the_link_tells_it_twice(world: World) -> None:
    """What operators were led to is kept after they were: never not told."""
    outside = FakeOutside(world)
    report(reporter_of(world, outside), now=NOW, with_digest=False)
    made = len(world.calls.made)
    del outside.shelf[TOLD]
    world.calls.crash_at = made + made
    with pytest.raises(CrashError, match=r"posture\.told"):
        report(reporter_of(world, outside), now=NOW, with_digest=False)
    report(reporter_of(world, outside), now=NOW, with_digest=False)
    assert subjects(world) == ["[REPORT]"] * 3


def test_a_crash_before_the_digest_tells_nothing_and_the_next_attempt_all(world: World) -> None:
    """The request comes again: never not told."""
    outside = FakeOutside(world)
    report(reporter_of(world, outside), now=NOW, with_digest=True)
    made, told = len(world.calls.made), len(world.topic.alerts)
    world.calls.crash_at = made + made - 1  # the last call of the first keeps what was told
    with pytest.raises(CrashError, match="publish"):
        report(reporter_of(world, outside), now=NOW, with_digest=True)
    assert len(world.topic.alerts) == told
    report(reporter_of(world, outside), now=NOW, with_digest=True)
    assert len(world.topic.alerts) == told + 1


def test_the_account_is_judged_and_not_the_record(world: World) -> None:
    """An escape that no event told of is on the page, though the ledger knows of none."""
    world.roles.put(as_administrator(snapshot_of()))
    page = look(reporter_of(world, FakeOutside(world)), now=NOW)
    assert page.review.outcome is Outcome.ESCAPED
    assert page.record is not None
    assert page.record.incidents == ()


def test_incidents_of_roles_and_resources_are_on_the_page(world: World) -> None:
    """As the ledger has them."""
    world.change(as_administrator(snapshot_of()))
    world.resources.put(a_bucket().with_part(bucket.POLICY, text(lets({"AWS": OTHERS}))))
    event = sample("PutBucketPolicy")
    event["detail"]["requestParameters"] |= {"bucketName": NAME}
    world.inspect(event)
    page = look(reporter_of(world, FakeOutside(world)), now=NOW)
    assert page.record is not None
    assert {one.role_name for one in page.record.incidents} == {SERVICE_ROLE.name, KEY}
    assert [(one.name, one.state) for one in page.review.resources] == [(NAME, State.OPEN)]


def waived(role: RoleSnapshot, world: World) -> None:
    """Let a role be an administrator until later."""
    waiver = replace(
        WAIVER,
        subject=role.subject,
        scope=Scope.PERMISSIONS,
        document=ADMINISTRATOR,
        expires_at="2027-01-01T00:00:00+00:00",
    )
    world.ledger.put_waiver(waiver)


def test_what_is_waived_is_found_and_says_until_when(world: World) -> None:
    """An exception is no proof that the role is inside."""
    role = as_administrator(snapshot_of())
    world.roles.put(role)
    waived(role, world)
    page = look(reporter_of(world, FakeOutside(world)), now=NOW)
    (found,) = [placed for one in page.review.roles for placed in one.findings]
    assert [note.partition(" by ")[0] for note in found.notes] == ["waived"]
    assert page.record is not None
    assert len(page.record.waivers) == 1


def test_a_waiver_that_is_over_excuses_nothing(world: World) -> None:
    """It is not on the page either."""
    role = as_administrator(snapshot_of())
    world.roles.put(role)
    waived(role, world)
    later = "2027-01-02T00:00:00+00:00"
    world.now = later
    page = look(reporter_of(world, FakeOutside(world)), now=later)
    (found,) = [placed for one in page.review.roles for placed in one.findings]
    assert found.notes == ()
    assert page.record is not None
    assert page.record.waivers == ()


def test_of_too_many_resources_some_are_left_out_and_it_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never in silence."""
    monkeypatch.setattr(module, "MOST_RESOURCES", 0)
    page = look(reporter_of(world, FakeOutside(world)), now=NOW)
    assert page.review.resources == ()
    assert any("7 resources are not on this page" in note for note in page.review.notes)


def test_that_nobody_hears_is_known(world: World) -> None:
    """For the page, the JSON, and the metric that an alarm watches."""
    world.topic.confirmed = 0
    outside = FakeOutside(world)
    done = report(reporter_of(world, outside), now=NOW, with_digest=False)
    assert done.subscribers == 0
    assert "nobody is subscribed" in outside.shelf[HTML]
    assert '"subscribers": 0' in outside.shelf[JSON]


def test_a_resource_that_is_deleted_meanwhile_is_no_resource(world: World) -> None:
    """It was listed, and is gone when it is read."""
    world.resources.stale += [None] * (1 + len(ROLES))
    assert look(reporter_of(world, FakeOutside(world)), now=NOW).review.resources == ()


def test_in_a_retired_service_every_role_escapes(world: World) -> None:
    """The posture of the deployment holds."""
    page = look(reporter_of(world, FakeOutside(world), posture=Posture.RETIRED), now=NOW)
    assert {role.outcome for role in page.review.roles} == {Outcome.ESCAPED}


def test_weak_patterns_know_the_account_s_buckets(world: World) -> None:
    """What would take the place of AWS's own statement names them."""
    page = look(reporter_of(world, FakeOutside(world)), now=NOW)
    assert any(NAME in weak.hardened for weak in page.weak)


def test_a_document_that_is_not_understood_is_undecided_on_the_page(world: World) -> None:
    """Of a resource as of a role."""
    world.resources.put(replace(a_bucket(), unread=(Part(bucket.POLICY, "AccessDenied"),)))
    (resource,) = look(reporter_of(world, FakeOutside(world)), now=NOW).review.resources
    assert resource.state is State.UNDECIDED


def test_a_sweep_asks_for_a_report_after_it_has_asked_for_everything(world: World) -> None:
    """Once; the queue delays it. The canary, whose failure is none of theirs, goes after both."""
    world.sweep()
    assert world.reports.requests == [NOW]
    assert world.calls.made[-2:] == ["report", "canary"]


# --- roles that were found, and what is around roles ---


def test_a_role_that_was_found_has_its_incidents_on_the_page(world: World) -> None:
    """They are on record under its name; that it was found, under another key."""
    world.roles.put(a_role(APPLICATION, PAYROLL))
    world.inspect(call("CreateRole", APPLICATION))
    page = look(reporter_of(world, FakeOutside(world)), now=NOW)
    assert page.record is not None
    assert APPLICATION in {one.role_name for one in page.record.incidents}


def test_what_is_around_guarded_roles_is_judged_and_around_no_others(world: World) -> None:
    """Those that the profile names, and those that were found; as a sweep has them judged."""
    for role in (a_role(), a_role("payroll", trust=policy(trusting({"AWS": ACCOUNT})))):
        world.roles.put(role)
        world.resources.put(around(role))
    world.resources.put(around(snapshot_of(), **{role_use.PROFILES: '["spare"]'}))
    world.inspect(call("CreateRole", APPLICATION))
    page = look(reporter_of(world, FakeOutside(world)), now=NOW)
    judged = {one.name: one.state for one in page.review.resources if one.type == role_use.TYPE}
    assert judged == {APPLICATION: State.INSIDE, SERVICE_ROLE.name: State.WEAK}


def test_what_is_waived_of_a_role_is_not_waived_around_it(world: World) -> None:
    """It has the role's id, and a record of its own."""
    world.resources.put(around(snapshot_of(), **{role_use.PROFILES: '["spare"]'}))
    waived(snapshot_of(), world)
    page = look(reporter_of(world, FakeOutside(world)), now=NOW)
    (found,) = [placed for one in page.review.resources if one.type == role_use.TYPE for placed in one.findings]
    assert found.notes == ()
