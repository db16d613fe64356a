namespace VectorCluster.Cli;

/// <summary>Points from a file of vectors: the id is the row's number from 0, the payload its name, if there are
/// names.</summary>
internal sealed class VectorFileSource(VectorFile file, IReadOnlyList<string>? names, string nameField) : IPointSource
{
    public string Path => file.Path;

    public long RowCount => file.Count;

    public IReadOnlyDictionary<string, int> Dimensions { get; } =
        new Dictionary<string, int>(StringComparer.Ordinal) { [VectorSet.DefaultName] = file.Dimension };

    /// <param name="namesPath">One name a line, as many as the file has vectors; null: no payload.</param>
    /// <exception cref="CommandException">The numbers of names and vectors differ.</exception>
    public static VectorFileSource Open(string path, string? namesPath, string nameField)
    {
        var names = namesPath is null ? null : File.ReadAllLines(namesPath);
        var file = VectorFile.Open(path);
        if (names is null || names.Length == file.Count) return new(file, names, nameField);
        file.Dispose();
        throw new CommandException($"{namesPath} has {names.Length:N0} names, {path} has {file.Count:N0} vectors.");
    }

    public IEnumerable<SourceRow> ReadFrom(long row)
    {
        foreach (var vector in file.ReadFrom(row))
        {
            yield return new(row, new((ulong)row, vector, PayloadOf(row)));
            row++;
        }
    }

    public void Dispose() => file.Dispose();

    private Payload PayloadOf(long row) => names is null
        ? Payload.Empty
        : Payload.From(new Dictionary<string, string>(StringComparer.Ordinal) { [nameField] = names[(int)row] });
}
