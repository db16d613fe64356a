using System.Reflection;
using Orleans.Runtime;
using VectorCluster.Client;
using VectorCluster.Engine.Shards;
using VectorCluster.Grains.Shards;

namespace VectorCluster.Cluster.Tests.Failures;

/// <summary>What a call of a shard means to its caller that Orleans could not deliver.</summary>
public sealed class LostCallTests
{
    private static readonly ShardId Shard = new("c", "", 0);

    /// <summary>The last one is what whoever waits for a look-up gets while a silo's death is dealt with.</summary>
    public static TheoryData<Exception> Losses { get; } =
        new(new SiloUnavailableException(), new OrleansException("lost"), new OperationCanceledException());

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task A_lost_read_is_to_be_sent_again_and_a_lost_write_is_unknown(Exception loss)
    {
        var shard = new GrainShard(Shard, FailingGrain.Create(loss), new());

        await Assert.ThrowsAsync<ShardClosedException>(() => shard.CountAsync(filter: null));
        await Assert.ThrowsAsync<ShardClosedException>(
            () => shard.GetAsync([1UL], PayloadSelector.All, VectorSelector.None));
        shard = new(Shard, FailingGrain.Create(loss), new()); // which knows nothing of a loss yet
        await Assert.ThrowsAsync<WriteOutcomeUnknownException>(
            () => shard.WriteAsync(new DeletePoints(PointSelector.ByIds(1UL))));
    }

    [Fact]
    public async Task A_read_that_its_caller_gives_up_is_not_sent_again()
    {
        var shard = new GrainShard(Shard, FailingGrain.Create(new OperationCanceledException()), new());
        var givenUp = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => shard.CountAsync(filter: null, givenUp));
    }

    [Fact]
    public void A_cancellation_is_a_failure_on_the_way_only_where_the_caller_did_not_ask_for_it()
    {
        var lost = new OperationCanceledException();

        Assert.True(ClusterFailure.IsOne(lost, CancellationToken.None));
        Assert.False(ClusterFailure.IsOne(lost, new(canceled: true)));
    }

    /// <summary>Stands for a grain that no call reaches.</summary>
    public class FailingGrain : DispatchProxy
    {
        private Exception _failure = new InvalidOperationException();

        internal static IShardGrain Create(Exception failure)
        {
            var grain = Create<IShardGrain, FailingGrain>();
            ((FailingGrain)(object)grain)._failure = failure;
            return grain;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod?.Name switch
        {
            nameof(IShardGrain.CountAsync) => Task.FromException<long>(_failure),
            nameof(IShardGrain.GetAsync) => Task.FromException<StoredPoint[]>(_failure),
            nameof(IShardGrain.WriteAsync) => Task.FromException<WriteReceipt>(_failure),
            _ => Task.FromException(_failure),
        };
    }
}
