// The bot: replicas of one revision, replaced one revision by the next without a gap.
param location string
param name string
param image string
param registry string
param identity string
param subnet string
param logs string
param vault string
param replicas int
param botAppId string

var host = '${name}.${environment.properties.defaultDomain}'

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: logs
}

resource environment 'Microsoft.App/managedEnvironments@2024-03-01' = {
  name: '${name}-environment'
  location: location
  properties: {
    appLogsConfiguration: {
      destination: 'log-analytics'
      logAnalyticsConfiguration: {
        customerId: workspace.properties.customerId
        sharedKey: workspace.listKeys().primarySharedKey
      }
    }
    vnetConfiguration: { infrastructureSubnetId: subnet, internal: false }
    workloadProfiles: [ { name: 'Consumption', workloadProfileType: 'Consumption' } ]
  }
}

resource app 'Microsoft.App/containerApps@2024-03-01' = {
  name: name
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity}': {} }
  }
  properties: {
    environmentId: environment.id
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      ingress: {
        external: true
        targetPort: 3978
        transport: 'http'
        allowInsecure: false
        traffic: [ { latestRevision: true, weight: 100 } ]
      }
      registries: [ { server: registry, identity: identity } ]
      secrets: [
        { name: 'bot-app-password', keyVaultUrl: '${vault}secrets/bot-app-password', identity: identity }
        { name: 'database-url', keyVaultUrl: '${vault}secrets/database-url', identity: identity }
        { name: 'migration-url', keyVaultUrl: '${vault}secrets/migration-url', identity: identity }
        { name: 'school-toml', value: loadTextContent('../../policies/school.toml') }
      ]
    }
    template: {
      terminationGracePeriodSeconds: 60
      scale: { minReplicas: replicas, maxReplicas: replicas }
      volumes: [
        {
          name: 'secrets'
          storageType: 'Secret'
          secrets: [
            { secretRef: 'bot-app-password', path: 'bot_app_password' }
            { secretRef: 'database-url', path: 'database_url' }
          ]
        }
        {
          name: 'owner'
          storageType: 'Secret'
          secrets: [
            { secretRef: 'migration-url', path: 'migration_url' }
            { secretRef: 'database-url', path: 'database_url' }
          ]
        }
        {
          name: 'school'
          storageType: 'Secret'
          secrets: [ { secretRef: 'school-toml', path: 'school.toml' } ]
        }
      ]
      initContainers: [
        {
          name: 'owner'
          image: image
          command: [ 'python', '-m', 'bot.store.rights' ]
          resources: { cpu: json('0.25'), memory: '0.5Gi' }
          env: [ { name: 'SECRETS_DIR', value: '/run/secrets' } ]
          volumeMounts: [ { volumeName: 'owner', mountPath: '/run/secrets' } ]
        }
      ]
      containers: [
        {
          name: 'bot'
          image: image
          resources: { cpu: json('0.5'), memory: '1Gi' }
          env: [
            { name: 'BOT_APP_ID', value: botAppId }
            { name: 'BOT_TENANT_ID', value: subscription().tenantId }
            { name: 'PUBLIC_URL', value: 'https://${host}' }
            { name: 'SCHOOL_FILE', value: '/etc/schoolgate/school.toml' }
            { name: 'DRAIN_SECONDS', value: '20' }
            { name: 'SECRETS_DIR', value: '/run/secrets' }
          ]
          volumeMounts: [
            { volumeName: 'secrets', mountPath: '/run/secrets' }
            { volumeName: 'school', mountPath: '/etc/schoolgate' }
          ]
          probes: [
            { type: 'Startup', httpGet: { path: '/livez', port: 3978 }, periodSeconds: 5, failureThreshold: 10 }
            { type: 'Liveness', httpGet: { path: '/livez', port: 3978 }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 }
            { type: 'Readiness', httpGet: { path: '/readyz', port: 3978 }, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 2 }
          ]
        }
      ]
    }
  }
}

output host string = host
