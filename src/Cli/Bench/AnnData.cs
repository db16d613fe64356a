namespace VectorCluster.Cli;

/// <summary>Vectors to index, and vectors to ask for, which are not among them.</summary>
internal sealed record AnnData(IReadOnlyList<float[]> Points, IReadOnlyList<float[]> Queries)
{
    public int Dimension => Points[0].Length;

    /// <param name="seed">Decides which rows become queries.</param>
    /// <exception cref="CommandException">The file has too few rows.</exception>
    public static AnnData Read(VectorFile file, int queryCount, int seed)
    {
        if (file.Count <= queryCount)
            throw new CommandException(
                $"{file.Path} has {file.Count:N0} rows: not enough to hold out {queryCount:N0} queries.");
        var rows = new float[file.Count][];
        var at = 0;
        foreach (var vector in file.ReadFrom(0)) rows[at++] = vector;
        var random = new Random(seed);
        for (var i = 0; i < queryCount; i++) // Fisher and Yates, as far as needed
        {
            var other = (int)random.NextInt64(i, rows.Length);
            (rows[i], rows[other]) = (rows[other], rows[i]);
        }

        return new(rows[queryCount..], rows[..queryCount]);
    }
}
