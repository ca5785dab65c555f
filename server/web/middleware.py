"""What every answer goes through: the origin's check, errors as words, and the headers that bind browsers to us alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
import structlog
from aiohttp import web
from aiohttp.typedefs import Middleware

from carrel.server.errors import BadRequest, Banned, CarrelError, LocalError, PeerError
from carrel.server.requests import is_secure
from carrel.server.rooms.origins import check_origin
from carrel.server.settings import Settings

log = structlog.get_logger("carrel.web")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
ErrorPage = Callable[[web.Request, str, int], web.Response]
"""(request, wire code, HTTP status) → a kind page."""

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "connect-src 'self' blob: data:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), payment=(), usb=(), microphone=(self), xr-spatial-tracking=(self)",
}
STRICT_TRANSPORT: Final = "max-age=31536000"
LEDGER_API: Final = "/ledger/api/"
"""Its errors stand in a member of their own, beside what else an answer may hold."""
HTTP_CODES: Final = {404: "not_found", 405: "bad_request", 413: "too_large"}


def middlewares(settings: Settings, error_page: ErrorPage) -> list[Middleware]:
    """Outermost first."""

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            if request.method not in SAFE_METHODS:
                check_origin(request, settings)
                _check_plain(request)
            return await handler(request)
        except web.HTTPException as answer:
            if answer.status < 400:
                raise
            return _answer(request, HTTP_CODES.get(answer.status, "bad_request"), answer.reason, answer.status)
        except PeerError as error:
            return _refused(request, error)
        except LocalError as error:
            log.error("request_failed", path=request.path[:200], error=str(error))
            return _answer(
                request, error.code, "Something broke here. It has been noted; try again in a moment.", error.status
            )
        except (ConnectionError, CarrelError):
            raise
        except Exception:
            log.exception("request_failed", path=request.path[:200])
            return _answer(
                request, LocalError.code, "Something broke here. It has been noted; try again in a moment.", 500
            )

    def _refused(request: web.Request, error: PeerError) -> web.StreamResponse:
        extra: dict[str, object] = {}
        if error.retry_after_ms is not None:
            extra["retry_after_ms"] = error.retry_after_ms
        if isinstance(error, Banned) and error.until_ms is not None:
            extra["until_ms"] = error.until_ms
        answer = _answer(request, error.code, error.message, error.status, extra)
        if error.retry_after_ms is not None:
            answer.headers["Retry-After"] = str(-(-error.retry_after_ms // 1000))
        return answer

    def _answer(
        request: web.Request, code: str, message: str, status: int, extra: dict[str, object] | None = None
    ) -> web.Response:
        if request.path.startswith(("/api/", LEDGER_API)):
            found: dict[str, object] = {"code": code, "message": message, **(extra or {})}
            body = msgspec.json.encode({"error": found} if request.path.startswith(LEDGER_API) else found)
            return web.Response(
                body=body, status=status, content_type="application/json", headers={"Cache-Control": "no-store"}
            )
        return error_page(request, code, status)

    return [guarded]


def _check_plain(request: web.Request) -> None:
    """Raises BadRequest for a packed body: nothing here is unpacked, so it would only be misread."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise BadRequest("Send the body as it is, without Content-Encoding.")


def add_headers(app: web.Application, settings: Settings) -> None:
    """Every answer carries HEADERS; those behind TLS ask browsers to stay with it."""

    async def prepare(request: web.Request, response: web.StreamResponse) -> None:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if is_secure(request, settings) and settings.tls_cert != "self-signed":
            response.headers.setdefault("Strict-Transport-Security", STRICT_TRANSPORT)
        response.headers.pop("Server", None)

    app.on_response_prepare.append(prepare)
