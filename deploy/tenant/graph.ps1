# The steps that Microsoft.Graph takes, and how each is undone. A step looks first, changes only what differs,
# and leaves in $State what undoing it needs. $School holds the parameters of set-up.ps1 and the plan.

$MicrosoftGraph = '00000003-0000-0000-c000-000000000000'

function Get-Registration {
    param([Parameter(Mandatory)] [hashtable] $School)
    if ($School.AppId) { Get-MgApplication -Filter "appId eq '$($School.AppId)'" }
}

function Get-Enterprise {
    param([Parameter(Mandatory)] [hashtable] $School)
    if ($School.AppId) { Get-MgServicePrincipal -Filter "appId eq '$($School.AppId)'" }
}

function Set-Registration {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory)] [hashtable] $School, [Parameter(Mandatory)] [hashtable] $State)
    if (-not $School.AppId) {
        if (-not $PSCmdlet.ShouldProcess('Schoolgate', 'make an app registration for this tenant only')) {
            return
        }
        $made = New-MgApplication -DisplayName 'Schoolgate' -SignInAudience 'AzureADMyOrg'
        $School.AppId = $made.AppId
        $State.registration = @{ appId = $made.AppId; made = $true }
    }
    $app = Get-Registration -School $School
    if (-not (Test-Ready -There $app -Missing "No app registration $($School.AppId) in this tenant.")) {
        return
    }
    if ($app.SignInAudience -eq 'AzureADMyOrg') {
        Write-Unchanged 'the registration takes accounts of this tenant only.'
    } elseif ($PSCmdlet.ShouldProcess($app.DisplayName, "take accounts of this tenant only (now $($app.SignInAudience))")) {
        Update-MgApplication -ApplicationId $app.Id -SignInAudience 'AzureADMyOrg'
        $State.registration = @{ appId = $app.AppId; made = $false; audience = $app.SignInAudience }
    }
    if (Get-Enterprise -School $School) {
        Write-Unchanged 'the enterprise application is there.'
    } elseif ($PSCmdlet.ShouldProcess($app.DisplayName, 'make its enterprise application')) {
        New-MgServicePrincipal -AppId $app.AppId | Out-Null
    }
    Write-Host "  APP-ID: $($app.AppId)"
}

function Undo-Registration {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory)] [hashtable] $School, [Parameter(Mandatory)] [hashtable] $State)
    $app = Get-Registration -School $School
    if (-not $app -or -not $State.registration) {
        Write-Unchanged 'the script did not make or change the registration. The bot of step 1 is deleted by hand, and its registration with it.'
    } elseif ($State.registration.made) {
        if ($PSCmdlet.ShouldProcess($app.DisplayName, 'delete the app registration (Entra keeps it for 30 days)')) {
            Remove-MgApplication -ApplicationId $app.Id
            $State.Remove('registration')
        }
    } elseif ($PSCmdlet.ShouldProcess($app.DisplayName, "take accounts as before: $($State.registration.audience)")) {
        Update-MgApplication -ApplicationId $app.Id -SignInAudience $State.registration.audience
        $State.Remove('registration')
    }
}

function Add-Certificate {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory)] [hashtable] $School, [Parameter(Mandatory)] [hashtable] $State)
    $app = Get-Registration -School $School
    if (-not (Test-Ready -There $app -Missing 'There is no app registration.')) {
        return
    }
    if ($app.KeyCredentials) {
        # Graph replaces the whole list and does not show the keys in it: adding one could lose another's.
        Write-Unchanged 'the registration has a certificate. To add or renew one, do this step by hand.'
        return
    }
    $pem = Join-Path $School.Folder 'schoolgate.pem'
    if (-not $PSCmdlet.ShouldProcess($app.DisplayName, "add a certificate for one year, its key in $pem")) {
        return
    }
    $key = [System.Security.Cryptography.RSA]::Create(3072)
    $request = [System.Security.Cryptography.X509Certificates.CertificateRequest]::new(
        'CN=Schoolgate', $key,
        [System.Security.Cryptography.HashAlgorithmName]::SHA256,
        [System.Security.Cryptography.RSASignaturePadding]::Pkcs1)
    $now = [System.DateTimeOffset]::UtcNow
    $certificate = $request.CreateSelfSigned($now.AddMinutes(-5), $now.AddYears(1))
    Set-Content -LiteralPath $pem -Encoding ascii -Value @($key.ExportPkcs8PrivateKeyPem(), $certificate.ExportCertificatePem())
    if (-not $IsWindows) {
        [System.IO.File]::SetUnixFileMode((Resolve-Path -LiteralPath $pem).Path, 'UserRead, UserWrite')
    }
    $credential = @{
        Type = 'AsymmetricX509Cert'
        Usage = 'Verify'
        DisplayName = 'Schoolgate'
        Key = $certificate.RawData
    }
    Update-MgApplication -ApplicationId $app.Id -KeyCredentials @($credential)
    $State.certificate = @{ thumbprint = $certificate.Thumbprint; ends = $certificate.NotAfter.ToString('o') }
    Write-Host "  $pem holds the key: move it to where Schoolgate runs. It ends on $($certificate.NotAfter.ToString('d MMMM yyyy'))."
}

function Undo-Certificate {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory)] [hashtable] $School, [Parameter(Mandatory)] [hashtable] $State)
    $app = Get-Registration -School $School
    if (-not $app -or -not $State.certificate) {
        Write-Unchanged 'the script added no certificate.'
        return
    }
    if (@($app.KeyCredentials).Count -gt 1) {
        Write-Warning "The registration has more certificates than ours: delete $($State.certificate.thumbprint) by hand."
    } elseif ($PSCmdlet.ShouldProcess($app.DisplayName, 'delete its certificate')) {
        Update-MgApplication -ApplicationId $app.Id -KeyCredentials @()
        $State.Remove('certificate')
    }
}

function Grant-Permissions {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory)] [hashtable] $School, [Parameter(Mandatory)] [hashtable] $State)
    $app = Get-Registration -School $School
    $ours = Get-Enterprise -School $School
    if (-not (Test-Ready -There $ours -Missing 'There is no enterprise application.')) {
        return
    }
    $graph = Get-MgServicePrincipal -Filter "appId eq '$MicrosoftGraph'"
    $wanted = @($School.Plan.permissions.$($School.Tier).entra)
    $roles = @($graph.AppRoles | Where-Object { $_.Value -in $wanted -and $_.AllowedMemberTypes -contains 'Application' })
    if ($roles.Count -ne $wanted.Count) {
        throw "Microsoft Graph does not offer all of: $($wanted -join ', ')"
    }
    $others = @($app.RequiredResourceAccess | Where-Object { $_.ResourceAppId -ne $MicrosoftGraph })
    $asked = @($app.RequiredResourceAccess | Where-Object { $_.ResourceAppId -eq $MicrosoftGraph } | ForEach-Object { $_.ResourceAccess.Id })
    $same = $asked.Count -eq $roles.Count -and -not @($roles | Where-Object { $_.Id -notin $asked })
    if (-not $same -and $PSCmdlet.ShouldProcess($app.DisplayName, "ask for $($wanted -join ', ')")) {
        $access = @($roles | ForEach-Object { @{ Id = $_.Id; Type = 'Role' } })
        $required = $others + @{ ResourceAppId = $MicrosoftGraph; ResourceAccess = $access }
        Update-MgApplication -ApplicationId $app.Id -RequiredResourceAccess $required
    }
    $granted = @(Get-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $ours.Id -All |
        Where-Object { $_.ResourceId -eq $graph.Id })
    if (-not $State.permissions) {
        $State.permissions = @{}
    }
    foreach ($role in $roles) {
        if ($role.Id -in $granted.AppRoleId) {
            Write-Unchanged "$($role.Value) is granted."
        } elseif ($PSCmdlet.ShouldProcess($role.Value, 'grant it, with consent for the whole school')) {
            $one = New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $ours.Id -PrincipalId $ours.Id -ResourceId $graph.Id -AppRoleId $role.Id
            $State.permissions[$role.Value] = $one.Id
        }
    }
    foreach ($name in @($State.permissions.Keys | Where-Object { $_ -notin $wanted })) {
        if ($PSCmdlet.ShouldProcess($name, 'take it back: this tier does not need it')) {
            Remove-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $ours.Id -AppRoleAssignmentId $State.permissions[$name]
            $State.permissions.Remove($name)
        }
    }
}

function Undo-Permissions {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory)] [hashtable] $School, [Parameter(Mandatory)] [hashtable] $State)
    $ours = Get-Enterprise -School $School
    if (-not $ours) {
        Write-Unchanged 'there is no enterprise application.'
        return
    }
    foreach ($one in @(Get-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $ours.Id -All)) {
        if ($PSCmdlet.ShouldProcess("$($one.ResourceDisplayName) $($one.AppRoleId)", 'take the permission back')) {
            Remove-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $ours.Id -AppRoleAssignmentId $one.Id
        }
    }
    if (-not $WhatIfPreference) {
        $State.Remove('permissions')
    }
}

# The app as the school's catalogue has it, or nothing.
function Get-CatalogueApp {
    param([Parameter(Mandatory)] [hashtable] $School)
    $where = "externalId eq '$($School.AppId)'"
    $found = Invoke-MgGraphRequest -Method GET -Uri "/v1.0/appCatalogs/teamsApps?`$filter=$where&`$expand=appDefinitions"
    $found.value | Where-Object { $_.distributionMethod -eq 'organization' } | Select-Object -First 1
}

function Read-Manifest {
    param([Parameter(Mandatory)] [string] $Package)
    $zip = [System.IO.Compression.ZipFile]::OpenRead((Resolve-Path -LiteralPath $Package).Path)
    try {
        [System.IO.StreamReader]::new($zip.GetEntry('manifest.json').Open()).ReadToEnd() | ConvertFrom-Json
    } finally {
        $zip.Dispose()
    }
}

function Publish-Package {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory)] [hashtable] $School, [Parameter(Mandatory)] [hashtable] $State)
    if (-not (Test-Path -LiteralPath $School.Package)) {
        throw "No package at $($School.Package): make it with make package (see the guide)."
    }
    $manifest = Read-Manifest -Package $School.Package
    if ($manifest.id -ne $School.AppId) {
        throw "$($School.Package) is for the app $($manifest.id), not $($School.AppId): make it again."
    }
    if ($manifest.bots[0].supportsCalling -ne ($School.Tier -eq 'remove')) {
        throw "$($School.Package) is for another tier than $($School.Tier): make it again."
    }
    $there = Get-CatalogueApp -School $School
    $what = "put version $($manifest.version) in the school's app catalogue"
    if ($there -and $there.appDefinitions.version -contains $manifest.version) {
        Write-Unchanged "version $($manifest.version) is in the catalogue."
    } elseif ($PSCmdlet.ShouldProcess($School.Package, $what)) {
        $place = if ($there) { "teamsApps/$($there.id)/appDefinitions" } else { 'teamsApps' }
        Invoke-MgGraphRequest -Method POST -Uri "/v1.0/appCatalogs/$place" -InputFilePath $School.Package -ContentType 'application/zip' | Out-Null
        $State.catalogue = @{ version = $manifest.version }
    }
}

function Undo-Package {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory)] [hashtable] $School, [Parameter(Mandatory)] [hashtable] $State)
    $there = Get-CatalogueApp -School $School
    if (-not $there) {
        Write-Unchanged 'the catalogue does not have it.'
    } elseif ($PSCmdlet.ShouldProcess($there.displayName, "delete it from the school's app catalogue")) {
        Invoke-MgGraphRequest -Method DELETE -Uri "/v1.0/appCatalogs/teamsApps/$($there.id)" | Out-Null
        $State.Remove('catalogue')
    }
}

# The pre-approval, or nothing: Microsoft answers with an error where there is none.
function Get-PreApproval {
    param([Parameter(Mandatory)] [string] $App)
    try {
        Get-MgBetaTeamAppPreApproval -TeamsAppId $App
    } catch {
        $null
    }
}

function Approve-MeetingPermissions {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory)] [hashtable] $School, [Parameter(Mandatory)] [hashtable] $State)
    Import-Module Microsoft.Graph.Beta.Teams
    $states = (Get-MgBetaChatRscConfiguration).State, (Get-MgBetaTeamRscConfiguration).State
    if ($states -contains 'DisabledForAllApps') {
        throw 'The tenant lets no app have meeting permissions. Schoolgate cannot see any lesson until that is changed (Microsoft: RSC preapproval).'
    }
    if ($states -notcontains 'EnabledForPreApprovedAppsOnly') {
        Write-Unchanged "the tenant needs no pre-approval ($($states -join ', '))."
        return
    }
    $there = Get-CatalogueApp -School $School
    if (-not (Test-Ready -There $there -Missing 'The catalogue does not have Schoolgate.')) {
        return
    }
    if (Get-PreApproval -App $there.id) {
        Write-Unchanged 'it is pre-approved. After a change of tier or version: undo this step and take it again.'
    } elseif ($PSCmdlet.ShouldProcess($there.displayName, 'pre-approve its meeting permissions')) {
        $asked = @($School.Plan.permissions.$($School.Tier).meeting)
        $chats = @($asked | Where-Object { $_ -like '*.Chat' })
        $teams = @($asked | Where-Object { $_ -like '*.Group' })
        New-MgBetaTeamAppPreApproval -TeamsAppId $there.id -ResourceSpecificApplicationPermissionsAllowedForChats $chats -ResourceSpecificApplicationPermissionsAllowedForTeams $teams | Out-Null
        $State.meeting_consent = @{ teamsAppId = $there.id }
    }
}

function Undo-MeetingPermissions {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory)] [hashtable] $School, [Parameter(Mandatory)] [hashtable] $State)
    if (-not $State.meeting_consent) {
        Write-Unchanged 'the script pre-approved nothing.'
    } elseif ($PSCmdlet.ShouldProcess($State.meeting_consent.teamsAppId, 'take the pre-approval back')) {
        Import-Module Microsoft.Graph.Beta.Teams
        Remove-MgBetaTeamAppPreApproval -TeamsAppId $State.meeting_consent.teamsAppId
        $State.Remove('meeting_consent')
    }
}

# Our installation in the team, or nothing.
function Get-TeamInstallation {
    param([Parameter(Mandatory)] [hashtable] $School)
    Get-MgTeamInstalledApp -TeamId $School.Team -ExpandProperty 'teamsApp' -All |
        Where-Object { $_.TeamsApp.ExternalId -eq $School.AppId } | Select-Object -First 1
}

function Install-InTeam {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory)] [hashtable] $School, [Parameter(Mandatory)] [hashtable] $State)
    $there = Get-CatalogueApp -School $School
    if (-not (Test-Ready -There $there -Missing 'The catalogue does not have Schoolgate.')) {
        return
    }
    if (Get-TeamInstallation -School $School) {
        Write-Unchanged 'the team has it.'
    } elseif ($PSCmdlet.ShouldProcess($School.Team, 'install Schoolgate in this team')) {
        $asked = @($School.Plan.permissions.$($School.Tier).meeting |
            ForEach-Object { @{ permissionValue = $_; permissionType = 'application' } })
        $body = @{
            'teamsApp@odata.bind' = "https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/$($there.id)"
            consentedPermissionSet = @{ resourceSpecificPermissions = $asked }
        }
        New-MgTeamInstalledApp -TeamId $School.Team -BodyParameter $body | Out-Null
        $State.channel = @{ team = $School.Team }
    }
}

function Undo-InTeam {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory)] [hashtable] $School, [Parameter(Mandatory)] [hashtable] $State)
    $installed = Get-TeamInstallation -School $School
    if (-not $installed) {
        Write-Unchanged 'the team does not have it.'
    } elseif ($PSCmdlet.ShouldProcess($School.Team, 'remove Schoolgate from this team')) {
        Remove-MgTeamInstalledApp -TeamId $School.Team -TeamsAppInstallationId $installed.Id
        $State.Remove('channel')
    }
}

# What of ours is still in the tenant, as far as Microsoft Graph shows it: one line each.
function Find-GraphRemains {
    param([Parameter(Mandatory)] [hashtable] $School)
    if (Get-CatalogueApp -School $School) { 'the app in the catalogue' }
    if ($School.Team -and (Get-TeamInstallation -School $School)) { 'the app in the safeguarding team' }
    $ours = Get-Enterprise -School $School
    if ($ours -and (Get-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $ours.Id -All)) { 'permissions in Entra' }
    if (Get-Registration -School $School) { 'the app registration (with the bot of step 1)' }
}
