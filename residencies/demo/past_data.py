"""The season before, finished: 2025-2026. Every person is invented; structures and dates are real."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

#: Same shape as the season that follows: an immersion, two phases outside the school holidays.
PERIODS = [
    ("immersion", "Immersion", date(2025, 10, 6), date(2025, 10, 10)),
    ("phase", "Phase 1", date(2026, 2, 2), date(2026, 2, 13)),
    ("phase", "Phase 2", date(2026, 3, 9), date(2026, 6, 12)),
]


@dataclass(frozen=True)
class Past:
    """A residency of that season. ``sessions`` is how many took place; ``made``: kind, title, how many, words."""

    key: str
    name: str
    people: tuple[tuple[str, str], ...]
    kind: str
    title: str
    discipline: str
    home: str
    presentation: str
    sessions: int
    made: tuple[tuple[str, str, int | None, str], ...]


RESIDENCIES = [
    Past(
        "carreau",
        "Compagnie du Carreau",
        (("Timothée", "Étançon"), ("Marguerite", "Boisage")),
        "artistic",
        "Tenir debout",
        "théâtre d'objets",
        "Roubaix",
        "La Compagnie du Carreau monte de petits théâtres avec ce qui traîne dans les cours et les réserves : chaises, "
        "caisses, lampes. Les groupes les font tenir debout, puis parler.",
        58,
        (
            ("exhibition", "Quarante chaises qui parlent", 1, "Montrée à la médiathèque, puis dans trois écoles."),
            ("booklet", "Mode d'emploi pour théâtre de poche", 1, "Huit pages, à reproduire librement."),
        ),
    ),
    Past(
        "galibot",
        "Ysolde Galibot",
        (("Ysolde", "Galibot"),),
        "artistic",
        "Cartes postales du dedans",
        "illustration",
        "Amiens",
        "Ysolde Galibot dessine avec les gens ce qu'ils voient de leur fenêtre, et l'envoie aux habitants d'en face.",
        61,
        (
            ("poster", "Fenêtres du bassin", 24, "Une affiche par quartier traversé."),
            ("exhibition", "Cartes postales du dedans", 1, "Deux cent dix cartes, dans le hall de six mairies."),
        ),
    ),
    Past(
        "crayon",
        "Collectif Taille-Crayon",
        (("Nestor", "Copeau"), ("Judith", "Sanguine"), ("Abel", "Fusain")),
        "artistic",
        "Le mur d'à côté",
        "arts visuels",
        "Lille",
        "Trois dessinateurs, un rouleau de papier de cent mètres, et tout ce qu'un quartier a envie d'y mettre.",
        52,
        (
            ("exhibition", "Cent mètres de quartier", 1, "Déroulée en plein air, un dimanche de mai."),
            ("video", "Le rouleau", 2, "Deux films courts, sous-titrés."),
        ),
    ),
    Past(
        "haveuse",
        "Philomène Haveuse",
        (("Philomène", "Haveuse"),),
        "artistic",
        "Empreintes de passage",
        "gravure",
        "Rouen",
        "Philomène Haveuse imprime des traces : semelles, feuilles, dentelles, sols d'usine. Une presse portative et "
        "des encres à l'eau suffisent.",
        49,
        (("portrait", "Portraits de semelles", None, "Une série que chacun a emportée."),),
    ),
    Past(
        "crassier",
        "Anselme Crassier",
        (("Anselme", "Crassier"),),
        "artistic",
        "Lumière d'ici",
        "photographie",
        "Bruxelles",
        "Anselme Crassier fabrique avec les groupes des appareils dans des boîtes, et photographie le temps qui passe.",
        55,
        (
            ("exhibition", "Sténopés des terrils", 1, "Soixante images, et les boîtes qui les ont faites."),
            ("web", "Le carnet des boîtes", 1, "Comment construire la sienne."),
        ),
    ),
    Past(
        "bobine",
        "Capucine Bobine",
        (("Capucine", "Bobine"),),
        "emi",
        "Radio trottoir",
        "journalisme sonore",
        "Arras",
        "Capucine Bobine, journaliste, installe un studio là où l'on attend : arrêts de bus, salles d'attente, préaux.",
        57,
        (
            ("podcast", "Radio trottoir", 14, "Quatorze épisodes de six à onze minutes."),
            ("conference", "Comment une nouvelle devient vraie", 3, "Avec les élèves qui l'ont écrite."),
        ),
    ),
]

#: Words, how they are signed, who said them (never published), the residency.
TESTIMONIES = [
    (
        "Je croyais que ma fenêtre ne donnait sur rien. J'ai reçu quatre cartes de l'immeuble d'en face.",
        "une habitante de Lens",
        "Armelle Rivage",
        "galibot",
    ),
    (
        "Les élèves qui ne parlent jamais ont tenu une chaise debout pendant dix minutes, et tout le monde s'est tu.",
        "un enseignant de Liévin",
        "Hugues Préambule",
        "carreau",
    ),
    (
        "On est venus pour accompagner nos résidents. C'est nous qui avons gardé l'encre sur les doigts.",
        "une aide-soignante",
        "Colombe Veilleuse",
        "haveuse",
    ),
    (
        "Maintenant, quand je lis une information, je demande d'abord qui l'a dite.",
        "une collégienne d'Avion",
        "Lison Verbatim",
        "bobine",
    ),
    (
        "Le rouleau a traversé la rue. Des voisins se sont présentés par-dessus un dessin.",
        "un habitant de Bully-les-Mines",
        "Ferdinand Mitoyen",
        "crayon",
    ),
]

#: An older season, as its report gave it: title, artists, discipline, months, sessions, structures, classes, counts
#: (category, value, precision, "within the line of that rank").
OLDER: list[
    tuple[
        str,
        str,
        str,
        int,
        tuple[int | None, str],
        tuple[int | None, str],
        int | None,
        list[tuple[str, int | None, str, int | None]],
    ]
] = [
    (
        "Résidence d'écriture",
        "Odilon Brasier",
        "écriture",
        4,
        (62, "exact"),
        (17, "exact"),
        21,
        [("primary", 505, "exact", None), ("secondary", 330, "exact", None), ("adults", 240, "about", None)],
    ),
    (
        "Résidence de danse",
        "Les Filles du Halage",
        "danse",
        4,
        (54, "more_than"),
        (15, "exact"),
        None,
        [("general", 460, "more_than", None), ("primary", 190, "exact", 0)],
    ),
    (
        "Résidence EMI",
        "Gédéon Manchette",
        "journalisme",
        3,
        (None, "exact"),
        (12, "exact"),
        14,
        [("secondary", 312, "exact", None), ("professionals", 28, "about", None), ("adults", None, "exact", None)],
    ),
]

INTRODUCTION = (
    "Six résidences, cinq mois de présence, une même manière de faire : venir sans œuvre à produire, et construire "
    "avec les équipes des gestes que l'on peut refaire.\n\nCette saison est la première suivie séance par séance : "
    "chaque chiffre de cette page mène aux séances qui le composent."
)
HIGHLIGHTS = (
    "- **Des communes rencontrées pour la première fois**, jusque dans les cœurs ruraux.\n"
    "- **Des équipes, pas un contact** : chaque structure a nommé au moins deux personnes.\n"
    "- **Des temps hors de l'école** : mercredis, salles d'attente, arrêts de bus, dimanches.\n"
    "- **Du matériel emprunté ou donné**, rendu ou transmis à la fin."
)
OUTLOOK = (
    "La saison 2026-2027 commence par une immersion commune et la 27e heure, où chaque structure rencontre les "
    "artistes qu'elle a demandés. Les communes que personne n'a encore rencontrées passent en premier."
)
