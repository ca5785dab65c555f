"""Files as other systems write them, made for tests by the rules of ISO 2709."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Fields = Sequence[tuple[str, str]]
"""(tag, text with `$a` before each subfield and two indicators before the first; a control field's text alone)."""


def marc(fields: Fields, encode: Callable[[str], bytes] = str.encode, status: str = " ") -> bytes:
    """One record; `status` is the leader's byte 9."""
    directory, body = b"", b""
    for tag, text in fields:
        parts = [encode(part) for part in text.split("$")]
        data = b"\x1f".join(parts) + b"\x1e"
        directory += f"{tag}{len(data):04}{len(body):05}".encode()
        body += data
    base = 24 + len(directory) + 1
    leader = f"{base + len(body) + 1:05}nam {status}22{base:05} a 4500"
    return leader.encode() + directory + b"\x1e" + body + b"\x1d"


DREAM: Fields = (
    ("001", "dream-1"),
    ("003", "WB"),
    ("008", "990101s1982    cc            000 0 chi d"),
    ("020", "  $a7-02-000220-8 (pbk.)"),
    ("100", "1 $6880-01$aCao, Xueqin,$d1717-1763."),
    ("245", "10$6880-02$aHong lou meng /$cCao Xueqin zhu."),
    ("260", "  $aBeijing :$bRen min wen xue chu ban she,$c1982."),
    ("650", " 0$aFamilies$zChina$vFiction."),
    ("082", "04$a895.1/34"),
    ("880", "1 $6100-01/$1$a曹雪芹,$d1717-1763."),
    ("880", "10$6245-02/$1$a红楼梦 /$c曹雪芹著."),
    ("856", "4 $uhttps://example.org/dream$yRead"),
    ("856", "4 $ujavascript:alert(1)"),
)
CNMARC: Fields = (
    ("001", "012001"),
    ("010", "  $a978-7-02-000220-7$dCNY59.70"),
    ("100", "  $a19990101d1982    em y0chiy50      ea"),
    ("101", "0 $achi"),
    ("200", "1 $a红楼梦$9hong lou meng$e校注本$f曹雪芹著"),
    ("210", "  $a北京$c人民文学出版社$d1982"),
    ("606", "0 $a章回小说$y中国$z清代"),
    ("690", "  $aI242.4$v4"),
    ("701", " 0$a曹雪芹$9cao xue qin$4著"),
    ("905", "  $aWB$dI242.4$e12"),
)
