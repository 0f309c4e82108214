-- Whoever was woken because clients waited for a word may sleep when it went out, also when somebody else leads by then.
alter table comms_stories add column called text;
