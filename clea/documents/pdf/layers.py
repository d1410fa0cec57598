"""Layers (optional content). Without them, what a piece hides would show in the dossier."""

from __future__ import annotations

import pikepdf
from pikepdf import Array, Dictionary, Name


def add_layers(out: pikepdf.Pdf, source: pikepdf.Pdf) -> None:
    """Carry the layers of ``source``, whose pages ``out`` already holds, with what is on and off."""
    properties = source.Root.get("/OCProperties")
    if not isinstance(properties, Dictionary) or not isinstance(properties.get("/OCGs"), Array):
        return
    copy = out.copy_foreign(source.make_indirect(properties))
    groups = [group for group in copy.OCGs if isinstance(group, Dictionary)]
    default = copy.get("/D")
    default = default if isinstance(default, Dictionary) else Dictionary()
    if default.get("/BaseState") == Name.OFF:
        shown = {group.objgen for group in _list(default, "/ON")}
        hidden: list[pikepdf.Object] = [group for group in groups if group.objgen not in shown]
    else:
        hidden = _list(default, "/OFF")
    if "/OCProperties" not in out.Root:
        out.Root.OCProperties = out.make_indirect(
            Dictionary(OCGs=Array(), D=Dictionary(BaseState=Name.ON, OFF=Array(), Order=Array(), AS=Array()))
        )
    merged = out.Root.OCProperties
    merged.OCGs.extend(groups)
    merged.D.OFF.extend(hidden)
    order = default.get("/Order")
    if isinstance(order, Array):
        merged.D.Order.extend(list(order))
    usage = default.get("/AS")
    if isinstance(usage, Array):
        merged.D.AS.extend(list(usage))


def _list(holder: pikepdf.Object, key: str) -> list[pikepdf.Object]:
    value = holder.get(key)
    return [one for one in value if isinstance(one, Dictionary)] if isinstance(value, Array) else []
