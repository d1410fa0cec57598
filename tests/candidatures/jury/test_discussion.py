"""Others' readings and the discussion: after one's own, once it is open, and never a recused member's."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from candidatures.enums import AssignmentPurpose
from candidatures.models import Application, DiscussionComment
from candidatures.selectors import reading
from candidatures.services.jury import discussion
from candidatures.services.jury.reviews import NoLongerTheirs
from clea.errors import Forbidden, Refused
from clea.journal.models import Entry
from tests.factories.jury import AssignmentFactory, JurorFactory, JuryFactory, RecusalFactory, ReviewFactory, eligible
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def jury():
    return JuryFactory(discussion_opened_at=timezone.now())


@pytest.fixture
def dossier(jury):
    return eligible(jury.call, 1)[0]


@pytest.fixture
def juror(jury, dossier, client):
    juror = JurorFactory(jury=jury)
    ReviewFactory(juror=juror, application=dossier, notes=[3, 3])
    client.force_login(juror.user)
    return juror


@pytest.fixture
def colleague(jury, dossier):
    colleague = JurorFactory(jury=jury, user__first_name="Odile", user__last_name="Brumeval")
    ReviewFactory(juror=colleague, application=dossier, notes=[5, 1], comment="Une vraie rencontre.")
    return colleague


def page(jury, dossier, name="dossier", *args):
    return reverse(f"jury:{name}", args=[jury.call.slug, dossier.uuid, *args])


def shown(client, jury, dossier) -> str:
    return client.get(page(jury, dossier)).content.decode()


def say(juror, dossier, text="Et le budget ?") -> DiscussionComment:
    return discussion.say(by=juror.user, application=dossier, text=text, juror=juror)


def test_others_are_seen_once_the_discussion_is_open(client, jury, juror, colleague, dossier):
    open_page = shown(client, jury, dossier)
    for word in ("Odile Brumeval", "Une vraie rencontre.", str(colleague.institution)):
        assert word in open_page
    jury.discussion_opened_at = None
    jury.save()
    closed = shown(client, jury, dossier)
    assert "Odile Brumeval" not in closed
    assert "pas encore ouvert la discussion" in closed


def test_one_s_own_reading_comes_first(client, jury, colleague, dossier):
    late = JurorFactory(jury=jury)
    ReviewFactory(juror=late, application=dossier, notes=[3], draft=True)
    say(colleague, dossier, "Un mot déjà dit.")
    client.force_login(late.user)
    before = shown(client, jury, dossier)
    for hidden in ("Odile Brumeval", "Un mot déjà dit."):
        assert hidden not in before
    assert "Déposez votre lecture" in before
    answer = client.post(page(jury, dossier, "discussion"), {"text": "Je tente."})
    assert answer.status_code == 409
    assert DiscussionComment.objects.count() == 1


def test_who_consults_a_dossier_takes_part(client, jury, colleague, dossier):
    consulting = JurorFactory(jury=jury)
    AssignmentFactory(juror=consulting, application=dossier, purpose=AssignmentPurpose.CONSULT)
    client.force_login(consulting.user)
    assert "Odile Brumeval" in shown(client, jury, dossier)
    client.post(page(jury, dossier, "discussion"), {"text": "Je confirme."})
    assert "Je confirme." in shown(client, jury, dossier)


def test_a_recused_member_s_reading_and_words_leave_everybody_s_page(client, jury, juror, colleague, dossier):
    say(colleague, dossier, "Je connais bien.")
    assert "Je connais bien." in shown(client, jury, dossier)
    RecusalFactory(juror=colleague, application=dossier)
    after = shown(client, jury, dossier)
    for hidden in ("Odile Brumeval", "Une vraie rencontre.", "Je connais bien."):
        assert hidden not in after
    with pytest.raises(NoLongerTheirs):
        say(colleague, dossier, "Encore un mot.")


def test_an_abstention_gives_no_total(jury, juror, dossier):
    abstaining = JurorFactory(jury=jury)
    ReviewFactory(juror=abstaining, application=dossier, advice="abstain", notes=[5, 5])
    (opinion,) = reading.opinions(dossier, reading.grid(juror, None), but=juror)
    assert opinion.abstains
    assert opinion.total is None


def test_a_remark_is_added_once_journaled_and_taken_back_by_its_author_alone(client, jury, juror, colleague, dossier):
    for _click in range(2):
        answer = client.post(page(jury, dossier, "discussion"), {"text": "Et le budget ?"})
        assert answer.headers["Location"].endswith("#discussion")
    remark = DiscussionComment.objects.get()
    other = Client()
    other.force_login(colleague.user)
    assert other.post(page(jury, dossier, "remove_remark", remark.uuid)).status_code == 404
    assert "Et le budget ?" in shown(other, jury, dossier)
    client.post(page(jury, dossier, "remove_remark", remark.uuid))
    seen = shown(other, jury, dossier)
    assert "Et le budget ?" not in seen
    assert "Remarque retirée par son auteur." in seen
    entries = Entry.objects.filter(verb__startswith="discussion.")
    assert [entry.verb for entry in entries.order_by("seq")] == ["discussion.said", "discussion.removed"]
    assert "budget" not in str(list(entries.values_list("data", "summary")))


def test_an_empty_remark_says_so_at_its_field(client, jury, juror, dossier):
    answer = client.post(page(jury, dossier, "discussion"), {"text": "  "})
    assert answer.status_code == 422
    assert 'href="#id_text"' in answer.content.decode()


def test_a_remark_typed_in_an_expired_session_comes_back(jury, juror, dossier):
    visitor = Client()
    visitor.post(page(jury, dossier, "discussion"), {"text": "Écrit longuement."})
    visitor.force_login(juror.user)
    assert "Écrit longuement." in visitor.get(page(jury, dossier, "discussion")).content.decode()
    assert not DiscussionComment.objects.exists()


def test_the_coordination_speaks_too_and_another_territory_does_not(client, jury, juror, dossier):
    coordinator = CoordinatorFactory(territory=jury.territory)
    discussion.say(by=coordinator, application=dossier, text="Une précision.")
    assert "Une précision." in shown(client, jury, dossier)
    for stranger in (CoordinatorFactory(), juror.user):
        with pytest.raises(Forbidden):
            discussion.say(by=stranger, application=dossier, text="Non.")
    with pytest.raises(Forbidden):
        discussion.say(by=coordinator, application=dossier, text="En son nom.", juror=juror)


def test_once_decided_the_discussion_is_read_and_not_written(client, jury, juror, colleague, dossier):
    remark = say(juror, dossier)
    Application.objects.update(state="selected")
    assert "Et le budget ?" in shown(client, jury, dossier)
    assert "Ajouter ma remarque" not in shown(client, jury, dossier)
    with pytest.raises(Refused, match="s'est prononcé"):
        say(juror, dossier, "Trop tard.")
    assert client.post(page(jury, dossier, "remove_remark", remark.uuid)).status_code == 409
