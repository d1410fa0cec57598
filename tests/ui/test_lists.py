"""The desk's lists: one form whose address says everything, words for what is filtered, acts asked before."""

from __future__ import annotations

import re

import pytest
from django.contrib import admin
from django.contrib.admin.templatetags.admin_list import result_headers, results
from django.utils import timezone
from django.utils.html import format_html

from clea.ui import keys, lists, rows
from structures.models import Structure
from tests.factories.structures import (
    CommuneFactory,
    CoordinatorFactory,
    ProfessionalFactory,
    StructureFactory,
    TerritoryFactory,
)

pytestmark = pytest.mark.django_db
LIST = "/coordination/structures/structure/"


@pytest.fixture
def here(client):
    territory = TerritoryFactory()
    client.force_login(CoordinatorFactory(territory=territory))
    return territory


def test_the_form_s_choices_become_the_list_s_address_and_are_said(client, here):
    commune = CommuneFactory(territory=here, name="Ablain", slug="ablain")
    CommuneFactory(territory=here)
    StructureFactory(commune=commune, territory=here, name="Médiathèque Éluard")
    StructureFactory(territory=here, name="Ailleurs")
    sent = client.get(LIST, {"f": ["", "commune=ablain", "equipe=aucune"], "q": "", "p": "2"})
    assert sent.url == f"{LIST}?commune=ablain&equipe=aucune"
    page = client.get(sent.url)
    assert [row.name for row in page.context["cl"].result_list] == ["Médiathèque Éluard"]
    text = page.content.decode()
    assert "Structures – commune\N{NO-BREAK SPACE}: Ablain, équipe\N{NO-BREAK SPACE}: personne" in text
    assert f'href="?equipe=aucune"' in text  # noqa: F541 - the filter, taken off alone
    none = client.get(LIST, {"q": "introuvable"}).content.decode()
    assert "Rien ne correspond à ces filtres." in none


def test_a_territory_alone_is_neither_a_column_nor_a_filter(client, here):
    StructureFactory(territory=here)
    text = client.get("/coordination/structures/structurekind/").content.decode()
    assert "Par territoire" not in text
    assert ">Territoire<" not in text


def test_days_filter_a_list_both_included_and_search_forgets_accents(client, here):
    from clea.mail.models import OutgoingMail

    mail = OutgoingMail.objects.create(kind="x", scope=here.slug, to="a@b.example", subject="Été", body="…")
    day = timezone.localdate(mail.created_at).isoformat()
    box = "/coordination/mail/outgoingmail/"
    assert len(client.get(box, {"created_at_du": day, "created_at_au": day}).context["cl"].result_list) == 1
    assert not client.get(box, {"created_at_du": "2999-01-01"}).context["cl"].result_list
    assert len(client.get(box, {"q": "ete", "created_at_du": "rien"}).context["cl"].result_list) == 1


def test_an_act_on_several_rows_says_first_what_it_will_do(client, here):
    one, other = StructureFactory(territory=here, name="Une"), StructureFactory(territory=here, is_active=False)
    nothing = client.post(
        LIST, {"action": "close_selected", "_selected_action": "0", "select_across": "0"}, follow=True
    )
    assert "Cochez au moins une ligne" in nothing.content.decode()
    data = {"action": "close_selected", "_selected_action": [one.pk, other.pk], "select_across": "0"}
    asked = client.post(LIST, data)
    one.refresh_from_db()
    assert one.is_active
    assert asked.context["names"] == [str(one)]
    assert "est déjà fermée" in asked.content.decode()
    client.post(LIST, data | {"confirme": asked.context["seen"]})
    one.refresh_from_db()
    assert not one.is_active
    assert client.get(one.get_absolute_url()).status_code == 404


def test_a_list_costs_the_same_for_3_rows_and_for_30(client, here, assert_num_queries_constant):
    def grow(count):
        for _n in range(count):
            ProfessionalFactory(structure=StructureFactory(territory=here))

    grow(3)
    assert_num_queries_constant(lambda: client.get(LIST), lambda: grow(27))


class _Odd(lists.DeskListMixin, admin.ModelAdmin):
    """Every sort of column that a list of ours may have."""

    list_display = ["name", "commune", "circle", "is_active", "updated_at", "note", "website", "pk", "__str__"]
    list_display += ["mark", "known", "empty", "whole", "day", "kinds_count"]
    list_display_links = ["name", "mark"]

    def mark(self, row):
        return format_html("<b>{}</b>", row.name)

    @admin.display(boolean=True)
    def known(self, row):
        return row.note == ""

    @admin.display(empty_value="<rien>")
    def empty(self, row):
        return "  "

    def whole(self, row):
        return 12345

    def day(self, row):
        return row.updated_at.date()

    def kinds_count(self, row):
        return [kind.slug for kind in row.kinds.all()] or None


def test_rows_are_drawn_as_django_draws_them(rf, here):
    StructureFactory(territory=here, name="<i>L'Escapade</i> & Cie", note=" ")
    StructureFactory(territory=here, website="https://exemple.test/?a=1&b=2", note="« vu »", is_active=False)
    request = rf.get("/", {"q": "", "o": "1"})
    request.user = CoordinatorFactory(territory=here, is_superuser=True)
    desk = keys.addressed(_Odd)(Structure, admin.site)
    for more in ({}, {"_popup": "1"}):
        request.GET = request.GET.copy()
        request.GET.update(more)
        cl = desk.get_changelist_instance(request)
        cl.formset = None
        expected = "".join(f"<tr>{''.join(map(str, row))}</tr>\n" for row in results(cl))
        drawn = rows.drawn(cl, list(result_headers(cl)))
        assert re.sub(r' data-label="[^"]*"', "", drawn) == expected
        assert drawn.count('data-label="Commune"') == 2
