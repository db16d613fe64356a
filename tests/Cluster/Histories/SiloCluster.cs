using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using VectorCluster.Client;
using VectorCluster.Client.Wire;
using VectorCluster.Cluster.Tests.Processes;
using VectorCluster.Grains.Shards;
using VectorCluster.Grains.Wire;
using VectorCluster.Storage.Postgres;
using VectorCluster.Tests.Postgres;

namespace VectorCluster.Cluster.Tests.Histories;

/// <summary>Silos as processes over one PostgreSQL, each by a proxy of its own, and an Orleans client that finds them
/// through the membership table.</summary>
internal sealed class SiloCluster : IAsyncDisposable
{
    private readonly ThrowAwayPostgres _server;
    private readonly TestDatabase _database;
    private readonly TcpProxy[] _proxies;
    private readonly SiloProcess[] _silos;
    private readonly List<SiloProcess> _gone = [];
    private IHost? _client;

    private SiloCluster(ThrowAwayPostgres server, TestDatabase database, int silos)
    {
        (_server, _database) = (server, database);
        _proxies = [.. Enumerable.Range(0, silos).Select(_ => TcpProxy.Start(server.SocketEndPoint))];
        _silos = new SiloProcess[silos];
    }

    public int Count => _silos.Length;

    /// <summary>Through the Orleans client.</summary>
    public IVectorDatabase Client => _client!.Services.GetRequiredService<IVectorDatabase>();

    public SiloProcess this[int index] => Volatile.Read(ref _silos[index]);

    public static async Task<SiloCluster> StartAsync(int silos)
    {
        var server = await ThrowAwayPostgres.CreateAsync();
        var database = await new PostgresServer(server).CreateDatabaseAsync(MigrateAsync);
        var cluster = new SiloCluster(server, database, silos);
        try
        {
            for (var i = 0; i < silos; i++) cluster._silos[i] = await cluster.StartSiloAsync(i);
            cluster._client = await ConnectAsync(database.ConnectionString);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts another silo in the place of one that is gone.</summary>
    public async Task ReplaceAsync(int index)
    {
        _gone.Add(_silos[index]);
        Volatile.Write(ref _silos[index], await StartSiloAsync(index));
    }

    /// <summary>What stands between a silo and PostgreSQL.</summary>
    public TcpProxy ProxyOf(int index) => _proxies[index];

    /// <summary>How many shards are open on each silo.</summary>
    public async Task<List<int>> ShardCountsAsync()
    {
        var grains = await _client!.Services.GetRequiredService<IClusterClient>()
            .GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        var ports = grains.Where(grain => grain.GrainType.Contains(nameof(ShardGrain), StringComparison.Ordinal))
            .Select(grain => grain.SiloAddress.Endpoint.Port).ToList();
        return [.. _silos.Select(silo => ports.Count(port => port == silo.SiloPort))];
    }

    /// <summary>The epoch of every shard: one that was taken by another silo has a higher one.</summary>
    public async Task<IReadOnlyDictionary<int, long>> EpochsAsync()
    {
        await using var source = NpgsqlDataSource.Create(_database.ConnectionString);
        await using var command = source.CreateCommand("SELECT shard, epoch FROM vectorcluster.shard");
        await using var rows = await command.ExecuteReaderAsync();
        var epochs = new Dictionary<int, long>();
        while (await rows.ReadAsync()) epochs.Add(rows.GetInt32(0), rows.GetInt64(1));
        return epochs;
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.StopAsync();
            _client.Dispose();
        }

        foreach (var silo in _silos.Where(silo => silo is not null).Concat(_gone)) await silo.DisposeAsync();
        foreach (var proxy in _proxies) await proxy.DisposeAsync();
        await _database.DisposeAsync();
        await _server.DisposeAsync();
    }

    private static Task MigrateAsync(string connectionString) => PostgresDatabase.MigrateAsync(connectionString);

    private static async Task<IHost> ConnectAsync(string connectionString)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client =>
        {
            client.UseAdoNetClustering(options =>
            {
                options.Invariant = "Npgsql";
                options.ConnectionString = PostgresDatabase.ForOrleans(connectionString);
            });
            client.Configure<ClusterOptions>(options =>
                (options.ClusterId, options.ServiceId) = ("vectorcluster", "vectorcluster"));
            client.AddVectorCluster();
            client.Services.AddWireFormats(ShardFormats.All); // in this process it sees the silos' interfaces too
        });
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private Task<SiloProcess> StartSiloAsync(int index) => SiloProcess.StartAsync(
        ("Postgres", _server.ConnectionString(_database.Name, _proxies[index].Port)),
        ("AdvertisedIP", $"{IPAddress.Loopback}"));
}
