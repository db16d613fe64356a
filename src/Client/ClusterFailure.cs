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

    /// <inheritdoc cref="IsOne(Exception)"/>
    /// <param name="cancellationToken">The call's.</param>
    public static bool IsOne(Exception exception, CancellationToken cancellationToken) =>
        IsOne(exception) || IsLost(exception, cancellationToken);

    /// <summary>Whether the call, or its answer, was lost on the way. That is also one that was cancelled, but not by
    /// its caller: while a silo's death is dealt with, Orleans cancels look-ups of where a grain is, and those who wait
    /// for one get that.</summary>
    /// <param name="cancellationToken">The call's.</param>
    public static bool IsLost(Exception exception, CancellationToken cancellationToken) =>
        exception is OrleansException
        || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

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
