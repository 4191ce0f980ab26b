"""An event becomes a change, a failure, a need for a sweep, or nothing; what is no event is an error that says why."""

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panorama_guard.case.actor import MAXIMUM_TEXT
from panorama_guard.case.change import (
    Change,
    Failed,
    Ignored,
    NeedsSweep,
    PolicyNamed,
    RoleNamed,
    decode_event,
    parse_change,
)
from panorama_guard.case.errors import EventError
from panorama_guard.case.routes import Route, route_of

EVENTS = Path(__file__).parents[3] / "events"


def sample(name: str) -> dict[str, object]:
    """Return a sample event."""
    event: dict[str, object] = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    return event


def put_role_policy(**detail: object) -> dict[str, object]:
    """Return the sample event of PutRolePolicy with other values in its CloudTrail record."""
    event = sample("PutRolePolicy")
    record = event["detail"]
    assert isinstance(record, dict)
    return {**event, "detail": {**record, **detail}}


def names(folder: str) -> list[str]:
    """Return the names of the sample events of a folder."""
    return sorted(str(file.relative_to(EVENTS).with_suffix("")) for file in (EVENTS / folder).glob("*.json"))


def is_account_wide(name: str) -> bool:
    """Say whether the event of this file concerns the whole account."""
    return route_of("iam.amazonaws.com", name.split("-", maxsplit=1)[0]) is Route.ACCOUNT


def test_a_change_carries_what_the_event_says() -> None:
    """Every field of a change comes from its place in the event."""
    change = parse_change(sample("PutRolePolicy"))
    assert isinstance(change, Change)
    assert (change.event_id, change.event_source, change.event_name, change.event_time) == (
        "00000000-0000-4000-a000-000000000007",
        "iam.amazonaws.com",
        "PutRolePolicy",
        "2026-11-23T15:00:07Z",
    )
    assert (change.account, change.region) == ("111122223333", "us-east-1")
    assert change.actor.name == "arn:aws:sts::111122223333:assumed-role/Admin/alice"
    assert change.subjects == (RoleNamed("AWSPanoramaServiceRole"),)


@pytest.mark.parametrize("name", [name for name in names(".") if not is_account_wide(name)] + names("actors"))
def test_a_successful_call_is_a_change_with_subjects(name: str) -> None:
    """Each sample of a successful call says whom it was done to."""
    change = parse_change(sample(name))
    assert isinstance(change, Change)
    assert change.subjects


@pytest.mark.parametrize("name", [name for name in names(".") if is_account_wide(name)])
def test_an_account_wide_call_needs_a_sweep(name: str) -> None:
    """A call that concerns the whole account says so, with its own name as the reason."""
    needed = parse_change(sample(name))
    assert isinstance(needed, NeedsSweep)
    assert needed.reason == f"the call concerns the whole account: `{name}`"


@pytest.mark.parametrize("name", names("unreadable"))
def test_a_successful_call_without_a_readable_subject_needs_a_sweep(name: str) -> None:
    """Whatever hides the subject, everything is looked at."""
    needed = parse_change(sample(name))
    assert isinstance(needed, NeedsSweep)
    assert needed.reason.startswith("the call does not say whom it was done to: ")


@pytest.mark.parametrize("name", names("failed"))
def test_a_refused_call_is_a_failure_with_its_actor(name: str) -> None:
    """A failed call is not a change, and can be counted for who made it."""
    failed = parse_change(sample(name))
    assert isinstance(failed, Failed)
    assert failed.change.actor.session_issuer_arn == "arn:aws:iam::111122223333:role/Admin"


@pytest.mark.parametrize("name", names("unrouted"))
def test_a_call_that_cannot_change_a_role_is_ignored(name: str) -> None:
    """A call without a route is ignored, and the reason names it."""
    ignored = parse_change(sample(name))
    assert isinstance(ignored, Ignored)
    assert ignored.reason.endswith(f"{name.split('-')[1]}`")


@pytest.mark.parametrize("name", names("malformed"))
def test_what_is_no_event_is_an_error_of_one_line(name: str) -> None:
    """A malformed event is refused with one short line that shows a value in backticks."""
    body = (EVENTS / f"{name}.json").read_text(encoding="utf-8")
    with pytest.raises(EventError, match=r"\A[^\n]{10,300}`\Z"):
        parse_change(decode_event(body))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("not-json", r"^the event is not JSON: `\{\"version\": "),
        ("a-list", r"^event is not an object: `\[\]`$"),
        ("detail-absent", r"^detail is missing, the fields are `.*account"),
        ("detail-null", r"^detail is not an object: `None`$"),
        ("account-a-number", r"^account is not a text of 12 digits: `111122223333`$"),
        ("eventName-absent", r"^detail\.eventName is missing, the fields are `"),
        ("eventName-a-list", r"^detail\.eventName is not a text .*: `\['PutRolePolicy'\]`$"),
        ("eventID-with-spaces", r"^detail\.eventID is not a text .*: `an id\\nwith spaces`$"),
        ("eventTime-not-a-time", r"^detail\.eventTime is not a time with a zone: `yesterday`$"),
        ("errorCode-an-object", r"^detail\.errorCode is not a text: `\{'code': 'AccessDenied'\}`$"),
    ],
)
def test_an_error_names_the_field_and_its_value(name: str, message: str) -> None:
    """The operator reads from the error what is wrong with the event."""
    body = (EVENTS / "malformed" / f"{name}.json").read_text(encoding="utf-8")
    with pytest.raises(EventError, match=message):
        parse_change(decode_event(body))


@pytest.mark.parametrize("value", ["A" * 1_000_000, ["A" * 1000] * 1000, {"a": {"b": {"c": ["d"] * 9999}}}])
def test_an_error_is_short_whatever_the_value(value: object) -> None:
    """A huge value is shown shortened."""
    with pytest.raises(EventError, match=r"\A.{1,200}\Z"):
        parse_change(put_role_policy(eventName=value))


def test_a_deeply_nested_body_is_not_json_to_us() -> None:
    """A body that would exhaust the parser's stack is an error like any other."""
    with pytest.raises(EventError, match="the event is not JSON"):
        decode_event("[" * 1_000_000)


@pytest.mark.parametrize("absent", [None, ""])
def test_an_absent_error_code_is_a_success(absent: str | None) -> None:
    """Null and the empty text mean that the call succeeded."""
    assert isinstance(parse_change(put_role_policy(errorCode=absent, errorMessage=absent)), Change)


def test_a_failure_tells_the_code_and_a_bounded_message() -> None:
    """The code and the message of AWS are kept, the message cut."""
    failed = parse_change(put_role_policy(errorCode="AccessDenied", errorMessage="no " * 10_000))
    assert isinstance(failed, Failed)
    assert (failed.error_code, len(failed.error_message)) == ("AccessDenied", MAXIMUM_TEXT)


def test_a_failure_keeps_the_subject_that_it_names() -> None:
    """An attempt on a guarded role can be told apart from one on another."""
    failed = parse_change(sample("failed/denied-with-parameters"))
    assert isinstance(failed, Failed)
    assert failed.change.subjects == (RoleNamed("AWSPanoramaServiceRole"),)


def test_a_failure_without_parameters_names_nobody() -> None:
    """A denied call may carry no parameters at all."""
    failed = parse_change(sample("failed/denied-without-parameters"))
    assert isinstance(failed, Failed)
    assert failed.change.subjects == ()


def test_a_failed_account_wide_call_needs_no_sweep() -> None:
    """A failed call changes nothing, so that nobody can order sweeps by failing."""
    event = sample("PutAccountProperties")
    detail = event["detail"]
    assert isinstance(detail, dict)
    assert isinstance(parse_change({**event, "detail": {**detail, "errorCode": "AccessDenied"}}), Failed)


def test_a_role_name_is_kept_as_it_was_written() -> None:
    """The name is matched with the profile later, without case."""
    change = parse_change(sample("PutRolePolicy-role-name-in-another-case"))
    assert isinstance(change, Change)
    assert change.subjects == (RoleNamed("awspanoramaservicerole"),)


def test_a_policy_version_is_a_change_of_its_policy() -> None:
    """The roles that the policy is attached to are found from its ARN."""
    change = parse_change(sample("SetDefaultPolicyVersion"))
    assert isinstance(change, Change)
    assert change.subjects == (PolicyNamed("arn:aws:iam::111122223333:policy/panorama-extra"),)


def test_the_text_of_an_attacker_is_bounded_and_encodable() -> None:
    """A hostile user agent reaches the ledger in a form that it can store."""
    change = parse_change(sample("PutRolePolicy-hostile-text"))
    assert isinstance(change, Change)
    assert len(change.actor.user_agent.encode("utf-8")) <= 4 * MAXIMUM_TEXT


@pytest.mark.parametrize("key", ["version", "id", "source", "detail-type", "resources"])
def test_an_envelope_field_that_is_not_used_is_not_required(key: str) -> None:
    """Only what the monitor needs can make it refuse an event."""
    event = sample("PutRolePolicy")
    del event[key]
    assert isinstance(parse_change(event), Change)


LEAVES = st.sampled_from([None, True, 0, 1.5, "", "\ud800", "A" * 1000, "2026-11-23T15:00:07Z", "CreateRole"])
JSON = LEAVES | st.lists(LEAVES, max_size=2) | st.dictionaries(st.sampled_from(["role", "roleName", "arn"]), LEAVES)
FIELDS = ("userIdentity", "eventName", "eventTime", "requestParameters", "responseElements", "errorCode", "userAgent")


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_no_value_anywhere_breaks_the_reader(detail: dict[str, object]) -> None:
    """Whatever stands in a record, the answer is a parsed change or an EventError."""
    with contextlib.suppress(EventError):
        assert isinstance(parse_change(put_role_policy(**detail)), Change | Failed | Ignored | NeedsSweep)
