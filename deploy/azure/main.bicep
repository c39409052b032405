// Schoolgate in a school's own subscription: deploy/azure/README.md says how, and what of it has never been deployed.
targetScope = 'resourceGroup'

@description('Where everything is. Children\'s data stays in the United Kingdom unless the school decides otherwise.')
param location string = 'uksouth'

@description('Begins every name; lower case letters and digits, 3 to 11.')
@minLength(3)
@maxLength(11)
param name string = 'schoolgate'

@description('The bot\'s app registration (single tenant).')
param botAppId string

@description('A client secret of that registration.')
@secure()
param botAppPassword string

@description('For the owner of the database, who alone may change its tables. URL-safe.')
@secure()
@minLength(24)
param databaseOwnerPassword string

@description('For the bot\'s own role, which reads and writes rows. URL-safe.')
@secure()
@minLength(24)
param databaseBotPassword string

@description('The image in the registry made here, such as schoolgate:1. Empty the first time: the registry is made, then the image, then the rest.')
param image string = ''

@description('How many replicas watch lessons. One can be replaced or lost without losing an event if there are two. Each has its own measure of what is a flood.')
@minValue(1)
@maxValue(10)
param replicas int = 2

@description('An Azure Bot with a Teams channel and calling, which the remove tier needs. False if the bot was made in the Teams Developer Portal.')
param azureBot bool = true

@description('Who hears when the month costs more than it should.')
param costContacts array

@description('Pounds a month, or whatever the subscription is billed in.')
param monthlyBudget int = 90

@description('The first day of this month; do not set.')
param budgetFrom string = utcNow('yyyy-MM-01')

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-identity'
  location: location
}

resource logs 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: '${name}-logs'
  location: location
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: 30
    workspaceCapping: { dailyQuotaGb: 1 }
  }
}

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: '${name}${uniqueString(resourceGroup().id)}'
  location: location
  sku: { name: 'Basic' }
  properties: { adminUserEnabled: false }
}

@description('Built in: AcrPull.')
resource pull 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {
  scope: subscription()
  name: '7f951dda-4ed3-4680-a7ca-43fe172d538d'
}

resource mayPull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: registry
  name: guid(registry.id, identity.id, pull.id)
  properties: {
    roleDefinitionId: pull.id
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

module network 'network.bicep' = {
  name: 'network'
  params: { location: location, name: name }
}

module data 'data.bicep' = {
  name: 'data'
  params: {
    location: location
    name: name
    reader: identity.properties.principalId
    subnet: network.outputs.databaseSubnet
    zone: network.outputs.databaseZone
    botAppPassword: botAppPassword
    ownerPassword: databaseOwnerPassword
    botPassword: databaseBotPassword
  }
}

module app 'app.bicep' = if (!empty(image)) {
  name: 'app'
  params: {
    location: location
    name: name
    image: '${registry.properties.loginServer}/${image}'
    registry: registry.properties.loginServer
    identity: identity.id
    subnet: network.outputs.appSubnet
    logs: logs.name
    vault: data.outputs.vault
    replicas: replicas
    botAppId: botAppId
  }
  dependsOn: [ mayPull ]
}

module bot 'bot.bicep' = if (azureBot && !empty(image)) {
  name: 'bot'
  params: { name: name, botAppId: botAppId, host: app.outputs.host }
}

resource budget 'Microsoft.Consumption/budgets@2023-11-01' = {
  name: '${name}-budget'
  properties: {
    category: 'Cost'
    amount: monthlyBudget
    timeGrain: 'Monthly'
    timePeriod: { startDate: '${budgetFrom}T00:00:00Z' }
    notifications: {
      soon: { enabled: true, operator: 'GreaterThan', threshold: 80, thresholdType: 'Forecasted', contactEmails: costContacts }
      over: { enabled: true, operator: 'GreaterThan', threshold: 100, thresholdType: 'Actual', contactEmails: costContacts }
    }
  }
}

output registry string = registry.name
output host string = empty(image) ? '' : app.outputs.host
