"""Tokens: what Entra gives for a secret, and what the services make of it."""

from __future__ import annotations

import asyncio
import time

import aiohttp
import jwt
import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientSecretCredential as Msal
from azure.identity.aio import ClientSecretCredential

from bot.graph.access import Credential
from bot.ports import OutOfReach
from bot.teams.tokens import Tokens
from deploy.rehearsal.keys import CONNECTOR as CONNECTOR_AUDIENCE
from deploy.rehearsal.keys import GRAPH as GRAPH_AUDIENCE
from deploy.rehearsal.keys import Key, access_token
from tests.certified import certified
from tests.rehearsal.made import APP, CONNECTOR, GRANTS, GRAPH, PATEL, TENANT, THREAD, guid
from tests.rehearsal.school import School


async def test_a_token_for_each_service(school: School):
    """azure-identity gets real RS256 tokens: audience by scope, permissions as roles for Graph only."""
    tokens = [(await school.credential.get_token(scope)).token for scope in (CONNECTOR, GRAPH)]
    async with school.session.get(f"{school.microsoft.origin}/{TENANT}/discovery/v2.0/keys") as answer:
        keys = jwt.PyJWKSet.from_dict(await answer.json())
    connector, graph = (
        jwt.decode(each, keys[jwt.get_unverified_header(each)["kid"]], ["RS256"], options={"verify_aud": False})
        for each in tokens
    )

    assert (connector["aud"], connector.get("roles"), connector["tid"]) == (CONNECTOR_AUDIENCE, None, TENANT)
    assert (graph["aud"], graph["roles"], graph["appid"]) == (GRAPH_AUDIENCE, GRANTS, APP)


async def test_msal_signs_in_too(school: School):
    """The synchronous credential goes through MSAL, and reads the tenant's own OpenID document."""
    credential = Msal(
        TENANT,
        APP,
        "s3cret",
        authority=school.microsoft.origin,
        disable_instance_discovery=True,
        connection_verify=school.microsoft.ca,
    )
    token = await asyncio.to_thread(credential.get_token, f"{school.microsoft.origin}/.default")
    credential.close()

    assert jwt.decode(token.token, options={"verify_signature": False})["aud"] == GRAPH_AUDIENCE


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"client_secret": "other"}, "AADSTS7000215"),
        ({"client_id": guid("other")}, "AADSTS700016"),
        ({"tenant_id": guid("nowhere")}, "AADSTS90002"),
    ],
)
async def test_who_gets_no_token(school: School, wrong: dict[str, str], code: str):
    """A wrong secret, app or tenant is told as Entra tells it."""
    told = {"tenant_id": TENANT, "client_id": APP, "client_secret": "s3cret"} | wrong
    origin = school.microsoft.origin
    async with ClientSecretCredential(
        **told, authority=origin, disable_instance_discovery=True, connection_verify=school.microsoft.ca
    ) as credential:
        with pytest.raises(ClientAuthenticationError, match=code):
            await credential.get_token(GRAPH)


async def test_a_certificate_does_for_a_secret(school: School):
    """Both of the product's clients sign in by the key of the app's certificate; another key gets nothing."""
    shown, held = certified()
    await school.put(certificate=shown)
    to = {"authority": school.microsoft.origin, "ca_file": str(school.microsoft.ca)}
    for proof, good in ((held, True), (certified()[1], False)):
        tokens, graph = Tokens(TENANT, APP, proof, **to), Credential(TENANT, APP, proof, **to)
        try:
            if good:
                assert await tokens.token()
                assert (await graph.get_token(GRAPH)).token
                continue
            with pytest.raises(OutOfReach):
                await tokens.token()
            with pytest.raises(ClientAuthenticationError):
                await graph.get_token(GRAPH)
        finally:
            await tokens.aclose()
            await graph.close()


async def test_a_token_request_that_makes_no_sense(school: School):
    """Another grant, or a scope without /.default, is an OAuth error of its own."""
    url = f"{school.microsoft.origin}/{TENANT}/oauth2/v2.0/token"
    good = {"grant_type": "client_credentials", "client_id": APP, "client_secret": "s3cret", "scope": GRAPH}
    errors = []
    for wrong in ({"grant_type": "password"}, {"scope": "User.Read"}, {"scope": "https://elsewhere.example/.default"}):
        async with school.session.post(url, data=good | wrong) as answer:
            errors.append((answer.status, (await answer.json())["error"]))

    assert errors == [(400, "unsupported_grant_type"), (400, "invalid_scope"), (400, "invalid_scope")]


async def _statuses(school: School, token: str | None) -> list[int]:
    origin = school.microsoft.origin
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    statuses = []
    for path in (f"/connector/{TENANT}/v3/conversations/{THREAD}/members", f"/v1.0/users/{PATEL}"):
        async with school.session.get(origin + path, headers=headers) as answer:
            statuses.append(answer.status)
    return statuses


async def test_tokens_no_service_takes(school: School):
    """None, garbage, expired, of another key, or the other service's: 401 each."""
    key, now = school.microsoft.world.entra_key, int(time.time())
    claims = {"iss": f"https://sts.windows.net/{TENANT}/", "tid": TENANT, "appid": APP, "nbf": now - 600}
    old = [key.sign(claims | {"aud": aud, "exp": now - 1}) for aud in (CONNECTOR_AUDIENCE, GRAPH_AUDIENCE)]
    strange = [access_token(Key.new(), TENANT, APP, aud, GRANTS) for aud in (CONNECTOR_AUDIENCE, GRAPH_AUDIENCE)]
    refused = [await _statuses(school, each) for each in (None, "garbage", *old, *strange)]

    assert refused == [[401, 401]] * 6
    assert await _statuses(school, access_token(key, TENANT, APP, GRAPH_AUDIENCE, GRANTS)) == [401, 200]
    assert await _statuses(school, access_token(key, TENANT, APP, CONNECTOR_AUDIENCE, GRANTS)) == [200, 401]
    assert await _statuses(school, access_token(key, TENANT, guid("other"), CONNECTOR_AUDIENCE, [])) == [403, 401]


async def _keys(school: School, path: str) -> tuple[int, list[dict[str, object]]]:
    url = f"{school.microsoft.origin}{path}/v1/.well-known/openidconfiguration"
    async with school.session.get(url) as answer:
        if answer.status != 200:
            return answer.status, []
        document = await answer.json()
    assert document["issuer"] == "https://api.botframework.com"
    async with school.session.get(document["jwks_uri"]) as answer:
        return answer.status, (await answer.json())["keys"]


async def test_activities_are_signed_by_the_published_keys(school: School):
    """Issuer, audience, service URL and lifetime are claimed; the key is endorsed for Teams; rotation needs a new look."""
    await school.do("start", meeting=THREAD)
    await school.bot.hears(1)
    _, before = await _keys(school, f"/botframework/{TENANT}")
    await school.switch(keys="rotate")
    await school.do("end", meeting=THREAD)
    await school.bot.hears(2)
    _, after = await _keys(school, f"/botframework/{TENANT}")
    _, shared = await _keys(school, "/botframework")
    header = jwt.get_unverified_header(school.bot.tokens[1])
    key = jwt.PyJWK(next(each for each in shared if each["kid"] == header["kid"]))
    claims = jwt.decode(school.bot.tokens[1], key, ["RS256"], audience=APP)

    assert claims["serviceurl"] == school.bot.heard[1]["serviceUrl"] == school.told["service_url"]
    assert (claims["iss"], claims["exp"] - claims["iat"]) == ("https://api.botframework.com", 3600)
    assert [each["endorsements"] for each in after] == [["msteams"]]
    assert [each["kid"] for each in after] == [header["kid"]] != [each["kid"] for each in before]


async def test_keys_and_login_out_of_reach(school: School):
    """By switch the key documents and the token endpoint answer 503."""
    await school.switch(keys="down", login="down")
    url = f"{school.microsoft.origin}/{TENANT}/oauth2/v2.0/token"
    async with school.session.post(url, data={}) as answer:
        login = answer.status

    assert [(await _keys(school, path))[0] for path in ("/botframework", f"/botframework/{TENANT}")] == [503, 503]
    assert login == 503


async def test_only_its_own_ca_is_trusted(school: School):
    """Without the CA of the rehearsal nobody can be taken in by it."""
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await session.get(school.microsoft.origin)
