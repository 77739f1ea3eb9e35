"""What reads the texts of a scan: the networks on this machine, or whatever stands in for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, get_args

from contradict.progress import Progress, no_progress
from contradict.records import Article, Attribution, Statement

if TYPE_CHECKING:
    import numpy as np

    from contradict.attribution.tagger import Tagger
    from contradict.calibration import Calibration
    from contradict.embedding import Encoder
    from contradict.nli import NLI
    from contradict.screen import Screen

Backend = Literal["auto", "torch", "openvino", "openvino-int8", "onnx"]
"""What computes the networks; "auto" stands for the fastest one installed."""
BACKENDS: tuple[Backend, ...] = get_args(Backend)

Part = tuple[Article, Sequence[Statement]]
"""An article and statements that stand in it, in order of place."""

_READ_TOGETHER = 2_000_000  # code points of articles whose tokens are in memory at one time


class Engine(Protocol):
    """Reads texts. What it says of one depends on that text alone, so that it can be kept, or made elsewhere."""

    @property
    def threshold(self) -> float:
        """Least score worth reporting of a pair of bare sentences, 0 to 1."""

    @property
    def log_weights(self) -> Sequence[float]:
        """By which the probabilities are corrected to another share of each label, if they are; see `Calibration`."""

    @property
    def digests(self) -> dict[str, str]:
        """What identifies each network, so that what it said is known to be its word: "encoder", "tagger", "nli"."""

    @property
    def screen(self) -> Screen | None:
        """What tells pairs that are worth reading by those vectors, where it knows these networks."""

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of unit length, float32, one row a text; see `contradict.embedding.embed`."""

    def attributions(self, parts: Sequence[Part]) -> list[list[Attribution]]:
        """Who holds each statement of each article; see `contradict.attribution.attribute`."""

    def probabilities(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        """Entailment, neutral and contradiction, float32, one row a pair; see `contradict.nli.NLI.predict`."""


class LocalEngine:
    """The networks in this process. Each is loaded when it is first needed, and stays for further calls."""

    def __init__(
        self,
        nli: str | Path | None = None,
        encoder: str | Path | None = None,
        *,
        nli_labels: Sequence[str] | None = None,
        calibration: Calibration | str | Path | None = "auto",
        tagger: str | Path | None = None,
        device: str = "auto",
        backend: Backend = "auto",
        progress: Progress = no_progress,
    ) -> None:
        """Name the models; see `contradict.Detector`."""
        self._nli, self._encoder, self._nli_labels = nli, encoder, nli_labels
        self._tagger, self._backend = tagger, backend
        self._calibration, self._device, self._progress = calibration, device, progress

    @cached_property
    def encoder(self) -> Encoder:
        """The sentence encoder."""
        with self._progress("Loading the encoder", 1) as advance:
            encoder = self._load_encoder()
            advance(1)
        return encoder

    def _load_encoder(self) -> Encoder:
        if self._encoder is None:
            from contradict.models.mean_encoder import MeanEncoder

            return MeanEncoder(self._device, self._backend)
        from contradict.models.loading import load_encoder

        return load_encoder(self._encoder, self._device)

    @cached_property
    def nli(self) -> NLI:
        """The NLI model; shares what it can with an encoder already loaded."""
        from contradict.nli import NLI

        with self._progress("Loading the NLI model", 1) as advance:
            nli = NLI(
                self._nli,
                labels=self._nli_labels,
                calibration=self._calibration,
                device=self._device,
                backend=self._backend,
                share_with=self.__dict__.get("encoder"),  # only if it is loaded already
            )
            advance(1)
        return nli

    @cached_property
    def tagger(self) -> Tagger:
        """The tagger of attributions; shares what it can with the encoder."""
        from contradict.attribution.tagger import Tagger

        encoder = self.encoder
        with self._progress("Loading the tagger", 1) as advance:
            tagger = Tagger(self._tagger, self._device, encoder, self._backend)
            advance(1)
        return tagger

    @property
    def threshold(self) -> float:
        """That of the NLI model's calibration, where it has one; see `contradict.nli.NLI.threshold`."""
        return self.nli.threshold

    @cached_property
    def log_weights(self) -> Sequence[float]:
        """Those of the NLI model's calibration, none without one; the model is not loaded for them."""
        from contradict.models.embedded import nli_folder
        from contradict.models.loading import model_folder
        from contradict.nli import calibration_for

        folder = nli_folder() if self._nli is None else model_folder(self._nli)
        calibration = calibration_for(folder, self._calibration)
        return calibration.log_weights if calibration else ()

    @cached_property
    def digests(self) -> dict[str, str]:
        """SHA-256 of the weights of each network; of the NLI model with its calibration and order of labels."""
        from contradict.models.loading import encoder_source, weights_digest

        encoder, nli = self.encoder, self.nli  # in this order they share what they can
        return {
            "encoder": weights_digest(encoder_source(encoder)),
            "tagger": weights_digest(self.tagger.folder),
            "nli": f"{weights_digest(nli.folder)} {nli.label_order} {nli.calibration}",
        }

    @property
    def screen(self) -> Screen | None:
        """That of the embedded models, as they are; None for others."""
        from contradict.models.embedded import calibrated_as_shipped
        from contradict.screen import embedded_screen

        embedded = self._encoder is self._tagger is self._nli is None and self._calibration == "auto"
        return embedded_screen() if embedded and calibrated_as_shipped() else None

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of texts; see `Engine`."""
        from contradict.embedding import embed

        return embed(self.encoder, texts, self._progress)

    def attributions(self, parts: Sequence[Part]) -> list[list[Attribution]]:
        """Who holds each statement; see `Engine`."""
        from contradict.attribution import attribute

        found: list[list[Attribution]] = []
        with self._progress("Finding who says what", sum(len(article.text) for article, _ in parts)) as advance:
            for together in _in_turns(parts):
                readings = self.tagger.read([article.text for article, _ in together])
                for (article, statements), reading in zip(together, readings, strict=True):
                    found.append(attribute(article, statements, reading))
                    advance(len(article.text))
        return found

    def probabilities(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        """Probabilities of pairs; see `Engine`. Without pairs, the NLI model is not loaded."""
        if not pairs:
            import numpy as np

            return np.zeros((0, 3), np.float32)
        return self.nli.predict(pairs, self._progress)


def _in_turns(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """Articles in groups whose tokens fit in memory together."""
    group: list[Part] = []
    size = 0
    for part in parts:
        group.append(part)
        size += len(part[0].text)
        if size >= _READ_TOGETHER:
            yield group
            group, size = [], 0
    if group:
        yield group
