"""Where the bytes of a buffer are: the binary chunk, or a data: address inside the JSON. Nothing is ever fetched."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import unquote_to_bytes

from carrel.scenes.errors import Refused

_DATA = re.compile(r"data:([\w.+-]+/[\w.+-]+)?((?:;[\w.+-]+=[\w.+\"-]*)*)(;base64)?,", re.IGNORECASE)


def embedded(uri: str, where: str) -> tuple[str, bytes]:
    """Media type (lower case, may be empty) and bytes of a data: address; any other address is refused."""
    if uri[:5].lower() != "data:":
        text = f"The file points to {uri[:60]!r}, outside itself: export with all resources embedded."
        raise Refused("external_resource", text, where)
    head = _DATA.match(uri)
    if head is None:
        raise Refused("data_uri", "An embedded address (data:) is not well formed.", where)
    body = uri[head.end() :]
    try:
        data = base64.b64decode(unquote_to_bytes(body), validate=True) if head[3] else unquote_to_bytes(body)
    except (binascii.Error, UnicodeError) as fault:
        raise Refused("data_uri", f"An embedded address (data:) holds broken base64: {fault}.", where) from fault
    return (head[1] or "").lower(), data
