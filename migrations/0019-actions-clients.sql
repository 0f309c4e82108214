-- Whether clients are to hear of the incident that an action is for, as it was when the action began: then its card
-- offers a message to them. Kept, because the card is drawn from the action alone.
alter table actions add column clients_hear boolean not null default false;
