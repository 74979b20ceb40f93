-- A copy of a database must not ask the servers of the original for recordings.
UPDATE telephony_pbx
   SET stored_recording_secret = NULL,
       recording_pattern = NULL,
       voicemail_pattern = NULL,
       recording_hosts = NULL,
       recording_mode = 'link';

UPDATE telephony_call SET recording_state = 'linked' WHERE recording_state = 'waiting';
