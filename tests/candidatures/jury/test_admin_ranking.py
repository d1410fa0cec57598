"""The coordination's page of the ranking: figures side by side, the drawing, the shortlist."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from candidatures.enums import Advice, ApplicationState
from candidatures.models import InterviewSlot, Jury, Position
from candidatures.pages import ranking as words
from candidatures.services.jury import choosing
from clea.errors import Forbidden, Refused
from clea.journal.models import Entry
from tests.candidatures.desk import text_of
from tests.factories.jury import JurorFactory, JuryFactory, ReviewFactory, eligible
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db

S = ApplicationState


@pytest.fixture
def jury(territory):
    jury = JuryFactory(territory=territory)
    Position.objects.filter(call=jury.call).update(count=2)
    return jury


@pytest.fixture
def members(jury):
    return [JurorFactory(jury=jury) for _ in range(3)]


@pytest.fixture
def coordinator(territory):
    return CoordinatorFactory(territory=territory)


def at(jury, name="ranking"):
    return reverse(f"admin:candidatures_jury_{name}", args=[jury.uuid])


def read(jury, members, application, *notes):
    for member, given in zip(members, notes, strict=False):
        ReviewFactory(juror=member, application=application, notes=given)


def filled(jury, members, count=6):
    rows = eligible(jury.call, count)
    for place, application in enumerate(rows):
        read(jury, members, application, [5 - place % 6, 4], [4 - place % 4, 3], [3, place % 6])
    return rows


# The page ---------------------------------------------------------------------------------------


def test_raw_and_corrected_are_side_by_side_with_what_they_rest_on(desk, jury, members):
    first, second, *_rest = filled(jury, members)
    text = text_of(desk.get(at(jury)))
    for said in ("Moyenne", "Corrigée", "Rang, à 90 %", "Dispersion", "2 résidences à pourvoir", "Lectures"):
        assert said in text
    assert text.index(first.display_name) < text.index(second.display_name)
    assert "3 favorables" in text


def test_the_method_is_written_in_plain_french(desk, jury, members):
    filled(jury, members)
    text = text_of(desk.get(at(jury)))
    for said in ("La moyenne", "La correction des sévérités", "L'intervalle du rang", "Ils ne décident de rien"):
        assert said in text


def test_the_drawing_has_its_words_and_no_inline_style(desk, jury, members):
    filled(jury, members)
    text = desk.get(at(jury)).content.decode()
    drawing = re.search(r'<svg class="spans".*?</svg>', text, re.DOTALL).group()
    assert "<title" in drawing
    assert "Résidences à pourvoir : 2" in drawing
    assert "2 résidences</text>" in drawing
    assert drawing.count('class="spans__row"') == 6
    assert "style=" not in text.split("<main")[-1]


def test_a_long_ranking_goes_by_pages_and_its_figures_stay_those_of_all(desk, jury, members, monkeypatch):
    filled(jury, members)
    whole = desk.get(at(jury)).context["rows"]
    monkeypatch.setattr(words, "PER_PAGE", 4)
    page = desk.get(at(jury), {"page": 2, "corrige": "1"})
    assert [row["line"].corrected_rank for row in page.context["rows"]] == [5, 6]
    assert {row["application"] for row in page.context["rows"]} < {row["application"] for row in whole}
    assert "6 dossiers devant le jury" in text_of(page)
    assert "?corrige=1&amp;page=1" in page.content.decode() or "page=1&amp;corrige=1" in page.content.decode()


def test_an_empty_jury_says_so(desk, jury):
    assert "Aucun dossier recevable" in text_of(desk.get(at(jury)))
    eligible(jury.call, 1)
    text = text_of(desk.get(at(jury)))
    assert "Aucune lecture n'est déposée" in text
    assert 'class="spans"' not in text


def test_dossiers_without_a_common_reader_are_said_to_be_incomparable(desk, jury, members):
    one, two = eligible(jury.call, 2)
    ReviewFactory(juror=members[0], application=one, notes=[5, 5])
    ReviewFactory(juror=members[1], application=two, notes=[3, 3])
    assert "2 groupes sans lecteur commun" in text_of(desk.get(at(jury)))
    ReviewFactory(juror=members[0], application=two, notes=[3, 3])
    assert "sans lecteur commun :" not in text_of(desk.get(at(jury)))


def test_orders_and_scores_are_kept_together_in_the_addresses(desk, jury, members):
    calm, apart = eligible(jury.call, 2)
    read(jury, members, calm, [5, 5], [5, 5])
    read(jury, members, apart, [5, 5], [0, 0])
    answer = desk.get(at(jury), {"ordre": "disagreement", "corrige": "1"})
    assert [row["application"] for row in answer.context["rows"]] == [apart, calm]
    assert answer.context["ranking"].corrected
    text = text_of(answer)
    assert 'href="?corrige=1"' in text
    assert 'href="?ordre=disagreement"' in text


def test_incomplete_dossiers_and_abstentions_are_marked(desk, jury, members):
    [application] = eligible(jury.call, 1)
    read(jury, members[:1], application, [5, 5])
    ReviewFactory(juror=members[1], application=application, notes=[0, 0], advice=Advice.ABSTAIN)
    text = text_of(desk.get(at(jury)))
    assert "1 sur 2" in text
    assert "incomplet</span>" in text
    assert "1 abstention" in text


def test_the_page_costs_the_same_at_3_and_at_30(desk, jury, members, assert_num_queries_constant):
    filled(jury, members, 3)
    shown = []
    assert_num_queries_constant(
        lambda: shown.append(len(desk.get(at(jury)).context["rows"])), lambda: filled(jury, members, 27), at_most=12
    )
    assert shown[-1] == 30


def test_another_territory_s_desk_finds_nothing(client, jury):
    client.force_login(CoordinatorFactory())
    for name in ("ranking", "sets", "retain"):
        assert client.get(at(jury, name)).status_code == 404


# The shortlist ----------------------------------------------------------------------------------


def shortlist(desk, jury, *rows, act="preselectionner", **more):
    return desk.post(at(jury, "shortlist"), {"dossier": [row.uuid for row in rows], "acte": act} | more, follow=True)


def states(*rows):
    for row in rows:
        row.refresh_from_db()
    return [row.state for row in rows]


def test_ticked_dossiers_are_shortlisted_and_the_journal_says_so(desk, jury):
    one, two, left = eligible(jury.call, 3)
    answer = shortlist(desk, jury, one, two, retour=f"{at(jury)}?ordre=disagreement")
    assert "2 dossiers sont présélectionnés." in text_of(answer)
    assert answer.redirect_chain[-1][0] == f"{at(jury)}?ordre=disagreement"
    assert states(one, two, left) == [S.SHORTLISTED, S.SHORTLISTED, S.ELIGIBLE]
    entries = Entry.objects.filter(verb="application.shortlisted")
    assert {entry.target_id for entry in entries} == {str(one.uuid), str(two.uuid)}
    assert entries[0].data == {"from": "eligible", "to": "shortlisted"}


def test_no_shortlist_is_offered_once_everything_is_decided(desk, jury):
    [row] = eligible(jury.call, 1)
    assert 'value="preselectionner"' in desk.get(at(jury)).content.decode()
    row.state = S.SELECTED
    row.save()
    assert 'value="preselectionner"' not in desk.get(at(jury)).content.decode()


def test_one_already_there_is_left_as_it_is(desk, jury):
    [there] = eligible(jury.call, 1, state=S.SHORTLISTED)
    [newcomer] = eligible(jury.call, 1)
    assert "1 dossier est présélectionné." in text_of(shortlist(desk, jury, there, newcomer))
    assert Entry.objects.filter(verb="application.shortlisted").count() == 1
    assert "Rien à changer" in text_of(shortlist(desk, jury, there))


def test_all_or_none(desk, jury):
    [decided] = eligible(jury.call, 1, state=S.DECLINED)
    [fine] = eligible(jury.call, 1)
    text = text_of(shortlist(desk, jury, fine, decided))
    assert f"Rien n'est changé : {decided.last_deposit.number} est « non retenue »" in text
    assert states(fine, decided) == [S.ELIGIBLE, S.DECLINED]
    assert not Entry.objects.filter(verb="application.shortlisted").exists()


def test_a_dossier_leaves_the_shortlist_unless_an_interview_is_booked(desk, jury):
    one, booked = eligible(jury.call, 2, state=S.SHORTLISTED)
    slot = InterviewSlot.objects.create(
        jury=jury, starts_at=jury.call.closes_at, place="Salle des mariages", application=booked
    )
    text = text_of(shortlist(desk, jury, one, booked, act="retirer"))
    assert f"un entretien est réservé pour {booked.last_deposit.number}" in text
    assert states(one, booked) == [S.SHORTLISTED, S.SHORTLISTED]
    InterviewSlot.objects.filter(pk=slot.pk).update(cancelled_at=jury.call.closes_at)
    assert "2 dossiers ont quitté la présélection." in text_of(shortlist(desk, jury, one, booked, act="retirer"))
    assert states(one, booked) == [S.ELIGIBLE, S.ELIGIBLE]


def test_one_who_was_received_stays(desk, jury):
    [received] = eligible(jury.call, 1, state=S.INTERVIEWED)
    assert "est « reçue en entretien »" in text_of(shortlist(desk, jury, received, act="retirer"))
    assert states(received) == [S.INTERVIEWED]


def test_nothing_ticked_and_nonsense_are_said(desk, jury):
    assert "Cochez d'abord" in text_of(shortlist(desk, jury))
    answer = desk.post(at(jury, "shortlist"), {"dossier": "n'importe quoi"}, follow=True)
    assert "Cochez d'abord" in text_of(answer)


def test_the_way_back_leads_nowhere_else(desk, jury):
    for elsewhere in ("https://exemple.test/", "//exemple.test", "/coordination/"):
        answer = shortlist(desk, jury, retour=elsewhere)
        assert answer.redirect_chain[-1][0] == at(jury)


def test_a_dossier_of_another_jury_is_refused(desk, jury, coordinator):
    [foreign] = eligible(JuryFactory(territory=jury.territory).call, 1)
    shortlist(desk, jury, foreign)
    with pytest.raises(Refused) as refused:
        choosing.shortlist(by=coordinator, jury=jury, applications=[foreign])
    assert refused.value.code == "foreign"
    assert states(foreign) == [S.ELIGIBLE]


def test_only_the_territory_s_desk_shortlists(jury, members):
    [application] = eligible(jury.call, 1)
    for person in (members[0].user, CoordinatorFactory()):
        with pytest.raises(Forbidden):
            choosing.shortlist(by=person, jury=jury, applications=[application])
        with pytest.raises(Forbidden):
            choosing.retain_set(by=person, jury=jury, applications=[application], wants={}, note="Non.")
        with pytest.raises(Forbidden):
            choosing.drop_set(by=person, jury=jury)
        with pytest.raises(Forbidden):
            choosing.record_export(by=person, jury=jury, form="dossiers.zip", applications=[application])
        with pytest.raises(Jury.DoesNotExist):
            choosing.take_figures(by=person, key=jury.uuid, form="classement.csv")
    assert states(application) == [S.ELIGIBLE]
