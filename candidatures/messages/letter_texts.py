"""The letters a new jury starts with, in French and in English. The coordination changes them at will."""

from __future__ import annotations

from dataclasses import dataclass

from candidatures.enums import LetterOutcome


@dataclass(frozen=True)
class DefaultLetter:
    """One rule: what it announces, when it applies, and its text. ``None``: the condition does not count."""

    name: str
    outcome: LetterOutcome
    subject: str
    body: str
    subject_en: str
    body_en: str
    interviewed: bool | None = None
    reasoned: bool | None = None


def _flow(text: str) -> str:
    """A message keeps its line breaks: paragraphs are one line, but for the lines that begin with ``|``."""
    paragraphs = (paragraph.replace("\n| ", "|").replace("\n", " ") for paragraph in text.strip().split("\n\n"))
    return "\n\n".join(paragraph.replace("|", "\n").strip() for paragraph in paragraphs) + "\n"


_SIGN = """
Bien cordialement,
| {{ coordonnees }}
| {{ territoire }}
"""
_SIGN_EN = """
Kind regards,
| {{ coordonnees }}
| {{ territoire }}
"""
_ANSWER = """Pour accepter ou décliner cette proposition, ouvrez votre espace :
| {{ lien }}

Nous attendons votre réponse au plus tard le **{{ repondre_avant }}**. Sans réponse de votre part à cette
date, la résidence pourra être proposée à une autre personne.
"""
_ANSWER_EN = """To accept or decline this offer, open your area:
| {{ lien }}

We expect your answer by **{{ repondre_avant }}** (Paris time). Without an answer by then, the residency
may be offered to somebody else.
"""
_DECLINED_SUBJECT = "Votre candidature – {{ appel }}"
_DECLINED_SUBJECT_EN = "Your application – {{ appel }}"

DEFAULTS: tuple[DefaultLetter, ...] = (
    DefaultLetter(
        name="Retenue",
        outcome=LetterOutcome.SELECTED,
        subject="Votre candidature est retenue – {{ appel }}",
        body=_flow(
            """Bonjour,

Nous avons le plaisir de vous annoncer que la commission réunie le {{ date_jury }} a retenu la candidature de
**{{ nom }}** ({{ numero }}) pour l'appel « {{ appel }} » : {{ residence }}.

"""
            + _ANSWER
            + """
Si un autre territoire vous a déjà retenu·e pour la même saison, dites-le-nous sans attendre.
"""
            + _SIGN
        ),
        subject_en="Your application is selected – {{ appel }}",
        body_en=_flow(
            """Hello,

We are pleased to tell you that the committee, which met on {{ date_jury }}, has selected the application of
**{{ nom }}** ({{ numero }}) for the call "{{ appel }}": {{ residence }}.

"""
            + _ANSWER_EN
            + """
If another territory has already selected you for the same season, please tell us at once.
"""
            + _SIGN_EN
        ),
    ),
    DefaultLetter(
        name="Liste complémentaire",
        outcome=LetterOutcome.RESERVE,
        subject="Votre candidature est en liste complémentaire – {{ appel }}",
        body=_flow(
            """Bonjour,

La commission réunie le {{ date_jury }} a placé la candidature de **{{ nom }}** ({{ numero }}) pour l'appel
« {{ appel }} » en liste complémentaire.

Si une résidence se libère, y compris en cours de saison, nous pourrons vous la proposer. Vous n'avez rien
à faire ; si vous n'êtes plus disponible, dites-le-nous depuis votre espace :
| {{ lien }}
"""
            + _SIGN
        ),
        subject_en="Your application is on the reserve list – {{ appel }}",
        body_en=_flow(
            """Hello,

The committee, which met on {{ date_jury }}, has placed the application of **{{ nom }}** ({{ numero }}) for the
call "{{ appel }}" on the reserve list.

If a residency becomes free, even during the season, we may offer it to you. There is nothing for you to do; if
you are no longer available, please tell us from your area:
| {{ lien }}
"""
            + _SIGN_EN
        ),
    ),
    DefaultLetter(
        name="Non retenue, motif communiqué",
        outcome=LetterOutcome.DECLINED,
        reasoned=True,
        subject=_DECLINED_SUBJECT,
        body=_flow(
            """Bonjour,

Nous vous remercions de l'intérêt que vous portez à notre territoire. La commission réunie le {{ date_jury }}
n'a pas retenu la candidature de {{ nom }} ({{ numero }}) pour l'appel « {{ appel }} ».

Le motif en est le suivant : {{ motif }}

Nous vous souhaitons de voir vos projets aboutir, et serons heureux de vous lire lors d'un prochain appel.
"""
            + _SIGN
        ),
        subject_en=_DECLINED_SUBJECT_EN,
        body_en=_flow(
            """Hello,

Thank you for your interest in our territory. The committee, which met on {{ date_jury }}, has not selected the
application of {{ nom }} ({{ numero }}) for the call "{{ appel }}".

The reason is the following: {{ motif }}

We wish you every success with your projects, and would be glad to hear from you at a future call.
"""
            + _SIGN_EN
        ),
    ),
    DefaultLetter(
        name="Non retenue, après un entretien",
        outcome=LetterOutcome.DECLINED,
        interviewed=True,
        subject=_DECLINED_SUBJECT,
        body=_flow(
            """Bonjour,

Merci encore pour le temps que vous nous avez accordé en entretien. Après délibération le {{ date_jury }}, la
commission n'a pas retenu la candidature de {{ nom }} ({{ numero }}) pour l'appel « {{ appel }} ».

Ce choix, fait parmi des propositions de grande qualité, ne remet pas en cause votre travail. Nous serons heureux
de vous lire lors d'un prochain appel.
"""
            + _SIGN
        ),
        subject_en=_DECLINED_SUBJECT_EN,
        body_en=_flow(
            """Hello,

Thank you again for the time you gave us at the interview. Having met on {{ date_jury }}, the committee has not
selected the application of {{ nom }} ({{ numero }}) for the call "{{ appel }}".

This choice, made among proposals of high quality, does not call your work into question. We would be glad to
hear from you at a future call.
"""
            + _SIGN_EN
        ),
    ),
    DefaultLetter(
        name="Non retenue",
        outcome=LetterOutcome.DECLINED,
        subject=_DECLINED_SUBJECT,
        body=_flow(
            """Bonjour,

Nous vous remercions de l'intérêt que vous portez à notre territoire et du soin apporté à votre dossier. La
commission réunie le {{ date_jury }} n'a pas retenu la candidature de {{ nom }} ({{ numero }}) pour l'appel
« {{ appel }} ».

Nous serons heureux de vous lire lors d'un prochain appel.
"""
            + _SIGN
        ),
        subject_en=_DECLINED_SUBJECT_EN,
        body_en=_flow(
            """Hello,

Thank you for your interest in our territory and for the care you took with your application. The committee,
which met on {{ date_jury }}, has not selected the application of {{ nom }} ({{ numero }}) for the call
"{{ appel }}".

We would be glad to hear from you at a future call.
"""
            + _SIGN_EN
        ),
    ),
    DefaultLetter(
        name="Non recevable",
        outcome=LetterOutcome.INELIGIBLE,
        subject=_DECLINED_SUBJECT,
        body=_flow(
            """Bonjour,

Nous avons examiné la candidature de {{ nom }} ({{ numero }}) pour l'appel « {{ appel }} ». Elle ne remplit pas
toutes les conditions de l'appel et n'a pas pu être présentée à la commission :

{{ conditions }}

Si vous pensez qu'il s'agit d'une erreur, écrivez-nous en répondant à ce message.
"""
            + _SIGN
        ),
        subject_en=_DECLINED_SUBJECT_EN,
        body_en=_flow(
            """Hello,

We have examined the application of {{ nom }} ({{ numero }}) for the call "{{ appel }}". It does not meet every
condition of the call and could not be put to the committee:

{{ conditions }}

If you think that this is a mistake, please write to us by replying to this message.
"""
            + _SIGN_EN
        ),
    ),
    DefaultLetter(
        name="Appelée depuis la liste complémentaire",
        outcome=LetterOutcome.CALLED,
        subject="Une résidence vous est proposée – {{ appel }}",
        body=_flow(
            """Bonjour,

La candidature de **{{ nom }}** ({{ numero }}) figurait en liste complémentaire pour l'appel « {{ appel }} ».
Une résidence s'est libérée et nous avons le plaisir de vous la proposer : {{ residence }}.

"""
            + _ANSWER
            + _SIGN
        ),
        subject_en="A residency is offered to you – {{ appel }}",
        body_en=_flow(
            """Hello,

The application of **{{ nom }}** ({{ numero }}) was on the reserve list for the call "{{ appel }}". A residency has
become free, and we are pleased to offer it to you: {{ residence }}.

"""
            + _ANSWER_EN
            + _SIGN_EN
        ),
    ),
    DefaultLetter(
        name="Retenue par un autre territoire",
        outcome=LetterOutcome.ELSEWHERE,
        subject="Votre candidature – {{ appel }}",
        body=_flow(
            """Bonjour,

Nous avons appris que la candidature de {{ nom }} est retenue par un autre territoire : {{ autre_territoire }}.
Selon la règle commune, le territoire dont le jury s'est prononcé le premier accueille l'artiste. Votre
candidature ({{ numero }}) à l'appel « {{ appel }} » est donc close.

Si cette information n'est pas exacte, écrivez-nous sans attendre en répondant à ce message.
"""
            + _SIGN
        ),
        subject_en="Your application – {{ appel }}",
        body_en=_flow(
            """Hello,

We have learnt that {{ nom }} has been selected by another territory: {{ autre_territoire }}. Under the common
rule, the territory whose jury decided first hosts the artist. Your application ({{ numero }}) to the
call "{{ appel }}" is therefore closed.

If this is not correct, please write to us at once by replying to this message.
"""
            + _SIGN_EN
        ),
    ),
)
