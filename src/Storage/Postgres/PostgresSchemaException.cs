namespace VectorCluster.Storage.Postgres;

/// <summary>The database's schema does not fit this program: it is newer, or must be migrated by somebody who
/// may. Nothing was changed.</summary>
public sealed class PostgresSchemaException(string message, Exception? innerException = null)
    : Exception(message, innerException);
