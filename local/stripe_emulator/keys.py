"""The typed places where the server keeps what its handlers share."""

from aiohttp import web

from local.stripe_emulator.deliveries import Retries
from local.stripe_emulator.store import Json, Store

STORE = web.AppKey("store", Store)
URL_BASE = web.AppKey("url_base", str)
RETRIES = web.AppKey("retries", Retries)
ACCOUNT = web.RequestKey("account", str)
REQUEST = web.RequestKey[Json]("request", dict)
