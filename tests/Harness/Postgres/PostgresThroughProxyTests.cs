using Npgsql;
using VectorCluster.Tests.Postgres;

namespace VectorCluster.Harness.Tests.Postgres;

/// <summary>PostgreSQL and Npgsql with the proxy between them.</summary>
public sealed class PostgresThroughProxyTests : IAsyncLifetime
{
    private ThrowAwayPostgres _server = null!; // set before each test
    private TcpProxy _proxy = null!;
    private NpgsqlDataSource _source = null!;
    private NpgsqlDataSource _direct = null!;

    public async Task InitializeAsync()
    {
        _server = await ThrowAwayPostgres.CreateAsync();
        _proxy = TcpProxy.Start(_server.SocketEndPoint);

        // A connection from the pool is reset at its next use, in one go with the statement but with an answer of its
        // own; a cut before the answer would be before that one.
        var settings = new NpgsqlConnectionStringBuilder(_server.ConnectionString(tcpPort: _proxy.Port));
        settings.NoResetOnClose = true;
        _source = NpgsqlDataSource.Create(settings.ConnectionString);
        _direct = NpgsqlDataSource.Create(_server.ConnectionString());
        await using var command = _direct.CreateCommand("CREATE TABLE kept (bytes bytea)");
        await command.ExecuteNonQueryAsync();
    }

    public async Task DisposeAsync()
    {
        await _direct.DisposeAsync();
        await _source.DisposeAsync();
        await _proxy.DisposeAsync();
        await _server.DisposeAsync();
    }

    [OwnPostgresFact]
    public async Task A_prepared_statement_is_one_round_trip()
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("SELECT $1 + 1", connection);
        command.Parameters.Add(new() { Value = 1 });
        await command.PrepareAsync();
        var before = _proxy.RoundTrips;

        for (var i = 0; i < 10; i++) Assert.Equal(2, await command.ExecuteScalarAsync());

        Assert.Equal(10, _proxy.RoundTrips - before);
    }

    [OwnPostgresFact]
    public async Task A_statement_that_is_cut_off_in_its_middle_changes_nothing()
    {
        await InsertAsync(1);
        var cut = _proxy.CutAfter(ProxyDirection.ToServer, 500_000);

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => InsertAsync(1_000_000));

        await cut;
        Assert.Equal(1L, await CountAsync());
    }

    [OwnPostgresFact]
    public async Task A_statement_whose_answer_is_cut_off_has_changed_what_it_should()
    {
        await InsertAsync(1);
        var cut = _proxy.CutAfter(ProxyDirection.ToClient, 0);

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => InsertAsync(1));

        await cut;
        Assert.Equal(2L, await CountAsync());
    }

    private async Task InsertAsync(int bytes)
    {
        await using var command = _source.CreateCommand("INSERT INTO kept VALUES ($1)");
        command.Parameters.Add(new() { Value = new byte[bytes] });
        await command.ExecuteNonQueryAsync();
    }

    private async Task<object?> CountAsync()
    {
        await using var command = _direct.CreateCommand("SELECT count(*) FROM kept");
        return await command.ExecuteScalarAsync();
    }
}
