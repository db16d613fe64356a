using System.Runtime.InteropServices;

namespace VectorCluster.Ann.Bench.Filters;

/// <summary>What a peer needs to search with the same labels: each point's rank (a share of the points has the ranks
/// below that share) and each query's true nearest among them.</summary>
/// <remarks>int32 as they lie in memory: filters-COUNT/ranks.i32[COUNT], truth-SHARE.i32[queries][10], SHARE being in
/// ten-thousandths, −1 where fewer match.</remarks>
internal sealed class FilterFiles(string cache, int count)
{
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(cache, $"filters-{count}")).FullName;

    public void Write(double share, int[] ranks, int[][] truth)
    {
        Write("ranks.i32", ranks);
        var padded = truth.SelectMany(nearest => nearest.Concat(Enumerable.Repeat(-1, AnnVectors.Neighbours))
            .Take(AnnVectors.Neighbours));
        Write(FormattableString.Invariant($"truth-{share * 10_000:0}.i32"), [.. padded]);
    }

    private void Write(string name, int[] numbers) =>
        File.WriteAllBytes(Path.Combine(_folder, name), MemoryMarshal.AsBytes<int>(numbers).ToArray());
}
