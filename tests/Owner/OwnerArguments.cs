using System.Globalization;

namespace VectorCluster.Tests.Owner;

/// <summary>What a process is told at its start.</summary>
internal sealed record OwnerArguments
{
    public const string Usage =
        "(--data DIRECTORY | --postgres CONNECTION) --collection NAME --seed NUMBER --history FILE --name PROCESS";

    /// <summary>Data directory; it can be open in one process at a time. Null: PostgreSQL it is.</summary>
    public string? Data { get; private init; }

    public string? Postgres { get; private init; }

    /// <summary>The shard is the first one of its default namespace.</summary>
    public required string Collection { get; init; }

    public required int Seed { get; init; }

    /// <summary>Made by the process; must not exist.</summary>
    public required string History { get; init; }

    /// <summary>No other process of the history has it, nor an earlier run of this one.</summary>
    public required string Name { get; init; }

    /// <exception cref="ArgumentException">Something is missing.</exception>
    public static OwnerArguments Parse(string[] arguments)
    {
        var values = arguments.Chunk(2).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        string Required(string name) => values.GetValueOrDefault(name)
            ?? throw new ArgumentException($"{name} is missing. Usage: {Usage}", nameof(arguments));
        var (data, postgres) = (values.GetValueOrDefault("--data"), values.GetValueOrDefault("--postgres"));
        if (data is null == postgres is null)
            throw new ArgumentException($"One store. Usage: {Usage}", nameof(arguments));
        return new()
        {
            Data = data,
            Postgres = postgres,
            Collection = Required("--collection"),
            Seed = int.Parse(Required("--seed"), CultureInfo.InvariantCulture),
            History = Required("--history"),
            Name = Required("--name"),
        };
    }
}
