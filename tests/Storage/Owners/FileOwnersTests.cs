using VectorCluster.Storage.Tests.Files;
using VectorCluster.Tests.History;

namespace VectorCluster.Storage.Tests.Owners;

/// <summary>Owners of a shard in a data directory, which is open in one process at a time.</summary>
public sealed class FileOwnersTests
{
    // Goal: nothing acknowledged is lost or comes back, whichever way an owner ends.
    // Method: owners one after the other; some close, some just end, some are killed at their work.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Owners_one_after_the_other_leave_what_one_register_a_point_would(int seed)
    {
        const int Turns = 15;
        var random = new Random(seed);
        using var folder = new TempFolder();
        await using var player = new Player(folder.Path, "p", random, "--data", Path.Join(folder.Path, "data"));
        for (var turn = 0; turn < Turns; turn++)
        {
            await player.OpenAsync();
            await player.WorkAsync(random.Next(1, 60));
            if (turn % 3 == 0) await player.CloseAsync();
            else if (turn % 3 == 1) await player.DisposeAsync();
            else await player.KillDuringAsync("work 1000", random.Next(1, 20_000));
        }

        await player.OpenAsync(); // reads everything

        var violation = Linearizability.Check(await HistoryReader.ReadAsync(player.Histories));
        Assert.True(violation is null, $"seed {seed}: {violation}");
        Assert.Empty(player.Failures);
        Assert.Equal(Turns + 1, player.Openings);
        Assert.True(player.Total is { Ok: > 150, Reads: > 50 }, $"seed {seed}: {player.Total} say little.");
    }
}
