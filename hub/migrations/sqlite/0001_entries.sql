-- The hub's store, embedded. migrations/postgres holds the same tables; a test runs every query on both.
-- Every key begins with the checkpoint, so that the tables can be partitioned by it.

-- One row: which store this is. A hub that begins anew is another hub, and edges may see it.
CREATE TABLE hub (
    hub_epoch BLOB NOT NULL
);
INSERT INTO hub (hub_epoch) VALUES (randomblob(16));

-- What an edge last said about itself.
CREATE TABLE checkpoints (
    checkpoint    TEXT    NOT NULL PRIMARY KEY,
    title         TEXT    NOT NULL,
    agent_version TEXT    NOT NULL,
    first_seen_us BIGINT  NOT NULL,
    last_seen_us  BIGINT  NOT NULL,
    waiting       BIGINT  NOT NULL,
    oldest_at_us  BIGINT,
    clock_quality TEXT    NOT NULL
);

-- The end of each chain. `place` counts the epochs of a checkpoint in the order in which they came: 1, 2, ...
CREATE TABLE heads (
    checkpoint     TEXT   NOT NULL,
    epoch          BLOB   NOT NULL,
    place          BIGINT NOT NULL,
    stored_through BIGINT NOT NULL,
    hash           BLOB   NOT NULL,
    began_us       BIGINT NOT NULL,
    chain          TEXT   NOT NULL,
    chain_detail   TEXT   NOT NULL,
    PRIMARY KEY (checkpoint, epoch),
    UNIQUE (checkpoint, place)
);

-- The entries, byte for byte as the checkpoint wrote them. Nothing updates or deletes a row.
CREATE TABLE entries (
    checkpoint  TEXT   NOT NULL,
    epoch       BLOB   NOT NULL,
    seq         BIGINT NOT NULL,
    hash        BLOB   NOT NULL,
    at_us       BIGINT NOT NULL,
    received_us BIGINT NOT NULL,
    class       TEXT   NOT NULL,
    body        BLOB   NOT NULL,
    PRIMARY KEY (checkpoint, epoch, seq)
) WITHOUT ROWID;

-- Entries that came ahead of the backlog, until the backlog reaches them.
CREATE TABLE express (
    checkpoint  TEXT   NOT NULL,
    epoch       BLOB   NOT NULL,
    seq         BIGINT NOT NULL,
    hash        BLOB   NOT NULL,
    at_us       BIGINT NOT NULL,
    received_us BIGINT NOT NULL,
    body        BLOB   NOT NULL,
    PRIMARY KEY (checkpoint, epoch, seq)
) WITHOUT ROWID;

-- Bodies that were refused because another entry bears their number or they follow another history. Kept, never believed.
CREATE TABLE quarantine (
    checkpoint  TEXT   NOT NULL,
    epoch       BLOB   NOT NULL,
    seq         BIGINT NOT NULL,
    hash        BLOB   NOT NULL,
    reason      TEXT   NOT NULL,
    received_us BIGINT NOT NULL,
    body        BLOB   NOT NULL,
    PRIMARY KEY (checkpoint, epoch, seq, hash)
);

-- What was refused, how often, and when first and last.
CREATE TABLE refusals (
    checkpoint TEXT   NOT NULL,
    epoch      BLOB   NOT NULL,
    reason     TEXT   NOT NULL,
    at_seq     BIGINT NOT NULL,
    first_us   BIGINT NOT NULL,
    last_us    BIGINT NOT NULL,
    times      BIGINT NOT NULL,
    detail     TEXT   NOT NULL,
    PRIMARY KEY (checkpoint, epoch, reason, at_seq)
);

-- The folded state as of one entry: it makes a restart fast, and can be deleted at any moment.
CREATE TABLE snapshots (
    checkpoint TEXT   NOT NULL PRIMARY KEY,
    epoch      BLOB   NOT NULL,
    seq        BIGINT NOT NULL,
    made_us    BIGINT NOT NULL,
    made_by    TEXT   NOT NULL,
    state      BLOB   NOT NULL
);
