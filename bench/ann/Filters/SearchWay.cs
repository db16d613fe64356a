namespace VectorCluster.Ann.Bench.Filters;

/// <summary>A way of searching for the nearest points with a label.</summary>
/// <param name="Widths">How many candidates it can keep, ascending: the more, the better its recall.</param>
/// <param name="RunAsync">Asks all queries with a width, again and again until the time is over.</param>
internal sealed record SearchWay(
    string Name, IReadOnlyList<int> Widths, Func<int, TimeSpan, Task<SearchPass>> RunAsync)
{
    private static readonly TimeSpan Once = TimeSpan.Zero;
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(250);

    /// <summary>The smallest width that reaches a recall.</summary>
    /// <returns>Null: none does.</returns>
    public async Task<int?> NarrowestAsync(double recall)
    {
        foreach (var width in Widths)
            if ((await RunAsync(width, Once)).Recall >= recall) return width;
        return null;
    }

    /// <summary>Measures several ways, each with its width, by turns: what disturbs one disturbs the others
    /// too.</summary>
    /// <returns>Of each the round of median speed; null for one without a width.</returns>
    public static async Task<IReadOnlyList<SearchPass?>> CompareAsync(
        IReadOnlyList<(SearchWay Way, int? Width)> ways, int rounds)
    {
        var passes = ways.Select(_ => new List<SearchPass>()).ToList();
        for (var round = 0; round <= rounds; round++)
            for (var i = 0; i < ways.Count; i++)
            {
                if (ways[i].Width is not { } width) continue;
                var pass = await ways[i].Way.RunAsync(width, Round);
                if (round > 0) passes[i].Add(pass); // the first one is for the runtime to compile
            }

        return passes.ConvertAll<SearchPass?>(
            of => of.Count == 0 ? null : of.OrderBy(pass => pass.Rate).ElementAt(of.Count / 2));
    }
}

/// <param name="Recall">Share of the true ten nearest that was found.</param>
/// <param name="Rate">Searches a second.</param>
/// <param name="Short">Answers with fewer hits than match.</param>
internal readonly record struct SearchPass(double Recall, double Rate, int Short);
