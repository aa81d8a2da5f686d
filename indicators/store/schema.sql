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

-- A file kept and not yet sent; once sent, the submission carries its id on.
CREATE TABLE IF NOT EXISTS draft (
    entry BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    id VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    file_name VARCHAR NOT NULL,
    drafted_by VARCHAR NOT NULL,
    rows INTEGER NOT NULL
);

-- Whose return a submission is, who signed it, and by when it was due (UTC; NULL where no form says).
CREATE TABLE IF NOT EXISTS signing (
    entry BIGINT NOT NULL,
    submission VARCHAR NOT NULL,
    organisation VARCHAR NOT NULL,
    form VARCHAR NOT NULL,            -- 表号, '' for a file that is no form
    period VARCHAR NOT NULL,          -- of the form, or the one that all its figures share; ''
    due_at TIMESTAMP,
    filled_by VARCHAR NOT NULL,       -- 填报人
    statistics_head VARCHAR NOT NULL, -- 统计负责人
    organisation_head VARCHAR NOT NULL, -- 单位负责人
    reported_on DATE                  -- 报出日期, as the form says it
);

-- What the check asked and the sender's note explained, kept for the reviewer.
CREATE TABLE IF NOT EXISTS finding (
    entry BIGINT NOT NULL,
    submission VARCHAR NOT NULL,
    row INTEGER NOT NULL,
    code VARCHAR NOT NULL,
    column_name VARCHAR NOT NULL,
    found VARCHAR NOT NULL,
    facts VARCHAR NOT NULL            -- JSON
);

-- Milestones and tasks as their body reports on them. `state`: done, under_way, not_started, dropped.
CREATE TABLE IF NOT EXISTS matter_report (
    entry BIGINT NOT NULL,
    submission VARCHAR NOT NULL,
    row INTEGER NOT NULL,
    plan VARCHAR NOT NULL,
    commitment VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    done_on DATE,
    evidence VARCHAR NOT NULL,        -- a reference, or the name of an attachment
    note VARCHAR NOT NULL
);

-- What a body says of an indicator that lags: 进展, 原因, 措施.
CREATE TABLE IF NOT EXISTS explanation (
    entry BIGINT NOT NULL,
    submission VARCHAR NOT NULL,
    row INTEGER NOT NULL,
    indicator VARCHAR NOT NULL,
    region VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    progress VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    measures VARCHAR NOT NULL
);

-- Evidence sent with a return; its bytes are kept under their hash and never parsed.
CREATE TABLE IF NOT EXISTS attachment (
    entry BIGINT NOT NULL,
    submission VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    file_name VARCHAR NOT NULL,
    bytes BIGINT NOT NULL
);

-- 催报: a body was asked for a return that was due.
CREATE TABLE IF NOT EXISTS reminder (
    entry BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    organisation VARCHAR NOT NULL,
    form VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    reminded_by VARCHAR NOT NULL,
    note VARCHAR NOT NULL
);

-- 免报: a return that need not be sent, or must be again.
CREATE TABLE IF NOT EXISTS waiver (
    entry BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    organisation VARCHAR NOT NULL,
    form VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    waived BOOLEAN NOT NULL,
    decided_by VARCHAR NOT NULL,
    reason VARCHAR NOT NULL
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
    accumulation VARCHAR NOT NULL,    -- ytd, period, month (of a single one), or '' where nothing accumulates
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
    decision VARCHAR NOT NULL,        -- approve, return, withdraw, void or archive
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

-- As of which date the statuses of a release were judged.
CREATE TABLE IF NOT EXISTS release_as_of (
    entry BIGINT NOT NULL,
    number INTEGER NOT NULL,
    as_of DATE NOT NULL
);

-- From when on the public may know of a release (UTC); without a line, from when it was made.
CREATE TABLE IF NOT EXISTS release_embargo (
    entry BIGINT NOT NULL,
    number INTEGER NOT NULL,
    public_from TIMESTAMP NOT NULL
);

-- A release was frozen into a snapshot: its folder, and the SHA-256 (hex) of the list of its files.
CREATE TABLE IF NOT EXISTS release_snapshot (
    entry BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    number INTEGER NOT NULL,
    folder VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    least INTEGER NOT NULL,           -- figures of fewer contributors were veiled
    publisher_zh VARCHAR NOT NULL,
    publisher_en VARCHAR NOT NULL
);

-- Figures that a release does not tell the public, in any of their vintages.
CREATE TABLE IF NOT EXISTS release_veil (
    entry BIGINT NOT NULL,
    number INTEGER NOT NULL,
    indicator VARCHAR NOT NULL,
    region VARCHAR NOT NULL,
    period_end DATE NOT NULL,
    accumulation VARCHAR NOT NULL,
    ground VARCHAR NOT NULL           -- few: too few contributors; complement: one of those could be computed from it
);

-- Dated notes of the body that owns an indicator in a region.
CREATE TABLE IF NOT EXISTS annotation (
    entry BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    id VARCHAR NOT NULL,
    indicator VARCHAR NOT NULL,
    region VARCHAR NOT NULL,
    day DATE NOT NULL,
    kind VARCHAR NOT NULL,            -- policy, event or data
    text VARCHAR NOT NULL,
    link VARCHAR NOT NULL,            -- http(s), or ''
    written_by VARCHAR NOT NULL,
    organisation VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS annotation_withdrawal (
    entry BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    annotation VARCHAR NOT NULL,
    withdrawn_by VARCHAR NOT NULL
);

-- What came of each line of the ledger, where it came from, and the seal over it and every line before it
-- (`indicators.store.seal`).
CREATE TABLE IF NOT EXISTS seal (
    entry BIGINT NOT NULL,
    outcome VARCHAR NOT NULL,         -- done or refused
    address VARCHAR NOT NULL,         -- of whoever asked over the network; '' for the terminal
    hash VARCHAR NOT NULL             -- SHA-256, hex
);

-- What proves who someone is: the latest line of a name holds.
CREATE TABLE IF NOT EXISTS credential (
    entry BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,            -- password; code: used once, to set a password; oidc: the provider proves it
    hash VARCHAR NOT NULL,            -- argon2id of a password, SHA-256 (hex) of a code or of issuer and subject
    expires_at TIMESTAMP              -- of a code
);

-- Someone signed in. The token itself is known to their browser alone; a line of `person` or `credential` after it
-- ends it.
CREATE TABLE IF NOT EXISTS sign_in (
    entry BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    session VARCHAR NOT NULL,         -- SHA-256 of the token, hex
    name VARCHAR NOT NULL,
    means VARCHAR NOT NULL,           -- password, oidc, terminal or demo
    address VARCHAR NOT NULL,
    expires_at TIMESTAMP NOT NULL
);

CREATE TABLE IF NOT EXISTS sign_out (
    entry BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    session VARCHAR NOT NULL,         -- '' ends all that `name` began until then
    name VARCHAR NOT NULL,
    reason VARCHAR NOT NULL           -- signed_out, idle, ended (by an administrator) or replaced
);
