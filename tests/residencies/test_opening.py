"""A residency: opened once from an accepted offer, or outside the selection; changed, moved, published."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from candidatures.enums import PeriodKind
from candidatures.models import Application, CallPeriod, Member, Offer
from candidatures.services.jury import offers, publication
from clea.accounts.models import User
from clea.errors import Forbidden, Refused, StaleWrite
from clea.journal.models import Entry
from clea.mail.models import OutgoingMail
from residencies.enums import CountBasis, DocumentKind, PaperKind, PaperState, ResidencyState
from residencies.models import Lodging, Paper, PlanningRules, Residency, Stay
from residencies.selectors import opening as selectors
from residencies.selectors.readiness import alerts
from residencies.services import opening
from residencies.services.opening import PeriodRow
from tests.candidatures.jury.decided import Decided
from tests.factories.residencies import ActivityFactory, ResidencyFactory, artist_of
from tests.factories.structures import CoordinatorFactory, ProfessionalFactory, StructureFactory

pytestmark = pytest.mark.django_db

DATES = [
    (PeriodKind.IMMERSION, "Immersion", date(2026, 10, 5), date(2026, 10, 9)),
    (PeriodKind.EVENT, "27e heure", date(2026, 10, 7), date(2026, 10, 7)),
    (PeriodKind.PHASE, "Phase 1", date(2027, 2, 1), date(2027, 2, 19)),
    (PeriodKind.PHASE, "Phase 2", date(2027, 3, 8), date(2027, 6, 11)),
]


@pytest.fixture
def decided() -> Decided:
    """A call with the real dates, one dossier selected."""
    found = Decided()
    CallPeriod.objects.filter(call=found.call).delete()
    for kind, title, start, end in DATES:
        CallPeriod.objects.create(call=found.call, kind=kind, title=title, starts_on=start, ends_on=end)
    return found


@pytest.fixture
def accepted(decided) -> Offer:
    application = decided.selected[0]
    return offers.accept(by=application.owner, offer=decided.offer(application))


def codes(residency, on: date) -> list[tuple[str, str]]:
    fresh = Residency.objects.with_place().select_related("offer").get(pk=residency.pk)
    return [(alert.code, alert.urgency) for alert in alerts(fresh, on)]


# Opening -----------------------------------------------------------------------------------------


@time_machine.travel("2026-06-15 10:00 +02:00", tick=False)
def test_an_accepted_offer_becomes_a_residency_in_one_act(decided, accepted):
    PlanningRules.objects.create(territory=decided.jury.territory, structures_target=24)
    Application.objects.filter(pk=accepted.application_id).update(
        organisation="Compagnie du Terril", website="https://terril.exemple", practice="Nous dessinons."
    )
    owner = accepted.application
    Member.objects.create(application=owner, name=f"{owner.first_name} {owner.last_name}", role="Direction")
    Member.objects.create(application=accepted.application, name="Noé de la Fosse", role="Musique")
    accepted.application.axes.set(decided.call.axes.all())

    residency = opening.open_from_offer(by=decided.desk, offer=accepted)

    application = Application.objects.get(pk=accepted.application_id)
    assert (residency.state, residency.artist_name) == (ResidencyState.PREPARING, application.display_name)
    assert residency.slug == "elan-" + application.last_name.lower()
    assert residency.position_title == decided.position.title
    assert (residency.discipline, residency.home_city) == ("arts visuels", application.city)
    assert (residency.employer, residency.website) == ("Compagnie du Terril", "https://terril.exemple")
    assert residency.presentation == "Nous dessinons."
    assert residency.structures_target == 24
    assert residency.lodging_needed is decided.call.money.lodging_provided
    assert set(residency.axes.all()) == set(decided.call.axes.all())
    # Immersion and phases, the high point inside them is not one.
    assert [row.title for row in residency.periods.all()] == ["Immersion", "Phase 1", "Phase 2"]
    assert (residency.contract_days, residency.count_basis) == (Decimal(90), CountBasis.WEEKDAYS)
    counted = selectors.day_count(residency.periods.all(), residency.territory)
    assert (counted.weekdays, counted.working_days) == (90, 87)
    lead = residency.artists.get(is_lead=True)
    assert lead.user == application.owner
    (other,) = residency.artists.filter(is_lead=False)
    assert (other.first_name, other.last_name, other.role, other.user) == ("Noé", "de la Fosse", "Musique", None)
    # Every paper before the immersion.
    asked = residency.requested_documents.all()
    assert {row.kind for row in asked} == {"bank", "insurance", "licence", "vehicle"}
    assert {row.due_on for row in asked} == {date(2026, 9, 14)}
    (letter,) = OutgoingMail.objects.filter(kind="residency.opened")
    assert letter.to == application.owner.email
    assert f"/ma-residence/{residency.uuid}/" in letter.body
    assert "Relevé d'identité bancaire" in letter.body
    entry = Entry.objects.get(verb="residency.opened")
    assert entry.data["days"] == "90"
    assert application.display_name not in str(entry.data)


def test_opening_twice_gives_the_same_residency_and_one_message(decided, accepted):
    first = opening.open_from_offer(by=decided.desk, offer=accepted)
    assert opening.open_from_offer(by=decided.desk, offer=accepted) == first
    assert OutgoingMail.objects.filter(kind="residency.opened").count() == 1


def test_an_offer_no_longer_accepted_opens_nothing(decided):
    application = decided.selected[0]
    offer = decided.offer(application)
    with pytest.raises(Refused, match="pas encore répondu"):
        opening.open_from_offer(by=decided.desk, offer=offer)
    offers.accept(by=application.owner, offer=offer)
    # Read before the place was freed: the lock reads again.
    stale = Offer.objects.get(pk=offer.pk)
    offers.release(by=decided.desk, offer=offer, why="Empêchement", on=timezone.localdate())
    with pytest.raises(Refused, match="n'est plus acceptée"):
        opening.open_from_offer(by=decided.desk, offer=stale)
    assert not Residency.objects.exists()


def test_nobody_but_its_coordination_opens(decided, accepted):
    for person in (accepted.application.owner, CoordinatorFactory()):
        with pytest.raises(Forbidden):
            opening.open_from_offer(by=person, offer=accepted)


def test_a_residency_whose_place_was_freed_says_so(decided, accepted):
    residency = opening.open_from_offer(by=decided.desk, offer=accepted)
    offers.release(by=decided.desk, offer=accepted, why="Empêchement", on=timezone.localdate())
    assert ("offer_gone", "now") in codes(residency, date(2026, 6, 1))


def test_an_artist_chosen_outside_gets_an_account_and_the_season_s_dates(decided):
    season = decided.call.season
    given = {
        "season": season,
        "kind": decided.call.kind,
        "artist_name": "Théâtre des Fosses",
        "first_name": "Lou",
        "last_name": "Dubois",
        "email": "Lou@Fosses.exemple",
    }
    with pytest.raises(Refused) as refusal:
        opening.open_outside(by=decided.desk, reason=" ", **given)
    assert refusal.value.field == "reason"
    residency = opening.open_outside(by=decided.desk, reason="Remplace un désistement.", **given)
    user = User.objects.get(email="lou@fosses.exemple")
    assert residency.artists.get().user == user
    assert (residency.offer, residency.application) == (None, None)
    assert residency.contract_days == 90
    with pytest.raises(Refused, match="déjà une résidence"):
        opening.open_outside(by=decided.desk, reason="Encore.", **given)
    # The same name elsewhere takes another address.
    given["email"] = "autre@fosses.exemple"
    rows = [PeriodRow(PeriodKind.PHASE, "Deux jours", date(2027, 3, 27), date(2027, 3, 30))]
    other = opening.open_outside(by=decided.desk, reason="Partenariat.", periods=rows, **given)
    assert (residency.slug, other.slug) == ("theatre-des-fosses", "theatre-des-fosses-2")
    # Saturday to Tuesday: two weekdays, one of them Easter Monday.
    assert other.contract_days == 2


# Changing ----------------------------------------------------------------------------------------


def test_two_people_do_not_write_over_each_other():
    residency = ResidencyFactory()
    desk = CoordinatorFactory(territory=residency.territory)
    opening.change(by=desk, residency=residency, version=0, title="Le geste noir")
    with pytest.raises(StaleWrite):
        opening.change(by=desk, residency=residency, version=0, title="Autre")
    residency.refresh_from_db()
    assert residency.title == "Le geste noir"


def test_periods_keep_their_identity_do_not_overlap_and_recount_the_days():
    residency = ResidencyFactory()
    desk = CoordinatorFactory(territory=residency.territory)
    first, second, _third = residency.periods.all()
    rows = [
        PeriodRow(first.kind, "Immersion", date(2026, 10, 5), date(2026, 10, 6), first.uuid),
        PeriodRow(second.kind, "Phase 1", date(2026, 10, 6), date(2027, 2, 19), second.uuid),
    ]
    with pytest.raises(Refused, match="se chevauchent"):
        opening.set_periods(by=desk, residency=residency, rows=rows)
    rows[1] = PeriodRow(second.kind, "Phase unique", date(2027, 3, 26), date(2027, 3, 30), second.uuid)
    kept = opening.set_periods(by=desk, residency=residency, rows=rows, recount=True)
    assert [row.pk for row in kept] == [first.pk, second.pk]
    residency.refresh_from_db()
    assert residency.contract_days == 5
    residency.count_basis = CountBasis.WORKING_DAYS
    residency.save()
    opening.set_periods(by=desk, residency=residency, rows=rows, recount=True)
    residency.refresh_from_db()
    assert residency.contract_days == 4


def test_people_come_and_go_and_the_space_follows():
    residency = ResidencyFactory()
    desk, lead = CoordinatorFactory(territory=residency.territory), artist_of(residency)
    named = opening.add_artist(by=desk, residency=residency, first_name="Ana", last_name="Sol", role="Danse")
    assert named.user is None
    with pytest.raises(Refused, match="seule personne"):
        opening.remove_artist(by=desk, artist=residency.artists.get(user=lead))
    opening.change_artist(by=desk, artist=named, first_name="Ana", last_name="Sol", email="ana@sol.exemple")
    ana = User.objects.get(email="ana@sol.exemple")
    assert Residency.objects.of(ana).get() == residency
    assert OutgoingMail.objects.get(kind="residency.joined").to == ana.email
    opening.remove_artist(by=desk, artist=residency.artists.get(user=lead))
    assert not Residency.objects.of(lead).exists()
    assert residency.artists.get(user=ana).is_lead
    # Come back: the same seat.
    back = opening.add_artist(by=desk, residency=residency, first_name="X", last_name="Y", email=lead.email)
    assert back.user == lead
    assert Residency.objects.of(lead).get() == residency


def test_it_moves_by_its_table_and_a_stopped_one_leaves_the_public_site():
    residency = ResidencyFactory(state=ResidencyState.PREPARING, presentation="Un texte.")
    desk = CoordinatorFactory(territory=residency.territory)
    with pytest.raises(Refused, match="ne peut pas"):
        opening.finish(by=desk, residency=residency)
    opening.start(by=desk, residency=residency)
    opening.publish(by=desk, residency=residency)
    with pytest.raises(Refused) as refusal:
        opening.stop(by=desk, residency=residency, reason="")
    assert refusal.value.field == "reason"
    stopped = opening.stop(by=desk, residency=residency, reason="Santé.")
    assert (stopped.state, stopped.published_at, stopped.stopped_why) == (ResidencyState.STOPPED, None, "Santé.")
    assert "Santé" not in str(Entry.objects.get(verb="residency.stopped").data)
    with pytest.raises(Refused, match="interrompue"):
        opening.change(by=desk, residency=stopped, version=stopped.version, title="x")
    with time_machine.travel("2026-09-01"):
        assert opening.resume(by=desk, residency=stopped).state == ResidencyState.PREPARING


def test_a_name_is_not_announced_before_the_jury_s(decided, accepted):
    residency = opening.open_from_offer(by=decided.desk, offer=accepted, presentation="")
    with pytest.raises(Refused, match="présentation"):
        opening.publish(by=decided.desk, residency=residency)
    opening.change(by=decided.desk, residency=residency, version=0, presentation="Des gestes.")
    with pytest.raises(Refused, match="pas encore publics"):
        opening.publish(by=decided.desk, residency=residency)
    publication.approve(by=decided.desk, jury=decided.jury, publish_on=timezone.localdate())
    assert opening.publish(by=decided.desk, residency=residency).published_at is not None


# Readiness ---------------------------------------------------------------------------------------


def test_an_unsigned_contract_gets_louder_as_the_immersion_comes():
    residency = ResidencyFactory(lodging_needed=False, published_at=timezone.now())
    for on, urgency in ((date(2026, 8, 1), "info"), (date(2026, 9, 1), "soon"), (date(2026, 9, 21), "now")):
        assert ("contract", urgency) in codes(residency, on)
    (during,) = [alert for alert in alerts(residency, date(2026, 10, 6)) if alert.code == "contract"]
    assert (during.urgency, "a commencé le lundi 5 octobre 2026" in during.text) == ("now", True)
    Paper.objects.create(
        kind=PaperKind.CONTRACT,
        residency=residency,
        number="C1",
        title="Contrat",
        body="…",
        state=PaperState.SIGNED,
        signed_on=date(2026, 9, 1),
    )
    assert "contract" not in dict(codes(residency, date(2026, 10, 6)))


def test_a_bed_is_missed_for_each_period_without_one():
    residency = ResidencyFactory()
    (missing,) = [alert for alert in alerts(residency, date(2026, 10, 1)) if alert.code == "no_lodging"]
    assert (missing.urgency, "Immersion, Phase 1, Phase 2" in missing.text) == ("now", True)
    lodging = Lodging.objects.create(territory=residency.territory, name="La maison", address="…")
    Stay.objects.create(lodging=lodging, residency=residency, starts_on=date(2026, 10, 4), ends_on=date(2026, 10, 10))
    (missing,) = [alert for alert in alerts(residency, date(2026, 10, 1)) if alert.code == "no_lodging"]
    assert (missing.urgency, "Immersion" in missing.text) == ("info", False)


def test_what_is_missing_is_said_and_leads_where_it_is_settled():
    residency = ResidencyFactory(periods=False, artist__none=True, artist=None)
    kinds = dict(codes(residency, date(2026, 10, 1)))
    assert kinds["no_periods"] == kinds["no_account"] == "now"
    assert {"licence_unchecked", "vehicle_unchecked"} <= set(kinds)
    structure = StructureFactory(commune__territory=residency.territory)
    ProfessionalFactory(structure=structure)
    ActivityFactory(residency=residency, structure=structure)
    (alone,) = [alert for alert in alerts(residency, date(2026, 10, 1)) if alert.code == "no_team"]
    assert (alone.text[:11], alone.url_name) == ("1 structure", "admin:residencies_residency_coverage")
    ProfessionalFactory(structure=structure)
    assert "no_team" not in dict(codes(residency, date(2026, 10, 1)))


def test_an_ended_residency_asks_nothing():
    assert alerts(ResidencyFactory(state=ResidencyState.FINISHED), date(2027, 9, 1)) == []


def test_words_rewritten_by_the_desk_stay_as_they_are():
    residency = ResidencyFactory()
    bank = {"kind": DocumentKind.BANK, "due_on": date(2027, 1, 1)}
    usual = residency.requested_documents.create(title="relevé d'identité bancaire", **bank)
    own = residency.requested_documents.create(title="RIB du collectif", why="Pour la compagnie.", **bank)
    assert selectors.asked_title(usual) == "Relevé d'identité bancaire"
    assert (selectors.asked_title(own), selectors.asked_why(own)) == ("RIB du collectif", "Pour la compagnie.")
