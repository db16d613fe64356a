using System.CommandLine;
using VectorCluster.Storage.Postgres;

namespace VectorCluster.Cli;

/// <summary><c>admin migrate</c>: brings PostgreSQL's schema up to this program's version.</summary>
internal static class AdminMigrateCommand
{
    private const string Summary = "Make or update the tables in a PostgreSQL database.";

    private const string Details =
        """
        'serve' does it at its start where its user may. Where not, run this as a user who may create a schema in the
        database, and let the server's user work with the tables.

        Example:
          vectorcluster admin migrate --postgres "Host=db;Database=vectors;Username=owner" --grant-to app
        """;

    private static readonly Option<string?> Postgres = new("--postgres")
    {
        Description = $"Connection string (default: the variable {StoreOptions.PostgresVariable}).",
        HelpName = "CONNECTION",
    };

    private static readonly Option<string?> GrantTo = new("--grant-to")
    {
        Description = "Role that is to work with the tables.",
        HelpName = "ROLE",
    };

    public static Command Create()
    {
        var command = new DetailedCommand("migrate", Summary, Details) { Postgres, GrantTo };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var connection = parsed.GetValue(Postgres) ?? Environment.GetEnvironmentVariable(StoreOptions.PostgresVariable);
        if (string.IsNullOrWhiteSpace(connection)) throw new UsageException("Name a database with --postgres.");
        var where = StoreChoice.OfPostgres(connection, keys: null).Name; // refuses what is no connection string
        var applied = await PostgresDatabase.MigrateAsync(connection, parsed.GetValue(GrantTo), cancellationToken);
        foreach (var name in applied) Console.WriteLine($"Applied {name}.");
        Console.WriteLine($"{where} is at schema version {PostgresDatabase.SchemaVersion}.");
        return ExitCode.Ok;
    }
}
