"""The messages this app sends and the verbs of its journal, one module a subject."""

from residencies.messages import (
    activities,
    bilan,
    calendar,
    closing,
    communication,
    coverage,
    events,
    feedback,
    funding,
    money,
    opening,
    papers,
    requests,
    steering,
    traces,
    trips,
    welcome,
)

_SUBJECTS = (
    opening,
    welcome,
    calendar,
    requests,
    activities,
    papers,
    coverage,
    events,
    money,
    trips,
    funding,
    closing,
    steering,
    feedback,
    communication,
    traces,
    bilan,
)

KINDS = tuple(kind for subject in _SUBJECTS for kind in subject.KINDS)
VERBS = {verb: label for subject in _SUBJECTS for verb, label in subject.VERBS.items()}
