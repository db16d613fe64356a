using VectorCluster.Tests.History;
using static VectorCluster.Harness.Tests.History.Operations;

namespace VectorCluster.Harness.Tests.History;

public sealed class LinearizabilityTests
{
    public static TheoryData<string, RegisterOperation[]> Good => new()
    {
        { "nothing happened", [] },
        { "absent at first", [Read(null, 1, 2), Write("a", 3, 4), Read("a", 5, 6)] },
        { "a read beside a write sees either", [Write("a", 1, 10), Read("a", 2, 3), Write("b", 4, 9), Read("b", 5, 6)] },
        { "reads beside a write see old, then new", [Write("a", 1, 10), Read(null, 2, 3), Read("a", 4, 5)] },
        { "writes beside each other take either order", [Write("a", 1, 9), Write("b", 1, 9), Read("b", 10, 11)] },
        { "deleted", [Write("a", 1, 2), Delete(3, 4), Read(null, 5, 6), Write("b", 7, 8), Read("b", 9, 10)] },
        { "an unknown write never happened", [UnknownWrite("a", 1), Read(null, 2, 3), Read(null, 100, 101)] },
        { "an unknown write happened late", [UnknownWrite("a", 1), Read(null, 2, 3), Read("a", 100, 101)] },
        {
            "an unknown write happened after another one",
            [UnknownWrite("a", 1), Write("b", 2, 3), Read("b", 4, 5), Read("a", 6, 7), Write("c", 8, 9), Read("c", 10, 11)]
        },
        {
            "unknown deletions happened late, one each",
            [
                UnknownDelete(1), UnknownDelete(2), Write("a", 3, 4), Read("a", 5, 6), Read(null, 7, 8), Write("b", 9, 10),
                Read("b", 11, 12), Read(null, 13, 14),
            ]
        },
        { "a rejected write left nothing", [Write("a", 1, 2), RejectedWrite("b", 3), Read("a", 5, 6)] },
        { "moments may touch", [Write("a", 1, 2), Read(null, 2, 3)] },
    };

    public static TheoryData<string, ViolationKind, RegisterOperation[], int> Bad => new()
    {
        {
            "an acknowledged write is gone", ViolationKind.LostWrite,
            [Write("a", 1, 2), Read("a", 3, 4), Write("b", 5, 6), Read("a", 7, 8)], 3
        },
        { "the first write is gone", ViolationKind.LostWrite, [Write("a", 1, 2), Read(null, 3, 4)], 2 },
        {
            "a deleted value is back", ViolationKind.ResurrectedWrite,
            [Write("a", 1, 2), Delete(3, 4), Read("a", 5, 6), Read("a", 7, 8)], 3
        },
        {
            "an unknown write appears, disappears and appears again", ViolationKind.ResurrectedWrite,
            [Write("z", 1, 2), UnknownWrite("a", 3), Read("a", 5, 6), Write("b", 7, 8), Read("b", 9, 10), Read("a", 11, 12)],
            4
        },
        {
            "an unknown write goes back to the value before it", ViolationKind.ResurrectedWrite,
            [Write("z", 1, 2), UnknownWrite("a", 3), Read("a", 5, 6), Read("z", 7, 8)], 4
        },
        {
            "a stale read after a later one", ViolationKind.StaleRead,
            [Write("a", 1, 2), Write("b", 3, 20), Read("b", 4, 5), Read("a", 6, 7), Read("b", 8, 9)], 4
        },
        {
            "an acknowledged write is seen late", ViolationKind.StaleRead,
            [Write("a", 1, 2), Read(null, 3, 4), Read("a", 5, 6)], 2
        },
        { "nobody wrote it", ViolationKind.ValueFromNowhere, [Write("a", 1, 2), Read("x", 3, 4)], 1 },
        { "it was rejected", ViolationKind.ValueFromNowhere, [RejectedWrite("a", 1), Read("a", 3, 4)], 2 },
        { "it was not yet written", ViolationKind.ValueFromNowhere, [Read("a", 1, 2), Write("a", 3, 4)], 2 },
        {
            "one unknown deletion can't happen twice", ViolationKind.NoOrder,
            [UnknownDelete(1), Write("a", 2, 3), Read(null, 4, 5), Write("b", 6, 7), Read(null, 8, 9)], 5
        },
        {
            "an unknown deletion can't happen before it was invoked", ViolationKind.LostWrite,
            [Write("a", 1, 2), Read(null, 3, 4), UnknownDelete(5)], 2
        },
        {
            "two readers see two writes in different orders", ViolationKind.NoOrder,
            [
                Write("a", 1, 9), Write("b", 1, 9), Read("a", 10, 20), Read("b", 21, 30), Read("b", 10, 20),
                Read("a", 21, 30),
            ],
            4
        },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void What_a_register_could_have_done_is_accepted(string what, RegisterOperation[] history)
    {
        var violation = Linearizability.Check(history);

        Assert.True(violation is null, $"{what}: {violation}");
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_no_register_could_have_done_is_told(
        string what, ViolationKind kind, RegisterOperation[] history, int windowLength)
    {
        var violation = Linearizability.Check(history);

        Assert.True(violation is not null, what);
        Assert.True(violation.Kind == kind, $"{what}: {violation.Kind} {violation}");
        Assert.True(violation.Window.Count <= windowLength, $"{what}: {violation}");
    }

    [Fact]
    public void Registers_are_apart_and_the_bad_one_is_named()
    {
        RegisterOperation[] history =
        [
            Write("a", 1, 2), Read("a", 3, 4), Write("b", 1, 2) with { Key = "8" }, Read(null, 3, 4) with { Key = "8" },
        ];

        var violation = Linearizability.Check(history);

        Assert.Equal("8", violation?.Key);
        Assert.All(violation!.Window, operation => Assert.Equal("8", operation.Key));
    }

    [Fact]
    public void A_violation_reads_as_a_story()
    {
        var violation = Linearizability.Check([Write("a", 101, 102), Write("b", 105, 106), Read("a", 107, 108)]);

        Assert.Equal(
            """
            Point 7: a was read after b had been acknowledged. These have no order:
              w writes a, from 0 to 1
              w writes b, from 4 to 5
              r reads a, from 6 to 7
            """,
            violation?.ToString());
    }

    [Fact]
    public void A_value_that_is_written_twice_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Linearizability.Check([Write("a", 1, 2), UnknownWrite("a", 3)]));
    }

    // Goal: the place of a fault in a long history is found, and is small. Method: one read in thousands is changed.
    [Fact]
    public void One_wrong_read_in_a_long_history_is_found_with_what_contradicts_it()
    {
        var history = SimulatedRegister.Run(seed: 5, operations: 5_000, overlap: 6).ToList();
        Assert.Null(Linearizability.Check(history));
        var first = history.Find(operation => operation is { Kind: OperationKind.Read, Value: not null })!;
        var at = history.FindIndex(4_000, operation => operation.Kind == OperationKind.Read);

        history[at] = history[at] with { Value = first.Value };

        var violation = Linearizability.Check(history);
        Assert.NotNull(violation);
        Assert.Contains(history[at], violation.Window);
        Assert.True(violation.Window.Count <= 6, violation.ToString());
    }
}
