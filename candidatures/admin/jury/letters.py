"""Letters: who gets which, drafts, and the rules that write them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import CharField, Count, Exists, ExpressionWrapper, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from candidatures import jobs
from candidatures.admin.common import person, refuse, uuids
from candidatures.admin.jury.base import JuryPages
from candidatures.admin.jury.in_hand import juries_in_hand
from candidatures.admin.jury.letter_forms import DraftForm, RuleForm, SampleForm
from candidatures.enums import ApplicationState, LetterOutcome
from candidatures.messages.letters import LETTER_VARIABLES
from candidatures.models import Application, Decision, Jury, Letter, LetterRule
from candidatures.selectors.sessions import DONE
from candidatures.services.jury import letters
from candidatures.services.jury.letters import Planned
from clea.errors import Refused, StaleWrite
from clea.jobs.services import MANY
from clea.mail.enums import MailState
from clea.mail.rendering import to_html
from clea.ui.desk import DeskItem

if TYPE_CHECKING:
    _Base = JuryPages
else:
    _Base = object

MAIL_TONES = {
    MailState.DRAFT: "attention",
    MailState.APPROVED: "open",
    MailState.SENT: "done",
    MailState.FAILED: "stop",
    MailState.CANCELLED: "idle",
}
#: The box of a dossier among the letters to draft.
BOX = "dossier"


class LettersMixin(_Base):
    """Each page is found by the jury's ``uuid``, within the walls."""

    def jury_urls(self) -> list[URLPattern]:
        return [
            self.address("courriers/", self.letters_page, "letters"),
            self.address("courriers/preparer/", self.letters_draft_page, "letters_draft"),
            self.address("courriers/<uuid:dossier_key>/apercu/", self.letter_page, "letter"),
            self.address("courriers/regles/ajouter/", self.letter_rule_add_page, "letter_rule_add"),
            self.address("courriers/regles/<uuid:rule_key>/", self.letter_rule_page, "letter_rule"),
            self.address("courriers/regles/<uuid:rule_key>/deplacer/", self.letter_rule_move_page, "letter_rule_move"),
            *super().jury_urls(),
        ]

    # The list ----------------------------------------------------------------------------------

    def letters_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Every dossier that is due a letter, what stops it, and the rules in their order."""
        return self._letters(request, self.jury(request, key))

    def _letters(self, request: HttpRequest, jury: Jury, form: DraftForm | None = None) -> HttpResponse:
        planned = letters.preview(jury)
        lines = [_line(row, request) for row in planned]
        outbox = reverse("admin:mail_outgoingmail_changelist")
        return self.jury_page(
            request,
            "admin/candidatures/jury/letters.html",
            jury=jury,
            title=_("Courriers"),
            tab="letters",
            lines=lines,
            counts=_counts(planned),
            ready=sum(row.ready for row in planned),
            form=form or DraftForm(initial={"answer_by": letters.default_answer_by(jury)}),
            box=BOX,
            rules=_rules(jury),
            outbox=f"{outbox}?kind={letters.KIND}&state__exact={MailState.DRAFT}",
        )

    def letters_draft_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Draft the letters of the dossiers ticked; they wait in the outbox."""
        jury = self.jury(request, key)
        back = HttpResponseRedirect(reverse("admin:candidatures_jury_letters", args=[jury.uuid]))
        if request.method != "POST":
            return back
        form = DraftForm(request.POST)
        if not form.is_valid():
            return self._letters(request, jury, form)
        chosen = list(Application.objects.filter(call=jury.call_id, uuid__in=uuids(request.POST.getlist(BOX))))
        wanted: dict[str, Any] = {
            "by": person(request), "jury": jury, "applications": chosen, "answer_by": form.cleaned_data["answer_by"]
        }  # fmt: skip
        try:
            if len(chosen) > MANY:
                job = jobs.start_letters(**wanted, back_url=back.url)
                return HttpResponseRedirect(job.get_absolute_url())
            drafted = letters.draft(**wanted)
        except (Refused, ValidationError) as error:
            refuse(form, error)
            return self._letters(request, jury, form)
        if drafted:
            messages.success(
                request,
                ngettext(
                    "Un courrier est préparé : relisez-le dans la boîte d'envoi, puis approuvez-le pour qu'il parte.",
                    "%(n)d courriers sont préparés : relisez-les dans la boîte d'envoi, puis approuvez-les.",
                    len(drafted),
                )
                % {"n": len(drafted)},
            )
        else:
            messages.info(request, _("Ces courriers étaient déjà préparés : rien n'a été ajouté."))
        return back

    def letter_page(self, request: HttpRequest, key: UUID, dossier_key: UUID) -> HttpResponse:
        """The letter of a dossier as it would be drafted now."""
        jury = self.jury(request, key)
        application = Application.objects.filter(call=jury.call_id, uuid=dossier_key).first()
        found = letters.preview(jury, [application]) if application is not None else []
        if not found or found[0].rule is None:
            raise Http404
        (row,) = found
        assert row.rule is not None
        return self.jury_page(
            request,
            "admin/candidatures/jury/letters_one.html",
            jury=jury,
            title=_("Courrier pour %(name)s") % {"name": row.case.application.display_name},
            tab="letters",
            row=row,
            text=_shown(row.rule, row, jury, letters.default_answer_by(jury)),
            box=BOX,
        )

    # Rules -------------------------------------------------------------------------------------

    def letter_rule_add_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """A new rule, tried after the others."""
        jury = self.jury(request, key)
        return self._rule(request, jury, LetterRule(jury=jury), _("Ajouter une règle de courrier"))

    def letter_rule_page(self, request: HttpRequest, key: UUID, rule_key: UUID) -> HttpResponse:
        """Change a rule, or see what it writes to a real dossier before saving it."""
        jury = self.jury(request, key)
        return self._rule(request, jury, self._one_rule(jury, rule_key), _("Règle de courrier"))

    def letter_rule_move_page(self, request: HttpRequest, key: UUID, rule_key: UUID) -> HttpResponse:
        """One step up or down."""
        jury = self.jury(request, key)
        rule = self._one_rule(jury, rule_key)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            letters.move_rule(by=person(request), rule=rule, up=request.POST.get("sens") != "bas")
        except Refused as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(f"{reverse('admin:candidatures_jury_letters', args=[jury.uuid])}#regles")

    @staticmethod
    def _one_rule(jury: Jury, rule_key: UUID) -> LetterRule:
        rule = jury.letter_rules.filter(uuid=rule_key).first()
        if rule is None:
            raise Http404
        return rule

    def _rule(self, request: HttpRequest, jury: Jury, rule: LetterRule, title: str) -> HttpResponse:
        mark = letters.rule_mark(rule) if rule.pk else ""
        stored: LetterRule | None = None
        form = RuleForm(request.POST or None, instance=rule, mark=mark)
        if request.method == "POST" and form.is_valid() and "apercu" not in request.POST:
            try:
                letters.save_rule(by=person(request), jury=jury, rule=rule, seen=form.cleaned_data["seen"] or None)
            except StaleWrite as stale:
                form.add_error(None, str(stale))
                form.look_again(mark)
                stored = LetterRule.objects.get(pk=rule.pk)
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(
                    request, _("La règle est enregistrée. Les courriers déjà préparés gardent leur texte.")
                )
                return HttpResponseRedirect(f"{reverse('admin:candidatures_jury_letters', args=[jury.uuid])}#regles")
        sample, text = self._tried(request, jury, form)
        return self.jury_page(
            request,
            "admin/candidatures/jury/letters_rule.html",
            jury=jury,
            title=title,
            tab="letters",
            form=form,
            sample=sample,
            text=text,
            stored=stored,
            variables=LETTER_VARIABLES.items(),
        )

    @staticmethod
    def _tried(request: HttpRequest, jury: Jury, form: RuleForm) -> tuple[SampleForm, dict[str, Any] | None]:
        """The text as typed, filled for the dossier chosen; the first it suits otherwise."""
        planned = letters.preview(jury)
        outcome = form.instance.outcome
        suits = sorted(planned, key=lambda row: row.outcome != outcome)
        choices = [
            (str(row.case.application.uuid), f"{row.case.application.display_name} – {row.outcome.label}")
            for row in suits
        ]
        sample = SampleForm(request.POST or None, choices=choices)
        wanted = request.POST.get("dossier", "")
        row = next((row for row in suits if str(row.case.application.uuid) == wanted), suits[0] if suits else None)
        if row is None or not form.instance.body:
            return sample, None
        try:
            letters.check_texts(form.instance)
        except Refused as error:
            if form.is_bound and not form.errors:
                refuse(form, error)
            return sample, None
        return sample, _shown(form.instance, row, jury, letters.default_answer_by(jury))


def _shown(rule: LetterRule, row: Planned, jury: Jury, answer_by: datetime) -> dict[str, Any]:
    text = letters.render(rule, row.case, jury, answer_by)
    return {
        "to": row.case.application.owner.email,
        "name": row.case.application.display_name,
        "language": text.language,
        "subject": text.subject,
        "html": to_html(text.body),
    }


def _line(row: Planned, request: HttpRequest) -> dict[str, Any]:
    """A dossier among the letters, as the desk reads it."""
    case = row.case
    letter = case.letter if not case.to_write else None
    if letter is not None:
        state, tone = letter.mail.get_state_display(), MAIL_TONES[MailState(letter.mail.state)]
    elif row.blocked:
        state, tone = _("à régler d'abord"), "stop"
    elif row.rule is None:
        state, tone = _("aucune règle"), "stop"
    else:
        state, tone = _("à préparer"), "partial"
    ticked = request.POST.getlist(BOX) if request.method == "POST" else None
    key = str(case.application.uuid)
    return {
        "row": row,
        "case": case,
        "letter": letter,
        "state": state,
        "tone": tone,
        "checked": row.ready if ticked is None else key in ticked,
    }


def _counts(planned: list[Planned]) -> dict[str, int]:
    states = Counter(row.case.letter.mail.state for row in planned if not row.case.to_write and row.case.letter)
    return {
        "to_write": sum(row.case.to_write for row in planned),
        "drafts": states[MailState.DRAFT],
        "sent": states[MailState.SENT],
        "failed": states[MailState.FAILED],
    }


def _rules(jury: Jury) -> list[dict[str, Any]]:
    rows = list(jury.letter_rules.all())
    return [
        {"rule": rule, "first": place == 0, "last": place == len(rows) - 1, "english": bool(rule.body_en)}
        for place, rule in enumerate(rows)
    ]


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """Dossiers whose decision nobody wrote to the artist, by jury. One query."""
    juries = juries_in_hand(request)
    calls = [jury.call_id for jury in juries]
    # Of these juries alone: the letters and the decisions of twenty years are left where they are.
    standing = Decision.objects.filter(session__jury__in=juries, session__state__in=DONE).values("application")
    written = (
        Letter.objects.filter(application__call__in=calls, application=OuterRef("pk"))
        .alias(now=ExpressionWrapper(OuterRef("state"), output_field=CharField()))
        .exclude(mail__state=MailState.CANCELLED)
    )
    # As ``selectors.answers.Case.due`` says, for the states that the session and the desk give.
    told = {
        ApplicationState.RESERVE: [LetterOutcome.RESERVE],
        ApplicationState.DECLINED: [LetterOutcome.DECLINED],
        ApplicationState.SELECTED: [LetterOutcome.SELECTED, LetterOutcome.CALLED],
        ApplicationState.INELIGIBLE: [LetterOutcome.INELIGIBLE],
        ApplicationState.ELSEWHERE: [LetterOutcome.ELSEWHERE],
    }
    says = Q()
    for state, outcomes in told.items():
        says |= Q(now=state, outcome__in=outcomes)
    rows = (
        Application.objects.filed()
        .filter(~Exists(written.filter(says)), call__in=calls, state__in=told, call__closes_at__lte=timezone.now())
        .filter(Q(state__in=[ApplicationState.INELIGIBLE, ApplicationState.ELSEWHERE]) | Q(pk__in=standing))
        .values("call__jury__uuid", "call__title")
        .annotate(n=Count("pk"))
        .order_by("call__title")
    )
    return [
        DeskItem(
            label=ngettext_lazy("courrier de décision à préparer", "courriers de décision à préparer"),
            count=row["n"],
            url=reverse("admin:candidatures_jury_letters", args=[row["call__jury__uuid"]]),
            urgency="soon",
            detail=row["call__title"],
        )
        for row in rows
    ]
