"""The bot's own token for the Connector: kept until it expires, renewed early and in the background."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit

import certifi
from azure.core.credentials import AccessToken
from azure.core.exceptions import AzureError
from azure.identity.aio import CertificateCredential, ClientSecretCredential

from bot.ports import OutOfReach

SCOPE = "https://api.botframework.com/.default"
MICROSOFT_LOGIN = "https://login.microsoftonline.com"
_LOGINS_OF_MICROSOFT = (".microsoftonline.com", ".microsoftonline.us", ".chinacloudapi.cn")
_CONNECT, _READ = 3.0, 10.0
_MARGIN = 60.0
_PAUSE = 30.0

log = logging.getLogger("schoolgate.tokens")


def ca_bundle(ca_file: str | None) -> str:
    """Whom to trust: the file given, else the environment's, else the well-known ones."""
    return ca_file or os.environ.get("SSL_CERT_FILE") or certifi.where()


class Tokens:
    """One token for all. Half-way through its life a new one is fetched while the old one is still used.

    `proof`: a client secret, or as bytes a certificate with its key in PEM.
    """

    def __init__(
        self,
        tenant: str,
        app_id: str,
        proof: str | bytes,
        *,
        authority: str = MICROSOFT_LOGIN,
        ca_file: str | None = None,
    ) -> None:
        host = urlsplit(authority).hostname or ""
        kind: Callable[..., CertificateCredential | ClientSecretCredential] = (
            partial(ClientSecretCredential, client_secret=proof)
            if isinstance(proof, str)
            else partial(CertificateCredential, certificate_data=proof)
        )
        self._new_credential = partial(
            kind,
            tenant,
            app_id,
            authority=authority,
            disable_instance_discovery=not host.endswith(_LOGINS_OF_MICROSOFT),
            connection_timeout=_CONNECT,
            read_timeout=_READ,
            connection_verify=ca_bundle(ca_file),
            retry_total=0,
            timeout=_READ,
        )
        self._token: AccessToken | None = None
        self._renew_at = 0.0
        self._lock = asyncio.Lock()
        self._renewing: asyncio.Task[None] | None = None

    @property
    def expires_in(self) -> float:
        """Seconds the token at hand will do; 0 without one."""
        return max(0.0, self._token.expires_on - time.time()) if self._token else 0.0

    async def token(self) -> str:
        """A token that will do for a minute at least. OutOfReach where Entra gives none."""
        if self._token is None or self.expires_in < _MARGIN:
            async with self._lock:
                if self._token is None or self.expires_in < _MARGIN:
                    await self._fetch()
        elif time.time() >= self._renew_at and (self._renewing is None or self._renewing.done()):
            self._renewing = asyncio.create_task(self._renew(), name="token")
        if self._token is None:
            raise OutOfReach("no token")
        return self._token.token

    def forget(self, token: str) -> None:
        """This token was not accepted: fetch another next time."""
        if self._token is not None and self._token.token == token:
            self._token = None

    async def aclose(self) -> None:
        """Stop renewing."""
        if self._renewing is not None:
            self._renewing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._renewing

    async def _renew(self) -> None:
        self._renew_at = time.time() + _PAUSE
        try:
            await self._fetch()
        except OutOfReach as error:
            log.warning("token not renewed", extra={"event": "token_not_renewed", "why": error.words})

    async def _fetch(self) -> None:
        try:
            # a new one each time: azure-identity would give an old, or refused, token back out of its own memory
            async with asyncio.timeout(_CONNECT + _READ), self._new_credential() as credential:
                self._token = await credential.get_token(SCOPE)
        except (AzureError, TimeoutError) as error:
            # the other side's words may hold the application's ids, never what to do about it
            raise OutOfReach(f"no token: {type(error).__name__}") from error
        self._renew_at = time.time() + self.expires_in / 2
