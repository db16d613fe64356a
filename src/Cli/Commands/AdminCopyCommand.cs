using System.CommandLine;
using System.Globalization;
using VectorCluster.Storage.Copying;

namespace VectorCluster.Cli;

/// <summary><c>admin copy</c>: moves a database between stores.</summary>
internal static class AdminCopyCommand
{
    private const string Summary = "Copy a whole database from one store to another, and read it back to compare.";

    private const string Details =
        """
        --from and --to are each a data directory or a PostgreSQL connection string. No server may have either open.
        The target must not have a collection that the source has. A copy that was interrupted can simply be run again.

        Example:
          vectorcluster admin copy --from ./data --to "Host=db;Database=vectors;Username=me"
        """;

    private static readonly Option<string> From = Location("--from", "Database to read; what it holds stays as it is.");
    private static readonly Option<string> To = Location("--to", "Database to write.");
    private static readonly Option<string?> FromKeys = StoreOptions.KeysOption("--from-encryption-keys");
    private static readonly Option<string?> ToKeys = StoreOptions.KeysOption("--to-encryption-keys");

    public static Command Create()
    {
        var command = new DetailedCommand("copy", Summary, Details) { From, To, FromKeys, ToKeys };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var from = Choose(parsed, From, FromKeys);
        var to = Choose(parsed, To, ToKeys);
        if (from.Name == to.Name) throw new UsageException("--from and --to are the same.");
        await using var source = await OpenAsync(from, cancellationToken);
        await using var target = await OpenAsync(to, cancellationToken);
        var copy = new DatabaseCopy(
            source.Stores.Catalogue,
            source.Stores.Shards,
            target.Stores.Catalogue,
            target.Stores.Shards,
            shard => Console.Error.WriteLine($"{shard.Shard}: {Describe(shard.Records, shard.PageBytes)}"));
        var totals = await copy.RunAsync(cancellationToken);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Copied and compared {totals.Collections} collections in {totals.Shards} shards: "
            + $"{Describe(totals.Records, totals.PageBytes)}."));
        return ExitCode.Ok;
    }

    private static StoreChoice Choose(ParseResult parsed, Option<string> location, Option<string?> keys)
    {
        var text = parsed.GetRequiredValue(location);
        var variable = text.Contains('=', StringComparison.Ordinal) ? StoreOptions.KeysVariable : null;
        var choice = StoreChoice.Parse(
            text, StoreOptions.ReadKeys(parsed.GetValue(keys), variable), migrate: location == To);
        if (location == From && variable is null && !Directory.Exists(text))
            throw new UsageException($"There is no data directory '{text}'.");
        return choice;
    }

    private static async Task<OpenStores> OpenAsync(StoreChoice choice, CancellationToken cancellationToken) =>
        new(await choice.OpenAsync(cancellationToken));

    private static string Describe(long records, long pageBytes) => string.Create(
        CultureInfo.InvariantCulture, $"{records:N0} log records, {pageBytes / 1e6:N1} MB of pages");

    private static Option<string> Location(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "DIR|CONNECTION",
        Required = true,
    };

    private sealed class OpenStores(Storage.DatabaseStores stores) : IAsyncDisposable
    {
        public Storage.DatabaseStores Stores => stores;

        public ValueTask DisposeAsync() => stores.Owner.DisposeAsync();
    }
}
