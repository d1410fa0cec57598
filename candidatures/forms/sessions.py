"""What the coordination sends about a session: its day, who sits, one decision, ranks, the signed paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidatures.enums import JurorRole, Outcome, Presence
from candidatures.forms.base import Textarea
from candidatures.models import Decision, Juror, JurySession, Position

if TYPE_CHECKING:
    from candidatures.selectors.sessions import Member, Room

    _Form = forms.Form
else:
    _Form = forms.Form


class VersionedForm(_Form):
    """A form that says what its page showed, so that nobody is overwritten unawares."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def look_again(self, mark: str) -> None:
        """After a stale write: what was typed stays, and now answers to what is there."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data[self.add_prefix("seen")] = mark  # type: ignore[index]


def _date(**kwargs: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


def _time(label: Any) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, required=False, widget=widget)


class SessionForm(VersionedForm):
    """The day, the place, who chairs, who keeps the minutes, the account."""

    held_on = _date(
        label=gettext_lazy("Date de la séance"),
        help_text=gettext_lazy("Elle fait foi entre territoires : le premier à se prononcer accueille l'artiste."),
    )
    starts_at = _time(gettext_lazy("Ouverture"))
    ends_at = _time(gettext_lazy("Levée"))
    place = forms.CharField(label=gettext_lazy("Lieu"), max_length=300, required=False)
    chair = forms.ModelChoiceField(
        Juror.objects.none(),
        label=gettext_lazy("Présidence de séance"),
        required=False,
        empty_label=gettext_lazy("À désigner"),
    )
    secretary = forms.CharField(label=gettext_lazy("Secrétariat de séance"), max_length=200, required=False)
    account = forms.CharField(
        label=gettext_lazy("Déroulé de la séance"),
        max_length=10000,
        required=False,
        widget=Textarea(attrs={"rows": 8, "cols": 60}),
        help_text=gettext_lazy("Facultatif, en Markdown. Repris tel quel dans le procès-verbal."),
    )

    def __init__(self, data: Any = None, *, jurors: Sequence[Juror], session: JurySession | None = None) -> None:
        initial = {}
        if session is not None:
            initial = {name: getattr(session, name) for name in self.base_fields if name not in {"seen", "chair"}}
            initial |= {"chair": session.chair_id, "seen": str(session.version)}
        super().__init__(data, initial=initial, auto_id="seance_%s")
        field: Any = self.fields["chair"]
        field.queryset = Juror.objects.filter(pk__in=[juror.pk for juror in jurors])
        # Rows already read: the list costs no query to show.
        field.choices = [("", field.empty_label), *((juror.pk, str(juror)) for juror in jurors)]

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class AttendanceForm(VersionedForm):
    """A presence for each member; for a substitute, whose seat they take."""

    def __init__(self, data: Any = None, *, room: Room) -> None:
        self.room = room
        initial: dict[str, Any] = {"seen": str(room.session.version)}
        for member in room.members:
            initial[f"presence_{member.juror.pk}"] = member.row.presence if member.row else ""
            initial[f"replaces_{member.juror.pk}"] = (member.row.replaces_id or "") if member.row else ""
        super().__init__(data, initial=initial, auto_id="presences_%s")
        for member in room.members:
            juror = member.juror
            self.fields[f"presence_{juror.pk}"] = forms.ChoiceField(
                label=_("Présence : %(name)s") % {"name": juror},
                choices=[("", _("à noter")), *Presence.choices],
                required=False,
            )
            if juror.role == JurorRole.SUBSTITUTE:
                self.fields[f"replaces_{juror.pk}"] = forms.TypedChoiceField(
                    label=_("Siège de : %(name)s") % {"name": juror},
                    choices=[("", _("aucun siège")), *((seat.pk, str(seat)) for seat in self._seats_for(juror))],
                    coerce=int,
                    empty_value=None,
                    required=False,
                )

    def _seats_for(self, juror: Juror) -> list[Juror]:
        """Whose seat this substitute may take."""
        return [
            member.juror
            for member in self.room.members
            if member.juror.role != JurorRole.SUBSTITUTE and juror.substitute_for_id in (None, member.juror.pk)
        ]

    def lines(self) -> list[tuple[Member, forms.BoundField, forms.BoundField | None]]:
        found = []
        for member in self.room.members:
            replaces = f"replaces_{member.juror.pk}"
            found.append(
                (member, self[f"presence_{member.juror.pk}"], self[replaces] if replaces in self.fields else None)
            )
        return found

    def rows(self) -> list[tuple[Juror, str, Juror | None]]:
        found = []
        for member in self.room.members:
            presence = self.cleaned_data[f"presence_{member.juror.pk}"]
            seat = self.cleaned_data.get(f"replaces_{member.juror.pk}")
            if presence:
                found.append((member.juror, presence, self.room.by_key.get(seat) if seat else None))
        return found


class DecisionForm(VersionedForm):
    """All that a session writes about one dossier."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Décision"),
        choices=[("", gettext_lazy("à décider")), *Outcome.choices],
        required=False,
        widget=forms.RadioSelect,
    )
    position = forms.ModelChoiceField(
        Position.objects.none(),
        label=gettext_lazy("Résidence"),
        required=False,
        empty_label=gettext_lazy("À préciser"),
        help_text=gettext_lazy("Pour une candidature retenue."),
    )
    rank = forms.IntegerField(label=gettext_lazy("Rang retenu"), min_value=1, max_value=9999, required=False)
    reserve_rank = forms.IntegerField(
        label=gettext_lazy("Rang en liste complémentaire"),
        min_value=1,
        max_value=9999,
        required=False,
        help_text=gettext_lazy("Les autres rangs se décalent : la liste va toujours de 1 à n, sans trou."),
    )
    votes_for = forms.IntegerField(label=gettext_lazy("Voix pour"), min_value=0, max_value=99, required=False)
    votes_against = forms.IntegerField(label=gettext_lazy("Voix contre"), min_value=0, max_value=99, required=False)
    votes_blank = forms.IntegerField(
        label=gettext_lazy("Abstentions"),
        min_value=0,
        max_value=99,
        required=False,
        help_text=gettext_lazy("Facultatif : laissez les trois vides si le jury a décidé par consensus."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Motif"),
        max_length=2000,
        required=False,
        widget=Textarea(attrs={"rows": 5, "cols": 60}),
        help_text=gettext_lazy(
            "Facultatif : la motivation d'un refus n'est pas obligatoire. Il figure au procès-verbal."
        ),
    )
    tell_reason = forms.BooleanField(label=gettext_lazy("Communiquer ce motif à l'artiste"), required=False)

    def __init__(self, data: Any = None, *, row: Decision, mark: str, positions: Iterable[Position]) -> None:
        names = set(self.base_fields) - {"seen", "position"}
        initial = {name: getattr(row, name) for name in names}
        super().__init__(data, initial=initial | {"seen": mark, "position": row.position_id})
        field: Any = self.fields["position"]
        positions = list(positions)
        if len(positions) < 2:
            # Nobody has to choose: the one residency of the call.
            del self.fields["position"]
            return
        field.queryset = Position.objects.filter(pk__in=[position.pk for position in positions])
        field.choices = [("", field.empty_label), *((row.pk, str(row)) for row in positions)]

    def values(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        votes = (data.pop("votes_for"), data.pop("votes_against"), data.pop("votes_blank"))
        return {"position": None, **data, "votes": votes, "seen": data["seen"]}


class ProposeForm(VersionedForm):
    """Where to start from, and how many dossiers to put in reserve after those retained."""

    source = forms.ChoiceField(
        label=gettext_lazy("Partir de"),
        choices=[("ranking", gettext_lazy("le classement")), ("set", gettext_lazy("l'ensemble retenu"))],
    )
    corrected = forms.BooleanField(label=gettext_lazy("Suivre les moyennes corrigées"), required=False)
    reserve = forms.IntegerField(
        label=gettext_lazy("Puis en liste complémentaire"), min_value=0, max_value=100, initial=5
    )

    def __init__(self, data: Any = None, *, mark: str, has_set: bool) -> None:
        super().__init__(data, initial={"seen": mark}, auto_id="depart_%s")
        if not has_set:
            source: Any = self.fields["source"]
            source.choices = source.choices[:1]


class SettleForm(VersionedForm):
    """What is confirmed."""

    recusal_reasons = forms.BooleanField(
        label=gettext_lazy("Écrire au procès-verbal le motif de chaque déport"),
        required=False,
        help_text=gettext_lazy(
            "Sinon, il dit seulement qui s'est déporté de quel dossier. Les précisions du membre n'y figurent jamais."
        ),
    )


class CorrectForm(_Form):
    """Why a settled session is reopened."""

    reason = forms.CharField(
        label=gettext_lazy("Motif de la correction"),
        max_length=2000,
        widget=Textarea(attrs={"rows": 4, "cols": 60}),
        help_text=gettext_lazy("Il figure au prochain procès-verbal. La rouverture est inscrite au journal."),
    )


class SignedForm(_Form):
    """The signed paper, scanned."""

    fichier = forms.FileField(
        label=gettext_lazy("Procès-verbal signé (PDF)"),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf"}),
    )
