using VectorCluster.Engine.Filters;
using VectorCluster.Engine.Hnsw;
using VectorCluster.Engine.Quantization;

namespace VectorCluster.Engine.Shards;

/// <summary>One search in a shard, as of one LSN: what is searched for, and what was found out on the way.</summary>
/// <param name="filter">Null: every point may be a hit.</param>
/// <param name="indexedUpTo">Places below are searched through the graph or by codes, the others one by one.</param>
internal sealed unsafe class SearchRun(
    ShardSearch search, VectorIndex index, PlacePredicate? filter, int indexedUpTo, long asOf, TopK best)
{
    /// <summary>float32, aligned, padded, normalized for cosine; as long as the scratch memory is not used for
    /// another search.</summary>
    public float* Query { get; set; }

    public ShardSearch Search => search;

    public VectorIndex Index => index;

    public PlacePredicate? Filter => filter;

    public int IndexedUpTo => indexedUpTo;

    public long AsOf => asOf;

    public TopK Best { get; set; } = best;

    /// <summary>Null: not chosen yet.</summary>
    public SearchPlan? Plan { get; set; }

    /// <summary>The share of places that pass the filter, as far as it was looked for.</summary>
    public double Selectivity { get; set; } = 1;

    /// <summary>What the plan costs, in distances of a walk through the graph.</summary>
    public double Cost { get; set; }

    /// <summary>Candidates kept on the way through the graph.</summary>
    public int EfSearch { get; } = EfSearchOf(search, index);

    /// <summary>How codes are used; null: they are not.</summary>
    public CodeWalk? Codes { get; } = CodesOf(search, index);

    /// <summary>Candidates kept by a walk, which are more where codes are coarse.</summary>
    public int Walked => Codes?.Ef ?? EfSearch;

    /// <summary>The places that a scan by codes keeps; 0: there are no codes to scan.</summary>
    public int KeptByCodes => indexedUpTo > 0 && Codes is { } walk ? Math.Max(walk.Rescored, search.Count) : 0;

    private static int EfSearchOf(ShardSearch search, VectorIndex index) =>
        Math.Max(search.EfSearch ?? index.Settings.Hnsw.EfSearch, search.Count);

    private static CodeWalk? CodesOf(ShardSearch search, VectorIndex index) =>
        index.Codes is { } codes && !search.Exact && search.Quantization is not { Ignore: true }
            ? CodeWalk.Of(codes.Width, index.Settings, search.Quantization, search.Count, EfSearchOf(search, index))
            : null;
}
