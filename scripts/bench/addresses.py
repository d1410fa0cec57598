"""Which pages of this database stand for each kind: ``python -m bench.addresses`` prints them, with open sessions.

A process of its own asks the database; who measures speaks HTTP only.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from candidatures.models import Review

#: Reviews that are saved at the same time, each by its own juror.
SENDERS = 4


@dataclass
class Page:
    label: str
    path: str
    who: str = ""  # the e-mail of whose session asks
    public: bool = False
    cookie: str = ""
    #: Forms that several people send: path, cookie, fields. The word ``{turn}`` becomes a number.
    forms: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)


def pages() -> Iterator[Page]:
    """The pages of the issue, public ones first. Those that this database has nothing for are left out."""
    yield from public_pages()
    yield from applicant_pages()
    yield from jury_pages()
    yield from desk_pages()


def public_pages() -> Iterator[Page]:
    from django.db.models import Count
    from django.urls import reverse
    from django.utils import timezone

    from candidatures.models import Call
    from residencies.models import Bilan
    from structures.models import Commune

    yield Page("home", "/", public=True)
    call = Call.objects.filter(closes_at__gt=timezone.now(), opens_at__lte=timezone.now()).order_by("closes_at").last()
    if call is not None:
        yield Page("call", call.get_absolute_url(), public=True)
    yield Page("territory", reverse("territory:index"), public=True)
    yield Page("structures list", reverse("territory:directory"), public=True)
    commune = Commune.objects.annotate(places=Count("structures")).order_by("-places", "pk").first()
    if commune is not None:
        yield Page("commune (the one with most structures)", commune.get_absolute_url(), public=True)
    yield Page("agenda", reverse("residencies:agenda"), public=True)
    bilan = Bilan.objects.filter(published_at__isnull=False).order_by("-season__starts_on").first()
    if bilan is not None:
        yield Page("bilan", bilan.get_absolute_url(), public=True)


def applicant_pages() -> Iterator[Page]:
    from django.urls import reverse
    from django.utils import timezone

    from candidatures import sections
    from candidatures.models import Application

    drafts = Application.objects.filter(state="draft", call__closes_at__gt=timezone.now()).select_related("owner")
    draft = drafts.order_by("pk").first()
    if draft is None:
        return
    who = draft.owner.email
    yield Page("applicant's own list", reverse("applications:list"), who)
    yield Page("dossier: task list", draft.get_absolute_url(), who)
    yield Page("dossier: form page", reverse("applications:section", args=[draft.uuid, sections.IDENTITY]), who)
    yield Page("dossier: check page", reverse("applications:review", args=[draft.uuid]), who)


def jury_pages() -> Iterator[Page]:
    from django.urls import reverse

    reviews = being_written()
    if not reviews:
        return
    juror, application = reviews[0].juror, reviews[0].application
    slug, who = juror.jury.call.slug, juror.user.email
    yield Page("juror's desk", reverse("jury:desk", args=[slug]), who)
    yield Page("one review page", reverse("jury:dossier", args=[slug, application.uuid]), who)
    saved = Page("saving a review", reverse("jury:dossier", args=[slug, application.uuid]), who)
    for review in reviews[:SENDERS]:
        path = reverse("jury:dossier", args=[slug, review.application.uuid])
        fields = {"comment": "Une lecture attentive, tour {turn}.", "ecraser": "1", "version": "0"}
        fields |= {f"note_{score.criterion_id}": str(score.value) for score in review.scores.all() if score.value}
        saved.forms.append((path, review.juror.user.email, fields))
    yield saved


def being_written() -> list[Review]:
    """Readings not filed yet, of the call that a jury reads now: one a juror."""
    from candidatures.enums import ReviewState
    from candidatures.models import Review

    drafts = (
        Review.objects.filter(state=ReviewState.DRAFT, application__state__in=["submitted", "eligible"])
        .select_related("juror__user", "juror__jury__call", "application")
        .prefetch_related("scores")
        .order_by("-juror__jury__call__closes_at", "pk")
    )
    latest = drafts.first()
    if latest is None:
        return []
    ours = drafts.filter(juror__jury=latest.juror.jury)
    return list({review.juror_id: review for review in ours[:400]}.values())


def desk_pages() -> Iterator[Page]:
    from django.db.models import Count
    from django.urls import reverse

    from candidatures.models import Application, Jury
    from residencies.models import Residency

    who = "coordination@demo.test"
    yield Page("desk: home", reverse("admin:index"), who)
    listed = reverse("admin:candidatures_application_changelist")
    yield Page("desk: list of dossiers", listed, who)
    yield Page("desk: list, by artist", f"{listed}?o=2", who)
    yield Page("desk: list, one state", f"{listed}?etat=eligible", who)
    yield Page("desk: list, searched", f"{listed}?q=helene", who)
    jury = Jury.objects.annotate(sitting=Count("call__applications")).order_by("-call__closes_at").first()
    if jury is not None:
        yield Page("desk: ranking", reverse("admin:candidatures_jury_ranking", args=[jury.uuid]), who)
        application = Application.objects.filter(call=jury.call, last_deposit__isnull=False).order_by("pk").first()
        if application is not None:
            path = reverse("admin:candidatures_application_change", args=[application.pk])
            yield Page("desk: one dossier", path, who)
    residency = Residency.objects.order_by("-season__starts_on", "pk").first()
    if residency is not None:
        for label, name in (("calendar of a season", "calendar"), ("coverage", "coverage"), ("bilan", "bilan")):
            address = reverse(f"admin:residencies_season_{name}", args=[residency.season.uuid])
            yield Page(f"desk: {label}", address, who)


def sessions(found: list[Page]) -> None:
    """Open a session for each person, once."""
    from django.contrib.auth import get_user_model
    from proofs import machines

    people = {page.who for page in found if page.who} | {form[1] for page in found for form in page.forms}
    cookies = {
        user.email: "; ".join(f"{name}={value}" for name, value in machines.signed_in(user).items())
        for user in get_user_model().objects.filter(email__in=people)
    }
    for page in found:
        page.cookie = cookies.get(page.who, "")
        page.forms = [
            (path, cookies[email], fields | {"csrfmiddlewaretoken": machines.CSRF})
            for path, email, fields in page.forms
        ]


def read(text: str) -> list[Page]:
    kept: list[dict[str, Any]] = json.loads(text)
    return [Page(**one) for one in kept]


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    django.setup()
    found = list(pages())
    sessions(found)
    print(json.dumps([asdict(page) for page in found]))


if __name__ == "__main__":
    main()
