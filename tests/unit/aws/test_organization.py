"""Members are the accounts in use that AWS Organizations lists; where it does not let them be listed, it is said."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from panorama_guard.aws.organization import OrganizationAccounts
from panorama_guard.case.errors import UnlistedError


class FakeOrganizations:
    """Organizations, which answers with pages, or with an error."""

    def __init__(self, *pages: list[dict[str, str]], error: str = "") -> None:
        """Take the accounts of each page."""
        self._pages = pages
        self._error = error

    def get_paginator(self, _operation: str) -> "FakeOrganizations":
        """Return itself."""
        return self

    def paginate(self) -> Any:
        """Yield the pages."""
        if self._error:
            raise ClientError({"Error": {"Code": self._error, "Message": "not you"}}, "ListAccounts")
        yield from ({"Accounts": page} for page in self._pages)


def test_every_account_of_the_organisation_is_listed() -> None:
    """As AWS answers."""
    with mock_aws():
        client: Any = boto3.client("organizations", region_name="us-east-1")
        client.create_organization(FeatureSet="ALL")
        made = client.create_account(Email="a@example.com", AccountName="a")["CreateAccountStatus"]["AccountId"]
        listed = OrganizationAccounts(client).accounts()
        assert made in listed
        assert len(listed) == 2


def test_an_account_that_is_not_in_use_is_left_out() -> None:
    """Whichever of the two fields says so, on whichever page."""
    states = [{"Id": "1", "State": "ACTIVE", "Status": "SUSPENDED"}, {"Id": "2", "State": "SUSPENDED"}]
    older = [{"Id": "3", "Status": "ACTIVE"}, {"Id": "4", "Status": "PENDING_CLOSURE"}]
    assert OrganizationAccounts(FakeOrganizations(states, older)).accounts() == ("1", "3")


@pytest.mark.parametrize("code", ["AccessDeniedException", "AWSOrganizationsNotInUseException"])
def test_that_members_cannot_be_listed_is_said(code: str) -> None:
    """It is never taken for an organisation without members."""
    with pytest.raises(UnlistedError, match=f"^AWS does not say which accounts are members: {code}: `not you`$"):
        OrganizationAccounts(FakeOrganizations(error=code)).accounts()


def test_that_aws_throttles_the_list_is_raised_as_it_is() -> None:
    """The message comes back."""
    with pytest.raises(ClientError, match="TooManyRequestsException"):
        OrganizationAccounts(FakeOrganizations(error="TooManyRequestsException")).accounts()
