-- A mail that its server may or may not have when we die is sent again, or left for a person to decide: then it is known
-- whose it was, and who was written to once more.
alter table comms_posts add column in_doubt text[] not null default '{}';
alter table comms_posts add column again text[] not null default '{}';
create index comms_posts_again on comms_posts (story_id, number) where again <> '{}';
