"""`python -m local.mail --home DIR --aws URL --mail-port P --intake-port P --api-port P`.

One process with three addresses: the inbox, the intake of mail and SMS, and the API's door.
"""

import argparse
import asyncio
import contextlib
import signal
from pathlib import Path

import aiohttp
from aiohttp import web

from local import door
from local.mail import inbox, intake
from local.mail.announcer import Announcer
from local.mail.mailroom import Mailroom

_TIMEOUT = aiohttp.ClientTimeout(total=120)


def main() -> None:
    """Serve on 127.0.0.1 until told to end."""
    asyncio.run(_serve(_arguments()))


async def _serve(arguments: argparse.Namespace) -> None:
    room = Mailroom(arguments.home)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(
        connector=connector, timeout=_TIMEOUT, auto_decompress=True
    ) as client:
        announcer = Announcer(room, client, aws=arguments.aws)
        sites = {
            arguments.mail_port: inbox.build(room, announcer),
            arguments.intake_port: intake.build(room, announcer, client, aws=arguments.aws),
            arguments.api_port: door.build(room, client),
        }
        runners = [await _open(app, port) for port, app in sites.items()]
        work = asyncio.create_task(announcer.run())
        await _until_told()
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work
        for runner in runners:
            await runner.cleanup()


async def _open(app: web.Application, port: int) -> web.AppRunner:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, shutdown_timeout=2).start()
    return runner


async def _until_told() -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, told.set)
    await told.wait()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="local.mail", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="the folder that keeps all")
    parser.add_argument("--aws", required=True, help="MiniStack's address")
    for name in ("mail", "intake", "api"):
        parser.add_argument(f"--{name}-port", type=int, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    main()
