"""A key says in which region a resource is, where that is not the guard's own; what has no region says none."""

import pytest

from panorama_guard.case.region import in_region, is_region, is_regional, region_of, without_region
from panorama_guard.case.resource import fold, is_resource_key, kind_of, name_of, service_of
from tests.builders import PROFILE

KEYS = (
    "secret:panorama/wifi@2",
    "log-group:/aws/panorama/devices/gate",
    "lambda-function:panorama-x",
    "iot-thing:panorama@gate",
    "sagemaker-work:training-job/panorama-1",
    "greengrass-group:0123",
)
GLOBAL = (
    "s3-bucket:x-aws-panorama",
    "cloudwatch-dashboard:panorama",
    "iam-role:AWSPanoramaServiceRole",
    "AWSPanoramaRole",
)


@pytest.mark.parametrize("key", KEYS)
def test_a_key_of_another_region_is_the_same_resource_s_name_and_type(key: str) -> None:
    """The region stands by the type, where no name can be taken for one."""
    there = in_region(key, "eu-west-1")
    assert (region_of(there), without_region(there)) == ("eu-west-1", key)
    assert (kind_of(there), name_of(there), service_of(there)) == (kind_of(key), name_of(key), service_of(key))
    assert is_resource_key(there)
    assert fold(there) == there != key


@pytest.mark.parametrize("key", KEYS)
def test_a_key_of_the_home_region_is_as_it_always_was(key: str) -> None:
    """What is on record of it is found."""
    assert (in_region(key, ""), region_of(key), without_region(key)) == (key, "", key)


@pytest.mark.parametrize("key", GLOBAL)
def test_what_is_one_in_all_regions_has_none(key: str) -> None:
    """A bucket's event may come from anywhere; there is one bucket of its name."""
    assert in_region(key, "eu-west-1") == key
    assert not is_regional(key)


def test_an_access_point_is_looked_for_where_it_is() -> None:
    """Each region has its own."""
    assert in_region("s3-access-point:point", "eu-west-1") == "s3-access-point@eu-west-1:point"


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("eu-west-1", True),
        ("us-gov-west-1", True),
        ("ap-southeast-2", True),
        ("us-isob-east-1", True),
        ("", False),
        ("eu-west-1.evil.example", False),
        ("eu-west-1/../", False),
        ("evil", False),
        ("EU-WEST-1", False),
        ("eu-west-1\n", False),
    ],
)
def test_nothing_but_a_region_s_name_is_taken_for_one(name: str, *, is_one: bool) -> None:
    """It becomes part of the address that is called."""
    assert is_region(name) is is_one


@pytest.mark.parametrize(
    "key", ["secret:panorama/x", "log-group:/aws/panorama/devices/x", "lambda-function:panorama-x"]
)
def test_what_is_guarded_is_guarded_in_every_region(key: str) -> None:
    """By the same pattern, enrolled or not as at home; and it is not taken for that of another region."""
    at_home, there = PROFILE.guarded(key), PROFILE.guarded(in_region(key, "eu-west-1"))
    assert at_home is not None
    assert there is not None
    assert there.name == in_region(key, "eu-west-1") != at_home.name
    assert PROFILE.guarded(in_region("secret:payroll", "eu-west-1")) is None
