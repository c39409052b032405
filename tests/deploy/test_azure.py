"""deploy/azure as Bicep reads it: the resources, identities and settings that must be there. Nothing of it was ever deployed."""

from __future__ import annotations

import re
from itertools import chain
from typing import Any
from urllib.parse import parse_qs, urlsplit

import certifi
import pytest

from bot.environment import Environment
from deploy.replay import ROOT
from tests.deploy.bicep import Declared, Expression, File, read

AZURE = ROOT / "deploy" / "azure"
MUST = {
    "Microsoft.App/containerApps",
    "Microsoft.App/managedEnvironments",
    "Microsoft.Authorization/roleAssignments",
    "Microsoft.BotService/botServices",
    "Microsoft.BotService/botServices/channels",
    "Microsoft.Consumption/budgets",
    "Microsoft.ContainerRegistry/registries",
    "Microsoft.DBforPostgreSQL/flexibleServers",
    "Microsoft.DBforPostgreSQL/flexibleServers/databases",
    "Microsoft.KeyVault/vaults",
    "Microsoft.KeyVault/vaults/secrets",
    "Microsoft.ManagedIdentity/userAssignedIdentities",
    "Microsoft.Network/privateDnsZones",
    "Microsoft.Network/virtualNetworks",
    "Microsoft.OperationalInsights/workspaces",
}
SECRET = re.compile(r"password|secret|key|token", re.IGNORECASE)


@pytest.fixture(scope="module")
def files() -> dict[str, File]:
    return {path.stem: read(path) for path in sorted(AZURE.glob("*.bicep"))}


@pytest.fixture(scope="module")
def resources(files: dict[str, File]) -> list[Declared]:
    return [one for file in files.values() for one in file.all("resource") if not one.existing]


def only(resources: list[Declared], kind: str) -> dict[str, Any]:
    """The body of the one resource of a type."""
    (found,) = [one for one in resources if one.type.partition("@")[0] == kind]
    return found.value


def test_there_is_no_mistake_in_it(files: dict[str, File]) -> None:
    """The grammar, and every module given exactly its parameters."""
    assert [mistake for file in files.values() for mistake in file.mistakes] == []
    for module in files["main"].all("module"):
        wanted = {one.name for one in files[module.type.removesuffix(".bicep")].all("param") if one.value is None}
        assert set(module.value["params"]) == wanted, module.name


def test_all_is_there_in_the_united_kingdom(files: dict[str, File], resources: list[Declared]) -> None:
    """Every resource that a school needs, at one place unless it is Microsoft's own."""
    place = next(one for one in files["main"].all("param") if one.name == "location")
    known = {one.type.partition("@")[0] for one in resources}
    placed = [one.value["location"] for one in resources if "location" in one.value]

    assert known >= MUST
    assert place.value == "uksouth"
    assert set(placed) <= {"location", "global"}


def test_versions_are_no_previews(resources: list[Declared]) -> None:
    """Each names a dated version of Microsoft's interface."""
    assert [one.type for one in resources if not re.fullmatch(r"[\w./]+@\d{4}-\d\d-\d\d", one.type)] == []


def test_no_secret_stands_in_it_or_comes_out_of_it(files: dict[str, File]) -> None:
    """Secrets come in as secure parameters without a default, go into the vault, and nowhere else."""
    params = list(chain.from_iterable(file.all("param") for file in files.values()))
    secure = {one.name for one in params if "secure()" in one.decorators}
    outputs = list(chain.from_iterable(file.all("output") for file in files.values()))

    assert {one.name for one in params if SECRET.search(one.name)} == secure
    assert [one.name for one in params if one.name in secure and one.value is not None] == []
    assert secure >= {"botAppPassword", "databaseOwnerPassword", "databaseBotPassword"}
    assert [one.name for one in outputs if SECRET.search(f"{one.name} {one.value}")] == []


def test_the_app_reads_its_secrets_from_the_vault_by_its_identity(resources: list[Declared]) -> None:
    """As files; the owner's address of the database only where the tables are made."""
    app = only(resources, "Microsoft.App/containerApps")
    configuration, template = app["properties"]["configuration"], app["properties"]["template"]
    secrets = {one["name"]: one for one in configuration["secrets"]}
    volumes = {one["name"]: {item["secretRef"]: item["path"] for item in one["secrets"]} for one in template["volumes"]}
    (bot,), (owner,) = template["containers"], template["initContainers"]
    mounted = {one["volumeName"] for one in bot["volumeMounts"]}
    plain = [name for name, one in secrets.items() if "keyVaultUrl" not in one]

    assert app["identity"]["type"] == "UserAssigned"
    assert plain == ["school-toml"]
    assert all(one["identity"] == "identity" for name, one in secrets.items() if name not in plain)
    assert volumes["secrets"] == {"bot-app-password": "bot_app_password", "database-url": "database_url"}
    assert set(volumes["secrets"].values()) <= set(Environment.model_fields)
    assert mounted == {"secrets", "school"}
    assert owner["command"] == ["python", "-m", "bot.store.rights"]
    assert [one["volumeName"] for one in owner["volumeMounts"]] == ["owner"]
    assert "migration-url" in volumes["owner"]


def test_the_apps_settings_are_settings(resources: list[Declared]) -> None:
    """Every variable is one that the bot knows, and none is a secret."""
    (bot,) = only(resources, "Microsoft.App/containerApps")["properties"]["template"]["containers"]
    names = {one["name"] for one in bot["env"]}

    assert {name.lower() for name in names} <= {*Environment.model_fields, "secrets_dir"}
    assert names >= {"BOT_APP_ID", "BOT_TENANT_ID", "PUBLIC_URL", "DRAIN_SECONDS"}
    assert all("secretRef" not in one for one in bot["env"])


def test_two_replicas_are_replaced_without_a_gap(files: dict[str, File], resources: list[Declared]) -> None:
    """Time to drain before the end, more than the drain takes to be noticed; ready and alive asked for separately."""
    app = only(resources, "Microsoft.App/containerApps")["properties"]
    template, (bot,) = app["template"], app["template"]["containers"]
    replicas = next(one for one in files["main"].all("param") if one.name == "replicas")
    probes = {one["type"]: one for one in bot["probes"]}
    drain = int(next(one["value"] for one in bot["env"] if one["name"] == "DRAIN_SECONDS"))
    noticed = probes["Readiness"]["periodSeconds"] * probes["Readiness"]["failureThreshold"]

    assert replicas.value == 2
    assert template["scale"] == {"minReplicas": "replicas", "maxReplicas": "replicas"}
    assert app["configuration"]["activeRevisionsMode"] == "Single"
    assert probes["Readiness"]["httpGet"]["path"] == "/readyz"
    assert probes["Liveness"]["httpGet"]["path"] == "/livez"
    assert noticed < drain
    assert template["terminationGracePeriodSeconds"] >= drain + 25
    assert app["configuration"]["ingress"]["allowInsecure"] is False
    assert app["configuration"]["ingress"]["targetPort"] == bot["probes"][0]["httpGet"]["port"] == 3978


def test_the_database_is_reached_by_the_app_alone(resources: list[Declared]) -> None:
    """In the app's network only, no opening in a firewall, backups for two weeks, and its certificate checked."""
    server = only(resources, "Microsoft.DBforPostgreSQL/flexibleServers")["properties"]
    secrets = {
        one.name: one.value["properties"]["value"]
        for one in resources
        if one.type.startswith("Microsoft.KeyVault/vaults/s")
    }
    source = (AZURE / "data.bicep").read_text(encoding="utf-8")
    (trust,) = re.findall(r"var trust = '(.*)'", source)

    assert server["network"] == {"delegatedSubnetResourceId": "subnet", "privateDnsZoneArmResourceId": "zone"}
    assert not [one for one in resources if "firewallRules" in one.type]
    assert server["backup"]["backupRetentionDays"] >= 14
    assert parse_qs(trust) == {"sslmode": ["verify-full"], "sslrootcert": ["/app/site/certifi/cacert.pem"]}
    assert certifi.where().endswith("certifi/cacert.pem")
    for name in ("databaseUrl", "migrationUrl"):
        assert isinstance(secrets[name], Expression)
        assert secrets[name].endswith("@${host}?${trust}")
    assert urlsplit(secrets["databaseUrl"]).username == "schoolgate"
    assert urlsplit(secrets["migrationUrl"]).username == server["administratorLogin"]


def test_the_vault_is_read_by_role_and_its_secrets_cannot_be_lost(resources: list[Declared]) -> None:
    """And the roles given are the two that are needed, to one identity."""
    vault = only(resources, "Microsoft.KeyVault/vaults")["properties"]
    roles = [one.value["properties"] for one in resources if one.type.startswith("Microsoft.Authorization/")]
    registry = only(resources, "Microsoft.ContainerRegistry/registries")["properties"]

    assert vault["enableRbacAuthorization"] is True
    assert vault["enablePurgeProtection"] is True
    assert registry["adminUserEnabled"] is False
    assert {one["roleDefinitionId"] for one in roles} == {"pull.id", "readSecrets.id"}
    assert all(one["principalType"] == "ServicePrincipal" for one in roles)


def test_the_bot_is_of_one_tenant_and_may_be_called(resources: list[Declared]) -> None:
    """Its endpoint is the app's, over HTTPS; the calling webhook too."""
    bot = only(resources, "Microsoft.BotService/botServices")["properties"]
    teams = only(resources, "Microsoft.BotService/botServices/channels")["properties"]

    assert (bot["msaAppType"], bot["msaAppTenantId"]) == ("SingleTenant", "subscription().tenantId")
    assert bot["endpoint"] == "https://${host}/api/messages"
    assert teams["channelName"] == "MsTeamsChannel"
    assert teams["properties"]["enableCalling"] is True
    assert teams["properties"]["callingWebhook"].startswith("https://${host}/api/calls")


def test_somebody_hears_what_it_costs(resources: list[Declared]) -> None:
    """Before the month's budget is spent, and when it is."""
    budget = only(resources, "Microsoft.Consumption/budgets")["properties"]

    assert budget["timeGrain"] == "Monthly"
    assert {(one["thresholdType"], one["threshold"]) for one in budget["notifications"].values()} == {
        ("Forecasted", 80),
        ("Actual", 100),
    }
    assert all(one["contactEmails"] == "costContacts" for one in budget["notifications"].values())
