using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace VectorCluster.Engine.Memory;

/// <summary>Blocks in mapped files: the system keeps in memory what is used, as long as nobody else wants the memory,
/// and the rest on disk.</summary>
/// <remarks>
/// <para>Nothing in these files outlives the process: the log and the checkpoints have it all, and an opening fills new
/// files from them. So a file has no name from the start, where the system allows it, and its room on the disk is taken
/// when it is made: a full disk is an exception here, not a fault at some later write.</para>
/// <para>Small blocks are plain memory: a file would cost more than it saves.</para>
/// </remarks>
internal sealed unsafe class MappedBlocks : IBlockMemory
{
    /// <summary>Environment variable that names the folder; it should be on a disk of its own or the data's, never in
    /// memory (tmpfs).</summary>
    public const string FolderVariable = "VECTORCLUSTER_VECTOR_FOLDER";

    public const string FilePrefix = "vectorcluster-vectors-";

    /// <summary>A block of at least so much is a file.</summary>
    private const nuint SmallestFile = 1024 * 1024;

    private readonly Dictionary<nint, Mapping> _mappings = [];
    private long _plainBytes;

    /// <summary>The folder of the variable, else the system's for temporary files.</summary>
    public static string Folder =>
        Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder ? folder : Path.GetTempPath();

    public long MostResidentBytes => Interlocked.Read(ref _plainBytes);

    public nint Allocate(nuint bytes)
    {
        if (bytes < SmallestFile)
        {
            Interlocked.Add(ref _plainBytes, (long)bytes);
            return HugePages.Shared.Allocate(bytes);
        }

        var mapping = new Mapping((long)bytes);
        _mappings.Add((nint)mapping.Start, mapping);
        return (nint)mapping.Start;
    }

    public void Free(nint block)
    {
        if (_mappings.Remove(block, out var mapping)) mapping.Dispose();
        else HugePages.Shared.Free(block);
    }

    private sealed class Mapping : IDisposable
    {
        private readonly MemoryMappedFile _file;
        private readonly MemoryMappedViewAccessor _view;

        public Mapping(long bytes)
        {
            _file = MemoryMappedFile.CreateFromFile(
                NewFile(bytes), null, bytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, false);
            _view = _file.CreateViewAccessor(0, bytes);

            // Safety: the view is as long as the block and lives until Dispose, when nobody reads the region any more.
            byte* start = null;
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            Start = start;
            MemoryAdvice.Give(start, (nuint)bytes, MemoryAdvice.Random);
        }

        public byte* Start { get; }

        public void Dispose()
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file.Dispose();
        }

        private static SafeFileHandle NewFile(long bytes)
        {
            var path = Path.Join(Folder, FilePrefix + Path.GetRandomFileName());
            var isDeletedLate = OperatingSystem.IsWindows(); // where a file in use keeps its name
            var file = File.OpenHandle(
                path,
                FileMode.CreateNew,
                FileAccess.ReadWrite,
                FileShare.ReadWrite | FileShare.Delete,
                isDeletedLate ? FileOptions.DeleteOnClose : FileOptions.None,
                preallocationSize: bytes);
            if (!isDeletedLate) File.Delete(path);
            RandomAccess.SetLength(file, bytes);
            return file;
        }
    }
}
