"""Asks AWS Organizations which accounts there are.

https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
"""

from typing import Any

from botocore.exceptions import ClientError

from panorama_guard.aws.errors import DENIED, NO_ORGANIZATION, code_of, message_of
from panorama_guard.case.errors import UnlistedError

IN_USE = "ACTIVE"  # one that is suspended or being closed lets nobody in


class OrganizationAccounts:
    """The accounts of the organisation, as its management account or a delegated administrator may list them."""

    def __init__(self, organizations: Any) -> None:
        """Take an Organizations client."""
        self._organizations = organizations

    def accounts(self) -> tuple[str, ...]:
        """Return those in use; raise UnlistedError where AWS does not let them be listed."""
        try:
            pages = self._organizations.get_paginator("list_accounts").paginate()
            listed = [account for page in pages for account in page["Accounts"]]
        except ClientError as error:
            if code_of(error) in DENIED | NO_ORGANIZATION:
                message = f"AWS does not say which accounts are members: {message_of(error)}"
                raise UnlistedError(message) from error
            raise
        # `State` takes the place of `Status`: https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html
        return tuple(one["Id"] for one in listed if (one.get("State") or one.get("Status")) == IN_USE)
