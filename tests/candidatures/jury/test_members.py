"""A jury is built: people are invited by address, accept or decline, change, leave."""

from __future__ import annotations

import re
import threading
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse

from candidatures.enums import JurorRole
from candidatures.models import Assignment, Juror, Jury
from candidatures.selectors import panel
from candidatures.services.jury import members, roster
from clea.accounts.models import User
from clea.errors import Forbidden, Refused, StaleWrite
from clea.journal.models import Entry
from clea.mail.models import OutgoingMail
from tests.factories.accounts import UserFactory
from tests.factories.candidatures import CallFactory, CollaboratorFactory
from tests.factories.jury import JurorFactory, JuryFactory, RecusalFactory, ReviewFactory, eligible, read_by
from tests.factories.structures import CoordinatorFactory, InstitutionFactory

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def jury():
    return JuryFactory()


@pytest.fixture
def by(jury):
    return CoordinatorFactory(territory=jury.territory)


@pytest.fixture
def institution(jury):
    return InstitutionFactory(territory=jury.territory, name="Direction des affaires culturelles")


def invite(by, jury, institution, **changes):
    values = {
        "email": "nouvelle@exemple.test",
        "first_name": "Camille",
        "last_name": "Exemple",
        "institution": institution,
        "role": JurorRole.MEMBER,
    } | changes
    return members.invite(by=by, jury=jury, **values)


def verbs():
    return list(Entry.objects.filter(verb__startswith="jury.").order_by("seq").values_list("verb", flat=True))


# The jury ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("closes_at", "interviews_from", "jury_on", "expected"),
    [
        # "15 février inclus" is stored as the 16th at midnight.
        (datetime(2026, 2, 16, tzinfo=PARIS), date(2026, 3, 2), date(2026, 3, 9), (16, date(2026, 3, 1))),
        (datetime(2026, 2, 15, 12, tzinfo=PARIS), None, date(2026, 3, 9), (16, date(2026, 3, 8))),
        (datetime(2026, 2, 16, tzinfo=PARIS), None, None, (16, None)),
        # Interviews the very next day leave no day to read before them.
        (datetime(2026, 2, 16, tzinfo=PARIS), date(2026, 2, 16), None, (16, None)),
    ],
)
def test_a_jury_takes_its_dates_from_the_call(closes_at, interviews_from, jury_on, expected):
    call = CallFactory(
        complete=True,
        opens_at=closes_at - timedelta(days=60),
        closes_at=closes_at,
        interviews_from=interviews_from,
        interviews_to=interviews_from,
        jury_on=jury_on,
    )
    jury = members.create(by=CoordinatorFactory(territory=call.territory), call=call)
    assert (jury.reads_from, jury.reads_to) == (date(2026, 2, expected[0]), expected[1])
    assert jury.letter_rules.exists()


def test_a_call_has_one_jury_however_often_it_is_asked_for():
    call = CallFactory(complete=True, closed=True)
    by = CoordinatorFactory(territory=call.territory)
    first = members.create(by=by, call=call)
    assert members.create(by=by, call=call) == first
    assert Jury.objects.count() == 1
    assert verbs().count("jury.created") == 1


def test_only_the_territory_s_coordination_builds_a_jury(jury, institution):
    stranger = CoordinatorFactory()
    juror = JurorFactory(jury=jury)
    acts = [
        lambda: members.create(by=stranger, call=jury.call),
        lambda: invite(stranger, jury, institution),
        lambda: members.change(by=stranger, juror=juror, institution=institution, role=JurorRole.MEMBER),
        lambda: members.remove(by=stranger, juror=juror, reason="Non."),
        lambda: members.open_discussion(by=stranger, jury=jury),
        lambda: members.show_identities(by=stranger, jury=jury, reason="Non."),
    ]
    for act in acts:
        with pytest.raises(Forbidden):
            act()
    assert verbs() == []


# Invitations ---------------------------------------------------------------------------------


def test_an_invitation_opens_an_account_without_a_password_and_is_written_at_once(
    by, jury, institution, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        juror = invite(by, jury, institution, email=" Nouvelle@Exemple.test ")
    assert juror.user.email == "nouvelle@exemple.test"
    assert not juror.user.has_usable_password()
    address = EmailAddress.objects.get(user=juror.user)
    assert (address.verified, address.primary) == (False, True)
    assert juror.joined_at is None
    [message] = mail.outbox
    assert message.to == ["nouvelle@exemple.test"]
    assert jury.get_absolute_url() in message.body
    assert "Aucun mot de passe n'est nécessaire" in message.body
    assert verbs() == ["jury.member_invited"]


def test_somebody_invited_enters_by_the_site_s_own_door_with_a_code(by, jury, institution):
    juror = invite(by, jury, institution)
    browser = Client()
    page = jury.get_absolute_url()
    login = browser.get(page)
    assert login.headers["Location"].startswith(reverse("account_login"))
    answer = browser.post(login.headers["Location"], {"login": juror.user.email, "password": "", "next": page})
    [message] = mail.outbox
    code = re.search(r"^ {4}(\S+)$", str(message.body), re.MULTILINE)
    assert code is not None
    entered = browser.post(answer.headers["Location"], {"code": code[1], "next": page})
    assert browser.session["_auth_user_id"] == str(juror.user.pk)
    assert entered.headers["Location"] == page
    assert EmailAddress.objects.get(user=juror.user).verified
    assert User.objects.filter(email=juror.user.email).count() == 1


def test_a_known_person_keeps_their_name_and_their_account(by, jury, institution):
    known = UserFactory(email="connue@exemple.test", first_name="Élise", last_name="Connue")
    juror = invite(by, jury, institution, email="CONNUE@exemple.test", first_name="Autre", last_name="Nom")
    assert juror.user == known
    known.refresh_from_db()
    assert known.get_full_name() == "Élise Connue"


def test_a_proved_second_address_finds_its_owner(by, jury, institution):
    known = UserFactory()
    EmailAddress.objects.create(user=known, email="seconde@exemple.test", verified=True, primary=False)
    assert invite(by, jury, institution, email="seconde@exemple.test").user == known


def test_a_missing_name_is_filled_in(by, jury, institution):
    UserFactory(email="sansnom@exemple.test", first_name="", last_name="")
    juror = invite(by, jury, institution, email="sansnom@exemple.test", first_name="Camille", last_name="Exemple")
    juror.user.refresh_from_db()
    assert juror.user.get_full_name() == "Camille Exemple"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "pas une adresse"}, "email"),
        ({"last_name": " "}, "last_name"),
    ],
)
def test_what_is_missing_is_said_on_its_field(by, jury, institution, changes, field):
    with pytest.raises(Refused) as refusal:
        invite(by, jury, institution, **changes)
    assert refusal.value.field == field
    assert not Juror.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_nobody_sits_twice(by, jury, institution):
    invite(by, jury, institution)
    with pytest.raises(Refused) as refusal:
        invite(by, jury, institution, role=JurorRole.PRESIDENT)
    assert refusal.value.code == "already_member"
    assert Juror.objects.get().role == JurorRole.MEMBER


def test_an_institution_of_another_territory_does_not_sit(by, jury):
    with pytest.raises(Refused) as refusal:
        invite(by, jury, InstitutionFactory())
    assert refusal.value.field == "institution"


def test_a_disabled_account_is_not_invited(by, jury, institution):
    UserFactory(email="partie@exemple.test", is_active=False)
    with pytest.raises(Refused) as refusal:
        invite(by, jury, institution, email="partie@exemple.test")
    assert refusal.value.code == "inactive"


def test_an_invitation_is_sent_again_but_not_by_a_double_click(by, jury, institution):
    with time_machine.travel("2026-02-20 10:00+01:00", tick=False) as clock:
        juror = invite(by, jury, institution)
        with pytest.raises(Refused):
            members.invite_again(by=by, juror=juror)
        clock.shift(members.PAUSE)
        members.invite_again(by=by, juror=juror)
    assert OutgoingMail.objects.filter(kind="jury.invitation").count() == 2
    members.join(by=juror.user, juror=juror)
    with pytest.raises(Refused) as refusal:
        members.invite_again(by=by, juror=juror)
    assert refusal.value.code == "joined"


# Roles ---------------------------------------------------------------------------------------


def test_a_substitute_replaces_a_member_who_votes_in_the_same_jury(by, jury, institution):
    titular = JurorFactory(jury=jury)
    other_jury = JurorFactory()
    substitute = invite(by, jury, institution, role=JurorRole.SUBSTITUTE, substitute_for=titular)
    assert substitute.substitute_for == titular
    for bad in (other_jury, substitute):
        with pytest.raises(Refused) as refusal:
            members.change(
                by=by, juror=substitute, institution=institution, role=JurorRole.SUBSTITUTE, substitute_for=bad
            )
        assert refusal.value.field == "substitute_for"
    with pytest.raises(Refused) as refusal:
        members.change(by=by, juror=titular, institution=institution, role=JurorRole.SUBSTITUTE)
    assert refusal.value.field == "role"
    # A seat of one's own ends the substitution.
    members.change(by=by, juror=substitute, institution=institution, role=JurorRole.PRESIDENT, substitute_for=titular)
    substitute.refresh_from_db()
    assert (substitute.role, substitute.substitute_for) == (JurorRole.PRESIDENT, None)


def test_two_people_changing_a_member_do_not_overwrite_each_other(by, jury, institution):
    juror = JurorFactory(jury=jury)
    seen = members.member_mark(juror)
    members.change(by=by, juror=juror, institution=institution, role=JurorRole.PRESIDENT, seen=seen)
    with pytest.raises(StaleWrite):
        members.change(by=by, juror=juror, institution=institution, role=JurorRole.MEMBER, seen=seen)
    juror.refresh_from_db()
    assert juror.role == JurorRole.PRESIDENT


# Leaving -------------------------------------------------------------------------------------


def test_removing_a_member_keeps_what_was_filed_and_releases_the_rest(by, jury):
    first, second, third = eligible(jury.call, 3)
    juror = JurorFactory(jury=jury)
    substitute = JurorFactory(jury=jury, role=JurorRole.SUBSTITUTE, substitute_for=juror)
    review = ReviewFactory(juror=juror, application=first, notes=[4, 3])
    ReviewFactory(juror=juror, application=second, draft=True)
    read_by(juror, third)
    with pytest.raises(Refused) as refusal:
        members.remove(by=by, juror=juror, reason="  ")
    assert refusal.value.field == "reason"
    members.remove(by=by, juror=juror, reason="Mutation.")
    juror.refresh_from_db()
    substitute.refresh_from_db()
    assert (juror.is_sitting, juror.left_why) == (False, "Mutation.")
    assert list(Assignment.objects.filter(juror=juror).values_list("application", flat=True)) == [first.pk]
    assert list(type(review).objects.counted().filter(application=first)) == [review]
    assert substitute.substitute_for is None
    assert not Juror.objects.of(juror.user).exists()
    assert Entry.objects.get(verb="jury.member_removed").data["released"] == 2


def test_somebody_removed_is_invited_again_and_accepts_again(by, jury, institution):
    juror = invite(by, jury, institution)
    members.join(by=juror.user, juror=juror)
    members.remove(by=by, juror=juror, reason="Erreur.")
    again = invite(by, jury, institution)
    assert again.pk == juror.pk
    assert (again.is_sitting, again.joined_at, again.left_why) == (True, None, "")


def test_a_member_declines_before_accepting_and_the_coordination_is_told(by, jury):
    juror = JurorFactory(jury=jury, joined_at=None)
    read_by(juror, *eligible(jury.call, 2))
    members.decline(by=juror.user, juror=juror)
    juror.refresh_from_db()
    assert not juror.is_sitting
    assert not Assignment.objects.exists()
    told = OutgoingMail.objects.get(kind="jury.declined")
    assert told.to == jury.call.contact_email
    assert str(juror.user) in told.subject
    with pytest.raises(Forbidden):
        members.join(by=juror.user, juror=juror)


def test_who_accepted_asks_the_coordination_to_leave(jury):
    juror = JurorFactory(jury=jury)
    with pytest.raises(Refused) as refusal:
        members.decline(by=juror.user, juror=juror)
    assert refusal.value.code == "joined"


def test_only_the_person_invited_answers(jury):
    juror = JurorFactory(jury=jury, joined_at=None)
    for act in (members.join, members.decline):
        with pytest.raises(Forbidden):
            act(by=UserFactory(), juror=juror)
    members.join(by=juror.user, juror=juror)
    members.join(by=juror.user, juror=juror)
    assert verbs() == ["jury.member_joined"]
    assert set(Entry.objects.get().data) == {"juror", "charter"}


# Rules, discussion, identities ---------------------------------------------------------------


def rules(**changes):
    return {
        "reads_from": date(2026, 2, 16),
        "reads_to": date(2026, 3, 1),
        "readers_per_dossier": 3,
        "institutions_per_dossier": 2,
        "quorum_percent": 50,
        "quorum_institutions": 0,
        "answer_days": 7,
        "charter": "",
    } | changes


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reads_to": date(2026, 2, 15)}, "reads_to"),
        ({"institutions_per_dossier": 4}, "institutions_per_dossier"),
        ({"readers_per_dossier": 0, "institutions_per_dossier": 0}, "readers_per_dossier"),
        ({"quorum_percent": 101}, "quorum_percent"),
        ({"answer_days": 0}, "answer_days"),
    ],
)
def test_a_rule_that_cannot_be_is_said_on_its_field(by, jury, changes, field):
    with pytest.raises((Refused, ValidationError)) as refusal:
        members.set_rules(by=by, jury=jury, **rules(**changes))
    error: Any = refusal.value
    assert field in ({error.field} if isinstance(error, Refused) else set(error.message_dict))
    assert verbs() == []


def test_rules_are_written_and_the_journal_says_which(by, jury):
    seen = members.rules_mark(jury)
    members.set_rules(by=by, jury=jury, seen=seen, **rules(charter="Je garde le secret."))
    jury.refresh_from_db()
    assert panel.charter(jury) == "Je garde le secret."
    entry = Entry.objects.get(verb="jury.rules_changed")
    assert "charter" in entry.data["fields"]
    assert "secret" not in str(entry.data)
    with pytest.raises(StaleWrite):
        members.set_rules(by=by, jury=jury, seen=seen, **rules(answer_days=10))


def test_the_discussion_opens_and_closes_once_each(by, jury):
    members.open_discussion(by=by, jury=jury)
    opened = members.open_discussion(by=by, jury=jury).discussion_opened_at
    jury.refresh_from_db()
    assert jury.discussion_opened_at == opened
    members.close_discussion(by=by, jury=jury)
    members.close_discussion(by=by, jury=jury)
    jury.refresh_from_db()
    assert not jury.discussion_open
    assert verbs() == ["jury.discussion_opened", "jury.discussion_closed"]


def test_identities_are_shown_once_for_a_reason(by, jury):
    with pytest.raises(Refused) as refusal:
        members.show_identities(by=by, jury=jury, reason="Fin.")
    assert refusal.value.code == "not_blind"
    type(jury.call).objects.filter(pk=jury.call_id).update(blind_reading=True)
    with pytest.raises(Refused) as refusal:
        members.show_identities(by=by, jury=jury, reason="")
    assert refusal.value.field == "reason"
    shown = members.show_identities(by=by, jury=jury, reason="Entretiens.")
    assert (shown.is_blind, shown.identities_why) == (False, "Entretiens.")
    with pytest.raises(Refused) as refusal:
        members.show_identities(by=by, jury=jury, reason="Encore.")
    assert refusal.value.code == "already_shown"


# Progress ------------------------------------------------------------------------------------


def test_progress_counts_what_is_owed_and_nothing_else(jury):
    first, second, third, recused, mine, shared = eligible(jury.call, 6)
    juror = JurorFactory(jury=jury, user=mine.owner)
    CollaboratorFactory(application=shared, user=juror.user)
    ReviewFactory(juror=juror, application=first, notes=[4, 3])
    ReviewFactory(juror=juror, application=second, draft=True)
    read_by(juror, third, recused, mine, shared)
    RecusalFactory(juror=juror, application=recused)
    Jury.objects.filter(pk=jury.pk).update(reads_from=None, reads_to=date(2026, 3, 1))
    jury.refresh_from_db()
    [row] = panel.members(jury, today=date(2026, 3, 1))
    assert (row.assigned, row.filed, row.started, row.late, row.untouched) == (3, 1, 1, 0, 1)
    [row] = panel.members(jury, today=date(2026, 3, 2))
    assert row.late == 2
    assert row.applies


def test_a_draft_in_the_call_is_not_told(jury):
    (draft,) = eligible(jury.call, 1, state="draft")
    type(draft).objects.filter(pk=draft.pk).update(last_deposit=None)
    JurorFactory(jury=jury, user=draft.owner)
    assert [row.applies for row in panel.members(jury)] == [False]


@pytest.mark.parametrize(
    ("percent", "seats", "said"),
    [(50, 5, "3 sièges occupés sur 5"), (50, 4, "2 sièges"), (1, 3, "1 siège occupé"), (0, 3, "Aucun quorum")],
)
def test_the_quorum_is_said_in_words(jury, percent, seats, said):
    jury.quorum_percent = percent
    jurors = [JurorFactory.build(jury=jury, user=None, institution=None) for _n in range(seats)]
    substitute = JurorFactory.build(jury=jury, user=None, institution=None, role=JurorRole.SUBSTITUTE)
    assert said in panel.quorum_sentence(jury, [*jurors, substitute])


# A pasted list -------------------------------------------------------------------------------


def test_a_list_is_read_line_by_line(jury, institution):
    InstitutionFactory(territory=jury.territory, name="Rectorat de l'académie")
    InstitutionFactory(territory=jury.territory, name="Direction régionale des archives et du cadastre")
    JurorFactory(jury=jury, user=UserFactory(email="deja@exemple.test"))
    lines_given = [
        "Prénom;Nom;Courriel;Institution;Rôle",
        "Camille;Exemple;camille@exemple.test;direction des AFFAIRES culturelles;Présidente",
        "",
        "Élise;Initiales;elise@exemple.test;DRAC;",
        "Dorian\tModèle\tDORIAN@exemple.test\trectorat\t",
        "Ada;;ada@exemple.test;rectorat;chef",
        "Ada;Nom;camille@exemple.test;inconnue;",
        "seul",
        "Bo;Nom;deja@exemple.test;rectorat;suppléant",
    ]
    lines = roster.read(jury, "\n".join(lines_given))
    assert [line.number for line in lines] == [2, 4, 5, 6, 7, 8, 9]
    good, initials, tabbed, nameless, double, short, already = lines
    assert str(initials.institution) == "Direction régionale des archives et du cadastre"
    assert (good.errors, good.role, good.institution) == ([], JurorRole.PRESIDENT, institution)
    assert (tabbed.errors, tabbed.email, tabbed.role) == ([], "dorian@exemple.test", JurorRole.MEMBER)
    assert len(nameless.errors) == 2
    assert "ligne 2" in " ".join(double.errors)
    assert "inconnue" in " ".join(double.errors)
    assert "au moins quatre" in short.errors[0]
    assert "déjà membre" in already.errors[0]


def test_a_list_invites_everyone_or_nobody(by, jury, institution):
    UserFactory(email="partie@exemple.test", is_active=False)
    lines = roster.read(
        jury,
        "Ada;Un;un@exemple.test;direction;\nBo;Deux;partie@exemple.test;direction;",
    )
    with pytest.raises(Refused, match="Ligne 2"):
        roster.invite_all(by=by, jury=jury, lines=lines)
    assert not Juror.objects.exists()
    assert not OutgoingMail.objects.exists()
    assert not User.objects.filter(email="un@exemple.test").exists()
    assert len(roster.invite_all(by=by, jury=jury, lines=lines[:1])) == 1


# At once -------------------------------------------------------------------------------------


def at_once(*acts):
    """Run these acts together, each on its own connection; what each gave or raised, by its name."""
    start, answers = threading.Barrier(len(acts)), []

    def run(act):
        try:
            start.wait(10)
            act()
            answers.append("done")
        except Refused as refusal:
            answers.append(refusal.code)
        except Exception as error:  # noqa: BLE001 - said by the assertion
            answers.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(answers)


@pytest.mark.django_db(transaction=True)
def test_the_same_newcomer_invited_twice_at_once_sits_once():
    jury = JuryFactory()
    institution = InstitutionFactory(territory=jury.territory)
    first, second = (CoordinatorFactory(territory=jury.territory) for _n in range(2))
    answers = at_once(lambda: invite(first, jury, institution), lambda: invite(second, jury, institution))
    assert answers == ["already_member", "done"]
    assert Juror.objects.count() == 1
    assert OutgoingMail.objects.filter(kind="jury.invitation").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_newcomer_invited_in_two_juries_at_once_has_one_account():
    juries = [JuryFactory(), JuryFactory()]
    acts = [
        (CoordinatorFactory(territory=jury.territory), jury, InstitutionFactory(territory=jury.territory))
        for jury in juries
    ]
    answers = at_once(*(lambda act=act: invite(*act) for act in acts))
    assert answers == ["done", "done"]
    user = User.objects.get(email="nouvelle@exemple.test")
    assert EmailAddress.objects.filter(user=user).count() == 1
    assert Juror.objects.filter(user=user).count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_jury_asked_for_twice_at_once_is_made_once():
    call = CallFactory(complete=True, closed=True)
    by = CoordinatorFactory(territory=call.territory)
    assert at_once(*[lambda: members.create(by=by, call=call)] * 2) == ["done", "done"]
    assert Jury.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_accepting_while_being_removed_leaves_one_answer():
    jury = JuryFactory()
    by, juror = CoordinatorFactory(territory=jury.territory), JurorFactory(jury=jury, joined_at=None)
    answers = at_once(
        lambda: members.join(by=juror.user, juror=juror),
        lambda: members.remove(by=by, juror=juror, reason="Erreur."),
    )
    assert answers in (["done", "done"], ["done", "not_sitting"])
    juror.refresh_from_db()
    assert not juror.is_sitting
    assert (juror.joined_at is not None) == (answers == ["done", "done"])
