using System.Text;
using Orleans.Runtime;

namespace VectorCluster.Grains.Placement;

/// <param name="Fill">Share of the silo's budget that is taken, or about to be.</param>
internal readonly record struct PlacementCandidate(SiloAddress Silo, string Zone, double Fill, bool IsDraining);

/// <summary>Which silo gets a shard.</summary>
internal static class PlacementChoice
{
    /// <summary>Silos that are filled this much more than the least filled one, as a share of what that one has, count
    /// as equal to it.</summary>
    private const double Tolerance = 0.1;

    /// <summary>So little, as a share of a budget, that it makes no difference.</summary>
    private const double Negligible = 0.001;

    /// <param name="candidates">At least one. Draining ones are taken only if there are no others.</param>
    public static SiloAddress Choose(ShardId shard, IReadOnlyList<PlacementCandidate> candidates)
    {
        var serving = candidates.Where(candidate => !candidate.IsDraining).ToList();
        if (serving.Count == 0) serving.AddRange(candidates);
        var least = serving.Min(candidate => candidate.Fill);
        var most = (least * (1 + Tolerance)) + Negligible;
        var zones = serving.Where(candidate => candidate.Fill <= most)
            .GroupBy(candidate => candidate.Zone, StringComparer.Ordinal)
            .OrderBy(zone => zone.Key, StringComparer.Ordinal)
            .Select(zone => zone.OrderBy(candidate => candidate.Silo).ToList())
            .ToList();

        // Consecutive shards of a namespace go to consecutive zones, and in a zone to consecutive silos.
        var number = HashOf(shard) + (uint)shard.Index;
        var chosen = zones[(int)(number % (uint)zones.Count)];
        return chosen[(int)(number / (uint)zones.Count % (uint)chosen.Count)].Silo;
    }

    /// <summary>FNV-1a of collection and namespace: the same on every silo.</summary>
    private static ulong HashOf(ShardId shard)
    {
        var hash = 14_695_981_039_346_656_037;
        foreach (var value in Encoding.UTF8.GetBytes($"{shard.Collection}\0{shard.Namespace}"))
            hash = (hash ^ value) * 1_099_511_628_211;
        return hash >> 16; // room for the index, and the better mixed bits
    }
}
