"""What this app holds of one person, for their own copy: dossiers, a seat in a jury and what they wrote there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from candidatures import privacy
from candidatures.enums import ApplicationState
from candidatures.models import Application, Collaborator, ContactMessage, Invitation, Juror
from candidatures.rules import retention
from candidatures.services import erasure
from clea.errors import Refused
from clea.i18n import localised
from clea.privacy import own, traces
from clea.privacy.own import FIRST, LATER, NOW, Domain, Fate, Part

if TYPE_CHECKING:
    from clea.accounts.models import User

_SLUG = "season__programme__territory__slug"
_OF_DOSSIER = f"application__call__{_SLUG}"
_DOSSIERS, _ALSO = privacy.REFUSED, (privacy.SELECTED, privacy.DRAFTS)


def _as_told(keys: list[int]) -> dict[int, dict[str, Any]]:
    """Where each dossier stands, as its people are told: a decision that nobody announced is not in it."""
    rows = Application.objects.with_told().filter(pk__in=keys)
    return {row.pk: {"state": str(row.applicant_state_label)} for row in rows}


def _erase_questions(*, by: User | None, rows: list[ContactMessage]) -> Counter[str]:
    gone = traces.forget(traces.of(rows))
    return gone + Counter(ContactMessage.objects.filter(pk__in=[row.pk for row in rows]).delete()[1])


def _of_owner(name: str, label: Any, model: str, *fields: str, **more: Any) -> Part:
    """Rows of the dossiers that one is responsible for; those one shares are told by who holds them."""
    return Part(
        holding=_DOSSIERS, also=_ALSO, name=f"dossiers-{name}", label=label, model=f"candidatures.{model}",
        user="application__owner", fields=("application__call__title", *fields), **more,
    )  # fmt: skip


PARTS = (
    Part(
        holding=_DOSSIERS, also=_ALSO, name="dossiers", label=_("Vos candidatures"), model="candidatures.Application",
        user="owner", more=_as_told,
        fields=(
            "uuid", "call__title", "created_at", "updated_at", "applicant_kind", "artist_name", "first_name",
            "last_name", "phone", "address", "postal_code", "city", "country", "organisation", "practice", "website",
            "territory_link", "transitions_link", "life_stages", "budget_comment", "applies_elsewhere",
            "accuracy_declared", "privacy_read", "keep_in_touch", "keep_in_touch_at",
        ),
    ),
    _of_owner("reponses", _("Vos réponses écrites"), "PieceAnswer", "piece__title", "text"),
    _of_owner("pieces", _("Vos pièces"), "Document", "piece__title", "added_at", "stored_file__original_name",
              files=("stored_file",), stem="piece__title"),
    _of_owner("oeuvres", _("Vos œuvres"), "WorkItem", "title", "year", "form", "needs"),
    _of_owner("budget", _("Votre budget"), "BudgetLine", "nature", "label", "net", "gross", "employer_charges",
              "total"),
    _of_owner("ailleurs", _("Vos candidatures à d'autres territoires"), "TerritoryClaim", "territory", "jury_on"),
    _of_owner("declarations", _("Vos déclarations"), "EligibilityDeclaration", "criterion__text", "declared",
              "comment"),
    # The names that the person wrote: nothing that a co-applicant gave.
    _of_owner("equipe", _("L'équipe que vous avez écrite"), "Member", "name", "role"),
    _of_owner("depots", _("Vos dépôts"), "Deposit", "number", "kind", "received_at", "sha256", "language", "data"),
    Part(
        holding=_DOSSIERS, also=_ALSO, name="depots-pieces", label=_("Les pièces de vos dépôts"),
        model="candidatures.DepositPiece", user="deposit__application__owner", files=("stored_file",), stem="title",
        fields=("deposit__number", "code", "title", "original_name", "sha256", "pages", "size"),
    ),
    Part(
        holding=_DOSSIERS, also=_ALSO, name="depots-pdf", label=_("Vos dossiers en PDF"), model="candidatures.Assembly",
        user="deposit__application__owner", files=("stored_file",), stem="deposit__number",
        fields=("deposit__number", "made_at"),
    ),
    _of_owner("demandes", _("Les pièces que l'on vous a demandées"), "PieceRequest", "message", "due_at", "asked_at",
              "answered_at"),
    _of_owner("entretiens", _("Vos entretiens"), "InterviewSlot", "starts_at", "minutes", "mode", "place", "link",
              only=Q(cancelled_at=None)),
    _of_owner("propositions", _("Vos réponses à une proposition"), "Offer", "answered_at", "words",
              only=Q(answered_at__isnull=False)),
    Part(
        holding=_DOSSIERS, also=_ALSO, name="dossiers-delais", label=_("Les délais que l'on vous a accordés"),
        model="candidatures.Extension", user="user", fields=("call__title", "until", "granted_at"),
    ),
    Part(
        holding=_DOSSIERS, also=_ALSO, name="dossiers-partages", label=_("Les dossiers partagés avec vous"),
        model="candidatures.Collaborator", user="user", fields=("application__call__title", "role", "added_at"),
    ),
    Part(
        holding=_DOSSIERS, also=_ALSO, name="dossiers-invitations", label=_("Invitations à partager un dossier"),
        model="candidatures.Invitation", email="email", scope=_OF_DOSSIER,
        fields=("application__call__title", "email", "kind", "created_at", "accepted_at", "revoked_at"),
        stays=_("Une invitation part avec le dossier de qui l'a faite, qui peut la retirer."),
    ),
    Part(
        holding="appels.questions", name="questions", label=_("Questions posées sur un appel"),
        model="candidatures.ContactMessage", email="email", scope=f"call__{_SLUG}",
        erase=_erase_questions, at_once=True,
        fields=("call__title", "name", "email", "text", "received_at"),
    ),
    Part(
        holding="jury.membres", name="jury", label=_("Vos places dans un jury"), model="candidatures.Juror",
        user="user",
        fields=("jury__call__title", "role", "institution__name", "function", "city", "max_load", "invited_at",
                "joined_at", "declined_at", "left_at", "left_why"),
    ),
    Part(
        holding="jury.membres", name="jury-presences", label=_("Vos séances de jury"), model="candidatures.Attendance",
        user="juror__user", fields=("session__held_on", "presence"),
    ),
    Part(
        holding="jury.membres", name="jury-lectures", label=_("Vos lectures"), model="candidatures.Review",
        user="juror__user",
        fields=("application__last_deposit__number", "state", "advice", "comment", "private_notes", "filed_at"),
    ),
    Part(
        holding="jury.membres", name="jury-notes", label=_("Vos notes"), model="candidatures.Score",
        user="review__juror__user",
        fields=("review__application__last_deposit__number", "criterion__title", "value", "comment"),
    ),
    Part(
        holding="jury.membres", name="jury-deports", label=_("Vos déports"), model="candidatures.Recusal",
        user="declared_by", fields=("application__last_deposit__number", "reason", "words", "declared_at"),
    ),
    Part(
        holding="jury.membres", name="jury-discussion", label=_("Ce que vous avez écrit en délibérant"),
        model="candidatures.DiscussionComment", user="author",
        fields=("application__last_deposit__number", "text", "created_at"),
    ),
    Part(
        holding="jury.membres", name="jury-entretiens", label=_("Vos notes d'entretien"),
        model="candidatures.InterviewNote", user="author",
        fields=("application__last_deposit__number", "text", "updated_at"),
    ),
)  # fmt: skip


# Erasing ---------------------------------------------------------------------------------------


def _fate(row: Application, tied: bool, shared: bool) -> Fate:
    """What becomes of a dossier. A decision that nobody announced changes nothing that is said here."""
    subject, today = str(row.uuid), timezone.localdate()
    url = reverse("applications:detail", args=[row.uuid])
    title = localised(row.call, "title")
    if shared and not row.is_left:
        why = _("D'autres y travaillent : transmettez-le à l'un d'eux, ou retirez leur accès.")
        return Fate(FIRST, title, why, url=url)
    if row.state == ApplicationState.DRAFT:
        return Fate(NOW, title, _("Brouillon : effacé aussitôt, avec ses pièces."), subject=subject)
    if not row.was_told and not row.is_left:
        over = row.call.process_ends_on
        if over is None or over > today:
            why = _("Le dossier est déposé et la procédure n'est pas finie : retirez-le d'abord, ou attendez sa fin.")
            return Fate(FIRST, title, why, url=url)
        if not tied:
            return Fate(NOW, title, _("La procédure est finie : effacé aussitôt."), subject=subject)
    if tied:
        why = _("Un contrat en est né : il est gardé le temps du contrat, puis celui de la prescription.")
        return Fate(LATER, title, why, until=retention.kept_until(row, tied=True))
    start = retention.clock_starts(row)
    if not row.is_left and (start is None or start > today):
        why = _("La procédure de l'appel n'est pas finie.")
        return Fate(LATER, title, why, until=retention.kept_until(row))
    return Fate(NOW, title, _("Effacé aussitôt, avec ses pièces et ses lectures."), subject=subject)


def fates(user: User) -> Iterator[Fate]:
    """Dossiers, then seats in a jury. Five queries and those of the floors above."""
    mine = Application.objects.with_told().filter(owner=user).select_related("call__season").order_by("pk")
    tied = privacy.tied(Application.objects.filter(owner=user))
    shared = set(Collaborator.objects.filter(application__owner=user).values_list("application", flat=True))
    for row in mine:
        yield _fate(row, row.pk in tied, row.pk in shared)
    seats = Juror.objects.filter(user=user).select_related("jury__call").order_by("pk")
    for seat in seats:
        call = seat.jury.call
        title = _("Jury – %(call)s") % {"call": localised(call, "title")}
        running = (
            seat.left_at is None and seat.declined_at is None and retention.process_end(call) > timezone.localdate()
        )
        if running:
            why = _("Vous siégez dans ce jury : demandez d'abord à la coordination de vous en retirer.")
            yield Fate(FIRST, title, why, keeps_name=True)
        else:
            why = _("Votre nom reste dans la composition et au procès-verbal : ce sont des archives publiques.")
            yield Fate(LATER, title, why, keeps_name=True)


def erase_dossier(*, by: User, user: User, subject: str) -> Counter[str]:
    """One of the fates « now ». Gone already is gone."""
    row = Application.objects.with_told().filter(owner=user, uuid=subject).select_related("call__season").first()
    if row is None:
        return Counter()
    tied = row.pk in privacy.tied(Application.objects.filter(pk=row.pk))
    if _fate(row, tied, row.collaborators.exists()).when != NOW:
        raise Refused(_("Ce dossier a changé entre-temps : relisez la page, puis recommencez."), code="changed")
    return Counter(erasure.erase(by=by, application=row, why="request").rows)


def close(*, user: User) -> Counter[str]:
    """A place in another's dossier, and invitations to one: they served the account alone."""
    gone = Counter(Collaborator.objects.filter(user=user).delete()[1])
    return gone + Counter(Invitation.objects.filter(email__iexact=user.email).delete()[1])


def register() -> None:
    """Called when the app starts."""
    own.register(*PARTS)
    own.register_domain("candidatures", Domain(fates, erase=erase_dossier, close=close))
