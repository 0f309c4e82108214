-- What clients are told: a story for each incident or maintenance that they hear of, its posts, and to whom each was sent.
-- The status page reads nothing but published posts from here.

-- Stories that belong to no incident count by themselves: c1, c2. An incident's story has the incident's number.
create sequence comms_story_numbers;

create table comms_stories (
  id text primary key,
  -- What the outside knows it by: nothing about the inside can be guessed from it.
  public_id text not null unique,
  kind text not null,
  -- A copy of a few words of its incident, kept up by its events; null when it is about none.
  about jsonb,
  -- Who plans it, and reads what is asked about it; null for an incident's.
  owner text,
  due_at timestamptz,
  overdue_count integer not null,
  -- How often whoever plans a maintenance was asked whether its end holds.
  asked_count integer not null,
  -- The silences that keep alerts of its components quiet while the work goes on.
  holds text[] not null
);

create table comms_posts (
  story_id text not null references comms_stories (id),
  number integer not null,
  moment text not null,
  -- Where clients believe the story to be once this is published; a notice leaves it where it was.
  phase text not null,
  state text not null,
  -- Public facts only: each passed the one door, and the journal says by whom.
  facts jsonb not null,
  hash text not null,
  author text,
  authored_at timestamptz not null,
  remark text not null,
  approved_by text,
  is_solo boolean not null,
  published_at timestamptz,
  -- What was sent, by locale: a template that is reworded later changes no history.
  words jsonb not null,
  corrects integer,
  corrected_by integer,
  -- How many clients would get it by e-mail, as it was when it was written.
  reach integer not null,
  -- How many of its mails were given up.
  undelivered integer not null,
  primary key (story_id, number)
);
create index comms_posts_published on comms_posts (published_at desc) where published_at is not null;
create index comms_posts_open on comms_posts (story_id) where state in ('draft', 'in-review', 'approved');

-- Clients who asked to be written to. The status page takes them in and lets them go; comms writes to who has confirmed.
create table comms_subscribers (
  id text primary key,
  address text not null,
  locale text not null,
  -- Keys of comms.components; empty for all of them.
  components text[] not null,
  asked_at timestamptz not null,
  -- Null until they have followed the link in the first mail.
  confirmed_at timestamptz,
  -- They want no more: kept, so that nobody writes to them again by mistake.
  left_at timestamptz
);
create unique index comms_subscribers_address on comms_subscribers (lower(address)) where left_at is null;
create index comms_subscribers_confirmed on comms_subscribers (id) where confirmed_at is not null and left_at is null;

-- One row for each (receiver, post, medium): what makes sending it twice impossible, and what shows how far it has come.
create table comms_deliveries (
  story_id text not null,
  post integer not null,
  medium text not null,
  receiver text not null,
  filed_at timestamptz not null,
  primary key (story_id, post, medium, receiver)
);
-- How far through the subscribers a post has come; done_at once there is nobody left.
create table comms_mailings (
  story_id text not null,
  post integer not null,
  through text not null,
  done_at timestamptz,
  primary key (story_id, post)
);
create index comms_mailings_open on comms_mailings (story_id, post) where done_at is null;

-- Our own people who want to hear what clients are told, by direct message.
create table comms_followers (
  person text primary key,
  is_following boolean not null,
  -- Empty for all of them.
  severities text[] not null,
  components text[] not null,
  -- Minutes since midnight, and where.
  quiet jsonb,
  since timestamptz not null
);
