"""Severe and lenient readers: each reader's leaning, estimated and taken off. Figures in, figures out.

    score(i, j) = dossier(i) + reader(j) + noise

The dossiers are fixed: no score is drawn towards the mean of the others. The readers' effects are
random, hence shrunken (best linear unbiased predictor): a reader of three dossiers is corrected
less than a reader of thirty. Both variances come from restricted maximum likelihood (Patterson and
Thompson, 1971; Robinson, 1991), the readers' one never below zero; when the scores do not tell the
readers apart it is zero and nothing is corrected.

Effects sum to zero within each group of readers joined by common dossiers. Two groups without any
common dossier keep their own level: nothing in the scores could compare them.

Corrected scores are not cut at 0 and 20: a cut would make equals of dossiers that are not.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.intp]

#: Below this share of the sum of squares, what differs between readers is rounding.
_NOTHING = 1e-12
#: Ratios of variances tried, as powers of ten; what is found is then refined.
_FROM, _TO, _STEPS = -4.0, 4.0, 161


class Observation(NamedTuple):
    """One score, out of 20, of one reader on one dossier."""

    dossier: Hashable
    reader: Hashable
    score: float


@dataclass(frozen=True)
class Correction:
    """What the readers' leanings are, and each dossier's mean without them.

    ``effects``: points a reader adds (above zero: lenient) or takes off. ``groups``: how many
    sets of dossiers share no reader; corrected scores compare within one.
    """

    corrected: dict[Hashable, float] = field(default_factory=dict)
    raw: dict[Hashable, float] = field(default_factory=dict)
    effects: dict[Hashable, float] = field(default_factory=dict)
    loads: dict[Hashable, int] = field(default_factory=dict)
    reader_variance: float = 0.0
    noise_variance: float | None = None
    groups: int = 0

    @property
    def applied(self) -> bool:
        """Something is corrected: the scores tell the readers apart."""
        return self.reader_variance > 0


@dataclass(frozen=True)
class Design:
    """Scores as arrays: ``dossier`` and ``reader`` are places in ``dossiers`` and ``readers``."""

    dossiers: list[Hashable]
    readers: list[Hashable]
    dossier: Integers
    reader: Integers
    score: Floats
    #: Scores a dossier.
    sizes: Floats
    #: dossiers × readers: 1 ⁄ size where the reader scored the dossier.
    share: Floats

    @property
    def freedom(self) -> int:
        """Scores beyond one a dossier."""
        return len(self.score) - len(self.dossiers)

    def means(self, scores: Floats) -> Floats:
        """Mean of each dossier, for one line of scores or for several."""
        import numpy as np

        sums = np.zeros((*scores.shape[:-1], len(self.dossiers)))
        np.add.at(sums, (..., self.dossier), scores)  # type: ignore[arg-type] # the stubs forget indexes of several axes
        return sums / self.sizes

    def leanings(self, scores: Floats) -> Floats:
        """For each reader, the sum of their distances to the means of the dossiers they read."""
        import numpy as np

        apart = scores - self.means(scores)[..., self.dossier]
        sums = np.zeros((*scores.shape[:-1], len(self.readers)))
        np.add.at(sums, (..., self.reader), apart)  # type: ignore[arg-type]
        return sums


def design(observations: Sequence[Observation]) -> Design:
    """The arrays of these scores. Order counts for nothing: keys are put in order first.

    Raises ``ValueError`` for no score at all, or for two scores of one reader on one dossier.
    """
    import numpy as np

    if not observations:
        raise ValueError("no score")
    rows = sorted(observations, key=lambda row: (str(row.dossier), str(row.reader)))
    pairs = {(row.dossier, row.reader) for row in rows}
    if len(pairs) != len(rows):
        raise ValueError("two scores of one reader on one dossier")
    dossiers = list(dict.fromkeys(row.dossier for row in rows))
    readers = sorted({row.reader for row in rows}, key=str)
    at_dossier = {key: place for place, key in enumerate(dossiers)}
    at_reader = {key: place for place, key in enumerate(readers)}
    dossier = np.array([at_dossier[row.dossier] for row in rows], dtype=np.intp)
    reader = np.array([at_reader[row.reader] for row in rows], dtype=np.intp)
    sizes = np.bincount(dossier, minlength=len(dossiers)).astype(float)
    share = np.zeros((len(dossiers), len(readers)))
    share[dossier, reader] = 1 / sizes[dossier]
    return Design(dossiers, readers, dossier, reader, np.array([float(row.score) for row in rows]), sizes, share)


def gram(plan: Design) -> Floats:
    """Z'QZ: how much the readers' leanings show once each dossier's own level is taken off."""
    import numpy as np

    loads = np.bincount(plan.reader, minlength=len(plan.readers)).astype(float)
    return np.diag(loads) - plan.share.T @ (plan.share * plan.sizes[:, None])


def correct(observations: Sequence[Observation]) -> Correction:
    """Estimate the readers' effects and take them off. Nothing for no score.

    A dozen readers and 1 500 scores take a few milliseconds; the cost grows with the cube of the
    number of readers and in line with the scores.
    """
    if not observations:
        return Correction()
    return fit(design(observations))


def fit(plan: Design) -> Correction:
    """:func:`correct`, on arrays."""
    raw = plan.means(plan.score)
    apart = plan.score - raw[plan.dossier]
    total = float(apart @ apart)
    matrix = gram(plan)
    ratio, noise = _variances(plan, matrix, total)
    effects = predictor(matrix, ratio) @ plan.leanings(plan.score)
    corrected = raw - plan.share @ effects
    counts = [int((plan.reader == place).sum()) for place in range(len(plan.readers))]
    return Correction(
        corrected=dict(zip(plan.dossiers, map(float, corrected), strict=True)),
        raw=dict(zip(plan.dossiers, map(float, raw), strict=True)),
        effects=dict(zip(plan.readers, map(float, effects), strict=True)),
        loads=dict(zip(plan.readers, counts, strict=True)),
        reader_variance=ratio * (noise or 0.0),
        noise_variance=noise,
        groups=_groups(plan),
    )


def predictor(matrix: Floats, ratio: float) -> Floats:
    """What turns the readers' leanings into their effects: λ (I + λ Z'QZ)⁻¹. Zero for a zero ratio."""
    import numpy as np

    return np.asarray(ratio * np.linalg.inv(np.eye(len(matrix)) + ratio * matrix), dtype=np.float64)


def _variances(plan: Design, matrix: Floats, total: float) -> tuple[float, float | None]:
    """The ratio of the readers' variance to the noise, and the noise: restricted maximum likelihood.

    The noise is ``None`` when no dossier has two scores: nothing tells it.
    """
    import numpy as np

    freedom = plan.freedom
    if freedom <= 0:
        return 0.0, None
    if total <= _NOTHING * max(1.0, float(plan.score @ plan.score)):
        return 0.0, 0.0
    values, vectors = np.linalg.eigh(matrix)
    values = np.clip(values, 0.0, None)
    squares = (vectors.T @ plan.leanings(plan.score)) ** 2

    def rest(ratios: Any) -> Any:
        """What is left of the sum of squares, for each ratio."""
        ratios = np.asarray(ratios, dtype=float)[..., None]
        return np.maximum(total - (ratios * squares / (1 + ratios * values)).sum(-1), total * 1e-15)

    def cost(ratios: Any) -> Any:
        """Twice the opposite of the profiled log-likelihood, less a constant."""
        spread = np.log1p(np.asarray(ratios, dtype=float)[..., None] * values).sum(-1)
        return freedom * np.log(rest(ratios)) + spread

    powers = np.linspace(_FROM, _TO, _STEPS)
    best = int(np.argmin(cost(10.0**powers)))
    low, high = powers[max(best - 1, 0)], powers[min(best + 1, _STEPS - 1)]
    for _turn in range(8):
        fine = np.linspace(low, high, 21)
        best = int(np.argmin(cost(10.0**fine)))
        low, high = fine[max(best - 1, 0)], fine[min(best + 1, 20)]
    ratio = float(10.0 ** ((low + high) / 2))
    # A likelihood that is flat says nothing of the readers: then nothing is corrected.
    if float(cost(0.0)) - float(cost(ratio)) < 1e-9:
        ratio = 0.0
    return ratio, float(rest(ratio)) / freedom


def _groups(plan: Design) -> int:
    """Sets of dossiers that no reader joins."""
    parent = list(range(len(plan.readers)))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    first: dict[int, int] = {}
    for dossier, reader in zip(plan.dossier.tolist(), plan.reader.tolist(), strict=True):
        parent[root(reader)] = root(first.setdefault(dossier, reader))
    return len({root(place) for place in range(len(plan.readers))})
