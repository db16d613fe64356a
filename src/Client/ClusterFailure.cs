using Orleans.Runtime;

namespace VectorCluster.Client;

/// <summary>Failures on the way to a silo or back, as the contracts type them.</summary>
internal static class ClusterFailure
{
    /// <summary>Stands for "some shard": only the silos know which ones a write touches.</summary>
    private const int UnknownShard = -1;

    /// <summary>An InvalidDataException is a message that one side could not read: after a write, perhaps its
    /// answer.</summary>
    public static bool IsOne(Exception exception) =>
        exception is OrleansException or TimeoutException or InvalidDataException;

    /// <summary>Nothing was changed, whatever became of the call.</summary>
    public static ShardUnavailableException OfRead(Exception exception) =>
        new(CodeOf(exception), MessageOf(exception), []);

    /// <summary>Nobody knows whether the write was done.</summary>
    public static WriteIncompleteException OfWrite(Exception exception, string collection, string name)
    {
        var shard = new ShardId(collection, name, UnknownShard);
        var failure = new ShardFailure(shard, CodeOf(exception), MessageOf(exception));
        return new(
            ErrorCodes.WriteIncomplete, failure.Message, [new(shard, WriteStatus.Unknown, Lsn: null, failure)]);
    }

    /// <summary>Nobody knows whether the change of a collection was made.</summary>
    public static StoreUnavailableException OfChange(Exception exception) =>
        new($"{MessageOf(exception)} The change may or may not have been made.", exception);

    private static string CodeOf(Exception exception) =>
        exception is TimeoutException ? ErrorCodes.DeadlineExceeded : ErrorCodes.ShardUnavailable;

    private static string MessageOf(Exception exception) => $"The cluster did not answer: {exception.Message}";
}
