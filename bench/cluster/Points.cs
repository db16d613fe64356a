namespace VectorCluster.Cluster.Bench;

/// <summary>Made-up vectors around centres, the same for every run.</summary>
internal sealed class Points(int seed)
{
    public const int Dimension = 100;
    private const int Centres = 200;

    private static readonly float[][] AllCentres = MakeCentres();

    private readonly Random _random = new(seed);

    public float[] Vector()
    {
        var vector = AllCentres[_random.Next(Centres)].ToArray();
        for (var i = 0; i < Dimension; i++) vector[i] += Noise(_random);
        return vector;
    }

    private static float[][] MakeCentres()
    {
        var random = new Random(7);
        return
        [
            .. Enumerable.Range(0, Centres)
                .Select(_ => Enumerable.Range(0, Dimension).Select(_ => 2 * Noise(random)).ToArray()),
        ];
    }

    private static float Noise(Random random) =>
        random.NextSingle() + random.NextSingle() + random.NextSingle() + random.NextSingle() - 2;
}
