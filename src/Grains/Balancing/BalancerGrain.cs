using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Runtime;
using VectorCluster.Engine.Shards;
using VectorCluster.Grains.Loads;
using VectorCluster.Grains.Shards;
using VectorCluster.Grains.Telemetry;

namespace VectorCluster.Grains.Balancing;

/// <summary>Looks at what silos report, and asks them for their shards only when that says that something is to be
/// done.</summary>
/// <remarks>A plan is made when the one before is carried out, or when a silo came, went, or began to drain: a drain
/// does not wait for moves that run. What it knows of moves is lost with it; the next activation plans anew from what
/// silos hold then.</remarks>
[Reentrant]
[Immovable]
public sealed partial class BalancerGrain : Grain, IBalancerGrain
{
    /// <summary>Where silos keep what the balancer has to remember when they restart.</summary>
    public const string Storage = "vectorcluster";

    /// <summary>Shards of each silo that a plan takes in, its largest; the others stay for another plan.</summary>
    private const int PlannedShards = 2_000;

    /// <summary>Reports that pass before what could not be improved, or a shard that could not be moved, is looked at
    /// again.</summary>
    private const int Rest = 10;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly IPersistentState<BalancingState> _state;
    private readonly SiloLoads _loads;
    private readonly SiloServices _services;
    private readonly VectorClusterOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<BalancerGrain> _logger;
    private readonly MoveQueue _moves;
    private bool _isLooking;
    private long? _lookedAt;
    private long? _fruitlessAt;
    private string _members = "";

    public BalancerGrain(
        [PersistentState("balancing", Storage)] IPersistentState<BalancingState> state,
        SiloLoads loads,
        SiloServices services,
        ShardMover mover,
        VectorClusterOptions options,
        TimeProvider time,
        ILogger<BalancerGrain> logger)
    {
        (_state, _loads, _services, _options, _time, _logger) = (state, loads, services, options, time, logger);
        _moves = new(move => RunAsync(mover, move), options, time);
    }

    public async Task WakeAsync()
    {
        // Every silo calls; one look for all of them is enough.
        if (_isLooking || (_lookedAt is { } at && _time.GetElapsedTime(at) < _options.ReportEvery / 2)) return;
        _isLooking = true;
        try
        {
            await LookAsync();
        }
        finally
        {
            (_isLooking, _lookedAt) = (false, _time.GetTimestamp());
        }
    }

    public Task<ClusterInfo> GetClusterAsync()
    {
        var loads = _loads.All;
        return Task.FromResult(new ClusterInfo(
            [.. loads.Select(Describe)],
            ImbalanceOf(loads),
            _state.State.IsSuspended,
            _moves.WaitingCount,
            _moves.RunningCount));
    }

    public async Task<PlacedShard[]> ListShardsAsync(string? collection, int limit)
    {
        var found = new List<PlacedShard>();
        foreach (var holdings in await ListAsync(collection, limit))
            found.AddRange(holdings.Shards.Select(shard =>
                new PlacedShard(shard.Shard, holdings.Load.Name, shard.Bytes, shard.PointCount)));
        return [.. found.Take(limit)];
    }

    public Task<ShardMove[]> ListMovesAsync() => Task.FromResult<ShardMove[]>([.. _moves.Describe()]);

    public async Task<ShardMove> MoveShardAsync(string shard, string silo, CancellationToken cancellationToken)
    {
        var id = ShardKey.Read(shard);
        while (_moves.Find(id) is { } present) await present.Ended.WaitAsync(cancellationToken);
        var target = Find(silo);
        var source = await LocateAsync(id);
        var move = new RunningMove(id, source.Silo, target.Silo, source.Bytes, MoveReason.Operator, _time);
        if (move.From.Equals(move.To))
        {
            move.End(failure: null);
            return await move.Ended;
        }

        _moves.Add(move);
        _moves.Pump();
        var ended = await move.Ended.WaitAsync(cancellationToken);
        return ended.Failure is { } failure
            ? throw new OverloadedException($"Shard {id} was not moved to {silo}: {failure}", RetryAfter)
            : ended;
    }

    public async Task DrainAsync(string silo)
    {
        var draining = Find(silo);
        if (_loads.All.All(load => load.IsDraining || load.Silo.Equals(draining.Silo)))
            throw new InvalidRequestException(
                ErrorCodes.InvalidRequest, $"No other silo could take the shards of {silo}.");
        await _services.Of(draining.Silo).StartDrainingAsync();
    }

    public async Task SuspendBalancingAsync(bool isSuspended)
    {
        _state.State.IsSuspended = isSuspended;
        await _state.WriteStateAsync();
        if (isSuspended) _moves.DropPlanned(alsoDrains: false);
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Moved shard {Shard} ({Bytes} bytes) from {From} to {To}: {Reason}; it changed hands in {Switched}")]
    private static partial void LogMoved(
        ILogger logger,
        ShardId shard,
        long bytes,
        SiloAddress from,
        SiloAddress to,
        MoveReason reason,
        TimeSpan switched);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Shard {Shard} was not moved from {From} to {To}")]
    private static partial void LogNotMoved(
        ILogger logger, Exception exception, ShardId shard, SiloAddress from, SiloAddress to);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Silo {Silo} did not list its shards")]
    private static partial void LogNotListed(ILogger logger, Exception exception, SiloAddress silo);

    private static SiloInfo Describe(SiloLoad load) => new(
        load.Name,
        load.Zone,
        load.IsDraining ? SiloState.Draining : SiloState.Serving,
        load.ShardCount,
        load.ResidentBytes,
        load.BudgetBytes);

    private static double ImbalanceOf(IReadOnlyList<SiloLoad> loads) => Planner.Imbalance(loads
        .Where(load => !load.IsDraining)
        .Select(load => ((double)load.ResidentBytes, (double)load.BudgetBytes)));

    private static bool CallsAreUneven(IReadOnlyList<SiloLoad> loads)
    {
        var serving = loads.Where(load => !load.IsDraining).ToList();
        var total = serving.Sum(load => load.CallsPerSecond);
        return total >= Planner.FewCalls
            && serving.Max(load => load.CallsPerSecond) > total / serving.Count * (1 + Planner.CallsThreshold);
    }

    private async Task LookAsync()
    {
        var loads = _loads.All;
        var members = string.Join(' ', loads.Select(load => $"{load.Name}{(load.IsDraining ? "-" : "+")}"));
        if (!string.Equals(members, _members, StringComparison.Ordinal))
        {
            _moves.DropPlanned(alsoDrains: true);
            _fruitlessAt = null;
        }

        _members = members;
        if (loads.Count > 1)
        {
            if (_moves.WaitingCount == 0 && loads.Any(load => load is { IsDraining: true, ShardCount: > 0 }))
                await PlanAsync(onlyDrains: _moves.RunningCount > 0 || _state.State.IsSuspended);
            else if (_moves.IsEmpty && IsUneven(loads) && !IsResting())
                _fruitlessAt = await PlanAsync(onlyDrains: false) > 0 ? null : _time.GetTimestamp();
        }

        _moves.Pump();
    }

    private bool IsUneven(IReadOnlyList<SiloLoad> loads) =>
        !_state.State.IsSuspended && (ImbalanceOf(loads) > Planner.Threshold || CallsAreUneven(loads));

    private bool IsResting() => _fruitlessAt is { } at && _time.GetElapsedTime(at) < Rest * _options.ReportEvery;

    /// <returns>Moves that were added.</returns>
    private async Task<int> PlanAsync(bool onlyDrains)
    {
        var added = 0;
        var holdings = await ListAsync(collection: null, PlannedShards);
        var addresses = holdings.ToDictionary(
            silo => silo.Load.Name, silo => silo.Load.Silo, StringComparer.Ordinal);
        var plan = Planner.Plan([.. holdings.Select(Summarize)], [.. holdings.SelectMany(ShardsOf)]);
        foreach (var (shard, to, reason) in plan)
        {
            if (onlyDrains && reason != MoveReason.Drain) continue;
            if (_moves.Find(shard.Shard) is not null) continue;
            if (_moves.HasFailed(shard.Shard, within: Rest * _options.ReportEvery)) continue;
            _moves.Add(new(shard.Shard, addresses[shard.Silo], addresses[to], shard.Bytes, reason, _time));
            added++;
        }

        return added;
    }

    private static BalancedSilo Summarize(SiloHoldings silo) => new(
        silo.Load.Name,
        silo.Load.Zone,
        silo.Load.BudgetBytes,
        silo.Load.IsDraining,
        Math.Max(0, silo.Load.ResidentBytes - silo.Shards.Sum(shard => shard.Bytes)));

    private static IEnumerable<BalancedShard> ShardsOf(SiloHoldings silo) => silo.Shards.Select(shard =>
        new BalancedShard(shard.Shard, silo.Load.Name, shard.Bytes, shard.CallsPerSecond));

    /// <summary>What silos hold, in the order of their names; one that does not answer is left out.</summary>
    private async Task<IReadOnlyList<SiloHoldings>> ListAsync(string? collection, int limit)
    {
        var answers = await Task.WhenAll(_loads.All.Select(load => TryListAsync(load.Silo, collection, limit)));
        return [.. answers.OfType<SiloHoldings>()];
    }

    private async Task<SiloHoldings?> TryListAsync(SiloAddress silo, string? collection, int limit)
    {
        try
        {
            return await _services.Of(silo).ListAsync(collection, limit);
        }
        catch (Exception exception)
        {
            LogNotListed(_logger, exception, silo);
            return null;
        }
    }

    private SiloLoad Find(string silo) =>
        _loads.All.FirstOrDefault(load => string.Equals(load.Name, silo, StringComparison.Ordinal))
        ?? throw NotFoundException.Silo(silo, _loads.All.Select(load => load.Name));

    /// <summary>Where a shard is; one that is not in memory is opened.</summary>
    private async Task<(SiloAddress Silo, long Bytes)> LocateAsync(ShardId shard)
    {
        try
        {
            await GrainFactory.GetGrain<IShardGrain>(ShardKey.Write(shard)).DescribeAsync(CancellationToken.None);
        }
        catch (ShardMismatchException)
        {
            throw new NotFoundException(ErrorCodes.CollectionNotFound, $"There is no shard {shard}.");
        }

        foreach (var silo in await ListAsync(shard.Collection, int.MaxValue))
            if (silo.Shards.FirstOrDefault(found => found.Shard == shard) is { } found)
                return (silo.Load.Silo, found.Bytes);
        throw new OverloadedException($"Shard {shard} is being opened or closed.", RetryAfter);
    }

    private async Task RunAsync(ShardMover mover, RunningMove move)
    {
        try
        {
            await mover.MoveAsync(move);
            MoveMeter.NoteEnded(move, isDone: true);
            LogMoved(_logger, move.Shard, move.Bytes, move.From, move.To, move.Reason, move.Switched);
        }
        catch (Exception exception)
        {
            MoveMeter.NoteEnded(move, isDone: false);
            LogNotMoved(_logger, exception, move.Shard, move.From, move.To);
            throw;
        }
    }
}

/// <summary>What the balancer has to remember.</summary>
public sealed class BalancingState
{
    public bool IsSuspended { get; set; }
}
