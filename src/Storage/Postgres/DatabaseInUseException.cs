namespace VectorCluster.Storage.Postgres;

/// <summary>Another process serves the database. Stop it, or use another database.</summary>
/// <param name="holder">What PostgreSQL knows of that process.</param>
public sealed class DatabaseInUseException(string holder)
    : Exception($"The database is served by {holder}. One server at a time serves a database.");
