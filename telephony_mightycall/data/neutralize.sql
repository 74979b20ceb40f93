-- A copy of a database must not ask the server of the original.
UPDATE telephony_pbx SET stored_mightycall_api_key = NULL;
UPDATE telephony_pbx_setup SET mightycall_api_key = NULL;
UPDATE telephony_extension SET stored_mightycall_user_key = NULL;
DELETE FROM telephony_mightycall_session;
