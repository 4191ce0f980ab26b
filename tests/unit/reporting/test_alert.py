"""An alert is what an operator reads and what a machine parses, whatever an attacker wrote into it."""

import json
import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panorama_guard.case import bucket
from panorama_guard.case.breaker import Breaker, Trip
from panorama_guard.case.closing import CLOSED_TRUST
from panorama_guard.case.finding import RETIRED, Kind, Reach, Severity
from panorama_guard.case.incident import CLOUDFORMATION, Cause, Evidence, Incident, Remedy, State, Suspect
from panorama_guard.profile import RoleProfile
from panorama_guard.reporting.alert import alert_attributes, alert_body, alert_message, what_to_do
from panorama_guard.reporting.commands import operator_commands
from panorama_guard.reporting.headline import alert_subject
from panorama_guard.reporting.plain import LONGEST, SUBJECT_LENGTH, plain
from panorama_guard.reporting.showing import by_hand, see_it
from panorama_guard.reporting.war import how_to_stop
from tests.builders import BOUNDARY_ARN, CAUSE, INCIDENT, NOW, PROFILE, WAIVER, policy, snapshot_of
from tests.unit.buckets import NAME as NAME_OF_BUCKET
from tests.unit.buckets import a_bucket

GOLDEN = Path(__file__).parent / "golden"
NAME = "panorama-guard-containment-0123456789ab"
DENY = Remedy(
    (f"put the inline policy {NAME}",),
    "decided over all requests: after the step this escape is gone",
    (f"aws iam delete-role-policy --role-name AWSPanoramaServiceRole --policy-name {NAME}",),
)
DONE = replace(DENY, carried_out=True)
PASS_ROLE = Evidence(
    "iam:PassRole",
    "arn:aws:iam::111122223333:role/AWSPanoramaApplianceRole",
    (("iam:PassedToService", ("lambda.amazonaws.com",)),),
    "inline-0, statement 1",
    "",
)
STRANGER = policy({"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": "sts:AssumeRole"})


def incident(state: State, reason: str, *, remedy: Remedy = DENY) -> Incident:
    """Return the sample incident in a state."""
    return INCIDENT.moved(state, now=NOW, reason=reason, remedy=remedy)


INCIDENTS = {
    "contained": incident(State.CONTAINED, "read again and judged: the role is inside its profile", remedy=DONE),
    "observed-trust": replace(
        incident(
            State.OBSERVED, "mode observe: the guard tells and changes nothing", remedy=Remedy(("replace the trust",))
        ),
        kind=Kind.TRUST_ESCAPE,
        severity=Severity.CRITICAL,
        source="trust policy",
        evidence=Evidence(
            "sts:AssumeRole", "AWS 999999999999", (), "trust policy, statement 2", "", reach=Reach(STRANGER, "exactly")
        ),
    ),
    "not-fixed": replace(
        incident(State.NOT_FIXED, "AWS refused the step: put the inline policy: AccessDenied: `not authorized`"),
        evidence=PASS_ROLE,
    ),
    "undecided-by-sweep": replace(
        incident(State.OBSERVED, "undecided: something is not understood, so nothing is changed", remedy=Remedy()),
        kind=Kind.UNDECIDED,
        severity=Severity.MEDIUM,
        cause=Cause.unnamed("sweep", NOW),
        evidence=Evidence("", "", (), "", "inline-0: duplicate key `Statement`"),
    ),
    "needs-approval": incident(
        State.NEEDS_APPROVAL,
        "mode approve: the guard waits for an operator's word, and acts on it",
        remedy=replace(DENY, plan="0123456789abcdef" * 4),
    ),
    "resolved": incident(State.RESOLVED, "the escape, or the doubt, is gone, without the guard's doing"),
    "war": replace(
        incident(
            State.NOT_FIXED,
            Trip("5 re-openings within 15 minutes", NOW).describe(
                replace(CAUSE, invoked_by=CLOUDFORMATION).by_whom, ()
            ),
            remedy=Remedy(),
        ),
        breaker=Breaker.OPEN,
        cause=replace(CAUSE, invoked_by=CLOUDFORMATION),
    ),
    "boundary": replace(
        incident(
            State.CONTAINED,
            "read again and judged: the role is inside its profile",
            remedy=Remedy(
                (f"set the permissions boundary {BOUNDARY_ARN}",),
                "decided over all requests: after the step this escape is gone",
                ("aws iam delete-role-permissions-boundary --role-name AWSPanoramaServiceRole",),
                carried_out=True,
            ),
        ),
        kind=Kind.BOUNDARY_ESCAPE,
        source=BOUNDARY_ARN,
    ),
    "quarantine": incident(
        State.NEEDS_APPROVAL,
        "this remedy is never applied without an operator's word",
        remedy=Remedy(
            ("replace the trust policy by one that lets nobody in", "put the inline policy panorama-guard-quarantine"),
            "decided over all requests and principals: after the steps the role may do nothing and nobody may become "
            "it; lost inside the ceiling: s3:GetObject, s3:PutObject",
            plan="0" * 64,
            notes=("passed over: put the inline policy panorama-guard-containment-1: it does not fit",),
            needs_approval=True,
        ),
    ),
}


def at_war(**cause: str) -> Incident:
    """Return an incident that somebody keeps bringing back, and the guard leaves to the operators."""
    return replace(INCIDENT, breaker=Breaker.OPEN, state=State.NOT_FIXED, cause=replace(CAUSE, **cause))


@pytest.mark.parametrize(
    ("cause", "way"),
    [
        ({}, f"take the permission to change the role from {CAUSE.actor}"),
        ({"invoked_by": CLOUDFORMATION}, "take the escape out of the template of the stack"),
        (
            {"actor": "arn:aws:sts::1:assumed-role/cfn/AWSCloudFormation"},
            "take the escape out of the template of the stack",
        ),
        ({"user_agent": "APN/1.0 HashiCorp/1.0 Terraform/1.9.0"}, "take the escape out of Terraform's configuration"),
        ({"event_id": ""}, "no event told who it is: look the role up in CloudTrail's event history"),
    ],
)
def test_how_a_war_is_stopped_depends_on_who_wages_it(cause: dict[str, str], way: str) -> None:
    """A template is changed, a person is stopped; while the guard acts, or when it is over, there is no war to stop."""
    assert how_to_stop(at_war(**cause))[0] == way
    assert how_to_stop(replace(at_war(**cause), state=State.RESOLVED)) == ()
    assert how_to_stop(replace(at_war(**cause), breaker=Breaker.STRONGEST)) == ()


def test_cloudtrail_names_no_stack_so_the_alert_says_how_to_find_it() -> None:
    """By the role, or by the customer's policy that a template of its own may have made."""
    arn = f"{BOUNDARY_ARN} x"
    assert how_to_stop(at_war(invoked_by=CLOUDFORMATION))[1].endswith(f"--physical-resource-id {INCIDENT.role_name}")
    named = replace(at_war(invoked_by=CLOUDFORMATION), source=arn)
    assert how_to_stop(named)[1].endswith(f"--physical-resource-id {shlex.quote(arn)}")


@pytest.mark.parametrize(
    ("source", "name"), [(bucket.POLICY, NAME_OF_BUCKET), (bucket.point_policy("models"), "models")]
)
def test_a_war_over_a_bucket_speaks_of_the_resource(source: str, name: str) -> None:
    """And CloudFormation knows it by its name, or its access point's, not by the guard's key for it."""
    subject = a_bucket().subject
    way, *_ = how_to_stop(replace(at_war(), subject=subject, source=source))
    assert way == f"take the permission to change the resource from {CAUSE.actor}"
    _, which, *_ = how_to_stop(replace(at_war(invoked_by=CLOUDFORMATION), subject=subject, source=source))
    assert which.endswith(f"--physical-resource-id {name}")


@pytest.mark.parametrize("name", INCIDENTS)
def test_an_operator_reads_what_the_golden_file_shows(name: str) -> None:
    """The files are read by people when they change: subject, empty line, message."""
    shown = f"{alert_subject(INCIDENTS[name])}\n\n{alert_message(INCIDENTS[name])}\n"
    assert shown == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", INCIDENTS)
def test_what_ends_an_escape_is_told_before_what_lets_it_stand(name: str) -> None:
    """Whoever was woken at night types what comes first."""
    places = [_ORDER.index(told) for told, _ in what_to_do(INCIDENTS[name])]
    assert places == sorted(places)


_ORDER = ("To approve", "By hand", "To stop it", "To undo", "To waive", "Or by hand", "Undone")


@pytest.mark.parametrize("kind", [Kind.PERMISSION_ESCAPE, Kind.TRUST_ESCAPE, Kind.BOUNDARY_ESCAPE])
def test_an_alert_says_that_the_posture_is_retired(kind: Kind) -> None:
    """What AWS's own policies give is no escape from the naming pattern: it is too much since the service has ended."""
    incident = INCIDENTS["contained"]
    retired = replace(incident, kind=kind, evidence=replace(incident.evidence, reason=RETIRED))
    text = alert_message(retired).partition("{")[0]
    assert ("retired" in alert_subject(retired), "naming pattern" in f"{alert_subject(retired)}{text}") == (True, False)
    assert f"Found:       {RETIRED}" in text.splitlines()


@pytest.mark.parametrize("name", INCIDENTS)
def test_the_last_line_is_the_incident_as_json(name: str) -> None:
    """Machines read the last line alone."""
    last = alert_message(INCIDENTS[name]).splitlines()[-1]
    body = json.loads(last)
    assert body == alert_body(INCIDENTS[name])
    assert last.isascii()


def test_the_json_carries_who_what_when_the_proof_and_the_undo() -> None:
    """The fields that operators' own tools rely on."""
    body = alert_body(INCIDENTS["contained"])
    assert body["call"] == {
        "event_id": CAUSE.event_id,
        "event": "iam.amazonaws.com PutRolePolicy",
        "time": CAUSE.event_time,
        "region": "us-east-1",
        "actor": CAUSE.actor,
        "session_issuer": CAUSE.session_issuer,
        "source_address": "192.0.2.10",
        "user_agent": "aws-cli/2.31.4",
        "mfa": "not used",
        "invoked_by": "",
    }
    assert body["witness"] == {
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::payroll/example",
        "principal": "",
        "context": {},
    }
    assert body["statement"] == "inline-0, statement 1 (Payroll)"
    assert body["remedy"] == {
        "carried_out": True,
        "steps": list(DENY.steps),
        "proof": DENY.proof,
        "notes": [],
        "needs_approval": False,
        "undo": list(DENY.undo),
    }
    assert (body["state"], body["severity"], body["kind"], body["attempt"]) == (
        "CONTAINED",
        "HIGH",
        "permission-escape",
        1,
    )


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("role", [*PROFILE.roles, *PROFILE.watched], ids=lambda role: role.name)
def test_a_subject_fits_whole(role: RoleProfile, kind: Kind, state: State) -> None:
    """SNS takes fewer than 100 ASCII characters; no subject of a guarded role is cut."""
    subject = replace(
        INCIDENT, state=state, kind=kind, severity=Severity.INFORMATIONAL, subject=snapshot_of(role).subject
    )
    line = alert_subject(subject)
    assert len(line) <= SUBJECT_LENGTH
    assert line.isascii()
    assert line.endswith(("pattern", "profile", "escapes", "judged", "others", "missing", "setting"))


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("contained", ["undo"]),
        ("needs-approval", ["approve", "waive"]),
        ("observed-trust", ["waive"]),
        ("not-fixed", ["waive"]),
        ("quarantine", ["approve", "waive"]),
        ("resolved", []),
        ("undecided-by-sweep", []),
    ],
)
def test_what_an_operator_may_do_is_offered_and_nothing_else(name: str, offered: list[str]) -> None:
    """An undo of nothing, or a waiver of a doubt, would only be refused."""
    told = INCIDENTS[name]
    commands = dict(operator_commands(told))
    assert list(commands) == [f"To {one}" for one in offered]
    assert [word for word in ("approve", "undo", "waive") if f"To {word}:" in alert_message(told)] == offered
    for one in offered:
        assert commands[f"To {one}"].startswith(f"panorama-guard {one} {told.id}")


def test_an_approval_is_for_the_plan_that_was_told() -> None:
    """By the beginning of its hash."""
    assert dict(operator_commands(INCIDENTS["needs-approval"]))["To approve"].endswith(" --plan 0123456789ab")


def test_what_a_waiver_lets_stand_is_not_told_as_gone() -> None:
    """The escape is there until then; of several waivers the first to end counts."""
    late, soon = (replace(WAIVER, expires_at=f"2026-12-{day}T10:00:00.123+00:00").describe() for day in ("24", "01"))
    told = incident(State.RESOLVED, f"undone by alice (because): taken back; {late}; {soon}", remedy=DONE)
    assert alert_subject(told).endswith("AWSPanoramaServiceRole: waived until 2026-12-01T10:00:00Z")
    assert "It is let stand by a waiver until 2026-12-01T10:00:00Z." in alert_message(told)
    assert f"Was done:    {DONE.steps[0]}" in alert_message(told)
    assert "waiver" not in alert_message(replace(told, state=State.CONTAINED)).splitlines()[2]


def test_what_was_undone_is_not_offered_to_be_undone_again() -> None:
    """It is over, though it was done once."""
    assert operator_commands(incident(State.RESOLVED, "undone by alice", remedy=DONE)) == ()


@pytest.mark.parametrize(
    ("state", "remedy", "word"),
    [
        (State.CONTAINED, DONE, "Done:"),
        (State.NOT_FIXED, DONE, "Done:"),
        (State.NOT_FIXED, DENY, "Not done:"),
        (State.OBSERVED, DENY, "Would do:"),
    ],
)
def test_a_message_never_says_done_of_what_was_not(state: State, remedy: Remedy, word: str) -> None:
    """An observed plan stays one after its incident's end."""
    lines = alert_message(incident(state, "because", remedy=remedy)).splitlines()
    assert [line.split("  ")[0] for line in lines if DENY.steps[0] in line][:1] == [word]


def test_what_was_never_done_is_not_told_at_the_end() -> None:
    """The plan of an escape that went away by itself is of no use any more."""
    assert DENY.steps[0] not in "".join(alert_message(INCIDENTS["resolved"]).splitlines()[:-1])


@pytest.mark.parametrize(
    ("kind", "source", "command"),
    [
        (Kind.PERMISSION_ESCAPE, "a b", "aws iam delete-role-policy --role-name R --policy-name 'a b'"),
        (Kind.PERMISSION_ESCAPE, "arn:aws:x", "aws iam detach-role-policy --role-name R --policy-arn arn:aws:x"),
        (
            Kind.BOUNDARY_ESCAPE,
            "arn:b",
            "aws iam put-role-permissions-boundary --role-name R --permissions-boundary arn:b",
        ),
        (
            Kind.TRUST_ESCAPE,
            "trust policy",
            f"aws iam update-assume-role-policy --role-name R --policy-document '{CLOSED_TRUST}'",
        ),
    ],
)
def test_an_operator_is_told_how_to_end_what_the_guard_could_not(kind: Kind, source: str, command: str) -> None:
    """Ready to paste, and only where the escape is still open."""
    failed = replace(INCIDENTS["not-fixed"], kind=kind, source=source)
    failed = replace(failed, subject=replace(failed.subject, name="R"))
    asked = replace(failed, state=State.NEEDS_APPROVAL)
    assert by_hand(failed) == (command,)
    assert by_hand(replace(asked, remedy=replace(DENY, needs_approval=True))) == (command,)
    assert by_hand(asked) == by_hand(replace(failed, state=State.CONTAINED)) == ()


def test_a_command_shows_the_escape_to_anyone() -> None:
    """Action, resource and context as the simulator takes them."""
    assert see_it(INCIDENTS["not-fixed"]) == (
        "aws iam simulate-principal-policy "
        "--policy-source-arn arn:aws:iam::111122223333:role/service-role/AWSPanoramaServiceRole "
        "--action-names iam:PassRole --resource-arns arn:aws:iam::111122223333:role/AWSPanoramaApplianceRole "
        "--context-entries ContextKeyName=iam:PassedToService,ContextKeyType=string,"
        "ContextKeyValues=lambda.amazonaws.com"
    )


@pytest.mark.parametrize(("key", "value"), [("aws:PrincipalTag/a,b=c", "d"), ("aws:PrincipalTag/a", "b,c'; ls #")])
def test_a_context_with_a_comma_is_shown_as_json(key: str, value: str) -> None:
    """In the shorthand a comma would begin another member, and an attacker chooses tags."""
    command = shlex.split(see_it(replace(INCIDENT, evidence=replace(PASS_ROLE, context=((key, (value,)),)))))
    assert json.loads(command[command.index("--context-entries") + 1]) == [
        {"ContextKeyName": key, "ContextKeyType": "string", "ContextKeyValues": [value]}
    ]


@pytest.mark.parametrize(
    "blank", list("\u2800\u3164\u115f\u1160\uffa0\u200b\u200d\u2060\ufeff\u00ad\ufe0f\u034f\u00a0")
)
def test_what_looks_blank_is_shown_as_its_escape(blank: str) -> None:
    """It would push what an attacker writes to where the next field stands."""
    assert plain(f"a{blank}b") == f"a{blank.encode('unicode_escape').decode()}b"


def test_a_row_of_spaces_is_one_space() -> None:
    """No value reaches the column of another."""
    text = "aws-cli" + " " * 70 + "Proof:       false alarm"
    assert plain(text) == "aws-cli Proof: false alarm"


def test_a_witness_cannot_break_out_of_the_command() -> None:
    """An attacker chooses resource names; the shell sees one quoted word."""
    evidence = replace(PASS_ROLE, resource="arn:aws:s3:::x'; rm -rf ~ #", context=())
    assert see_it(replace(INCIDENT, evidence=evidence)).endswith(
        """--resource-arns 'arn:aws:s3:::x'"'"'; rm -rf ~ #'"""
    )


HOSTILE = [
    "line\nbreak\r\nand\x0bmore\x85and\u2028more",
    "\x1b[2J\x1b[31mall is well\x1b[0m",
    "\u202egnp.exe",
    "<script>alert(1)</script><img src=x>",
    "\ud800 half a character",
    "State: \nSeverity:    LOW\nDone:        nothing to do",
    "x" * 100_000,
    '"}, {"state": "RESOLVED',
]


def hostile_incident(text: str) -> Incident:
    """Return an incident in which an attacker chose every text that an attacker can."""
    return replace(
        INCIDENTS["not-fixed"],
        source=text,
        reason=text,
        cause=Cause(text, text, text, text, text, text, text, text, text, text, text),
        evidence=Evidence(text, text, ((text, (text,)),), text, text),
        remedy=Remedy((text,), text, (text,), carried_out=True, notes=(text,)),
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_cannot_create_lines(text: str) -> None:
    """The message has as many lines as with harmless text, and nothing in it acts on a terminal."""
    message = alert_message(hostile_incident(text))
    lines = message.split("\n")
    assert len(lines) == len(alert_message(hostile_incident("harmless")).split("\n"))
    assert all(line.isprintable() for line in lines)
    assert lines == message.splitlines()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_name_stays_on_the_first_line(text: str) -> None:
    """Of a resource too, whose service may let it have any characters."""
    incident = replace(INCIDENTS["not-fixed"], subject=replace(INCIDENT.subject, name=text))
    first, *others = alert_message(incident).split("\n")
    assert first.isprintable()
    assert first.endswith(": permission left the naming pattern. NOT FIXED. The escape may still be open.")
    assert others[0] == INCIDENTS["not-fixed"].reason


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_cannot_change_the_json(text: str) -> None:
    """State and severity are the guard's own words."""
    body = json.loads(alert_message(hostile_incident(text)).splitlines()[-1])
    assert (body["state"], body["severity"]) == ("NOT FIXED", "CRITICAL")
    assert set(body) == set(alert_body(INCIDENT))


def test_of_a_long_name_the_middle_is_left_out_of_a_subject() -> None:
    """What it is and until when stay whole, and so do both ends of the name."""
    key = f"log-group@eu-central-1:/aws/greengrass/Lambda/eu-central-1/111122223333/panorama-{'camera-' * 9}17"
    told = incident(State.RESOLVED, f"over; {WAIVER.describe()}", remedy=DONE)
    line = alert_subject(replace(told, subject=replace(told.subject, name=key)))
    assert re.fullmatch(r"\[RESOLVED\] HIGH log-group@e\S+\.\.\.\S+camera-17: waived until \S+T\d\d:\d\d:\d\dZ", line)
    assert len(line) == SUBJECT_LENGTH


@given(st.text(max_size=2_000))
def test_any_text_makes_a_message_that_sns_takes(text: str) -> None:
    """Encodable, far below 256 KB, one subject line of printable ASCII, attributes not empty."""
    told = hostile_incident(text)
    message, subject = alert_message(told), alert_subject(told)
    assert len(message.encode()) < 200_000
    assert subject.isascii()
    assert subject.isprintable()
    assert len(subject) <= SUBJECT_LENGTH
    assert all(value for _, value in alert_attributes(told))


def test_long_text_is_cut_and_says_so() -> None:
    """The whole stands in the ledger."""
    message = alert_message(hostile_incident("x" * 100_000))
    assert "... (100000 characters)" in message
    assert "x" * (LONGEST + 1) not in message


def test_a_finding_of_a_sweep_has_no_empty_fields() -> None:
    """Nobody called, so there is no address, no user agent and no MFA to show."""
    lines = alert_message(INCIDENTS["undecided-by-sweep"]).splitlines()
    assert not [line for line in lines if line.endswith((":", " "))]
    assert "After call:  not known: no event told of it, a sweep found it" in lines
    assert not [line for line in lines if line.startswith(("MFA", "With"))]


@pytest.mark.parametrize(
    ("look", "words"),
    [
        ("re-check", "a re-check found it"),
        ("operator's command", "a look after an operator's command found it"),
        ("look after the guard's own write", "a look after the guard's own write found it"),
    ],
)
def test_what_no_event_told_says_which_look_found_it(look: str, words: str) -> None:
    """It was not always a sweep."""
    told = replace(INCIDENTS["undecided-by-sweep"], cause=Cause.unnamed(look, NOW))
    assert f"After call:  not known: no event told of it, {words}" in alert_message(told).splitlines()


def test_a_look_that_names_nobody_does_not_hide_who_called_before() -> None:
    """The first of them by name; an event that names somebody says it itself."""
    told = replace(INCIDENTS["contained"], suspects=tuple(Suspect(f"user/{name}", "") for name in "abcda"))
    line = "Suspects:    earlier calls that may have led to it: by user/a, user/b, user/c and 1 more"
    assert line not in alert_message(told).splitlines()
    found = replace(told, cause=Cause.unnamed("sweep", NOW))
    assert line in alert_message(found).splitlines()
    assert "Suspects" not in alert_message(replace(found, suspects=()))


def test_of_a_user_agent_the_tool_is_told() -> None:
    """A person wants the tool; a machine gets all of it."""
    agent = "aws-cli/2.31.4 md/awscrt#0.27.6 ua/2.1 os/linux"
    told = replace(INCIDENT, cause=replace(CAUSE, user_agent=agent))
    assert "With:        aws-cli/2.31.4 md/awscrt#0.27.6 ..." in alert_message(told).splitlines()
    assert json.loads(alert_message(told).splitlines()[-1])["call"]["user_agent"] == agent


def test_an_incident_that_nobody_tried_to_end_has_no_attempt() -> None:
    """Attempt 0 is none."""
    told = alert_message(replace(INCIDENT, attempt=0))
    assert f"Incident:    {INCIDENT.id} (event {CAUSE.event_id})" in told.splitlines()
