"""What an avatar's author allows: the metadata of VRM 1.0 and 0.x as one value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from msgspec import Struct

from carrel.scenes.errors import Refused

TEXT_CHARS: Final = 300
AUTHORS: Final = 8
Who = Literal["author", "licensed", "everyone"]


class Permissions(Struct, frozen=True, kw_only=True):
    """`who` may wear it: its author only, whom the author has licensed, or everyone. What a file does not say is not allowed."""

    title: str = ""
    authors: tuple[str, ...] = ()
    licence: str = ""
    who: Who = "author"
    violent: bool = False
    sexual: bool = False
    commercial: bool = False
    redistribution: bool = False
    modification: bool = False
    credit: bool = True


_WHO_1: Final[Mapping[str, Who]] = {
    "onlyAuthor": "author",
    "onlySeparatelyLicensedPerson": "licensed",
    "everyone": "everyone",
}
_WHO_0: Final[Mapping[str, Who]] = {
    "OnlyAuthor": "author",
    "ExplicitlyLicensedPerson": "licensed",
    "Everyone": "everyone",
}
# Licence name of VRM 0.x → (may be passed on, may be changed, credit must be given)
_LICENCES_0: Final[Mapping[str, tuple[bool, bool, bool]]] = {
    "Redistribution_Prohibited": (False, False, True),
    "CC0": (True, True, False),
    "CC_BY": (True, True, True),
    "CC_BY_NC": (True, True, True),
    "CC_BY_SA": (True, True, True),
    "CC_BY_NC_SA": (True, True, True),
    "CC_BY_ND": (True, False, True),
    "CC_BY_NC_ND": (True, False, True),
    "Other": (False, False, True),
}


def of_1(meta: Mapping[str, Any], where: str) -> Permissions:
    """Raises Refused."""
    authors = meta.get("authors")
    if not isinstance(authors, list) or not authors or len(authors) > AUTHORS:
        raise Refused("avatar_meta", f"A VRM names its authors, one to {AUTHORS}.", f"{where}/authors")
    licence = _text(meta, "licenseUrl", where)
    if not licence or not _text(meta, "name", where):
        raise Refused("avatar_meta", "A VRM has a name and says under which licence it is.", where)
    modification = _one_of(
        meta, "modification", ("prohibited", "allowModification", "allowModificationRedistribution"), where
    )
    return Permissions(
        title=_text(meta, "name", where),
        authors=tuple(_text({"author": author}, "author", where) for author in authors),
        licence=_text(meta, "otherLicenseUrl", where) or licence,
        who=_WHO_1[_one_of(meta, "avatarPermission", tuple(_WHO_1), where)],
        violent=_truth(meta, "allowExcessivelyViolentUsage", where),
        sexual=_truth(meta, "allowExcessivelySexualUsage", where),
        commercial=_one_of(meta, "commercialUsage", ("personalNonProfit", "personalProfit", "corporation"), where)
        != "personalNonProfit",
        redistribution=_truth(meta, "allowRedistribution", where),
        modification=modification != "prohibited",
        credit=_one_of(meta, "creditNotation", ("required", "unnecessary"), where) == "required",
    )


def of_0(meta: Mapping[str, Any], where: str) -> Permissions:
    """Raises Refused."""
    name = _one_of(meta, "licenseName", ("Redistribution_Prohibited", *_LICENCES_0), where)
    redistribution, modification, credit = _LICENCES_0[name]
    author = _text(meta, "author", where)
    allow = ("Disallow", "Allow")
    return Permissions(
        title=_text(meta, "title", where),
        authors=(author,) if author else (),
        licence=_text(meta, "otherLicenseUrl", where) or name,
        who=_WHO_0[_one_of(meta, "allowedUserName", tuple(_WHO_0), where)],
        violent=_one_of(meta, "violentUssageName", allow, where) == "Allow",
        sexual=_one_of(meta, "sexualUssageName", allow, where) == "Allow",
        commercial=_one_of(meta, "commercialUssageName", allow, where) == "Allow",
        redistribution=redistribution,
        modification=modification,
        credit=credit,
    )


def _text(meta: Mapping[str, Any], name: str, where: str) -> str:
    value = meta.get(name, "")
    if not isinstance(value, str):
        raise Refused("avatar_meta", f"“{name}” is a text.", f"{where}/{name}")
    return " ".join("".join(c for c in value if c.isprintable() or c.isspace()).split())[:TEXT_CHARS]


def _truth(meta: Mapping[str, Any], name: str, where: str) -> bool:
    value = meta.get(name, False)
    if not isinstance(value, bool):
        raise Refused("avatar_meta", f"“{name}” is true or false.", f"{where}/{name}")
    return value


def _one_of(meta: Mapping[str, Any], name: str, values: tuple[str, ...], where: str) -> str:
    """A missing one is the first, which allows least."""
    value = meta.get(name, values[0])
    if value not in values or not isinstance(value, str):
        raise Refused("avatar_meta", f"“{name}” is one of {', '.join(dict.fromkeys(values))}.", f"{where}/{name}")
    return value
