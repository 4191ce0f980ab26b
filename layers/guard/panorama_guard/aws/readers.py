"""Makes what reads the resources of each type, for the functions and for whoever runs the command line."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from panorama_guard.aws.access_points import S3AccessPoints
from panorama_guard.aws.anywhere import AnywhereProfiles
from panorama_guard.aws.buckets import S3Buckets
from panorama_guard.aws.dashboards import Dashboards
from panorama_guard.aws.functions import LambdaFunctions, Scope
from panorama_guard.aws.grantors import S3Grantors
from panorama_guard.aws.greengrass import GreengrassGroups
from panorama_guard.aws.greengrass_devices import GreengrassDevices, ThingGroups
from panorama_guard.aws.iot_policies import IotPolicies
from panorama_guard.aws.iot_things import IotJobs, IotThings
from panorama_guard.aws.iot_users import IotUsers
from panorama_guard.aws.log_groups import LogGroups
from panorama_guard.aws.model_work import ModelWork
from panorama_guard.aws.named_secrets import NamedSecrets
from panorama_guard.aws.role_uses import IamRoleUses
from panorama_guard.aws.subjects import Reader
from panorama_guard.policy.record import record

type_client = Callable[..., Any]  # of a service, and of a region where it is not the guard's own
type_readers = dict[str, Callable[[], Reader]]


class Names(Protocol):
    """Knows what is guarded: a profile."""

    def guarded(self, name: str) -> object | None:
        """Return what is guarded by a name or a key, or None."""
        ...

    def role_named(self, name: str) -> object | None:
        """Return the guarded role of a name, or None."""
        ...

    def role_names(self) -> tuple[str, ...]:
        """Return the names of the guarded roles."""
        ...

    def beginnings(self, kind: str) -> tuple[str, ...]:
        """Return how the names of the guarded resources of a type begin."""
        ...


@record
class Scene:
    """Where resources are read: the account, what is guarded in it, and the guard's own stack, if it is known."""

    account: str
    names: Names
    stack: str = ""

    def guards(self, key: str) -> bool:
        """Say whether the resource of this key is guarded."""
        return self.names.guarded(key) is not None

    def guards_role(self, name: str) -> bool:
        """Say whether the role of this name is guarded."""
        return self.names.role_named(name) is not None


def in_each_region(client: type_client, scene: Scene) -> Callable[[str], type_readers]:
    """Return what makes the readers of a region, which is empty for the guard's own."""
    return lambda region: all_readers(client_in(client, region), scene)


def written_in_each_region(client: type_client, scene: Scene) -> Callable[[str], type_readers]:
    """Return what makes those readers of a region that read what the guard may write to."""
    return lambda region: readers_of_written(client_in(client, region), scene)


def client_in(client: type_client, region: str) -> Callable[[str], Any]:
    """Return what makes a client of a service in a region, which is empty for the guard's own."""
    return (lambda service: client(service, region)) if region else client


def all_readers(client: type_client, scene: Scene) -> type_readers:
    """Return what reads each type of resource, by the type or by the first word of all its types."""
    account, guards, guards_role = scene.account, scene.guards, scene.guards_role
    others: type_readers = {
        "iot-job": lambda: IotJobs(client("iot"), account, guards),
        "iot-alias": lambda: IotUsers(client("iot"), account, guards, guards_role),
        "iot-user": lambda: IotUsers(client("iot"), account, guards, guards_role),
        "iot": lambda: IotThings(client("iot"), account, guards),
        "s3-grantor": lambda: S3Grantors(client("s3"), account, guards, scene.names.role_names()),
        "cloudwatch": lambda: Dashboards(client("cloudwatch"), account),
        "greengrass-group": lambda: GreengrassGroups(client("greengrass"), account, guards, guards_role),
        "greengrass": lambda: GreengrassDevices(client("greengrassv2"), ThingGroups(client("iot")), account, guards),
        "rolesanywhere": lambda: AnywhereProfiles(client("rolesanywhere"), account, guards_role),
        "iam": lambda: IamRoleUses(client("iam"), scene.names.role_names),
        "sagemaker": lambda: ModelWork(client("sagemaker"), account, guards, guards_role, _since),
    }
    return {**readers_of_written(client, scene), **others}


def readers_of_written(client: type_client, scene: Scene) -> type_readers:
    """Return what reads those resources to which the guard may write."""
    account, scope = scene.account, Scope(scene.stack, scene.guards, scene.guards_role)
    return {
        "s3": lambda: S3Buckets(client("s3"), S3AccessPoints(client("s3control"), account), account),
        "lambda": lambda: LambdaFunctions(client("lambda"), account, scope),
        "secret": lambda: NamedSecrets(client("secretsmanager"), account),
        "log": lambda: LogGroups(client("logs"), account, scene.names.beginnings("log-group")),
        "iot-policy": lambda: IotPolicies(client("iot"), account),
    }


def _since() -> datetime:
    """Return since when a job was made that a sweep still looks for."""
    return datetime.now(UTC) - timedelta(days=1)
