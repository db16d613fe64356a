using System.CommandLine;
using System.Globalization;
using VectorCluster.Storage.Postgres;

namespace VectorCluster.Cli;

/// <summary><c>admin rekey</c>: encrypts what PostgreSQL keeps with the newest key.</summary>
internal static class AdminRekeyCommand
{
    private const string Summary = "Encrypt everything in a PostgreSQL database with the first of its keys.";

    private const string Details =
        """
        To rotate a key: put a new one first in the file, restart the server, run this, then remove the old one.
        It runs beside a server that has the new key.

        Example:
          vectorcluster admin rekey --postgres "Host=db;Database=vectors;Username=me" --encryption-keys keys.txt
        """;

    private static readonly Option<string?> Postgres = new("--postgres")
    {
        Description = $"Connection string (default: the variable {StoreOptions.PostgresVariable}).",
        HelpName = "CONNECTION",
    };

    private static readonly Option<string?> Keys = StoreOptions.KeysOption("--encryption-keys");

    public static Command Create()
    {
        var command = new DetailedCommand("rekey", Summary, Details) { Postgres, Keys };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var connection = parsed.GetValue(Postgres) ?? Environment.GetEnvironmentVariable(StoreOptions.PostgresVariable);
        if (string.IsNullOrWhiteSpace(connection)) throw new UsageException("Name a database with --postgres.");
        if (StoreOptions.ReadKeys(parsed.GetValue(Keys), StoreOptions.KeysVariable) is not { } keys)
            throw new UsageException("Name the file of keys with --encryption-keys.");
        StoreChoice.OfPostgres(connection, keys); // refuses what is no connection string
        var options = new PostgresOptions { ConnectionString = connection, Keys = keys, Migrate = false };
        await using var database = await PostgresDatabase.OpenAsync(options, cancellationToken);
        var rows = await database.RekeyAsync(cancellationToken);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Encrypted {rows:N0} rows with key {keys.CurrentId}; nothing needs another key any more."));
        return ExitCode.Ok;
    }
}
