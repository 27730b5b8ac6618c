"""QR codes as pictures that keep their edges at any size."""

from __future__ import annotations

import segno

MAX_VERSION = 25
"""The largest code of a QR-bill (SIX, Implementation Guidelines, section 5.2)."""


def web_code(url: str) -> str:
    """Return the code of an address, as SVG."""
    return _picture(segno.make_qr(url, error="m"))


def epc_code(payload: bytes) -> str:
    """Return the code of a SEPA transfer: UTF-8, errors corrected at level M."""
    return _picture(segno.make_qr(payload, error="m", boost_error=False, mode="byte"))


def swiss_code(payload: str) -> str:
    """Return the code of a QR-bill: UTF-8 without a mark of it, errors corrected at level M.

    Raises ValueError (segno.DataOverflowError) where it is more than such a code holds.
    """
    code = segno.make_qr(payload.encode(), error="m", boost_error=False, mode="byte", eci=False)
    if int(code.version) > MAX_VERSION:
        raise ValueError("a QR-bill has no larger code")
    return _picture(code)


def _picture(code: segno.QRCode) -> str:
    return code.svg_inline(border=0, omitsize=True, svgclass=None, lineclass=None)
