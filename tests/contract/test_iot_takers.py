"""Whatever of AWS IoT acts as a role that it is given is read and listed, each kind by its own calls."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.loaders import Loader
from botocore.model import ServiceModel, Shape
from botocore.stub import Stubber

from panorama_guard.aws.iot_takers import IotTakers
from panorama_guard.aws.iot_users import MOST, IotUsers
from panorama_guard.aws.named_places import named_roles
from panorama_guard.case import iot, iot_takers
from panorama_guard.case.resource import Part, ResourceSnapshot
from tests.builders import PROFILE
from tests.contract.drivers import MOTO_ACCOUNT, REGION, moto_account
from tests.contract.refusing import DENIED, RefusingTo
from tests.iot_takers import GIVE, TAKE

ARN = f"arn:aws:iot:{REGION}:{MOTO_ACCOUNT}:"
GUARDED = f"arn:aws:iam::{MOTO_ACCOUNT}:role/service-role/AWSPanoramaApplianceRole"
PAYROLL = f"arn:aws:iam::{MOTO_ACCOUNT}:role/Payroll"
KINDS = (*iot_takers.TAKERS, *iot_takers.SETTINGS)


@pytest.fixture
def client() -> Iterator[Any]:
    """Give AWS IoT of an empty account."""
    with moto_account():
        yield boto3.client("iot", region_name=REGION)


def reader(client: Any) -> IotUsers:
    """Return the adapter."""
    return IotUsers(
        client,
        MOTO_ACCOUNT,
        lambda key: PROFILE.guarded(key) is not None,
        lambda role: PROFILE.role_named(role) is not None,
    )


def held(snapshot: ResourceSnapshot | None) -> ResourceSnapshot:
    """Return what is there."""
    assert snapshot is not None
    return snapshot


def test_every_kind_is_given_a_role_in_these_tests() -> None:
    """And nothing else is."""
    assert {kind for kind, _ in GIVE} == set(KINDS)
    assert TAKE.keys() | {iot_takers.REGISTRATION} == set(iot_takers.TAKERS)


@pytest.mark.parametrize(("kind", "where"), GIVE)
def test_what_is_given_a_guarded_role_is_listed_and_read_wherever_the_role_stands(
    client: Any, kind: str, where: str
) -> None:
    """With another role it is nobody's business."""
    GIVE[kind, where](client, PAYROLL)
    assert reader(client).resource_keys(iot.USER) == ()
    name = GIVE[kind, where](client, GUARDED)
    key = f"iot-user:{kind}/{name}"
    assert reader(client).resource_keys(iot.USER) == (key,)
    found = held(reader(client).read_resource(key))
    assert (found.parts, found.unread) == ((Part(iot.ROLE, f'["{GUARDED}"]'),), ())
    assert found.subject.arn.startswith(ARN)
    assert found.subject.arn.endswith(f"/{name}")


@pytest.mark.parametrize("kind", TAKE)
def test_what_is_gone_is_none(client: Any, kind: str) -> None:
    """Of each kind that can be deleted."""
    name = GIVE[kind, ""](client, GUARDED)
    TAKE[kind](client, name)
    assert reader(client).read_resource(f"iot-user:{kind}/{name}") is None
    assert reader(client).resource_keys(iot.USER) == ()


def test_a_destination_is_known_by_the_end_of_its_arn(client: Any) -> None:
    """It has no name."""
    name = GIVE[iot_takers.DESTINATION, ""](client, GUARDED)
    assert name.startswith("vpc/")
    found = held(reader(client).read_resource(f"iot-user:topic-rule-destination/{name}"))
    assert found.subject.arn == f"{ARN}ruledestination/{name}"


def test_a_registration_that_is_over_is_told_and_no_sweep_looks_for_one(client: Any) -> None:
    """What it did it did as the guarded role, and it stays on AWS's record."""
    name = GIVE[iot_takers.REGISTRATION, ""](client, GUARDED)
    client.stop_thing_registration_task(taskId=name)
    assert reader(client).resource_keys(iot.USER) == ()
    assert held(reader(client).read_resource(f"iot-user:thing-registration-task/{name}")).parts


@pytest.mark.parametrize("kind", [iot.TOPIC_RULE, iot_takers.DESTINATION])
def test_what_aws_says_nobody_may_read_is_gone_if_it_is_not_listed(client: Any, kind: str) -> None:
    """A rule or a destination that is not there is refused as one that may not be read."""
    assert reader(client).read_resource(f"iot-user:{kind}/none") is None
    describe, listing, entry = {
        iot.TOPIC_RULE: ("get_topic_rule", "list_topic_rules", {"rules": [{"ruleName": "there"}]}),
        iot_takers.DESTINATION: (
            "get_topic_rule_destination",
            "list_topic_rule_destinations",
            {"destinationSummaries": [{"arn": f"{ARN}ruledestination/there"}]},
        ),
    }[kind]
    for answer in (entry, None):
        with Stubber(client) as stubber:
            stubber.add_client_error(describe, DENIED, "no")
            if answer:
                stubber.add_response(listing, answer)
            else:
                stubber.add_client_error(listing, DENIED, "no")
            found = held(reader(client).read_resource(f"iot-user:{kind}/there"))
        assert (found.parts, [one.name for one in found.unread]) == ((), [iot.ROLE])


@pytest.mark.parametrize("kind", KINDS)
def test_what_aws_does_not_let_the_guard_read_is_a_doubt(client: Any, kind: str) -> None:
    """Of what it lists, and of what there is one of; with AWS's words."""
    name = GIVE[kind, ""](client, GUARDED)
    refused = RefusingTo(client, "get_", "describe_")
    found = held(reader(refused).read_resource(f"iot-user:{kind}/{name}"))
    assert found.parts == ()
    assert found.unread == (Part(iot.ROLE, f"AWS does not let the guard read it: {DENIED}: `no`"),)


@pytest.mark.parametrize("kind", iot_takers.TAKERS)
def test_a_kind_that_cannot_be_listed_is_a_doubt_and_hides_none_of_the_others(client: Any, kind: str) -> None:
    """And no doubt any more, once it can."""
    word = iot_takers.TAKERS[kind][0]
    GIVE[iot_takers.LOGGING, ""](client, GUARDED)
    refused = reader(RefusingTo(client, _listing_of(client, word)))
    assert refused.resource_keys(iot.USER) == (f"iot-user:{kind}/*", "iot-user:logging-options/account")
    assert [one.name for one in held(refused.read_resource(f"iot-user:{kind}/*")).unread] == [iot.ROLE]
    assert reader(client).read_resource(f"iot-user:{kind}/*") is None


@pytest.mark.parametrize("call", ["list_commands", "describe_encryption_configuration"])
def test_a_call_that_a_region_does_not_know_is_a_doubt_and_hides_none_of_the_others(client: Any, call: str) -> None:
    """What is new is not everywhere at once, and a sweep goes on."""
    GIVE[iot_takers.PACKAGES, ""](client, GUARDED)
    unknown = reader(RefusingTo(client, call, code="ForbiddenException"))
    doubt, told = unknown.resource_keys(iot.USER)
    assert told == "iot-user:package-configuration/account"
    assert [one.name for one in held(unknown.read_resource(doubt)).unread] == [iot.ROLE]


@pytest.mark.parametrize(("code", "status"), [("ThrottlingException", 429), ("InternalFailureException", 500)])
@pytest.mark.parametrize("call", ["list_streams", "get_package_configuration", "list_topic_rules"])
def test_what_may_pass_is_asked_again(client: Any, call: str, code: str, status: int) -> None:
    """By the queue; it says nothing about what there is."""
    failing = reader(RefusingTo(client, call, code=code, status=status))
    with pytest.raises(ClientError, match=code):
        failing.resource_keys(iot.USER)


def test_that_there_are_more_than_are_looked_at_is_a_doubt(client: Any) -> None:
    """Each is a call of its own in every sweep; by its event each is looked at."""
    for number in range(MOST + 1):
        client.create_stream(streamId=f"stream-{number}", files=[{"fileId": 1}], roleArn=PAYROLL)
    assert reader(client).resource_keys(iot.USER) == ("iot-user:stream/*",)
    (why,) = held(reader(client).read_resource("iot-user:stream/*")).unread
    assert why.text == f"there are {MOST + 1}, and {MOST} of them are looked at"


def test_logging_that_nobody_has_set_up_is_nothing(client: Any) -> None:
    """AWS refuses to tell of it."""
    with pytest.raises(client.exceptions.NotConfiguredException, match="not configured"):
        client.get_v2_logging_options()
    assert reader(client).read_resource("iot-user:logging-options/account") is None


@pytest.mark.parametrize("kind", iot_takers.TAKERS)
def test_each_kind_is_listed_by_a_call_that_botocore_knows(client: Any, kind: str) -> None:
    """With entries of which each has the member that names it: the stubber holds them against the model."""
    word, member = iot_takers.TAKERS[kind]
    shape = client.meta.service_model.operation_model(f"List{word}s").output_shape
    place, listed = next((name, one.member) for name, one in shape.members.items() if one.type_name == "list")
    named = "0f" * 32
    if kind == iot_takers.REGISTRATION:
        named = named[:40]
    members = {} if listed.type_name == "string" else listed.members
    entry = {member if member in members else "name": named, **({"arn": ARN} if "name" in members else {})}
    with Stubber(client) as stubber:
        stubber.add_response(_listing_of(client, word), {place: [entry if members else named]})
        assert list(IotTakers(client).names(kind)) == [named]
        stubber.assert_no_pending_responses()


SHOWN = (
    *("GetCommand", "DescribeJobTemplate", "DescribeMitigationAction", "DescribeSecurityProfile", "DescribeStream"),
    *("GetTopicRuleDestination", "DescribeCACertificate", "DescribeThingRegistrationTask", "GetLoggingOptions"),
    *("GetV2LoggingOptions", "DescribeAccountAuditConfiguration", "DescribeEncryptionConfiguration"),
    "GetPackageConfiguration",
)


@pytest.mark.parametrize("operation", SHOWN)
def test_every_role_of_botocore_s_models_is_found(operation: str) -> None:
    """Whatever member a later botocore adds."""
    shape = ServiceModel(Loader().load_service_model("iot", "service-2")).operation_model(operation).output_shape
    assert shape is not None
    expected: list[str] = []
    described = _example(shape, expected)
    assert expected
    assert named_roles(described) == sorted(expected)


def _example(shape: Shape, roles: list[str], name: str = "") -> Any:
    """Return a description in which each member has a value, and each role one of its own."""
    match shape.type_name:
        case "structure":
            return {one: _example(inner, roles, one) for one, inner in getattr(shape, "members", {}).items()}
        case "list" | "map":
            inner = next(getattr(shape, one) for one in ("member", "value") if hasattr(shape, one))
            held = _example(inner, roles, name)
            return [held] if shape.type_name == "list" else {"key": held}
        case "string" if "role" in name.lower():
            roles.append(f"role-{len(roles)}")
            return roles[-1]
    return "x" if shape.type_name == "string" else 1


def _listing_of(client: Any, word: str) -> str:
    names = client.meta.method_to_api_mapping
    return str(next(method for method, operation in names.items() if operation == f"List{word}s"))
