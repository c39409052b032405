"""How Graph is reached: the credential, the HTTP client and their time limits.

The SDK's own retry waits up to three minutes three times and repeats POSTs (its middleware is left out), and
azure-identity's repeats ten times: both are off. Tokens go to one host, redirects nowhere.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
from azure.core.credentials import AccessToken
from azure.identity.aio import CertificateCredential, ClientSecretCredential
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from kiota_http.middleware import BaseMiddleware, ParametersNameDecodingHandler

from bot.graph.sdk import GraphClientFactory, GraphRequestAdapter
from bot.graph.troubles import Redirected

MICROSOFT_LOGIN = "https://login.microsoftonline.com"
MICROSOFT_GRAPH = "https://graph.microsoft.com"
_GRAPHS_OF_MICROSOFT = (".microsoft.com", ".microsoft.us", ".chinacloudapi.cn")
_LOGINS_OF_MICROSOFT = (".microsoftonline.com", ".microsoftonline.us", ".chinacloudapi.cn")
_LOUD = ("httpx", "httpcore", "azure", "msal", "hpack", "kiota_http", "msgraph")
_CONNECT, _READ = 3.0, 5.0


def quiet_libraries() -> None:
    """Keep the libraries' own lines out of the log: httpx writes every address it asks, names and ids included."""
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)


class NoRedirects(BaseMiddleware):
    """The SDK would take a redirect for an empty success."""

    async def send(self, request: httpx.Request, transport: httpx.AsyncBaseTransport) -> httpx.Response:
        """Pass on, and raise Redirected for an answer that points elsewhere."""
        response = await super().send(request, transport)
        if 300 <= response.status_code < 400:
            await response.aclose()
            raise Redirected
        return response


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

    async def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        enable_cae: bool = False,
        **more: Any,
    ) -> AccessToken:
        """A token out of memory, or a new one."""
        async with self._lock:
            return await self._inner.get_token(
                *scopes, claims=claims, tenant_id=tenant_id, enable_cae=enable_cae, **more
            )

    async def close(self) -> None:
        """Close the connection to Entra."""
        await self._inner.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.close()


class HttpClient(httpx.AsyncClient):
    """The HTTP client under the SDK, with only the middleware we want. A proxy from the environment is used."""

    def __init__(self, ca_file: str) -> None:
        context = ssl.create_default_context(cafile=ca_file)
        super().__init__(verify=context, timeout=httpx.Timeout(_READ, connect=_CONNECT), follow_redirects=False)
        self._real = [one for one in (self._transport, *self._mounts.values()) if one]
        GraphClientFactory.create_with_custom_middleware([NoRedirects(), ParametersNameDecodingHandler()], client=self)

    async def aclose(self) -> None:
        """Close the connections too: the SDK's transports do not hand the closing on to the real ones."""
        await super().aclose()
        for transport in self._real:
            await transport.aclose()


def request_adapter(url: str, credential: Credential, http: HttpClient) -> GraphRequestAdapter:
    """The SDK's adapter for Graph at `url`, which shows the token to that host alone."""
    place = urlsplit(url)
    # what the token is for is Graph by Microsoft's name of it, wherever it is served
    real = (place.hostname or "").endswith(_GRAPHS_OF_MICROSOFT)
    resource = f"{place.scheme}://{place.hostname}" if real else MICROSOFT_GRAPH
    provider = AzureIdentityAuthenticationProvider(
        credential, scopes=[f"{resource}/.default"], allowed_hosts=[place.hostname or ""]
    )
    adapter = GraphRequestAdapter(provider, client=http)
    adapter.base_url = url.rstrip("/")
    return adapter
