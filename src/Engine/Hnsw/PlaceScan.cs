using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using VectorCluster.Engine.Memory;

namespace VectorCluster.Engine.Hnsw;

/// <summary>Finds the nearest of some places without a graph: looks at every one.</summary>
/// <remarks>
/// While the distances of some places are computed, what describes the next ones is on its way. The filter is asked
/// last, only about places that are nearer than the worst of those kept. For these to be few soon, the places are gone
/// through in several rounds, each from the first to the last: neighbours were often written one after the other, so in
/// their order they might come nearer and nearer.
/// </remarks>
internal static unsafe class PlaceScan
{
    /// <summary>Places asked for ahead.</summary>
    private const int StepPlaces = 32;

    /// <summary>Distances computed at a time.</summary>
    private const int GroupSize = 4;

    /// <summary>Records of two steps fit the first cache if each takes no more.</summary>
    private const int SmallRecordBytes = 256;

    private const int Rounds = 16;

    /// <summary>Steps between two looks at the cancellation token.</summary>
    private const int CancellationInterval = 128;

    /// <summary>Leaves the nearest places that the filter accepts in <see cref="SearchScratch.Beam"/>: so many, or all
    /// there are.</summary>
    /// <param name="bound">Places from here on are passed over.</param>
    /// <returns>Distances computed.</returns>
    public static int Run<TScorer, TPlaces, TFilter>(
        in TScorer scorer,
        TPlaces places,
        int bound,
        int kept,
        in TFilter filter,
        SearchScratch scratch,
        CancellationToken cancellationToken)
        where TScorer : struct, IPlaceScorer
        where TPlaces : struct, IPlaceSequence, allows ref struct
        where TFilter : struct, IPlaceFilter
    {
        scratch.Beam.Clear(kept, StepPlaces);
        scratch.EnsureUnvisited(2 * (StepPlaces + GroupSize));
        var step = new Step(scratch.Unvisited, scratch.Records);
        var next = new Step(step.Places + StepPlaces + GroupSize, step.Records + StepPlaces + GroupSize);
        var (round, index) = (0, 0);
        var count = Ask(scorer, places, ref round, ref index, bound, step);
        var computed = 0;
        for (var steps = 1; count > 0; steps++)
        {
            if (steps % CancellationInterval == 0) cancellationToken.ThrowIfCancellationRequested();
            var nextCount = Ask(scorer, places, ref round, ref index, bound, next);
            Offer(scorer, step, count, filter, scratch.Beam);
            computed += count;
            (step, next, count) = (next, step, nextCount);
        }

        return computed;
    }

    /// <summary>Has what describes the places of a step brought.</summary>
    /// <param name="index">Of the next place, in which the round is.</param>
    /// <returns>How many of them there are; 0: there are no more.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)] // so that the JIT's budget is enough to inline all that it calls
    private static int Ask<TScorer, TPlaces>(
        in TScorer scorer, TPlaces places, ref int round, ref int index, int bound, Step step)
        where TScorer : struct, IPlaceScorer
        where TPlaces : struct, IPlaceSequence, allows ref struct
    {
        var bytes = scorer.PrefetchedBytes;
        var count = 0;
        while (count < StepPlaces)
        {
            if (index >= places.Count)
            {
                if (++round >= Rounds) break;
                index = round;
                continue;
            }

            var place = places[index];
            index += Rounds;
            if (place >= bound) continue;
            var record = scorer.RecordOf(place);
            if (bytes <= SmallRecordBytes) CacheLines.PrefetchIntoL1(record, bytes);
            else CacheLines.PrefetchIntoL2(record, bytes);
            step.Places[count] = place;
            step.Records[count++] = record;
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // as above
    private static void Offer<TScorer, TFilter>(
        in TScorer scorer, Step step, int count, in TFilter filter, Beam beam)
        where TScorer : struct, IPlaceScorer
        where TFilter : struct, IPlaceFilter
    {
        for (var i = count; i % GroupSize != 0; i++) step.Records[i] = step.Records[count - 1];
        var worst = beam.Worst;
        for (var i = 0; i < count; i += GroupSize)
        {
            var records = step.Records + i;
            var orders = scorer.OrdersOf(records[0], records[1], records[2], records[3]);

            // Whatever the order value, until there are enough: it may be infinite, or no number.
            var nearer = float.IsPositiveInfinity(worst)
                ? (1u << GroupSize) - 1
                : Vector128.LessThan(orders, Vector128.Create(worst)).ExtractMostSignificantBits();
            if (i + GroupSize > count) nearer &= (1u << (count - i)) - 1;
            for (; nearer != 0; nearer &= nearer - 1)
            {
                var at = BitOperations.TrailingZeroCount(nearer);
                var place = step.Places[i + at];
                if (filter.Accepts(place)) beam.Offer(orders[at], place, isAccepted: true);
            }
        }

        beam.Merge();
    }

    /// <summary>Room for the places of a step and for where what describes them lies, and for a group more.</summary>
    private readonly struct Step(int* places, byte** records)
    {
        public int* Places => places;

        public byte** Records => records;
    }
}
