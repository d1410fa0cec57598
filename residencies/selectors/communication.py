"""Reading the communication of a season, the news, and how many receive them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from candidatures.models import Season
from candidatures.reports.rows import Cell
from clea.documents.access import Grant
from clea.documents.models import StoredFile
from clea.mail.enums import MailState
from clea.mail.models import OutgoingMail
from clea.mail.selectors import mails_about
from residencies.enums import SubscriberState
from residencies.messages import communication as texts
from residencies.models import CommunicationItem, News, PressItem, Residency, Subscriber
from residencies.rules import communication as rules
from structures.models import Territory

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from clea.accounts.models import User

#: News on one page of the public list, and on the home page.
PAGE_SIZE, LATEST = 12, 3
#: Failures that the desk names; the outbox has them all.
NAMED = 20


# The season -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PlanRow:
    """A line of the plan, and whether it is late or near."""

    item: CommunicationItem
    late: bool
    soon: bool


@dataclass(frozen=True)
class Plan:
    """The plan of a season: what is late first, then by date; what is over last."""

    rows: list[PlanRow]

    @property
    def live(self) -> list[PlanRow]:
        return [row for row in self.rows if row.item.state in rules.LIVE]

    @property
    def late(self) -> int:
        return sum(row.late for row in self.rows)

    @property
    def soon(self) -> int:
        return sum(row.soon for row in self.rows)


def plan(season: Season, today: date) -> Plan:
    """One query."""
    items = CommunicationItem.objects.filter(season=season).select_related("residency").order_by("due_on", "pk")
    rows = [PlanRow(item, rules.is_late(item, today), rules.is_soon(item, today)) for item in items]
    return Plan(sorted(rows, key=lambda row: (row.item.state not in rules.LIVE, row.item.due_on, row.item.pk)))


def press(season: Season) -> QuerySet[PressItem]:
    """The press log, the last first. One query."""
    return PressItem.objects.filter(season=season).select_related("residency", "stored_file").order_by("-day", "-pk")


def press_scan(user: User | AnonymousUser, stored_file: StoredFile) -> Grant | None:
    """The scan of an article, for the coordination only: it is not ours to publish. Two queries."""
    item = stored_file.press_items.select_related("season__programme").first()
    if item is None:
        return None
    if not Territory.objects.coordinated_by(user).filter(pk=item.season.programme.territory_id).exists():
        return None
    name = slugify(f"{item.day.isoformat()} {item.outlet}")[:80]
    return Grant(filename=f"{name}.pdf", journal_target=item.season)


def residencies_of(season: Season) -> QuerySet[Residency]:
    return Residency.objects.filter(season=season).order_by("artist_name", "pk")


# The subscribers ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reach:
    """How many receive the news of a territory, and in which language."""

    confirmed: int
    french: int
    english: int
    asked: int


def reach(territory: Territory) -> Reach:
    """One query."""
    confirmed = Q(state=SubscriberState.CONFIRMED)
    found = Subscriber.objects.filter(territory=territory).aggregate(
        confirmed=Count("pk", filter=confirmed),
        english=Count("pk", filter=confirmed & Q(language="en")),
        asked=Count("pk", filter=Q(state=SubscriberState.ASKED)),
    )
    return Reach(found["confirmed"], found["confirmed"] - found["english"], found["english"], found["asked"])


def failures(territory: Territory) -> QuerySet[OutgoingMail]:
    """Messages to subscribers that their servers refused, the last first. One query."""
    kinds = (texts.ASKED, texts.KNOWN, texts.PUBLISHED)
    return OutgoingMail.objects.failed().filter(scope=territory.slug, kind__in=kinds).order_by("-created_at", "-pk")


@dataclass(frozen=True)
class Deliveries:
    """What came of sending a news. Who has left since is not counted any more."""

    sent: int
    waiting: int
    failed: int

    @property
    def total(self) -> int:
        return self.sent + self.waiting + self.failed


def deliveries(news: News) -> Deliveries:
    """One query."""
    counts = dict(mails_about(news).order_by().values_list("state").annotate(n=Count("pk")))
    waiting = counts.get(MailState.APPROVED, 0) + counts.get(MailState.DRAFT, 0)
    return Deliveries(counts.get(MailState.SENT, 0), waiting, counts.get(MailState.FAILED, 0))


# The news -------------------------------------------------------------------------------------------


def _public() -> QuerySet[News]:
    return News.objects.published().select_related("territory", "residency").order_by("-published_at", "-pk")


def published(territory: Territory | None = None) -> QuerySet[News]:
    """What everybody reads, the last first. One query."""
    rows = _public()
    return rows.filter(territory=territory) if territory is not None else rows


def about(residency: Residency) -> list[News]:
    """For a residency's page. One query."""
    return list(News.objects.published().filter(residency=residency).order_by("-published_at", "-pk")[:LATEST])


def public_news(slug: str) -> News | None:
    """One published news. One query."""
    return _public().filter(slug=slug).first()


def territories() -> list[Territory]:
    """Those that have published something. One query."""
    return list(Territory.objects.filter(news__published_at__isnull=False).distinct().order_by("name"))


# Sheets ---------------------------------------------------------------------------------------------


def press_sheet(season: Season) -> tuple[list[str], Iterator[list[Cell]]]:
    """The press log as a sheet: headers, then a line a mention."""
    headers = [_("Paru le"), _("Média"), _("Titre"), _("Résidence"), _("Lien"), _("Fichier"), _("Note")]
    lines: Iterator[list[Cell]] = (
        [
            row.day.strftime("%d/%m/%Y"),
            row.outlet,
            row.title,
            row.residency.artist_name if row.residency else "",
            row.url,
            _("oui") if row.stored_file_id else "",
            row.note,
        ]
        for row in press(season)
    )
    return headers, lines


def plan_sheet(season: Season, today: date) -> tuple[list[str], Iterator[list[Cell]]]:
    """The plan as a sheet: headers, then a line an action."""
    headers = [
        _("Quand"), _("Quoi"), _("Pour qui"), _("Canal"), _("Qui s'en charge"), _("État"), _("En retard"),
        _("Résidence"), _("Note"),
    ]  # fmt: skip
    lines: Iterator[list[Cell]] = (
        [
            row.item.due_on.strftime("%d/%m/%Y"),
            row.item.what,
            row.item.audience,
            row.item.get_channel_display(),
            row.item.owner,
            row.item.get_state_display(),
            _("oui") if row.late else "",
            row.item.residency.artist_name if row.item.residency else "",
            row.item.note,
        ]
        for row in plan(season, today).rows
    )
    return headers, lines
