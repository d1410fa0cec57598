"""A coordinator prepares, checks, publishes and takes up calls, in the admin alone."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from candidatures.admin.fields import MomentField
from candidatures.enums import CallStatus
from candidatures.models import Call, Programme, Season
from candidatures.sections import task_list
from candidatures.selectors import with_content
from clea.journal.models import Entry
from tests.candidatures.desk import text_of
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.candidatures import (
    ApplicationFactory,
    CallFactory,
    ContactMessageFactory,
    ExtensionFactory,
    ProgrammeFactory,
    SeasonFactory,
)

pytestmark = pytest.mark.django_db

PARIS = ZoneInfo("Europe/Paris")
INLINES = ("positions", "periods", "sections", "axes", "pieces", "criteria", "money", "scoring", "questions")


def form_of(response):
    """What a browser would send back of the admin's form, untouched."""
    form = response.context["adminform"].form
    data = {}

    def take(form):
        for bound in form:
            value = bound.value()
            if isinstance(bound.field, MomentField):
                parts = bound.field.widget.decompress(value) if not isinstance(value, list) else value
                for rank, part in enumerate(parts):
                    shown = bound.field.widget.widgets[rank].format_value(part)
                    data[f"{bound.html_name}_{'date' if rank == 0 else 'time'}"] = shown or ""
            elif isinstance(value, bool):
                if value:
                    data[bound.html_name] = "on"
            elif value is not None:
                shown = bound.field.widget.format_value(value) if hasattr(bound.field.widget, "format_value") else value
                data[bound.html_name] = shown[0] if isinstance(shown, list) else "" if shown is None else shown

    take(form)
    for inline in response.context["inline_admin_formsets"]:
        take(inline.formset.management_form)
        for row in inline.formset.forms:
            take(row)
    return data


def rows(prefix, *entries, initial=0):
    data = {
        f"{prefix}-TOTAL_FORMS": len(entries),
        f"{prefix}-INITIAL_FORMS": initial,
        f"{prefix}-MIN_NUM_FORMS": 0,
        f"{prefix}-MAX_NUM_FORMS": 1000,
    }
    for rank, entry in enumerate(entries):
        data |= {f"{prefix}-{rank}-{name}": value for name, value in entry.items()}
    return data


# A deadline as people say it --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (["15/02/2026", ""], datetime(2026, 2, 16, 0, 0, tzinfo=PARIS)),
        (["15/02/2026", "12:00"], datetime(2026, 2, 15, 12, 0, tzinfo=PARIS)),
        (["15/02/2026", "00:00"], datetime(2026, 2, 15, 0, 0, tzinfo=PARIS)),
        (["28/03/2026", ""], datetime(2026, 3, 29, 0, 0, tzinfo=PARIS)),  # summer time begins that night
        (["25/10/2026", ""], datetime(2026, 10, 26, 0, 0, tzinfo=PARIS)),
        (["31/12/2026", ""], datetime(2027, 1, 1, 0, 0, tzinfo=PARIS)),
    ],
)
def test_a_deadline_without_an_hour_lasts_all_its_day(typed, stored):
    field = MomentField(end=True)
    assert field.clean(typed) == stored
    again = field.widget.decompress(stored)
    assert field.clean([part.isoformat() if part else "" for part in again]) == stored
    assert not field.has_changed(stored, [part.isoformat() if part else "" for part in again])


def test_an_opening_without_an_hour_begins_with_its_day():
    field = MomentField(end=False)
    assert field.clean(["01/12/2026", ""]) == datetime(2026, 12, 1, tzinfo=PARIS)
    assert field.widget.decompress(datetime(2026, 12, 1, tzinfo=PARIS)) == [date(2026, 12, 1), None]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (["", "12:00"], "Indiquez la date."),
        (["", ""], "Il manque une réponse ici."),
        (["demain", ""], "Écrivez la date ainsi : 15/02/2027."),
        (["15/02/2026", "midi"], "Écrivez l'heure ainsi : 12:00, ou laissez vide."),
        (["29/03/2026", "02:30"], "n’a pas pu être interprété"),  # an hour that does not exist
    ],
)
def test_a_deadline_badly_typed_says_how(typed, says):
    with pytest.raises(ValidationError) as invalid:
        MomentField(end=True).clean(typed)
    assert says in " ".join(invalid.value.messages).replace("'", "'")


def test_a_line_of_a_table_is_one_of_its_page(desk, territory):
    """Whoever names another page's line by its number is not told that there is one."""
    theirs = SeasonFactory()
    answer = desk.post(
        reverse("admin:candidatures_programme_add"),
        {"territory": territory.pk, "name": "CLEA du Val", "slug": "clea-val", "starts_on": "01/09/2026",
         "ends_on": "31/08/2029"}
        | rows("seasons", {"id": theirs.pk, "name": "2026-2027", "starts_on": "01/09/2026", "ends_on": "31/08/2027"}),
    )  # fmt: skip
    assert answer.status_code == 200
    assert not Programme.objects.filter(slug="clea-val").exists()


# Another territory's call -----------------------------------------------------------------------


def test_a_call_unlike_ours_is_set_up_without_touching_code(desk, territory):
    """Other communes, two residencies of three months, closing at noon, other pieces, other ceilings."""
    answer = desk.post(
        reverse("admin:candidatures_programme_add"),
        {"territory": territory.pk, "name": "CLEA du Val", "slug": "clea-val", "starts_on": "01/09/2026",
         "ends_on": "31/08/2029"}
        | rows("seasons", {"name": "2026-2027", "starts_on": "01/09/2026", "ends_on": "31/08/2027"}),
    )  # fmt: skip
    assert answer.status_code == 302, answer.context["errors"]
    season = Season.objects.get(programme=Programme.objects.get(slug="clea-val"))
    answer = desk.post(
        reverse("admin:candidatures_call_add"),
        {
            "season": season.pk, "kind": "artistic", "title": "Deux résidences au Val", "slug": "val-2027",
            "summary": "Deux artistes, trois mois.", "reference_prefix": "VAL", "reference_year": 2027,
            "opens_at_date": "01/12/2026", "opens_at_time": "", "closes_at_date": "15/01/2027",
            "closes_at_time": "12:00", "jury_on": "05/02/2027", "results_on": "12/02/2027",
            "contact_email": "val@exemple.test", "silence_notice": "Le silence vaut rejet.",
            "piece_max_mb": 5, "piece_max_pages": 12, "retention_months": 6,
        }
        | rows("positions", {"title": "Résidence de trois mois", "count": 2, "order": 1})
        | rows("periods", {"kind": "phase", "title": "Trois mois", "starts_on": "01/03/2027", "ends_on": "31/05/2027"})
        | rows("sections", {"title": "Le projet", "slug": "projet", "text": "Un *texte*.", "order": 1})
        | rows("axes")
        | rows(
            "pieces",
            {"title": "Vidéo de présentation", "code": "video", "form": "links", "required": "on", "order": 1},
            {"title": "Note", "code": "note", "form": "text", "order": 2, "max_mb": 2, "max_pages": 3},
        )
        | rows("criteria", {"text": "Je suis majeur.", "order": 1})
        | rows("money", {"net_allowance": "9000,50", "employer_ceiling": "15000", "cachet_max_percent": "10",
                         "budget_required": "on", "return_trips": 1})
        | rows("scoring", {"title": "Justesse", "weight": 2, "max_score": 10, "order": 1})
        | rows("questions", {"question": "À deux ?", "answer": "Oui.", "order": 1}),
    )  # fmt: skip
    assert answer.status_code == 302, answer.context["errors"]
    call = Call.objects.get(slug="val-2027")
    assert call.territory == territory
    assert call.status == CallStatus.DRAFT
    assert call.closes_at == datetime(2027, 1, 15, 12, 0, tzinfo=PARIS)
    assert call.opens_at == datetime(2026, 12, 1, 0, 0, tzinfo=PARIS)
    assert [(position.title, position.count) for position in call.positions.all()] == [("Résidence de trois mois", 2)]
    assert [(piece.code, piece.form, piece.required, piece.page_limit) for piece in call.pieces.all()] == [
        ("video", "links", True, 12),
        ("note", "text", False, 3),
    ]
    assert (call.money.net_allowance, call.money.employer_ceiling) == (Decimal("9000.50"), Decimal(15000))
    assert call.money.author_max_percent is None
    assert not call.ask_articulation
    assert call.scoring.get().max_score == 10
    # Then published, by its own page.
    page = desk.get(reverse("admin:candidatures_call_publish", args=[call.uuid]))
    assert "Relecture faite" in text_of(page) or "À regarder" in text_of(page)
    assert "vendredi 15 janvier 2027, 12" in text_of(page)
    desk.post(reverse("admin:candidatures_call_publish", args=[call.uuid]))
    call.refresh_from_db()
    assert call.status == CallStatus.PUBLISHED
    # And a dossier of that call asks for what that call asks.
    application = ApplicationFactory(call=call)
    keys = [section.key for section in task_list(with_content(application.pk)).sections]
    assert "piece-video" in keys
    assert "articulation" not in keys


def test_a_deadline_is_shown_as_it_was_typed(desk, territory):
    call = CallFactory(complete=True, territory=territory, closes_at=datetime(2027, 2, 16, tzinfo=PARIS))
    page = desk.get(reverse("admin:candidatures_call_change", args=[call.pk]))
    assert '<input type="text" name="closes_at_date" value="15/02/2027"' in text_of(page)
    data = form_of(page)
    assert data["closes_at_time"] == ""
    assert desk.post(reverse("admin:candidatures_call_change", args=[call.pk]), data).status_code == 302
    call.refresh_from_db()
    assert call.closes_at == datetime(2027, 2, 16, tzinfo=PARIS)


# Changes to a call that the public reads --------------------------------------------------------


def change(desk, call, **changes):
    url = reverse("admin:candidatures_call_change", args=[call.pk])
    answer = desk.post(url, form_of(desk.get(url)) | changes)
    assert answer.status_code == 302, answer.context["errors"]
    return answer


def test_what_changes_in_a_published_call_is_journaled_by_name(desk, territory):
    call = CallFactory(complete=True, territory=territory)
    change(desk, call)
    assert not Entry.objects.filter(verb="call.changed").exists()
    change(desk, call, summary="Autre résumé.", **{"pieces-0-title": "Autre lettre"})
    entry = Entry.objects.get(verb="call.changed")
    assert entry.target_id == str(call.uuid)
    assert entry.data == {"fields": ["callpiece", "summary"]}
    call.refresh_from_db()
    assert call.summary == "Autre résumé."


def test_the_state_and_a_public_address_do_not_change_by_the_form(desk, territory):
    call = CallFactory(complete=True, territory=territory, slug="adresse")
    change(desk, call, status="draft", slug="autre")
    call.refresh_from_db()
    assert (call.status, call.slug) == (CallStatus.PUBLISHED, "adresse")


def test_a_piece_people_already_gave_keeps_its_code(desk, territory):
    call = CallFactory(complete=True, territory=territory)
    change(desk, call, **{"pieces-0-code": "nouveau"})
    ApplicationFactory(call=call)
    url = reverse("admin:candidatures_call_change", args=[call.pk])
    answer = desk.post(url, form_of(desk.get(url)) | {"pieces-0-code": "encore"})
    assert answer.status_code == 200
    assert "gardez son identifiant" in text_of(answer)
    assert call.pieces.filter(code="nouveau").exists()


def test_a_piece_that_someone_gave_is_not_deleted(desk, territory):
    call = CallFactory(complete=True, territory=territory)
    ApplicationFactory(call=call, complete=True)
    url = reverse("admin:candidatures_call_change", args=[call.pk])
    answer = desk.post(url, form_of(desk.get(url)) | {"pieces-1-DELETE": "on"})
    assert answer.status_code == 200
    assert call.pieces.filter(code="cv").exists()


def test_a_close_before_the_opening_is_refused_in_words(desk, territory):
    call = CallFactory(complete=True, territory=territory)
    url = reverse("admin:candidatures_call_change", args=[call.pk])
    answer = desk.post(url, form_of(desk.get(url)) | {"closes_at_date": "01/01/2020"})
    assert "La clôture doit suivre l'ouverture." in text_of(answer)


# Publish, take back, archive --------------------------------------------------------------------


def test_what_blocks_is_shown_and_nothing_is_published(desk, territory):
    call = CallFactory(draft=True, territory=territory)
    url = reverse("admin:candidatures_call_publish", args=[call.uuid])
    page = desk.get(url)
    assert "À régler avant de publier" in text_of(page)
    assert "Aucune pièce n'est demandée" in text_of(page)
    assert "Publier l'appel" not in text_of(page)
    answer = desk.post(url, follow=True)
    assert "L'appel n'est pas prêt." in text_of(answer)
    call.refresh_from_db()
    assert call.status == CallStatus.DRAFT


@pytest.mark.parametrize(
    ("page", "make", "status"),
    [
        ("publish", {"draft": True}, CallStatus.PUBLISHED),
        ("unpublish", {}, CallStatus.DRAFT),
        ("archive", {"closed": True}, CallStatus.ARCHIVED),
    ],
)
def test_each_act_is_asked_then_done(desk, territory, page, make, status):
    call = CallFactory(complete=True, territory=territory, **make)
    before = call.status
    url = reverse(f"admin:candidatures_call_{page}", args=[call.uuid])
    assert f'href="{url}"' in text_of(desk.get(reverse("admin:candidatures_call_change", args=[call.pk])))
    assert desk.get(url).status_code == 200
    call.refresh_from_db()
    assert call.status == before
    desk.post(url)
    call.refresh_from_db()
    assert call.status == status


def test_an_act_that_is_no_longer_possible_says_why(desk, territory):
    call = CallFactory(complete=True, territory=territory)
    ApplicationFactory(call=call)
    url = reverse("admin:candidatures_call_unpublish", args=[call.uuid])
    assert "Des dossiers sont commencés" in text_of(desk.get(url))
    assert "Des dossiers sont commencés" in text_of(desk.post(url, follow=True))
    call.refresh_from_db()
    assert call.status == CallStatus.PUBLISHED


# Clone ------------------------------------------------------------------------------------------


def test_last_year_s_call_is_taken_up_after_seeing_its_dates(desk, territory):
    call = CallFactory(complete=True, territory=territory, closes_at=datetime(2027, 2, 16, tzinfo=PARIS),
                       opens_at=datetime(2026, 12, 1, tzinfo=PARIS))  # fmt: skip
    season = SeasonFactory(programme=call.season.programme, starts_on=date(2027, 9, 1), ends_on=date(2028, 8, 31))
    url = reverse("admin:candidatures_call_clone", args=[call.uuid])
    first = desk.get(url)
    assert first.context["form"]["season"].value() == season.pk
    data = {"season": season.pk, "title": "La suite", "slug": "suite", "reference_year": 2028, "weeks": 52}
    shown = desk.post(url, data | {"voir": ""})
    assert "lundi 14 février 2028 inclus" in text_of(shown)
    assert not Call.objects.filter(slug="suite").exists()
    # Another number of weeks than the one that was shown is shown first.
    seen = shown.context["seen"]
    again = desk.post(url, data | {"weeks": 53, "vu": seen, "confirmer": ""})
    assert not Call.objects.filter(slug="suite").exists()
    assert "lundi 21 février 2028 inclus" in text_of(again)
    done = desk.post(url, data | {"vu": seen, "confirmer": ""}, follow=True)
    copy = Call.objects.get(slug="suite")
    assert (copy.status, copy.season, copy.pieces.count()) == (CallStatus.DRAFT, season, 4)
    assert timezone.localtime(copy.closes_at).date() == date(2028, 2, 15)
    assert "prêt à être relu" in text_of(done)


def test_a_clone_needs_an_address_of_its_own_and_a_season_of_ours(desk, territory):
    call = CallFactory(complete=True, territory=territory)
    url = reverse("admin:candidatures_call_clone", args=[call.uuid])
    data = {"season": SeasonFactory().pk, "title": "La suite", "slug": call.slug, "reference_year": 2028, "weeks": 52}
    answer = desk.post(url, data | {"voir": ""})
    assert set(answer.context["form"].errors) == {"season", "slug"}


# Lists ------------------------------------------------------------------------------------------


def test_the_list_says_where_each_call_stands(desk, territory):
    CallFactory(territory=territory, draft=True, title="Préparé")
    CallFactory(territory=territory, upcoming=True, title="Futur")
    running = CallFactory(territory=territory, complete=True, title="Courant")
    CallFactory(territory=territory, closed=True, title="Passé")
    ApplicationFactory(call=running, submitted=True)
    ApplicationFactory(call=running)
    ApplicationFactory(call=running)
    url = reverse("admin:candidatures_call_changelist")
    page = desk.get(url)
    found = {call.title: (call.filed_count, call.draft_count) for call in page.context["cl"].result_list}
    assert found == {"Préparé": (0, 0), "Futur": (0, 0), "Courant": (1, 2), "Passé": (0, 0)}
    assert "inclus (jusqu'à 23" in text_of(page)
    for value, title in (("prepares", "Préparé"), ("a_venir", "Futur"), ("ouverts", "Courant"), ("clos", "Passé")):
        assert [call.title for call in desk.get(url, {"moment": value}).context["cl"].result_list] == [title]


def test_the_lists_cost_the_same_at_3_and_at_30(desk, territory, assert_num_queries_constant):
    def grow(count):
        for _n in range(count):
            call = CallFactory(territory=territory)
            ContactMessageFactory(call=call)
            ExtensionFactory(call=call)

    grow(3)
    for name in ("call", "season", "programme", "extension", "contactmessage"):
        url = reverse(f"admin:candidatures_{name}_changelist")
        assert desk.get(url).status_code == 200

    def read():
        for name in ("call", "season", "programme", "extension", "contactmessage"):
            desk.get(reverse(f"admin:candidatures_{name}_changelist"))

    assert_num_queries_constant(read, lambda: grow(27))


# Walls ------------------------------------------------------------------------------------------


def test_another_territory_is_not_there(desk, territory):
    call = CallFactory(complete=True)
    ours = CallFactory(territory=territory)
    for name, thing in (("call", call), ("season", call.season), ("programme", call.season.programme)):
        listed = desk.get(reverse(f"admin:candidatures_{name}_changelist")).context["cl"].result_list
        assert thing not in listed
        answer = desk.get(reverse(f"admin:candidatures_{name}_change", args=[thing.pk]))
        assert answer.status_code == 302
    for page in ("publish", "unpublish", "archive", "clone"):
        url = reverse(f"admin:candidatures_call_{page}", args=[call.uuid])
        assert desk.get(url).status_code == desk.post(url).status_code == 404
    seasons = desk.get(reverse("admin:candidatures_call_add")).context["adminform"].form.fields["season"].queryset
    assert list(seasons) == [ours.season]
    call.refresh_from_db()
    assert call.status == CallStatus.PUBLISHED


@pytest.mark.parametrize("name", ["call", "season", "programme", "extension", "contactmessage", "application"])
def test_an_artist_has_no_desk(client, name):
    client.force_login(UserFactory())
    answer = client.get(reverse(f"admin:candidatures_{name}_changelist"), follow=True)
    assert answer.status_code == 403


def test_the_vocabulary_belongs_to_administrators(desk, client):
    url = reverse("admin:candidatures_discipline_changelist")
    assert desk.get(url).status_code == 403
    client.force_login(AdministratorFactory())
    assert client.get(url).status_code == 200


def test_a_call_goes_only_while_nobody_saw_it(desk, territory):
    draft = CallFactory(draft=True, complete=True, territory=territory)
    url = reverse("admin:candidatures_call_delete", args=[draft.pk])
    assert desk.post(url, {"post": "yes"}).status_code == 302
    assert not Call.objects.filter(pk=draft.pk).exists()
    public = CallFactory(complete=True, territory=territory)
    assert desk.post(reverse("admin:candidatures_call_delete", args=[public.pk]), {"post": "yes"}).status_code == 403
    assert Call.objects.filter(pk=public.pk).exists()


def test_a_programme_with_a_past_is_not_deleted(desk, territory):
    programme = ProgrammeFactory(territory=territory)
    CallFactory(complete=True, season__programme=programme)
    answer = desk.post(reverse("admin:candidatures_programme_delete", args=[programme.pk]), {"post": "yes"})
    assert answer.status_code in {200, 403}
    assert Programme.objects.filter(pk=programme.pk).exists()
