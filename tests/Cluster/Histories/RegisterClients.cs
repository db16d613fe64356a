using System.Collections.Concurrent;
using System.Globalization;
using VectorCluster.Tests.History;

namespace VectorCluster.Cluster.Tests.Histories;

/// <summary>Clients that write, delete and read points as registers, at random, through all doors of a cluster, and
/// record what they did.</summary>
/// <param name="keys">Few, so that operations meet.</param>
internal sealed class RegisterClients(HistoryWriter history, IReadOnlyList<ulong> keys, int seed) : IAsyncDisposable
{
    public const string Collection = "c";

    /// <summary>So that a few clients don't keep a small machine busy.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _running = [];
    private readonly ConcurrentQueue<FailedRead> _failedReads = [];
    private readonly ConcurrentQueue<string> _unanswered = [];
    private readonly ConcurrentDictionary<ulong, bool> _onceWritten = [];
    private readonly int[] _outcomes = new int[3];
    private int _reads;
    private int _values;

    /// <summary>Reads that got no answer, and when they were begun.</summary>
    public IReadOnlyCollection<FailedRead> FailedReads => _failedReads;

    /// <summary>Ways by which a write had no answer at all by its deadline.</summary>
    public IReadOnlyCollection<string> Unanswered => _unanswered;

    public int Acknowledged => Volatile.Read(ref _outcomes[(int)OperationOutcome.Ok]);

    public int Reads => Volatile.Read(ref _reads);

    public string Tally => string.Create(
        CultureInfo.InvariantCulture,
        $"{Acknowledged} writes, {_outcomes[1]} unknown, {_outcomes[2]} rejected, "
        + $"{Reads} reads, {FailedReads.Count} failed");

    /// <summary>All keys: those of the registers, and of points that were written once.</summary>
    public IReadOnlyList<ulong> AllKeys => [.. keys, .. _onceWritten.Keys];

    /// <param name="name">Of the way that the client goes, for <see cref="FailedReads"/>.</param>
    /// <param name="way">Asked before each operation: silos come and go.</param>
    /// <param name="deadline">After which the client gives an operation up.</param>
    public void Start(string name, Func<IVectorDatabase> way, TimeSpan deadline)
    {
        var random = new Random((seed * 1_000) + _running.Count);
        _running.Add(Task.Run(async () =>
        {
            while (!_stopping.IsCancellationRequested)
                await Task.Delay(await TryStepAsync(name, way(), deadline, random) ? Pause : PauseAfterFailure,
                    TimeProvider.System);
        }));
    }

    /// <summary>Reads every register at once.</summary>
    public Task ReadAllAsync(string name, IVectorDatabase way, TimeSpan deadline) =>
        Task.WhenAll(keys.Select(key => TryReadAsync(key, name, way, deadline)));

    /// <summary>Tries until a register was written and read.</summary>
    public async Task ServesAsync(ulong key, IVectorDatabase way, TimeSpan deadline, CancellationToken patience)
    {
        while (!await TryWriteAsync(key, "", way, deadline) || !await TryReadAsync(key, "", way, deadline))
            await Task.Delay(Pause, TimeProvider.System, patience);
    }

    public async Task<bool> TryReadAsync(ulong key, string name, IVectorDatabase way, TimeSpan deadline)
    {
        var invoked = history.Now;
        using var expiry = new CancellationTokenSource(deadline, TimeProvider.System);
        try
        {
            var found = await way.GetPointsAsync(
                new() { Collection = Collection, Ids = [PointId.FromNumber(key)] }, expiry.Token);
            var value = found.Count == 0 ? null : found[0].Payload!.As<Content>()!.Value;
            history.AddRead(TextOf(key), value, invoked, history.Now);
            Interlocked.Increment(ref _reads);
            return true;
        }
        catch (Exception failure) when (failure is VectorDatabaseException or OperationCanceledException)
        {
            _failedReads.Enqueue(new(key, name, invoked, failure.Message));
            return false;
        }
    }

    /// <summary>Ends the clients; an operation that is under way ends first.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_running);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    private static string TextOf(ulong key) => key.ToString(CultureInfo.InvariantCulture);

    private Task<bool> TryStepAsync(string name, IVectorDatabase way, TimeSpan deadline, Random random)
    {
        var key = keys[random.Next(keys.Count)];
        switch (random.Next(10))
        {
            case < 5:
                return TryReadAsync(key, name, way, deadline);
            case < 8:
                return TryWriteAsync(key, name, way, deadline);
            case 8:
                return TryChangeAsync(history.BeginDelete(TextOf(key)), name, token => way.DeleteAsync(
                    new() { Collection = Collection, Selector = PointSelector.ByIds(PointId.FromNumber(key)) }, token),
                    deadline);
            default:
                var once = (ulong)random.NextInt64(1_000_000, long.MaxValue);
                _onceWritten[once] = true;
                return TryWriteAsync(once, name, way, deadline);
        }
    }

    private Task<bool> TryWriteAsync(ulong key, string name, IVectorDatabase way, TimeSpan deadline)
    {
        var value = TextOf((ulong)Interlocked.Increment(ref _values));
        var point = new Point(PointId.FromNumber(key), new float[] { 1, 0 }, Payload.From(new Content(value)));
        return TryChangeAsync(
            history.BeginWrite(TextOf(key), value),
            name,
            token => way.UpsertAsync(new() { Collection = Collection, Points = [point] }, token),
            deadline);
    }

    private async Task<bool> TryChangeAsync(
        long number, string name, Func<CancellationToken, Task<WriteResult>> change, TimeSpan deadline)
    {
        using var expiry = new CancellationTokenSource(deadline, TimeProvider.System);
        var outcome = OperationOutcome.Unknown;
        try
        {
            await change(expiry.Token);
            outcome = OperationOutcome.Ok;
        }
        catch (WriteIncompleteException incomplete)
            when (incomplete.Outcomes.Count > 0 && incomplete.Outcomes.All(part => part.Status == WriteStatus.Rejected))
        {
            outcome = OperationOutcome.Rejected; // "nothing of it happened", says the contract
        }
        catch (Exception failure) when (failure is VectorDatabaseException or OperationCanceledException)
        {
            if (failure is OperationCanceledException) _unanswered.Enqueue(name); // nobody knows, as with the others
        }

        history.End(number, outcome);
        Interlocked.Increment(ref _outcomes[(int)outcome]);
        return outcome == OperationOutcome.Ok;
    }

    internal sealed record Content(string Value);
}

/// <param name="Way">By which door.</param>
/// <param name="Invoked">Timestamp.</param>
internal sealed record FailedRead(ulong Key, string Way, long Invoked, string Why);
