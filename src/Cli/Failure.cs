using Npgsql;
using VectorCluster.Engine.Shards;
using VectorCluster.Storage.Copying;
using VectorCluster.Storage.Files;
using VectorCluster.Storage.Postgres;

namespace VectorCluster.Cli;

/// <summary>Something that a command says in one sentence before it gives up.</summary>
internal sealed class CommandException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>The command line asks for something that does not exist or does not go together.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>Tells failures that a user can act on, which get one line, from bugs, which keep their stack
/// trace.</summary>
internal static class Failure
{
    /// <returns>One line; null for a bug.</returns>
    public static string? Describe(Exception exception) => exception switch
    {
        CommandException or UsageException or BadRowException => exception.Message,
        VectorDatabaseException { Path: { } path } wrong => $"{wrong.Message} ({wrong.Code} at {path})",
        VectorDatabaseException wrong => $"{wrong.Message} ({wrong.Code})",
        DataDirectoryException or StoreCorruptedException => exception.Message,
        PostgresSchemaException or MissingKeyException or KeyInUseException => exception.Message,
        DatabaseInUseException or CopyException => exception.Message,
        NpgsqlException failed => $"PostgreSQL: {failed.InnerException?.Message ?? failed.Message}",
        IOException or UnauthorizedAccessException => exception.Message,
        _ => null,
    };
}
