-- What the hub directs, numbered for each checkpoint. A row is never changed: what was wrong is directed anew.
CREATE TABLE directives (
    checkpoint TEXT   NOT NULL,
    number     BIGINT NOT NULL,
    subject    TEXT   NOT NULL,
    text       TEXT   NOT NULL,
    digest     TEXT   NOT NULL,
    signature  BLOB NOT NULL,
    public_key BLOB NOT NULL,
    made_us    BIGINT NOT NULL,
    PRIMARY KEY (checkpoint, number)
) WITHOUT ROWID;

-- What checkpoints answered, as their entries say; also to directives that this store has lost. `outcome` is applied,
-- refused or distrusted.
CREATE TABLE directive_answers (
    checkpoint  TEXT   NOT NULL,
    number      BIGINT NOT NULL,
    digest      TEXT   NOT NULL,
    outcome     TEXT   NOT NULL,
    words       TEXT   NOT NULL,
    at_us       BIGINT NOT NULL,
    PRIMARY KEY (checkpoint, number)
) WITHOUT ROWID;
