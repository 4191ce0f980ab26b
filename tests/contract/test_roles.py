"""What the service expects of IAM's roles holds for the fake and for the real adapter."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from panorama_guard.aws.role_writer import IamWriter
from panorama_guard.case.account import LEAST, PolicyUsers, PolicyVersion
from panorama_guard.case.difference import describe_differences
from panorama_guard.case.errors import DocumentRefusedError, WriteRefusedError
from panorama_guard.case.snapshot import InlinePolicy, ManagedPolicy, RoleSnapshot
from panorama_guard.case.step import (
    AttachManaged,
    DeleteBoundary,
    DeleteInline,
    DetachManaged,
    PutBoundary,
    PutInline,
    PutOwnBoundary,
    PutTrust,
    RevokeSessions,
    SetDefaultVersion,
    Step,
    apply_step,
    invert_step,
)
from tests.builders import ADMINISTRATOR, IN_PATTERN, ONE_CHARACTER_OFF, PAYROLL, SERVICE_ROLE, policy, trusting
from tests.contract.drivers import MOTO_ACCOUNT, MotoDriver, RolesDriver, drivers, moto_account, spaced
from tests.contract.refusing import RefusingTo

NAME = SERVICE_ROLE.name
TRUST = spaced(SERVICE_ROLE.trust_text)
ANOTHER_TRUST = policy(trusting({"Service": ["greengrass.amazonaws.com", "panorama.amazonaws.com"]}))
EXTRA = f"arn:aws:iam::{MOTO_ACCOUNT}:policy/Extra"


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


def known(driver: RolesDriver, arn: str) -> ManagedPolicy:
    """Return a managed policy, which there is."""
    policy = driver.roles.read_managed_policy(arn)
    assert policy is not None
    return policy


def read(driver: RolesDriver) -> RoleSnapshot:
    """Return the role, which there is."""
    role = driver.roles.read_role(NAME)
    assert role is not None
    return role


def own(text: str, name: str = "boundary-of-Role") -> PutOwnBoundary:
    """Return the step that sets a policy of the guard's own as the boundary."""
    return PutOwnBoundary(ManagedPolicy(f"arn:aws:iam::{MOTO_ACCOUNT}:policy/panorama-guard/{name}", "", text))


def test_each_step_does_to_a_role_what_it_does_on_paper(driver: RolesDriver) -> None:
    """What was planned is what is then read: inline policies, managed ones, trust, boundary."""
    driver.create_role(NAME, TRUST)
    driver.put_inline(NAME, "gone", IN_PATTERN)
    first, second = driver.create_policy("Boundary", IN_PATTERN), driver.create_policy("Extra", PAYROLL)
    driver.attach(NAME, second)
    driver.attach(NAME, first)
    driver.add_version(first, ADMINISTRATOR)
    steps: tuple[Step, ...] = (
        PutInline("deny", spaced(PAYROLL)),
        DeleteInline("gone"),
        RevokeSessions("sessions", "2026-11-23T15:00:11Z"),
        DetachManaged(second),
        SetDefaultVersion(first, "v1", IN_PATTERN),
        PutTrust(spaced(ANOTHER_TRUST)),
        PutBoundary(known(driver, first)),
    )
    planned = read(driver)
    for step in steps:
        planned = apply_step(planned, step)
        driver.writer.apply(NAME, step)
    after = read(driver)
    assert replace(after, boundary=()) == replace(planned, boundary=())
    assert [policy.arn for policy in after.boundary] == [first]


@pytest.mark.parametrize(
    "step",
    [PutInline("deny", PAYROLL), DeleteInline("a"), DetachManaged(EXTRA), own(IN_PATTERN), PutTrust(ANOTHER_TRUST)],
    ids=lambda step: type(step).__name__,
)
def test_a_step_repeated_changes_nothing(driver: RolesDriver, step: Step) -> None:
    """A redelivered order may carry it out twice, what it takes away included."""
    driver.create_role(NAME, TRUST)
    driver.put_inline(NAME, "a", PAYROLL)
    driver.attach(NAME, driver.create_policy("Extra", IN_PATTERN))
    driver.writer.apply(NAME, step)
    once = driver.roles.read_role(NAME)
    driver.writer.apply(NAME, step)
    assert driver.roles.read_role(NAME) == once


@pytest.mark.parametrize(("code", "is_of_document"), [("MalformedPolicyDocument", True), ("AccessDenied", False)])
def test_a_document_that_aws_refuses_is_told_from_a_call_that_it_refuses(code: str, *, is_of_document: bool) -> None:
    """Another document may be taken where this one is not."""
    driver = MotoDriver()
    driver.create_role(NAME, TRUST)
    writer = IamWriter(RefusingTo(driver.iam, "update_assume_role_policy", code=code), lambda _: None)
    with pytest.raises(WriteRefusedError, match=code) as refused:
        writer.apply(NAME, PutTrust("{}"))
    assert isinstance(refused.value, DocumentRefusedError) is is_of_document


@pytest.mark.parametrize("call", ["create_policy", "create_policy_version", "delete_policy_version"])
def test_what_was_done_and_not_answered_is_not_refused(call: str) -> None:
    """The SDK's next attempt meets what the first one has done."""
    driver = MotoDriver()
    driver.create_role(NAME, TRUST)
    if call != "create_policy":
        driver.writer.apply(NAME, own(PAYROLL))
        for _ in range(3 if call == "create_policy_version" else 4):
            driver.add_version(own(PAYROLL).own.arn, ADMINISTRATOR)
    IamWriter(DoneTwice(driver.iam, call), lambda _: None).apply(NAME, own(IN_PATTERN))
    assert [(one.arn, one.text) for one in read(driver).boundary] == [(own("").own.arn, IN_PATTERN)]


class DoneTwice:
    """A client one of whose calls is carried out, not answered, and made again."""

    def __init__(self, client: Any, call: str) -> None:
        """Take the client, and the name of the call."""
        self._client, self._call = client, call

    def __getattr__(self, name: str) -> Any:
        """Return the call, or the one that is made twice."""
        call = getattr(self._client, name)
        return partial(self._twice, call) if name == self._call else call

    @staticmethod
    def _twice(call: Any, **arguments: object) -> Any:
        call(**arguments)
        return call(**arguments)


def test_no_function_attaches_a_policy(driver: RolesDriver) -> None:
    """They have no permission for it; an operator does it with his own credentials."""
    driver.create_role(NAME, TRUST)
    arn = driver.create_policy("Extra", PAYROLL)
    with pytest.raises(WriteRefusedError, match="no function may attach a policy"):
        driver.writer.apply(NAME, AttachManaged(ManagedPolicy(arn, "v1", PAYROLL)))
    assert read(driver).attached == ()


@pytest.mark.parametrize("step", [DeleteInline("a"), DetachManaged(EXTRA), DeleteBoundary()])
def test_what_is_not_there_is_taken_away_already(driver: RolesDriver, step: Step) -> None:
    """An order that was delivered before has done it."""
    driver.create_role(NAME, TRUST)
    once = read(driver)
    driver.writer.apply(NAME, step)
    assert read(driver) == once


def test_each_inverse_takes_its_step_back(driver: RolesDriver) -> None:
    """The role is byte for byte what it was, step by step."""
    driver.create_role(NAME, TRUST)
    driver.put_inline(NAME, "other", spaced(IN_PATTERN))
    boundary = driver.roles.read_managed_policy(driver.create_policy("Boundary", IN_PATTERN))
    assert boundary is not None
    revoked = RevokeSessions("sessions", "2026-11-23T15:00:11Z")
    steps: tuple[Step, ...] = (
        PutInline("deny", PAYROLL),
        PutInline("other", PAYROLL),
        DeleteInline("other"),
        revoked,
        replace(revoked, before="2026-11-23T15:02:11Z"),
        PutTrust(ANOTHER_TRUST),
        PutBoundary(boundary),
        own(spaced(IN_PATTERN)),
        own(PAYROLL),
    )
    states = [read(driver)]
    for step in steps:
        driver.writer.apply(NAME, step)
        states.append(read(driver))
    for step, before, after in reversed(list(zip(steps, states, states[1:], strict=False))):
        assert before != after, step
        driver.writer.apply(NAME, invert_step(before, step))
        assert describe_differences(before, read(driver)) == (), step


def test_a_version_that_was_set_back_is_the_default_again(driver: RolesDriver) -> None:
    """The document of the policy's next version comes back too."""
    driver.create_role(NAME, TRUST)
    arn = driver.create_policy("Extra", spaced(IN_PATTERN))
    driver.attach(NAME, arn)
    driver.add_version(arn, spaced(PAYROLL))
    before = read(driver)
    step = SetDefaultVersion(arn, "v1", spaced(IN_PATTERN))
    driver.writer.apply(NAME, step)
    assert read(driver) != before
    driver.writer.apply(NAME, invert_step(before, step))
    assert read(driver) == before


# --- the guard's own boundary ---


def test_a_boundary_of_the_guard_s_own_is_made_under_its_path(driver: RolesDriver) -> None:
    """With the text that was proved, byte for byte."""
    driver.create_role(NAME, TRUST)
    step = own(spaced(IN_PATTERN))
    driver.writer.apply(NAME, step)
    (boundary,) = read(driver).boundary
    assert (boundary.arn, boundary.text) == (step.own.arn, spaced(IN_PATTERN))


def test_a_boundary_of_the_guard_s_own_is_renewed_as_often_as_need_be(driver: RolesDriver) -> None:
    """IAM keeps five versions of a policy: the oldest makes room."""
    driver.create_role(NAME, TRUST)
    for number in range(8):
        text = IN_PATTERN.replace("my-aws-panorama", f"my-aws-panorama-{number}")
        driver.writer.apply(NAME, own(text))
        assert [policy.text for policy in read(driver).boundary] == [text]
    assert len(driver.account.read_versions(own("").own.arn)) <= LEAST.versions


# --- the account around a role ---


def test_the_quotas_of_an_account_are_known(driver: RolesDriver) -> None:
    """Those that hold in every account, at least."""
    quotas = driver.account.read_quotas()
    assert (quotas.inline, quotas.trust, quotas.policy, quotas.versions) == (10_240, 2_048, 6_144, 5)
    assert quotas.attached >= LEAST.attached
    assert quotas.spare_policies > 0


def test_whoever_uses_a_policy_is_told_in_which_way(driver: RolesDriver) -> None:
    """Attached and as boundary are two things."""
    arn = driver.create_policy("Shared", IN_PATTERN)
    for name in ("Attached", "Bounded"):
        driver.create_role(name, TRUST)
    driver.attach("Attached", arn)
    driver.bound("Bounded", arn)
    users = driver.account.read_users(arn)
    assert users == PolicyUsers(arn, exists=True, attached=("role/Attached",), bounded=("role/Bounded",))
    assert users.all == ("role/Attached", "role/Bounded")


def test_a_policy_that_is_not_there_is_nobody_s(driver: RolesDriver) -> None:
    """It may be made."""
    assert driver.account.read_users(EXTRA) == PolicyUsers(EXTRA, exists=False)


def test_every_version_of_a_policy_is_read_byte_for_byte(driver: RolesDriver) -> None:
    """With which of them is in force."""
    arn = driver.create_policy("Extra", spaced(IN_PATTERN))
    driver.add_version(arn, spaced(PAYROLL))
    versions = sorted(driver.account.read_versions(arn), key=lambda version: version.number)
    assert versions == [
        PolicyVersion("v1", spaced(IN_PATTERN), is_default=False),
        PolicyVersion("v2", spaced(PAYROLL), is_default=True),
    ]


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
    assert sorted(outline.name for outline in driver.roles.role_outlines()) == names
