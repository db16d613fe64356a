using VectorCluster.Engine.Distance;
using Xunit.Abstractions;

namespace VectorCluster.Engine.Tests.Distance;

public sealed class InstructionSetTests(ITestOutputHelper output)
{
    // test.sh reads from the results which sets are left to be forced.
    [Fact]
    public void Kernels_in_use_are_those_that_were_forced_or_the_widest()
    {
        var forced = Environment.GetEnvironmentVariable(InstructionSets.OverrideVariable);
        output.WriteLine($"Kernels: {InstructionSets.Current}");

        Assert.Equal(InstructionSets.Choose(forced), InstructionSets.Current);
        if (!string.IsNullOrEmpty(forced))
            Assert.Equal(forced, InstructionSets.Current.ToString(), ignoreCase: true);
    }
}
