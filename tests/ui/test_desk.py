"""The coordination's desk: who enters, and what they see first."""

from __future__ import annotations

import re

import pytest
from django.contrib import admin
from django.urls import reverse

from clea.ui import desk
from clea.ui.admin import CleaAdminSite
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.ui.html import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator(client):
    user = AdministratorFactory()
    client.force_login(user)
    return user


@pytest.fixture
def providers(monkeypatch):
    """The desk without the domain's own items."""
    kept: list[desk.DeskProvider] = []
    monkeypatch.setattr(desk, "_providers", kept)
    return kept


def test_every_app_registers_at_this_desk():
    assert isinstance(admin.site, CleaAdminSite)


def test_what_waits_for_someone_comes_first(client, coordinator, providers):
    desk.register(
        lambda request: [desk.DeskItem("brouillons", 41, "/b/"), desk.DeskItem("bientôt dues", 2, "/d/", "soon")]
    )
    desk.register(lambda request: [desk.DeskItem("à vérifier", 1234, "/v/", "now", "depuis trois jours")])
    html = client.get(reverse("admin:index")).content.decode()
    assert re.findall(r'desk__label"[^>]*>([^<]+)<', html) == ["à vérifier", "bientôt dues", "brouillons"]
    assert "1\xa0234" in html
    assert "depuis trois jours" in html
    # Urgency is a word, not only a colour.
    assert "à faire" in html


def test_a_desk_with_nothing_to_do_says_so(client, coordinator, providers):
    assert "Rien n'attend&nbsp;: tout est à jour." in client.get(reverse("admin:index")).content.decode()


def test_a_provider_is_asked_once_however_often_it_is_registered(providers):
    def provider(request):
        return []

    desk.register(provider)
    desk.register(provider)
    assert providers == [provider]


def test_a_provider_knows_who_asks(client, coordinator, providers):
    desk.register(lambda request: [desk.DeskItem(request.user.email, 1, "/")])
    assert coordinator.email in client.get(reverse("admin:index")).content.decode()


def test_the_menu_goes_by_moments_of_the_work_and_marks_the_page_one_is_on(client):
    from tests.factories.structures import CoordinatorFactory

    client.force_login(CoordinatorFactory())
    html = client.get(reverse("admin:candidatures_call_changelist")).content.decode()
    beside = html.split("desk-menu--beside")[1].split("</nav>")[0]
    groups = [re.sub(r"<.*", "", text).strip() for text in re.findall(r"<summary>([^\n]+)", beside)]
    assert groups[:4] == ["Aujourd&#x27;hui", "Appels et candidatures", "Jury", "Résidences"]
    assert f'<a href="{reverse("admin:candidatures_call_changelist")}" aria-current="page">Appels</a>' in beside
    # The machinery is an administrator's.
    assert "Seconds facteurs" not in beside
    # The path says each thing once: « Résidences › Résidences » is no path.
    path = re.findall(r"<li>(?:<[^>]+>)?([^<]+)<", html.split('<ol class="breadcrumbs">')[1].split("</ol>")[0])
    assert path == ["À traiter", "Appels et candidatures", "Appels"]
    client.force_login(AdministratorFactory())
    assert "Seconds facteurs" in client.get(reverse("admin:index")).content.decode()


def test_the_desk_is_valid_html_with_one_title(client, coordinator):
    html = client.get(reverse("admin:index")).content.decode()
    assert html.count("<h1") == 1
    assert [fault for fault in read(html).faults if "inline" in fault or "twice" in fault] == []


def test_a_stranger_is_sent_to_the_one_sign_in_page(client):
    chain = client.get(reverse("admin:index"), follow=True).redirect_chain
    assert chain[-1][0] == f"{reverse('account_login')}?next={reverse('admin:index')}"
    answer = client.get(reverse("admin:login") + "?next=/coordination/x/")
    assert answer["Location"] == f"{reverse('account_login')}?next=/coordination/x/"


def test_the_sign_in_never_sends_elsewhere(client):
    answer = client.get(reverse("admin:login") + "?next=https://ailleurs.test/")
    assert "ailleurs" not in answer["Location"]


def test_an_artist_is_told_why_the_desk_is_closed_to_them(client):
    client.force_login(UserFactory())
    answer = client.get(reverse("admin:index"), follow=True)
    assert answer.status_code == 403
    assert "réservé à la coordination" in answer.content.decode()


def test_one_leaves_the_desk_by_a_post_only(client, coordinator):
    assert client.get(reverse("admin:logout")).status_code == 405
    assert client.post(reverse("admin:logout")).status_code == 302
    assert client.get(reverse("admin:index")).status_code == 302


def test_passwords_have_one_page(client, coordinator):
    assert client.get(reverse("admin:password_change"))["Location"] == reverse("account_change_password")


def test_a_list_is_titled_by_what_it_lists_and_searched_under_a_label_one_sees(client, coordinator):
    html = client.get(reverse("admin:accounts_user_changelist")).content.decode()
    assert "<h1>Comptes</h1>" in html
    assert '<label for="searchbar">Chercher</label>' in html


def test_every_input_of_a_tabular_inline_has_a_label(client, coordinator):
    """Django's own tabular inlines leave their inputs to the column's title."""
    from tests.factories.candidatures import CallFactory

    call = CallFactory()
    html = client.get(reverse("admin:candidatures_call_change", args=[call.pk])).content.decode()
    tables = html.split('data-inline-type="tabular"')[1:]
    assert tables
    for table in tables:
        body = table.split("</table>")[0]
        inputs = set(re.findall(r'<(?:input|select|textarea)[^>]*\sid="([^"]+)"', body))
        hidden = set(re.findall(r'<input type="hidden"[^>]*\sid="([^"]+)"', body))
        labelled = set(re.findall(r'<label[^>]*\sfor="([^"]+)"', body))
        assert inputs - hidden - labelled == set()
