-- What Orleans' ADO.NET membership provider reads and writes, of clusters whose silos share this database.
-- The provider looks its statements up in orleansquery, by key; the tables below are known to these statements alone.
-- Every change of a cluster's members is made under that cluster's version: it counts only if nobody else's came first.

CREATE TABLE vectorcluster.orleansquery (
    querykey text PRIMARY KEY,
    querytext text NOT NULL
);

CREATE TABLE vectorcluster.orleansmembershipversiontable (
    deploymentid text COLLATE "C" PRIMARY KEY,
    version integer NOT NULL
);

CREATE TABLE vectorcluster.orleansmembershiptable (
    deploymentid text COLLATE "C" NOT NULL REFERENCES vectorcluster.orleansmembershipversiontable,
    address text COLLATE "C" NOT NULL,
    port integer NOT NULL,
    generation integer NOT NULL,
    siloname text NOT NULL,
    hostname text NOT NULL,
    status integer NOT NULL,
    proxyport integer NOT NULL,
    suspecttimes text,
    starttime timestamptz NOT NULL,
    iamalivetime timestamptz NOT NULL,
    PRIMARY KEY (deploymentid, address, port, generation)
);

INSERT INTO vectorcluster.orleansquery (querykey, querytext) VALUES
(
    'GatewaysQueryKey',
    'SELECT address, proxyport, generation FROM vectorcluster.orleansmembershiptable
     WHERE deploymentid = @DeploymentId AND status = @Status AND proxyport > 0'
),
(
    'MembershipReadRowKey',
    'SELECT list.version, silo.address, silo.port, silo.generation, silo.siloname, silo.hostname, silo.status,
         silo.proxyport, silo.suspecttimes, silo.starttime, silo.iamalivetime
     FROM vectorcluster.orleansmembershipversiontable list
     LEFT JOIN vectorcluster.orleansmembershiptable silo ON silo.deploymentid = list.deploymentid
         AND silo.address = @Address AND silo.port = @Port AND silo.generation = @Generation
     WHERE list.deploymentid = @DeploymentId'
),
(
    'MembershipReadAllKey',
    'SELECT list.version, silo.address, silo.port, silo.generation, silo.siloname, silo.hostname, silo.status,
         silo.proxyport, silo.suspecttimes, silo.starttime, silo.iamalivetime
     FROM vectorcluster.orleansmembershipversiontable list
     LEFT JOIN vectorcluster.orleansmembershiptable silo ON silo.deploymentid = list.deploymentid
     WHERE list.deploymentid = @DeploymentId'
),
(
    'InsertMembershipVersionKey',
    'WITH made AS (
         INSERT INTO vectorcluster.orleansmembershipversiontable (deploymentid, version) VALUES (@DeploymentId, 0)
         ON CONFLICT DO NOTHING RETURNING 1)
     SELECT count(*) > 0 FROM made'
),
(
    'InsertMembershipKey',
    'WITH next AS (
         UPDATE vectorcluster.orleansmembershipversiontable SET version = version + 1
         WHERE deploymentid = @DeploymentId AND version = @Version RETURNING 1),
     made AS (
         INSERT INTO vectorcluster.orleansmembershiptable (deploymentid, address, port, generation, siloname, hostname,
             status, proxyport, starttime, iamalivetime)
         SELECT @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime,
             @IAmAliveTime FROM next
         ON CONFLICT DO NOTHING RETURNING 1)
     SELECT count(*) > 0 FROM made'
),
(
    'UpdateMembershipKey',
    'WITH next AS (
         UPDATE vectorcluster.orleansmembershipversiontable SET version = version + 1
         WHERE deploymentid = @DeploymentId AND version = @Version RETURNING 1),
     changed AS (
         UPDATE vectorcluster.orleansmembershiptable
         SET status = @Status, suspecttimes = @SuspectTimes, iamalivetime = @IAmAliveTime
         WHERE deploymentid = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
             AND EXISTS (SELECT FROM next) RETURNING 1)
     SELECT count(*) > 0 FROM changed'
),
(
    'UpdateIAmAlivetimeKey',
    'UPDATE vectorcluster.orleansmembershiptable SET iamalivetime = @IAmAliveTime
     WHERE deploymentid = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation'
),
(
    'DeleteMembershipTableEntriesKey',
    'WITH gone AS (DELETE FROM vectorcluster.orleansmembershiptable WHERE deploymentid = @DeploymentId)
     DELETE FROM vectorcluster.orleansmembershipversiontable WHERE deploymentid = @DeploymentId'
),
(
    'CleanupDefunctSiloEntriesKey',
    'DELETE FROM vectorcluster.orleansmembershiptable
     WHERE deploymentid = @DeploymentId AND iamalivetime < @IAmAliveTime AND status <> 3'
);
