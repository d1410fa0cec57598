"""The real 2026-2027 call as data: its figures and dates (rules.md 1-14), in words of our own.

Facts come from the published call, but for these, which it does not give: the opening date, the
name and telephone of the desk (a number from the range kept for fiction), the weights of the
grid and the sentence on silence, proposals that the coordinator edits.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from candidatures.demo.content import french
from candidatures.enums import PeriodKind, PieceForm
from clea.ui.dates import NBSP

PARIS = ZoneInfo("Europe/Paris")

OPENS_AT = datetime(2025, 12, 15, 9, 0, tzinfo=PARIS)
#: The 15th is included: the first instant too late is the 16th at midnight.
CLOSES_AT = datetime(2026, 2, 16, 0, 0, tzinfo=PARIS)

DATES: dict[str, Any] = {
    "opens_at": OPENS_AT,
    "closes_at": CLOSES_AT,
    "interviews_from": date(2026, 3, 2),
    "interviews_to": date(2026, 3, 6),
    "results_on": date(2026, 3, 13),
}

CONTACT: dict[str, Any] = {
    "contact_email": "clea@agglo-lenslievin.fr",
    "contact_name": "Service Développement culturel, Direction Culture, Tourisme, Patrimoine et Sport",
    # 03 53 01 xx xx: kept for works of fiction by the regulator. The desk puts its own.
    "contact_phone": "03 53 01 27 00".replace(" ", NBSP),
}

#: What silence means (CRPA, L231-4 and R112-11-1). A prudent proposal, for the desk's lawyers to read.
SILENCE = french(
    "Chaque candidature déposée reçoit une réponse écrite, au plus tard à la date d'annonce des résultats indiquée "
    "dans l'appel. Le silence ne vaut jamais acceptation : sans réponse deux mois après la réception d'un dossier "
    "complet, la candidature est réputée rejetée (code des relations entre le public et l'administration, article "
    "L231-4), ce qui n'empêche pas le comité de la retenir ensuite. Un rejet peut être contesté dans les deux mois, "
    "par un recours gracieux auprès de la Communauté d'agglomération ou devant le tribunal administratif de Lille "
    "(www.telerecours.fr)."
)
SILENCE_EN = (
    "Every application filed receives a written answer, at the latest on the date announced in the call for the "
    "results. Silence never means acceptance: without an answer two months after a complete application was received, "
    "it is deemed rejected (French code of relations between the public and the administration, article L231-4), which "
    "does not prevent the committee from selecting it afterwards. A rejection may be challenged within two months, by "
    "an appeal to the urban community or before the administrative court of Lille (www.telerecours.fr)."
)

ARTISTIC: dict[str, Any] = {
    "title": "Cinq résidences-mission artistiques 2026-2027",
    "title_en": "Five artist residencies 2026-2027",
    "summary": (
        "L'agglomération de Lens-Liévin invite cinq artistes ou collectifs, de toutes disciplines, à vivre plusieurs "
        "mois parmi les habitants de ses trente-six communes, à montrer leurs œuvres et à inventer des gestes "
        "artistiques avec celles et ceux qui y travaillent."
    ),
    "summary_en": (
        "The Lens-Liévin urban community, in the north of France, invites five artists or collectives of any "
        "discipline to live for several months among the people of its thirty-six communes, to show their works and "
        "to invent artistic gestures with those who work there."
    ),
}
EMI: dict[str, Any] = {
    "title": "Résidence d'éducation aux médias et à l'information 2026-2027",
    "title_en": "Media and information education residency 2026-2027",
    "summary": (
        "L'agglomération de Lens-Liévin invite une ou un journaliste professionnel à vivre plusieurs mois sur son "
        "territoire, pour partager avec ses habitants la fabrique de l'information et la liberté d'expression."
    ),
    "summary_en": (
        "The Lens-Liévin urban community, in the north of France, invites a professional journalist to live there for "
        "several months and to share with its people how news is made, and what free speech is."
    ),
}

PERIODS: list[tuple[PeriodKind, str, str, date, date]] = [
    (PeriodKind.IMMERSION, "Semaine d'immersion", "Immersion week", date(2026, 10, 5), date(2026, 10, 9)),
    (PeriodKind.EVENT, "27e heure", "27th hour", date(2026, 10, 7), date(2026, 10, 7)),
    (PeriodKind.PHASE, "Première phase", "First phase", date(2027, 2, 1), date(2027, 2, 19)),
    (PeriodKind.PHASE, "Seconde phase", "Second phase", date(2027, 3, 8), date(2027, 6, 11)),
]

MONEY: dict[str, Any] = {
    "net_allowance": Decimal("12000.00"),
    "allowance_months": 4,
    "employer_ceiling": Decimal("24000.00"),
    "cachet_max_percent": Decimal(30),
    "author_max_percent": Decimal(30),
    "travel_lump_sum": Decimal("500.00"),
    "return_trips": 3,
    "lodging_provided": True,
    "budget_required": True,
    "covered": french(
        "- **Un logement** sur le territoire, pendant les périodes de présence.\n"
        "- **Trois allers-retours** entre votre domicile et le territoire : un pour la semaine d'immersion, un pour "
        "chaque phase. En France métropolitaine, au tarif SNCF de seconde classe sur justificatifs, ou au barème "
        "kilométrique en vigueur.\n"
        "- **Un forfait de 500 € net** pour vos déplacements sur le territoire."
    ),
    "covered_en": (
        "- **Lodging** in the area, during the periods of presence.\n"
        "- **Three return journeys** between your home and the area: one for immersion week, one for each phase. "
        "Within metropolitan France, at the second-class rail fare against receipts, or at the mileage rate in force.\n"
        "- **A lump sum of €500 net** for your travel within the area."
    ),
    "not_covered": french("- **Les repas.**\n- **Les autres voyages** entre votre domicile et le territoire."),
    "not_covered_en": "- **Meals.**\n- **Any other journey** between your home and the area.",
}

AXES: list[dict[str, str]] = [
    {
        "title": "Communautés professionnelles",
        "text": french(
            "Certains métiers travaillent tous les jours avec des personnes que l'offre culturelle atteint peu : "
            "handicap, grand âge, soin, exclusion, justice. Le contrat veut aller davantage vers eux, et vers les "
            "centres culturels de proximité. Que peut inventer avec vous une équipe de l'hôpital, d'un foyer, d'un "
            "centre social ?"
        ),
        "title_en": "Professional communities",
        "text_en": (
            "Some professions work every day with people whom culture seldom reaches: people with disabilities, "
            "older people, patients, people in hardship or under a court order. The contract wants to go further "
            "towards them, and towards neighbourhood cultural centres. What could a team from the hospital, a care "
            "home or a community centre invent with you?"
        ),
    },
    {
        "title": "Transitions",
        "text": french(
            "Le territoire change de peau : mobilités, paysages, réemploi, alimentation, entraide. Comment le "
            "regarde-t-on changer, comment y prend-on part, que garde-t-on des savoir-faire et des héritages d'hier "
            "?"
        ),
        "title_en": "Transitions",
        "text_en": (
            "The area is changing its skin: transport, landscape, re-use, food, mutual help. How do we watch it "
            "change, how do we take part, what do we keep of yesterday's skills and heritage?"
        ),
    },
]

#: (condition, in English, help, in English).
CRITERIA: list[tuple[str, str, str, str]] = [
    (
        "Je peux m'engager pleinement dans une résidence-mission.",
        "I can commit myself fully to a residency of this kind.",
        "Rencontrer des équipes, imaginer avec elles, revenir : la mission occupe tout votre temps de présence.",
        "Meeting teams, imagining with them, coming back: the mission takes all your time of presence.",
    ),
    (
        "Ma démarche s'inscrit dans la création contemporaine.",
        "My practice belongs to contemporary creation.",
        "Quelle que soit votre discipline.",
        "Whatever your discipline.",
    ),
    (
        "J'ai un statut d'artiste professionnel et mes pairs reconnaissent mon travail.",
        "I have professional status as an artist, and my peers recognise my work.",
        "Le curriculum vitæ et le dossier artistique le montrent : diffusions, publications, commandes, prix.",
        "Your CV and portfolio show it: performances, exhibitions, publications, commissions, awards.",
    ),
    (
        "Je sais fédérer autour de ma présence et de mes œuvres une large communauté.",
        "I am able to gather a broad community around my presence and my works.",
        "Écoles, structures éducatives, associatives, culturelles, sociales.",
        "Schools, and educational, community, cultural and social organisations.",
    ),
    (
        "Je parle couramment français.",
        "I speak French fluently.",
        "À l'oral. Les artistes de toute nationalité peuvent candidater.",
        "Spoken French. Artists of any nationality may apply.",
    ),
    (
        "Je dispose d'un véhicule personnel et d'un permis de conduire en cours de validité.",
        "I have a car of my own and a valid driving licence.",
        "Les deux sont nécessaires pour circuler entre les communes.",
        "Both are needed to travel between the communes.",
    ),
    (
        "Je serai disponible, pour cette seule mission, à toutes les dates de présence.",
        "I will be available, for this mission alone, on all the dates of presence.",
        "Les dates figurent dans le calendrier de l'appel.",
        "The dates are in the calendar of the call.",
    ),
]
#: What differs for a journalist: the rank of the condition, and its words.
EMI_CRITERIA: dict[int, tuple[str, str, str, str]] = {
    1: (
        "Ma pratique du journalisme est actuelle et vérifiable.",
        "My practice of journalism is current and can be verified.",
        "Presse écrite, radio, télévision, photographie, documentaire, médias en ligne.",
        "Print, radio, television, photography, documentary, online media.",
    ),
    2: (
        "Je suis journaliste professionnelle ou professionnel et mes pairs reconnaissent mon travail.",
        "I am a professional journalist, and my peers recognise my work.",
        "Le curriculum vitæ et le dossier le montrent : publications, diffusions, rédactions.",
        "Your CV and portfolio show it: publications, broadcasts, newsrooms.",
    ),
}

PIECES: list[dict[str, Any]] = [
    {
        "code": "courrier",
        "title": "Courrier de candidature",
        "title_en": "Letter of application",
        "help": french(
            "Dites ce que vous comprenez de la mission et ce qui vous attire ; évoquez déjà quelques pistes à "
            "explorer avec les équipes. Deux pages suffisent."
        ),
        "help_en": (
            "Say what you understand of the mission and what draws you to it; mention a few paths you would like to "
            "explore with the teams. Two pages are enough."
        ),
        "form": PieceForm.TEXT,
        "required": True,
    },
    {
        "code": "cv",
        "title": "Curriculum vitæ",
        "title_en": "Curriculum vitae",
        "help": french("En PDF. Pour un collectif : un seul fichier, qui présente chaque membre."),
        "help_en": "As a PDF. For a collective: one file that presents each member.",
        "form": PieceForm.FILE,
        "required": True,
    },
    {
        "code": "portfolio",
        "title": "Dossier artistique",
        "title_en": "Portfolio",
        "help": french("Si vous en avez un : un PDF, ou les adresses de votre site, de vos films, de vos écoutes."),
        "help_en": "If you have one: a PDF, or the addresses of your site, films or recordings.",
        "form": PieceForm.LINKS,
        "required": False,
    },
    {
        "code": "oeuvres",
        "title": "Œuvres proposées à la diffusion",
        "title_en": "Works you could show",
        "help": french(
            "Des œuvres qui existent déjà, de préférence légères : titre, année, forme, et ce qu'il faut pour les "
            "montrer. Si votre pratique s'y prête."
        ),
        "help_en": (
            "Works that already exist, light ones for preference: title, year, form, and what is needed to show them. "
            "If your practice lends itself to it."
        ),
        "form": PieceForm.WORKS,
        "required": False,
        "identifying": False,
    },
]
#: What differs for a journalist, by code.
EMI_PIECES: dict[str, dict[str, str]] = {
    "portfolio": {
        "title": "Dossier de travaux",
        "title_en": "Portfolio",
        "help": french("Si vous en avez un : un PDF, ou les adresses de vos articles, reportages, émissions."),
        "help_en": "If you have one: a PDF, or the addresses of your articles, reports or programmes.",
    },
    "oeuvres": {
        "title": "Productions proposées à la diffusion",
        "title_en": "Productions you could show",
        "help": french(
            "Des productions qui existent déjà, que vous aimeriez montrer et discuter. Si cela a du sens pour vous."
        ),
        "help_en": "Productions that already exist, which you would like to show and discuss. If that makes sense.",
    },
}

#: (title, in English, how to score, weight). A proposal: the call does not publish a grid.
SCORING: list[tuple[str, str, str, str, int]] = [
    (
        "Compréhension de la mission",
        "Understanding of the mission",
        "Ni création, ni atelier : présence, diffusion, gestes artistiques construits avec les équipes.",
        "Neither creation nor workshop: presence, showing works, artistic gestures built with the teams.",
        5,
    ),
    (
        "Qualité artistique",
        "Artistic quality",
        "Singularité de la démarche, inscription dans la création contemporaine, œuvres qui peuvent circuler.",
        "A singular approach, rooted in contemporary creation, with works that can travel.",
        5,
    ),
    (
        "Capacité à fédérer",
        "Ability to bring people together",
        "Expérience du travail avec des équipes, attention aux publics, vingt structures envisageables.",
        "Experience of working with teams, care for audiences, twenty structures within reach.",
        4,
    ),
    (
        "Articulation avec le territoire",
        "Connection with the area",
        "Le dossier parle de ce lieu-ci : équipes, paysages, livre, patrimoine, image.",
        "The application speaks of this very place: teams, landscapes, books, heritage, film.",
        4,
    ),
    (
        "Prise en compte des transitions",
        "Care for the transitions",
        "Dans le sujet ou dans la manière : réemploi, sobriété, mobilités, entraide, droits culturels.",
        "In the subject or in the manner: reuse, restraint, mobility, mutual help, cultural rights.",
        2,
    ),
]

#: (name, in English), in the order people look for them.
DISCIPLINES: list[tuple[str, str]] = [
    ("Architecture et paysage", "Architecture and landscape"),
    ("Arts numériques", "Digital arts"),
    ("Arts plastiques", "Visual arts"),
    ("Bande dessinée et illustration", "Comics and illustration"),
    ("Cinéma et vidéo", "Film and video"),
    ("Cirque et arts de la rue", "Circus and street arts"),
    ("Conte et oralité", "Storytelling"),
    ("Danse", "Dance"),
    ("Design", "Design"),
    ("Journalisme et documentaire", "Journalism and documentary"),
    ("Littérature et poésie", "Literature and poetry"),
    ("Marionnette et théâtre d'objets", "Puppetry and object theatre"),
    ("Musique et création sonore", "Music and sound"),
    ("Photographie", "Photography"),
    ("Théâtre", "Theatre"),
]

CHAPTERS = [
    ("clea", "01-en-bref"),
    ("clea", "02-territoire"),
    ("clea", "03-residence-mission"),
    ("clea", "04-axes"),
    ("clea", "05-calendrier"),
    ("clea", "06-conditions-financieres"),
    ("clea", "07-accompagnement"),
    ("clea", "08-transitions"),
    ("clea", "09-candidater"),
    ("clea", "10-choix"),
    ("clea", "11-autres-territoires"),
    ("clea", "12-donnees"),
]
_EMI_OWN = {"01-en-bref", "03-residence-mission", "09-candidater"}
#: The sister call: its own presentation, the chapters both share, nothing on the artists' axes.
EMI_CHAPTERS = [
    ("emi" if name in _EMI_OWN else folder, name)
    for folder, name in CHAPTERS
    if name not in {"04-axes", "08-transitions"}
]
#: Frequent questions that make sense for a journalist too: several territories, abroad, car, filing again, not covered.
EMI_QUESTIONS = (0, 1, 3, 8, 9)
