#Requires -Version 7.4
<#
.SYNOPSIS
Takes back what set-up.ps1 did, last step first, and says what is left.

.DESCRIPTION
Run it twice, each time in a new PowerShell window: first with -Part teams, then with -Part graph. It needs
schoolgate-state.json of set-up.ps1 in -Folder to know what was there before; without it, it takes away only what is
certainly Schoolgate's. -WhatIf shows what would change and changes nothing; -Confirm asks before each change. The steps by hand are named: take them back
by hand. It can be run again at any time.

Never run against Microsoft's service so far: begin with -WhatIf.

.EXAMPLE
./undo.ps1 -Part teams -TenantId school.example -AppId APP-ID -StaffGroup GUID -Team GUID -WhatIf
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)] [ValidateSet('graph', 'teams')] [string] $Part,
    [Parameter(Mandatory)] [string] $TenantId,
    [Parameter(Mandatory)] [string] $AppId,
    [Parameter(Mandatory)] [guid] $StaffGroup,
    [Parameter(Mandatory)] [guid] $Team,
    [string] $Folder = '.'
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
$school = @{ Plan = $plan; AppId = $AppId; StaffGroup = "$StaffGroup"; Team = "$Team"; Folder = $Folder }
$steps = @(Select-Step -Plan $plan -Tier 'remove' -Part $Part | Where-Object { -not $_.onlyIf -or $state[$_.key] })
[array]::Reverse($steps)

if ($Part -eq 'graph') {
    Connect-MgGraph -TenantId $TenantId -Scopes @($steps.scopes | Select-Object -Unique) -NoWelcome
} else {
    Connect-MicrosoftTeams -TenantId $TenantId | Out-Null
}
foreach ($step in $steps) {
    Write-Host ''
    Write-Host "Undo step $($step.number): $($step.title)" -ForegroundColor Cyan
    if ($step.by -eq 'hand' -or -not $step.undoFunction) {
        Write-Host "  By hand: $($step.undo)" -ForegroundColor Yellow
        continue
    }
    try {
        & $step.undoFunction -School $school -State $state -WhatIf:$WhatIfPreference
    } finally {
        Save-State -Path $statePath -State $state -WhatIf:$WhatIfPreference
    }
}
Write-Host ''
$left = @(if ($Part -eq 'graph') { Find-GraphRemains -School $school } else { Find-TeamsRemains -School $school })
if ($left) {
    Write-Warning "Still there: $($left -join '; ')."
} else {
    Write-Host "Nothing of Schoolgate is left, as far as this part can see. Delete $statePath and schoolgate.pem at the end." -ForegroundColor Green
}
