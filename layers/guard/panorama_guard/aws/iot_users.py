"""Reads what in AWS IoT uses a role: aliases by which devices get its credentials, rules that act as it, and others.

https://docs.aws.amazon.com/iot/latest/developerguide/authorizing-direct-aws.html
"""

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from panorama_guard.aws.errors import DENIED, NOT_THERE, code_of, may_pass, message_of
from panorama_guard.aws.iot_takers import IotTakers
from panorama_guard.aws.named_places import named_roles
from panorama_guard.case import iot, iot_takers
from panorama_guard.case.function import role_name
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical, resource_key
from panorama_guard.case.snapshot import Subject

MOST = 200  # of a kind that is in no pattern, whose roles a sweep asks for, each by a call of its own
# How ARNs call a kind, where that is not the kind in one word.
_ARN_NAMES = {iot.TOPIC_RULE: "rule", iot_takers.DESTINATION: "ruledestination", iot_takers.AUTHORITY: "cacert"}
_OWN = (iot.ROLE_ALIAS, iot.TOPIC_RULE, iot.TEMPLATE, iot.SIGNER)
_KINDS = (*_OWN, *iot_takers.TAKERS, *iot_takers.SETTINGS)
NOT_OVER = ("IN_PROGRESS", "SCHEDULED")  # of jobs
# Of these AWS says that it does not let anybody read one that is not there.
_HIDDEN = (iot.TOPIC_RULE, iot_takers.DESTINATION)


class IotUsers:
    """What uses roles in the account's AWS IoT as it is now, in the region of the client."""

    def __init__(
        self, iot_client: Any, account: str, guards: Callable[[str], bool], guards_role: Callable[[str], bool]
    ) -> None:
        """Take a client of AWS IoT, the account, what knows the naming patterns by keys, and guarded roles by name."""
        self._iot = iot_client
        self._account = account
        self._guards = guards
        self._guards_role = guards_role
        self._takers = IotTakers(iot_client)

    def read_resource(self, key: str) -> ResourceSnapshot | None:
        """Return the alias of this key, or the user if it uses a guarded role and is no alias of the pattern."""
        is_alias = key.partition(":")[0] == iot.ALIAS
        kind, name = (iot.ROLE_ALIAS, key.partition(":")[2]) if is_alias else iot.user_of(key)
        if name == iot.UNLISTED:
            return self._unlisted(key, kind)
        if kind == iot.ROLE_ALIAS and not is_alias and self._guards(resource_key(iot.ALIAS, name)):
            return None
        roles, why = self._roles(kind, name)
        if roles is None:
            return None
        if why:
            return self._snapshot(key, [], (Part(iot.ROLE, why),))
        used = [role for role in roles if is_alias or self._guards_role(role_name(role))]
        return self._snapshot(key, used) if used or is_alias else None

    def behind(self, _key: str) -> tuple[str, ...]:
        """Return nothing: every call names what it is about, or there is one of it."""
        return ()

    def resource_keys(self, kind: str) -> tuple[str, ...]:
        """Return the keys of all aliases; or of whatever uses a guarded role, and of what cannot be listed."""
        if kind == iot.ALIAS:
            return tuple(resource_key(kind, name) for name in self._aliases())
        return tuple(key for user in _KINDS for key in self._keys(kind, user))

    def _keys(self, kind: str, user: str) -> Iterator[str]:
        names, why = self._told(user)
        if why:
            yield resource_key(kind, f"{user}/{iot.UNLISTED}")
        for name in names:
            key = resource_key(kind, f"{user}/{name}")
            if self.read_resource(key) is not None:
                yield key

    def _unlisted(self, key: str, kind: str) -> ResourceSnapshot | None:
        """Return that a kind cannot be listed, which is a doubt, never a silence; None where it can."""
        _, why = self._told(kind)
        return self._snapshot(key, [], (Part(iot.ROLE, why),)) if why else None

    def _told(self, user: str) -> tuple[list[str], str]:
        """Return the names of a kind of user, and why that is not all that has to be looked at."""
        try:
            names = list(self._names(user))
        except ClientError as error:
            if not _is_told(user, error):
                raise
            return [], f"AWS does not let the guard list them: {message_of(error)}"
        if user in _OWN or len(names) <= MOST:
            return names, ""
        return names[:MOST], f"there are {len(names)}, and {MOST} of them are looked at"

    def _names(self, user: str) -> Iterator[str]:
        match user:
            case iot.ROLE_ALIAS:
                yield from self._aliases()
            case iot.TOPIC_RULE:
                pages = self._iot.get_paginator("list_topic_rules").paginate()
                yield from (one["ruleName"] for page in pages for one in page["rules"])
            case iot.SIGNER:
                listing = self._iot.get_paginator("list_jobs")
                pages = (page for status in NOT_OVER for page in listing.paginate(status=status))
                yield from sorted({one["jobId"] for page in pages for one in page["jobs"]})
            case iot.TEMPLATE:
                pages = self._iot.get_paginator("list_provisioning_templates").paginate()
                yield from (one["templateName"] for page in pages for one in page["templates"])
            case _:
                yield from self._takers.names(user)

    def _aliases(self) -> list[str]:
        pages = self._iot.get_paginator("list_role_aliases").paginate()
        return [name for page in pages for name in page["roleAliases"]]

    def _roles(self, user: str, name: str) -> tuple[list[str] | None, str]:
        """Return the ARNs of the roles that a user names, None if there is no such user; and why they are not known."""
        try:
            return named_roles(self._described(user, name)), ""
        except ClientError as error:
            if code_of(error) in NOT_THERE or (code_of(error) in DENIED and self._is_gone(user, name)):
                return None, ""
            if not _is_told(user, error):
                raise
            return [], f"AWS does not let the guard read it: {message_of(error)}"

    def _is_gone(self, user: str, name: str) -> bool:
        """Say whether what AWS does not let the guard read is not there: of some it then says the same."""
        if user not in _HIDDEN:
            return False
        try:
            return name not in self._names(user)
        except ClientError as error:
            if code_of(error) in DENIED:
                return False
            raise

    def _described(self, user: str, name: str) -> Any:
        match user:
            case iot.ROLE_ALIAS:
                return self._iot.describe_role_alias(roleAlias=name)
            case iot.TOPIC_RULE:
                return self._iot.get_topic_rule(ruleName=name)
            case iot.SIGNER:
                return self._iot.describe_job(jobId=name)
            case iot.TEMPLATE:
                return self._iot.describe_provisioning_template(templateName=name)
            case _:
                return self._takers.described(user, name, self._arn(user, name))

    def _arn(self, user: str, name: str) -> str:
        meta, word = self._iot.meta, _ARN_NAMES.get(user, user.replace("-", ""))
        return f"arn:{meta.partition}:iot:{meta.region_name}:{self._account}:{word}/{name}"

    def _snapshot(self, key: str, roles: list[str], unread: tuple[Part, ...] = ()) -> ResourceSnapshot:
        kind, _, rest = key.partition(":")
        arn = self._arn(*((iot.ROLE_ALIAS, rest) if kind == iot.ALIAS else iot.user_of(key)))
        parts = (Part(iot.ROLE, canonical(roles)),) if roles else ()
        return ResourceSnapshot(Subject(self._account, arn, key, arn), kind, parts, unread)


def _is_told(user: str, error: ClientError) -> bool:
    """Say whether an error is a doubt about one kind: a region may not know a call, and the others hold there too."""
    return code_of(error) in DENIED or not (user in _OWN or may_pass(error))
