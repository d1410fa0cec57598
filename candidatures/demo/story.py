"""What happened, and when: forty dossiers, the coordination's acts, the public's questions.

A plan says who applies, with which pieces, when they start and when they file. The story turns
plans into acts with a moment each; :mod:`build` plays them all in the order of time.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from candidatures.demo import dossiers, pdfs
from candidatures.demo.call_data import PARIS
from candidatures.demo.dossiers import Step
from candidatures.enums import ApplicationState, ConflictReason

S = ApplicationState


@dataclass(frozen=True)
class Plan:
    """One dossier. ``filed`` is ``None`` for a draft; ``path`` are the states after eligibility."""

    key: str
    call: str
    started: datetime
    filed: datetime | None
    pieces: list[Step] = field(default_factory=lambda: dossiers.TYPED_LINKS)
    budget: str = "salary"
    pages: list[Step] | None = None
    path: tuple[ApplicationState, ...] = ()
    not_met: tuple[int, str] | None = None

    @property
    def steps(self) -> list[Step]:
        if self.pages is not None:
            return self.pages
        return dossiers.pages(pieces=self.pieces, budget_name=self.budget)


def paris(text: str) -> datetime:
    """``"2026-02-15 23:47:10"``, Paris time."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


CLEA, EMI, READ, OPEN = "clea-2026-2027", "emi-2026-2027", "read", "open"

_SELECTED = (S.SHORTLISTED, S.INTERVIEWED, S.SELECTED)
_RESERVE = (S.SHORTLISTED, S.INTERVIEWED, S.RESERVE)
_INTERVIEWED = (S.SHORTLISTED, S.INTERVIEWED)
_DECLINED = (S.DECLINED,)
LATE_NO = (S.SHORTLISTED, S.INTERVIEWED, S.DECLINED)

_FOLDER, _PDF, _TYPED = dossiers.TYPED_FOLDER, dossiers.ALL_PDF, dossiers.TYPED
_SHORT_CV: list[Step] = [dossiers.single_pdf(pdfs.whole_with_short_cv)]
_NO_LETTER: list[Step] = [dossiers.single_pdf(pdfs.whole_without_letter)]
_DAMAGED: list[Step] = [dossiers.letter, dossiers.cv, dossiers.damaged_portfolio]


def _plan(key: str, call: str, started: str, filed: str | None, *rest: object, **named: object) -> Plan:
    return Plan(key, call, paris(started), paris(filed) if filed else None, *rest, **named)  # type: ignore[arg-type]


def past_plans() -> list[Plan]:
    """The real call and its sister: closed, examined, announced."""
    c, e = CLEA, EMI
    return [
        _plan("gaillette", c, "2026-01-06 10:12", "2026-01-22 18:35", _FOLDER, "cachets", path=_SELECTED),
        _plan("briquet", c, "2026-01-08 21:40", "2026-01-19 11:08", budget="author", path=_RESERVE),
        _plan("wagonnet", c, "2026-01-09 14:02", "2026-02-03 16:50", _PDF, "two", path=_SELECTED),
        _plan("scories", c, "2026-01-12 09:15", "2026-01-27 22:14", budget="author", path=_DECLINED),
        _plan("ulysse", c, "2026-01-13 17:30", "2026-01-29 15:21", _TYPED, "two"),
        _plan("houblon", c, "2026-01-14 11:00", "2026-02-05 09:47", _FOLDER, "author", path=LATE_NO),
        _plan("porion", c, "2026-01-15 20:05", "2026-02-06 18:12", _FOLDER, path=_RESERVE),
        _plan("abatteur", c, "2026-01-16 13:44", "2026-01-16 15:02", _TYPED, not_met=(6, "indisponible")),
        _plan("zephyr", c, "2026-01-18 22:10", "2026-02-02 23:05", budget="cachets"),
        _plan("lampiste", c, "2026-01-19 10:26", "2026-02-07 12:31", _SHORT_CV, "author", path=_SELECTED),
        _plan("carreau", c, "2026-01-20 16:18", "2026-02-08 17:40", _DAMAGED, "author", path=_DECLINED),
        _plan("terril", c, "2026-01-21 09:50", "2026-02-09 10:33", _PDF, "author", path=_INTERVIEWED),
        _plan("brumaire", c, "2026-01-22 19:12", "2026-02-09 21:54", _TYPED, "author", not_met=(5, "permis")),
        _plan("canal", c, "2026-01-23 14:35", "2026-02-10 14:06", _FOLDER, "both", path=_RESERVE),
        _plan("verdoyant", c, "2026-01-25 11:11", "2026-02-10 19:29", path=_DECLINED),
        _plan("rivelaine", c, "2026-01-26 08:48", "2026-02-11 09:55", budget="author", path=_SELECTED),
        _plan("tamis", c, "2026-01-27 15:20", "2026-02-11 22:41", _FOLDER, path=_DECLINED),
        _plan("grisou", c, "2026-01-28 18:02", "2026-02-12 13:17", budget="cachets", path=LATE_NO),
        _plan("silicose", c, "2026-01-30 12:40", "2026-02-13 08:26", budget="cachets", path=_DECLINED),
        _plan("ypreau", c, "2026-02-01 20:31", None, pages=_draft_over_ceiling()),
        _plan("artiste3", c, "2026-02-02 10:05", "2026-02-13 23:18", path=_DECLINED),
        _plan("coron", c, "2026-02-04 09:09", "2026-02-14 16:02", _PDF, "author", path=(S.SHORTLISTED,)),
        _plan("houille", c, "2026-02-05 21:15", "2026-02-14 22:49", _FOLDER, "both", path=_SELECTED),
        _plan("taille", c, "2026-02-07 15:45", None, pages=_draft_without_cv()),
        _plan("puits", c, "2026-02-08 13:30", "2026-02-15 18:36", budget="cachets", path=_DECLINED),
        _plan("estaminet", c, "2026-02-09 17:22", "2026-02-15 21:14", _FOLDER, "cachets", path=_INTERVIEWED),
        _plan("cascabelle", c, "2026-02-15 20:58", "2026-02-15 23:31", _TYPED, not_met=(2, "reconnaissance")),
        _plan("galibot", c, "2026-02-11 19:04", "2026-02-15 23:58:41", _FOLDER, "cachets"),
        # The late exception: power cut on the last evening, more time granted the morning after.
        _plan("herscheuse", c, "2026-02-10 10:44", "2026-02-16 17:26", path=_DECLINED),
        _plan("depeche", e, "2026-01-12 18:20", "2026-02-04 11:36", _FOLDER, path=_SELECTED),
        _plan("rotative", e, "2026-01-20 09:02", "2026-02-12 20:47", _PDF, path=LATE_NO),
        _plan("marbre", e, "2026-02-13 22:30", "2026-02-15 22:52", _TYPED, not_met=(6, "exclusive")),
    ]


def _draft_over_ceiling() -> list[Step]:
    return dossiers.pages(pieces=_FOLDER, budget_name="over")


def _draft_without_cv() -> list[Step]:
    return [dossiers.identity, dossiers.practice, dossiers.conditions, dossiers.letter, dossiers.articulation]


#: Why a dossier of the past calls was found ineligible, in the agent's words.
REASONS = {
    "indisponible": (
        "Le courrier annonce une tournée de la fin de l'hiver au début du printemps : la seconde phase n'est pas tenue."
    ),
    "permis": "La personne écrit ne pas avoir le permis de conduire et venir en train.",
    "reconnaissance": "Le curriculum vitæ ne mentionne aucune diffusion publique ; confirmé au téléphone.",
    "exclusive": "Présence proposée quelques jours par mois seulement, en plus d'un autre emploi.",
}


@dataclass(frozen=True)
class LateException:
    key: str
    granted: datetime
    until: datetime
    reason: str


@dataclass(frozen=True)
class Supplement:
    key: str
    asked: datetime
    due: datetime
    given: datetime
    message: str


EXTENSION = LateException(
    key="herscheuse",
    granted=paris("2026-02-16 09:20"),
    until=paris("2026-02-17 12:00"),
    reason="Coupure de courant dans sa commune le 15 février de 19 h à 2 h, attestée par le gestionnaire du réseau.",
)
SUPPLEMENT = Supplement(
    key="lampiste",
    asked=paris("2026-02-18 10:10"),
    due=paris("2026-02-26 00:00"),
    given=paris("2026-02-18 18:44"),
    message="Le curriculum vitæ compris dans votre PDF s'arrête après une page. Pouvez-vous l'envoyer entier ?",
)
WITHDRAWALS = {"zephyr": paris("2026-02-10 09:12"), "ulysse": paris("2026-03-04 11:30")}
REMINDERS = paris("2026-02-14 08:00")
EXAMINED = paris("2026-02-19 09:30")

# The selection of the two closed calls, on the real call's calendar ----------------------------

#: Acts of ``selection``, the same for both committees.
SELECTION = [
    (paris("2026-02-19 11:00"), "distribute"),
    (paris("2026-02-24 21:00"), "discuss"),
    (paris("2026-02-25 17:00"), "shortlist"),
    (paris("2026-02-26 20:10"), "book"),
    (paris("2026-03-04 17:30"), "hold"),
    (paris("2026-03-11 17:30"), "choose"),
    (paris("2026-03-13 09:10"), "sign"),
    (paris("2026-03-13 10:00"), "write_letters"),
    (paris("2026-03-13 10:30"), "announce"),
]
READING = (paris("2026-02-20 18:30"), paris("2026-02-24 20:10"))
SLOTS = paris("2026-02-25 17:30")
INTERVIEW_DAYS = {CLEA: [date(2026, 3, 2), date(2026, 3, 3)], EMI: [date(2026, 3, 4)]}
SESSION = paris("2026-03-12 18:00")
EMI_COMMITTEE = ("jure1@demo.test", "jure2@demo.test", "jure3@demo.test", "jure4@demo.test")
#: When, who, which of their dossiers, why, in their words.
RECUSALS = [
    (
        paris("2026-02-20 10:20"),
        "jure6@demo.test",
        1,
        ConflictReason.WORK,
        "Cette artiste a été invitée deux fois par la médiathèque que je dirige.",
    ),
    (paris("2026-02-20 11:05"), "jure3@demo.test", 2, ConflictReason.FAMILY, "C'est un ami de longue date."),
]
TOP_UP = paris("2026-02-20 15:00")
ELSEWHERE = (paris("2026-03-13 09:40"), "canal", "Communauté d'agglomération du Ponant", date(2026, 3, 10))
#: When, call, who, yes or no, in their words.
ANSWERS = [
    (paris("2026-03-13 12:15"), CLEA, "gaillette", True, "Avec joie. À octobre !"),
    (paris("2026-03-13 18:40"), CLEA, "rivelaine", True, ""),
    (paris("2026-03-14 09:22"), EMI, "depeche", True, "Merci au comité, je bloque les dates."),
    (paris("2026-03-14 11:03"), CLEA, "wagonnet", True, ""),
    (paris("2026-03-15 20:51"), CLEA, "houille", True, ""),
    (
        paris("2026-03-16 08:30"),
        CLEA,
        "lampiste",
        False,
        "Ma résidence actuelle est prolongée d'un an. Pardon.",
    ),
    (paris("2026-03-18 19:12"), CLEA, "briquet", True, "Quelle surprise ! Je confirme toutes mes disponibilités."),
]
CALLED = (paris("2026-03-16 15:00"), "briquet")

# The committee that reads today ----------------------------------------------------------------

#: Days ago, who, readings filed (None: all), readings begun.
READ_SO_FAR = [
    (9, "jure2@demo.test", None, 0),
    (7, "jure3@demo.test", None, 0),
    (6, "jure4@demo.test", 1, 1),
    (5, "jure5@demo.test", None, 0),
    (3, "jure1@demo.test", 1, 1),
]
READ_RECUSAL = (
    timedelta(days=10),
    "jure7@demo.test",
    0,
    ConflictReason.PROJECT,
    "J'ai conseillé cette personne pour une demande d'aide l'an passé.",
)

#: Questions from the public: call, moment (a date, or days before today), name, text, answered.
PAST_QUESTIONS = [
    (
        CLEA,
        paris("2026-01-09 11:42"),
        "Ondine Margelle",
        "Bonjour, je travaille en duo avec une musicienne. Faut-il deux véhicules, ou un seul suffit-il ?",
    ),
    (
        CLEA,
        paris("2026-01-28 16:05"),
        "Théodule Écluse",
        "Bonjour, ma compagnie peut-elle être l'employeuse, et le maximum comprend-il alors ses frais de gestion ?",
    ),
    (
        EMI,
        paris("2026-02-03 09:31"),
        "Prudence Encart",
        "Bonjour, une pigiste qui collabore à plusieurs rédactions peut-elle candidater sans carte de presse ?",
    ),
]
OPEN_QUESTIONS = [
    (
        timedelta(days=11, hours=3),
        "Ondine Margelle",
        "Bonjour, j'avais candidaté sans succès la saison passée. Puis-je reprendre le même projet ?",
        True,
    ),
    (
        timedelta(hours=5, minutes=12),
        "Lazare Passerelle",
        "Bonjour, le logement peut-il accueillir un enfant de quatre ans pendant la seconde phase ?",
        False,
    ),
]


#: Pieces asked by the desk: how long ago, whose, which, why, and whether the letter has left.
OPEN_REQUESTS = [
    (
        timedelta(days=3),
        "quinquet",
        "courrier",
        "Votre PDF est annoncé comme contenant le courrier de candidature ; nous n'y trouvons que le curriculum vitæ "
        "et le dossier artistique. Pouvez-vous envoyer le courrier seul ?",
        True,
    ),
    (
        timedelta(hours=1, minutes=30),
        "papyrus",
        "portfolio",
        "Vous proposez une série de trente planches et le dossier artistique n'en montre que quelques-unes. "
        "Pouvez-vous envoyer la série entière ?",
        False,
    ),
    (
        timedelta(minutes=25),
        "ravel",
        "cv",
        "Le budget compte des droits d'auteur, mais le curriculum vitæ ne dit pas si vous êtes artiste-auteur. "
        "Pouvez-vous le compléter ?",
        False,
    ),
]


def read_plans(now: datetime) -> list[Plan]:
    """The journalists' call that closed twelve days ago; nobody is late, one was turned down."""

    def day(days: int, hour: str) -> datetime:
        return paris(f"{now.astimezone(PARIS).date() - timedelta(days=days)} {hour}")

    return [
        Plan("bouclage", READ, day(61, "09:40"), day(33, "18:20"), _FOLDER),
        Plan("contrechamp", READ, day(55, "21:15"), day(27, "22:48"), _PDF),
        Plan("signature", READ, day(49, "14:05"), day(21, "11:32"), _FOLDER, "author"),
        Plan("verification", READ, day(44, "17:22"), day(17, "16:09"), _TYPED, "two"),
        Plan("antenne", READ, day(38, "10:51"), day(15, "20:26"), _FOLDER),
        Plan("chapeau", READ, day(31, "19:37"), day(14, "21:58"), _TYPED, not_met=(6, "exclusive")),
        Plan("carnetroute", READ, day(26, "08:30"), day(13, "23:12"), _FOLDER, "author"),
    ]


def open_plans(now: datetime) -> list[Plan]:
    """The call that is open today: drafts at every stage, dossiers filed this morning."""

    def day(days: int, hour: str) -> datetime:
        return paris(f"{now.astimezone(PARIS).date() - timedelta(days=days)} {hour}")

    half: list[Step] = [
        dossiers.identity,
        dossiers.practice,
        dossiers.conditions,
        dossiers.half_letter,
        dossiers.links,
        dossiers.articulation,
    ]
    return [
        Plan("papyrus", OPEN, day(26, "10:15"), day(12, "21:05"), _FOLDER, "author"),
        Plan("quinquet", OPEN, day(21, "22:40"), day(9, "11:32"), _NO_LETTER, "author"),
        Plan("artiste4", OPEN, day(15, "17:08"), day(2, "18:42"), _FOLDER, "cachets"),
        Plan("artiste5", OPEN, day(13, "09:30"), now - timedelta(hours=3, minutes=20), _PDF, "two"),
        Plan("ravel", OPEN, day(8, "20:51"), now - timedelta(hours=2, minutes=5), _FOLDER, "author"),
        Plan("artiste3", OPEN, day(7, "14:12"), None, pages=dossiers.pages(pieces=_FOLDER, budget_name="both")),
        Plan("artiste2", OPEN, day(4, "19:25"), None, pages=half),
        Plan("artiste1", OPEN, day(1, "12:06"), None, pages=[dossiers.identity]),
    ]


def _evening(moment: datetime, after: datetime, before: datetime) -> datetime:
    """The same day after supper, when people fill forms, if that lies between the two."""
    local = moment.astimezone(PARIS).replace(hour=20, minute=17)
    return local if after < local - timedelta(hours=6) and local + timedelta(hours=6) < before else moment


def moments(plan: Plan, latest: datetime) -> list[tuple[datetime, Step]]:
    """Give each page its moment: a first sitting at the start, a second on the way, the rest at the end.

    A draft's last sitting ends two thirds of the way to ``latest``. Filing comes last.
    """
    rng = random.Random(f"{plan.call} {plan.key}")  # noqa: S311 - the same story every time, no secret
    steps = plan.steps
    end = plan.filed or plan.started + (latest - plan.started) * 2 / 3
    middle = _evening(plan.started + (end - plan.started) / 2, plan.started, end)
    third = max(1, len(steps) // 3)
    sittings = [(plan.started + timedelta(minutes=3), steps[:third]), (middle, steps[third : 2 * third])]
    acts: list[tuple[datetime, Step]] = []
    for start, part in sittings:
        moment = start
        for step in part:
            acts.append((moment, step))
            moment = min(moment + timedelta(minutes=rng.randint(2, 14)), start + (end - plan.started) / 6)
    rest = steps[2 * third :]
    # The last sitting ends some minutes before filing, however late the start.
    room = min(timedelta(minutes=rng.randint(4, 9)) * (len(rest) + 1), (end - middle) / 2)
    acts += [(end - room + room * rank / (len(rest) + 1), step) for rank, step in enumerate(rest)]
    if plan.filed:
        acts.append((plan.filed, dossiers.file))
    return acts
