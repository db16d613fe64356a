-- What Orleans' ADO.NET storage provider reads and writes: small states of grains, such as whether balancing is
-- suspended. The provider looks its statements up in orleansquery, by key; the table is known to these alone.
-- A state is replaced only by who has read its last version: a statement that returns no new version changed nothing.
-- Grains whose keys have no extension come with none, which is kept as the empty text.

CREATE TABLE vectorcluster.orleansstorage (
    serviceid text COLLATE "C" NOT NULL,
    graintypestring text COLLATE "C" NOT NULL,
    graintypehash integer NOT NULL,
    grainidhash integer NOT NULL,
    grainidn0 bigint NOT NULL,
    grainidn1 bigint NOT NULL,
    grainidextensionstring text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    payloadbinary bytea,
    modifiedon timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (
        grainidhash, graintypehash, grainidn0, grainidn1, graintypestring, grainidextensionstring, serviceid)
);

INSERT INTO vectorcluster.orleansquery (querykey, querytext) VALUES
(
    'ReadFromStorageKey',
    'SELECT payloadbinary, modifiedon, version FROM vectorcluster.orleansstorage
     WHERE grainidhash = @GrainIdHash AND graintypehash = @GrainTypeHash
         AND grainidn0 = @GrainIdN0 AND grainidn1 = @GrainIdN1 AND graintypestring = @GrainTypeString
         AND grainidextensionstring = coalesce(@GrainIdExtensionString::text, '''') AND serviceid = @ServiceId'
),
(
    'WriteToStorageKey',
    'WITH replaced AS (
         UPDATE vectorcluster.orleansstorage
         SET payloadbinary = @PayloadBinary, modifiedon = now(), version = version + 1
         WHERE grainidhash = @GrainIdHash AND graintypehash = @GrainTypeHash
             AND grainidn0 = @GrainIdN0 AND grainidn1 = @GrainIdN1 AND graintypestring = @GrainTypeString
             AND grainidextensionstring = coalesce(@GrainIdExtensionString::text, '''') AND serviceid = @ServiceId
             AND version = @GrainStateVersion::integer
         RETURNING version),
     made AS (
         INSERT INTO vectorcluster.orleansstorage (serviceid, graintypestring, graintypehash, grainidhash, grainidn0,
             grainidn1, grainidextensionstring, version, payloadbinary)
         SELECT @ServiceId, @GrainTypeString, @GrainTypeHash, @GrainIdHash, @GrainIdN0, @GrainIdN1,
             coalesce(@GrainIdExtensionString::text, ''''), 1, @PayloadBinary
         WHERE @GrainStateVersion::integer IS NULL
         ON CONFLICT DO NOTHING RETURNING version)
     SELECT coalesce((SELECT version FROM replaced), (SELECT version FROM made), @GrainStateVersion::integer)
         AS newgrainstateversion'
),
(
    'ClearStorageKey',
    'UPDATE vectorcluster.orleansstorage SET payloadbinary = NULL, modifiedon = now(), version = version + 1
     WHERE grainidhash = @GrainIdHash AND graintypehash = @GrainTypeHash
         AND grainidn0 = @GrainIdN0 AND grainidn1 = @GrainIdN1 AND graintypestring = @GrainTypeString
         AND grainidextensionstring = coalesce(@GrainIdExtensionString::text, '''') AND serviceid = @ServiceId
         AND version = @GrainStateVersion::integer
     RETURNING version AS newgrainstateversion'
),
(
    'DeleteStorageKey',
    'DELETE FROM vectorcluster.orleansstorage
     WHERE grainidhash = @GrainIdHash AND graintypehash = @GrainTypeHash
         AND grainidn0 = @GrainIdN0 AND grainidn1 = @GrainIdN1 AND graintypestring = @GrainTypeString
         AND grainidextensionstring = coalesce(@GrainIdExtensionString::text, '''') AND serviceid = @ServiceId
         AND version = @GrainStateVersion::integer
     RETURNING version + 1 AS newgrainstateversion'
);
