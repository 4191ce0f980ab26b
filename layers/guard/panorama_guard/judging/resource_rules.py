"""How each type of resource is judged."""

from collections.abc import Callable, Iterator, Mapping

from panorama_guard.case import (
    anywhere,
    bucket,
    dashboard,
    function,
    grantor,
    greengrass,
    iot,
    log_group,
    model_work,
    role_use,
    secret,
)
from panorama_guard.case.finding import Finding
from panorama_guard.case.resource import ResourceSnapshot
from panorama_guard.judging import (
    buckets,
    credentials,
    dashboards,
    devices,
    functions,
    grantors,
    groups,
    leftovers,
    log_groups,
    named_secrets,
    role_uses,
    work,
)
from panorama_guard.judging.loss import Loss
from panorama_guard.judging.own_account import no_others
from panorama_guard.judging.part_rule import PartRule
from panorama_guard.policy.record import record
from panorama_guard.profile import ResourceProfile

Compare = Callable[[ResourceSnapshot, ResourceProfile], Iterator[Finding]]


@record
class ResourceRules:
    """How the resources of one type are judged: part by part by the engine, the rest by comparing.

    `own_principals` and `own_targets` are further names of what the account owns, which only the resource tells.
    `safeguards` are the parts to put back where they are missing, as texts. `loss` is None where a resource may go.
    `retired` yields what else is found once the service has ended, whatever is said of what is left over then.
    """

    rule_of: Callable[[str], PartRule | None]
    compare: Compare
    own_principals: Callable[[ResourceSnapshot], tuple[str, ...]]
    own_targets: Callable[[ResourceSnapshot], tuple[str, ...]]
    safeguards: Mapping[str, str]
    loss: Loss | None = None
    retired: Compare = leftovers.nothing_more


def compared_only(
    compare: Compare, loss: Loss | None = None, retired: Compare = leftovers.nothing_more
) -> ResourceRules:
    """Return the rules of a type of which the engine decides nothing: no part of it opens anything by itself."""
    return ResourceRules(lambda _: None, compare, no_others, no_others, {}, loss, retired)


# A service is added by its rules here, its readers and writers in `aws`, its calls in `case.routes`, and its profile.
RULES: Mapping[str, ResourceRules] = {
    bucket.TYPE: ResourceRules(
        buckets.rule_of,
        buckets.compare,
        buckets.own_principals,
        buckets.own_targets,
        {bucket.BLOCK: buckets.WHOLE_BLOCK},
    ),
    function.TYPE: ResourceRules(
        functions.rule_of, functions.compare, functions.own_principals, functions.own_targets, {}
    ),
    function.RUNNER: ResourceRules(
        functions.rule_of, functions.compare_runner, functions.own_principals, functions.own_targets, {}
    ),
    log_group.TYPE: ResourceRules(
        log_groups.rule_of,
        log_groups.compare,
        no_others,
        log_groups.own_targets,
        {},
        Loss("DeleteLogGroup", log_group.EXISTENCE, log_group.arn_of, log_group.remains),
    ),
    secret.TYPE: ResourceRules(named_secrets.rule_of, named_secrets.compare, no_others, named_secrets.own_targets, {}),
    role_use.TYPE: compared_only(
        role_uses.compare,
        Loss("DeleteRole", role_use.EXISTENCE, role_use.arn_of, role_use.remains, days=30),
        role_uses.retired,
    ),
    iot.POLICY: ResourceRules(devices.policy_rule, devices.compare_policy, no_others, no_others, {}),
    iot.THING: ResourceRules(devices.thing_rule, devices.compare_thing, no_others, no_others, {}),
    iot.ALIAS: compared_only(devices.compare_alias),
    iot.JOB: compared_only(devices.compare_job),
    iot.USER: compared_only(devices.compare_user),
    model_work.WORK: compared_only(work.compare_work),
    model_work.USER: compared_only(work.compare_user),
    grantor.TYPE: compared_only(grantors.compare_grantor),
    dashboard.TYPE: compared_only(dashboards.compare_dashboard),
    greengrass.GROUP: compared_only(groups.compare_group),
    greengrass.DEPLOYMENT: compared_only(groups.compare_deployment),
    greengrass.ACCOUNT: compared_only(groups.compare_account),
    anywhere.PROFILE: compared_only(credentials.compare_profile),
}
