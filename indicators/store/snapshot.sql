-- What the public may know of a release, and nothing else: no person, no submission, no file, no count of contributors.
-- `press/figure.sql` makes the table of figures beside these. Times are UTC.

CREATE TABLE snapshot.snapshot_info (
    schema_version INTEGER NOT NULL,
    program VARCHAR NOT NULL,
    kind VARCHAR NOT NULL             -- real or demo
);

-- Every release up to this one.
CREATE TABLE snapshot.release (
    number INTEGER NOT NULL,
    released_at TIMESTAMP NOT NULL,
    public_from TIMESTAMP NOT NULL,
    released_on DATE NOT NULL,        -- the day of public_from, where the office is
    as_of DATE NOT NULL,              -- statuses are judged as of this date
    data_until DATE,                  -- end of the newest period with a figure
    note VARCHAR NOT NULL,
    figures INTEGER NOT NULL,         -- that it published
    corrections INTEGER NOT NULL,     -- of which took the place of another value
    publisher_zh VARCHAR NOT NULL,
    publisher_en VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    rule_version INTEGER NOT NULL
);

CREATE TABLE snapshot.catalogue (
    kind VARCHAR NOT NULL,            -- indicator, plan, rule, regions, organisations
    id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    text VARCHAR NOT NULL             -- the canonical file
);

-- Every target as this release judges it, on released figures alone.
CREATE TABLE snapshot.assessment (
    plan VARCHAR NOT NULL,
    commitment VARCHAR NOT NULL,
    indicator VARCHAR NOT NULL,
    region VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    rule_version INTEGER NOT NULL,
    status VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    period VARCHAR NOT NULL,          -- of the figure judged, '' without one
    period_end DATE,
    value DOUBLE,
    p DOUBLE,                         -- 1 is the whole targeted change
    t DOUBLE,                         -- 1 is the whole time
    gap_points DOUBLE,                -- 百分点
    gap_units DOUBLE,                 -- in the definition's unit
    firmness VARCHAR NOT NULL
);

-- The ledger of causes: of every release up to this one, which statuses are not what they were, and why.
CREATE TABLE snapshot.status_change (
    release INTEGER NOT NULL,
    plan VARCHAR NOT NULL,
    commitment VARCHAR NOT NULL,
    indicator VARCHAR NOT NULL,
    region VARCHAR NOT NULL,
    before VARCHAR NOT NULL,
    after VARCHAR NOT NULL,
    causes VARCHAR NOT NULL,          -- codes with commas between
    together BOOLEAN NOT NULL         -- all of them were needed; else each by itself leads there
);
