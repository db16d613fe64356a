using Xunit.Abstractions;

namespace VectorCluster.Cli.Tests;

/// <summary>kill -9 during an import over HTTP: real processes, a real port, the real disk.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Kills = 20;
    private const int Points = 20_000;
    private const int Dimension = 16;

    // Goal: what was acknowledged survives, and the import goes on. Method: kill the server once the import's own
    // record of acknowledged rows has grown by a random number, plus a random moment; each fifth time kill the import
    // too.
    [Fact]
    public async Task Twenty_kills_during_an_import_lose_nothing_that_was_acknowledged()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var folder = new TemporaryFolder();
        var vectors = TestPoints.Vectors(seed, Points, Dimension);
        var file = folder.WriteJsonLines(vectors);
        var server = await ServerProcess.StartAsync(folder);
        var import = StartImport(folder, file, server.Address);
        for (var kill = 1; kill <= Kills; kill++)
        {
            import = await WaitForRowsAsync(
                folder, import, () => StartImport(folder, file, server.Address), random.Next(1, 400));
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(15)), TimeProvider.System);
            await server.KillAsync();
            if (kill % 5 == 0) await import.KillAsync();
            var acknowledged = ImportStateFile.RowsOf(folder);
            await server.DisposeAsync();

            server = await ServerProcess.StartAsync(folder, server.Address.Port);
            await StoredPoints.AssertHasAsync(server.Client, "points", vectors, acknowledged);
            output.WriteLine($"kill {kill}: {acknowledged} rows were acknowledged, and are there");
            if (kill % 5 != 0) continue;
            await import.DisposeAsync();
            import = StartImport(folder, file, server.Address);
            await Eventually.TrueAsync(
                () => import.Error.Contains("Going on at row ", StringComparison.Ordinal),
                () => $"Did not resume.\n{import.Error}");
        }

        Assert.True(await import.WaitForExitAsync() == 0, import.Error);
        Assert.Equal(0, ImportStateFile.RowsOf(folder));
        await StoredPoints.AssertHasOnlyAsync(server.Client, "points", vectors);
        await import.DisposeAsync();
        await server.DisposeAsync();
    }

    /// <summary>Waits until so many more rows are acknowledged. An import that is done (a fast machine) is followed
    /// by another.</summary>
    private static async Task<CliProcess> WaitForRowsAsync(
        TemporaryFolder folder, CliProcess import, Func<CliProcess> startAgain, int more)
    {
        var before = ImportStateFile.RowsOf(folder);
        await Eventually.TrueAsync(
            () => ImportStateFile.RowsOf(folder) >= before + more || import.HasExited,
            () => $"{import.Output}\n{import.Error}");
        if (!import.HasExited) return import;
        Assert.True(await import.WaitForExitAsync() == 0, import.Error);
        await import.DisposeAsync();
        return await WaitForRowsAsync(folder, startAgain(), startAgain, more);
    }

    private static CliProcess StartImport(TemporaryFolder folder, string file, Uri address)
    {
        var import = CliProcess.Start(
            folder.State, "import", file, "--collection", "points", "--url", address.ToString(), "--batch", "10",
            "--metric", "euclid", "--shards", "3");
        folder.Add(import);
        return import;
    }
}
