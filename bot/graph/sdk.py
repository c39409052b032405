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
    from msgraph.generated.chats.chats_request_builder import ChatsRequestBuilder
    from msgraph.generated.chats.item.chat_item_request_builder import ChatItemRequestBuilder
    from msgraph.generated.groups.groups_request_builder import GroupsRequestBuilder
    from msgraph.generated.groups.item.group_item_request_builder import GroupItemRequestBuilder
    from msgraph.generated.groups.item.transitive_members.transitive_members_request_builder import (
        TransitiveMembersRequestBuilder,
    )
    from msgraph.generated.models.body_type import BodyType
    from msgraph.generated.models.email_address import EmailAddress
    from msgraph.generated.models.importance import Importance
    from msgraph.generated.models.item_body import ItemBody
    from msgraph.generated.models.message import Message
    from msgraph.generated.models.o_data_errors.o_data_error import ODataError
    from msgraph.generated.models.recipient import Recipient
    from msgraph.generated.users.item.calendar_view.calendar_view_request_builder import CalendarViewRequestBuilder
    from msgraph.generated.users.item.check_member_groups.check_member_groups_post_request_body import (
        CheckMemberGroupsPostRequestBody,
    )
    from msgraph.generated.users.item.check_member_groups.check_member_groups_request_builder import (
        CheckMemberGroupsRequestBuilder,
    )
    from msgraph.generated.users.item.events.events_request_builder import EventsRequestBuilder
    from msgraph.generated.users.item.events.item.event_item_request_builder import EventItemRequestBuilder
    from msgraph.generated.users.item.send_mail.send_mail_post_request_body import SendMailPostRequestBody
    from msgraph.generated.users.item.send_mail.send_mail_request_builder import SendMailRequestBuilder
    from msgraph.generated.users.item.user_item_request_builder import UserItemRequestBuilder
    from msgraph.generated.users.users_request_builder import UsersRequestBuilder
    from msgraph_core import GraphClientFactory

__all__ = [
    "BodyType",
    "CheckMemberGroupsPostRequestBody",
    "EmailAddress",
    "GraphClientFactory",
    "GraphRequestAdapter",
    "GraphServiceClient",
    "Importance",
    "ItemBody",
    "Message",
    "ODataError",
    "Recipient",
    "SendMailPostRequestBody",
]
PRELOADED = (
    CalendarViewRequestBuilder,
    ChatItemRequestBuilder,
    ChatsRequestBuilder,
    CheckMemberGroupsRequestBuilder,
    EventItemRequestBuilder,
    EventsRequestBuilder,
    GroupItemRequestBuilder,
    GroupsRequestBuilder,
    SendMailRequestBuilder,
    TransitiveMembersRequestBuilder,
    UserItemRequestBuilder,
    UsersRequestBuilder,
)
