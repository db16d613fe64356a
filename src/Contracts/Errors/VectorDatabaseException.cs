namespace VectorCluster;

/// <summary>What went wrong, typed by what the caller should do about it.</summary>
public abstract class VectorDatabaseException : Exception
{
    private protected VectorDatabaseException(string code, string message, Exception? innerException = null)
        : base(message, innerException) => Code = code;

    /// <summary>One of <see cref="ErrorCodes"/>.</summary>
    public string Code { get; }

    /// <summary>Where in the request, as a JSON path such as <c>$.points[3].vector</c>; null if no part of it is at
    /// fault.</summary>
    public string? Path { get; init; }

    /// <summary>Whether the same request may be sent again as it is, without doing anything twice.</summary>
    public abstract bool IsRetrySafe { get; }
}

/// <summary>The request is wrong; nothing was changed. Correct it: sent again it fails again.</summary>
public sealed class InvalidRequestException(string code, string message) : VectorDatabaseException(code, message)
{
    public override bool IsRetrySafe => false;
}

/// <summary>What the request names does not exist; nothing was changed.</summary>
public sealed class NotFoundException(string code, string message) : VectorDatabaseException(code, message)
{
    public override bool IsRetrySafe => false;

    public static NotFoundException Collection(string name) =>
        new(ErrorCodes.CollectionNotFound, $"Collection `{name}` doesn't exist!");

    public static NotFoundException Point(PointId id) =>
        new(ErrorCodes.PointNotFound, $"No point with id {id} found");

    public static NotFoundException Silo(string name, IEnumerable<string> known) =>
        new(ErrorCodes.SiloNotFound, $"There is no silo '{name}'; there are {string.Join(", ", known)}.");
}

/// <summary>It exists already; nothing was changed.</summary>
public sealed class AlreadyExistsException(string code, string message) : VectorDatabaseException(code, message)
{
    public override bool IsRetrySafe => false;
}

/// <summary>Too much at once; nothing was changed. Wait for <see cref="RetryAfter"/>, then send it again.</summary>
/// <param name="code"><see cref="ErrorCodes.Overloaded"/>: the server has too much to do;
/// <see cref="ErrorCodes.RateLimited"/>: this caller asks too often.</param>
public sealed class OverloadedException(
    string message, TimeSpan retryAfter, string code = ErrorCodes.Overloaded) : VectorDatabaseException(code, message)
{
    public TimeSpan RetryAfter => retryAfter;

    public override bool IsRetrySafe => true;
}

/// <summary>The caller may not do this, or is not known: it needs another key. Nothing was done.</summary>
/// <param name="code"><see cref="ErrorCodes.Unauthenticated"/>: no key was given; <see cref="ErrorCodes.InvalidKey"/>:
/// one that is not accepted; <see cref="ErrorCodes.Forbidden"/>: one that does not allow this.</param>
public sealed class AccessDeniedException(string code, string message) : VectorDatabaseException(code, message)
{
    public override bool IsRetrySafe => false;
}

/// <summary>The store that lists collections and namespaces does not answer. A read did nothing; of a change nobody
/// knows whether it was made, and it may be sent again all the same: one that was made is then found made.</summary>
public sealed class StoreUnavailableException(string message, Exception? innerException = null)
    : VectorDatabaseException(ErrorCodes.StoreUnavailable, message, innerException)
{
    public override bool IsRetrySafe => true;
}

/// <summary>A read got no answer from some shard in time. Send it again, or ask for partial results.</summary>
public sealed class ShardUnavailableException(string code, string message, IReadOnlyList<ShardFailure> failures)
    : VectorDatabaseException(code, message)
{
    /// <summary>The shards at fault, with the reason of each.</summary>
    public IReadOnlyList<ShardFailure> Failures => failures;

    /// <summary>False where a shard's stored data is damaged: that needs an operator.</summary>
    public override bool IsRetrySafe => Code != ErrorCodes.ShardCorrupted;
}

/// <summary>A write was not applied by every shard; <see cref="Outcomes"/> says by which, and of which nobody
/// knows.</summary>
/// <remarks>Upserts and deletions by id may be sent again as they are: they do not do anything twice.</remarks>
public sealed class WriteIncompleteException(string code, string message, IReadOnlyList<ShardWriteOutcome> outcomes)
    : VectorDatabaseException(code, message)
{
    public IReadOnlyList<ShardWriteOutcome> Outcomes => outcomes;

    public override bool IsRetrySafe => Code != ErrorCodes.ShardCorrupted;
}

/// <summary>Why a shard does not serve.</summary>
/// <param name="Code">One of <see cref="ErrorCodes"/>.</param>
public sealed record ShardFailure(ShardId Shard, string Code, string Message);
