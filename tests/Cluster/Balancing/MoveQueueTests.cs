using System.Net;
using VectorCluster.Embedded.Tests;
using VectorCluster.Grains;
using VectorCluster.Grains.Balancing;
using SiloAddress = Orleans.Runtime.SiloAddress;

namespace VectorCluster.Cluster.Tests.Balancing;

/// <summary>When moves start.</summary>
public sealed class MoveQueueTests
{
    private static readonly VectorClusterOptions Options = new()
    {
        MovesAtOnce = 2,
        MovePause = TimeSpan.FromSeconds(4),
        MoveBytesPerSecond = 1024 * 1024,
        WarmMoveBytes = 1024 * 1024,
    };

    private static readonly SiloAddress From = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 1), 1);
    private static readonly SiloAddress To = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 2), 1);

    private readonly ManualTime _time = new();
    private readonly List<int> _started = [];

    // Goal: the moments in which callers wait lie apart. Method: moves that end at once start after the pause, or after
    // the time that their bytes take.
    [Theory]
    [InlineData(2, 4)]
    [InlineData(10, 10)]
    public void Large_moves_of_balancing_start_one_after_another(int mebibytes, int secondsApart)
    {
        var moves = Queue();
        for (var i = 0; i < 3; i++) moves.Add(Move(i, mebibytes, MoveReason.Bytes));

        moves.Pump();
        Assert.Equal([0], _started);
        _time.Advance(TimeSpan.FromSeconds(secondsApart) - TimeSpan.FromMilliseconds(1));
        moves.Pump();
        Assert.Equal([0], _started);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        moves.Pump();
        Assert.Equal([0, 1], _started);
    }

    [Theory]
    [InlineData(nameof(MoveReason.Drain))]
    [InlineData(nameof(MoveReason.Operator))]
    public void Other_moves_do_not_wait(string reason)
    {
        var moves = Queue();
        for (var i = 0; i < 3; i++) moves.Add(Move(i, mebibytes: 10, Enum.Parse<MoveReason>(reason)));

        moves.Pump();

        Assert.Equal([0, 1, 2], _started.Order());
    }

    [Fact]
    public void Move_that_failed_is_remembered_for_a_while()
    {
        var moves = new MoveQueue(_ => throw new InvalidOperationException("no"), Options, _time);
        moves.Add(Move(0, mebibytes: 1, MoveReason.Drain));
        moves.Pump();
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.True(moves.HasFailed(new("c", "", 0), within: TimeSpan.FromSeconds(3)));
        Assert.False(moves.HasFailed(new("c", "", 0), within: TimeSpan.FromSeconds(1)));
        Assert.False(moves.HasFailed(new("c", "", 1), within: TimeSpan.FromSeconds(3)));
    }

    private MoveQueue Queue() => new(
        move =>
        {
            _started.Add(move.Shard.Index);
            return Task.CompletedTask;
        },
        Options,
        _time);

    private RunningMove Move(int index, int mebibytes, MoveReason reason) =>
        new(new("c", "", index), From, To, mebibytes * 1024L * 1024, reason, _time);
}
