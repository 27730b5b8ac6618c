"""Where sample customers live: language, currency, names and numbers that fit the country."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """`weight` is the share of customers in percent; amounts scale with `scale`.

    `mobile` is a phone number with a hole for two digits, or None where no range is kept free.
    """

    country: str
    locale: str
    currency: str
    timezone: str
    weight: int
    scale: float
    domain: str
    office: str
    first: tuple[str, ...]
    second: tuple[str, ...]
    form: tuple[str, ...]
    mobile: str | None = None


_GERMAN = (
    ("Nordlicht", "Havelland", "Birkenfeld", "Lindenhof", "Rotdorn", "Kranich", "Wiesengrund"),
    ("Feinmechanik", "Gartenbau", "Druckwerk", "Kältetechnik", "Möbelbau", "Bürobedarf", "Optik"),
)
_FRENCH = (
    ("Clairval", "Beaurivage", "Hautelande", "Montclos", "Rivière", "Valfleury", "Chênebrun"),
    ("Menuiserie", "Imprimerie", "Charpente", "Conseil", "Éclairage", "Traiteur", "Textile"),
)
_SPANISH = (
    ("Alborada", "Montesol", "Riofrío", "Castañar", "Valverde", "Torrealta", "Olivares"),
    ("Mecánica", "Cerámicas", "Logística", "Ediciones", "Climatización", "Viñedos", "Diseño"),
)
_ENGLISH = (
    ("Ashgrove", "Millbrook", "Stonefield", "Harrowgate", "Fernhill", "Kestrel", "Copperlane"),
    ("Joinery", "Print Works", "Fabrication", "Catering", "Optics", "Freight", "Interiors"),
)
_AMERICAN = (
    ("Bluestem", "Cedar Fork", "Prairie Dock", "Ironwood", "Silver Run", "Lakemont", "Juniper"),
    ("Supply", "Manufacturing", "Analytics", "Hardware", "Roasters", "Packaging", "Design"),
)
_JAPANESE = (("Aozora", "Hinode", "Mizuki", "Kawabe"), ("Seiki", "Denki", "Shoji", "Kogyo"))

PLACES = (
    Place(
        "DE", "de-DE", "eur", "Europe/Berlin", 30, 1.0, "example.com", "buchhaltung",
        *_GERMAN, ("GmbH", "GmbH & Co. KG", "AG"), "+49171392{:04d}",
    ),
    Place(
        "AT", "de-AT", "eur", "Europe/Vienna", 6, 0.9, "example.org", "rechnung",
        *_GERMAN, ("GmbH", "KG"),
    ),
    Place(
        "FR", "fr-FR", "eur", "Europe/Paris", 15, 0.9, "example.com", "comptabilite",
        *_FRENCH, ("SARL", "SAS", "SA"), "+3363998{:04d}",
    ),
    Place(
        "ES", "es-ES", "eur", "Europe/Madrid", 12, 0.8, "example.net", "contabilidad",
        *_SPANISH, ("S.L.", "S.A."),
    ),
    Place(
        "IE", "en-IE", "eur", "Europe/Dublin", 4, 1.0, "example.org", "accounts",
        *_ENGLISH, ("Limited",),
    ),
    Place(
        "GB", "en-GB", "gbp", "Europe/London", 16, 0.9, "example.org", "accounts",
        *_ENGLISH, ("Ltd", "LLP", "plc"), "+447700900{:03d}",
    ),
    Place(
        "US", "en-US", "usd", "America/New_York", 15, 1.2, "example.com", "ap",
        *_AMERICAN, ("Inc.", "LLC", "Co."), "+1212555{:04d}",
    ),
    Place(
        "JP", "en", "jpy", "Asia/Tokyo", 2, 140.0, "example.net", "keiri",
        *_JAPANESE, ("K.K.",),
    ),
)  # fmt: skip
