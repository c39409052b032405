"""How Graph is reached: the credential, the HTTP session and their time limits.

The SDK writes requests, it does not send them: its adapter over httpx takes 3 to 5 ms of processor for a call, these lines 0.6.
Its retry waits up to three minutes three times and repeats POSTs, azure-identity's repeats ten times: both are off. Tokens
go to one host, redirects nowhere.
"""

from __future__ import annotations

import asyncio
import logging
import re
import ssl
from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx
from azure.core.credentials import AccessToken
from azure.identity.aio import CertificateCredential, ClientSecretCredential
from kiota_abstractions.authentication import AnonymousAuthenticationProvider
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from yarl import URL

from bot.graph.sdk import GraphRequestAdapter, GraphServiceClient
from bot.graph.troubles import Answered, Redirected

MICROSOFT_LOGIN = "https://login.microsoftonline.com"
MICROSOFT_GRAPH = "https://graph.microsoft.com"
_GRAPHS_OF_MICROSOFT = (".microsoft.com", ".microsoft.us", ".chinacloudapi.cn")
_LOGINS_OF_MICROSOFT = (".microsoftonline.com", ".microsoftonline.us", ".chinacloudapi.cn")
_LOUD = ("httpx", "httpcore", "azure", "msal", "hpack", "kiota_http", "msgraph")
_CONNECT, _READ = 3.0, 5.0
_DOLLAR = re.compile(r"(?<=[?&])%24")
"""How the SDK's templates write the $ of a query's names, which Microsoft's pages write plainly."""


def quiet_libraries() -> None:
    """Keep the libraries' own lines out of the log: httpx writes every address it asks, names and ids included."""
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)


class Credential:
    """The app's own credential, which lets one caller fetch the token while the others wait, instead of each fetching one.

    `proof`: a client secret, or as bytes a certificate with its key in PEM.
    """

    def __init__(self, tenant: str, app_id: str, proof: str | bytes, *, authority: str, ca_file: str) -> None:
        host = urlsplit(authority).hostname or ""
        self._lock = asyncio.Lock()
        kind: Callable[..., CertificateCredential | ClientSecretCredential] = (
            partial(ClientSecretCredential, client_secret=proof)
            if isinstance(proof, str)
            else partial(CertificateCredential, certificate_data=proof)
        )
        self._inner = kind(
            tenant,
            app_id,
            authority=authority,
            disable_instance_discovery=not host.endswith(_LOGINS_OF_MICROSOFT),
            connection_timeout=_CONNECT,
            read_timeout=_READ,
            connection_verify=ca_file,
            retry_total=0,
            timeout=_READ,
        )

    async def get_token(self, scope: str) -> AccessToken:
        """A token out of memory, or a new one."""
        async with self._lock:
            return await self._inner.get_token(scope)

    async def close(self) -> None:
        """Close the connection to Entra."""
        await self._inner.close()


class Sender:
    """Sends what the SDK has written, over one session. Make it inside the loop. A proxy from the environment is used."""

    def __init__(self, url: str, credential: Credential, ca_file: str) -> None:
        place = urlsplit(url)
        # what the token is for is Graph by Microsoft's name of it, wherever it is served
        real = (place.hostname or "").endswith(_GRAPHS_OF_MICROSOFT)
        self._scope = f"{f'{place.scheme}://{place.hostname}' if real else MICROSOFT_GRAPH}/.default"
        self._base = url.rstrip("/")
        self.origin = f"{place.scheme}://{place.netloc}/".lower()
        self._credential = credential
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=ca_file)),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT, sock_read=_READ),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        # worked out once: the session's own way reads the environment and .netrc anew for every request
        self._proxy = None if proxy_bypass(place.hostname or "") else getproxies().get(place.scheme)

    async def send(self, request: RequestInformation) -> bytes:
        """The answer's body. Raises Answered for a no, Redirected, and what aiohttp and azure-identity raise."""
        request.path_parameters["baseurl"] = self._base
        url = _DOLLAR.sub("$", request.url)
        if not url.lower().startswith(self.origin):
            raise Redirected
        headers = {**(request.request_headers or {}), "Authorization": f"Bearer {await self.token()}"}
        method = (request.http_method or Method.GET).value
        async with self._session.request(
            method,
            URL(url, encoded=True),
            data=request.content,
            headers=headers,
            allow_redirects=False,
            proxy=self._proxy,
        ) as answer:
            body = await answer.read()
        if 300 <= answer.status < 400:
            raise Redirected
        if answer.status >= 400:
            raise Answered(answer.status, body, answer.headers.get("Retry-After"))
        return body

    async def token(self) -> str:
        """Our own token for Graph."""
        return (await self._credential.get_token(self._scope)).token

    async def aclose(self) -> None:
        """Close the connections."""
        await self._session.close()


def writing_client() -> GraphServiceClient:
    """The SDK's client, which writes requests and sends none: so it has no key, and its HTTP client is never used."""
    adapter = GraphRequestAdapter(AnonymousAuthenticationProvider(), client=httpx.AsyncClient(verify=False))  # noqa: S501 -- sends nothing
    return GraphServiceClient(request_adapter=adapter)
