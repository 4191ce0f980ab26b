"""What a sweep works with."""

from collections.abc import Callable, Iterable
from typing import Protocol

from panorama_guard.case.sweeping import Place, Seen, Stretch
from panorama_guard.policy.record import record
from panorama_guard.profile import Profile
from panorama_guard.service.fleet import Roll
from panorama_guard.service.member_ports import MemberAccounts, MemberSweeps
from panorama_guard.service.ports import Inspections, Ledger, RoleReader, Sweeps
from panorama_guard.service.report_ports import Reports


class Canary(Protocol):
    """Makes a harmless change that has to come back as an event."""

    def send(self, at: str) -> None:
        """Make it, at this time."""
        ...


class OwnRules(Protocol):
    """Knows the guard's own rules."""

    def enable(self) -> tuple[str, ...]:
        """Enable those that are not, and return their names."""
        ...

    def broken(self) -> tuple[str, ...]:
        """Return those that are not there, or are not enabled."""
        ...


class Walker(Protocol):
    """Walks through the resources that the account has."""

    def walk(self, kind: str, after: str) -> Iterable[Seen]:
        """Yield in their order the resources of a type after a key, and what had to be looked at to find them.

        Raises UnlistedError where AWS does not let them be listed.
        """
        ...


class Continuations(Sweeps, Protocol):
    """Takes requests for `sweep`, and for the rest of one."""

    def go_on(self, place: Place, requested_at: str) -> None:
        """Ask for the rest of a sweep."""
        ...


@record
class Ground:
    """One account to sweep: what is guarded there, what is seen and on record of it, and where looks are asked for."""

    profile: Profile
    account: str
    reader: RoleReader
    ledger: Ledger
    inspections: Inspections
    resources: Walker


class Grounds(Protocol):
    """Knows the grounds of member accounts."""

    def ground_of(self, account: str) -> Ground:
        """Return what sweeping an account needs; raise UnreachableError where it cannot be read."""
        ...


@record
class Fleet:
    """What sweeping the member accounts needs."""

    accounts: MemberAccounts
    grounds: Grounds
    sweeps: MemberSweeps
    roll: Roll


@record
class Sweeper:
    """What sweeping needs: the guard's own account, what is due after it, and the members, if there are any."""

    ground: Ground
    reports: Reports
    canary: Canary
    sweeps: Continuations
    rules: OwnRules
    fleet: Fleet | None = None


@record
class Pace:
    """Whether the time is up, and who hears how far a sweep has come."""

    is_over: Callable[[], bool]
    reached: Callable[[Stretch], None]


WITHOUT_END = Pace(lambda: False, lambda _: None)
