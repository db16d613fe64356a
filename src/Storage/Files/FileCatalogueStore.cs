using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using VectorCluster.Engine.Catalogue;

namespace VectorCluster.Storage.Files;

/// <summary>Catalogue rows as files, one each, replaced as a whole. Layout: docs/formats/data-directory.md, "Catalogue
/// row".</summary>
/// <remarks>
/// Writes take turns; reads need none, because a file is the old row or the new one. A damaged row is left out of
/// listings and told in <see cref="Damages"/>; reading or writing that row throws <see cref="DamagedFileException"/>,
/// and the others serve.
/// </remarks>
public sealed class FileCatalogueStore(DataDirectory directory) : ICatalogueStore, IDisposable
{
    private const string CollectionRow = "collection.row";
    private const string Namespaces = "namespaces";
    private const string RowSuffix = ".row";
    private const int FixedBytes = 12;

    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Lock _reporting = new();
    private readonly Dictionary<string, StoreDamage> _damages = [];

    /// <summary>Rows that listings left out. A row is forgotten when it is listed again in good order.</summary>
    public IReadOnlyList<StoreDamage> Damages
    {
        get
        {
            lock (_reporting) return [.. _damages.Values];
        }
    }

    private static ReadOnlySpan<byte> Magic => "VCCATROW"u8;

    public async IAsyncEnumerable<CatalogueRow> ListCollectionsAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var folders = await ListAsync(directory.CatalogueFolder(), Directory.GetDirectories, cancellationToken);
        foreach (var folder in folders)
        {
            var path = Path.Join(folder, CollectionRow);
            if (await Task.Run(() => TryRead(path), cancellationToken) is { } row) yield return row;
        }
    }

    /// <exception cref="DamagedFileException">The row is damaged.</exception>
    public async ValueTask<CatalogueRow?> ReadCollectionAsync(
        string collection, CancellationToken cancellationToken = default) =>
        await Task.Run(() => Read(PathOf(collection)), cancellationToken);

    /// <exception cref="DamagedFileException">The row that is there is damaged.</exception>
    public ValueTask<bool> TryWriteCollectionAsync(
        string collection,
        long expectedVersion,
        ReadOnlyMemory<byte> value,
        CancellationToken cancellationToken = default) =>
        ChangeAsync(() => TryWrite(PathOf(collection), collection, expectedVersion, value.Span), cancellationToken);

    public async ValueTask DeleteCollectionAsync(string collection, CancellationToken cancellationToken = default) =>
        await ChangeAsync(
            () =>
            {
                directory.DiscardFolder(directory.CatalogueFolder(collection));
                return true;
            },
            cancellationToken);

    public async IAsyncEnumerable<string> ListNamespacesAsync(
        string collection, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var folder = Path.Join(directory.CatalogueFolder(collection), Namespaces);
        var paths = await ListAsync(folder, static f => Directory.GetFiles(f, "*" + RowSuffix), cancellationToken);
        foreach (var path in paths)
        {
            if (FileNames.TryDecode(Path.GetFileNameWithoutExtension(path), out var name))
                yield return name;
            else if (await Task.Run(() => TryRead(path), cancellationToken) is { } row)
                yield return row.Name;
        }
    }

    /// <exception cref="DamagedFileException">The row is damaged.</exception>
    public async ValueTask<CatalogueRow?> ReadNamespaceAsync(
        string collection, string name, CancellationToken cancellationToken = default) =>
        await Task.Run(() => Read(PathOf(collection, name)), cancellationToken);

    /// <exception cref="DamagedFileException">The row that is there is damaged.</exception>
    public ValueTask<bool> TryWriteNamespaceAsync(
        string collection,
        string name,
        long expectedVersion,
        ReadOnlyMemory<byte> value,
        CancellationToken cancellationToken = default) =>
        ChangeAsync(() => TryWrite(PathOf(collection, name), name, expectedVersion, value.Span), cancellationToken);

    public async ValueTask DeleteNamespaceAsync(
        string collection, string name, CancellationToken cancellationToken = default) =>
        await ChangeAsync(
            () =>
            {
                directory.Disk.DeleteFile(PathOf(collection, name));
                return true;
            },
            cancellationToken);

    public void Dispose() => _writing.Dispose();

    private static async ValueTask<string[]> ListAsync(
        string folder, Func<string, string[]> list, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(() => list(folder), cancellationToken);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private string PathOf(string collection) => Path.Join(directory.CatalogueFolder(collection), CollectionRow);

    private string PathOf(string collection, string name) =>
        Path.Join(directory.CatalogueFolder(collection), Namespaces, FileNames.Encode(name) + RowSuffix);

    private async ValueTask<bool> ChangeAsync(Func<bool> change, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(change, CancellationToken.None);
        }
        finally
        {
            _writing.Release();
        }
    }

    private bool TryWrite(string path, string name, long expectedVersion, ReadOnlySpan<byte> value)
    {
        if ((Read(path)?.Version ?? 0) != expectedVersion) return false;
        if (expectedVersion == 0) directory.EnsureFolder(Path.GetDirectoryName(path)!);

        var nameBytes = FileNames.ToUtf8(name);
        var payload = new byte[FixedBytes + nameBytes.Length + value.Length];
        BinaryPrimitives.WriteInt64LittleEndian(payload, expectedVersion + 1);
        BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(8), nameBytes.Length);
        nameBytes.CopyTo(payload, FixedBytes);
        value.CopyTo(payload.AsSpan(FixedBytes + nameBytes.Length));
        directory.Disk.Replace(path, SealedFile.Seal(Magic, payload));
        return true;
    }

    private CatalogueRow? TryRead(string path)
    {
        try
        {
            var row = Read(path);
            lock (_reporting) _damages.Remove(path);
            return row;
        }
        catch (DamagedFileException e)
        {
            lock (_reporting) _damages[path] = new(e.Path, e.What);
            return null;
        }
    }

    private static CatalogueRow? Read(string path)
    {
        var payload = SealedFile.TryRead(path, Magic);
        if (payload is null) return null;
        var nameBytes = payload.Length < FixedBytes ? -1 : BinaryPrimitives.ReadInt32LittleEndian(payload.AsSpan(8));
        if (nameBytes < 0 || nameBytes > payload.Length - FixedBytes)
            throw new DamagedFileException(path, SealedFile.HeaderBytes, "its name has a wrong length");
        return new(
            Encoding.UTF8.GetString(payload, FixedBytes, nameBytes),
            BinaryPrimitives.ReadInt64LittleEndian(payload),
            payload.AsMemory(FixedBytes + nameBytes));
    }
}
