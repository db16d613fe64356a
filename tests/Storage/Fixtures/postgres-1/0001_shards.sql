-- Tables of format 1. What the columns and bytes mean: docs/formats/postgres.md.
-- Everything of a namespace lies in one of 16 partitions, by a hash of its name that the program computes
-- (src/Storage/Postgres/Partition.cs); its statements name the partitions' own tables.

CREATE TABLE vectorcluster.collection (
    name text COLLATE "C" PRIMARY KEY,
    version bigint NOT NULL,
    value bytea NOT NULL
);

CREATE TABLE vectorcluster.encryption_key (
    id bigint PRIMARY KEY,
    proof bytea NOT NULL
);

CREATE TABLE vectorcluster.namespace (
    partition smallint NOT NULL,
    collection text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    value bytea NOT NULL
) PARTITION BY LIST (partition);

-- One narrow row a shard, updated in place by every append (HOT: no index knows the columns that change).
CREATE TABLE vectorcluster.shard (
    partition smallint NOT NULL,
    shard_key bigint NOT NULL,
    epoch bigint NOT NULL,
    last_lsn bigint NOT NULL,
    collection text COLLATE "C" NOT NULL,
    namespace text COLLATE "C" NOT NULL,
    shard integer NOT NULL
) PARTITION BY LIST (partition);

CREATE TABLE vectorcluster.wal (
    shard_key bigint NOT NULL,
    last_lsn bigint NOT NULL,
    epoch bigint NOT NULL,
    slice integer NOT NULL,
    partition smallint NOT NULL,
    bytes bytea NOT NULL
) PARTITION BY LIST (partition);

CREATE TABLE vectorcluster.checkpoint (
    shard_key bigint NOT NULL,
    lsn bigint NOT NULL,
    version bigint NOT NULL,
    slices bigint NOT NULL,
    partition smallint NOT NULL,
    manifest bytea NOT NULL
) PARTITION BY LIST (partition);

CREATE TABLE vectorcluster.page (
    shard_key bigint NOT NULL,
    page_key bigint NOT NULL,
    version bigint NOT NULL,
    start integer NOT NULL,
    page_bytes integer NOT NULL,
    partition smallint NOT NULL,
    bytes bytea NOT NULL
) PARTITION BY LIST (partition);

-- A slice fills a page of PostgreSQL's and stays in its row: no TOAST table, no second index.
ALTER TABLE vectorcluster.wal ALTER COLUMN bytes SET STORAGE PLAIN;
ALTER TABLE vectorcluster.page ALTER COLUMN bytes SET STORAGE PLAIN;

DO $$
BEGIN
    FOR i IN 0..15 LOOP
        EXECUTE format('CREATE TABLE vectorcluster.namespace_%1$s PARTITION OF vectorcluster.namespace '
            'FOR VALUES IN (%1$s)', i);
        EXECUTE format('ALTER TABLE vectorcluster.namespace_%s ADD PRIMARY KEY (collection, name)', i);

        EXECUTE format('CREATE TABLE vectorcluster.shard_%1$s PARTITION OF vectorcluster.shard '
            'FOR VALUES IN (%1$s) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05)', i);
        EXECUTE format('ALTER TABLE vectorcluster.shard_%s ADD PRIMARY KEY (shard_key), '
            'ADD UNIQUE (collection, namespace, shard)', i);

        EXECUTE format('CREATE TABLE vectorcluster.wal_%1$s PARTITION OF vectorcluster.wal '
            'FOR VALUES IN (%1$s) WITH (autovacuum_vacuum_scale_factor = 0.05)', i);
        EXECUTE format('ALTER TABLE vectorcluster.wal_%s ADD PRIMARY KEY (shard_key, last_lsn, slice, epoch)', i);

        EXECUTE format('CREATE TABLE vectorcluster.checkpoint_%1$s PARTITION OF vectorcluster.checkpoint '
            'FOR VALUES IN (%1$s) WITH (fillfactor = 50)', i);
        EXECUTE format('ALTER TABLE vectorcluster.checkpoint_%s ADD PRIMARY KEY (shard_key)', i);

        EXECUTE format('CREATE TABLE vectorcluster.page_%1$s PARTITION OF vectorcluster.page '
            'FOR VALUES IN (%1$s) WITH (autovacuum_vacuum_scale_factor = 0.05)', i);
        EXECUTE format('ALTER TABLE vectorcluster.page_%s ADD PRIMARY KEY (shard_key, page_key, version, start)', i);
    END LOOP;
END $$;

CREATE SEQUENCE vectorcluster.shard_key;

-- Ends an append whose slices this transaction has inserted: moves the shard's row on, or undoes all by an error.
-- VC001: the epoch is old, or the LSN is not next.
CREATE FUNCTION vectorcluster.finish_append(
    p_partition smallint, p_shard_key bigint, p_epoch bigint, p_first bigint, p_last bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE vectorcluster.shard SET last_lsn = p_last
    WHERE partition = p_partition AND shard_key = p_shard_key AND epoch = p_epoch AND last_lsn = p_first - 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the shard has a newer owner, or the LSN is not next' USING ERRCODE = 'VC001';
    END IF;
END $$;

-- Each checkpoint takes a million versions, of which it uses more than one only if it holds a page more than once.
CREATE SEQUENCE vectorcluster.checkpoint_version START 1000000 INCREMENT 1000000;

-- Whoever deletes a shard's page rows holds an advisory lock of this class and the shard's key, so that two of them never
-- wait for each other's rows.
CREATE FUNCTION vectorcluster.page_lock_class() RETURNS integer
LANGUAGE sql IMMUTABLE AS 'SELECT 1986224231';

-- Makes pages that were copied in this transaction the shard's checkpoint: all of it or, by an error, nothing.
-- VC001: the epoch is old. VC002: the LSN is before the checkpoint's. VC003: another checkpoint came in between.
CREATE FUNCTION vectorcluster.finish_checkpoint(
    p_partition smallint, p_shard_key bigint, p_epoch bigint, p_lsn bigint, p_version bigint, p_base_version bigint,
    p_slices bigint, p_keys bigint[], p_repeated_keys bigint[], p_repeated_versions bigint[], p_manifest bytea)
RETURNS void
LANGUAGE plpgsql
-- The keys are looked up in the index: a scan of the partition would read every other tenant's pages.
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    superseded bigint := 0;
    superseded_here bigint := 0;
    found_epoch bigint;
    base record;
BEGIN
    PERFORM pg_advisory_xact_lock(vectorcluster.page_lock_class(), (p_shard_key % 2147483647)::integer);
    IF p_base_version > 0 THEN
        DELETE FROM vectorcluster.page
        WHERE partition = p_partition AND shard_key = p_shard_key AND page_key = ANY (p_keys) AND version < p_version;
        GET DIAGNOSTICS superseded = ROW_COUNT;
    END IF;

    IF cardinality(p_repeated_keys) > 0 THEN
        DELETE FROM vectorcluster.page p
        USING unnest(p_repeated_keys, p_repeated_versions) AS k (page_key, version)
        WHERE p.partition = p_partition AND p.shard_key = p_shard_key
            AND p.page_key = k.page_key AND p.version < k.version;
        GET DIAGNOSTICS superseded_here = ROW_COUNT;
    END IF;

    -- The shard's row comes last, so that appends do not wait for the deletions. From here on nobody can depose us.
    SELECT epoch INTO found_epoch FROM vectorcluster.shard
    WHERE partition = p_partition AND shard_key = p_shard_key FOR UPDATE;
    IF found_epoch IS DISTINCT FROM p_epoch THEN
        RAISE EXCEPTION 'the shard has a newer owner' USING ERRCODE = 'VC001';
    END IF;

    SELECT lsn, version, slices INTO base FROM vectorcluster.checkpoint
    WHERE partition = p_partition AND shard_key = p_shard_key;
    IF coalesce(base.version, 0) <> p_base_version THEN
        RAISE EXCEPTION 'another checkpoint came in between' USING ERRCODE = 'VC003';
    END IF;
    IF coalesce(base.lsn, 0) > p_lsn THEN
        RAISE EXCEPTION 'LSN % is before the checkpoint''s, %', p_lsn, base.lsn USING ERRCODE = 'VC002';
    END IF;

    DELETE FROM vectorcluster.checkpoint WHERE partition = p_partition AND shard_key = p_shard_key;
    INSERT INTO vectorcluster.checkpoint (partition, shard_key, lsn, version, slices, manifest)
    VALUES (p_partition, p_shard_key, p_lsn, p_version, coalesce(base.slices, 0) + p_slices - superseded - superseded_here,
        p_manifest);

    -- A restore may be ahead of the log, which then goes on behind it.
    UPDATE vectorcluster.shard SET last_lsn = p_lsn
    WHERE partition = p_partition AND shard_key = p_shard_key AND last_lsn < p_lsn;
END $$;

-- Deletes a shard. Its row goes before the others: whoever still writes to the shard has finished by then, or finds nothing.
CREATE FUNCTION vectorcluster.delete_shard(p_partition smallint, p_collection text, p_namespace text, p_shard integer)
RETURNS void
LANGUAGE plpgsql
SET enable_seqscan = off
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    gone bigint;
BEGIN
    SELECT shard_key INTO gone FROM vectorcluster.shard
    WHERE partition = p_partition AND collection = p_collection AND namespace = p_namespace AND shard = p_shard;
    PERFORM pg_advisory_xact_lock(vectorcluster.page_lock_class(), (gone % 2147483647)::integer);
    DELETE FROM vectorcluster.shard WHERE partition = p_partition AND shard_key = gone;
    DELETE FROM vectorcluster.wal WHERE partition = p_partition AND shard_key = gone;
    DELETE FROM vectorcluster.page WHERE partition = p_partition AND shard_key = gone;
    DELETE FROM vectorcluster.checkpoint WHERE partition = p_partition AND shard_key = gone;
END $$;
