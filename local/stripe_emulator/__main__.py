"""`python -m local.stripe_emulator --port 4567 --state FILE [--webhook-url URL ...]`."""

import argparse
from pathlib import Path

from aiohttp import web

from local.stripe_emulator.deliveries import Retries
from local.stripe_emulator.server import build_app
from local.stripe_emulator.store import Store


def main() -> None:
    """Serve on 127.0.0.1 until interrupted; the state is written on the way out."""
    arguments = _arguments()
    store = Store(arguments.state)
    if arguments.webhook_url is not None:
        store.settings["webhook_url"] = arguments.webhook_url
    store.settings["webhook_secret"] = arguments.webhook_secret
    app = build_app(
        store,
        url_base=f"http://127.0.0.1:{arguments.port}",
        retries=Retries(base=arguments.retry_seconds),
    )
    web.run_app(app, host="127.0.0.1", port=arguments.port, print=None, access_log=None)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="local.stripe_emulator", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", type=Path, required=True, help="the file that keeps everything")
    parser.add_argument(
        "--webhook-url", help="where events go; {creditor_id} is filled from dunlin_creditor"
    )
    parser.add_argument("--webhook-secret", required=True, help="whsec_…, signs every delivery")
    parser.add_argument(
        "--retry-seconds", type=float, default=1.0, help="the first wait after a failed delivery"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
