namespace VectorCluster.Cluster.Bench;

/// <summary>Where the silos of bench/lib/silos.sh listen: the first one's ports; each one more has the next.</summary>
internal sealed record Ports(int Silo, int Gateway, int Http)
{
    public static Ports Of(int[] numbers) => new(numbers[0], numbers[1], numbers[2]);

    /// <summary>By which a silo can be found among <see cref="ClusterInfo.Silos"/>.</summary>
    public bool IsSilo(SiloInfo silo, int number) => silo.Name.EndsWith($":{Silo + number}", StringComparison.Ordinal);

    public Uri HttpOf(int number) => new($"http://127.0.0.1:{Http + number}");
}
