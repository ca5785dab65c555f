"""A certificate as one page for people, in both languages, with the certificate itself inside; it needs no server and no script."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from carrel.ledger.bodies import WorkBytes, WorkTerms
from carrel.ledger.certificate import Certificate, Proven
from carrel.ledger.credential import utc
from carrel.server.requests import LANGUAGES
from carrel.server.web.words import TAGS, words

_TEMPLATE: Final = Path(__file__).with_name("certificate.html")


def certificate_page(certificate: Certificate, proven: Proven) -> bytes:
    """HTML in UTF-8, of a certificate that was verified (`proven`)."""
    registration = proven.history[0].entry.body
    assert isinstance(registration, WorkBytes)
    licences = [step.entry.body.licence for step in proven.history if isinstance(step.entry.body, WorkTerms)]
    templates = Environment(
        loader=FileSystemLoader(_TEMPLATE.parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    page = templates.get_template(_TEMPLATE.name).render(
        languages=[words(language) for language in LANGUAGES],
        tags=TAGS,
        certificate=certificate,
        checkpoint=proven.checkpoint,
        files=registration.files,
        sealed=registration.sealed,
        licence=licences[-1],
        history=[
            {
                "type": str(step.entry.body.__struct_config__.tag),
                "index": step.index,
                "at": utc(step.logged_ms),
                "signers": [one.key.hex() for one in step.entry.signatures],
            }
            for step in proven.history
        ],
        text=certificate.encode().decode(),
        encoded=base64.b64encode(certificate.encode()).decode(),
    )
    return page.encode()
