"""What the service needs of the outside for the member accounts of an organisation."""

from typing import Protocol

from panorama_guard.case.member import Member
from panorama_guard.case.sweeping import Place
from panorama_guard.policy.record import record


class MemberRecords(Protocol):
    """The durable record of how each member account stands."""

    def read_members(self, hub: str) -> tuple[Member, ...]:
        """Return all that are on record."""
        ...

    def read_member(self, hub: str, account: str) -> Member | None:
        """Return what is on record of one."""
        ...

    def put_member(self, hub: str, member: Member) -> None:
        """Store it if the stored revision is the one before; raise StaleRecordError else."""
        ...

    def forget_member(self, hub: str, account: str) -> None:
        """Take one off the record."""
        ...


class MemberAccounts(Protocol):
    """Knows which accounts are members."""

    def accounts(self) -> tuple[str, ...]:
        """Return them; raise UnlistedError where AWS does not let them be listed."""
        ...


class MemberSweeps(Protocol):
    """Takes requests for sweeps of member accounts."""

    def sweep_all(self, requested_at: str) -> None:
        """Ask for every one to be asked for."""
        ...

    def sweep_each(self, accounts: tuple[str, ...], requested_at: str) -> None:
        """Ask for a sweep of each of these; requests for one account within one window become one sweep."""
        ...

    def go_on(self, account: str, place: Place, unlisted: str, requested_at: str) -> None:
        """Ask for the rest of a sweep."""
        ...


@record
class NamedAccounts:
    """The member accounts that a setting names."""

    names: tuple[str, ...]

    def accounts(self) -> tuple[str, ...]:
        """Return them."""
        return self.names
