"""`python -m tests.chaos.proxy --control PORT --gate NAME=PORT=URL …`: stands where faults happen.

One process with a gate before each service. `/weather` at the control port takes the seed (null:
calm) and the process whose children are the workers; `/story` tells what has happened since.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
from functools import partial
from typing import Any

import aiohttp
from aiohttp import web

from tests.chaos import dialects, oddities
from tests.chaos.killing import kill_caller
from tests.chaos.weather import KILLED, Weather
from tests.simulation.faults import AFTER, KILLS, SLOW, Fault

HELD_SECONDS = 3.5
"""Longer than the table's clients wait (3 s); others lose their answer when it is over."""
WORKERS_CALL = frozenset({"aws", "sending", "stripe", "receiver"})
"""Gates whose callers are workers, and may be killed."""
_DROPPED = {"host", "content-length", "transfer-encoding", "connection", "keep-alive"}
_LARGEST = 40 * 1024 * 1024


class Proxy:
    """The gates of one stack, with the weather before them."""

    def __init__(self, client: aiohttp.ClientSession) -> None:
        self._client = client
        self._workers_of: int | None = None
        self._later: set[asyncio.Task[Any]] = set()
        self._poisoned: str | None = None
        self.weather = Weather()

    async def pass_through(self, gate: str, url: str, request: web.Request) -> web.StreamResponse:
        """Pass a call on, or let it go wrong."""
        body = await request.read()
        call = dialects.name_of(gate, request, body)
        if gate == "events" and call != "sns.Publish":
            return await self._forward(url, request, body)
        fault = self.weather.draw(call, kills=gate in WORKERS_CALL)
        if fault is None:
            return await self._oddly(gate, url, request, body, call)
        if fault in AFTER:
            await self._forward(url, request, body)
        if fault in SLOW:
            await asyncio.sleep(HELD_SECONDS)
        if fault is Fault.THROTTLED:
            return dialects.busy(call)
        if fault in KILLS:
            await self._kill(request, call)
        elif fault not in SLOW and self.weather.calls % 2:
            return dialects.broken(call)
        return _cut(request)

    async def set_weather(self, request: web.Request) -> web.Response:
        """Let a seed's weather begin, or let it clear up."""
        asked = await request.json()
        self._workers_of = asked["workers_of"]
        self.weather = Weather(asked["seed"], leaks=asked["leaks"])
        return web.json_response({})

    async def set_poison(self, request: web.Request) -> web.Response:
        """Let a customer's record be unreadable from now on, or (null) none any more."""
        self._poisoned = (await request.json())["partition"]
        return web.json_response({})

    async def story(self, _request: web.Request) -> web.Response:
        """Tell what has happened in this weather."""
        weather = self.weather
        told = {"calls": weather.calls, "faults": weather.counts, "story": list(weather.story)}
        return web.json_response(told)

    async def _oddly(
        self, gate: str, url: str, request: web.Request, body: bytes, call: str
    ) -> web.StreamResponse:
        """Pass a call on as services do: now and then twice, late or never."""
        forward = partial(self._forward, url, request)
        if gate in oddities.ODD_GATES:
            return await oddities.of_gate(gate, self.weather, forward, body, self._soon)
        if call.startswith("sqs.SendMessage"):
            return await oddities.of_queue(self.weather, forward, body, self._soon)
        answer = await forward(body)
        if call == "dynamodb.Query":
            answer = oddities.of_index(self.weather, body, answer)
            return oddities.of_file(self._poisoned, body, answer)
        return answer

    async def _forward(self, url: str, request: web.Request, body: bytes) -> web.Response:
        headers = {k: v for k, v in request.headers.items() if k.lower() not in _DROPPED}
        try:
            async with self._client.request(
                request.method,
                url + str(request.rel_url),
                headers=headers,
                data=body or None,
                skip_auto_headers=("Content-Type", "User-Agent", "Accept-Encoding"),
                allow_redirects=False,
            ) as answer:
                kept = {k: v for k, v in answer.headers.items() if k.lower() not in _DROPPED}
                return web.Response(status=answer.status, headers=kept, body=await answer.read())
        except aiohttp.ClientError as error:  # none of ours: it is told, not hidden as weather
            self.weather.note("what stands behind is gone", f"{url} is gone: {error!r}")
            return web.Response(status=502)

    async def _kill(self, request: web.Request, call: str) -> None:
        if request.transport is None or self._workers_of is None:
            return
        port = request.transport.get_extra_info("peername")[1]
        ours = request.transport.get_extra_info("sockname")[1]
        if await asyncio.to_thread(kill_caller, port, ours, self._workers_of):
            self.weather.note(KILLED, f"{call}: its worker is dead")

    def _soon(self, seconds: float, act: Any) -> None:
        """Do something by itself, so many seconds from now."""

        async def later() -> None:
            await asyncio.sleep(seconds)
            await act()

        task = asyncio.create_task(later())
        self._later.add(task)
        task.add_done_callback(self._later.discard)


def _cut(request: web.Request) -> web.Response:
    """Break the connection before an answer arrives."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=502)


async def serve(control: int, gates: list[list[str]]) -> None:
    """Serve all gates on 127.0.0.1 until told to end."""
    timeout = aiohttp.ClientTimeout(total=120)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(
        connector=connector, timeout=timeout, auto_decompress=False
    ) as client:
        proxy = Proxy(client)
        desk = web.Application()
        desk.router.add_post("/weather", proxy.set_weather)
        desk.router.add_post("/poison", proxy.set_poison)
        desk.router.add_get("/story", proxy.story)
        runners = [await _open(desk, control)]
        for name, port, url in gates:
            app = web.Application(client_max_size=_LARGEST)
            app.router.add_route("*", "/{rest:.*}", partial(proxy.pass_through, name, url))
            runners.append(await _open(app, int(port)))
        told = asyncio.Event()
        for one in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(one, told.set)
        await told.wait()
        for runner in runners:
            await runner.cleanup()


async def _open(app: web.Application, port: int) -> web.AppRunner:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, shutdown_timeout=2).start()
    return runner


def main() -> None:
    """Serve what the command line names."""
    parser = argparse.ArgumentParser(prog="tests.chaos.proxy", description=__doc__)
    parser.add_argument("--control", type=int, required=True)
    parser.add_argument("--gate", action="append", type=lambda text: text.split("=", 2))
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.control, arguments.gate))


if __name__ == "__main__":
    main()
