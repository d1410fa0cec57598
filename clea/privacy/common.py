"""The holdings of the ground itself: accounts, messages, sessions, long work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clea.accounts.models import User
from clea.errors import Refused
from clea.jobs.models import Job
from clea.journal import services as journal
from clea.mail import services as mail
from clea.mail.enums import MailState
from clea.mail.models import OutgoingMail
from clea.privacy import holdings, traces
from clea.privacy.holdings import Disposed, Due, Holding
from clea.privacy.months import after
from clea.ui.dates import day as in_words

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# Accounts --------------------------------------------------------------------------------------


def untied(rows: QuerySet[User]) -> QuerySet[User]:
    """Accounts that nothing holds: no dossier, no seat, no residency, whatever app says so by a protected link."""
    for relation in User._meta.related_objects:
        if relation.on_delete is models.PROTECT:
            held = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            rows = rows.exclude(Exists(held))
    return rows


def _idle(rows: QuerySet[User]) -> QuerySet[Any]:
    last = Greatest("date_joined", Coalesce("last_login", "date_joined"))
    return untied(rows.filter(is_staff=False, is_superuser=False)).annotate(last=last)


def _account_end(last: datetime) -> date:
    return after(timezone.localdate(last), settings.RETENTION["accounts_months"])


def find_accounts(scope: str, until: date) -> Iterator[Due]:
    """Accounts of people, used for nothing and not signed in to. The installation's own list."""
    if scope:
        return
    horizon = timezone.make_aware(datetime.combine(after(until, -settings.RETENTION["accounts_months"]), time.max))
    for row in _idle(User.objects.all()).filter(last__lte=horizon).order_by("pk"):
        end = _account_end(row.last)
        if end <= until:
            yield Due(
                subject=str(row.uuid), reference=_("compte inutilisé"), since=timezone.localdate(row.last), due_on=end
            )


def dispose_account(*, by: User, scope: str, subject: str) -> Disposed | None:
    row = User.objects.select_for_update().filter(uuid=subject).first()
    if row is None:
        return None
    idle = _idle(User.objects.filter(pk=row.pk)).first()
    if idle is None or _account_end(idle.last) > timezone.localdate():
        raise Refused(_("Ce compte sert de nouveau."))
    return erase_account(by=by, user=row, why="retention")


def erase_account(*, by: User | None, user: User, why: str) -> Disposed:
    """Take the account away with its addresses, keys, sessions and the messages written to it; its name leaves
    the journal. In the caller's transaction. Raises ``ProtectedError`` while something holds it."""
    addresses = {user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)}
    gone = traces.forget(traces.of([user]))
    written = Q()
    for address in addresses:
        written |= Q(to__iexact=address)
    gone += traces.forget_mails(unheld(OutgoingMail.objects.filter(written)))
    for job in Job.objects.of(user).select_related("result", "sent"):
        gone += traces.forget_job(job)
    key, target = user.uuid, User(pk=user.pk, uuid=user.uuid)
    gone += Counter(User.objects.filter(pk=user.pk).delete()[1])
    journal.record(by=by, verb="account.erased", target=target, data={"why": why})
    journal.erase(key, by=by)
    return Disposed(rows=dict(gone))


def warn_account(*, scope: str, subject: str, due_on: date) -> bool:
    row = User.objects.filter(uuid=subject, is_active=True).first()
    if row is None:
        return False
    with translation.override(row.language):
        mail.queue(
            by=None,
            kind="account.retention",
            to=row.email,
            language=row.language,
            context={"jour": in_words(due_on), "lien": f"{settings.SITE_URL}{reverse('account_login')}"},
            about=row,
        )
    journal.record(by=None, verb="account.retention_told", target=row, data={"due_on": due_on.isoformat()})
    return True


# Messages --------------------------------------------------------------------------------------

_OVER = (MailState.SENT, MailState.CANCELLED, MailState.FAILED)


def unheld(rows: QuerySet[OutgoingMail]) -> QuerySet[OutgoingMail]:
    """Messages that no row needs: a letter of decision goes with its dossier."""
    for relation in OutgoingMail._meta.related_objects:
        if relation.on_delete is models.PROTECT:
            held = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            rows = rows.exclude(Exists(held))
    return rows


def _old_mails(scope: str, until: date) -> QuerySet[OutgoingMail]:
    before = timezone.make_aware(datetime.combine(after(until, -settings.RETENTION["mails_months"]), time.min))
    return unheld(OutgoingMail.objects.filter(scope=scope, state__in=_OVER, created_at__lt=before))


def find_mails(scope: str, until: date) -> Iterator[Due]:
    """All old messages of a territory together: by year, so that a list names what it takes."""
    years: Counter[int] = Counter()
    oldest: dict[int, date] = {}
    for at in _old_mails(scope, until).order_by("created_at").values_list("created_at", flat=True):
        day = timezone.localdate(at)
        years[day.year] += 1
        oldest.setdefault(day.year, day)
    for year, count in sorted(years.items()):
        yield Due(
            subject=str(year),
            reference=_("messages écrits en %(year)s") % {"year": year},
            since=oldest[year],
            due_on=after(oldest[year], settings.RETENTION["mails_months"]),
            rows=count,
        )


def dispose_mails(*, by: User, scope: str, subject: str) -> Disposed | None:
    rows = _old_mails(scope, timezone.localdate()).filter(created_at__year=int(subject))
    # By their keys: an EXISTS in a DELETE is more than either database needs to think about.
    gone = traces.forget_mails(OutgoingMail.objects.filter(pk__in=list(rows.values_list("pk", flat=True)[:5000])))
    count = gone[OutgoingMail._meta.label]
    if not count:
        return None
    journal.record(by=by, verb="mails.erased", data={"scope": scope, "year": int(subject), "count": count})
    return Disposed(rows=dict(gone))


# The register ----------------------------------------------------------------------------------


def _security() -> _StrPromise:
    return gettext_lazy("Intérêt légitime : la sécurité du service (RGPD, article 6.1.f)")


HOLDINGS = (
    Holding(
        key="comptes",
        rank=90,
        label=gettext_lazy("Comptes"),
        people=gettext_lazy("Toute personne qui se connecte"),
        data=gettext_lazy("Adresse électronique, nom, langue, dates d'inscription et de connexion, second facteur"),
        purpose=gettext_lazy("Se connecter, et n'ouvrir que ce qui est à soi"),
        basis=gettext_lazy("Mission d'intérêt public (RGPD, article 6.1.e)"),
        duration=gettext_lazy("Trois ans sans connexion, si rien ne s'y rattache plus"),
        clock=gettext_lazy("La dernière connexion"),
        erasure=gettext_lazy("Compte, adresses, messages, sur un bordereau approuvé ; le nom quitte le journal"),
        recipients=gettext_lazy("L'administration du site"),
        models=(
            "accounts.User", "account.EmailAddress", "account.EmailConfirmation", "mfa.Authenticator",
            "admin.LogEntry",
        ),
        find=find_accounts,
        dispose=dispose_account,
        warn=warn_account,
    ),
    Holding(
        key="messages",
        rank=80,
        label=gettext_lazy("Messages envoyés"),
        people=gettext_lazy("Destinataires des messages"),
        data=gettext_lazy("Adresse, objet, texte, pièces jointes, réponses du serveur de messagerie"),
        purpose=gettext_lazy("Prouver qu'un message est parti, et ce qu'il disait"),
        basis=gettext_lazy("Mission d'intérêt public (RGPD, article 6.1.e)"),
        duration=gettext_lazy("24 mois ; ceux d'un dossier partent avec lui"),
        clock=gettext_lazy("L'écriture du message"),
        erasure=gettext_lazy("Texte, adresse, pièces jointes et tentatives, sur un bordereau approuvé"),
        recipients=gettext_lazy("La coordination du territoire"),
        models=("mail.OutgoingMail", "mail.MailAttachment", "mail.DeliveryAttempt"),
        find=find_mails,
        dispose=dispose_mails,
    ),
    Holding(
        key="sessions",
        label=gettext_lazy("Sessions et limites d'essais"),
        people=gettext_lazy("Toute personne qui se connecte"),
        data=gettext_lazy("Identifiant, appareil et adresse IP d'une session ; adresse IP, le temps d'une limite"),
        purpose=gettext_lazy("Garder la connexion, arrêter les essais en nombre"),
        basis=_security(),
        duration=gettext_lazy("14 jours au plus ; celles de la coordination, moins"),
        clock=gettext_lazy("La connexion"),
        erasure=gettext_lazy("D'elles-mêmes, par le ménage de chaque nuit"),
        models=("sessions.Session", "accounts.OpenSession"),
    ),
    Holding(
        key="travaux",
        label=gettext_lazy("Résultats des travaux longs"),
        people=gettext_lazy("Personnes que nomme un export ou une archive"),
        data=gettext_lazy("Le fichier fait à la demande de la coordination"),
        purpose=gettext_lazy("Le lui remettre"),
        basis=gettext_lazy("Mission d'intérêt public (RGPD, article 6.1.e)"),
        duration=gettext_lazy("Sept jours ; aussitôt si un dossier qu'il contient est effacé"),
        clock=gettext_lazy("La fin du travail"),
        erasure=gettext_lazy("D'eux-mêmes, ligne et fichier"),
        models=("jobs.Job", "documents.StoredFile", "django_tasks_database.DBTaskResult"),
    ),
    Holding(
        key="journal",
        label=gettext_lazy("Journal des actes"),
        people=gettext_lazy("Toute personne qui agit"),
        data=gettext_lazy("Qui, quoi, quand : des identifiants et des états, jamais ce qui a été écrit"),
        purpose=gettext_lazy("Prouver la régularité des procédures"),
        basis=gettext_lazy("Obligation légale (RGPD, article 6.1.c)"),
        duration=gettext_lazy("Celle des archives du service ; le nom, autant que le compte"),
        clock=gettext_lazy("L'effacement du compte"),
        erasure=gettext_lazy("Le nom est retiré de toutes les lignes ; la chaîne se vérifie encore"),
        models=("journal.ActorSnapshot", "journal.Entry"),
    ),
)  # fmt: skip


def register() -> None:
    """Called when the app starts."""
    holdings.register(*HOLDINGS)
