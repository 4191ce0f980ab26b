"""The same small cloud twice: the tests' fakes, and moto behind the real adapters."""

import contextlib
import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Protocol

import boto3
import pytest
from moto import mock_aws
from moto.iam.models import iam_backends

from local.moto_repairs import repair_moto
from panorama_guard.aws.account import IamAccount
from panorama_guard.aws.clients import keep_documents_as_text
from panorama_guard.aws.ledger_hub import HubLedger
from panorama_guard.aws.role_writer import IamWriter
from panorama_guard.aws.roles import IamRoles
from panorama_guard.case.account import PolicyVersion
from panorama_guard.case.snapshot import ManagedPolicy, RoleSnapshot, Subject
from panorama_guard.service.ports import AccountReader, Ledger, RoleReader, Writer
from tests.fakes import FakeLedger, FakeRoles

REGION = "us-east-1"
MOTO_ACCOUNT = "123456789012"
_NUMBERS = itertools.count()


class RolesDriver(Protocol):
    """Makes roles as somebody in the account does."""

    @property
    def roles(self) -> RoleReader:
        """Return what reads roles."""
        ...

    @property
    def writer(self) -> Writer:
        """Return what writes to them."""
        ...

    @property
    def account(self) -> AccountReader:
        """Return what reads the account around them."""
        ...

    def create_role(self, name: str, trust: str, path: str = "/") -> None:
        """Make a role."""
        ...

    def put_inline(self, role: str, name: str, text: str) -> None:
        """Put an inline policy."""
        ...

    def create_policy(self, name: str, text: str) -> str:
        """Make a managed policy and return its ARN."""
        ...

    def add_version(self, arn: str, text: str) -> None:
        """Make another version of a managed policy, which is the default from now on."""
        ...

    def attach(self, role: str, arn: str) -> None:
        """Attach a managed policy."""
        ...

    def bound(self, role: str, arn: str) -> None:
        """Set a boundary."""
        ...

    def delete_role(self, role: str) -> None:
        """Delete a role without policies."""
        ...


class FakeDriver:
    """Roles in the fake."""

    def __init__(self) -> None:
        """Start with an empty account."""
        self._fake = FakeRoles()
        self._made = 0

    @property
    def roles(self) -> FakeRoles:
        """Return the fake."""
        return self._fake

    @property
    def writer(self) -> FakeRoles:
        """Return the fake, which is all in one."""
        return self._fake

    @property
    def account(self) -> FakeRoles:
        """Return the fake, which is all in one."""
        return self._fake

    def create_role(self, name: str, trust: str, path: str = "/") -> None:
        """Make a role with an id of its own."""
        self._made += 1
        arn = f"arn:aws:iam::{MOTO_ACCOUNT}:role{path}{name}"
        self._fake.put(RoleSnapshot(Subject(MOTO_ACCOUNT, arn, name, f"AROA{self._made}"), path, trust, (), (), ()))

    def put_inline(self, role: str, name: str, text: str) -> None:
        """Put an inline policy."""
        self._fake.put(self._role(role).with_inline(name, text))

    def create_policy(self, name: str, text: str) -> str:
        """Make a managed policy."""
        arn = f"arn:aws:iam::{MOTO_ACCOUNT}:policy/{name}"
        self._fake.policies[arn] = ManagedPolicy(arn, "v1", text)
        return arn

    def add_version(self, arn: str, text: str) -> None:
        """Make another version; the one before it goes dormant."""
        before = self._fake.policies[arn]
        dormant = (PolicyVersion(before.version_id, before.text, is_default=False),)
        self._fake.versions[arn] = (*self._fake.versions.get(arn, ()), *dormant)
        number = len(self._fake.versions[arn]) + 1
        self._fake.policies[arn] = ManagedPolicy(arn, f"v{number}", text)
        for role in list(self._fake.roles.values()):
            self._fake.put(role.with_default(self._fake.policies[arn]))

    def attach(self, role: str, arn: str) -> None:
        """Attach a managed policy."""
        policies = (*self._role(role).attached, self._fake.policies[arn])
        self._fake.put(replace(self._role(role), attached=tuple(sorted(policies, key=lambda policy: policy.arn))))

    def bound(self, role: str, arn: str) -> None:
        """Set a boundary."""
        self._fake.put(self._role(role).with_boundary((self._fake.policies[arn],)))

    def delete_role(self, role: str) -> None:
        """Delete a role."""
        del self._fake.roles[role.lower()]

    def _role(self, name: str) -> RoleSnapshot:
        return self._fake.roles[name.lower()]


class MotoDriver:
    """Roles in moto, read and written by the real adapter."""

    def __init__(self) -> None:
        """Make the client as the functions do."""
        iam_backends[MOTO_ACCOUNT]["aws"].reset()
        self.iam = boto3.client("iam", region_name=REGION)
        keep_documents_as_text(self.iam)

    @property
    def roles(self) -> IamRoles:
        """Return the adapter."""
        return IamRoles(self.iam)

    @property
    def writer(self) -> IamWriter:
        """Return the adapter."""
        return IamWriter(self.iam, lambda _: None)

    @property
    def account(self) -> IamAccount:
        """Return the adapter."""
        return IamAccount(self.iam)

    def create_role(self, name: str, trust: str, path: str = "/") -> None:
        """Make a role."""
        self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, Path=path)

    def put_inline(self, role: str, name: str, text: str) -> None:
        """Put an inline policy."""
        self.iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=text)

    def create_policy(self, name: str, text: str) -> str:
        """Make a managed policy."""
        return str(self.iam.create_policy(PolicyName=name, PolicyDocument=text)["Policy"]["Arn"])

    def add_version(self, arn: str, text: str) -> None:
        """Make another version."""
        self.iam.create_policy_version(PolicyArn=arn, PolicyDocument=text, SetAsDefault=True)

    def attach(self, role: str, arn: str) -> None:
        """Attach a managed policy."""
        self.iam.attach_role_policy(RoleName=role, PolicyArn=arn)

    def bound(self, role: str, arn: str) -> None:
        """Set a boundary."""
        self.iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=arn)

    def delete_role(self, role: str) -> None:
        """Delete a role."""
        self.iam.delete_role(RoleName=role)


@contextlib.contextmanager
def moto_account() -> Iterator[None]:
    """Run with an empty account in moto, and with nobody's credentials."""
    repair_moto()
    with pytest.MonkeyPatch.context() as environment:
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
            environment.delenv(name, raising=False)
        environment.setenv("AWS_ACCESS_KEY_ID", "test")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "test")
        environment.setenv("AWS_DEFAULT_REGION", REGION)
        environment.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "false")  # loading a thousand of them takes a second
        iam_backends.pop(MOTO_ACCOUNT, None)
        with mock_aws():
            yield
    iam_backends.pop(MOTO_ACCOUNT, None)  # the tests of the stack load them


def create_table(dynamodb: Any, name: str) -> None:
    """Make the ledger's table as the template does, as far as the adapter sees it."""
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    )


def moto_ledger(hub: str = "") -> HubLedger:
    """Return the real adapter on a new table."""
    return HubLedger(*new_table(), hub)


def new_table() -> tuple[Any, str]:
    """Return moto's client, and the name of a table of its own."""
    dynamodb = boto3.client("dynamodb", region_name=REGION)
    name = f"ledger-{next(_NUMBERS)}"
    create_table(dynamodb, name)
    return dynamodb, name


def ledgers(which: str, hub: str = "") -> Ledger:
    """Return the fake, or the adapter on moto."""
    return FakeLedger(hub=hub) if which == "fake" else moto_ledger(hub)


def drivers(which: str) -> RolesDriver:
    """Return the fake's driver, or moto's."""
    return FakeDriver() if which == "fake" else MotoDriver()


def spaced(text: str) -> str:
    """Return a document with white space that a decoder would lose."""
    # No carriage return: moto does not encode managed policies for the way, and XML loses it there.
    return json.dumps(json.loads(text), indent=3).replace("\n", "\n\t") + " \n"
