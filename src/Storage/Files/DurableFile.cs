using Microsoft.Win32.SafeHandles;

namespace VectorCluster.Storage.Files;

/// <summary>The only type that writes into files. Nothing counts as written before <see cref="Flush"/> has
/// returned.</summary>
/// <remarks>
/// A failed write or flush poisons the file: every later change throws. After a failed flush the kernel may have
/// dropped the dirty pages and marked them clean, so a second flush that succeeds would prove nothing. The owner closes
/// the file, opens it again and goes back to what was last flushed.
/// </remarks>
internal sealed class DurableFile : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly IDiskObserver? _observer;
    private bool _poisoned;

    private DurableFile(string path, FileMode mode, IDiskObserver? observer)
    {
        Path = path;
        _observer = observer;
        _handle = File.OpenHandle(
            path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, FileOptions.None);
    }

    public string Path { get; }

    public long Length => RandomAccess.GetLength(_handle);

    /// <summary>Makes a file, or empties the one that is there. Its name is durable after a sync of its
    /// folder.</summary>
    public static DurableFile Create(string path, IDiskObserver? observer)
    {
        observer?.Before(DiskStep.CreateFile, path);
        var file = new DurableFile(path, FileMode.Create, observer);
        observer?.After(DiskStep.CreateFile, path);
        return file;
    }

    public static DurableFile Open(string path, IDiskObserver? observer) => new(path, FileMode.Open, observer);

    /// <exception cref="IOException">The file is poisoned from now on.</exception>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        Begin(DiskStep.Write);
        RandomAccess.Write(_handle, bytes, offset);
        End(DiskStep.Write);
    }

    public void Truncate(long length)
    {
        Begin(DiskStep.Truncate);
        RandomAccess.SetLength(_handle, length);
        End(DiskStep.Truncate);
    }

    /// <exception cref="IOException">What was written since the last flush is in doubt; the file is poisoned from now
    /// on.</exception>
    public void Flush()
    {
        Begin(DiskStep.Flush);
        RandomAccess.FlushToDisk(_handle);
        End(DiskStep.Flush);
    }

    /// <returns>Bytes read; fewer than asked only at the end of the file.</returns>
    public int Read(long offset, Span<byte> destination) => PositionalRead.Fill(_handle, offset, destination);

    public void Dispose() => _handle.Dispose();

    // Poisoned until the step has succeeded, so that no way out of it can be forgotten.
    private void Begin(DiskStep step)
    {
        if (_poisoned) throw new IOException($"{Path} took no more changes after one had failed; open it again.");
        _poisoned = true;
        _observer?.Before(step, Path);
    }

    private void End(DiskStep step)
    {
        _poisoned = false;
        _observer?.After(step, Path);
    }
}
