"""What the service expects of IAM's roles holds for the fake and for the real adapter."""

from collections.abc import Iterator

import pytest

from panorama_guard.case.errors import WriteRefusedError
from panorama_guard.case.snapshot import InlinePolicy
from panorama_guard.case.step import DeleteInline, PutBoundary, PutInline, PutTrust, Step, invert_step
from tests.builders import ADMINISTRATOR, IN_PATTERN, ONE_CHARACTER_OFF, PAYROLL, SERVICE_ROLE
from tests.contract.drivers import RolesDriver, drivers, moto_account, spaced

NAME = SERVICE_ROLE.name
TRUST = spaced(SERVICE_ROLE.trust_text)


@pytest.fixture(scope="module", autouse=True)
def account() -> Iterator[None]:
    """Run in moto's account."""
    with moto_account():
        yield


@pytest.fixture(params=["fake", "moto"])
def driver(request: pytest.FixtureRequest) -> RolesDriver:
    """Return an empty account, once of each sort."""
    return drivers(request.param)


def test_a_role_that_does_not_exist_is_none(driver: RolesDriver) -> None:
    """It is no error: roles come and go."""
    assert driver.roles.read_role(NAME) is None


def test_a_role_is_read_whole_and_byte_for_byte(driver: RolesDriver) -> None:
    """White space of every document, path, ids, boundary, and policies in their order."""
    driver.create_role(NAME, TRUST, "/service-role/")
    driver.put_inline(NAME, "b", spaced(PAYROLL))
    driver.put_inline(NAME, "a", spaced(IN_PATTERN))
    second = driver.create_policy("Second", spaced(ONE_CHARACTER_OFF))
    first = driver.create_policy("First", spaced(ADMINISTRATOR))
    driver.attach(NAME, second)
    driver.attach(NAME, first)
    driver.bound(NAME, second)
    role = driver.roles.read_role(NAME)
    assert role is not None
    assert (role.subject.name, role.path, role.trust) == (NAME, "/service-role/", TRUST)
    assert role.subject.arn == f"arn:aws:iam::{role.subject.account}:role/service-role/{NAME}"
    assert role.subject.unique_id.startswith("AROA")
    assert role.inline == (InlinePolicy("a", spaced(IN_PATTERN)), InlinePolicy("b", spaced(PAYROLL)))
    assert [(policy.arn, policy.version_id, policy.text) for policy in role.attached] == [
        (first, "v1", spaced(ADMINISTRATOR)),
        (second, "v1", spaced(ONE_CHARACTER_OFF)),
    ]
    assert [policy.arn for policy in role.boundary] == [second]


def test_a_role_that_was_not_changed_has_the_same_fingerprint(driver: RolesDriver) -> None:
    """Two readings of one role are equal."""
    driver.create_role(NAME, TRUST)
    driver.put_inline(NAME, "a", PAYROLL)
    first, second = driver.roles.read_role(NAME), driver.roles.read_role(NAME)
    assert first == second


def test_a_role_made_again_has_another_id(driver: RolesDriver) -> None:
    """The name is the same; the role is not."""
    driver.create_role(NAME, TRUST)
    first = driver.roles.read_role(NAME)
    driver.delete_role(NAME)
    driver.create_role(NAME, TRUST)
    second = driver.roles.read_role(NAME)
    assert first is not None
    assert second is not None
    assert first.subject.unique_id != second.subject.unique_id


@pytest.mark.parametrize("text", ["a+b%20c", "%7B", "é", '"\\u0041"'])
def test_text_that_looks_encoded_is_kept_as_it_is(driver: RolesDriver, text: str) -> None:
    """IAM encodes documents for the way; they are decoded once, not twice."""
    document = PAYROLL.replace("payroll", f"payroll{text}".replace('"', ""))
    driver.create_role(NAME, TRUST)
    driver.put_inline(NAME, "a", document)
    role = driver.roles.read_role(NAME)
    assert role is not None
    assert role.inline[0].text == document


def test_each_step_does_to_a_role_what_it_does_on_paper(driver: RolesDriver) -> None:
    """What was planned is what is then read."""
    driver.create_role(NAME, TRUST)
    arn = driver.create_policy("Boundary", IN_PATTERN)
    boundary = driver.roles.read_managed_policy(arn)
    assert boundary is not None
    steps: tuple[Step, ...] = (PutInline("deny", spaced(PAYROLL)), PutTrust(TRUST + " "), PutBoundary(boundary))
    for step in steps:
        driver.roles.apply(NAME, step)
    role = driver.roles.read_role(NAME)
    assert role is not None
    assert role.inline == (InlinePolicy("deny", spaced(PAYROLL)),)
    assert (role.trust, role.boundary) == (TRUST + " ", (boundary,))


def test_a_step_repeated_changes_nothing(driver: RolesDriver) -> None:
    """A redelivered order may carry it out twice."""
    driver.create_role(NAME, TRUST)
    driver.roles.apply(NAME, PutInline("deny", PAYROLL))
    once = driver.roles.read_role(NAME)
    driver.roles.apply(NAME, PutInline("deny", PAYROLL))
    assert driver.roles.read_role(NAME) == once


def test_each_inverse_takes_its_step_back(driver: RolesDriver) -> None:
    """The role is byte for byte what it was."""
    driver.create_role(NAME, TRUST)
    driver.put_inline(NAME, "other", spaced(IN_PATTERN))
    boundary = driver.roles.read_managed_policy(driver.create_policy("Boundary", IN_PATTERN))
    before = driver.roles.read_role(NAME)
    assert before is not None
    assert boundary is not None
    steps: tuple[Step, ...] = (PutInline("deny", PAYROLL), PutInline("other", PAYROLL), PutBoundary(boundary))
    for step in (*steps, *[invert_step(before, step) for step in steps]):
        driver.roles.apply(NAME, step)
    assert driver.roles.read_role(NAME) == before


def test_what_is_not_there_cannot_be_deleted(driver: RolesDriver) -> None:
    """AWS refuses it, and would again."""
    driver.create_role(NAME, TRUST)
    with pytest.raises(WriteRefusedError):
        driver.roles.apply(NAME, DeleteInline("a"))


def test_a_managed_policy_that_does_not_exist_is_none(driver: RolesDriver) -> None:
    """A remembered boundary may be gone."""
    assert driver.roles.read_managed_policy("arn:aws:iam::123456789012:policy/Gone") is None


def test_the_users_of_a_policy_are_found_in_both_usages(driver: RolesDriver) -> None:
    """Attached to one role, boundary of another, both to a third: each once."""
    arn = driver.create_policy("Shared", IN_PATTERN)
    for name in ("Attached", "Bounded", "Both", "Neither"):
        driver.create_role(name, TRUST)
    for name in ("Attached", "Both"):
        driver.attach(name, arn)
    for name in ("Bounded", "Both"):
        driver.bound(name, arn)
    assert sorted(driver.roles.roles_using(arn)) == ["Attached", "Both", "Bounded"]


def test_a_policy_that_does_not_exist_has_no_users(driver: RolesDriver) -> None:
    """DeletePolicy's event comes when it is gone."""
    assert driver.roles.roles_using("arn:aws:iam::123456789012:policy/Gone") == ()


def test_every_role_of_the_account_is_listed(driver: RolesDriver) -> None:
    """More than one page of them."""
    names = [f"role-{number:03}" for number in range(120)]
    for name in names:
        driver.create_role(name, TRUST)
    assert sorted(driver.roles.role_names()) == names
