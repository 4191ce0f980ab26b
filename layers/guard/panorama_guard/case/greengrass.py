"""What AWS IoT Greengrass holds of Panorama: groups of the first version, deployments of the second, the service role.

Groups and deployments have ids and no names that say whose they are: a group is Panorama's by its role, its name or its
core's thing, a deployment by its target. https://docs.aws.amazon.com/greengrass/v1/developerguide/group-role.html
"""

import re

GROUP = "greengrass-group"
DEPLOYMENT = "greengrass-deployment"
ACCOUNT = "greengrass-account"

SERVICE_ROLE = "service-role"  # the name under which the account's service role is looked at
UNLISTED = "*"

ROLE = "role"
CORES = "cores"
FUNCTIONS = "functions"
RESOURCES = "resources"
COMPONENTS = "components"

ID = re.compile(r"[\w-]{1,64}", re.ASCII)

ENDED = "2026-10-07"  # the day after which the first version's API may answer anything, or nothing
