using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace VectorCluster.Tests.Postgres;

/// <summary>Statements that take no parameters.</summary>
internal static class Sql
{
    /// <summary>A name, quoted.</summary>
    public static string Name(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    [SuppressMessage("Security", "CA2100", Justification = "Names can't be parameters; Name quotes them.")]
    public static async Task RunAsync(
        this NpgsqlDataSource source, string statement, CancellationToken cancellationToken = default)
    {
        await using var command = source.CreateCommand(statement);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
