"""The page of a call: what it says, where it stands, and what the reader may do next."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures import rules
from candidatures.enums import ApplicationState, CallPhase, CallStatus
from candidatures.models import Application, Call, CallPeriod, MoneyRules
from candidatures.pages import dates
from candidatures.pages.content import Passage, passages, pick
from candidatures.selectors import personal_deadline
from candidatures.selectors.publication import names
from clea.ui.dates import euros
from structures.models import Territory

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from candidatures.models.call import CallQuerySet
    from clea.accounts.models import User
    from clea.ui.season import Step

#: Chapters that the page fills from the call's data. When the coordinator writes a chapter with
#: one of these anchors, its text introduces the data and its place is kept.
COMPUTED = (
    "laureats",
    "territoire",
    "axes",
    "calendrier",
    "conditions-financieres",
    "conditions",
    "candidater",
    "choix",
    "questions",
    "contact",
)


def visible_call(slug: str, user: User | AnonymousUser) -> Call:
    """A call that this reader may see, with its territory, its money rules and its close for them. One query.

    Published and archived calls are everyone's; a draft is its territory's coordination's.
    Raises ``Call.DoesNotExist`` otherwise.
    """
    rows = visible_calls(user).select_related("season__programme__territory", "money")
    return (rows.with_close_for(user.pk) if user.is_authenticated else rows).get(slug=slug)


def visible_calls(user: User | AnonymousUser) -> CallQuerySet:
    """Those of :func:`visible_call`."""
    shown = Q(status__in=[CallStatus.PUBLISHED, CallStatus.ARCHIVED])
    if user.is_authenticated and user.is_staff:
        shown |= Q(season__programme__territory__in=Territory.objects.coordinated_by(user))
    return Call.objects.filter(shown)


def own_application(call: Call, user: User | AnonymousUser) -> Application | None:
    """The reader's dossier for this call, else one they were invited into. One query if signed in."""
    if not user.is_authenticated:
        return None
    found = [row for row in Application.objects.of(user).filter(call=call).with_told() if not row.is_left]
    return min(found, key=lambda application: application.owner_id != user.pk, default=None)


@dataclass(frozen=True)
class Chapter:
    """A heading of the contents list. ``kind`` names its template; ``intro`` is Markdown."""

    anchor: str
    title: str
    kind: str
    intro: str = ""
    title_lang: str = ""
    intro_lang: str = ""

    @property
    def template(self) -> str:
        return f"candidatures/public/chapters/{self.kind}.html"


@dataclass(frozen=True)
class Action:
    """The one thing to do now. ``kind``: apply, resume, remind or elsewhere."""

    kind: str
    label: str
    href: str


@dataclass(frozen=True)
class Money:
    """The money rules in words. Amounts without cents when they have none."""

    rules: MoneyRules
    covered: str
    covered_lang: str
    not_covered: str
    not_covered_lang: str

    @property
    def allowance(self) -> str:
        return _amount(self.rules.net_allowance)

    @property
    def monthly(self) -> str:
        """One month's share, when the allowance divides to the cent."""
        total, months = self.rules.net_allowance, self.rules.allowance_months
        if not total or not months or months < 2:
            return ""
        share = (total / months).quantize(Decimal("0.01"))
        return _amount(share) if share * months == total else ""

    @property
    def ceiling(self) -> str:
        return _amount(self.rules.employer_ceiling)

    @property
    def lump_sum(self) -> str:
        return _amount(self.rules.travel_lump_sum)


def _amount(value: Decimal | None) -> str:
    if value is None:
        return ""
    return euros(value, 0 if value == value.to_integral_value() else 2)


@dataclass
class CallPage:
    """A call as its page shows it at ``now``."""

    call: Call
    now: datetime
    phase: CallPhase
    preview: bool
    application: Application | None
    deadline: datetime
    content: dict[str, list[Passage]]
    calendar: dates.Calendar
    milestones: list[dates.Milestone]
    steps: list[Step]
    money: Money | None
    related: list[Call]
    title: str
    title_lang: str
    summary: str
    summary_lang: str
    #: Those who accepted, once the coordination lets their names be public.
    names: list[str] = field(default_factory=list)
    chapters: list[Chapter] = field(default_factory=list)

    @property
    def territory(self) -> Territory:
        return self.call.territory

    @property
    def archived(self) -> bool:
        return self.call.status == CallStatus.ARCHIVED

    @property
    def extended(self) -> bool:
        """The reader alone has more time than the call."""
        return self.deadline > self.call.closes_at

    @property
    def receives(self) -> bool:
        """Whether this reader may still file: the call's dates, or their own."""
        return bool(rules.can_receive(self.call, self.deadline, self.now))

    @property
    def residencies(self) -> int:
        return sum(position.count for position in self.content["position"])

    @property
    def total_weight(self) -> int:
        return sum(criterion.count for criterion in self.content["scoring"])

    @property
    def ahead(self) -> list[dates.Milestone]:
        """What is still to come, or under way."""
        today = timezone.localdate(self.now)
        return [item for item in self.milestones if item.ends >= today]

    @property
    def state_label(self) -> str:
        if self.preview:
            return _("en préparation")
        return _("archivé") if self.archived else str(self.phase.label)

    @property
    def sentence(self) -> str:
        """Where the call stands, in one sentence."""
        return _("L'appel est terminé.") if self.archived else rules.phase_sentence(self.call, self.now)

    @property
    def selection(self) -> list[dates.Milestone]:
        """The steps of the selection, to say what happens once a call is closed."""
        return [item for item in self.milestones if item.key in {"interviews", "jury", "results"}]

    @property
    def open_elsewhere(self) -> Call | None:
        """Another call of the territory that receives dossiers now."""
        return next((other for other in self.related if other.is_open(self.now)), None)

    @property
    def action(self) -> Action | None:
        """The button of the page, or nothing when there is nothing to do."""
        if self.application is not None:
            draft = self.application.state == ApplicationState.DRAFT and self.receives
            label = _("Reprendre mon dossier") if draft else _("Voir mon dossier")
            return Action("resume", label, self.application.get_absolute_url())
        if self.preview:
            return None
        if self.receives:
            return Action("apply", _("Candidater"), reverse("calls:apply", args=[self.call.slug]))
        if self.phase == CallPhase.UPCOMING:
            return Action("remind", _("Ajouter à mon agenda"), reverse("calls:calendar", args=[self.call.slug]))
        if self.open_elsewhere:
            return Action("elsewhere", _("Voir l'appel ouvert"), self.open_elsewhere.get_absolute_url())
        return None


def call_page(slug: str, user: User | AnonymousUser, now: datetime | None = None) -> CallPage:
    """Everything of a call's page. Raises ``Call.DoesNotExist`` to who may not see it.

    Four queries for an anonymous visitor, five once the call is closed (the names of those who
    accepted); three more for someone signed in (the account, their dossier, their own extension), one
    more for staff.
    """
    now = now or timezone.now()
    call = visible_call(slug, user)
    content = passages(call)
    periods = list(CallPeriod.objects.filter(call=call))
    related = _related(call)
    title, title_lang = pick(call.title, call.title_en)
    summary, summary_lang = pick(call.summary, call.summary_en)
    page = CallPage(
        call=call,
        now=now,
        phase=call.phase(now),
        preview=call.status == CallStatus.DRAFT,
        application=own_application(call, user),
        deadline=personal_deadline(call, user.pk if user.is_authenticated else None),
        content=content,
        calendar=dates.calendar(periods, call.territory.school_zone),
        milestones=dates.milestones(call, periods),
        steps=dates.season_steps(call, periods),
        money=_money(call),
        related=related,
        title=title,
        title_lang=title_lang,
        summary=summary,
        summary_lang=summary_lang,
    )
    if page.phase in {CallPhase.CLOSED, CallPhase.DECIDED}:
        page.names = names(call, timezone.localdate(now))
    page.chapters = _chapters(page)
    return page


def _related(call: Call) -> list[Call]:
    """Other public calls of the territory: the same season's, and those still to close. One query."""
    same_season = Q(season=call.season)
    return list(
        Call.objects.public()
        .filter(season__programme__territory=call.territory)
        .filter(same_season | Q(closes_at__gt=timezone.now()))
        .exclude(pk=call.pk)
        .order_by("opens_at", "pk")[:4]
    )


def _money(call: Call) -> Money | None:
    found: MoneyRules | None = getattr(call, "money", None)
    if found is None:
        return None
    covered, covered_lang = pick(found.covered, found.covered_en)
    not_covered, not_covered_lang = pick(found.not_covered, found.not_covered_en)
    return Money(found, covered, covered_lang, not_covered, not_covered_lang)


def _chapters(page: CallPage) -> list[Chapter]:
    """The contents: the coordinator's chapters in their order, and the page's own among them.

    A chapter that nobody wrote goes just before the next of the page's that somebody did, so
    that the order of :data:`COMPUTED` holds; at the end when there is none.
    """
    sections = page.content["section"]
    chapters = [
        Chapter(
            section.slug,
            section.title,
            section.slug if section.slug in COMPUTED else "text",
            section.text,
            section.title_lang,
            section.text_lang,
        )
        for section in sections
    ]
    titles, filled = _computed_titles(), _filled(page)
    for index, anchor in enumerate(COMPUTED):
        if not filled[anchor] or any(chapter.anchor == anchor for chapter in chapters):
            continue
        later = set(COMPUTED[index + 1 :])
        place = next((at for at, chapter in enumerate(chapters) if chapter.anchor in later), len(chapters))
        if anchor == "laureats":
            # The news of a closed call: before what it asked for.
            place = 0
        chapters.insert(place, Chapter(anchor, titles[anchor], anchor))
    return chapters


def _computed_titles() -> dict[str, str]:
    return {
        "laureats": _("Les artistes en résidence"),
        "territoire": _("Le territoire"),
        "axes": _("Les axes à explorer"),
        "calendrier": _("Le calendrier"),
        "conditions-financieres": _("La rémunération et les frais"),
        "conditions": _("Qui peut candidater"),
        "candidater": _("Ce qu'il faut envoyer"),
        "choix": _("Comment les dossiers sont lus"),
        "questions": _("Questions fréquentes"),
        "contact": _("Une question ?"),
    }


def _filled(page: CallPage) -> dict[str, bool]:
    """Which chapters have something to say without the coordinator's text."""
    return {
        "laureats": bool(page.names),
        "territoire": True,
        "axes": bool(page.content["axis"]),
        "calendrier": True,
        "conditions-financieres": page.money is not None,
        "conditions": bool(page.content["criterion"]),
        "candidater": bool(page.content["piece"]),
        "choix": bool(page.content["scoring"]),
        "questions": bool(page.content["question"]),
        "contact": True,
    }
