"""The coordination's pages of a jury: who sits, what is late, the acts and what they say."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from candidatures.admin.jury import members as pages
from candidatures.enums import JurorRole
from candidatures.models import Juror, Jury
from candidatures.services.jury import members
from clea.mail.models import OutgoingMail
from tests.candidatures.desk import text_of
from tests.factories.accounts import UserFactory
from tests.factories.candidatures import CallFactory
from tests.factories.jury import JurorFactory, JuryFactory, ReviewFactory, eligible, read_by
from tests.factories.structures import CoordinatorFactory, InstitutionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def jury(territory):
    return JuryFactory(territory=territory)


@pytest.fixture
def institution(territory):
    return InstitutionFactory(territory=territory, name="Direction des affaires culturelles")


def url(name, jury, *more):
    return reverse(f"admin:candidatures_jury_{name}", args=[jury.uuid, *more])


def hub(jury):
    return reverse("admin:candidatures_jury_change", args=[jury.pk])


def said(response):
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def typed(institution, **changes):
    return {
        "email": "nouvelle@exemple.test",
        "first_name": "Camille",
        "last_name": "Exemple",
        "institution": institution.pk,
        "role": JurorRole.MEMBER,
        "substitute_for": "",
        "function": "Conseillère",
        "city": "Lens",
        "max_load": "",
    } | changes


def over(jury):
    """The reading ended yesterday."""
    Jury.objects.filter(pk=jury.pk).update(reads_from=None, reads_to=timezone.localdate() - timedelta(days=1))


# From the call -------------------------------------------------------------------------------


def test_a_call_s_page_makes_its_jury_then_leads_to_it(desk, territory):
    call = CallFactory(territory=territory, complete=True, closed=True)
    page = reverse("admin:candidatures_call_change", args=[call.pk])
    address = reverse("admin:candidatures_call_jury", args=[call.uuid])
    assert address in text_of(desk.get(page))
    assert "Personne n'est prévenu maintenant" in text_of(desk.get(address))
    assert not Jury.objects.exists()
    response = desk.post(address)
    jury = Jury.objects.get(call=call)
    assert response.headers["Location"] == url("members", jury)
    shown = text_of(desk.get(page))
    assert hub(jury) in shown
    assert "Constituer le jury" not in shown
    assert desk.get(address).headers["Location"] == hub(jury)


# Members -------------------------------------------------------------------------------------


def test_the_page_says_where_each_member_stands(desk, jury, institution):
    first, second = eligible(jury.call, 2)
    juror = JurorFactory(jury=jury, institution=institution)
    JurorFactory(jury=jury, joined_at=None)
    ReviewFactory(juror=juror, application=first, notes=[4, 3])
    read_by(juror, second)
    gone = JurorFactory(jury=jury)
    Juror.objects.filter(pk=gone.pk).update(left_at=timezone.now(), left_why="Mutation.")
    over(jury)
    response = desk.get(url("members", jury))
    shown = text_of(response)
    assert [row.juror.pk for row in response.context["gone"]] == [gone.pk]
    assert response.context["totals"] == {"assigned": 2, "filed": 1, "started": 0, "late": 1}
    assert "réponse attendue" in shown
    assert "Mutation." in shown
    assert "Le quorum est atteint avec 1 siège occupé sur 2" in shown
    assert "Personne ne préside encore ce jury." in shown


def test_a_member_who_applies_is_pointed_at(desk, jury):
    (mine,) = eligible(jury.call, 1)
    JurorFactory(jury=jury, user=mine.owner)
    assert "a un dossier dans cet appel" in text_of(desk.get(url("members", jury)))


def test_the_pages_cost_the_same_with_3_and_30_members(desk, jury):
    applications = eligible(jury.call, 3)
    counted: dict[str, set[int]] = {}
    for size in (3, 30):
        while Juror.objects.filter(jury=jury).count() < size:
            read_by(JurorFactory(jury=jury), *applications)
        for page in (
            url("members", jury),
            url("remind", jury),
            hub(jury),
            reverse("admin:candidatures_jury_changelist"),
        ):
            with CaptureQueriesContext(connection) as queries:
                assert desk.get(page).status_code == 200
            counted.setdefault(page, set()).add(len(queries))
    assert {page: len(counts) for page, counts in counted.items()} == dict.fromkeys(counted, 1)
    assert max(counted[hub(jury)]) <= 11
    assert max(counted[url("members", jury)]) <= 12


# Invite --------------------------------------------------------------------------------------


def test_inviting_writes_at_once_and_says_to_whom(desk, jury, institution):
    response = desk.post(url("member_invite", jury), typed(institution))
    assert response.headers["Location"] == url("members", jury)
    juror = Juror.objects.get(jury=jury)
    assert (juror.function, juror.city, juror.max_load) == ("Conseillère", "Lens", None)
    assert "nouvelle@exemple.test" in said(response)
    assert OutgoingMail.objects.get().kind == "jury.invitation"


def test_an_invitation_refused_keeps_what_was_typed(desk, jury, institution):
    JurorFactory(jury=jury, user=UserFactory(email="nouvelle@exemple.test"))
    response = desk.post(url("member_invite", jury), typed(institution))
    assert response.status_code == 200
    assert "déjà membre" in str(response.context["form"].errors["email"])
    assert 'value="Conseillère"' in text_of(response)


def test_only_the_territory_s_institutions_are_offered(desk, jury, institution):
    stranger = InstitutionFactory(name="Institution d'ailleurs")
    assert "Institution d'ailleurs" not in text_of(desk.get(url("member_invite", jury)))
    response = desk.post(url("member_invite", jury), typed(stranger))
    assert "institution" in response.context["form"].errors


def test_inviting_somebody_who_applies_warns(desk, jury, institution):
    (mine,) = eligible(jury.call, 1)
    response = desk.post(url("member_invite", jury), typed(institution, email=mine.owner.email))
    assert "ne le verra jamais" in said(response)


def test_a_former_member_is_offered_again_with_what_is_known(desk, jury, institution):
    juror = JurorFactory(jury=jury, institution=institution, city="Arras")
    Juror.objects.filter(pk=juror.pk).update(declined_at=timezone.now(), joined_at=None)
    again = f"{url('member_invite', jury)}?membre={juror.uuid}"
    assert again in text_of(desk.get(url("members", jury)))
    form = desk.get(again).context["form"]
    assert (form["email"].value(), form["city"].value()) == (juror.user.email, "Arras")
    assert desk.get(f"{url('member_invite', jury)}?membre=nimporte").status_code == 200


def test_the_invitation_is_sent_again_from_the_list(desk, jury):
    juror = JurorFactory(jury=jury, joined_at=None)
    response = desk.post(url("member_again", jury, juror.uuid))
    assert juror.user.email in said(response)
    again = desk.post(url("member_again", jury, juror.uuid))
    assert "attendez quelques minutes" in said(again)
    assert OutgoingMail.objects.count() == 1


def test_a_list_with_a_fault_invites_nobody_and_loses_nothing(desk, jury, institution):
    people = "Camille;Exemple;camille@exemple.test;direction;présidence\nDorian;Modèle;pas une adresse;direction;"
    response = desk.post(url("member_list", jury), {"people": people, "confirmer": "1", "vu": "x"})
    shown = text_of(response)
    assert "1 ligne à corriger" in shown
    assert "pas une adresse" in shown
    assert response.context["form"]["people"].value() == people
    assert not Juror.objects.exists()


def test_a_list_is_shown_then_invited_as_it_was_shown(desk, jury, institution):
    people = "Camille;Exemple;camille@exemple.test;direction;présidence"
    response = desk.post(url("member_list", jury), {"people": people})
    assert "1 personne sera invitée" in text_of(response)
    seen = response.context["seen"]
    changed = desk.post(url("member_list", jury), {"people": f"{people}\n", "confirmer": "1", "vu": seen})
    assert changed.status_code == 200
    assert not Juror.objects.exists()
    done = desk.post(url("member_list", jury), {"people": people, "confirmer": "1", "vu": seen})
    assert done.headers["Location"] == url("members", jury)
    assert Juror.objects.get().role == JurorRole.PRESIDENT


# Change, remove ------------------------------------------------------------------------------


def test_a_member_changes_and_a_stale_page_comes_back_with_what_was_typed(desk, jury, institution):
    juror = JurorFactory(jury=jury)
    page = url("member", jury, juror.uuid)
    seen = desk.get(page).context["form"]["seen"].value()
    data = typed(institution, role=JurorRole.PRESIDENT, seen=seen)
    assert desk.post(page, data).status_code == 302
    juror.refresh_from_db()
    assert (juror.role, juror.institution) == (JurorRole.PRESIDENT, institution)
    stale = desk.post(page, data | {"role": JurorRole.MEMBER, "city": "Liévin"})
    assert stale.status_code == 200
    assert 'value="Liévin"' in text_of(stale)
    juror.refresh_from_db()
    assert juror.role == JurorRole.PRESIDENT
    # Read again, then sent again.
    again = stale.context["form"]["seen"].value()
    assert desk.post(page, data | {"role": JurorRole.MEMBER, "seen": again}).status_code == 302


def test_removing_says_what_it_does_and_asks_why(desk, jury):
    first, second = eligible(jury.call, 2)
    juror = JurorFactory(jury=jury)
    ReviewFactory(juror=juror, application=first, notes=[4, 3])
    read_by(juror, second)
    page = url("member_remove", jury, juror.uuid)
    shown = text_of(desk.get(page))
    assert "1 lecture déposée reste" in shown
    assert "1 lecture non déposée est rendue" in shown
    assert "reason" in desk.post(page, {"reason": ""}).context["form"].errors
    assert desk.post(page, {"reason": "Mutation."}).status_code == 302
    juror.refresh_from_db()
    assert not juror.is_sitting
    assert "ne siège plus" in text_of(desk.get(page))


def test_another_jury_s_member_is_not_found(desk, jury, territory):
    other = JurorFactory(jury=JuryFactory(territory=territory))
    for name in ("member", "member_remove"):
        assert desk.get(url(name, jury, other.uuid)).status_code == 404
    assert desk.post(url("member_again", jury, other.uuid)).status_code == 404


def test_another_territory_s_jury_is_not_found(client, jury):
    client.force_login(CoordinatorFactory())
    for name in ("members", "member_invite", "member_list", "rules", "discussion", "identities", "remind"):
        assert client.get(url(name, jury)).status_code == 404
        assert client.post(url(name, jury)).status_code == 404
    assert str(jury.call) not in text_of(client.get(reverse("admin:candidatures_jury_changelist")))


# Rules, discussion, identities ---------------------------------------------------------------


def test_rules_are_refused_on_their_field_and_kept_as_typed(desk, jury):
    form = desk.get(url("rules", jury)).context["form"]
    data = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    backwards = data | {"reads_from": "2026-03-02", "reads_to": "2026-03-01", "charter": "Le secret."}
    response = desk.post(url("rules", jury), backwards)
    assert "reads_to" in response.context["form"].errors
    assert "Le secret." in text_of(response)
    assert desk.post(url("rules", jury), backwards | {"reads_to": "2026-03-20"}).status_code == 302
    jury.refresh_from_db()
    assert jury.charter == "Le secret."
    stale = desk.post(url("rules", jury), data)
    assert "ont changé" in text_of(stale)


def test_the_discussion_is_opened_once_told_what_it_does(desk, jury):
    juror = JurorFactory(jury=jury)
    read_by(juror, *eligible(jury.call, 2))
    page = url("discussion", jury)
    shown = desk.get(page)
    assert "2 lectures ne sont pas encore déposées" in text_of(shown)
    jury.refresh_from_db()
    assert not jury.discussion_open
    for _n in range(2):
        desk.post(page, {"vers": "ouverte"})
        jury.refresh_from_db()
        assert jury.discussion_open
    desk.post(page, {})
    jury.refresh_from_db()
    assert jury.discussion_open
    desk.post(page, {"vers": "fermee"})
    jury.refresh_from_db()
    assert not jury.discussion_open


def test_identities_are_shown_after_a_reason_only(desk, jury):
    assert "n'est pas anonyme" in text_of(desk.get(url("identities", jury)))
    type(jury.call).objects.filter(pk=jury.call_id).update(blind_reading=True)
    assert "C'est définitif" in text_of(desk.get(url("identities", jury)))
    assert "reason" in desk.post(url("identities", jury), {"reason": " "}).context["form"].errors
    desk.post(url("identities", jury), {"reason": "Entretiens."})
    jury.refresh_from_db()
    assert jury.identities_shown_at is not None
    assert "Entretiens." in text_of(desk.get(url("members", jury)))


# Reminders and the desk's first page ---------------------------------------------------------


def test_the_reminder_is_read_before_it_leaves_and_goes_to_those_chosen(desk, jury):
    applications = eligible(jury.call, 2)
    chosen, other = JurorFactory(jury=jury), JurorFactory(jury=jury)
    for juror in (chosen, other):
        read_by(juror, *applications)
    shown = text_of(desk.get(url("remind", jury)))
    assert "2 lectures à déposer" in shown
    assert "Une lecture enregistrée mais non déposée n'est pas comptée." in shown
    assert not OutgoingMail.objects.exists()
    response = desk.post(url("remind", jury), {"membre": [str(chosen.uuid)]})
    assert "1 membre est relancé" in said(response)
    assert OutgoingMail.objects.get().to == chosen.user.email
    assert "déjà relancé aujourd'hui" in text_of(desk.get(url("remind", jury)))
    assert "Personne n'est relancé" in said(desk.post(url("remind", jury), {"membre": [str(chosen.uuid)]}))


def test_the_first_page_names_silence_lateness_and_an_end_that_nears(desk, jury, territory):
    JurorFactory(jury=jury, joined_at=None)
    juror = JurorFactory(jury=jury)
    read_by(juror, *eligible(jury.call, 2))
    ends = timezone.localdate() + timedelta(days=3)
    Jury.objects.filter(pk=jury.pk).update(reads_to=ends)
    JuryFactory(territory=territory)
    read_by(JurorFactory(), *eligible(JuryFactory().call, 1))
    first, later = (desk.get(url("members", jury)).wsgi_request for _turn in range(2))
    with CaptureQueriesContext(connection) as queries:
        lines = pages.desk_items(first)
    assert len(queries) == 2
    assert [(str(line.label), line.count, line.urgency) for line in lines] == [
        ("invitation au jury sans réponse", 1, "soon"),
        ("lectures à déposer par le jury", 2, "soon"),
    ]
    over(jury)
    assert [(str(line.label), line.count, line.urgency) for line in pages.desk_items(later)] == [
        ("membre du jury en retard de lecture", 1, "now")
    ]


# The hub -------------------------------------------------------------------------------------


def test_the_hub_says_where_each_step_stands(desk, jury):
    first, second, third = eligible(jury.call, 3)
    readers = [JurorFactory(jury=jury) for _n in range(2)]
    JurorFactory(jury=jury, joined_at=None)
    for juror in readers:
        ReviewFactory(juror=juror, application=first, notes=[4, 3])
        read_by(juror, second)
    members.create(by=CoordinatorFactory(territory=jury.territory), call=jury.call)
    steps = {row["step"].name: row["step"] for row in reversed(desk.get(hub(jury)).context["steps"])}
    assert steps["members"].figure == "3 membres"
    assert steps["members"].detail.startswith("engagement accepté par 2")
    assert steps["assignment"].figure == "2 sur 3"
    assert (steps["dossiers"].figure, steps["dossiers"].tone) == ("2 sur 4", "open")
    assert steps["ranking"].figure == "1 sur 3"
    assert (steps["interviews"].figure, steps["sessions"].tone) == ("aucun créneau", "idle")
    assert third.state == "eligible"


def test_the_list_of_juries_says_where_each_stands(desk, jury):
    JurorFactory(jury=jury)
    gone = JurorFactory(jury=jury)
    Juror.objects.filter(pk=gone.pk).update(left_at=timezone.now())
    response = desk.get(reverse("admin:candidatures_jury_changelist"), {"q": jury.call.title})
    assert response.context["cl"].result_list[0].sitting_count == 1
    assert "lecture en cours" in text_of(response)
    over(jury)
    assert "lecture finie" in text_of(desk.get(reverse("admin:candidatures_jury_changelist")))
    assert desk.post(hub(jury)).status_code == 405
