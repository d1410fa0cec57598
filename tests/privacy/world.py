"""A season whose process is over, and the search for what is left of a person, in every column and every file."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from candidatures.enums import ApplicationState, SessionState
from candidatures.models import (
    Application,
    Call,
    Collaborator,
    ContactMessage,
    Decision,
    DiscussionComment,
    InterviewInvitation,
    InterviewNote,
    JurySession,
    Member,
    Minutes,
    OutsideDecision,
)
from candidatures.services.desk import grant_extension
from candidatures.services.jury import minutes as minutes_service
from clea.journal import services as journal
from clea.mail.models import OutgoingMail
from clea.privacy import everywhere
from structures.models import TerritoryMembership
from tests.factories.accounts import UserFactory
from tests.factories.candidatures import (
    ApplicationFactory,
    ContactMessageFactory,
    InvitationFactory,
    file_again,
)
from tests.factories.jury import JurorFactory, JuryFactory, RecusalFactory, ReviewFactory, eligible, read_by

#: In every text of the person who goes; nobody else's.
MARK = "Zyxwéa"
ADDRESS = "zyxwea@exemple.test"
stored = everywhere.stored
MONTHS = timedelta(days=120)


def coordinator(call: Any) -> Any:
    user = UserFactory(is_staff=True)
    TerritoryMembership.objects.create(user=user, territory=call.territory)
    return user


def process(*, whole: bool = False) -> dict[str, Any]:
    """A call whose results are four months old: one dossier that goes, with all that may hang from it; one that
    was selected; one whose artist agreed to be kept in touch with. ``whole``: with its files and its messages."""
    jury = JuryFactory()
    call = jury.call
    today = timezone.localdate()
    Call.objects.filter(pk=call.pk).update(results_on=today - MONTHS)
    call.refresh_from_db()
    agent = coordinator(call)
    owner = UserFactory(first_name=MARK, last_name=MARK, email=ADDRESS)
    words = {"artist_name": MARK, "practice": MARK, "territory_link": MARK, "address": MARK}
    gone: Any
    if whole:
        gone = ApplicationFactory(call=call, owner=owner, submitted=True, **words)
        file_again(gone)
    else:
        gone = eligible(call, 1)[0]
        Application.objects.filter(pk=gone.pk).update(owner=owner, **words)
        gone.refresh_from_db()
    Member.objects.create(application=gone, name=MARK)
    if whole:
        grant_extension(by=agent, call=call, user=owner, until=timezone.now() + timedelta(days=1), reason=MARK)
    (selected,) = eligible(call, 1, state=ApplicationState.SELECTED)
    (agreed,) = eligible(call, 1, state=ApplicationState.DECLINED)
    Application.objects.filter(pk=agreed.pk).update(keep_in_touch=True, keep_in_touch_at=timezone.now())
    juror = JurorFactory(jury=jury)
    Application.objects.filter(pk=gone.pk).update(state=ApplicationState.ELIGIBLE)
    gone.refresh_from_db()
    read_by(juror, gone)
    ReviewFactory(juror=juror, application=gone, comment=MARK, private_notes=MARK, notes=[4, 3])
    DiscussionComment.objects.create(application=gone, author=juror.user, juror=juror, text=MARK)
    InterviewNote.objects.create(application=gone, author=juror.user, text=MARK)
    InterviewInvitation.objects.create(application=gone, book_by=timezone.now())
    RecusalFactory(juror=JurorFactory(jury=jury), application=gone, words=MARK)
    OutsideDecision.objects.create(application=gone, territory="Ailleurs", jury_on=today, words=MARK)
    InvitationFactory(application=gone, email=f"ami-{ADDRESS}")
    Collaborator.objects.create(application=gone, user=UserFactory())
    session = JurySession.objects.create(
        jury=jury, held_on=today - MONTHS, state=SessionState.CLOSED, settled_at=timezone.now()
    )
    for row in (gone, selected, agreed):
        Decision.objects.create(
            session=session, application=row, outcome="declined", reason=MARK if row == gone else ""
        )
    Minutes.objects.create(session=session, data=_minutes(session, gone, selected))
    Application.objects.filter(pk=gone.pk).update(state=ApplicationState.DECLINED)
    asked = ContactMessageFactory(call=call, name="Autre", email="autre@exemple.test", text="Quand ?")
    ContactMessage.objects.filter(pk=asked.pk).update(received_at=timezone.now() - MONTHS)
    Call.objects.filter(pk=call.pk).update(opens_at=timezone.now() - 2 * MONTHS, closes_at=timezone.now() - MONTHS)
    return {"jury": jury, "call": call, "agent": agent, "owner": owner, "gone": Application.objects.get(pk=gone.pk),
            "selected": selected, "agreed": Application.objects.get(pk=agreed.pk), "session": session}  # fmt: skip


def _minutes(session: JurySession, *rows: Application) -> dict[str, Any]:
    """An edition as the service freezes it, for these dossiers."""
    line = {
        "rank": 1, "mean": "12.00", "corrected": "", "interviewed": False, "from_reserve": False, "outcome": "declined",
        "outcome_label": "non retenue", "position": "", "reserve_rank": None, "seats": 2, "needed": 1, "voters": 2,
        "recused": [], "votes": [], "told": False,
    }  # fmt: skip
    call = session.jury.call
    said = [{"number": row.last_deposit.number, "name": str(row), "reason": str(row)} for row in rows]
    return {
        "schema": minutes_service.SCHEMA, "edition": 1, "correction": "",
        "call": {"title": call.title, "reference": "CLEA-2026", "territory": "T", "service": "S", "blind": False},
        "session": {
            "uuid": str(session.uuid), "held_on": session.held_on.isoformat(), "starts_at": "", "ends_at": "",
            "place": "", "chair": "", "chair_institution": "", "secretary": "", "account": "",
            "settled_at": timezone.now().isoformat(), "settled_by": "",
        },
        "quorum": {"percent": 50, "seats": 2, "needed": 1, "present": 2, "institutions": 2, "institutions_needed": 0,
                   "sentence": "2 sur 2"},
        "attendance": [], "positions": [], "free": 0, "left_to_study": 0,
        "recusals": [named | {"member": "M"} for named in said[:1]],
        "decisions": [line | named for named in said],
    }  # fmt: skip


def traces_of(*marks: str) -> set[str]:
    """Where any of these words still stands."""
    return set().union(*everywhere.traces_of(marks).values())


def mails_about(application: Application) -> int:
    return OutgoingMail.objects.filter(about_id=str(application.uuid)).count()


def chain_holds() -> bool:
    return journal.verify().ok and connection.vendor in {"sqlite", "postgresql"}
