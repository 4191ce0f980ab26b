"""Member accounts in memory: a world for each that can be read."""

from dataclasses import dataclass, field

from panorama_guard.case.errors import UnreachableError
from panorama_guard.profile import Profile
from panorama_guard.service.fleet import Roll
from tests.builders import ACCOUNT
from tests.fakes import FakeResources, FakeRoles, FakeSubjects
from tests.unit.service.world import World

MEMBER = "222233334444"


@dataclass
class FakeEyes:
    """Reads the world of an account."""

    world: World

    @property
    def roles(self) -> FakeRoles:
        """Return its roles."""
        return self.world.roles

    @property
    def account(self) -> FakeRoles:
        """Return what else there is of IAM."""
        return self.world.roles

    def resources(self, _profile: Profile, _regions: tuple[str, ...] = ()) -> FakeResources:
        """Return its resources."""
        return self.world.resources

    @property
    def writer(self) -> FakeSubjects:
        """Return what writes to them."""
        return FakeSubjects(self.world.roles, self.world.resources)


@dataclass
class Accounts:
    """The accounts that can be read, and which were asked for."""

    worlds: dict[str, World] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    what: str = "read"

    def reach(self, account: str) -> FakeEyes:
        """Return what reads an account, or say that it cannot be read."""
        self.asked.append(account)
        if account not in self.worlds:
            message = f"account {account} cannot be {self.what}: AccessDenied"
            raise UnreachableError(message)
        return FakeEyes(self.worlds[account])


def roll_of(hub: World) -> Roll:
    """Return where a hub keeps how its members stand."""
    return Roll(ACCOUNT, hub.members, hub.ledger)
