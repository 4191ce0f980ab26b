"""Every resource is read by the reader of its type, and what cannot be listed is said so."""

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from panorama_guard.aws.subjects import Resources, SubjectWriter
from panorama_guard.case.errors import UnlistedError
from panorama_guard.case.resource import ResourceSnapshot
from panorama_guard.case.snapshot import Subject
from panorama_guard.case.step import DeletePart, PartStep, Step
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
    resources = Resources(lambda _: {"iot-policy": lambda: Named("policies"), "iot": lambda: Named("things")})
    assert [resources.behind(f"iot-{kind}:x") for kind in ("policy", "thing", "certificate")] == [
        ("policies",),
        ("things",),
        ("things",),
    ]


@pytest.mark.parametrize(
    "code",
    [
        *("AccessDenied", "AccessDeniedException", "UnauthorizedException"),
        *("UnrecognizedClientException", "InvalidClientTokenId"),  # of a region that the account has not opted in to
    ],
)
def test_a_type_that_aws_does_not_let_be_listed_is_named(code: str) -> None:
    """With AWS's words."""
    with pytest.raises(UnlistedError, match=f"of type `iot-policy`: {code}: `no`"):
        Resources(lambda _: {"iot": lambda: Named("x", code)}).resource_keys("iot-policy")


def test_what_is_to_be_tried_again_is_not_said_so() -> None:
    """Throttling comes again with the message."""
    with pytest.raises(ClientError, match="Throttling"):
        Resources(lambda _: {"iot": lambda: Named("x", "ThrottlingException")}).resource_keys("iot-policy")


def test_a_walk_through_a_type_that_is_listed_at_once_is_its_keys_in_order() -> None:
    """From a key on; each of them is one of the type."""
    resources = Resources(lambda _: {"iot": lambda: Named("things")})
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
    walked = Resources(lambda _: {"s3": lambda: Walked("x", "AccessDenied")}).walk("s3-grantor", ":a")
    assert next(walked) == Seen("s3-grantor:a", is_there=False)
    with pytest.raises(UnlistedError, match="of type `s3-grantor`"):
        next(walked)


def test_a_walk_that_is_throttled_comes_again() -> None:
    """It is no denial."""
    walked = Resources(lambda _: {"s3": lambda: Walked("x", "SlowDown")}).walk("s3-grantor", "")
    with pytest.raises(ClientError, match="SlowDown"):
        list(walked)


class Placed:
    """Reads and writes in one region, and knows no other: its keys are bare."""

    def __init__(self, region: str, notes: list[tuple[str, str]]) -> None:
        """Take the region, and where to note what is done."""
        self._region = region
        self._notes = notes

    def read_resource(self, key: str) -> ResourceSnapshot | None:
        """Return a resource of that region."""
        return ResourceSnapshot(Subject("1", f"arn of {self._region}", key, "id"), "secret", ())

    def behind(self, key: str) -> tuple[str, ...]:
        """Return a secret and a bucket."""
        self._notes.append((self._region, key))
        return ("secret:behind", "s3-bucket:behind")

    def resource_keys(self, kind: str) -> tuple[str, ...]:
        """Return a key that says where it was read."""
        return (f"{kind}:in-{self._region or 'home'}",)

    def apply(self, key: str, _step: PartStep | Step) -> None:
        """Note what is written."""
        self._notes.append((self._region, key))


def placed(notes: list[tuple[str, str]], *regions: str) -> Resources:
    """Return the resources of the home region, and of others."""
    services = ("secret", "s3", "log")
    return Resources(lambda region: {one: lambda: Placed(region, notes) for one in services}, regions)


def test_a_resource_is_read_in_the_region_that_its_key_names() -> None:
    """And is called by that key."""
    there = placed([]).read_resource("secret@eu-west-1:x")
    home = placed([]).read_resource("secret:x")
    assert there is not None
    assert home is not None
    assert (there.subject.name, there.subject.arn) == ("secret@eu-west-1:x", "arn of eu-west-1")
    assert (home.subject.name, home.subject.arn) == ("secret:x", "arn of ")


def test_what_is_behind_a_call_is_in_the_region_of_the_call() -> None:
    """But for a bucket, of which there is one."""
    notes: list[tuple[str, str]] = []
    assert placed(notes).behind("log-group@eu-west-1:every") == ("secret@eu-west-1:behind", "s3-bucket:behind")
    assert notes == [("eu-west-1", "log-group:every")]


def test_resources_are_listed_in_every_region_where_regions_matter() -> None:
    """Buckets once: their listing has those of all regions."""
    everywhere = placed([], "eu-west-1", "us-west-2")
    assert everywhere.resource_keys("secret") == (
        *("secret:in-home", "secret@eu-west-1:in-eu-west-1", "secret@us-west-2:in-us-west-2"),
    )
    assert everywhere.resource_keys("s3-bucket") == ("s3-bucket:in-home",)


def test_where_a_type_cannot_be_listed_is_said() -> None:
    """With the region."""
    readers = Resources(lambda region: {"secret": lambda: Named("x", "AccessDenied" if region else "")}, ("eu-west-1",))
    with pytest.raises(UnlistedError, match="of type `secret` in eu-west-1: AccessDenied"):
        readers.resource_keys("secret")


def test_a_step_is_carried_out_in_the_region_of_its_subject() -> None:
    """And a role's wherever IAM is."""
    notes: list[tuple[str, str]] = []
    writer = SubjectWriter(Placed("iam", notes), lambda region: {"secret": lambda: Placed(region, notes)})
    for name in ("secret@eu-west-1:x", "secret:x", "AWSPanoramaServiceRole"):
        writer.apply(name, DeletePart("resource policy"))
    assert notes == [("eu-west-1", "secret:x"), ("", "secret:x"), ("iam", "AWSPanoramaServiceRole")]


def test_a_walk_goes_through_every_region_and_goes_on_where_it_was() -> None:
    """In the order of the keys: the home region's, which name none, come first."""
    everywhere = placed([], "us-west-2", "eu-west-1")
    keys = [one.key for one in everywhere.walk("secret", "")]
    assert keys == ["secret:in-home", "secret@eu-west-1:in-eu-west-1", "secret@us-west-2:in-us-west-2"] == sorted(keys)
    assert [one.key for one in everywhere.walk("secret", keys[0])] == keys[1:]
    assert [one.key for one in everywhere.walk("secret", keys[1])] == keys[2:]
    assert [one.key for one in everywhere.walk("s3-bucket", "")] == ["s3-bucket:in-home"]
