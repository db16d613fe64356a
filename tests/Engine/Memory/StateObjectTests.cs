using System.Reflection;
using System.Runtime.CompilerServices;
using VectorCluster.Engine.Distance;
using VectorCluster.Engine.Hnsw;
using VectorCluster.Engine.Shards;
using VectorCluster.Engine.Tests.Shards;
using VectorCluster.Engine.Wal;

namespace VectorCluster.Engine.Tests.Memory;

/// <summary>A point costs no managed object. (Its bytes: tests/Docs/Sizing.)</summary>
public sealed class StateObjectTests
{
    private const int Dimension = 100;

    private static readonly CollectionSettings Settings =
        TestShard.SettingsOf(Dimension, DistanceMetric.Cosine) with
        {
            PayloadIndexes = new Dictionary<string, PayloadIndexKind>
            {
                ["n"] = PayloadIndexKind.Integer,
                ["tags"] = PayloadIndexKind.Keyword,
            },
        };

    // Goal: ten million points do not make ten million objects. Method: all that can be reached from the state is
    // counted, with deleted, replaced and changed points, at one size and at sixteen times that size.
    [Fact]
    public void Managed_objects_do_not_grow_with_points()
    {
        var (few, many) = (CountObjects(1_000), CountObjects(16_000));

        Assert.InRange(many, 1, 1_000);
        Assert.InRange(many - few, -20, 20);
    }

    private static float[] VectorOf(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Dimension).Select(_ => random.NextSingle() - 0.5f)];
    }

    private static Payload PayloadOf(int i) =>
        Payload.Parse($$"""{"n":{{1_000_000 + i}},"tags":["x","y{{i % 7}}"]}""");

    private static ShardState Fill(CollectionSettings settings, int count, Func<int, Point> pointOf)
    {
        var state = new ShardState(settings, InstructionSets.Current);
        using var scratch = new SearchScratch();
        var lsn = 0;
        foreach (var batch in Enumerable.Range(0, count).Chunk(1_000))
            state.Apply(new(++lsn), WalCodec.EncodeUpsert([.. batch.Select(pointOf)], state.VectorNames).Span);
        while (GraphGrowth.FindUnindexed(state) is { } index) GraphGrowth.Add(state, index, 1_000, [scratch]);
        return state;
    }

    private static int CountObjects(int count)
    {
        using var state = Fill(Settings, count, i => new Point($"point {i}", VectorOf(i), PayloadOf(i)));
        var lsn = state.AppliedLsn;
        state.Apply(new(++lsn), WalCodec.EncodeDelete(IdsFrom(0)).Span);
        var change = new OverwritePayload(PayloadOf(0));
        state.Apply(new(++lsn), WalCodec.EncodePayloadChange(IdsFrom(count / 2), change).Span);
        var replaced = IdsFrom(count / 4).Select((id, i) => new Point(id, VectorOf(-1 - i), PayloadOf(i)));
        state.Apply(new(++lsn), WalCodec.EncodeUpsert([.. replaced], state.VectorNames).Span);
        _ = state.IdOrder.Capture();
        return ReachableFrom(state);

        PointId[] IdsFrom(int start) =>
            [.. Enumerable.Range(start, count / 8).Select(i => PointId.FromText($"point {i}"))];
    }

    private static int ReachableFrom(object root)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var waiting = new Stack<object>();
        waiting.Push(root);
        while (waiting.TryPop(out var present))
        {
            // Of the runtime, and shared by all states: types, and what describes methods.
            if (present is MemberInfo or Assembly or Module || !seen.Add(present)) continue;
            foreach (var value in ValuesOf(present)) Visit(value, waiting);
        }

        return seen.Count;
    }

    private static void Visit(object? value, Stack<object> waiting)
    {
        if (value is null || value.GetType().IsPrimitive || value is Pointer) return;
        if (!value.GetType().IsValueType) waiting.Push(value);
        else
            foreach (var inner in ValuesOf(value)) Visit(inner, waiting);
    }

    private static IEnumerable<object?> ValuesOf(object holder)
    {
        if (holder is string) return [];
        if (holder is Array array)
        {
            var element = array.GetType().GetElementType()!;
            var isPlain = element.IsPrimitive || element.IsPointer || (element.IsValueType && !HasReferences(element));
            return isPlain ? [] : array.Cast<object?>();
        }

        var values = new List<object?>();
        for (var type = holder.GetType(); type is not null; type = type.BaseType)
            foreach (var field in type.GetFields(
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                if (!field.FieldType.IsPrimitive && !field.FieldType.IsPointer) values.Add(field.GetValue(holder));
        return values;
    }

    private static bool HasReferences(Type type) =>
        (bool)typeof(RuntimeHelpers).GetMethod(nameof(RuntimeHelpers.IsReferenceOrContainsReferences))!
            .MakeGenericMethod(type).Invoke(null, null)!;
}
