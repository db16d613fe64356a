using System.Globalization;

namespace VectorCluster.Ann.Bench;

/// <summary>What to measure; see the usage at the head of bench/ann.sh.</summary>
internal sealed record AnnArguments
{
    public string Data { get; init; } = "glove";

    public int Count { get; init; } = 340_000;

    public bool IsJson { get; init; }

    /// <summary>What an earlier run built and kept is searched again; nothing is built, no result is stored.</summary>
    public bool IsReusing { get; init; }

    /// <summary>What of ours is measured, by name; empty: all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    public int Rounds { get; init; } = 5;

    /// <summary>Searching; null: one, and where something is built also two.</summary>
    public int? Threads { get; init; }

    /// <summary>Word vectors, given by the script.</summary>
    public string Source { get; init; } = "";

    /// <summary>The built C++ program; of zvec the folder with its package.</summary>
    public string Peer { get; init; } = "";

    public string Cache { get; init; } = "";

    /// <summary>Where results and plots are stored: the checkout.</summary>
    public string Root { get; init; } = "";

    public static AnnArguments Parse(string[] args)
    {
        var parsed = new AnnArguments();
        for (var i = 0; i < args.Length; i++)
        {
            parsed = args[i] switch
            {
                "--json" => parsed with { IsJson = true },
                "--reuse" => parsed with { IsReusing = true },
                "--data" => parsed with { Data = args[++i] },
                "--n" => parsed with { Count = int.Parse(args[++i], CultureInfo.InvariantCulture) },
                "--only" => parsed with { Only = args[++i].Split(',') },
                "--rounds" => parsed with { Rounds = int.Parse(args[++i], CultureInfo.InvariantCulture) },
                "--threads" => parsed with { Threads = int.Parse(args[++i], CultureInfo.InvariantCulture) },
                "--source" => parsed with { Source = args[++i] },
                "--peer" => parsed with { Peer = args[++i] },
                "--cache" => parsed with { Cache = args[++i] },
                "--root" => parsed with { Root = args[++i] },
                var other => throw new ArgumentException($"Unknown argument {other}."),
            };
        }

        return parsed;
    }
}
