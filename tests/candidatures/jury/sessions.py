"""What the tests of the session share: a committee of eight seats, ready to sit."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from candidatures.enums import JurorRole, Outcome, Presence
from candidatures.models import Application, JurySession
from candidatures.services.jury import sessions
from tests.factories.accounts import UserFactory
from tests.factories.jury import JurorFactory, JuryFactory, eligible
from tests.factories.structures import CoordinatorFactory, InstitutionFactory


def committee(members: int = 4, dossiers: int = 6, *, territory: Any = None, **rules: Any) -> SimpleNamespace:
    """A jury of ``members`` seats (the first presides) of two institutions, and its admissible dossiers."""
    jury = JuryFactory(**({"territory": territory} if territory else {}), **rules)
    desk = CoordinatorFactory(territory=jury.territory)
    homes = [InstitutionFactory(territory=jury.territory) for _n in range(2)]
    jurors = [
        JurorFactory(
            jury=jury,
            institution=homes[n % 2],
            role=JurorRole.PRESIDENT if n == 0 else JurorRole.MEMBER,
            user=UserFactory(first_name="Membre", last_name=f"Numéro{n}"),
        )
        for n in range(members)
    ]
    return SimpleNamespace(
        jury=jury, call=jury.call, by=desk, jurors=jurors, homes=homes, dossiers=eligible(jury.call, dossiers)
    )


def substitute(room: SimpleNamespace, **kwargs: Any) -> Any:
    return JurorFactory(jury=room.jury, institution=room.homes[1], role=JurorRole.SUBSTITUTE, **kwargs)


def held(room: SimpleNamespace, *, absent: int = 0, **kwargs: Any) -> JurySession:
    """A session of yesterday where everybody came but the last ``absent`` members."""
    session = sessions.open_session(
        by=room.by,
        jury=room.jury,
        held_on=timezone.localdate() - timedelta(days=1),
        chair=room.jurors[0],
        secretary="Camille Secrétaire",
        place="Maison des arts",
        **kwargs,
    )
    present(room, session, absent=absent)
    return session


def present(room: SimpleNamespace, session: JurySession, *, absent: int = 0, instead: Any = ()) -> None:
    """``instead``: pairs of a substitute and whom they replace."""
    here = len(room.jurors) - absent
    rows: list[Any] = [(juror, Presence.PRESENT, None) for juror in room.jurors[:here]]
    rows += [(juror, Presence.EXCUSED, None) for juror in room.jurors[here:]]
    rows += [(person, Presence.REMOTE, seat) for person, seat in instead]
    sessions.attend(by=room.by, session=session, rows=rows)


def decided(room: SimpleNamespace, session: JurySession, *, selected: int = 1, reserve: int = 2) -> None:
    """The first dossiers are retained, the next in reserve, the others not."""
    first, second = room.dossiers[:selected], room.dossiers[selected : selected + reserve]
    if first:
        sessions.decide_many(by=room.by, session=session, applications=first, outcome=Outcome.SELECTED)
    if second:
        sessions.decide_many(by=room.by, session=session, applications=second, outcome=Outcome.RESERVE)
    sessions.decline_rest(by=room.by, session=session)


def states(room: SimpleNamespace) -> list[str]:
    """Where each dossier stands, in their order."""
    found = dict(Application.objects.filter(call=room.call).values_list("pk", "state"))
    return [found[row.pk] for row in room.dossiers]
