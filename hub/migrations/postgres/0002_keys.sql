-- The key with which a checkpoint signs the heads of its journal: the first that came. Another one is refused until a
-- person has deleted the row (`hub forget-key`).
CREATE TABLE site_keys (
    checkpoint TEXT   NOT NULL PRIMARY KEY,
    public_key BYTEA NOT NULL,
    met_us     BIGINT NOT NULL
);
