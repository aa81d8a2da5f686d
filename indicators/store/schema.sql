-- Append-only: no UPDATE and no DELETE anywhere. Only what DuckDB and DuckLake both have: no keys, sequences or
-- indexes; ids are made in Python and uniqueness is a rule of the transaction. Times are UTC.

CREATE TABLE IF NOT EXISTS store_info (
    id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,            -- real or demo
    schema_version INTEGER NOT NULL,
    recorded_at TIMESTAMP NOT NULL
);

-- One line for every act; `entry` orders them, and the other tables name the entry that wrote them.
CREATE TABLE IF NOT EXISTS ledger (
    entry BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    actor VARCHAR NOT NULL,
    system_user VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    detail VARCHAR NOT NULL           -- JSON
);

CREATE TABLE IF NOT EXISTS catalogue_version (
    entry BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    kind VARCHAR NOT NULL,            -- indicator, plan, rule, regions, organisations
    id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    text VARCHAR NOT NULL,            -- the canonical file
    document VARCHAR NOT NULL         -- what allows a changed target
);

CREATE TABLE IF NOT EXISTS person (
    entry BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    name VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    organisation VARCHAR NOT NULL,
    active BOOLEAN NOT NULL
);

CREATE TABLE IF NOT EXISTS submission (
    entry BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    id VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,          -- of the bytes as received, kept under this name
    file_name VARCHAR NOT NULL,
    submitted_by VARCHAR NOT NULL,
    rows INTEGER NOT NULL,
    origin VARCHAR NOT NULL           -- reported, published or demo
);

-- One row a figure of a submission. `value` is in the definition's unit, `found` the cell as written.
CREATE TABLE IF NOT EXISTS figure (
    entry BIGINT NOT NULL,
    submission VARCHAR NOT NULL,
    row INTEGER NOT NULL,
    indicator VARCHAR NOT NULL,
    region VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    period_end DATE NOT NULL,
    accumulation VARCHAR NOT NULL,    -- ytd, period, or '' where nothing accumulates
    definition INTEGER NOT NULL,
    value DOUBLE,
    missing VARCHAR NOT NULL,         -- why there is no value: below_unit, not_applicable, suppressed
    numerator DOUBLE,
    denominator DOUBLE,
    found VARCHAR NOT NULL,
    unit VARCHAR NOT NULL,
    vintage VARCHAR NOT NULL,         -- flash, annual, revised, or ''
    published_on DATE,
    contributors INTEGER,
    confidence VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    note VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS decision (
    entry BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    submission VARCHAR NOT NULL,
    decision VARCHAR NOT NULL,        -- approve or return
    decided_by VARCHAR NOT NULL,
    reason VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS release (
    entry BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    number INTEGER NOT NULL,
    released_by VARCHAR NOT NULL,
    note VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS release_figure (
    entry BIGINT NOT NULL,
    number INTEGER NOT NULL,
    submission VARCHAR NOT NULL,
    row INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS release_status (
    entry BIGINT NOT NULL,
    number INTEGER NOT NULL,
    plan VARCHAR NOT NULL,
    commitment VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    rule_version INTEGER NOT NULL,
    status VARCHAR NOT NULL,
    period VARCHAR NOT NULL,          -- of the figure judged, '' without one
    value DOUBLE
);
