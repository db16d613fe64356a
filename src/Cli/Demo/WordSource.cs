namespace VectorCluster.Cli;

/// <summary>The words of samples/words-10k as points: the id is the word's rank by frequency, from 1.</summary>
internal sealed class WordSource : IPointSource
{
    private readonly VectorFile _vectors;
    private readonly string[] _words;

    private WordSource(VectorFile vectors, string[] words) => (_vectors, _words) = (vectors, words);

    public string Path => _vectors.Path;

    public long RowCount => _vectors.Count;

    public IReadOnlyDictionary<string, int> Dimensions =>
        new Dictionary<string, int>(StringComparer.Ordinal) { [VectorSet.DefaultName] = _vectors.Dimension };

    /// <exception cref="CommandException">The sample is not where it belongs.</exception>
    public static WordSource Open()
    {
        var folder = FindFolder();
        var words = File.ReadAllLines(System.IO.Path.Join(folder, "words-10k.txt"));
        return new(FvecsFormat.Open(System.IO.Path.Join(folder, "words-10k.fvecs")), words);
    }

    /// <returns>Null: not one of the sample's words.</returns>
    public PointId? IdOf(string word) =>
        Array.IndexOf(_words, word) is >= 0 and var row ? IdOf((long)row) : default(PointId?);

    public static ulong IdOf(long row) => (ulong)row + 1;

    public IEnumerable<SourceRow> ReadFrom(long row)
    {
        foreach (var vector in _vectors.ReadFrom(row))
        {
            var payload = Payload.From(new { word = _words[row], rank = row + 1, length = _words[row].Length });
            yield return new(row, new(IdOf(row), vector, payload));
            row++;
        }
    }

    public void Dispose() => _vectors.Dispose();

    /// <summary>Beside the program, where the build puts it, or in the repository that the program was built
    /// in.</summary>
    private static string FindFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = System.IO.Path.Join(folder.FullName, "samples", "words-10k");
            if (Directory.Exists(candidate)) return candidate;
        }

        throw new CommandException(
            "the word vectors are missing: there is no samples/words-10k beside the program or above it.");
    }
}
