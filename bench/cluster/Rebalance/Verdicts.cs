namespace VectorCluster.Cluster.Bench;

/// <summary>What had to be so, and whether it was.</summary>
internal sealed class Verdicts
{
    private readonly List<(string What, bool IsMet, string Found)> _all = [];

    public bool AreAllMet => _all.TrueForAll(verdict => verdict.IsMet);

    public void Add(string what, bool isMet, string found) => _all.Add((what, isMet, found));

    public void Print()
    {
        foreach (var (what, isMet, found) in _all) Console.WriteLine($"{(isMet ? "PASS" : "FAIL")}  {what}: {found}");
    }
}
