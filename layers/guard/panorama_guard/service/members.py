"""The other accounts of the organisation: whose a message is, with which eyes it is judged, and where none see."""

import re
from collections.abc import Callable
from functools import partial
from typing import Protocol

from panorama_guard.case.errors import UnreachableError
from panorama_guard.case.member import REMEDIATION_ROLE, MemberState, role_arn
from panorama_guard.policy.record import record, replace
from panorama_guard.profile import Profile
from panorama_guard.service.fleet import Roll, note_member
from panorama_guard.service.look import Inspection, Inspector
from panorama_guard.service.member_ports import MemberSweeps
from panorama_guard.service.ports import AccountReader, Inspections, Rechecks, ResourceReader, RoleReader
from panorama_guard.service.settings import InMembers, Mode, Modes, Policy
from panorama_guard.service.sweeper import Ground, Walker

_ACCOUNT = re.compile(r"\d{12}", re.ASCII)


class Eyes(Protocol):
    """Reads one member account."""

    @property
    def roles(self) -> RoleReader:
        """Return what reads its roles."""
        ...

    @property
    def account(self) -> AccountReader:
        """Return what reads what else decides a plan."""
        ...

    def resources(self, profile: Profile, regions: tuple[str, ...] = ()) -> "ResourcesThere":
        """Return what reads its resources, and lists them in these regions beside the home."""
        ...


class ResourcesThere(ResourceReader, Walker, Protocol):
    """Reads resources, and walks through them."""


type_reach = Callable[[str], Eyes]  # of an account; raises UnreachableError where its read role cannot be assumed


def member_of(value: object, inspector: Inspector) -> str:
    """Return the member account that an event or a request is about; empty for the guard's own, or without members."""
    account = value.get("account") if isinstance(value, dict) else None
    is_other = isinstance(account, str) and _ACCOUNT.fullmatch(account) and account != inspector.account
    return str(account) if inspector.members is not None and is_other else ""


def policy_there(hub: Policy, profile: Profile, account: str, kept_off: str) -> Policy:
    """Return the rules of a hub's account as they hold in its members; `kept_off` is why nothing is written there."""
    modes = Modes(Mode.OBSERVE) if kept_off else hub.modes
    return replace(hub, profile=profile, modes=modes, hub=account, kept_off=kept_off)


@record
class SweepsOf:
    """Takes requests for a sweep of one member account."""

    account: str
    members: MemberSweeps

    def sweep(self, requested_at: str) -> None:
        """Ask for one."""
        self.members.sweep_each((self.account,), requested_at)


@record
class MemberInspectors:
    """Makes what inspects a member account, by the rules of the hub's own."""

    hub: Inspector
    reach: type_reach
    profile: Profile  # in which nothing is the guard's own, whatever it is called
    rechecks_of: Callable[[str], Rechecks]
    sweeps: MemberSweeps
    roll: Roll
    in_members: InMembers

    def inspector_of(self, account: str) -> Inspector:
        """Return what inspecting an account needs; raise UnreachableError where it cannot be read."""
        eyes = self.reach(account)
        return replace(
            self.hub,
            policy=policy_there(self.hub.policy, self.profile, self.hub.account, self.in_members.kept_off),
            account=account,
            own_role=role_arn(self.hub.own_role.split(":")[1], account, REMEDIATION_ROLE),
            reader=eyes.roles,
            account_reader=eyes.account,
            sweeps=SweepsOf(account, self.sweeps),
            rechecks=self.rechecks_of(account),
            resources=eyes.resources(self.profile),
            canary="",  # the hub's own: a member's event of a role of that name says nothing of the hub's trail
            has_hand=partial(_has_remediation_role, eyes.roles),
            members=None,
        )


def _has_remediation_role(roles: RoleReader) -> bool:
    """Say whether the account's stack makes the role that the hub's `remediate` writes with.

    Where that may not be read it is taken to be there: assuming it will tell.
    """
    path, _, name = REMEDIATION_ROLE.rpartition("/")
    try:
        found = roles.read_outline(name)
    except UnreachableError:
        return True
    return found is not None and found.path == f"/{path}/"


@record
class MemberGrounds:
    """Makes what sweeping a member account needs."""

    hub: Ground
    reach: type_reach
    profile: Profile
    inspections_of: Callable[[str], Inspections]
    regions: tuple[str, ...]

    def ground_of(self, account: str) -> Ground:
        """Return it; raise UnreachableError where the account cannot be read."""
        eyes = self.reach(account)
        return Ground(
            self.profile,
            account,
            eyes.roles,
            self.hub.ledger,
            self.inspections_of(account),
            eyes.resources(self.profile, self.regions),
        )


def tell_unreached(account: str, why: str, roll: Roll, *, now: str) -> Inspection:
    """Keep that an account cannot be read, of which operators are told once: never a silence."""
    note_member(account, MemberState.UNREACHED, why, roll, now=now)
    return Inspection(note=f"not judged: {why}")
