"""Speech as numbers: read from any file, its words found, made as loud as the rest, limited.

One channel, 48,000 samples a second, float32 in [−1, 1], shape (n,).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from studio.film.sound import RATE, Samples, faded

LOUDNESS = -16.0
"""LUFS of each sentence, and so, silence being left out, of the whole: as speech on the web."""
PEAK = -3.0
"""dBTP, at most: what the encoder adds still fits between it and −1."""

EDGE = round(0.02 * RATE)
"""Samples in which what is cut off fades."""

_BREATH, _FADING = 0.35, 0.4  # seconds before and after the words that stay: breath is speech
_HOP = 0.01  # seconds between two looks at how loud it is
_QUIET = 0.05  # of what is loud in it: below, nobody speaks
_NOISE = 3.0  # times the noise of the room: above, somebody does
_PAUSE = 0.08  # seconds: shorter silences are in words


@dataclass(frozen=True)
class Spoken:
    """A sentence as it is heard, with the breath around it."""

    samples: Samples
    begin: int
    """The sample in which its first word begins,"""
    end: int
    """and the one after its last word."""

    @property
    def seconds(self) -> float:
        """From the first word to the last, without the breath around them."""
        return (self.end - self.begin) / RATE


def read_sound(path: Path) -> Samples:
    """All that is heard in a file of any form, mixed to one channel; ValueError if there is none.

    A WAV file whose recorder was killed says nothing true about its length; it is read to its end.
    """
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    pieces: list[Samples] = []
    try:
        with av.open(path) as file:
            for frame in file.decode(audio=0):
                pieces += [made.to_ndarray()[0] for made in resampler.resample(frame)]
        pieces += [made.to_ndarray()[0] for made in resampler.resample(None)] if pieces else []
    except (av.FFmpegError, IndexError) as error:
        raise ValueError(
            f"{path} is no sound that can be read ({error}); save it as WAV."
        ) from None
    if not pieces:
        raise ValueError(f"{path} holds no sound; record it again.")
    return np.concatenate(pieces).astype(np.float32)


def trimmed(samples: Samples) -> Spoken:
    """Speech without the silence around it; breath stays, and what is cut off fades."""
    loud = np.flatnonzero(_is_speech(samples))
    if not len(loud):
        return Spoken(samples[:0], 0, 0)
    hop = round(_HOP * RATE)
    begin, end = loud[0] * hop, min((loud[-1] + 1) * hop, len(samples))
    first, last = max(0, begin - round(_BREATH * RATE)), end + round(_FADING * RATE)
    return Spoken(faded(samples[first:last], EDGE), begin - first, end - first)


def pauses(spoken: Spoken) -> list[tuple[float, float]]:
    """Silences between words, from and to, in seconds after the first word began."""
    heard = spoken.samples[spoken.begin : spoken.end]
    is_speech = np.concatenate([[True], _is_speech(heard), [True]])
    turns = np.flatnonzero(np.diff(is_speech.astype(int)))
    spans = [(_HOP * first, _HOP * last) for first, last in turns.reshape(-1, 2)]
    return [(first, last) for first, last in spans if last - first >= _PAUSE]


def _is_speech(samples: Samples) -> NDArray[np.bool_]:
    """For each hundredth of a second, whether somebody speaks, as far as loudness tells."""
    hop = round(_HOP * RATE)
    whole = np.append(samples, np.zeros(-len(samples) % hop, np.float32)).reshape(-1, hop)
    power = np.sqrt(np.mean(whole**2, axis=1))
    if not power.any():
        return np.zeros(len(power), np.bool_)
    loud = float(np.quantile(power, 0.95))
    noise = float(np.quantile(power, 0.05))
    return np.asarray(power > max(_QUIET * loud, min(_NOISE * noise, 0.5 * loud), 1e-5), np.bool_)


# The two filters of K-weighting at 48,000 samples a second: the head, and what is hardly heard.
_HEAD = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285),
    (1.0, -1.69065929318241, 0.73248077421585),
)
_LOW = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))


def loudness(samples: NDArray[np.floating]) -> float:
    """Integrated loudness of one channel (n,), 48,000 samples a second, in LUFS; −∞ for silence.

    Blocks of 0.4 s, a quarter apart; those below −70 LUFS do not count, nor those more than 10
    below the mean of the others. Source: ITU-R BS.1770-4.
    """
    from scipy.signal import lfilter  # slow to import, and few commands hear anything

    heard = lfilter(*_LOW, lfilter(*_HEAD, np.asarray(samples, dtype=float)))
    length, step = round(0.4 * RATE), round(0.1 * RATE)
    starts = range(0, max(1, len(heard) - length + 1), step)
    power = np.array([np.mean(heard[start : start + length] ** 2) for start in starts])
    with np.errstate(divide="ignore"):
        loud = -0.691 + 10 * np.log10(power)
        kept = power[loud > -70]
        if not len(kept):
            return -np.inf
        gate = -0.691 + 10 * np.log10(kept.mean()) - 10
        return float(-0.691 + 10 * np.log10(power[(loud > -70) & (loud > gate)].mean()))


def leveled(samples: Samples) -> Samples:
    """As loud as every other sentence; where peaks would be too high, the gain dips for a moment.

    The dips cost loudness, which is given back until it is right within 0.1 LU.
    """
    made = samples
    for _ in range(4):
        lacking = LOUDNESS - loudness(made)
        if not np.isfinite(lacking) or (made is not samples and abs(lacking) < 0.1):
            break
        made = _limited(np.asarray(made * 10 ** (lacking / 20), np.float32))
    return made


def mixed(speech: Samples, own: Samples) -> Samples:
    """Speech (n,) over a film's own sound (n, 2), which is as loud as it was; peaks are limited."""
    return _limited(own + speech[:, None])


def _limited(samples: Samples) -> Samples:
    around = round(0.01 * RATE)
    peaks = np.max([_peaks(one) for one in np.atleast_2d(samples.T)], axis=0)
    gain = np.minimum(1, 10 ** (PEAK / 20) / np.maximum(peaks, 1e-9))
    if gain.min() == 1:
        return samples
    from scipy.ndimage import maximum_filter1d, uniform_filter1d

    lowest = -maximum_filter1d(-gain, 2 * around + 1)
    return np.asarray((samples.T * uniform_filter1d(lowest, 2 * around + 1)).T, np.float32)


def _peaks(samples: Samples) -> Samples:
    """The largest value about each sample, also between two: true peaks (BS.1770-4, annex 2)."""
    from scipy.signal import resample_poly

    piece, edge = 10 * RATE, 64
    made = np.empty_like(samples)
    for first in range(0, len(samples), piece):
        begin, end = max(0, first - edge), min(len(samples), first + piece + edge)
        between = np.abs(resample_poly(samples[begin:end], 4, 1)).reshape(-1, 4).max(axis=1)
        made[first : first + piece] = between[first - begin : first - begin + piece]
    return made
