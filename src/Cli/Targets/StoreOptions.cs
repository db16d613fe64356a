using System.CommandLine;
using System.CommandLine.Parsing;
using VectorCluster.Storage.Postgres;

namespace VectorCluster.Cli;

/// <summary>The options that say where a database is kept. Connection strings and keys may come from the environment,
/// so that they do not show in the list of processes.</summary>
internal sealed class StoreOptions(string dataDescription)
{
    public const string PostgresVariable = "VECTORCLUSTER_POSTGRES";
    public const string KeysVariable = "VECTORCLUSTER_ENCRYPTION_KEYS";

    private readonly Option<string?> _data = new("--data") { Description = dataDescription, HelpName = "DIR" };

    private readonly Option<string?> _postgres = new("--postgres")
    {
        Description = "PostgreSQL database instead of a data directory, such as \"Host=db;Database=vectors;Username=me\" "
            + $"(default: the variable {PostgresVariable}).",
        HelpName = "CONNECTION",
    };

    private readonly Option<string?> _keys = KeysOption("--encryption-keys");

    /// <summary>Whether the command line itself says where.</summary>
    public bool IsGiven(CommandResult result) =>
        result.GetValue(_data) is not null || result.GetValue(_postgres) is not null;

    public void AddTo(Command command)
    {
        command.Add(_data);
        command.Add(_postgres);
        command.Add(_keys);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_data) is not null && result.GetValue(_postgres) is not null)
                result.AddError("Give --data or --postgres, not both.");
        });
    }

    /// <returns>Null: neither the command line nor the environment says where.</returns>
    /// <exception cref="UsageException">What they say is wrong.</exception>
    public StoreChoice? Read(ParseResult parsed)
    {
        if (parsed.GetValue(_data) is { } directory)
            return StoreChoice.OfDirectory(directory, ReadKeys(parsed.GetValue(_keys)));
        var connection = parsed.GetValue(_postgres) ?? Environment.GetEnvironmentVariable(PostgresVariable);
        return string.IsNullOrWhiteSpace(connection)
            ? null
            : StoreChoice.OfPostgres(connection, ReadKeys(parsed.GetValue(_keys), KeysVariable));
    }

    public static Option<string?> KeysOption(string name) => new(name)
    {
        Description = "File with the keys that encrypt what PostgreSQL keeps, a line \"id:base64 of 32 bytes\" each, the "
            + $"first one for writing (default: the variable {KeysVariable}, with the lines themselves).",
        HelpName = "FILE",
    };

    /// <param name="variable">Environment variable that counts where no file is named; null: none.</param>
    public static EncryptionKeys? ReadKeys(string? file, string? variable = null)
    {
        var text = file is not null ? File.ReadAllText(file)
            : variable is not null ? Environment.GetEnvironmentVariable(variable)
            : null;
        try
        {
            return string.IsNullOrWhiteSpace(text) && file is null ? null : EncryptionKeys.Parse(text ?? "");
        }
        catch (FormatException exception)
        {
            throw new UsageException($"{file ?? variable}: {exception.Message}");
        }
    }
}
