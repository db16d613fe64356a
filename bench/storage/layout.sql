-- What docs/decisions/0004 measures: how rows of a log are best cut, and what naming a partition saves.
\set QUIET on
SET synchronous_commit = off;
SET client_min_messages = notice;

CREATE TABLE slices_8096 (k bigint, lsn bigint, slice integer, bytes bytea, PRIMARY KEY (k, lsn, slice));
CREATE TABLE slices_2000 (LIKE slices_8096 INCLUDING ALL);
CREATE TABLE toasted (LIKE slices_8096 INCLUDING ALL);
ALTER TABLE slices_8096 ALTER bytes SET STORAGE PLAIN;
ALTER TABLE slices_2000 ALTER bytes SET STORAGE PLAIN;
ALTER TABLE toasted ALTER bytes SET STORAGE EXTERNAL;

DO $$
DECLARE
    value bytea := decode(string_agg(md5(i::text), ''), 'hex') FROM generate_series(1, 28125) i; -- 450,000 bytes
    started timestamptz;
BEGIN
    FOR round IN 1..3 LOOP
        started := clock_timestamp();
        FOR j IN 1..200 LOOP
            INSERT INTO slices_8096
            SELECT 1, round * 1000 + j, s, substring(value FROM s * 8096 + 1 FOR 8096) FROM generate_series(0, 55) s;
        END LOOP;
        RAISE NOTICE 'slices of 8,096 bytes: % ms', round(1000 * extract(epoch FROM clock_timestamp() - started) / 200, 2);
        started := clock_timestamp();
        FOR j IN 1..200 LOOP INSERT INTO toasted VALUES (1, round * 1000 + j, 0, value); END LOOP;
        RAISE NOTICE 'one TOASTed value:     % ms', round(1000 * extract(epoch FROM clock_timestamp() - started) / 200, 2);
        started := clock_timestamp();
        FOR j IN 1..200 LOOP
            INSERT INTO slices_2000
            SELECT 1, round * 1000 + j, s, substring(value FROM s * 2000 + 1 FOR 2000) FROM generate_series(0, 224) s;
        END LOOP;
        RAISE NOTICE 'slices of 2,000 bytes: % ms', round(1000 * extract(epoch FROM clock_timestamp() - started) / 200, 2);
    END LOOP;
END $$;

CREATE TABLE shard (partition smallint, k bigint, epoch bigint, last_lsn bigint) PARTITION BY LIST (partition);
CREATE TABLE wal (partition smallint, k bigint, lsn bigint, bytes bytea) PARTITION BY LIST (partition);
DO $$
BEGIN
    FOR i IN 0..15 LOOP
        EXECUTE format('CREATE TABLE shard_%1$s PARTITION OF shard FOR VALUES IN (%1$s) WITH (fillfactor = 50)', i);
        EXECUTE format('ALTER TABLE shard_%s ADD PRIMARY KEY (k)', i);
        EXECUTE format('CREATE TABLE wal_%1$s PARTITION OF wal FOR VALUES IN (%1$s)', i);
        EXECUTE format('ALTER TABLE wal_%s ADD PRIMARY KEY (k, lsn)', i);
    END LOOP;
END $$;
INSERT INTO shard SELECT i % 16, i, 1, 0 FROM generate_series(0, 9999) i;

DO $$
DECLARE
    started timestamptz;
    p smallint := 3;
BEGIN
    FOR round IN 1..3 LOOP
        started := clock_timestamp();
        FOR j IN 1..10000 LOOP
            WITH owner AS (
                UPDATE shard SET last_lsn = last_lsn + 1 WHERE partition = p AND k = 16 * (j % 600) + 3 AND epoch = 1
                RETURNING partition, k, last_lsn)
            INSERT INTO wal SELECT partition, k, last_lsn, 'small' FROM owner;
        END LOOP;
        RAISE NOTICE 'append through the partitioned tables: % ms', round(extract(epoch FROM clock_timestamp() - started) / 10, 3);
        started := clock_timestamp();
        FOR j IN 1..10000 LOOP
            WITH owner AS (
                UPDATE shard_3 SET last_lsn = last_lsn + 1 WHERE k = 16 * (j % 600) + 3 AND epoch = 1
                RETURNING partition, k, last_lsn)
            INSERT INTO wal_3 SELECT partition, k, last_lsn, 'small' FROM owner;
        END LOOP;
        RAISE NOTICE 'append by the partition''s own name:    % ms', round(extract(epoch FROM clock_timestamp() - started) / 10, 3);
    END LOOP;
END $$;
