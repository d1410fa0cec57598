"""The people of a structure's team."""

from __future__ import annotations

from clea.text import normalise
from structures.models import Professional, Structure


def same_person(structure: Structure, first_name: str, last_name: str, email: str = "") -> Professional | None:
    """The member of this team who bears this name, and the same address when both give one."""
    key = normalise(first_name, last_name)
    for person in Professional.objects.filter(structure=structure, name_key=key):
        if not email or not person.email or person.email.casefold() == email.casefold():
            return person
    return None
