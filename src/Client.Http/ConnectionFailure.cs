namespace VectorCluster.Client.Http;

/// <summary>What a write was about, should nobody confirm it.</summary>
internal sealed record WriteTarget(string Collection, string Namespace = "")
{
    /// <summary>Stands for "some shard": over HTTP nobody but the server knows which ones a write touches.</summary>
    public const int UnknownShard = -1;

    public ShardId Shard => new(Collection, Namespace, UnknownShard);
}

/// <summary>Failures on the way to the server or back, as the contracts type them.</summary>
internal static class ConnectionFailure
{
    public static VectorDatabaseException Of(Exception exception, WriteTarget? target)
    {
        // Only these say that not a byte of the request was sent.
        var nothingSent = exception is HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
        };
        var status = nothingSent ? WriteStatus.Rejected : WriteStatus.Unknown;
        return Create(ErrorCodes.ShardUnavailable, $"The server did not answer: {exception.Message}", target, status);
    }

    public static VectorDatabaseException Timeout(Exception exception, WriteTarget? target) => Create(
        ErrorCodes.DeadlineExceeded,
        $"The server did not answer in time: {exception.Message}",
        target,
        WriteStatus.Unknown);

    /// <summary>An answer that is no answer of ours, such as a proxy's.</summary>
    public static VectorDatabaseException Create(string code, string message, WriteTarget? target, WriteStatus status)
    {
        if (target is null) return new ShardUnavailableException(code, message, []);
        var failure = new ShardFailure(target.Shard, code, message);
        return new WriteIncompleteException(
            ErrorCodes.WriteIncomplete, message, [new ShardWriteOutcome(target.Shard, status, Lsn: null, failure)]);
    }
}
