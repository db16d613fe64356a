using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace VectorCluster.Ann.Bench.Filters;

/// <summary>Points with labels: each share of them has one by chance, and one that the points have which lie farthest
/// in one direction.</summary>
internal sealed class LabelledPoints
{
    public const int QueryCount = 200;

    public static readonly IReadOnlyList<double> Shares = [0.5, 0.1, 0.01, 0.001, 0.0001];

    private readonly AnnVectors _all;
    private readonly int[] _independent; // each point's rank by chance
    private readonly int[] _along; // and along one direction
    private readonly int[] _farQueries; // those that lie farthest the other way

    public LabelledPoints(AnnVectors all, int count)
    {
        (_all, Count) = (all, count);
        var random = new Random(7);
        _independent = [.. Enumerable.Range(0, count)];
        random.Shuffle(_independent);
        var direction = new float[all.Dimension];
        for (var i = 0; i < direction.Length; i++) direction[i] = random.NextSingle() - 0.5f;
        _along = new int[count];
        var order = Enumerable.Range(0, count).OrderBy(id => TensorPrimitives.Dot(direction, VectorOf(id).Span));
        foreach (var (rank, id) in order.Index()) _along[id] = rank;
        _farQueries = [.. Enumerable.Range(0, all.Queried)
            .OrderByDescending(query => TensorPrimitives.Dot(direction, all.Query(query).Span)).Take(QueryCount)];
    }

    public int Count { get; }

    /// <summary>Names of the payload's fields, one a label; those that have it have "1" there, the others
    /// "0".</summary>
    public static IEnumerable<string> Fields =>
        Shares.SelectMany(share => new[] { FieldOf(share, isFar: false), FieldOf(share, isFar: true) });

    public static string FieldOf(double share, bool isFar) =>
        FormattableString.Invariant($"{(isFar ? "far" : "any")}{share * 10_000:0}");

    public bool Has(int id, double share, bool isFar) => (isFar ? _along : _independent)[id] < share * Count;

    public ReadOnlyMemory<float> VectorOf(int id) => _all.Base.AsMemory(id * _all.Dimension, _all.Dimension);

    public Point PointOf(int id)
    {
        var labels = Shares.SelectMany(share => new[] { LabelOf(share, false), LabelOf(share, true) });
        return new(
            PointId.FromNumber((ulong)id),
            new([new(VectorSet.DefaultName, VectorOf(id))]),
            Payload.Parse($"{{{string.Join(',', labels)}}}"));

        string LabelOf(double share, bool isFar) =>
            $"\"{FieldOf(share, isFar)}\":\"{(Has(id, share, isFar) ? 1 : 0)}\"";
    }

    /// <summary>Queries to search a label with.</summary>
    public IReadOnlyList<ReadOnlyMemory<float>> Queries(bool isFar) =>
        [.. (isFar ? _farQueries : Enumerable.Range(0, QueryCount)).Select(_all.Query)];

    /// <summary>Of each query the nearest points with a label.</summary>
    public int[][] Truth(double share, bool isFar)
    {
        var matches = Enumerable.Range(0, Count).Where(id => Has(id, share, isFar)).ToArray();
        return [.. Queries(isFar).AsParallel().AsOrdered().Select(query => Nearest(query, matches))];
    }

    /// <summary>Writes what a peer needs: int32 as they lie in memory, in ranks.i32[count] each point's rank by chance
    /// (a share of the points has the ranks below that share), in truth-SHARE.i32[queries][10] the true nearest, SHARE
    /// being in ten-thousandths, −1 where fewer match.</summary>
    public void Write(string folder)
    {
        Write("ranks.i32", _independent);
        foreach (var share in Shares)
        {
            var padded = Truth(share, isFar: false)
                .SelectMany(nearest => nearest.Concat(Enumerable.Repeat(-1, AnnVectors.Neighbours - nearest.Length)));
            Write(FormattableString.Invariant($"truth-{share * 10_000:0}.i32"), [.. padded]);
        }

        void Write(string name, int[] numbers) =>
            File.WriteAllBytes(Path.Combine(folder, name), MemoryMarshal.AsBytes<int>(numbers).ToArray());
    }

    private int[] Nearest(ReadOnlyMemory<float> query, int[] matches)
    {
        var scores = new float[matches.Length];
        for (var i = 0; i < matches.Length; i++)
            scores[i] = -TensorPrimitives.Dot(query.Span, VectorOf(matches[i]).Span);
        var ids = (int[])matches.Clone();
        Array.Sort(scores, ids);
        return ids[..Math.Min(AnnVectors.Neighbours, ids.Length)];
    }
}
