using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using VectorCluster.Grains.Shards;

namespace VectorCluster.Grains.Loads;

/// <summary>What this silo knows of what every silo holds, and how the others come to know of this one.</summary>
/// <remarks>Each silo tells all others about once a second. One that does not answer gets no second report before its
/// first is over, and holds nobody up. What is known may be a second old, so whoever places shards notes where
/// (<see cref="NotePlaced"/>).</remarks>
public sealed partial class SiloLoads(
    SiloServices services,
    ISiloStatusOracle silos,
    ILocalSiloDetails self,
    SiloShards shards,
    VectorClusterOptions options,
    TimeProvider time,
    ILogger<SiloLoads> logger)
{
    /// <summary>How long the news of a drain waits for silos that do not answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<SiloAddress, SiloLoad> _known = new();
    private readonly ConcurrentDictionary<SiloAddress, long> _placedBytes = new();
    private readonly ConcurrentDictionary<SiloAddress, bool> _beingTold = new();
    private int _isDraining;
    private long _number;

    public SiloAddress Self => self.SiloAddress;

    /// <summary>This silo gives its shards away and takes no more.</summary>
    public bool IsDraining => Volatile.Read(ref _isDraining) != 0;

    /// <summary>Of the silos that are members now, in the order of their names; one that has only just joined may be
    /// missing.</summary>
    public IReadOnlyList<SiloLoad> All
    {
        get
        {
            var active = silos.GetApproximateSiloStatuses(onlyActive: true);
            return [.. _known.Values.Where(load => active.ContainsKey(load.Silo)).OrderBy(Order)];
        }
    }

    /// <summary>Others that could take this silo's shards.</summary>
    public bool HasTakers => All.Any(load => !load.IsDraining && !load.Silo.Equals(Self));

    public SiloLoad? Find(SiloAddress silo) => _known.GetValueOrDefault(silo);

    /// <summary>Bytes that this silo has sent there since it last heard of it.</summary>
    public long PlacedBytes(SiloAddress silo) => _placedBytes.GetValueOrDefault(silo);

    public void NotePlaced(SiloAddress silo, long bytes) =>
        _placedBytes.AddOrUpdate(silo, bytes, (_, present) => present + bytes);

    /// <summary>Takes a report in.</summary>
    public void Note(SiloLoad load)
    {
        _known.AddOrUpdate(load.Silo, load, (_, present) => present.Number > load.Number ? present : load);
        _placedBytes[load.Silo] = 0;
    }

    public SiloLoad OfSelf() => new(
        Self,
        Interlocked.Increment(ref _number),
        options.Zone,
        shards.ResidentBytes,
        shards.BudgetBytes,
        shards.Count,
        shards.Open.Sum(open => open.CallsPerSecond),
        IsDraining);

    /// <summary>Marks this silo as draining and tells all others before it returns.</summary>
    public async Task StartDrainingAsync()
    {
        Interlocked.Exchange(ref _isDraining, 1);
        var load = OfSelf();
        Note(load);
        await Task.WhenAll(Others().Select(silo => TryTellAsync(silo, load)));
    }

    /// <summary>Measures this silo and begins to tell the others.</summary>
    public void Report()
    {
        shards.Measure();
        var load = OfSelf();
        Note(load);
        ForgetLeavers();
        foreach (var silo in Others())
            if (_beingTold.TryAdd(silo, true)) _ = TellOnceAsync(silo, load);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Silo {Silo} could not be told what this one holds")]
    private static partial void LogNotTold(ILogger logger, Exception exception, SiloAddress silo);

    private static string Order(SiloLoad load) => load.Name;

    private IEnumerable<SiloAddress> Others() =>
        silos.GetApproximateSiloStatuses(onlyActive: true).Keys.Where(silo => !silo.Equals(Self));

    private async Task TellOnceAsync(SiloAddress silo, SiloLoad load)
    {
        try
        {
            await services.Of(silo).ReportAsync(load);
        }
        catch (Exception exception)
        {
            LogNotTold(logger, exception, silo);
        }
        finally
        {
            _beingTold.TryRemove(silo, out _);
        }
    }

    private async Task TryTellAsync(SiloAddress silo, SiloLoad load)
    {
        try
        {
            await services.Of(silo).ReportAsync(load).WaitAsync(Patience, time);
        }
        catch (Exception exception)
        {
            LogNotTold(logger, exception, silo);
        }
    }

    private void ForgetLeavers()
    {
        var members = silos.GetApproximateSiloStatuses();
        foreach (var silo in _known.Keys)
        {
            if (members.TryGetValue(silo, out var status) && status != SiloStatus.Dead) continue;
            _known.TryRemove(silo, out _);
            _placedBytes.TryRemove(silo, out _);
        }
    }
}
