"""What acts in the member accounts of the organisation: remediating there, and an operator's commands about it."""

from collections.abc import Callable
from functools import partial
from typing import Protocol

from panorama_guard.policy.record import record, replace
from panorama_guard.profile import Profile
from panorama_guard.service.job import Remediator
from panorama_guard.service.member_ports import MemberSweeps
from panorama_guard.service.members import Eyes, SweepsOf, policy_there, type_reach
from panorama_guard.service.operator import Operator
from panorama_guard.service.ports import Rechecks, ResourceReader, RoleReader, Writer
from panorama_guard.service.settings import InMembers


class Hands(Eyes, Protocol):
    """Reads one member account and writes to it."""

    @property
    def writer(self) -> Writer:
        """Return what writes to its roles and resources."""
        ...


@record
class MemberRemediators:
    """Makes what remediates in a member account, by the rules of the hub's own."""

    hub: Remediator
    reach: Callable[[str], Hands]  # of an account; raises UnreachableError where its remediation role is not assumed
    profile: Profile  # in which nothing is the guard's own, whatever it is called
    rechecks_of: Callable[[str], Rechecks]
    in_members: InMembers

    @property
    def kept_off(self) -> str:
        """Return why nothing is written in any member, or an empty text."""
        return self.in_members.kept_off

    def remediator_of(self, account: str) -> Remediator:
        """Return what remediating in an account needs; raise UnreachableError where its role cannot be assumed."""
        hands = self.reach(account)
        return replace(
            self.hub,
            policy=policy_there(self.hub.policy, self.profile, self.hub.account, self.kept_off),
            account=account,
            reader=hands.roles,
            account_reader=hands.account,
            writer=hands.writer,
            rechecks=self.rechecks_of(account),
            resources=hands.resources(self.profile),
            members=None,
        )


@record
class EyesThere:
    """Reads the roles and resources of a member account."""

    reader: RoleReader
    resources: ResourceReader


@record
class MemberOperators:
    """Makes what an operator's commands work with in a member account."""

    hub: Operator
    reach: type_reach
    profile: Profile
    rechecks_of: Callable[[str], Rechecks]
    sweeps: MemberSweeps
    in_members: InMembers

    def operator_of(self, account: str) -> Operator:
        """Return it; the account is reached only when something is read there."""
        return replace(
            self.hub,
            policy=policy_there(self.hub.policy, self.profile, self.hub.account, self.in_members.kept_off),
            account=account,
            rechecks=self.rechecks_of(account),
            sweeps=SweepsOf(account, self.sweeps),
            member_sweeps=None,
            elsewhere=None,
            eyes_there=partial(self._eyes, account),
        )

    def _eyes(self, account: str) -> EyesThere:
        eyes = self.reach(account)
        return EyesThere(eyes.roles, eyes.resources(self.profile))
