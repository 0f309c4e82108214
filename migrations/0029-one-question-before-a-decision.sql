-- Each decision begins with two things, in this order: nobody else writes to the subject (a lock, since its row may not
-- exist yet), and has its cause made something happen already? Asked as one, they are one way to the database and back.
-- Two statements within, so that the second sees what was committed while the first waited.
create function lock_and_recall(subject text, given_cause text) returns setof journal language plpgsql as $$
begin
  if subject is not null then
    perform pg_advisory_xact_lock(hashtextextended(subject, 0));
  end if;
  return query select * from journal where cause = given_cause;
end $$;
