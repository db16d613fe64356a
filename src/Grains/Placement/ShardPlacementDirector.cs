using Orleans.Runtime;
using Orleans.Runtime.Placement;
using VectorCluster.Grains.Loads;
using VectorCluster.Grains.Shards;

namespace VectorCluster.Grains.Placement;

/// <summary>Places a shard where a move wants it; else on the silo that is filled least, and among about equals so
/// that a namespace's shards spread over zones and silos.</summary>
public sealed class ShardPlacementDirector(SiloLoads loads) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(
        PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        if (IPlacementDirector.GetPlacementHint(target.RequestContextData, silos) is { } wanted)
            return Task.FromResult(wanted);
        var known = loads.All;
        var shard = ShardKey.Read(target.GrainIdentity.Key.ToString()!);
        var chosen = PlacementChoice.Choose(shard, [.. silos.Select(silo => CandidateOf(silo, known))]);
        loads.NotePlaced(chosen, TypicalBytes(known));
        return Task.FromResult(chosen);
    }

    /// <summary>A silo that has not told anything yet has just joined, empty.</summary>
    private PlacementCandidate CandidateOf(SiloAddress silo, IReadOnlyList<SiloLoad> known)
    {
        if (known.FirstOrDefault(load => load.Silo.Equals(silo)) is not { } load)
            return new(silo, "", Fill: 0, IsDraining: false);
        var bytes = load.ResidentBytes + loads.PlacedBytes(silo);
        return new(silo, load.Zone, (double)bytes / load.BudgetBytes, load.IsDraining);
    }

    /// <summary>What a shard is taken to weigh until its silo tells.</summary>
    private static long TypicalBytes(IReadOnlyList<SiloLoad> known)
    {
        var shards = known.Sum(load => (long)load.ShardCount);
        return shards == 0 ? 0 : known.Sum(load => load.ResidentBytes) / shards;
    }
}
