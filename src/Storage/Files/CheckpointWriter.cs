using VectorCluster.Engine.Checkpoints;

using VectorCluster.Storage.Checksums;

namespace VectorCluster.Storage.Files;

/// <summary>Writes one pages file: the pages that changed, live pages of files that hold too much garbage, manifest,
/// table.</summary>
/// <remarks>Nothing counts before CURRENT names the file. Until then it is a leftover, which the next opening
/// deletes.</remarks>
internal sealed class CheckpointWriter : IDisposable
{
    private const int BufferBytes = 2 * CheckpointPage.MaxBytes;

    private readonly Disk _disk;
    private readonly string _folder;
    private readonly byte[] _digest;
    private readonly DurableFile _file;
    private readonly FileAppender _appender;
    private PageTable _table = new();

    /// <param name="disk">Of the data directory.</param>
    /// <param name="folder">The shard's.</param>
    /// <param name="digest">The shard's.</param>
    /// <param name="id">Of the new file, never used before.</param>
    /// <param name="previous">The checkpoint whose pages are kept unless replaced; null: none.</param>
    public CheckpointWriter(Disk disk, string folder, byte[] digest, PagesFileId id, CurrentFile? previous)
    {
        Previous = previous;
        _disk = disk;
        _folder = folder;
        _digest = digest;
        Id = id;
        _file = disk.Create(Path.Join(folder, id.FileName));
        _appender = new FileAppender(_file, 0, BufferBytes);
        _appender.Append(PagesFormat.EncodeFileHeader(id, digest));
    }

    public PagesFileId Id { get; }

    public CurrentFile? Previous { get; }

    /// <summary>Takes over the pages of the checkpoint before. Called first.</summary>
    /// <exception cref="DamagedFileException">Its table is damaged.</exception>
    public void Start()
    {
        if (Previous is not null) _table = Previous.ReadTable(_folder);
    }

    public void Add(PageKey key, ReadOnlySpan<byte> bytes)
    {
        var crc = Crc32C.Of(bytes);
        Span<byte> header = stackalloc byte[PagesFormat.PageHeaderBytes];
        PagesFormat.EncodePageHeader(header, key, bytes.Length, crc);
        _appender.Append(header);
        _table.Pages[key] = new(Id, _appender.Position, bytes.Length, crc);
        _appender.Append(bytes);
        Align();
    }

    /// <summary>Everything but the switch: durable on return.</summary>
    /// <returns>What CURRENT must say.</returns>
    public CurrentFile Complete(ReadOnlySpan<byte> manifest)
    {
        _table.Files[Id] = _appender.Position;
        foreach (var file in PageGarbage.Choose(_table, Id)) MovePages(file);
        _table.Files[Id] = _appender.Position;
        DropUnusedFiles();

        var manifestExtent = Write(manifest);
        Align();
        var tableExtent = Write(_table.Encode());
        _appender.Drain();
        _file.Flush();
        _disk.SyncFolder(_folder);
        return new(Id, manifestExtent, tableExtent);
    }

    /// <summary>Whether the checkpoint still needs a file.</summary>
    public bool Uses(PagesFileId file) => _table.Files.ContainsKey(file);

    public void Dispose()
    {
        _appender.Dispose();
        _file.Dispose();
    }

    private void MovePages(PagesFileId file)
    {
        var pages = _table.Pages.Where(page => page.Value.File == file)
            .OrderBy(static page => page.Value.Offset).ToList();
        if (pages.Count == 0) return;
        using var reader = PageReader.Open(_folder, file, _digest);
        var buffer = new byte[pages.Max(static page => page.Value.Length)];
        foreach (var (key, location) in pages)
        {
            var bytes = buffer.AsSpan(0, location.Length);
            reader.Read(key, location, bytes);
            Add(key, bytes);
        }
    }

    private void DropUnusedFiles()
    {
        var live = _table.LiveBytes();
        foreach (var (file, bytes) in live)
        {
            if (bytes == 0 && file != Id) _table.Files.Remove(file);
        }
    }

    private FileExtent Write(ReadOnlySpan<byte> bytes)
    {
        var extent = new FileExtent(_appender.Position, bytes.Length, Crc32C.Of(bytes));
        _appender.Append(bytes);
        return extent;
    }

    private void Align()
    {
        var over = (int)(_appender.Position % PagesFormat.Alignment);
        if (over != 0) _appender.Fill(0, PagesFormat.Alignment - over);
    }
}
