using System.Text.Json;

namespace VectorCluster.Cli;

/// <summary>Points from JSON lines, each <c>{"id": …, "vector": […], "payload": {…}}</c>. A row is a line; blank ones
/// hold no point.</summary>
internal sealed class JsonLinesSource : IPointSource
{
    /// <summary>Lines looked at for the names of vectors: not every point needs to have all of them.</summary>
    private const int LinesLookedAt = 1_000;

    private static readonly JsonDocumentOptions Strict = new()
    {
        AllowDuplicateProperties = false,
        MaxDepth = Payload.MaxDepth + 1,
    };

    private readonly PointLine _line;

    private JsonLinesSource(string path, string idField)
    {
        _line = new(path, idField);
        Path = path;
    }

    public string Path { get; }

    public long RowCount { get; private init; }

    public IReadOnlyDictionary<string, int> Dimensions { get; private set; } =
        new Dictionary<string, int>(StringComparer.Ordinal);

    /// <param name="idField">Member that holds the id.</param>
    public static JsonLinesSource Open(string path, string idField)
    {
        var source = new JsonLinesSource(path, idField) { RowCount = CountLines(path) };
        source.Dimensions = source.FindDimensions();
        return source;
    }

    public IEnumerable<SourceRow> ReadFrom(long row)
    {
        using var stream = OpenFile(Path);
        var lines = new LineReader(stream);
        for (var at = 0L; lines.TryRead(out var line); at++)
            if (at >= row && !IsBlank(line.Span)) yield return new(at, Parse(line, at));
        if (lines.IsTooLong) throw new BadRowException(Path, RowCount - 1, "a line is longer than 64 MiB.");
    }

    public void Dispose()
    {
        // Every reading has a stream of its own.
    }

    private Point Parse(ReadOnlyMemory<byte> line, long row)
    {
        if (!System.Text.Unicode.Utf8.IsValid(line.Span)) throw new BadRowException(Path, row, "not valid UTF-8.");
        try
        {
            using var document = JsonDocument.Parse(line, Strict);
            return _line.Read(document.RootElement, row);
        }
        catch (JsonException exception)
        {
            throw new BadRowException(Path, row, $"not valid JSON: {exception.Message}");
        }
    }

    /// <summary>Bad rows are not this one's to tell: the import gets to them, after all the good ones before.</summary>
    private Dictionary<string, int> FindDimensions()
    {
        var dimensions = new Dictionary<string, int>(StringComparer.Ordinal);
        try
        {
            foreach (var (row, point) in ReadFrom(0))
            {
                foreach (var (name, vector) in point.Vectors) dimensions.TryAdd(name, vector.Length);
                if (row >= LinesLookedAt) break;
            }
        }
        catch (BadRowException) when (dimensions.Count > 0)
        {
            // There is enough to make the collection with.
        }

        return dimensions;
    }

    private static long CountLines(string path)
    {
        using var stream = OpenFile(path);
        var buffer = new byte[1024 * 1024];
        var lines = 0L;
        byte last = (byte)'\n';
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            lines += buffer.AsSpan(0, read).Count((byte)'\n');
            last = buffer[read - 1];
        }

        return last == (byte)'\n' ? lines : lines + 1;
    }

    private static FileStream OpenFile(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.Trim(" \t\r"u8).IsEmpty;
}
