"""Forms of communication: a line of the plan, a mention in the press, a news, a subscription."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.utils.translation import gettext_lazy

from candidatures.forms.base import Textarea
from candidatures.models import Season
from residencies.enums import CommunicationChannel
from residencies.models import CommunicationItem, News, PressItem, Residency
from residencies.rules import communication as rules
from residencies.selectors import communication as selectors
from residencies.services import communication, press
from residencies.services.communication import Line
from residencies.services.news import Text
from residencies.services.press import Mention
from structures.models import Territory

_WIDE = {"class": "vTextField"}
_BAD_DAY = {"invalid": gettext_lazy("Écrivez la date ainsi : 15/02/2027.")}


def _residency(**kwargs: Any) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        Residency.objects.none(),
        label=gettext_lazy("Résidence"),
        required=False,
        empty_label=gettext_lazy("toute la saison"),
        **kwargs,
    )


class LineForm(forms.Form):
    """An action of the plan. ``seen``: what the page showed of it."""

    what = forms.CharField(label=gettext_lazy("Quoi"), max_length=200, widget=forms.TextInput(attrs=_WIDE))
    audience = forms.CharField(label=gettext_lazy("Pour qui"), max_length=200, widget=forms.TextInput(attrs=_WIDE))
    channel = forms.ChoiceField(label=gettext_lazy("Par quel canal"), choices=CommunicationChannel.choices)
    due_on = forms.DateField(label=gettext_lazy("Quand"), widget=AdminDateWidget, error_messages=_BAD_DAY)
    owner = forms.CharField(
        label=gettext_lazy("Qui s'en charge"),
        max_length=160,
        required=False,
        widget=forms.TextInput(attrs=_WIDE),
    )
    residency = _residency()
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=500,
        required=False,
        widget=Textarea(attrs={"rows": 3}),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, season: Season, item: CommunicationItem | None = None) -> None:
        initial: dict[str, Any] = {}
        if item is not None:
            initial = {name: getattr(item, name) for name in ("what", "audience", "channel", "due_on", "owner", "note")}
            initial |= {"residency": item.residency_id, "seen": communication.mark(item)}
        super().__init__(data, initial=initial)
        self.fields["residency"].queryset = selectors.residencies_of(season)  # type: ignore[attr-defined]

    def line(self) -> Line:
        data = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        return Line(**data | {"channel": CommunicationChannel(data["channel"])})


class MentionForm(forms.Form):
    """A mention in the press, its link, its scan."""

    outlet = forms.CharField(label=gettext_lazy("Média"), max_length=160, widget=forms.TextInput(attrs=_WIDE))
    title = forms.CharField(label=gettext_lazy("Titre"), max_length=250, widget=forms.TextInput(attrs=_WIDE))
    day = forms.DateField(label=gettext_lazy("Paru le"), widget=AdminDateWidget, error_messages=_BAD_DAY)
    url = forms.URLField(
        label=gettext_lazy("Lien"),
        max_length=200,
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"class": "vURLField"}),
        help_text=gettext_lazy("Adresse complète, en https."),
    )
    upload = forms.FileField(
        label=gettext_lazy("Copie de l'article (PDF)"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
        help_text=gettext_lazy("Gardée pour la coordination, jamais montrée au public. 10 Mo et 30 pages au plus."),
    )
    drop_file = forms.BooleanField(label=gettext_lazy("Effacer la copie enregistrée"), required=False)
    residency = _residency()
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=500,
        required=False,
        widget=Textarea(attrs={"rows": 3}),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, files: Any = None, *, season: Season, item: PressItem | None = None) -> None:
        initial: dict[str, Any] = {}
        if item is not None:
            initial = {name: getattr(item, name) for name in ("outlet", "title", "day", "url", "note")}
            initial |= {"residency": item.residency_id, "seen": press.mark(item)}
        super().__init__(data, files, initial=initial)
        self.fields["residency"].queryset = selectors.residencies_of(season)  # type: ignore[attr-defined]
        if item is None or item.stored_file_id is None:
            del self.fields["drop_file"]

    def mention(self) -> Mention:
        names = ("outlet", "title", "day", "url", "note", "residency")
        return Mention(**{name: self.cleaned_data[name] for name in names})


class NewsForm(forms.Form):
    """A news. Its territory is chosen once, by who holds several."""

    territory = forms.ModelChoiceField(Territory.objects.none(), label=gettext_lazy("Territoire"), empty_label=None)
    title = forms.CharField(label=gettext_lazy("Titre"), max_length=200, widget=forms.TextInput(attrs=_WIDE))
    summary = forms.CharField(
        label=gettext_lazy("En une ou deux phrases"),
        max_length=500,
        widget=Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text=gettext_lazy("Lu dans la liste, sur la page d'accueil et dans le message aux abonnés."),
    )
    body = forms.CharField(
        label=gettext_lazy("Texte"),
        max_length=10000,
        required=False,
        widget=Textarea(attrs={"rows": 16, "class": "vLargeTextField"}),
        help_text=gettext_lazy(
            "Markdown : une ligne vide entre deux paragraphes, « ## » devant un intertitre, « - » devant une ligne de "
            "liste, **gras**, [texte du lien](https://…).",
        ),
    )
    residency = forms.ModelChoiceField(
        Residency.objects.none(),
        label=gettext_lazy("Résidence"),
        required=False,
        empty_label=gettext_lazy("aucune en particulier"),
        help_text=gettext_lazy("L'actualité paraît aussi sur sa page."),
    )
    slug = forms.SlugField(
        label=gettext_lazy("Adresse de la page"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Vide : elle est faite du titre. Elle ne change plus une fois publiée."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, user: Any, news: News | None = None) -> None:
        initial: dict[str, Any] = {}
        if news is not None:
            initial = {name: getattr(news, name) for name in ("title", "summary", "body", "slug", "version")}
            initial["residency"] = news.residency_id
        super().__init__(data, initial=initial)
        held = Territory.objects.coordinated_by(user).order_by("name")
        territories = self._choose(held, news)
        residencies = Residency.objects.filter(season__programme__territory__in=territories)
        self.fields["residency"].queryset = residencies.select_related("season").order_by(  # type: ignore[attr-defined]
            "-season__starts_on",
            "artist_name",
            "pk",
        )
        self.fields["residency"].label_from_instance = (  # type: ignore[attr-defined]
            lambda row: f"{row.artist_name} ({row.season.name})"
        )
        if news is not None and not rules.can_rename(news):
            del self.fields["slug"]

    def _choose(self, held: Any, news: News | None) -> list[Territory]:
        """The territories whose residencies may be named; the field goes when there is no choice."""
        if news is not None:
            del self.fields["territory"]
            self.only: Territory | None = news.territory
            return [news.territory]
        found = list(held)
        self.fields["territory"].queryset = held  # type: ignore[attr-defined]
        self.only = found[0] if len(found) == 1 else None
        if self.only is not None:
            del self.fields["territory"]
        return found

    @property
    def chosen(self) -> Territory:
        found = self.only or self.cleaned_data["territory"]
        assert isinstance(found, Territory)
        return found

    def text(self) -> Text:
        names = ("title", "summary", "body", "residency")
        return Text(**{name: self.cleaned_data[name] for name in names}, slug=self.cleaned_data.get("slug") or "")


class RemoveForm(forms.Form):
    """Somebody asks the coordination to receive nothing more."""

    email = forms.EmailField(
        label=gettext_lazy("Adresse à désabonner"),
        widget=forms.EmailInput(attrs=_WIDE | {"autocomplete": "off"}),
    )


class SubscribeForm(forms.Form):
    """Receive the news. ``website`` is a trap: people do not see it, programs that fill everything do."""

    use_required_attribute = False
    territory = forms.ModelChoiceField(
        Territory.objects.none(),
        label=gettext_lazy("De quel territoire ?"),
        to_field_name="slug",
        empty_label=None,
    )
    email = forms.EmailField(
        label=gettext_lazy("Votre adresse électronique"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": gettext_lazy("Indiquez votre adresse : un message y est envoyé pour confirmer."),
            "invalid": gettext_lazy("Cette adresse n'est pas complète. Exemple : prenom.nom@exemple.fr."),
        },
    )
    website = forms.CharField(
        label=gettext_lazy("Laissez ce champ vide"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, data: Any = None, *, asked: str = "") -> None:
        super().__init__(data, initial={"territory": asked})
        territories = Territory.objects.order_by("name")
        found = list(territories[:2])
        self.only = found[0] if len(found) == 1 else None
        self.fields["territory"].queryset = territories  # type: ignore[attr-defined]
        if self.only is not None:
            del self.fields["territory"]

    @property
    def trapped(self) -> bool:
        """Whether a program filled what people do not see. To be read once the form is valid."""
        return bool(self.cleaned_data.get("website"))

    @property
    def chosen(self) -> Territory:
        found = self.only or self.cleaned_data["territory"]
        assert isinstance(found, Territory)
        return found
