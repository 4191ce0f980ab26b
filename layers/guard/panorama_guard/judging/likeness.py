"""Finds the guarded role that a role is, or is made to look like: by name, case or path."""

from collections.abc import Iterator

from panorama_guard.policy.record import record
from panorama_guard.profile import Profile, RoleProfile

_LOOKS = str.maketrans(
    {"0": "o", "1": "l", "i": "l", "5": "s", "-": "", "_": "", ".": "", "+": "", "=": "", ",": "", "@": ""}
)
_LONG_ENOUGH = 8  # characters: shorter names are alike by chance


@record
class Likeness:
    """The guarded role that a role is judged as, and how it differs from that one; no words where it does not.

    `family` is what a role of any name was found to be of.
    """

    role: RoleProfile
    words: str = ""
    family: str = ""

    @property
    def judged_as(self) -> str:
        """Return the guarded role, or the family, by which it is judged."""
        return self.family or self.role.name


def likeness_of(name: str, path: str, profile: Profile) -> tuple[Likeness, ...]:
    """Return the guarded role that a role is or looks like, or nothing."""
    role = profile.role_named(name)
    if role is not None:
        return (Likeness(role, "; ".join(_differences(name, path, role))),)
    alike = (each for each in (*profile.roles, *profile.watched) if _looks_like(name, each.name))
    return tuple(Likeness(each, f"a look-alike of {each.name}, by its name") for each in alike)[:1]


def _differences(name: str, path: str, role: RoleProfile) -> Iterator[str]:
    if name != role.name:
        yield f"a look-alike of {role.name}, by the case of its name"
    if path not in role.paths:
        yield f"a look-alike of {role.name}, by its path {path}"


def _looks_like(name: str, guarded: str) -> bool:
    """Say whether a name is meant to be read as another: the same to the eye, or one letter more, less or other."""
    pairs = [(form(name), form(guarded)) for form in (_seen, _paired)]
    return any(seen == known or (len(known) >= _LONG_ENOUGH and _is_one_edit(seen, known)) for seen, known in pairs)


def _seen(name: str) -> str:
    return name.lower().translate(_LOOKS)


def _paired(name: str) -> str:
    """Return the name with two letters that look like one as that one."""
    return _seen(name).replace("rn", "m").replace("vv", "w")


def _is_one_edit(first: str, second: str) -> bool:
    """Say whether one letter put in, left out, or changed makes the one of the other; or two neighbours swapped."""
    short, long = sorted((first, second), key=len)
    start = next((at for at, (one, other) in enumerate(zip(short, long, strict=False)) if one != other), len(short))
    rest = short[start:]
    if len(short) < len(long):
        return rest == long[start + 1 :]
    swapped = rest[1:2] + rest[:1] + rest[2:]
    return len(short) == len(long) and (rest[1:] == long[start + 1 :] or swapped == long[start:])
