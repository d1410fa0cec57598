"""Which letter each dossier gets, why, and what the artist reads before and after it leaves."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from candidatures.enums import CheckResult, InterviewOutcome, LetterOutcome, OfferState, Outcome
from candidatures.models import (
    Application,
    Decision,
    EligibilityCheck,
    InterviewSlot,
    Letter,
    LetterRule,
    Offer,
)
from candidatures.services.jury import letters
from clea.errors import Forbidden, Refused
from clea.journal.models import Entry
from clea.mail import services as mail
from clea.mail.enums import MailState
from clea.mail.models import OutgoingMail
from tests.candidatures.jury.decided import Decided, fresh, place, send
from tests.factories.jury import JuryFactory, eligible
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")


def planned(decided, application):
    return next(row for row in letters.preview(decided.jury) if row.case.application.pk == application.pk)


# Rules -------------------------------------------------------------------------------------------


def test_a_jury_starts_with_a_letter_for_every_outcome_in_both_languages():
    decided = Decided()
    rules = list(decided.jury.letter_rules.all())
    assert {rule.outcome for rule in rules} == set(LetterOutcome.values)
    assert all(rule.subject and rule.body and rule.subject_en and rule.body_en for rule in rules)
    letters.seed_rules(by=decided.desk, jury=decided.jury)
    assert decided.jury.letter_rules.count() == len(rules)


def test_the_first_rule_whose_conditions_hold_writes_the_letter():
    decided = Decided(declined=3)
    plain, reasoned, heard = decided.declined
    Decision.objects.filter(application=reasoned).update(reason="Projet trop proche d'un autre.", tell_reason=True)
    InterviewSlot.objects.create(
        jury=decided.jury, starts_at=timezone.now(), place="Lens", application=heard, outcome=InterviewOutcome.HELD
    )
    assert planned(decided, plain).rule.name == "Non retenue"
    assert planned(decided, reasoned).rule.name == "Non retenue, motif communiqué"
    assert planned(decided, heard).rule.name == "Non retenue, après un entretien"
    assert planned(decided, heard).why == ["reçue en entretien"]


def test_a_reason_that_is_not_to_be_told_stays_out_of_the_letter():
    decided = Decided(declined=1)
    Decision.objects.update(reason="Secret du délibéré.", tell_reason=False)
    (letter,) = decided.draft(*decided.declined)
    assert letter.rule.name == "Non retenue"
    assert "Secret" not in letter.mail.body


def test_moving_a_rule_up_changes_which_one_applies():
    decided = Decided(declined=1)
    plain = decided.jury.letter_rules.get(name="Non retenue")
    other = LetterRule(name="Autre", outcome="declined", subject="Autre", body="Autre {{ nom }}")
    letters.save_rule(by=decided.desk, jury=decided.jury, rule=other)
    assert planned(decided, decided.declined[0]).rule == plain
    for _step in range(4):
        letters.move_rule(by=decided.desk, rule=other, up=True)
    assert planned(decided, decided.declined[0]).rule == other
    other.refresh_from_db()
    other.is_active = False
    letters.save_rule(by=decided.desk, jury=decided.jury, rule=other)
    assert planned(decided, decided.declined[0]).rule == plain


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"body": "Bonjour {{ prenom }}"}, "body"),
        ({"subject": "{{ nom"}, "subject"),
        ({"subject": "Deux\nlignes"}, "subject"),
        ({"body_en": "{% if nom %}", "subject_en": "A"}, "body_en"),
        ({"subject_en": "Only the subject", "body_en": ""}, "body_en"),
    ],
)
def test_a_text_with_an_unknown_variable_is_refused_on_its_field(values, field):
    decided = Decided(reserve=0)
    rule = decided.jury.letter_rules.get(name="Retenue")
    for name, value in values.items():
        setattr(rule, name, value)
    with pytest.raises(Refused) as refusal:
        letters.save_rule(by=decided.desk, jury=decided.jury, rule=rule)
    assert refusal.value.field == field


def test_the_text_of_a_letter_cannot_hold_itself():
    decided = Decided(reserve=0)
    rule = LetterRule(name="Boucle", outcome="declined", subject="x", body="{{ texte }}")
    with pytest.raises(Refused, match="texte"):
        letters.save_rule(by=decided.desk, jury=decided.jury, rule=rule)


# Drafts ------------------------------------------------------------------------------------------


def test_a_drafted_letter_waits_in_the_outbox_and_tells_the_artist_nothing():
    decided = Decided()
    (letter,) = decided.draft(decided.selected[0])
    assert letter.mail.state == MailState.DRAFT
    assert letter.mail.to == decided.selected[0].owner.email
    assert str(fresh(decided.selected[0]).applicant_state_label) == "à l'étude"
    send(decided.desk, letter.mail)
    assert "réponse est attendue" in str(fresh(decided.selected[0]).applicant_state_label)


def test_the_letter_names_the_dossier_the_residency_and_the_last_day_to_answer():
    decided = Decided()
    decided.jury.answer_days = 7
    decided.jury.save()
    with time_machine.travel(datetime(2026, 3, 20, 15, tzinfo=PARIS), tick=False):
        (letter,) = decided.draft(decided.selected[0])
    assert decided.selected[0].display_name in letter.mail.body
    assert "Résidence artistique" in letter.mail.body
    assert "vendredi 27 mars 2026 inclus" in letter.mail.body
    # Summer time begins on the 29th: the first instant too late is a midnight in Paris all the same.
    assert Offer.objects.get().answer_by == datetime(2026, 3, 28, 0, 0, tzinfo=PARIS)
    assert f"/candidatures/{decided.selected[0].uuid}/reponse/" in letter.mail.body
    assert "{{" not in letter.mail.subject + letter.mail.body


def test_an_artist_who_reads_english_gets_the_english_letter_and_the_french_one_without_it():
    decided = Decided(selected=2)
    for application in decided.selected:
        application.owner.language = "en"
        application.owner.save()
    (letter,) = decided.draft(decided.selected[0])
    assert letter.mail.language == "en"
    assert letter.mail.subject.startswith("Your application is selected")
    decided.jury.letter_rules.update(subject_en="", body_en="")
    (other,) = decided.draft(decided.selected[1])
    assert other.mail.language == "fr"
    assert other.mail.subject.startswith("Votre candidature est retenue")


def test_the_same_letter_is_not_drafted_twice_and_again_once_cancelled():
    decided = Decided()
    application = decided.selected[0]
    (letter,) = decided.draft(application)
    assert decided.draft(application) == []
    mail.cancel(by=decided.desk, mails=[letter.mail])
    (again,) = decided.draft(application)
    assert again.mail_id != letter.mail_id
    assert OutgoingMail.objects.filter(kind="decision.letter", state=MailState.DRAFT).count() == 1
    assert [offer.state for offer in Offer.objects.order_by("pk")] == [OfferState.CANCELLED, OfferState.PENDING]


def test_a_letter_that_announced_something_else_and_has_not_left_is_cancelled():
    decided = Decided()
    application = decided.reserve[0]
    (former,) = decided.draft(application)
    place(application, "declined")
    assert [letter.pk for letter in planned(decided, application).case.outdated] == [former.pk]
    (letter,) = decided.draft(application)
    former.mail.refresh_from_db()
    assert former.mail.state == MailState.CANCELLED
    assert letter.outcome == LetterOutcome.DECLINED


def test_an_inadmissible_dossier_is_told_which_conditions_and_why():
    decided = Decided()
    (application,) = eligible(decided.call, 1, state="ineligible")
    met, unmet = decided.call.criteria.all()
    EligibilityCheck.objects.create(application=application, criterion=met, result=CheckResult.MET)
    EligibilityCheck.objects.create(
        application=application, criterion=unmet, result=CheckResult.NOT_MET, reason="Permis non fourni."
    )
    (letter,) = decided.draft(application)
    assert letter.decision is None
    assert "Permis non fourni." in letter.mail.body
    assert unmet.text in letter.mail.body
    assert met.text not in letter.mail.body


def test_an_inadmissible_dossier_is_not_told_while_it_may_be_filed_again():
    decided = Decided()
    (application,) = eligible(decided.call, 1, state="ineligible")
    decided.call.closes_at = timezone.now() + timedelta(days=1)
    decided.call.save()
    decided.jury.refresh_from_db()
    with pytest.raises(Refused, match="encore déposer"):
        decided.draft(application)


def test_a_dossier_without_a_rule_is_flagged_and_stops_the_whole_batch():
    decided = Decided(declined=1)
    decided.jury.letter_rules.filter(outcome="declined").delete()
    assert planned(decided, decided.declined[0]).rule is None
    with pytest.raises(Refused, match="Aucune règle"):
        decided.draft(decided.selected[0], decided.declined[0])
    assert not Letter.objects.exists()
    assert not OutgoingMail.objects.filter(kind="decision.letter").exists()


def test_a_date_to_answer_that_is_past_is_refused():
    decided = Decided()
    with pytest.raises(Refused) as refusal:
        decided.draft(decided.selected[0], answer_by=timezone.now())
    assert refusal.value.field == "answer_by"


def test_only_the_territory_s_coordination_drafts_and_writes_rules():
    decided = Decided()
    other = CoordinatorFactory()
    with pytest.raises(Forbidden):
        letters.draft(by=other, jury=decided.jury, applications=decided.selected)
    with pytest.raises(Forbidden):
        letters.save_rule(by=other, jury=decided.jury, rule=decided.jury.letter_rules.get(name="Retenue"))
    with pytest.raises(Forbidden):
        letters.seed_rules(by=other, jury=JuryFactory())


def test_a_dossier_of_another_call_is_refused():
    decided = Decided()
    (stranger,) = eligible(JuryFactory().call, 1, state="selected")
    with pytest.raises(Refused):
        decided.draft(stranger)


def test_what_was_drafted_is_in_the_journal_without_a_word_of_the_letter():
    decided = Decided()
    decided.draft(decided.selected[0])
    entry = Entry.objects.get(verb="letter.drafted")
    assert set(entry.data) == {"letter", "outcome", "rule"}


def test_the_preview_costs_the_same_for_three_and_thirty(assert_num_queries_constant):
    decided = Decided(selected=1, reserve=1, declined=1)
    decided.draft(*decided.selected, *decided.declined)

    def grow():
        rows = eligible(decided.call, 27)
        for row in rows:
            decided.decide(row, Outcome.DECLINED)
        decided.draft(*[fresh(row) for row in rows[:9]])

    assert_num_queries_constant(lambda: letters.preview(decided.jury), grow, at_most=11)


# What the artist reads ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "label"),
    [("reserve", "en liste complémentaire"), ("declined", "non retenue")],
)
def test_the_outcome_shows_once_its_letter_has_left(outcome, label):
    decided = Decided(reserve=1, declined=1)
    (application,) = getattr(decided, outcome)
    assert str(application.applicant_state_label) == "à l'étude"
    (letter,) = decided.draft(application)
    mail.approve(by=decided.desk, mails=[letter.mail])
    assert str(fresh(application).applicant_state_label) == "à l'étude"
    mail.deliver(letter.mail_id)
    assert str(fresh(application).applicant_state_label) == label


def test_a_list_of_dossiers_reads_what_was_told_without_a_query_a_row(django_assert_num_queries):
    decided = Decided(selected=2, reserve=2)
    for letter in decided.draft(*decided.selected, *decided.reserve):
        send(decided.desk, letter.mail)
    rows = list(Application.objects.filter(call=decided.call).with_told())
    with django_assert_num_queries(0):
        labels = sorted(str(row.applicant_state_label) for row in rows)
    assert labels.count("en liste complémentaire") == 2
