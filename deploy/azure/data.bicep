// PostgreSQL, and the vault with every secret.
param location string
param name string
param subnet string
param zone string

@description('Principal of the identity that may read the vault\'s secrets.')
param reader string

@secure()
param botAppPassword string

@secure()
param ownerPassword string

@secure()
param botPassword string

var host = '${server.name}.postgres.database.azure.com:5432/schoolgate'
var trust = 'sslmode=verify-full&sslrootcert=/app/site/certifi/cacert.pem'

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2025-08-01' = {
  name: '${name}-${uniqueString(resourceGroup().id)}'
  location: location
  sku: { name: 'Standard_B1ms', tier: 'Burstable' }
  properties: {
    version: '18'
    administratorLogin: 'owner_of_all'
    administratorLoginPassword: ownerPassword
    authConfig: { activeDirectoryAuth: 'Disabled', passwordAuth: 'Enabled' }
    storage: { storageSizeGB: 32, autoGrow: 'Enabled' }
    backup: { backupRetentionDays: 14, geoRedundantBackup: 'Disabled' }
    highAvailability: { mode: 'Disabled' }
    network: {
      delegatedSubnetResourceId: subnet
      privateDnsZoneArmResourceId: zone
    }
  }
}

resource database 'Microsoft.DBforPostgreSQL/flexibleServers/databases@2025-08-01' = {
  parent: server
  name: 'schoolgate'
  properties: { charset: 'UTF8', collation: 'en_US.utf8' }
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: '${name}${substring(uniqueString(resourceGroup().id), 0, 8)}'
  location: location
  properties: {
    tenantId: subscription().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    enablePurgeProtection: true
  }
}

resource botSecret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'bot-app-password'
  properties: { value: botAppPassword }
}

resource databaseUrl 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'database-url'
  properties: { value: 'postgresql://schoolgate:${uriComponent(botPassword)}@${host}?${trust}' }
}

resource migrationUrl 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'migration-url'
  properties: { value: 'postgresql://owner_of_all:${uriComponent(ownerPassword)}@${host}?${trust}' }
}

@description('Built in: Key Vault Secrets User.')
resource readSecrets 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {
  scope: subscription()
  name: '4633458b-17de-408a-b874-0445c86b69e6'
}

resource mayRead 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, reader, readSecrets.id)
  properties: {
    roleDefinitionId: readSecrets.id
    principalId: reader
    principalType: 'ServicePrincipal'
  }
}

output vault string = vault.properties.vaultUri
