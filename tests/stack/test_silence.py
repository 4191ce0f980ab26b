"""Mode enforce: changes that keep a role inside its profile are nobody's business."""

from collections.abc import Iterator

import pytest

from tests.builders import PROFILE
from tests.stack.account import Account
from tests.stack.harmless import CHANGES

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def quiet(enforcing_account: Account) -> Iterator[Account]:
    """Give the account of mode enforce to all changes of this file, one after another."""
    enforcing_account.alerts()
    yield enforcing_account
    enforcing_account.tidy()


def test_there_are_enough_of_them() -> None:
    """The bar: at least sixty changes of many kinds."""
    assert len(CHANGES) >= 60


@pytest.mark.parametrize("name", CHANGES)
def test_a_harmless_change_is_met_with_silence(quiet: Account, name: str) -> None:
    """No alert, no incident, no order carried out, no write of the guard's to any role."""
    carried_out = quiet.stack.log("remediate")
    CHANGES[name](quiet)
    assert quiet.alerts() == []
    assert quiet.on_record() == set()
    roles = quiet.holdings().roles
    assert [roles[role.name].containments for role in PROFILE.roles] == [()] * len(PROFILE.roles)
    assert quiet.stack.log("remediate") == carried_out
