using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace VectorCluster.Storage.Files;

/// <summary>The root folder of everything that one process stores, locked for as long as this object lives.</summary>
/// <remarks>Layout: docs/formats/data-directory.md.</remarks>
public sealed class DataDirectory : IDisposable
{
    /// <summary>Version of the layout. A change that this version could not read raises it.</summary>
    public const int FormatVersion = 1;

    internal const string LockName = "LOCK";
    internal const string FormatName = "FORMAT";

    private const string FormatPrefix = "vectorcluster data directory, format ";
    private const string Catalogue = "catalogue";
    private const string Shards = "shards";
    private const string Trash = "trash";

    private readonly SafeFileHandle _lock;
    private readonly Lock _names = new(); // making a folder and removing an empty one exclude each other
    private long _discarded;

    private DataDirectory(string path, SafeFileHandle lockHandle, Disk disk)
    {
        Root = path;
        _lock = lockHandle;
        Disk = disk;
    }

    /// <summary>Absolute path.</summary>
    public string Root { get; }

    internal Disk Disk { get; }

    /// <summary>Size past which a log goes on in a new segment. Tests make it small.</summary>
    internal long SegmentBytes { get; init; } = WalFormat.SegmentBytes;

    /// <summary>Locks the directory, making it if there is none, and deletes what an interrupted deletion
    /// left.</summary>
    /// <exception cref="DataDirectoryException">In use, newer than this program, or not a data directory. Nothing
    /// changed.</exception>
    public static DataDirectory Open(string path) => Open(path, observer: null);

    internal static DataDirectory Open(
        string path, IDiskObserver? observer, long segmentBytes = WalFormat.SegmentBytes)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        Directory.CreateDirectory(root);
        var directory = new DataDirectory(root, TakeLock(root), new Disk(observer)) { SegmentBytes = segmentBytes };
        try
        {
            directory.CheckFormat();
            directory.EmptyTrash();
            return directory;
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Frees the lock. The stores over this directory are disposed first.</summary>
    public void Dispose() => _lock.Dispose();

    internal string ShardFolder(ShardId shard) => Path.Join(
        ShardsFolder(shard.Collection),
        FileNames.Encode(shard.Namespace),
        shard.Index.ToString(CultureInfo.InvariantCulture));

    internal string ShardsFolder(string collection) => Path.Join(Root, Shards, FileNames.Encode(collection));

    internal string CatalogueFolder() => Path.Join(Root, Catalogue);

    internal string CatalogueFolder(string collection) => Path.Join(Root, Catalogue, FileNames.Encode(collection));

    internal void EnsureFolder(string folder)
    {
        lock (_names) Disk.EnsureFolder(Root, folder);
    }

    /// <summary>Makes a folder disappear as one step; its files are deleted afterwards. None: no error.</summary>
    internal void DiscardFolder(string folder)
    {
        if (!Directory.Exists(folder)) return;

        var target = Path.Join(
            Root, Trash, Interlocked.Increment(ref _discarded).ToString(CultureInfo.InvariantCulture));
        EnsureFolder(Path.Join(Root, Trash));
        Disk.MoveFolder(folder, target);
        Disk.DeleteFolder(target);
    }

    /// <summary>Removes the folder of a namespace or collection if its last shard is gone. It matters to nobody if
    /// not.</summary>
    internal void RemoveIfEmpty(string folder)
    {
        lock (_names)
        {
            if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
                Directory.Delete(folder);
        }
    }

    private static SafeFileHandle TakeLock(string root)
    {
        try
        {
            return File.OpenHandle(
                Path.Join(root, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new DataDirectoryException(
                root,
                "it is in use by another process. Stop that process, or give this one a directory of its own.",
                e);
        }
    }

    private void CheckFormat()
    {
        var path = Path.Join(Root, FormatName);
        var bytes = PositionalRead.TryReadAll(path);
        if (bytes is null)
        {
            RefuseIfForeign();
            Disk.EnsureFolder(Path.GetDirectoryName(Root)!, Root);
            Disk.Replace(path, Encoding.ASCII.GetBytes($"{FormatPrefix}{FormatVersion}\n"));
            return;
        }

        var text = Encoding.ASCII.GetString(bytes);
        if (!text.StartsWith(FormatPrefix, StringComparison.Ordinal)
            || !int.TryParse(text.AsSpan(FormatPrefix.Length).TrimEnd('\n'), NumberStyles.None, null, out var version)
            || version < 1)
            throw new DataDirectoryException(Root, $"its {FormatName} file is damaged.");
        if (version > FormatVersion)
        {
            throw new DataDirectoryException(
                Root, $"its format is {version}, and this program reads up to {FormatVersion}. Run the newer version.");
        }
    }

    // Without a FORMAT file there can be nothing but what a crash during the very first opening left.
    private void RefuseIfForeign()
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(Root))
        {
            if (Path.GetFileName(entry) is not (LockName or FormatName + Disk.TemporarySuffix))
                throw new DataDirectoryException(
                    Root, $"it is not empty and has no {FormatName} file. Give an empty directory.");
        }
    }

    private void EmptyTrash()
    {
        var trash = Path.Join(Root, Trash);
        if (!Directory.Exists(trash)) return;
        foreach (var folder in Directory.EnumerateDirectories(trash)) Disk.DeleteFolder(folder);
    }
}
