"""Where the window of the creditor's envelopes is: there the address must stand.

Lengths are millimetres from the sheet's upper left corner. Sources: Germany and, by default,
everywhere else DIN 5008:2020 form B for the window of DIN 680; Switzerland and Liechtenstein
SN 010130, window on the right; France AFNOR NF Z 11-001 for a DL envelope with its window on the
right. Britain and the United States have no standard of the sheet, only of the envelope: the text
stands where it is seen wherever the folded sheet slides, in a DL of 110 by 220 mm whose window of
35 by 90 mm is 20 mm from the left and 18 mm from the bottom (BS 4264), and in a No. 10 of 4 1/8 by
9 1/2 inches whose window of 1 1/8 by 4 1/2 inches is 7/8 inch from the left and 1/2 inch from the
bottom.
"""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.creditor import Creditor, PrintService


@dataclass(frozen=True, slots=True)
class Window:
    """One kind of sheet and envelope.

    The recipient stands in `width` by `height` at `left` and `top`; above it, where `return_line`
    says so, the sender in small print, seen through the window, too. `beside` is where the block
    of references begins, `body` the text. `folds` are the marks at the edge.
    """

    paper: str
    left: float
    top: float
    width: float
    height: float
    beside: float
    body: float
    folds: tuple[float, ...]
    return_line: bool = True


DIN = Window("a4", 25, 62.7, 75, 27.3, 125, 98.5, (105, 210))
SWISS = Window("a4", 118, 57, 80, 31, 25, 98.5, (105, 210))
FRENCH = Window("a4", 105, 50, 85, 28, 25, 99, (99, 198))
BRITISH = Window("a4", 25, 57, 75, 24, 125, 99, (99, 198), return_line=False)
AMERICAN = Window("us-letter", 24, 63.5, 86, 19, 135, 96, (93.1, 186.2), return_line=False)

_BY_COUNTRY = {
    **dict.fromkeys(("CH", "LI"), SWISS),
    **dict.fromkeys(("FR", "MC"), FRENCH),
    **dict.fromkeys(("GB", "IE", "GG", "IM", "JE"), BRITISH),
    **dict.fromkeys(("US", "CA", "PR"), AMERICAN),
}


def window_of(creditor: Creditor) -> Window:
    """Return the window of a creditor's envelopes: by its country, or Lob's where Lob prints."""
    if creditor.print_service is PrintService.LOB:
        return AMERICAN  # the only paper there
    return _BY_COUNTRY.get(creditor.country, DIN)
