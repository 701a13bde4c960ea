"""PyTorch on one thread as a native contestant: `torch_peer.py TASK` sets a task up, then trains
as many steps as each line of its input says and answers with their milliseconds and the last loss,
as JSON. Sizes, initial weights and data are those of tasks.mjs; the noise is its own.

Every task is written the way that is fastest here: fused Adam, the library's own attention and
convolution, products that add the bias.
"""

import json
import math
import sys
import time

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
torch.manual_seed(1)


class Uniforms:
    """The linear congruential generator of tasks.mjs."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state * 1664525 + 1013904223) % 2**32
        return self.state / 2**32

    def tensor(self, shape, low, high):
        values = [low + (high - low) * self.next() for _ in range(math.prod(shape))]
        return torch.tensor(values).reshape(shape)


class Weights:
    """Parameters in order of declaration."""

    def __init__(self):
        self.uniforms = Uniforms(7)
        self.all = []

    def add(self, values):
        self.all.append(values.requires_grad_())
        return values

    def weight(self, shape, inputs):
        bound = 1 / math.sqrt(inputs)
        return self.add(self.uniforms.tensor(shape, -bound, bound))

    def filled(self, shape, value):
        return self.add(torch.full(shape, value))

    def linear(self, inputs, outputs):
        return self.weight([inputs, outputs], inputs), self.filled([outputs], 0.0)

    def mlp(self, *widths):
        return [self.linear(a, b) for a, b in zip(widths, widths[1:])]


def apply(layer, x):
    return torch.addmm(layer[1], x, layer[0])


def network(layers, x, activation):
    for layer in layers[:-1]:
        x = activation(apply(layer, x))
    return apply(layers[-1], x)


def flat(layers):
    return [p for layer in layers for p in layer]


def adam(parameters, **options):
    return torch.optim.Adam(parameters, fused=True, **options)


def gan2d_lab():
    B, RATE, REAL = 150, 0.1, 0.95
    x = Uniforms(3).tensor([B, 2], 0, 1)
    weights = Weights()
    g, d = weights.mlp(2, 8, 8, 2), weights.mlp(2, 8, 8, 1)
    descent_g, descent_d = (torch.optim.SGD(flat(layers), RATE) for layers in (g, d))

    def generated():
        return torch.tanh(network(g, torch.rand(B, 2), torch.relu))

    def judged(points):
        return torch.sigmoid(network(d, points, torch.relu))

    def step():
        with torch.no_grad():
            fake = generated()
        p = judged(torch.cat([x, fake]))
        loss = -(REAL * p[:B].log().mean() + (1 - p[B:]).log().mean())
        descent_d.zero_grad()
        loss.backward()
        descent_d.step()
        loss = -judged(generated()).log().mean()
        descent_g.zero_grad()
        loss.backward(inputs=flat(g))
        descent_g.step()
        return loss

    return step


def gan2d():
    B, RATE, BETAS = 256, 1e-3, (0.5, 0.999)
    x = Uniforms(3).tensor([B, 2], 0, 1)
    weights = Weights()
    g, d = weights.mlp(2, 64, 64, 2), weights.mlp(2, 64, 64, 1)
    adam_g, adam_d = (adam(flat(layers), lr=RATE, betas=BETAS) for layers in (g, d))
    sign = torch.cat([-torch.ones(B, 1), torch.ones(B, 1)])

    def generated():
        return network(g, torch.randn(B, 2), torch.relu)

    def logits(points):
        return network(d, points, lambda h: F.leaky_relu(h, 0.2))

    def step():
        with torch.no_grad():
            fake = generated()
        loss = 2 * F.softplus(sign * logits(torch.cat([x, fake]))).mean()
        adam_d.zero_grad()
        loss.backward()
        adam_d.step()
        loss = F.softplus(-logits(generated())).mean()
        adam_g.zero_grad()
        loss.backward(inputs=flat(g))
        adam_g.step()
        return loss

    return step


def minimised(weights, loss_of, **options):
    """A step of Adam on one loss."""
    optimiser = adam(weights.all, lr=1e-3, **options)

    def step():
        loss = loss_of()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        return loss

    return step


def vae_mlp():
    B, D, H, Z = 128, 784, 400, 20
    x = Uniforms(3).tensor([B, D], 0, 1)
    weights = Weights()
    encoder, mean, log_var = weights.linear(D, H), weights.linear(H, Z), weights.linear(H, Z)
    decoder = weights.mlp(Z, H, D)

    def loss():
        h = torch.relu(apply(encoder, x))
        mu, lv = apply(mean, h), apply(log_var, h)
        z = mu + (0.5 * lv).exp() * torch.randn_like(mu)
        reconstruction = F.binary_cross_entropy_with_logits(network(decoder, z, torch.relu), x, reduction="sum")
        return (reconstruction + 0.5 * (mu.square() + lv.exp() - 1 - lv).sum()) / B

    return minimised(weights, loss)


def rbm():
    B, D, H, RATE, MOMENTUM, DECAY = 100, 784, 500, 0.05, 0.5, 2e-4
    x = (Uniforms(3).tensor([B, D], 0, 1) < 0.2).float()
    w = Uniforms(7).tensor([D, H], -0.01, 0.01)
    b, c = torch.zeros(D), torch.zeros(H)
    velocities = [torch.zeros_like(p) for p in (w, b, c)]

    @torch.no_grad()
    def step():
        p0 = torch.sigmoid(torch.addmm(c, x, w))
        v1 = torch.bernoulli(torch.sigmoid(torch.addmm(b, torch.bernoulli(p0), w.T)))
        p1 = torch.sigmoid(torch.addmm(c, v1, w))
        moments = torch.mm(x.T, p0).addmm_(v1.T, p1, alpha=-1).div_(B).sub_(w, alpha=DECAY)
        error = x - v1
        for p, velocity, gradient in zip((w, b, c), velocities, (moments, error.mean(0), (p0 - p1).mean(0))):
            velocity.mul_(MOMENTUM).add_(gradient, alpha=RATE)
            p.add_(velocity)
        return error.square().mean()

    return step


def ddpm2d():
    B, D, E, H = 512, 2, 32, 128
    x = Uniforms(3).tensor([B, D], -1, 1)
    weights = Weights()
    denoiser = weights.mlp(D + E, H, H, H, D)
    frequencies = 1000 * 1e4 ** (-2 * torch.arange(E // 2, dtype=torch.float64) / E).float()[None]

    def loss():
        u, noise = torch.rand(B, 1), torch.randn(B, D)
        angle = u * (math.pi / 2)
        angles = u * frequencies
        noisy = torch.cat([angle.cos() * x + angle.sin() * noise, angles.sin(), angles.cos()], 1)
        return F.mse_loss(network(denoiser, noisy, F.silu), noise)

    return minimised(weights, loss)


def gpt_char():
    B, T, V, C, HEADS, LAYERS, RATE, DECAY = 12, 64, 65, 128, 4, 4, 1e-3, 0.1
    uniforms = Uniforms(3)
    drawn = torch.tensor([int(uniforms.next() * V) for _ in range(2 * B * T)])
    letters, targets = drawn[0::2].reshape(B, T), drawn[1::2].clone()
    weights = Weights()
    embedding, position = weights.weight([V, C], 2500), weights.weight([T, C], 2500)
    blocks = [
        (
            weights.filled([C], 1.0),
            weights.weight([C, 3 * C], C),
            weights.weight([C, C], C),
            weights.filled([C], 1.0),
            weights.weight([C, 4 * C], C),
            weights.weight([4 * C, C], 4 * C),
        )
        for _ in range(LAYERS)
    ]
    gain_head = weights.filled([C], 1.0)
    groups = [
        {"params": [p for p in weights.all if p.dim() > 1], "weight_decay": DECAY},
        {"params": [p for p in weights.all if p.dim() < 2], "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(groups, lr=RATE, betas=(0.9, 0.99), fused=True)

    def normalised(h, gain):
        return F.layer_norm(h, [C], gain, eps=1e-5)

    def step():
        h = F.embedding(letters, embedding) + position
        for gain_attention, qkv, project, gain_mlp, widen, narrow in blocks:
            parts = (normalised(h, gain_attention) @ qkv).split(C, 2)
            q, k, v = (part.view(B, T, HEADS, C // HEADS).transpose(1, 2) for part in parts)
            mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            h = h + mixed.transpose(1, 2).reshape(B, T, C) @ project
            h = h + F.gelu(normalised(h, gain_mlp) @ widen, approximate="tanh") @ narrow
        logits = normalised(h, gain_head) @ embedding.T
        loss = F.cross_entropy(logits.view(-1, V), targets)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        return loss

    return step


def conv_ddpm28():
    B, SIDE, CHANNELS = 32, 28, (1, 32, 64, 64, 32, 1)
    x = Uniforms(3).tensor([B, 1, SIDE, SIDE], -1, 1)
    weights = Weights()
    layers = []
    for inputs, outputs in zip(CHANNELS, CHANNELS[1:]):
        bound = 1 / math.sqrt(9 * inputs)
        drawn = weights.uniforms.tensor([3, 3, inputs, outputs], -bound, bound)
        layers.append((weights.add(drawn.permute(3, 2, 0, 1).contiguous()), weights.filled([outputs], 0.0)))

    def conv(h, i, stride=1):
        return F.conv2d(h, *layers[i], stride=stride, padding=1)

    def loss():
        angle = torch.rand(B, 1, 1, 1) * (math.pi / 2)
        noise = torch.randn_like(x)
        h = F.silu(conv(angle.cos() * x + angle.sin() * noise, 0))
        h = F.silu(conv(F.silu(conv(h, 1, 2)), 2))
        h = F.silu(conv(F.interpolate(h, scale_factor=2, mode="nearest"), 3))
        return F.mse_loss(conv(h, 4), noise)

    return minimised(weights, loss)


def matmul(n):
    uniforms = Uniforms(3)
    a, b = (uniforms.tensor([n, n], -1, 1) for _ in range(2))
    return lambda: (a @ b)[0, 0]


TASKS = {
    "gan2d_lab": gan2d_lab,
    "gan2d": gan2d,
    "vae_mlp": vae_mlp,
    "rbm": rbm,
    "ddpm2d": ddpm2d,
    "gpt_char": gpt_char,
    "conv_ddpm28": conv_ddpm28,
    "matmul256": lambda: matmul(256),
    "matmul1024": lambda: matmul(1024),
}

step = TASKS[sys.argv[1]]()
for line in sys.stdin:
    began = time.perf_counter()
    for _ in range(int(line)):
        loss = step()
    loss = float(loss.detach())
    print(json.dumps({"ms": (time.perf_counter() - began) * 1e3, "loss": loss}), flush=True)
