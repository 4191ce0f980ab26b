"""IAM's reads can lag behind its writes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.emulator import DEFAULT_ACCOUNT, LOCK, iam_backend
from local.front import serve_front
from local.propagation import Propagation
from tests.unit.local.cloud import ADMIN, Cloud, SpyHooks, clear_iam, policy


@pytest.fixture
def slow() -> Iterator[Cloud]:
    """Run a front whose IAM writes take an hour to be seen."""
    clear_iam()
    hooks = SpyHooks()
    server = serve_front(0, hooks=hooks, propagation_seconds=3600)
    yield Cloud(server, hooks)
    server.close()


def _roles(propagation: Propagation, *, is_stale: bool = False) -> list[str]:
    with LOCK, propagation.as_seen(DEFAULT_ACCOUNT, is_stale=is_stale):
        return sorted(role.name for role in iam_backend(DEFAULT_ACCOUNT).roles.values())


def _make_role(propagation: Propagation, name: str, *, keeps_last: bool = False) -> None:
    with LOCK:
        propagation.before_write(DEFAULT_ACCOUNT, keeps_last=keeps_last)
        iam_backend(DEFAULT_ACCOUNT).create_role(name, "{}", "/", None, "", [], "3600")


def test_a_read_after_a_write_sees_the_state_before_it(slow: Cloud, cloud: Cloud) -> None:
    """With propagation on, a policy just put is not listed yet, yet it is there."""
    cloud.role()
    slow.client("iam").put_role_policy(RoleName="Guarded", PolicyName="p", PolicyDocument=policy("s3:*"))
    assert slow.client("iam").list_role_policies(RoleName="Guarded")["PolicyNames"] == []
    assert cloud.client("iam").list_role_policies(RoleName="Guarded")["PolicyNames"] == ["p"]


def test_an_attachment_is_stale_in_every_listing(slow: Cloud, cloud: Cloud) -> None:
    """The role's listing, the policy's and the account's agree on the past."""
    cloud.role()
    iam = slow.client("iam")
    iam.attach_role_policy(RoleName="Guarded", PolicyArn=ADMIN)
    assert iam.list_attached_role_policies(RoleName="Guarded")["AttachedPolicies"] == []
    assert iam.list_entities_for_policy(PolicyArn=ADMIN)["PolicyRoles"] == []
    (role,) = iam.get_account_authorization_details(Filter=["Role"])["RoleDetailList"]
    assert role["AttachedManagedPolicies"] == []


def test_an_event_does_not_wait_for_propagation(slow: Cloud, cloud: Cloud) -> None:
    """The event of a write is published at once, so a guard may read the past."""
    cloud.role()
    slow.client("iam").delete_role(RoleName="Guarded")
    assert slow.detail("DeleteRole")["requestParameters"] == {"roleName": "Guarded"}


def test_each_write_is_seen_after_its_own_time(cloud: Cloud) -> None:
    """Two writes become visible one after the other, each so long after it was made."""
    del cloud
    now = [0.0]
    propagation = Propagation(2, clock=lambda: now[0])
    _make_role(propagation, "first")
    now[0] = 1.0
    _make_role(propagation, "second")
    seen = []
    for now[0] in (1.5, 2.0, 2.9, 3.0):
        seen.append(_roles(propagation))
    assert seen == [[], ["first"], ["first"], ["first", "second"]]


def test_writes_meanwhile_are_not_lost(cloud: Cloud) -> None:
    """Reading the past leaves the present as it is."""
    del cloud
    propagation = Propagation(2, clock=lambda: 0.0)
    _make_role(propagation, "first")
    assert _roles(propagation) == []
    assert [role.name for role in iam_backend(DEFAULT_ACCOUNT).roles.values()] == ["first"]


def test_off_keeps_nothing(cloud: Cloud) -> None:
    """With no delay, reads are live."""
    del cloud
    propagation = Propagation(0)
    _make_role(propagation, "first")
    assert _roles(propagation) == ["first"]


def test_a_stale_answer_is_of_the_last_write_and_of_none_before_it(cloud: Cloud) -> None:
    """Where nobody asked that the last write's past be kept, what was kept of an older one is no answer any more."""
    del cloud
    propagation = Propagation(0)
    _make_role(propagation, "first", keeps_last=True)
    assert _roles(propagation, is_stale=True) == []
    _make_role(propagation, "second")
    assert _roles(propagation, is_stale=True) == ["first", "second"]
