-- Whoever was written to several times within minutes reads what comes beyond that in one mail: what somebody was sent
-- lately is asked for with every message, and who waits for such a mail every few seconds.
create index comms_deliveries_lately on comms_deliveries (receiver, filed_at);
create index comms_deliveries_held on comms_deliveries (receiver, filed_at) where medium = 'held';
