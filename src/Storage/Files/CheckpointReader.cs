using VectorCluster.Engine.Checkpoints;

namespace VectorCluster.Storage.Files;

/// <summary>Holds every file of one checkpoint open, so that a newer checkpoint can delete them meanwhile.</summary>
internal sealed class CheckpointReader : IDisposable
{
    private readonly PageTable _table;
    private readonly Dictionary<PagesFileId, PageReader> _files = [];

    private CheckpointReader(PageTable table) => _table = table;

    /// <exception cref="DamagedFileException">The table is damaged, or a file is missing.</exception>
    public static CheckpointReader Open(string folder, CurrentFile current, ReadOnlySpan<byte> digest)
    {
        var reader = new CheckpointReader(current.ReadTable(folder));
        try
        {
            foreach (var file in reader._table.Files.Keys)
                reader._files.Add(file, PageReader.Open(folder, file, digest));
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <param name="destination">As of <c>IShardStore.ReadPagesAsync</c>.</param>
    /// <param name="cancellationToken">Stops before the next page.</param>
    /// <exception cref="DamagedFileException">A page is damaged.</exception>
    public void Read(Func<PageKey, int, Memory<byte>> destination, CancellationToken cancellationToken)
    {
        foreach (var (key, location) in _table.Pages.OrderBy(static page => page.Value.File)
            .ThenBy(static page => page.Value.Offset))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var memory = destination(key, location.Length);
            if (memory.Length != location.Length)
                throw new InvalidOperationException(
                    $"{key} has {location.Length} bytes; memory for {memory.Length} was given.");
            _files[location.File].Read(key, location, memory.Span);
        }
    }

    public void Dispose()
    {
        foreach (var file in _files.Values) file.Dispose();
    }
}
