"""Every resource is read by the reader of its type, and what cannot be listed is said so."""

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from panorama_guard.aws.subjects import Resources
from panorama_guard.case.errors import UnlistedError
from panorama_guard.case.resource import ResourceSnapshot
from panorama_guard.case.sweeping import Seen


class Named:
    """A reader that says who it is, or fails as AWS does."""

    def __init__(self, name: str, code: str = "") -> None:
        """Take its name, and what AWS answers it."""
        self._name = name
        self._code = code

    def read_resource(self, _key: str) -> ResourceSnapshot | None:
        """Return nothing."""
        return None

    def behind(self, _key: str) -> tuple[str, ...]:
        """Return its name."""
        return (self._name,)

    def resource_keys(self, _kind: str) -> tuple[str, ...]:
        """Return its name, or fail."""
        if self._code:
            raise ClientError({"Error": {"Code": self._code, "Message": "no"}}, "ListPolicies")
        return (self._name,)


def test_a_type_has_a_reader_of_its_own_or_its_service_s() -> None:
    """The first word of a type names the service."""
    resources = Resources({"iot-policy": lambda: Named("policies"), "iot": lambda: Named("things")})
    assert [resources.behind(f"iot-{kind}:x") for kind in ("policy", "thing", "certificate")] == [
        ("policies",),
        ("things",),
        ("things",),
    ]


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "UnauthorizedException"])
def test_a_type_that_aws_does_not_let_be_listed_is_named(code: str) -> None:
    """With AWS's words."""
    with pytest.raises(UnlistedError, match=f"of type `iot-policy`: {code}: `no`"):
        Resources({"iot": lambda: Named("x", code)}).resource_keys("iot-policy")


def test_what_is_to_be_tried_again_is_not_said_so() -> None:
    """Throttling comes again with the message."""
    with pytest.raises(ClientError, match="Throttling"):
        Resources({"iot": lambda: Named("x", "ThrottlingException")}).resource_keys("iot-policy")


def test_a_walk_through_a_type_that_is_listed_at_once_is_its_keys_in_order() -> None:
    """From a key on; each of them is one of the type."""
    resources = Resources({"iot": lambda: Named("things")})
    assert list(resources.walk("iot-thing", "")) == [Seen("things", is_there=True)]
    assert list(resources.walk("iot-thing", "things")) == []


class Walked(Named):
    """A reader that looks at one after another, and fails as AWS does."""

    def walk(self, kind: str, after: str) -> Iterator[Seen]:
        """Say where it was told to begin, then fail."""
        yield Seen(f"{kind}{after}", is_there=False)
        self.resource_keys(kind)


def test_a_reader_that_walks_by_itself_is_let() -> None:
    """And what AWS does not let be listed is named there too."""
    walked = Resources({"s3": lambda: Walked("x", "AccessDenied")}).walk("s3-grantor", ":a")
    assert next(walked) == Seen("s3-grantor:a", is_there=False)
    with pytest.raises(UnlistedError, match="of type `s3-grantor`"):
        next(walked)


def test_a_walk_that_is_throttled_comes_again() -> None:
    """It is no denial."""
    walked = Resources({"s3": lambda: Walked("x", "SlowDown")}).walk("s3-grantor", "")
    with pytest.raises(ClientError, match="SlowDown"):
        list(walked)
