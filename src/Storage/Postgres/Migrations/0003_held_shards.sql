-- Whether a shard's owner may still answer reads: it acquired the shard and has not released it. was_held is what is_held said
-- before the newest acquisition; it is only there so that the statement that acquires can return it.
-- Neither column is in an index, so appends stay HOT.

ALTER TABLE vectorcluster.shard
    ADD COLUMN is_held boolean NOT NULL DEFAULT false,
    ADD COLUMN was_held boolean NOT NULL DEFAULT false;
