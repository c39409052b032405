"""Microsoft Graph: who people are, what a meeting is, and e-mail. The only room that knows msgraph."""
