using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace VectorCluster.Storage.Files;

/// <summary>Reads a file mostly forward, through one buffer, and hands out views of it.</summary>
internal sealed class FileWindow : IDisposable
{
    /// <summary>Most bytes that one view can hold.</summary>
    public const int MaxViewBytes = 1024 * 1024;

    private readonly SafeFileHandle _handle;
    private readonly byte[] _buffer;
    private long _start;
    private int _count;

    public FileWindow(string path, SafeFileHandle handle)
    {
        Path = path;
        _handle = handle;
        Length = RandomAccess.GetLength(handle);
        _buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(Length, 1, MaxViewBytes));
    }

    public string Path { get; }

    /// <summary>Of the file when it was opened.</summary>
    public long Length { get; }

    /// <exception cref="DamagedFileException">There is no such file.</exception>
    public static FileWindow Open(string path)
    {
        try
        {
            return new(path, PositionalRead.Open(path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DamagedFileException(path, 0, "the file is missing");
        }
    }

    /// <returns>The bytes at an offset, valid until the next call; fewer than asked only at the end of the
    /// file.</returns>
    public ReadOnlySpan<byte> View(long offset, int count)
    {
        count = (int)Math.Clamp(Length - offset, 0, Math.Min(count, _buffer.Length));
        if (offset < _start || offset + count > _start + _count)
        {
            _start = offset;
            _count = PositionalRead.Fill(
                _handle, offset, _buffer.AsSpan(0, (int)Math.Min(Length - offset, _buffer.Length)));
        }

        var skipped = (int)(offset - _start);
        return _buffer.AsSpan(skipped, Math.Min(count, _count - skipped));
    }

    /// <summary>Reads past the buffer, for what is large enough to go straight to its place.</summary>
    public int Read(long offset, Span<byte> destination) => PositionalRead.Fill(_handle, offset, destination);

    public void Dispose()
    {
        _handle.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
    }
}
