from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from clea.accounts.models import User
    from clea.ui.identity import Publisher


def coordinated_slugs(user: User | AnonymousUser) -> set[str] | None:
    """The territories whose mail this person handles; ``None`` is all of them.

    The desk asks several times a page: the answer is kept on the person, who lives one request.
    """
    from structures.models import Territory

    if user.is_superuser:
        return None
    if not hasattr(user, "_coordinated_slugs"):
        slugs = Territory.objects.coordinated_by(user).values_list("slug", flat=True)
        user._coordinated_slugs = set(slugs)  # type: ignore[union-attr]
    return user._coordinated_slugs  # type: ignore[union-attr]


def territory_names() -> Mapping[str, str]:
    """Every territory's slug with the name people read."""
    from structures.models import Territory

    return dict(Territory.objects.values_list("slug", "short_name"))


def territory_publisher() -> Publisher | None:
    """The publisher of the site where one territory lives; several say so in ``LEGAL_NOTICE``. One query."""
    from clea.ui.identity import Publisher
    from structures.models import Territory

    found = list(Territory.objects.order_by("pk")[:2])
    if len(found) != 1:
        return None
    territory = found[0]
    return Publisher(
        name=territory.name,
        address=territory.contact_address,
        email=territory.contact_email,
        phone=territory.contact_phone,
        siren=territory.siren,
    )


class StructuresConfig(AppConfig):
    name = "structures"
    verbose_name = _("territoire et structures")

    def ready(self) -> None:
        from clea.journal import verbs
        from clea.mail import kinds, scopes
        from clea.ui import desk, identity, sitemaps
        from structures import jobs, messages, own, privacy
        from structures.admin import menu, search
        from structures.admin.desk import items
        from structures.sitemaps import TerritorySitemap

        verbs.register(
            {
                "territory.loaded": _("territoire chargé"),
                "territory.desk_given": _("coordination confiée"),
                "territory.desk_taken": _("coordination retirée"),
                "structure.merged": _("structures fusionnées"),
                "structure.imported": _("structures importées"),
                "structure.exported": _("structures exportées"),
                "professional.imported": _("équipes importées"),
                "professional.exported": _("équipes exportées"),
                **messages.VERBS,
            }
        )
        kinds.register(*messages.KINDS)
        identity.register(territory_publisher)
        scopes.register(coordinated_slugs, names=territory_names)
        sitemaps.register("territory", TerritorySitemap)
        jobs.register()
        privacy.register()
        own.register()
        menu.add()
        search.add()
        desk.register(items, "places")
