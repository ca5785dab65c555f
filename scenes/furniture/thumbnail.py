"""A small picture of a piece on nothing: rays from an eye in front, one soft light, a shadow on the floor."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image

from carrel.scenes.furniture.surface import Surface
from carrel.scenes.furniture.tracing import Tracer, hemisphere
from carrel.scenes.halls.kit.arrays import Floats, Ints, floats, unit
from carrel.scenes.halls.light.coding import linear

SIDE_PX, FINER = 256, 2
EYE, TOWARD_LIGHT = floats([0.52, 0.46, 1.0]), unit(floats([-0.42, 0.86, 0.62]))
VIEW_DEGREES = 26.0
KEY, SKY, GROUND, SHADOW_RAYS = floats([2.1, 2.0, 1.86]), floats([0.92, 0.95, 1.0]), floats([0.42, 0.38, 0.33]), 32
EXPOSURE = 1.05


def thumbnail(surfaces: Sequence[Surface], textures: Mapping[str, Image.Image], *, on_floor: bool) -> bytes:
    """A WebP with a clear background, 256 pixels square."""
    solid = [s for s in surfaces if s.material.opacity == 1]
    corners = np.vstack([s.points[s.faces] for s in solid])
    tracer = Tracer(corners)
    points = corners.reshape(-1, 3)
    origin, ways = _camera(points.min(0), points.max(0))
    starts = np.broadcast_to(origin, ways.shape)
    met = tracer.first(floats(starts), ways)
    picture = np.zeros((len(ways), 4))
    hit = np.nonzero(met >= 0)[0]
    colour = _shaded(solid, met[hit], floats(starts[hit]), ways[hit], textures, tracer)
    picture[hit] = np.concatenate([colour, np.ones((len(hit), 1))], 1)
    if on_floor:
        _cast_shadow(picture, floats(starts), ways, met, tracer)
    n = SIDE_PX * FINER
    square = picture.reshape(n, n, 4)
    square[..., :3] *= square[..., 3:]
    small = square.reshape(SIDE_PX, FINER, SIDE_PX, FINER, 4).mean((1, 3))
    small[..., :3] /= np.maximum(small[..., 3:], 1e-6)
    x = small[..., :3] * EXPOSURE
    graded = np.clip(x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14), 0, 1)  # the halls' filmic curve
    srgb = np.where(graded <= 0.0031308, graded * 12.92, 1.055 * np.maximum(graded, 1e-9) ** (1 / 2.4) - 0.055)
    done = np.concatenate([srgb, small[..., 3:]], -1)
    out = io.BytesIO()
    Image.fromarray(np.clip(np.round(done * 255), 0, 255).astype("u1")).save(
        out, "WEBP", quality=82, alpha_quality=95, method=6
    )
    return out.getvalue()


def _camera(low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """The eye, and a ray for every fine pixel, so that the whole box is in view."""
    away = unit(EYE)
    right = unit(floats(np.cross([0, 1, 0], away)))
    up = np.cross(away, right)
    box = floats([[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])])
    middle, half = (low + high) / 2, np.tan(np.radians(VIEW_DEGREES / 2)) * 0.93
    for _ in range(4):  # centre what is seen, not the box
        d = box - middle
        need = np.maximum(np.abs(d @ right), np.abs(d @ up)) / half + d @ away
        distance = float(need.max())
        depth = distance - d @ away
        x, y = (d @ right) / depth, (d @ up) / depth
        middle = middle + (right * (x.max() + x.min()) + up * (y.max() + y.min())) / 2 * distance
    n = SIDE_PX * FINER
    a = (np.arange(n) + 0.5) / n * 2 - 1
    slope = np.tan(np.radians(VIEW_DEGREES / 2))
    v, u = np.meshgrid(-a * slope, a * slope, indexing="ij")
    ways = unit(floats(u[..., None] * right + v[..., None] * up - away)).reshape(-1, 3)
    return floats(middle + away * distance), floats(ways)


def _shaded(
    solid: Sequence[Surface],
    met: Ints,
    origins: Floats,
    ways: Floats,
    textures: Mapping[str, Image.Image],
    tracer: Tracer,
) -> Floats:
    out, first = np.zeros((len(met), 3)), 0
    for surface in solid:
        mine = np.nonzero((met >= first) & (met < first + len(surface.faces)))[0]
        faces = surface.faces[met[mine] - first]
        first += len(surface.faces)
        if not len(mine):
            continue
        weights, at = _barycentric(surface.points[faces], origins[mine], ways[mine])
        normal, colour, uv = (
            np.einsum("nk,nkj->nj", weights, values[faces]) for values in (surface.normals, surface.colours, surface.uv)
        )
        normal = unit(floats(normal))
        normal = np.where((normal * ways[mine]).sum(1, keepdims=True) > 0, -normal, normal)
        if surface.material.texture:
            colour = colour * _texel(textures[surface.material.texture], floats(uv))
        facing = np.clip(normal @ TOWARD_LIGHT, 0, 1)
        free = tracer.first(at + normal * 0.012, np.broadcast_to(TOWARD_LIGHT, at.shape).copy()) < 0
        up = 0.5 + 0.5 * normal[:, 1:2]
        light = KEY * (facing * free)[:, None] + SKY * up + GROUND * (1 - up)
        half = unit(TOWARD_LIGHT - ways[mine])
        gloss = (1 - surface.material.roughness) ** 2 * 0.9
        sheen = gloss * free * np.clip((normal * half).sum(1), 0, 1) ** (6 / surface.material.roughness**2)
        lit = colour * light * 0.42 + sheen[:, None] * KEY * 0.35
        out[mine] = lit + floats(surface.material.glow) * 0.9
    return floats(out)


def _barycentric(corners: Floats, origins: Floats, ways: Floats) -> tuple[Floats, Floats]:
    """Weights of the three corners where each ray meets its triangle's plane, and the meeting points."""
    a, e1, e2 = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    p = np.cross(ways, e2)
    scale = 1 / np.where(np.abs((e1 * p).sum(1)) < 1e-12, 1e-12, (e1 * p).sum(1))
    t = origins - a
    u = (t * p).sum(1) * scale
    q = np.cross(t, e1)
    v, distance = (ways * q).sum(1) * scale, (e2 * q).sum(1) * scale
    u, v = np.clip(u, 0, 1), np.clip(v, 0, 1)
    return floats(np.stack([1 - u - v, u, v], 1)), floats(origins + ways * distance[:, None])


def _texel(image: Image.Image, uv: Floats) -> Floats:
    pixels = np.asarray(image.convert("RGB"))
    tall, wide = pixels.shape[:2]
    x, y = (np.floor(uv[:, 0] * wide).astype(int)) % wide, (np.floor(uv[:, 1] * tall).astype(int)) % tall
    return linear(pixels[y, x].astype(float))


def _cast_shadow(picture: Floats, origins: Floats, ways: Floats, met: Ints, tracer: Tracer) -> None:
    """Where the piece hides the sky from the floor around it the picture darkens."""
    from scipy.ndimage import gaussian_filter

    down = np.nonzero((met < 0) & (ways[:, 1] < -1e-3))[0]
    at = origins[down] - ways[down] * (origins[down, 1:2] / ways[down, 1:2])
    shade, floor = np.zeros(len(down)), np.broadcast_to(floats([[0, 1, 0]]), at.shape)
    for way in hemisphere(floats(floor), SHADOW_RAYS, np.random.default_rng(3)):
        shade += (tracer.first(at + floats([0, 0.002, 0]), way, 1.2) >= 0) / SHADOW_RAYS
    soft = np.zeros(len(picture))
    soft[down] = np.clip(shade * 0.8, 0, 0.6)
    n = SIDE_PX * FINER
    cover = picture[:, 3].reshape(n, n)
    blurred = gaussian_filter(np.where(cover > 0, 0.5, soft.reshape(n, n)), 2.5)
    picture[down, 3] = blurred.reshape(-1)[down] * np.clip(soft[down] * 40, 0, 1)
