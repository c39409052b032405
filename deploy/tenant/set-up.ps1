#Requires -Version 7.4
<#
.SYNOPSIS
Prepares a school's Microsoft 365 for Schoolgate, step by step.

.DESCRIPTION
Run it twice, each time in a new PowerShell window: once with -Part graph (module Microsoft.Graph), then with -Part teams
(module MicrosoftTeams); the two modules do not get on in one window. Every step looks first and changes only what
differs, so it can be run again at any time, and goes on where it stopped. -WhatIf shows what would change and changes
nothing. What was done is written to schoolgate-state.json in -Folder; undo.ps1 needs it. Steps by hand are announced
where they come in: deploy/tenant/by-hand.md says how.

Never run against Microsoft's service so far: begin with -WhatIf.

.EXAMPLE
./set-up.ps1 -Part graph -TenantId school.example -AppId APP-ID -Tier watch -StaffGroup GUID -PupilGroup GUID -Team GUID -WhatIf
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)] [ValidateSet('graph', 'teams')] [string] $Part,
    [Parameter(Mandatory)] [string] $TenantId,
    [string] $AppId,
    [ValidateSet('watch', 'guard', 'remove')] [string] $Tier = 'watch',
    [Parameter(Mandatory)] [guid] $StaffGroup,
    [Parameter(Mandatory)] [guid] $PupilGroup,
    [Parameter(Mandatory)] [guid] $Team,
    [string] $Package = 'schoolgate.zip',
    [string] $Folder = '.',
    # Also look whether the tenant wants meeting permissions pre-approved (needs Microsoft.Graph.Beta.Teams).
    [switch] $PreApprove
)
Set-StrictMode -Version 1.0
$ErrorActionPreference = 'Stop'
# The line above does not reach into Microsoft's script modules: a failure there would be passed over, and the step taken for done.
$PSDefaultParameterValues = @{ '*:ErrorAction' = 'Stop' }
. (Join-Path $PSScriptRoot 'common.ps1')
. (Join-Path $PSScriptRoot "$Part.ps1")

$plan = Read-Plan
$statePath = Join-Path $Folder 'schoolgate-state.json'
$state = Read-State -Path $statePath
if (-not $AppId -and $state.registration) {
    $AppId = $state.registration.appId
}
$school = @{
    Plan = $plan
    AppId = $AppId
    Tier = $Tier
    StaffGroup = "$StaffGroup"
    PupilGroup = "$PupilGroup"
    Team = "$Team"
    Package = $Package
    Folder = $Folder
}
$steps = @(Select-Step -Plan $plan -Tier $Tier -Part $Part | Where-Object { $PreApprove -or -not $_.onlyIf })

if ($Part -eq 'graph') {
    Connect-MgGraph -TenantId $TenantId -Scopes @($steps.scopes | Select-Object -Unique) -NoWelcome
} else {
    Connect-MicrosoftTeams -TenantId $TenantId | Out-Null
}
foreach ($step in $steps) {
    Write-Step -Step $step
    if ($step.by -eq 'hand') {
        Write-Host "  By hand, if it is not done yet: by-hand.md, step $($step.number)." -ForegroundColor Yellow
        continue
    }
    try {
        & $step.function -School $school -State $state -WhatIf:$WhatIfPreference
    } finally {
        Save-State -Path $statePath -State $state -WhatIf:$WhatIfPreference
    }
    if (-not $school.AppId) {
        Write-Warning 'The steps after this one need an APP-ID; they are shown once there is one.'
        break
    }
}
