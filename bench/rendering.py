"""Messages and pages: subject, text and HTML of a mail count as one."""

from bench.measure import Row, best, once
from chalicelib.rendering.renderer import Renderer
from tests.unit.rendering.samples import CASES, LANGUAGES, notice, page

COUNT = 100


def run() -> list[Row]:
    """The first mail compiles its templates; the others are what a warm function does."""
    renderer = Renderer()
    first = once("the first e-mail of a process", 1, lambda: renderer.email(notice()))
    mails = [
        best(f"e-mail, {tag}", COUNT, lambda tag=tag: renderer.email(notice(locale=tag)))
        for tag in LANGUAGES
    ]
    thirty = notice(*CASES["thirty"])
    return [
        first,
        *mails,
        best("e-mail of 30 invoices", COUNT // 10, lambda: renderer.email(thirty)),
        best("SMS, en", COUNT, lambda: renderer.sms(notice())),
        best("customer's page, en", COUNT, lambda: renderer.page(page())),
    ]
