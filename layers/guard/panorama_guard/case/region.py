"""In which region a resource is: its key says so where that is not the guard's own, as in `secret@eu-west-1:NAME`.

The keys of the home region are bare, as they were before the guard looked anywhere else: what is on record stays found.
"""

import re

from panorama_guard.case import bucket
from panorama_guard.case.resource import kind_of, name_of, resource_key, service_of

# Whatever else is guarded is one in all regions: roles, buckets by their names, dashboards.
_REGIONAL_SERVICES = frozenset({"secret", "log", "lambda", "iot", "greengrass", "sagemaker", "rolesanywhere"})
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]{2,12}){1,3}-\d{1,2}", re.ASCII)


def is_region(name: str) -> bool:
    """Say whether a text has the form of a region's name: it becomes part of the address that is called."""
    return _REGION.fullmatch(name) is not None


def is_regional(key: str) -> bool:
    """Say whether each region has its own resources of this key's type."""
    return service_of(key) in _REGIONAL_SERVICES or kind_of(key) == bucket.POINT


def region_of(key: str) -> str:
    """Return the region that a key names, or an empty text where it is the guard's own, or there is none."""
    return key.partition(":")[0].partition("@")[2]


def without_region(key: str) -> str:
    """Return the key as the reader of its region knows it."""
    return resource_key(kind_of(key), name_of(key)) if region_of(key) else key


def in_region(key: str, region: str) -> str:
    """Return the key in a region, which is empty for the guard's own; unchanged where regions do not matter."""
    return resource_key(f"{kind_of(key)}@{region}", name_of(key)) if region and is_regional(key) else key
