"""What a call, and who publishes it, say of themselves to search engines (schema.org)."""

from __future__ import annotations

from django.utils import timezone

from candidatures.models import Call
from clea.i18n import localised
from clea.ui import structured
from clea.ui.structured import Thing
from structures.models import Territory


def organisation(territory: Territory) -> Thing:
    """The intercommunality that welcomes the residencies."""
    return structured.organisation(
        name=territory.name,
        url=territory.get_absolute_url(),
        email=territory.contact_email,
        phone=territory.contact_phone,
        address=territory.contact_address,
        site=territory.website,
    )


def service(call: Call) -> Thing:
    """Applying to a call: a free service, open from one moment to another. Read with its territory."""
    address = structured.absolute(call.get_absolute_url())
    opening = {"@type": "OpeningHoursSpecification"}
    if call.opens_at:
        opening["validFrom"] = timezone.localtime(call.opens_at).isoformat()
    if call.closes_at:
        opening["validThrough"] = timezone.localtime(call.closes_at).isoformat()
    return {
        "@type": "GovernmentService",
        "name": localised(call, "title"),
        "description": localised(call, "summary"),
        "url": address,
        "serviceType": str(call.get_kind_display()),
        "areaServed": {"@type": "AdministrativeArea", "name": call.territory.name},
        "provider": organisation(call.territory),
        "isAccessibleForFree": True,
        "availableChannel": {
            "@type": "ServiceChannel",
            "serviceUrl": address,
            "availableLanguage": ["fr", "en"],
            "hoursAvailable": opening,
        },
    }
