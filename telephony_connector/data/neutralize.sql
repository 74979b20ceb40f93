-- A copy of a database must not talk to the telephone systems of the original.
UPDATE telephony_pbx
   SET active = FALSE,
       stored_secret = NULL,
       connection_state = 'stopped',
       connection_message = NULL;
