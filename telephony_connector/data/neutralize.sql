-- A copy of a database must not talk to the telephone systems of the original.
UPDATE telephony_pbx
   SET active = FALSE,
       stored_secret = NULL,
       connection_state = 'stopped',
       connection_message = NULL;

-- Nor must the desktop agents of the original's users hear of the copy's calls.
DELETE FROM telephony_agent_token;
