using System.Diagnostics;
using System.Diagnostics.Metrics;
using VectorCluster.Engine.Shards;

namespace VectorCluster.Engine.Telemetry;

/// <summary>What shards tell of their work: activities for traces, and instruments. Costs nothing where nobody
/// listens.</summary>
public static class EngineTelemetry
{
    /// <summary>Of the activities and of the meter.</summary>
    public const string Name = "VectorCluster.Engine";

    private static readonly ActivitySource Activities = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> SearchSeconds = Seconds(
        "vector_shard_search_duration_seconds", "Time of a search in one shard, waiting for a thread included.");

    private static readonly PlanTally Visited = new(
        Meter, "vector_shard_visited_total", "Distances computed by searches.");

    private static readonly Histogram<double> OpenSeconds = Seconds(
        "vector_shard_open_duration_seconds", "Time to take and load a shard.");

    private static readonly Tally Commits = Count(
        "vector_wal_commits_total", "Commits to the write-ahead logs; writes that come together share one.");

    private static readonly Tally Records = Count(
        "vector_wal_records_total", "Records appended to the write-ahead logs.");

    private static readonly Tally WalBytes = Count(
        "vector_wal_bytes_total", "Bytes appended to the write-ahead logs.", "By");

    private static readonly Tally WalFailures = Count(
        "vector_wal_failures_total", "Commits that the store did not confirm.");

    private static readonly Histogram<double> CommitSeconds = Seconds(
        "vector_wal_commit_duration_seconds", "Time until a commit was durable.");

    private static readonly Tally Checkpoints = Count("vector_checkpoints_total", "Checkpoints saved.");

    private static readonly Tally CheckpointBytes = Count(
        "vector_checkpoint_bytes_total", "Bytes of the pages that checkpoints saved.", "By");

    private static readonly Tally CheckpointFailures = Count(
        "vector_checkpoint_failures_total", "Checkpoints that failed; the shards serve all the same.");

    private static readonly Histogram<double> CheckpointSeconds = Seconds(
        "vector_checkpoint_duration_seconds", "Time to save a checkpoint.");

    static EngineTelemetry() => OpenShards.Observe(Meter);

    /// <summary>Makes the instruments known, before there are shards.</summary>
    public static void Publish()
    {
        // The class's initialization does it.
    }

    /// <returns>Null: nobody listens, or this is not sampled.</returns>
    internal static Activity? Start(string name, ShardId shard, ActivityKind kind = ActivityKind.Internal) =>
        Describe(Activities.StartSampled(name, kind), shard);

    /// <returns>Null: whoever asks is not recorded.</returns>
    internal static Activity? StartPart(string name, ShardId shard) => Describe(Activities.StartPart(name), shard);

    /// <param name="waiting">The activities that wait for it. It is a part of the first one that is recorded, and
    /// linked to the others.</param>
    /// <returns>Null: none is.</returns>
    internal static Activity? StartFor(IEnumerable<ActivityContext> waiting, string name, ShardId shard)
    {
        if (!Activities.HasListeners()) return null;
        var recorded = waiting.Where(one => one.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)).ToList();
        if (recorded.Count == 0) return null;
        var links = recorded.Skip(1).Select(other => new ActivityLink(other));
        return Describe(Activities.StartActivity(name, ActivityKind.Client, recorded[0], links: links), shard);
    }

    internal static void Fail(this Activity? activity, Exception exception) =>
        activity?.SetStatus(ActivityStatusCode.Error, exception.Message);

    internal static void NoteSearch(Activity? activity, IReadOnlyList<ShardHits> answers, TimeSpan took)
    {
        foreach (var answer in answers)
        {
            SearchSeconds.Record(took.TotalSeconds, PlanNames.LabelOf(answer.Plan));
            Visited.Add(answer.Plan, answer.Visited);
        }

        if (activity is null) return;
        activity.SetTag(
            "vectorcluster.plan", string.Join(',', answers.Select(answer => PlanNames.Of(answer.Plan)).Distinct()));
        activity.SetTag("vectorcluster.visited", answers.Sum(answer => (long)answer.Visited));
        activity.SetTag("vectorcluster.hits", answers.Sum(answer => (long)answer.Hits.Count));
    }

    internal static void NoteCommit(int records, long bytes, TimeSpan took)
    {
        Commits.Add();
        Records.Add(records);
        WalBytes.Add(bytes);
        CommitSeconds.Record(took.TotalSeconds);
    }

    internal static void NoteCommitFailed() => WalFailures.Add();

    internal static void NoteCheckpoint(long bytes, TimeSpan took)
    {
        Checkpoints.Add();
        CheckpointBytes.Add(bytes);
        CheckpointSeconds.Record(took.TotalSeconds);
    }

    internal static void NoteCheckpointFailed() => CheckpointFailures.Add();

    internal static void NoteOpened(TimeSpan took) => OpenSeconds.Record(took.TotalSeconds);

    private static Histogram<double> Seconds(string name, string description) =>
        Meter.CreateHistogram<double>(name, "s", description);

    private static Tally Count(string name, string description, string? unit = null) =>
        new(Meter, name, unit, description);

    private static Activity? Describe(Activity? activity, ShardId shard)
    {
        if (activity is not { IsAllDataRequested: true }) return activity;
        activity.SetTag("db.system.name", "vectorcluster");
        activity.SetTag("db.collection.name", shard.Collection);
        activity.SetTag("db.namespace", shard.Namespace);
        activity.SetTag("vectorcluster.shard", shard.Index);
        return activity;
    }
}
