"""The reading page: what it shows, what it saves, what it costs, and when it is closed."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from candidatures.enums import Advice, AssignmentPurpose, ReviewState
from candidatures.methods import scoring
from candidatures.models import Application, Deposit, Recusal, Review, Score
from candidatures.pages.reading import facts, working
from tests.factories.jury import (
    AssignmentFactory,
    JurorFactory,
    JuryFactory,
    RecusalFactory,
    ReviewFactory,
    eligible,
    read_by,
)

pytestmark = pytest.mark.django_db

FETCH = {"x-requested-with": "fetch"}


@pytest.fixture
def jury():
    return JuryFactory()


@pytest.fixture
def juror(jury, client):
    juror = JurorFactory(jury=jury)
    client.force_login(juror.user)
    return juror


@pytest.fixture
def dossier(jury, juror):
    (application,) = eligible(jury.call, 1)
    read_by(juror, application)
    return application


def page(jury, application, name="dossier"):
    return reverse(f"jury:{name}", args=[jury.call.slug, application.uuid])


def grid(jury, *notes, **others):
    """What the grid sends: no key for a note that is not given, as a radio button does."""
    sent = {"version": "0", "advice": "", "comment": "", "private_notes": ""}
    for rank, criterion in enumerate(jury.call.scoring.all()):
        sent[f"mot_{criterion.pk}"] = ""
        if rank < len(notes) and notes[rank] is not None:
            sent[f"note_{criterion.pk}"] = str(notes[rank])
    return sent | others


def text(response) -> str:
    return response.content.decode()


def newer_deposit(application, **answers):
    first = application.last_deposit
    second = Deposit.objects.create(
        application=application, number=f"{first.number}-B", rank=2, received_at=timezone.now(),
        filed_by=application.owner, sha256="b" * 64, data=first.data | answers,
    )  # fmt: skip
    Application.objects.filter(pk=application.pk).update(last_deposit=second)
    return second


def test_the_page_has_the_dossier_beside_the_grid(client, jury, juror, dossier):
    shown = text(client.get(page(jury, dossier)))
    assert f'<iframe class="reading__pdf" src="{page(jury, dossier, "pdf")}' in shown
    for criterion in jury.call.scoring.all():
        assert criterion.title in shown
        assert f'name="note_{criterion.pk}" value="{criterion.max_score}"' in shown
    assert "Notes personnelles" in shown


def test_without_javascript_a_reading_is_saved_then_filed_and_the_next_one_opens(client, jury, juror, dossier):
    (second,) = eligible(jury.call, 1)
    read_by(juror, second)
    saved = client.post(page(jury, dossier), grid(jury, 3, 2), follow=True)
    assert "Votre lecture n&#x27;est pas encore déposée" in text(saved)
    total = scoring.total((c.weight, c.max_score, v) for c, v in zip(jury.call.scoring.all(), (3, 2), strict=True))
    assert str(total).replace(".", ",") in text(saved)
    sent = grid(jury, 3, 4, advice="favourable", deposer="1", version="1")
    filed = client.post(page(jury, dossier), sent, follow=True)
    assert filed.redirect_chain[-1][0] == page(jury, second)
    assert f"Votre lecture est déposée : {dossier.display_name}. Voici le dossier suivant." in text(filed)
    last = client.post(page(jury, second), grid(jury, advice="abstain", deposer="1"))
    assert last.headers["Location"] == reverse("jury:desk", args=[jury.call.slug])
    assert set(Review.objects.values_list("state", flat=True)) == {ReviewState.FILED}


def test_an_incomplete_reading_says_what_is_missing_at_each_field_and_keeps_the_rest(client, jury, juror, dossier):
    first, second = jury.call.scoring.all()
    answer = client.post(page(jury, dossier), grid(jury, 3, comment="Un projet juste.", deposer="1"))
    assert answer.status_code == 422
    assert f'href="#id_note_{second.pk}_0"' in text(answer)
    assert 'href="#id_advice_0"' in text(answer)
    assert f'href="#id_note_{first.pk}_0"' not in text(answer)
    assert Review.objects.get().comment == "Un projet juste."
    # Filed from the very page that complained.
    form = answer.context["form"]
    assert form["comment"].value() == "Un projet juste."
    again = grid(jury, 3, 5, advice="reserved", deposer="1", version=str(answer.context["version"]))
    client.post(page(jury, dossier), again)
    assert Review.objects.get().state == ReviewState.FILED


def test_the_page_saves_as_one_goes_and_says_when(client, jury, juror, dossier):
    with time_machine.travel("2026-03-02T11:02+01:00", tick=False):
        jury.reads_from = jury.reads_to = None
        jury.save()
        client.force_login(juror.user)
        answer = client.post(page(jury, dossier), grid(jury, 3), headers=FETCH)
    said = answer.json()
    assert said["version"] == 1
    assert said["message"].startswith("Enregistré à 11\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}02")


def test_a_second_tab_is_told_and_its_text_stays_on_the_page(client, jury, juror, dossier):
    client.post(page(jury, dossier), grid(jury, 3, comment="Premier onglet."))
    late = client.post(page(jury, dossier), grid(jury, 3, comment="Second onglet."), headers=FETCH)
    assert late.status_code == 409
    assert late.json()["conflict"] is True
    answer = client.post(page(jury, dossier), grid(jury, 3, comment="Second onglet."))
    assert answer.status_code == 409
    assert answer.context["form"]["comment"].value() == "Second onglet."
    assert "Premier onglet." in text(answer)
    kept = grid(jury, 3, comment="Second onglet.", ecraser="1", version="1")
    client.post(page(jury, dossier), kept)
    assert Review.objects.get().comment == "Second onglet."


def test_an_expired_session_gives_back_what_was_typed(jury, juror, dossier):
    visitor = Client()
    answer = visitor.post(page(jury, dossier), grid(jury, 4, comment="Écrit avant de partir déjeuner."))
    assert answer.status_code == 302
    visitor.force_login(juror.user)
    back = visitor.get(page(jury, dossier))
    assert "Votre session avait expiré" in text(back)
    assert back.context["form"]["comment"].value() == "Écrit avant de partir déjeuner."
    assert not Review.objects.exists()


def test_a_newer_deposit_is_announced_and_read_before_filing(client, jury, juror, dossier):
    ReviewFactory(juror=juror, application=dossier, notes=[3, 3], draft=True)
    second = newer_deposit(dossier)
    shown = text(client.get(page(jury, dossier)))
    assert "Un nouveau dépôt a été reçu le" in shown
    assert "nouveau dépôt à lire" in shown
    sent = grid(jury, 3, 3, advice="favourable", version="1")
    refused = client.post(page(jury, dossier), sent | {"deposer": "1"})
    assert refused.status_code == 409
    assert "puis déposez votre lecture" in text(refused)
    assert refused.context["form"]["advice"].value() == "favourable"
    client.post(page(jury, dossier), sent | {"relu": "1", "version": "2"})
    assert Review.objects.get().deposit == second
    assert "Un nouveau dépôt" not in text(client.get(page(jury, dossier)))


def test_a_filed_reading_stands_on_the_newer_deposit_once_its_author_says_so(client, jury, juror, dossier):
    ReviewFactory(juror=juror, application=dossier, notes=[3, 3])
    second = newer_deposit(dossier)
    assert "ma lecture tient" in text(client.get(page(jury, dossier)))
    client.post(page(jury, dossier, "read_again"))
    review = Review.objects.get()
    assert (review.deposit, review.state) == (second, ReviewState.FILED)


def test_a_filed_reading_is_taken_back_until_the_discussion_opens(client, jury, juror, dossier):
    ReviewFactory(juror=juror, application=dossier, notes=[3, 3])
    assert "Reprendre ma lecture" in text(client.get(page(jury, dossier)))
    client.post(page(jury, dossier, "reopen"))
    assert Review.objects.get().state == ReviewState.DRAFT
    Review.objects.update(state=ReviewState.FILED, filed_at=timezone.now())
    jury.discussion_opened_at = timezone.now()
    jury.save()
    assert "Reprendre ma lecture" not in text(client.get(page(jury, dossier)))
    assert client.post(page(jury, dossier, "reopen")).status_code == 409


def test_a_dossier_in_consultation_has_no_grid(client, jury, juror):
    (consulted,) = eligible(jury.call, 1)
    AssignmentFactory(juror=juror, application=consulted, purpose=AssignmentPurpose.CONSULT)
    shown = text(client.get(page(jury, consulted)))
    assert "en consultation" in shown
    assert "data-review" not in shown
    assert client.post(page(jury, consulted), grid(jury, 3)).status_code == 409
    assert not Review.objects.exists()


def test_what_was_typed_stays_when_the_jury_has_just_decided(client, jury, juror, dossier):
    Application.objects.update(state="declined")
    sent = grid(jury, 3, 3, advice="favourable", comment="Une heure de travail.", deposer="1")
    answer = client.post(page(jury, dossier), sent)
    assert answer.status_code == 409
    assert "Le jury s&#x27;est prononcé" in text(answer)
    assert "Une heure de travail." in text(answer)
    assert ("Votre avis", "favorable") in answer.context["typed"]
    assert not Review.objects.exists()


@pytest.mark.parametrize("name", ["dossier", "pdf", "reopen", "read_again", "discussion", "conflict"])
def test_after_a_recusal_no_address_of_the_dossier_exists(client, jury, juror, dossier, name):
    ReviewFactory(juror=juror, application=dossier, notes=[3, 3])
    RecusalFactory(juror=juror, application=dossier)
    for ask in (client.get, client.post):
        assert ask(page(jury, dossier, name)).status_code in {404, 405}
    late = client.post(page(jury, dossier), grid(jury, 5), headers=FETCH)
    assert (late.status_code, late.json()["message"]) == (404, "Ce dossier n'est plus à lire.")
    assert dossier.display_name not in text(client.get(reverse("jury:desk", args=[jury.call.slug])))


def test_declaring_a_conflict_takes_the_dossier_away(client, jury, juror, dossier):
    address = page(jury, dossier, "conflict")
    assert client.post(address, {"reason": "other", "understood": "on"}).status_code == 422
    assert client.post(address, {"reason": "work"}).status_code == 422
    assert not Recusal.objects.exists()
    done = client.post(address, {"reason": "work", "words": "Nous partageons un atelier.", "understood": "on"})
    assert done.headers["Location"] == reverse("jury:desk", args=[jury.call.slug])
    assert Recusal.objects.get().declared_by == juror.user
    assert client.get(page(jury, dossier)).status_code == 404


def test_a_blind_page_tells_nothing_of_who_applies(client, jury, juror, dossier):
    jury.call.blind_reading = True
    jury.call.save()
    practice = f"Je suis {dossier.first_name} {dossier.last_name}, je danse."
    deposit = newer_deposit(
        dossier, practice={"disciplines": ["danse"], "website": "https://elan.exemple.test/", "practice": practice}
    )
    dossier.refresh_from_db()
    ReviewFactory(juror=juror, application=dossier, notes=[3, 3])
    for address in (page(jury, dossier), page(jury, dossier, "conflict"), jury.get_absolute_url()):
        shown = text(client.get(address))
        assert deposit.number in shown
        for secret in (dossier.last_name, dossier.owner.email, dossier.city, "elan.exemple.test"):
            assert secret not in shown, (address, secret)
    assert "danse" in text(client.get(page(jury, dossier)))


def test_the_answers_beside_the_dossier_are_those_of_the_deposit(jury, juror, dossier):
    dossier.practice = "Changé depuis le dépôt."
    dossier.save()
    found = {fact.label: fact.text for fact in facts(jury, dossier.last_deposit)}
    assert found["Pratique"] == "Je dessine avec des gens."


def test_the_sum_is_written_as_one_would_write_it():
    assert working([(3, 5, 4), (1, 5, None), (1, 5, 2)]) == "20 × (3 × 4/5 + 1 × 2/5) ÷ 4 = 14,00"
    assert working([(3, 5, None)]) == ""


def test_private_notes_are_in_nobody_elses_page(client, jury, juror, dossier):
    ReviewFactory(juror=juror, application=dossier, notes=[3, 3], private_notes="À revoir avant la séance.")
    jury.discussion_opened_at = timezone.now()
    jury.save()
    assert "À revoir avant la séance." in text(client.get(page(jury, dossier)))
    colleague = JurorFactory(jury=jury)
    ReviewFactory(juror=colleague, application=dossier, notes=[1, 1])
    client.force_login(colleague.user)
    shown = text(client.get(page(jury, dossier)))
    assert str(juror.user) in shown
    assert "À revoir avant la séance." not in shown


def test_the_scale_of_a_long_note_is_typed(client, jury, juror, dossier):
    criterion = jury.call.scoring.first()
    criterion.max_score = 100
    criterion.save()
    assert f'type="number" name="note_{criterion.pk}"' in text(client.get(page(jury, dossier)))
    answer = client.post(page(jury, dossier), grid(jury, 101, 2))
    assert answer.status_code == 422
    assert list(Score.objects.values_list("value", flat=True)) == [None, 2]


def test_before_the_first_day_the_page_says_when(client, jury, juror, dossier):
    jury.reads_from = timezone.localdate() + timedelta(days=3)
    jury.save()
    answer = client.get(page(jury, dossier))
    assert answer.status_code == 403
    assert "La lecture des dossiers commence le" in text(answer)
    assert dossier.display_name not in text(answer)


# What it costs --------------------------------------------------------------------------------------


def test_the_page_costs_as_much_with_a_full_jury(client, jury, juror, dossier, assert_num_queries_constant):
    ReviewFactory(juror=juror, application=dossier, notes=[3, 3])
    jury.discussion_opened_at = timezone.now()
    jury.save()

    def more():
        for _rank in range(4):
            colleague = JurorFactory(jury=jury)
            ReviewFactory(juror=colleague, application=dossier, notes=[4, 2])
            client_of = Client()
            client_of.force_login(colleague.user)
            client_of.post(page(jury, dossier, "discussion"), {"text": f"Remarque {_rank}."})
        read_by(juror, *eligible(jury.call, 20))

    JurorFactory(jury=jury)
    more()
    cost = assert_num_queries_constant(lambda: client.get(page(jury, dossier)), more, at_most=14)
    assert cost <= 10


def test_a_blind_page_on_an_older_deposit_stays_under_the_ceiling(client, jury, juror, dossier, assert_max_queries):
    jury.call.blind_reading = True
    jury.call.save()
    ReviewFactory(juror=juror, application=dossier, notes=[3, 3], draft=True)
    newer_deposit(dossier)
    client.get(page(jury, dossier))
    assert_max_queries(14, lambda: client.get(page(jury, dossier)))


def test_saving_and_filing_stay_under_the_ceiling(client, jury, juror, assert_max_queries):
    first, second = eligible(jury.call, 2)
    read_by(juror, first, second)
    # The first line of a journal, and the first of a person, cost more: once each.
    client.post(page(jury, second), grid(jury, 1, 1), headers=FETCH)
    begun, typed, whole = grid(jury, 3, 2), grid(jury, 3, 4, version="1", comment="Un mot."), grid(jury, 5, 5)
    whole |= {"version": "2", "advice": Advice.FAVOURABLE, "deposer": "1"}
    assert_max_queries(14, lambda: client.post(page(jury, first), begun, headers=FETCH))
    assert_max_queries(10, lambda: client.post(page(jury, first), typed, headers=FETCH))
    assert_max_queries(14, lambda: client.post(page(jury, first), whole, headers=FETCH))
    assert Review.objects.get(application=first).state == ReviewState.FILED
