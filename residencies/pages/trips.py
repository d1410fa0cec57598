"""The page where an artist writes a trip: count first, then send; files stay received whatever happens.

Without JavaScript: each button posts the whole form. Files are stored at the first send, and the line keeps
their key: a page cannot fill a file in again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from candidatures.admin.common import refuse, whole
from clea.errors import Forbidden, Refused
from clea.ui import limits
from clea.ui.recovery import recovered
from residencies.enums.money import TravelMode
from residencies.forms.trips import MORE, LineForm, TripForm, initial_line, initial_of, line_formset
from residencies.models import Period, Residency, TripClaim
from residencies.rules.trips import MOST_LINES
from residencies.selectors import trips as selectors
from residencies.services import trips

if TYPE_CHECKING:
    from clea.accounts.models import User

#: Refused ones included.
UPLOADS = limits.limit("residencies", "receipt", "60/h/user", "a receipt of a trip")
_LINE = tuple(LineForm.base_fields)


class TripPage:
    """One request of the form. ``made`` is the claim once it is sent."""

    def __init__(
        self, request: HttpRequest, by: User, residency: Residency, period: Period, mode: str, claim: TripClaim | None
    ) -> None:
        self.by, self.residency, self.period, self.mode, self.claim = by, residency, period, mode, claim
        self.made: TripClaim | None = None
        self.counted: trips.Count | None = None
        self.status = 200
        if request.method == "POST":
            self._answer(request)
        else:
            self._show(recovered(request))

    # What is shown --------------------------------------------------------------------------

    @property
    def told(self) -> selectors.Told | None:
        """The calculation, as the claim's own page will show it."""
        if self.counted is None:
            return None
        ways = selectors.ways(self.counted.worth.kept)
        return selectors.Told(self.counted.claim, self.counted.lines, ways, self.counted.amount)

    @property
    def can_send(self) -> bool:
        return self.counted is not None and bool(self.counted.verdict)

    @property
    def can_add_lines(self) -> bool:
        return self.lines.total_form_count() < MOST_LINES

    def _show(self, typed: QueryDict | None, more: int = 0) -> None:
        """The form as it was typed, nothing checked yet; else as the claim is, or blank."""
        at_hand = selectors.receipts_at_hand(self.residency, self.claim)
        if typed is not None:
            initial: dict[str, Any] = {name: typed.get(name) for name in TripForm.base_fields if name in typed}
            rows = [{name: typed.get(f"lignes-{n}-{name}") for name in _LINE} for n in range(_total(typed) + more)][
                :MOST_LINES
            ]
            # The blank ones at the end come by themselves.
            while rows and not any(rows[-1].values()) and not more:
                rows.pop()
        elif self.claim is not None:
            initial = initial_of(self.claim)
            rows = [initial_line(line) for line in self.claim.lines.select_related("receipt")]
        else:
            initial, rows = {"home_city": self.residency.home_city}, []
        self.form = TripForm(mode=self.mode, period=self.period, initial=initial)
        self.lines = line_formset(None, at_hand=at_hand, initial=rows)

    # What is sent ---------------------------------------------------------------------------

    def _answer(self, request: HttpRequest) -> None:
        data = request.POST.copy()
        errors = self._receive(request, data)
        act = data.get("action")
        if act == "more" and not errors:
            self._show(data, more=MORE)
            return
        data["lignes-INITIAL_FORMS"] = "0"
        at_hand = selectors.receipts_at_hand(self.residency, self.claim)
        self.form = TripForm(data, mode=self.mode, period=self.period)
        self.lines = line_formset(data, at_hand=at_hand)
        for n, words in errors.items():
            self.lines.forms[n].file_error = words
        if self.form.is_valid() & self.lines.is_valid():
            try:
                self._count(send=act == "send")
            except Forbidden:
                raise
            except (Refused, ValidationError) as error:
                refuse(self.form, error)
        if self.form.errors or not self.lines.is_valid():
            self.status = 422
        # What the person reads now is what a later "send" answers to.
        data["seen"] = str(self.counted.amount) if self.counted is not None else ""

    def _count(self, *, send: bool) -> None:
        facts, lines = self.form.facts(), self.lines.lines()
        self.counted = trips.count(residency=self.residency, facts=facts, lines=lines, claim=self.claim)
        if not self.counted.verdict:
            self.form.add_error(None, str(self.counted.verdict.reason))
            return
        seen = self.form.cleaned_data["seen"]
        if not send or seen is None:
            return
        if self.claim is None:
            self.made = trips.claim(by=self.by, residency=self.residency, facts=facts, lines=lines, seen=seen)
        else:
            version = self.form.cleaned_data["version"]
            self.made = trips.change(by=self.by, claim=self.claim, facts=facts, lines=lines, version=version, seen=seen)

    def _receive(self, request: HttpRequest, data: QueryDict) -> dict[int, str]:
        """Store each file of the request, and write its key in its line. What is wrong, by line."""
        errors = {}
        for n in range(min(_total(data), MOST_LINES + MORE)):
            kept = f"lignes-{n}-kept"
            if data.pop(f"lignes-{n}-drop", None):
                data[kept] = ""
            upload = request.FILES.get(f"lignes-{n}-file")
            if upload is None:
                continue
            try:
                _require_pace(request)
                data[kept] = str(trips.keep_receipt(by=self.by, residency=self.residency, upload=upload).uuid)
            except Forbidden:
                raise
            except Refused as error:
                errors[n] = str(error)
        return errors


def _require_pace(request: HttpRequest) -> None:
    """Each file is opened and drawn again, which costs seconds."""
    if seconds := limits.wait(request, UPLOADS):
        raise Refused(
            _("Vous avez envoyé soixante fichiers en une heure. Rien n'est perdu : reprenez %(when)s.")
            % {"when": limits.later(seconds)},
            code="too_many",
        )


def _total(data: QueryDict) -> int:
    return min(whole(data.get("lignes-TOTAL_FORMS", "")) or 0, MOST_LINES + MORE)


def mode_of(word: str) -> str | None:
    """``train``, ``voiture`` in an address."""
    return {"train": TravelMode.TRAIN, "voiture": TravelMode.CAR}.get(word)


def word_of(mode: str) -> str:
    return "voiture" if mode == TravelMode.CAR else "train"
