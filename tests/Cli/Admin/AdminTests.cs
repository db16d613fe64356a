using VectorCluster.Tests.Postgres;

namespace VectorCluster.Cli.Tests;

/// <summary><c>admin migrate</c>, <c>copy</c> and <c>rekey</c>, and the stores that other commands take, as processes of
/// their own.</summary>
public sealed class AdminTests : IAsyncLifetime
{
    private const int Points = 3_000;
    private const int Dimension = 16;

    private readonly TemporaryFolder _folder = new();
    private readonly List<TestDatabase> _databases = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var database in _databases) await database.DisposeAsync();
        _folder.Dispose();
    }

    // Goal: a database goes from files to PostgreSQL, encrypted, and back, and is the same. Method: export before and
    // after.
    [Fact]
    public async Task A_database_is_copied_from_files_to_PostgreSQL_and_back()
    {
        var postgres = await CreateDatabaseAsync();
        var keys = WriteKeys("keys.txt", 1);
        var back = _folder.PathOf("back");
        var file = _folder.WriteJsonLines(TestPoints.Vectors(1, Points, Dimension));
        await RunAsync("import", file, "-c", "points", "--data", _folder.Data, "--shards", "3");
        await RunAsync("import", file, "-c", "points", "--data", _folder.Data, "--namespace", "tenant");

        var there = await RunAsync(
            "admin", "copy", "--from", _folder.Data, "--to", postgres, "--to-encryption-keys", keys);
        var again = await RunAsync("admin", "copy", "--from", postgres, "--to", back, "--from-encryption-keys", keys);

        Assert.Contains("Copied and compared 1 collections in 6 shards", there, StringComparison.Ordinal);
        Assert.Contains("in 6 shards", again, StringComparison.Ordinal);
        foreach (var name in (string[])["", "tenant"])
        {
            var expected = await ExportAsync(name, "--data", _folder.Data);
            Assert.Equal(Points, expected.Count(c => c == '\n'));
            Assert.Equal(expected, await ExportAsync(name, "--postgres", postgres, "--encryption-keys", keys));
            Assert.Equal(expected, await ExportAsync(name, "--data", back));
        }
    }

    [Fact]
    public async Task Copying_over_a_collection_is_refused_and_copying_again_after_an_interruption_is_not()
    {
        var postgres = await CreateDatabaseAsync();
        var file = _folder.WriteJsonLines(TestPoints.Vectors(1, Points, Dimension));
        await RunAsync("import", file, "-c", "points", "--data", _folder.Data);
        await using (var copy = Start("admin", "copy", "--from", _folder.Data, "--to", postgres))
        {
            await Eventually.TrueAsync(
                () => copy.Error.Contains("points//0", StringComparison.Ordinal) || copy.HasExited, () => copy.Error);
            await copy.KillAsync(); // most often before the collection's row
        }

        var (exitCode, _, error) = await CliProcess.RunAsync(
            _folder.State, "admin", "copy", "--from", _folder.Data, "--to", postgres);
        if (exitCode != 0) Assert.Contains("has a collection 'points' already", error, StringComparison.Ordinal);

        Assert.Equal(await ExportAsync("", "--data", _folder.Data), await ExportAsync("", "--postgres", postgres));
        var refused = await FailAsync("admin", "copy", "--from", _folder.Data, "--to", postgres);
        Assert.Contains("has a collection 'points' already", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_rekeying_the_old_key_is_needed_no_more()
    {
        var postgres = await CreateDatabaseAsync();
        var (old, both, latest) = (WriteKeys("old", 1), WriteKeys("both", 2, 1), WriteKeys("new", 2));
        var file = _folder.WriteJsonLines(TestPoints.Vectors(1, Points, Dimension));
        await RunAsync("import", file, "-c", "points", "--postgres", postgres, "--encryption-keys", old);
        Assert.Contains(
            "key 1, not given",
            await FailAsync("query", "-c", "points", "--id", "1", "--postgres", postgres, "--encryption-keys", latest),
            StringComparison.Ordinal);

        var said = await RunAsync("admin", "rekey", "--postgres", postgres, "--encryption-keys", both);

        Assert.Contains("with key 2", said, StringComparison.Ordinal);
        var rows = await ExportAsync("", "--postgres", postgres, "--encryption-keys", latest);
        Assert.Equal(Points, rows.Count(c => c == '\n'));
    }

    [Fact]
    public async Task Migrating_says_what_it_did_and_does_it_once()
    {
        var postgres = await CreateDatabaseAsync();

        var first = await RunAsync("admin", "migrate", "--postgres", postgres);
        var second = await RunAsync("admin", "migrate", "--postgres", postgres);

        Assert.Contains("Applied 0001_shards.", first, StringComparison.Ordinal);
        Assert.DoesNotContain("Applied", second, StringComparison.Ordinal);
        Assert.Contains("is at schema version", second, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_server_on_a_database_is_refused_with_the_reason()
    {
        var postgres = await CreateDatabaseAsync();
        await using var server = await ServerProcess.StartOnPostgresAsync(_folder, postgres);

        var error = await FailAsync("serve", "--postgres", postgres, "--port", "0");

        Assert.Contains("The database is served by", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("The connection string is not one", "serve", "--postgres", "Nonsense")]
    [InlineData("PostgreSQL: ", "serve", "--port", "0", "--postgres", "Host=/nowhere;Username=nobody")]
    [InlineData("not both", "serve", "--postgres", "Host=/nowhere", "--data", "x")]
    [InlineData("Name a database with --postgres", "admin", "rekey")]
    [InlineData("There is no data directory 'nothing-here'", "admin", "copy", "--from", "nothing-here", "--to", "x")]
    [InlineData("are the same", "admin", "copy", "--from", ".", "--to", ".")]
    public async Task What_is_wrong_with_a_store_is_said_in_a_line(string expected, params string[] arguments)
    {
        var error = await FailAsync(arguments);

        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    private async Task<string> CreateDatabaseAsync()
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        _databases.Add(database);
        return database.ConnectionString;
    }

    private string WriteKeys(string name, params IReadOnlyList<int> ids) => _folder.Write(
        name,
        string.Join('\n', ids.Select(id => $"{id}:{Convert.ToBase64String([.. Enumerable.Repeat((byte)id, 32)])}")));

    private Task<string> ExportAsync(string name, params string[] store) =>
        RunAsync(["export", "-c", "points", "--namespace", name, .. store]);

    private CliProcess Start(params string[] arguments) => CliProcess.Start(_folder.State, arguments);

    private async Task<string> RunAsync(params string[] arguments)
    {
        var (exitCode, output, error) = await CliProcess.RunAsync(_folder.State, arguments);
        Assert.True(exitCode == 0, error);
        return output;
    }

    private async Task<string> FailAsync(params string[] arguments)
    {
        var (exitCode, output, error) = await CliProcess.RunAsync(_folder.State, arguments);
        Assert.True(exitCode is 1 or 2, $"{exitCode}\n{output}\n{error}");
        return error;
    }
}
