"""The other accounts of the organisation: whose a message is, with which eyes it is judged, and where none see."""

import re
from collections.abc import Callable
from typing import Protocol

from panorama_guard.case.member import MemberState
from panorama_guard.policy.record import record, replace
from panorama_guard.profile import Profile
from panorama_guard.service.fleet import Roll, note_member
from panorama_guard.service.look import Inspection, Inspector
from panorama_guard.service.member_ports import MemberSweeps
from panorama_guard.service.ports import AccountReader, Inspections, Rechecks, ResourceReader, RoleReader
from panorama_guard.service.settings import Mode, Modes
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
    """Makes what inspects a member account: it is judged and never written to, so nothing of a plan is ordered."""

    hub: Inspector
    reach: type_reach
    profile: Profile  # in which nothing is the guard's own, whatever it is called
    rechecks_of: Callable[[str], Rechecks]
    sweeps: MemberSweeps
    roll: Roll

    def inspector_of(self, account: str) -> Inspector:
        """Return what inspecting an account needs; raise UnreachableError where it cannot be read."""
        eyes = self.reach(account)
        return replace(
            self.hub,
            policy=replace(self.hub.policy, profile=self.profile, modes=Modes(Mode.OBSERVE), is_of_a_member=True),
            account=account,
            reader=eyes.roles,
            account_reader=eyes.account,
            sweeps=SweepsOf(account, self.sweeps),
            rechecks=self.rechecks_of(account),
            resources=eyes.resources(self.profile),
            members=None,
        )


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
