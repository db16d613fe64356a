using VectorCluster.Storage.Postgres;
using VectorCluster.Storage.Tests.Files;
using VectorCluster.Tests.History;
using VectorCluster.Tests.Postgres;

namespace VectorCluster.Storage.Tests.Owners;

/// <summary>Two processes that take the same shard in PostgreSQL from each other, again and again, and both
/// write.</summary>
public sealed class TwoOwnersTests
{
    private const int Turns = 200;

    // Goal: one writer (docs/ARCHITECTURE.md), so that every point behaves as one register, whoever owns the shard.
    // Method: turns at random: opening, working, alone or both at once, closing, kill -9; connections are cut at random
    // bytes, PostgreSQL is killed. Then an order of all operations is looked for.
    [OwnPostgresFact]
    public async Task Two_owners_that_both_write_leave_what_one_register_a_point_would()
    {
        const int Seed = 1;
        await using var server = await ThrowAwayPostgres.CreateAsync();
        await using var database = await new PostgresServer(server).CreateDatabaseAsync(MigrateAsync);
        await using var proxy = TcpProxy.Start(server.SocketEndPoint);
        using var folder = new TempFolder();
        var random = new Random(Seed);
        var connection = server.ConnectionString(database.Name, proxy.Port);
        await using var a = new Player(folder.Path, "a", random, "--postgres", connection);
        await using var b = new Player(folder.Path, "b", random, "--postgres", connection);
        for (var turn = 0; turn < Turns; turn++)
        {
            var (one, other) = random.Next(2) == 0 ? (a, b) : (b, a);
            if (turn % 60 == 59) await RestartAsync(server, one, random);
            else await TakeTurnAsync(one, other, proxy, random);
        }

        await a.OpenAsync(); // reads everything
        if (!a.IsOwner) await a.OpenAsync(); // a cut was still armed

        var violation = Linearizability.Check(await HistoryReader.ReadAsync([.. a.Histories, .. b.Histories]));
        Assert.True(violation is null, $"seed {Seed}: {violation}");
        Assert.True(a.IsOwner, string.Join('\n', a.Failures));
        Assert.DoesNotContain(a.Failures.Concat(b.Failures), IsCorruption);
        var total = a.Total + b.Total;
        Assert.True(total is { Ok: > 300, Unknown: > 5, Rejected: > 30, Reads: > 50 }, $"{total} says little.");
        Assert.True(a.Openings > 20 && b.Openings > 20, $"{a.Openings} and {b.Openings} openings say little.");
    }

    private static Task MigrateAsync(string connectionString) => PostgresDatabase.MigrateAsync(connectionString);

    private static bool IsCorruption(string failure) => failure.Contains("Corrupt", StringComparison.Ordinal);

    private static Task TakeTurnAsync(Player one, Player other, TcpProxy proxy, Random random)
    {
        if (!one.IsOwner && random.Next(2) == 0) return one.OpenAsync();
        if (random.Next(6) == 0) _ = proxy.CutAfter((ProxyDirection)random.Next(2), random.Next(5_000));
        return random.Next(100) switch
        {
            < 40 => one.WorkAsync(random.Next(1, 40)),
            < 65 => Task.WhenAll(one.WorkAsync(random.Next(1, 40)), other.WorkAsync(random.Next(1, 40))),
            < 75 => Task.WhenAll(one.OpenAsync(), other.WorkAsync(random.Next(1, 20))),
            < 80 => Task.WhenAll(one.OpenAsync(), other.OpenAsync()),
            < 85 => one.CloseAsync(),
            < 92 => one.KillDuringAsync("work 200", random.Next(1, 5_000)),
            < 94 => one.KillDuringAsync("open", 1),
            < 97 => CutAsync(one, other, proxy),
            _ => one.OpenAsync(),
        };
    }

    private static async Task CutAsync(Player one, Player other, TcpProxy proxy)
    {
        var work = Task.WhenAll(one.WorkAsync(10), other.WorkAsync(10));
        proxy.CutAll();
        await work;
    }

    private static async Task RestartAsync(ThrowAwayPostgres server, Player player, Random random)
    {
        var work = player.WorkAsync(random.Next(20, 100));
        await server.KillAsync();
        await work;
        await server.StartAsync();
    }
}
