using FsCheck;
using FsCheck.Fluent;
using VectorCluster.Tests.History;

namespace VectorCluster.Harness.Tests.History;

/// <summary>The checker against the definition. FsCheck prints the seed and the shrunk history.</summary>
public sealed class BruteForceTests
{
    private const int MaxOperations = 8;
    private const int Histories = 3_000;

    [Fact]
    public void Random_histories_are_judged_as_by_brute_force()
    {
        var (good, bad) = (0, 0);
        var histories = Gen.Choose(0, int.MaxValue - 1).ArrayOf(MaxOperations).ToArbitrary();
        FsCheck.Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(Histories),
            Prop.ForAll(histories, numbers =>
            {
                List<RegisterOperation> history = [.. numbers.Select(ToOperation)];
                var expected = BruteForce.HasOrder(history);
                if (expected) good++;
                else bad++;
                AssertJudged(expected, history);
            }));
        Assert.True(good > Histories / 20 && bad > Histories / 20, $"{good} good and {bad} bad say little.");
    }

    // Goal: histories that are almost right, which random ones seldom are.
    [Fact]
    public void Correct_histories_are_accepted_and_changed_ones_judged_as_by_brute_force()
    {
        var bad = 0;
        var changes = Gen.Choose(0, 1_000_000).Two().ToArbitrary();
        FsCheck.Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(Histories),
            Prop.ForAll(changes, pair =>
            {
                var (seed, change) = (pair.Item1, pair.Item2);
                var history = SimulatedRegister.Run(seed, MaxOperations, overlap: 1 + (seed % 4)).ToList();
                AssertJudged(expected: true, history);
                Change(history, change);
                var expected = BruteForce.HasOrder(history);
                if (!expected) bad++;
                AssertJudged(expected, history);
            }));
        Assert.True(bad > Histories / 20, $"{bad} bad ones say little.");
    }

    [Fact]
    public void Long_correct_histories_are_accepted()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var history = SimulatedRegister.Run(seed, operations: 2_000, overlap: 1 + (seed % 8));
            var violation = Linearizability.Check(history);
            Assert.True(violation is null, $"seed {seed}: {violation}");
        }
    }

    private static void AssertJudged(bool expected, List<RegisterOperation> history)
    {
        var violation = Linearizability.Check(history);
        var story = string.Join('\n', history.Select(operation => $"{operation.Outcome}: {operation.Describe(0)}"));
        Assert.True(expected == violation is null, $"brute force says {expected}:\n{story}\n{violation}");
        if (violation is { Kind: not ViolationKind.ValueFromNowhere })
            Assert.False(BruteForce.HasOrder(violation.Window), $"the window has an order:\n{story}\n{violation}");
    }

    /// <summary>Times are few, so that many touch; values are those of the first five positions.</summary>
    private static RegisterOperation ToOperation(int number, int position)
    {
        var (kind, outcome, value) = (number % 5, number / 5 % 10, number / 50 % 6);
        var invoked = number / 300 % 12;
        var returned = invoked + (number / 3_600 % 6);
        return new(
            "p",
            "7",
            kind switch { 0 or 1 => OperationKind.Write, 2 => OperationKind.Delete, _ => OperationKind.Read },
            kind switch { 0 or 1 => $"v{position}", 2 => null, _ => value == 5 ? null : $"v{value}" },
            invoked,
            returned,
            outcome switch
            {
                < 2 => OperationOutcome.Unknown,
                2 => OperationOutcome.Rejected,
                _ => OperationOutcome.Ok,
            });
    }

    private static void Change(List<RegisterOperation> history, int change)
    {
        var at = change % history.Count;
        if (history[at].Kind != OperationKind.Read && change / 7 % 2 == 0)
        {
            history.RemoveAt(at);
            return;
        }

        var other = history[change / 7 % history.Count];
        history[at] = (change / 49 % 4) switch
        {
            0 when history[at].Kind == OperationKind.Read => history[at] with { Value = other.Value },
            1 => history[at] with { Returned = history[at].Invoked },
            2 => history[at] with { Outcome = OperationOutcome.Ok },
            _ => history[at] with { Invoked = history[at].Returned },
        };
    }
}
