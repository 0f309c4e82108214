-- An address that its own mail server refuses for good is not written to again and again: that harms whoever sends, and
-- those who can be reached with them.
alter table comms_subscribers add column bounces integer not null default 0;
alter table comms_subscribers add column bounced_at timestamptz;
alter table comms_subscribers add column suspended_at timestamptz;
