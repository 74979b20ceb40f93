"""The groups of rights, by their external ids."""

USER = "telephony_connector.group_telephony_user"
SUPERVISOR = "telephony_connector.group_telephony_supervisor"
ADMINISTRATOR = "telephony_connector.group_telephony_administrator"
# What was said in calls: notes, and recordings where they are kept.
CONTENT = "telephony_connector.group_telephony_content"
# Calling numbers of the list of those not to call.
DO_NOT_CALL = "telephony_connector.group_telephony_do_not_call"
