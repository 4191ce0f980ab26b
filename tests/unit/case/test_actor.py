"""Who made a call is read from every shape of userIdentity, and never trusted."""

import json
from pathlib import Path

import pytest

from panorama_guard.case.actor import MAXIMUM_TEXT, Mfa, clip, parse_actor

ACTORS = Path(__file__).parents[3] / "events" / "actors"

NAMES = {
    "root": "arn:aws:iam::111122223333:root",
    "iam-user": "arn:aws:iam::111122223333:user/bob",
    "iam-user-with-mfa-session": "arn:aws:iam::111122223333:user/bob",
    "assumed-role": "arn:aws:sts::111122223333:assumed-role/Admin/alice",
    "federated-user": "arn:aws:sts::111122223333:federated-user/carol",
    "web-identity-user": "sub-0001",
    "saml-user": "dave@example.com",
    "identity-center-user": "111122223333",
    "cloudformation": "arn:aws:sts::111122223333:assumed-role/Admin/alice",
    "aws-service": "panorama.amazonaws.com",
    "aws-account": "AROAEXAMPLEOTHER00001:eve",
    "type-only": "Unknown",
    "empty": "unknown",
    "absent": "unknown",
    "null": "unknown",
    "wrong-types": "unknown",
}


def detail_of(name: str) -> dict[str, object]:
    """Return the CloudTrail record of a sample event."""
    detail: dict[str, object] = json.loads((ACTORS / f"{name}.json").read_text(encoding="utf-8"))["detail"]
    return detail


def test_every_sample_actor_is_expected_here() -> None:
    """Each file of `events/actors/` has its expected name in this test."""
    assert {file.stem for file in ACTORS.iterdir()} == set(NAMES)


@pytest.mark.parametrize(("sample", "name"), NAMES.items())
def test_an_actor_has_the_most_telling_name(sample: str, name: str) -> None:
    """The ARN comes first, then user name, principal, service, account and type."""
    assert parse_actor(detail_of(sample)).name == name


def test_the_session_issuer_is_kept() -> None:
    """A role session says which role it is a session of."""
    actor = parse_actor(detail_of("assumed-role"))
    assert actor.session_issuer_arn == "arn:aws:iam::111122223333:role/Admin"


def test_a_call_that_a_service_made_for_somebody_says_both() -> None:
    """CloudFormation acts with its caller's session."""
    actor = parse_actor(detail_of("cloudformation"))
    assert (actor.type, actor.invoked_by) == ("AssumedRole", "cloudformation.amazonaws.com")


def test_the_place_of_the_call_is_kept() -> None:
    """Address and user agent stand beside the identity."""
    actor = parse_actor(detail_of("iam-user"))
    assert (actor.source_ip, actor.user_agent.split("/")[0]) == ("198.51.100.23", "Boto3")


@pytest.mark.parametrize(
    ("said", "mfa"),
    [
        ("true", Mfa.USED),
        (True, Mfa.USED),
        ("false", Mfa.NOT_USED),
        (False, Mfa.NOT_USED),
        (None, Mfa.NOT_SAID),
        ("TRUE?", Mfa.NOT_SAID),
        (1.5, Mfa.NOT_SAID),
    ],
)
def test_a_second_factor_is_used_not_used_or_not_said(said: object, mfa: Mfa) -> None:
    """What the session does not clearly say is not said."""
    detail = {"userIdentity": {"sessionContext": {"attributes": {"mfaAuthenticated": said}}}}
    assert parse_actor(detail).mfa is mfa


def test_a_long_text_is_cut() -> None:
    """A user agent of any length takes a bounded place."""
    assert len(parse_actor({"userAgent": "A" * 100_000}).user_agent) == MAXIMUM_TEXT


def test_a_lone_surrogate_becomes_encodable() -> None:
    """A text that is valid JSON and no valid UTF-8 cannot stop an alert."""
    assert clip("a\ud800b") == "a?b"


@pytest.mark.parametrize("char", ["\u00e9", "\U0001f600", "\x01", '"', "\ud800"])
def test_a_text_takes_a_bounded_place_in_a_record_whatever_its_characters(char: str) -> None:
    """An event that nobody made may hold any; an incident with all its suspects has to stay below DynamoDB's 400 KB."""
    texts = [parse_actor({"userAgent": char * 1_000, "userIdentity": {"arn": char * 1_000}}) for _ in range(50)]
    assert len(json.dumps([(one.user_agent, one.arn) for one in texts])) < 100_000
    assert clip(f"{char}a") == f"{char}a".replace("\ud800", "?")
