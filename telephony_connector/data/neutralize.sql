-- A copy of a database must not talk to the telephone systems of the original.
UPDATE telephony_pbx
   SET active = FALSE,
       stored_secret = NULL,
       stored_api_key = NULL,
       webhook_token = NULL,
       old_webhook_token = NULL,
       connection_state = 'stopped',
       connection_reason = NULL;

UPDATE telephony_extension SET stored_secret = NULL;
-- Drafts of the guided form hold the password until it is connected.
DELETE FROM telephony_pbx_setup;
DELETE FROM telephony_token;
DELETE FROM telephony_provider_session;
-- Nor must the desktop agents of the original's users hear of the copy's calls.
DELETE FROM telephony_agent_token;
