# The steps that MicrosoftTeams takes, and how each is undone. A step looks first, changes only what differs,
# and leaves in $State what undoing it needs. $School holds the parameters of set-up.ps1 and the plan.

# The policy of a type that the staff group has, or nothing. A group has one of each type at most.
function Get-StaffPolicy {
    param([Parameter(Mandatory)] [hashtable] $School, [Parameter(Mandatory)] [string] $Type)
    Get-CsGroupPolicyAssignment -GroupId $School.StaffGroup -PolicyType $Type |
        Where-Object { $_.GroupId -eq $School.StaffGroup } | Select-Object -First 1
}

function Get-AccessPolicy {
    param([Parameter(Mandatory)] [string] $Name)
    Get-CsApplicationAccessPolicy | Where-Object { $_.Identity -in $Name, "Tag:$Name" }
}

function Grant-SetUpPolicy {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory)] [hashtable] $School, [Parameter(Mandatory)] [hashtable] $State)
    $name = $School.Plan.policy
    $has = Get-StaffPolicy -School $School -Type 'TeamsAppSetupPolicy'
    if ($has -and $has.PolicyName -eq $name) {
        Write-Unchanged "staff have the set-up policy $name."
    } elseif ($has) {
        Write-Warning "Staff have the set-up policy $($has.PolicyName) already, and it is not replaced: add Schoolgate to it in the admin centre."
    } elseif ($PSCmdlet.ShouldProcess($School.StaffGroup, "give this group the set-up policy $name")) {
        Grant-CsTeamsAppSetupPolicy -PolicyName $name -Group $School.StaffGroup -Rank 1
        $State.assign_policy = @{ group = $School.StaffGroup }
    }
}

function Undo-SetUpPolicy {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory)] [hashtable] $School, [Parameter(Mandatory)] [hashtable] $State)
    $has = Get-StaffPolicy -School $School -Type 'TeamsAppSetupPolicy'
    if (-not $has -or $has.PolicyName -ne $School.Plan.policy) {
        Write-Unchanged 'staff do not have our set-up policy.'
    } elseif ($PSCmdlet.ShouldProcess($School.StaffGroup, 'take the set-up policy from this group')) {
        Remove-CsGroupPolicyAssignment -GroupId $School.StaffGroup -PolicyType 'TeamsAppSetupPolicy'
        $State.Remove('assign_policy')
    }
}

function Grant-MeetingAccess {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory)] [hashtable] $School, [Parameter(Mandatory)] [hashtable] $State)
    $has = Get-StaffPolicy -School $School -Type 'ApplicationAccessPolicy'
    $name = if ($has) { $has.PolicyName } else { $School.Plan.policy }
    $policy = Get-AccessPolicy -Name $name
    if (-not $policy) {
        if ($PSCmdlet.ShouldProcess($name, "make an application access policy with $($School.AppId)")) {
            New-CsApplicationAccessPolicy -Identity $name -AppIds $School.AppId -Description 'Schoolgate sets the options of lessons' | Out-Null
            $State.access_policy = @{ policy = $name; made = $true }
        }
    } elseif ($policy.AppIds -contains $School.AppId) {
        Write-Unchanged "the application access policy $name has Schoolgate in it."
    } elseif ($PSCmdlet.ShouldProcess($name, "add $($School.AppId) to this application access policy")) {
        Set-CsApplicationAccessPolicy -Identity $name -AppIds @{ Add = $School.AppId }
        $State.access_policy = @{ policy = $name; made = $false }
    }
    if ($has) {
        Write-Unchanged "staff have the application access policy $name."
    } elseif ($PSCmdlet.ShouldProcess($School.StaffGroup, "give this group the application access policy $name")) {
        Grant-CsApplicationAccessPolicy -PolicyName $name -Group $School.StaffGroup -Rank 1
    }
}

function Undo-MeetingAccess {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory)] [hashtable] $School, [Parameter(Mandatory)] [hashtable] $State)
    $ours = $School.Plan.policy
    $has = Get-StaffPolicy -School $School -Type 'ApplicationAccessPolicy'
    if ($has -and $has.PolicyName -eq $ours -and $PSCmdlet.ShouldProcess($School.StaffGroup, "take the application access policy $ours from this group")) {
        Remove-CsGroupPolicyAssignment -GroupId $School.StaffGroup -PolicyType 'ApplicationAccessPolicy'
    }
    foreach ($policy in @(Get-CsApplicationAccessPolicy | Where-Object { $_.AppIds -contains $School.AppId })) {
        $name = $policy.Identity -replace '^Tag:', ''
        if ($name -eq $ours) {
            if ($PSCmdlet.ShouldProcess($name, 'delete this application access policy')) {
                Remove-CsApplicationAccessPolicy -Identity $name
            }
        } elseif ($PSCmdlet.ShouldProcess($name, 'take Schoolgate out of this application access policy')) {
            Set-CsApplicationAccessPolicy -Identity $name -AppIds @{ Remove = $School.AppId }
        }
    }
    if (-not $WhatIfPreference) {
        $State.Remove('access_policy')
    }
}

function Enable-Removal {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory)] [hashtable] $School, [Parameter(Mandatory)] [hashtable] $State)
    if ((Get-CsApplicationMeetingConfiguration).AllowRemoveParticipantAppIds -contains $School.AppId) {
        Write-Unchanged 'Schoolgate may remove participants.'
    } elseif ($PSCmdlet.ShouldProcess($School.AppId, 'allow this app to remove participants')) {
        Set-CsApplicationMeetingConfiguration -AllowRemoveParticipantAppIds @{ Add = $School.AppId }
        $State.removal = @{ appId = $School.AppId }
    }
}

function Undo-Removal {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory)] [hashtable] $School, [Parameter(Mandatory)] [hashtable] $State)
    if ((Get-CsApplicationMeetingConfiguration).AllowRemoveParticipantAppIds -notcontains $School.AppId) {
        Write-Unchanged 'Schoolgate may not remove participants.'
    } elseif ($PSCmdlet.ShouldProcess($School.AppId, 'no longer allow this app to remove participants')) {
        Set-CsApplicationMeetingConfiguration -AllowRemoveParticipantAppIds @{ Remove = $School.AppId }
        $State.Remove('removal')
    }
}

# Policies by name and setting, the groups that have them, and how many accounts have one of their own. No account is named.
function Export-MeetingPolicies {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory)] [hashtable] $School, [Parameter(Mandatory)] [hashtable] $State)
    $file = Join-Path $School.Folder 'meeting-policies.json'
    $policies = @(Get-CsTeamsMeetingPolicy | Select-Object -Property (@('Identity') + $School.Plan.meetingSettings))
    $groups = @(Get-CsGroupPolicyAssignment -PolicyType 'TeamsMeetingPolicy' | Select-Object -Property 'GroupId', 'PolicyName', 'Rank')
    $own = @(Get-CsOnlineUser -Filter 'TeamsMeetingPolicy -ne $null' -Properties 'TeamsMeetingPolicy' |
        Group-Object -Property { "$($_.TeamsMeetingPolicy)" } | Select-Object -Property 'Name', 'Count')
    $tenant = Get-CsTeamsMeetingConfiguration | Select-Object -Property $School.Plan.tenantSettings
    if ($PSCmdlet.ShouldProcess($file, "write down the tenant's meeting policies")) {
        @{
            format = 1
            exportedAt = (Get-Date).ToUniversalTime().ToString('o')
            staffGroup = $School.StaffGroup
            pupilGroup = $School.PupilGroup
            policies = $policies
            groupAssignments = $groups
            accountsWithTheirOwn = $own
            tenant = $tenant
            mayRemove = @((Get-CsApplicationMeetingConfiguration).AllowRemoveParticipantAppIds | ForEach-Object { "$_" })
        } | ConvertTo-Json -Depth 6 | Set-Content -LiteralPath $file -Encoding utf8
        Write-Host "  Written: $file"
    }
}

# What of ours is still in the tenant, as far as Teams PowerShell shows it: one line each.
function Find-TeamsRemains {
    param([Parameter(Mandatory)] [hashtable] $School)
    $ours = $School.Plan.policy
    if (Get-CsGroupPolicyAssignment | Where-Object { $_.PolicyName -eq $ours }) { 'a policy given to a group' }
    if (Get-CsApplicationAccessPolicy | Where-Object { $_.AppIds -contains $School.AppId }) { 'an application access policy' }
    if ((Get-CsApplicationMeetingConfiguration).AllowRemoveParticipantAppIds -contains $School.AppId) { 'the right to remove participants' }
}
