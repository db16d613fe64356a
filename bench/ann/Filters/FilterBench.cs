namespace VectorCluster.Ann.Bench.Filters;

/// <summary>Searches of an embedded database with a label that a share of the points has: what the planner chooses,
/// beside a scan of the matches and beside keeping the matches of a search without filter; or beside zvec.</summary>
/// <remarks>Each way of searching is given the smallest width at which it finds 95 % of the true nearest, against zvec
/// as much as zvec finds then. The ways take turns; the median of the rounds counts.</remarks>
internal sealed class FilterBench(AnnArguments arguments, AnnVectors all)
{
    private const double WantedRecall = 0.95;

    private readonly LabelledPoints _points = new(all, arguments.Count);

    private readonly string _folder =
        Directory.CreateDirectory(Path.Combine(arguments.Cache, $"filters-{arguments.Count}")).FullName;

    public async Task RunAsync()
    {
        await using var database = await OpenAsync();
        Tell($"| label | plan | recall@10 | searches a second | exact scan | search, then filter | of the better |");
        foreach (var isFar in new[] { false, true })
            foreach (var share in LabelledPoints.Shares) await MeasureAsync(database, share, isFar);
    }

    public async Task RunBesideZvecAsync()
    {
        _points.Write(_folder);
        await using var database = await OpenAsync();
        Tell($"| label | zvec | recall@10 | searches a second | ours | recall@10 | searches a second | ratio |");
        foreach (var kind in ZvecPeer.Kinds)
        {
            await using var peer = new ZvecPeer(arguments, _folder, all.Folder, kind);
            foreach (var share in LabelledPoints.Shares) await MeasureAsync(database, peer, share);
        }
    }

    private static void Tell(params FormattableString[] parts) =>
        Console.WriteLine(string.Concat(parts.Select(FormattableString.Invariant)));

    private Task<LabelledDatabase> OpenAsync() => LabelledDatabase.OpenAsync(
        _points, all.Dimension, Path.Combine(_folder, "database"), arguments.IsReusing);

    private async Task MeasureAsync(LabelledDatabase database, double share, bool isFar)
    {
        var truth = _points.Truth(share, isFar);
        var ways = new List<(SearchWay Way, int? Width)>();
        foreach (var way in new[]
        {
            database.Planned(share, isFar, truth),
            database.Exact(share, isFar, truth),
            database.FilteredAfterwards(share, isFar, truth),
        })
            ways.Add((way, await way.NarrowestAsync(WantedRecall)));
        var passes = await SearchWay.CompareAsync(ways, arguments.Rounds);
        var plan = await database.PlanAsync(share, isFar, ways[0].Width);
        var (ours, scan, after) = (passes[0], passes[1], passes[2]);
        var better = Math.Max(scan?.Rate ?? 0, after?.Rate ?? 0);
        var label = FormattableString.Invariant($"{share * 100} %{(isFar ? ", far" : "")}");
        var afterwards = after is null ? "–" : FormattableString.Invariant($"{after?.Rate:0} (ef {ways[2].Width})");
        Tell(
            $"| {label} | {plan}, ef {ways[0].Width} | {ours?.Recall:0.000} | {ours?.Rate:0} ",
            $"| {scan?.Rate:0} | {afterwards} | {ours?.Rate / better:0.00} |");
        if (ours?.Short > 0) Tell($"{ours.Value.Short} answers were short");
    }

    private async Task MeasureAsync(LabelledDatabase database, ZvecPeer peer, double share)
    {
        var theirs = peer.WayOf(share);
        var theirWidth = await theirs.NarrowestAsync(WantedRecall);
        if (theirWidth is not { } width)
        {
            Tell($"| {share * 100} % | {peer.Kind} | below {WantedRecall} | | | | | |");
            return;
        }

        var recall = (await theirs.RunAsync(width, TimeSpan.Zero)).Recall;
        var ours = database.Planned(share, isFar: false, _points.Truth(share, isFar: false));
        var ourWidth = await ours.NarrowestAsync(recall);
        var passes = await SearchWay.CompareAsync([(theirs, width), (ours, ourWidth)], arguments.Rounds);
        var plan = await database.PlanAsync(share, isFar: false, ourWidth);
        Tell(
            $"| {share * 100} % | {peer.Kind}, ef {width} | {passes[0]?.Recall:0.000} | {passes[0]?.Rate:0} ",
            $"| {plan}, ef {ourWidth} | {passes[1]?.Recall:0.000} | {passes[1]?.Rate:0} ",
            $"| {passes[1]?.Rate / passes[0]?.Rate:0.00} |");
    }
}
