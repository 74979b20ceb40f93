-- A copy of a database must not talk to the telephone systems of the original.
UPDATE telephony_pbx
   SET active = FALSE,
       stored_secret = NULL,
       webhook_token = NULL,
       old_webhook_token = NULL,
       connection_state = 'stopped',
       connection_reason = NULL;

-- Drafts of the guided form hold the password until it is connected.
DELETE FROM telephony_pbx_setup;
DELETE FROM telephony_token;
-- Nor must the desktop agents of the original's users hear of the copy's calls.
DELETE FROM telephony_agent_token;
