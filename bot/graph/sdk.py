"""The parts of msgraph that are used, imported at the start.

The SDK builds addresses and bodies and sends them; answers are read as plain JSON. Its models would import 1,200 modules at
the first answer, in the event loop for two seconds, and then take some ten milliseconds for each person of a list.
It imports its request builders at the first call, and warns of its own deprecated classes while it is imported, which nobody
here can act on: hence this module.
"""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from msgraph import GraphRequestAdapter, GraphServiceClient
    from msgraph.generated.app_catalogs.app_catalogs_request_builder import AppCatalogsRequestBuilder
    from msgraph.generated.app_catalogs.teams_apps.teams_apps_request_builder import TeamsAppsRequestBuilder
    from msgraph.generated.chats.chats_request_builder import ChatsRequestBuilder
    from msgraph.generated.chats.item.chat_item_request_builder import ChatItemRequestBuilder
    from msgraph.generated.chats.item.installed_apps.installed_apps_request_builder import InstalledAppsRequestBuilder
    from msgraph.generated.communications.calls.calls_request_builder import CallsRequestBuilder
    from msgraph.generated.communications.calls.item.call_item_request_builder import CallItemRequestBuilder
    from msgraph.generated.communications.calls.item.keep_alive.keep_alive_request_builder import (
        KeepAliveRequestBuilder,
    )
    from msgraph.generated.communications.calls.item.participants.item.mute.mute_post_request_body import (
        MutePostRequestBody,
    )
    from msgraph.generated.communications.calls.item.participants.item.mute.mute_request_builder import (
        MuteRequestBuilder,
    )
    from msgraph.generated.communications.calls.item.participants.item.participant_item_request_builder import (
        ParticipantItemRequestBuilder,
    )
    from msgraph.generated.communications.calls.item.participants.participants_request_builder import (
        ParticipantsRequestBuilder,
    )
    from msgraph.generated.communications.communications_request_builder import CommunicationsRequestBuilder
    from msgraph.generated.groups.groups_request_builder import GroupsRequestBuilder
    from msgraph.generated.groups.item.group_item_request_builder import GroupItemRequestBuilder
    from msgraph.generated.groups.item.transitive_members.transitive_members_request_builder import (
        TransitiveMembersRequestBuilder,
    )
    from msgraph.generated.models.body_type import BodyType
    from msgraph.generated.models.call import Call as CallBody
    from msgraph.generated.models.chat_info import ChatInfo
    from msgraph.generated.models.email_address import EmailAddress
    from msgraph.generated.models.identity import Identity
    from msgraph.generated.models.identity_set import IdentitySet
    from msgraph.generated.models.importance import Importance
    from msgraph.generated.models.item_body import ItemBody
    from msgraph.generated.models.join_meeting_id_meeting_info import JoinMeetingIdMeetingInfo
    from msgraph.generated.models.meeting_info import MeetingInfo
    from msgraph.generated.models.message import Message
    from msgraph.generated.models.modality import Modality
    from msgraph.generated.models.online_meeting import OnlineMeeting
    from msgraph.generated.models.organizer_meeting_info import OrganizerMeetingInfo
    from msgraph.generated.models.outgoing_call_options import OutgoingCallOptions
    from msgraph.generated.models.recipient import Recipient
    from msgraph.generated.models.service_hosted_media_config import ServiceHostedMediaConfig
    from msgraph.generated.models.subscription import Subscription
    from msgraph.generated.models.teams_app_installation import TeamsAppInstallation
    from msgraph.generated.subscriptions.item.subscription_item_request_builder import SubscriptionItemRequestBuilder
    from msgraph.generated.subscriptions.subscriptions_request_builder import SubscriptionsRequestBuilder
    from msgraph.generated.users.item.calendar_view.calendar_view_request_builder import CalendarViewRequestBuilder
    from msgraph.generated.users.item.check_member_groups.check_member_groups_post_request_body import (
        CheckMemberGroupsPostRequestBody,
    )
    from msgraph.generated.users.item.check_member_groups.check_member_groups_request_builder import (
        CheckMemberGroupsRequestBuilder,
    )
    from msgraph.generated.users.item.events.events_request_builder import EventsRequestBuilder
    from msgraph.generated.users.item.events.item.event_item_request_builder import EventItemRequestBuilder
    from msgraph.generated.users.item.online_meetings.item.online_meeting_item_request_builder import (
        OnlineMeetingItemRequestBuilder,
    )
    from msgraph.generated.users.item.online_meetings.online_meetings_request_builder import (
        OnlineMeetingsRequestBuilder,
    )
    from msgraph.generated.users.item.send_mail.send_mail_post_request_body import SendMailPostRequestBody
    from msgraph.generated.users.item.send_mail.send_mail_request_builder import SendMailRequestBuilder
    from msgraph.generated.users.item.user_item_request_builder import UserItemRequestBuilder
    from msgraph.generated.users.users_request_builder import UsersRequestBuilder

__all__ = [
    "BodyType",
    "CallBody",
    "ChatInfo",
    "CheckMemberGroupsPostRequestBody",
    "EmailAddress",
    "GraphRequestAdapter",
    "GraphServiceClient",
    "Identity",
    "IdentitySet",
    "Importance",
    "ItemBody",
    "JoinMeetingIdMeetingInfo",
    "MeetingInfo",
    "Message",
    "Modality",
    "MutePostRequestBody",
    "OnlineMeeting",
    "OrganizerMeetingInfo",
    "OutgoingCallOptions",
    "Recipient",
    "SendMailPostRequestBody",
    "ServiceHostedMediaConfig",
    "Subscription",
    "TeamsAppInstallation",
]
PRELOADED = (
    AppCatalogsRequestBuilder,
    CalendarViewRequestBuilder,
    CallItemRequestBuilder,
    CallsRequestBuilder,
    ChatItemRequestBuilder,
    ChatsRequestBuilder,
    CheckMemberGroupsRequestBuilder,
    CommunicationsRequestBuilder,
    EventItemRequestBuilder,
    EventsRequestBuilder,
    GroupItemRequestBuilder,
    GroupsRequestBuilder,
    InstalledAppsRequestBuilder,
    KeepAliveRequestBuilder,
    MuteRequestBuilder,
    OnlineMeetingItemRequestBuilder,
    OnlineMeetingsRequestBuilder,
    ParticipantItemRequestBuilder,
    ParticipantsRequestBuilder,
    SendMailRequestBuilder,
    SubscriptionItemRequestBuilder,
    SubscriptionsRequestBuilder,
    TeamsAppsRequestBuilder,
    TransitiveMembersRequestBuilder,
    UserItemRequestBuilder,
    UsersRequestBuilder,
)
