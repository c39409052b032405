# What set-up.ps1 and undo.ps1 share: the plan (steps.json), the file of what was done, and how a step is announced.

function Read-Plan {
    Get-Content -LiteralPath (Join-Path $PSScriptRoot 'steps.json') -Raw | ConvertFrom-Json
}

function Read-State {
    param([Parameter(Mandatory)] [string] $Path)
    if (Test-Path -LiteralPath $Path) {
        Get-Content -LiteralPath $Path -Raw | ConvertFrom-Json -AsHashtable
    } else {
        @{}
    }
}

function Save-State {
    [CmdletBinding(SupportsShouldProcess)]
    param(
        [Parameter(Mandatory)] [string] $Path,
        [Parameter(Mandatory)] [hashtable] $State
    )
    if ($PSCmdlet.ShouldProcess($Path, 'write down what was done')) {
        $State | ConvertTo-Json -Depth 6 | Set-Content -LiteralPath $Path -Encoding utf8
    }
}

# The steps of a tier: of one part ('graph' or 'teams') and those by hand.
function Select-Step {
    param(
        [Parameter(Mandatory)] [object] $Plan,
        [Parameter(Mandatory)] [string] $Tier,
        [Parameter(Mandatory)] [string] $Part
    )
    $within = @($Plan.tiers)[0..([array]::IndexOf(@($Plan.tiers), $Tier))]
    $Plan.steps | Where-Object { $_.tier -in $within -and $_.by -in 'hand', $Part }
}

function Write-Step {
    param([Parameter(Mandatory)] [object] $Step)
    Write-Host ''
    Write-Host "Step $($Step.number): $($Step.title)" -ForegroundColor Cyan
    Write-Host "  Changes: $($Step.changes)"
    Write-Host "  Undo:    $($Step.undo)"
    if ($Step.wait) {
        Write-Host "  Wait:    $($Step.wait)"
    }
}

function Write-Unchanged {
    param([Parameter(Mandatory)] [string] $What)
    Write-Host "  Nothing to do: $What" -ForegroundColor DarkGray
}

# Whether a step can go on. What an earlier step would have made is not there under -WhatIf; otherwise it is a mistake.
function Test-Ready {
    param([object] $There, [Parameter(Mandatory)] [string] $Missing)
    if ($There) {
        $true
    } elseif ($WhatIfPreference) {
        Write-Host "  Not shown yet: $Missing" -ForegroundColor DarkGray
        $false
    } else {
        throw "$Missing Take the steps before this one first."
    }
}
