-- A channel is opened in line with what is said in it and edited in a line of its own, so two rows of one thing may be
-- open in two lines. Only one of them is worked on at a time, which is asked whenever work is taken.
create index outbox_thing_leased on outbox (thing)
  where thing is not null and closed_at is null and leased_by is not null;
